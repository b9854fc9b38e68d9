"""What people switch live, without a publication: the calamity, notices, teams that are closed until a time. Pure rules.

A switch names things of a table by name, for a call may be on any version of it; `resolved` finds them in one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ivr.diagnostics import did_you_mean
from ivr.model.graph import Graph
from ivr.model.moment import NOTHING, Calamity, Switched
from ivr.model.nodes import CalamityNode, NoticeNode, QueueNode, TransferNode

CALAMITY, NOTICE, CLOSED = "calamity", "notice", "closed"
MAX_TEXT = 600
"""Characters of a text: some 43 seconds of speech."""
LONGEST = 31 * 86_400
"""Seconds that a switch may hold, and that it may be set beforehand."""
MOST_NOTICES = 3
"""Notices that one node may have to say at once."""
MAX_WHY = 200


class Switch(Struct, frozen=True):
    """Something that is switched: what, from when until when (epoch seconds), by whom and why.

    `ends` is None for until somebody ends it; `ended` is when somebody did. One that begins when it is made holds as soon as
    it is seen, whatever the local clock says.
    """

    id: int
    table: str
    kind: str
    begins: int
    ends: int | None
    texts: dict[str, str] = {}
    route: str = ""
    team: str = ""
    node: str = ""
    by: str = ""
    made: int = 0
    why: str = ""
    ended: int | None = None
    ended_by: str = ""

    def over(self, now: int) -> bool:
        """Whether it is over."""
        return self.ended is not None or (self.ends is not None and self.ends <= now)

    def holds(self, now: int) -> bool:
        """Whether it holds."""
        return not self.over(now) and (self.begins <= now or self.begins <= self.made)

    def bars(self, other: Switch) -> bool:
        """Whether it stands in the way of another: of a table one calamity stands, and one closure of each team."""
        return self.kind != NOTICE and (self.table, self.kind, self.team) == (other.table, other.kind, other.team)


class Refused(Exception):
    """A switch that cannot be. `fault` names the rule and `holes` what it speaks of, for a page; the text is one line."""

    def __init__(self, fault: str, line: str, **holes: object) -> None:
        super().__init__(line)
        self.fault = fault
        self.holes = holes


class Holding(Struct, frozen=True):
    """What holds now, oldest first, and the instant at which that changes by itself."""

    switches: tuple[Switch, ...] = ()
    until: int = 2**62


def holding(switches: Iterable[Switch], now: int) -> Holding:
    """What holds of some switches."""
    held, changes = [], [2**62]
    for one in switches:
        if one.over(now):
            continue
        if one.holds(now):
            held.append(one)
            changes += [one.ends] if one.ends is not None else []
        else:
            changes.append(one.begins)
    return Holding(tuple(sorted(held, key=lambda one: (one.begins, one.id))), min(changes))


def resolved(graph: Graph, switches: Sequence[Switch]) -> Switched:
    """What holds, as one version of a table knows it; what it does not have is left out.

    Of several calamities, which there never should be, the newest is said.
    """
    if not switches:
        return NOTHING
    codes = [language.code for language in graph.languages]
    teams = {team.name: index for index, team in enumerate(graph.teams)}
    nodes = notice_nodes(graph)
    calamity = None
    notices: dict[int, tuple[str, ...]] = {}
    closed: dict[int, int] = {}
    for one in switches:
        if one.kind == CALAMITY:
            calamity = Calamity(_texts(one, codes), one.route, one.id, one.begins, one.ends or 0)
        elif one.kind == NOTICE and one.node in nodes:
            before = notices.get(nodes[one.node], ("",) * len(codes))
            notices[nodes[one.node]] = tuple(map(_joined, before, _texts(one, codes)))
        elif one.kind == CLOSED and one.team in teams:
            closed[teams[one.team]] = max(closed.get(teams[one.team], 0), one.ends or 0)
    return Switched(calamity, notices, closed)


def _texts(one: Switch, codes: list[str]) -> tuple[str, ...]:
    """The texts by language; one that a later version added is spoken in the first that there is."""
    first = next(iter(one.texts.values()), "")
    return tuple(one.texts.get(code) or first for code in codes)


def _joined(one: str, other: str) -> str:
    return f"{one} {other}" if one else other


def notice_nodes(graph: Graph) -> dict[str, int]:
    """The notice nodes of a table by name, in its order."""
    return {graph.names[i]: i for i, node in enumerate(graph.nodes) if isinstance(node, NoticeNode)}


def routes(graph: Graph) -> tuple[str, ...]:
    """The routes that the calamity switch may take."""
    found = (route for node in graph.nodes if isinstance(node, CalamityNode) for route in node.routes)
    return tuple(dict.fromkeys(found))


def closable(graph: Graph) -> tuple[str, ...]:
    """The teams that can be closed: those that a call can come to."""
    met = {node.team for node in graph.nodes if isinstance(node, TransferNode | QueueNode)}
    return tuple(team.name for index, team in enumerate(graph.teams) if index in met)


def check(graph: Graph, wanted: Switch, now: int) -> Switch:
    """The switch as it will be kept, its texts tidied. Raises Refused."""
    wanted = _with_texts(graph, wanted)
    if wanted.kind == CALAMITY:
        if not any(isinstance(node, CalamityNode) for node in graph.nodes):
            raise Refused("no_calamity", "the table has no node of kind 'calamity': nobody would hear it")
        if wanted.route:
            _among("route", wanted.route, routes(graph), "the table declares no route")
    elif wanted.kind == NOTICE:
        _among("node", wanted.node, tuple(notice_nodes(graph)), "the table has no node of kind 'notice' that is called")
    elif wanted.kind == CLOSED:
        _among("team", wanted.team, closable(graph), "no call comes to a team")
        if wanted.ends is None:
            raise Refused("no_end", "say until when the team is closed")
    else:
        raise Refused("kind", f"there is no switch '{wanted.kind[:40]}'", kind=wanted.kind[:40])
    _times(wanted, now)
    if len(wanted.why) > MAX_WHY:
        raise Refused("why_long", f"the reason has more than {MAX_WHY} characters", n=MAX_WHY)
    return wanted


def _with_texts(graph: Graph, wanted: Switch) -> Switch:
    if wanted.kind == CLOSED:
        return wanted
    codes = [language.code for language in graph.languages]
    unknown = next((code for code in wanted.texts if code not in codes), "")
    if unknown:
        help = did_you_mean(unknown, codes) or "its languages: " + ", ".join(codes)
        line = f"'{unknown[:20]}' is no language of the table; {help}"
        raise Refused("text_language", line, language=unknown[:20])
    tidy = {code: " ".join(wanted.texts.get(code, "").split()) for code in codes}
    for code, text in tidy.items():
        _text(code, text)
    return Switch(**{name: getattr(wanted, name) for name in Switch.__struct_fields__} | {"texts": tidy})


def _text(code: str, text: str) -> None:
    """A text that can be spoken as it is."""
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        raise Refused("text_missing", f"there is no text in '{code}'", language=code)
    if len(text) > MAX_TEXT:
        line = f"the text in '{code}' has {len(text):,} characters; {MAX_TEXT} are spoken at most"
        raise Refused("text_long", line, language=code, n=MAX_TEXT)
    bad = next((c for c in text if c in "<>{}" or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")), "")
    if bad:
        shown = bad if bad in "<>{}" else f"U+{ord(bad):04X}"
        line = f"the text in '{code}' holds '{shown}', which cannot be spoken: write words alone"
        raise Refused("text_markup", line, language=code, character=shown)


def _among(what: str, name: str, known: Sequence[str], none: str) -> None:
    if name not in known:
        help = did_you_mean(name, known) or f"there are: {', '.join(known[:20]) or 'none'}"
        raise Refused(f"no_{what}", f"{none} '{name[:60]}'; {help}", name=name[:60])


def _times(wanted: Switch, now: int) -> None:
    begins = max(now, wanted.begins)
    if wanted.begins > now + LONGEST:
        raise Refused("begins_far", f"it begins more than {LONGEST // 86_400} days ahead", n=LONGEST // 86_400)
    if wanted.ends is None:
        return
    if wanted.ends <= begins:
        raise Refused("ends_early", "it ends before it begins" if wanted.begins > now else "it ends in the past")
    if wanted.ends > begins + LONGEST:
        raise Refused("ends_far", f"it holds for more than {LONGEST // 86_400} days", n=LONGEST // 86_400)
