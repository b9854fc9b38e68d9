"""What a caller meets in a step and does, in the words of a report."""

from __future__ import annotations

from ivr.engine import ask, case
from ivr.model.events import (
    Begin,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    Dialled,
    EffectFailed,
    Event,
    Keys,
    MarkKept,
    Queued,
    Recorded,
    Silence,
    Speech,
)
from ivr.model.graph import Graph
from ivr.model.nodes import AskNode, CallbackNode, CaseNode, MenuNode, NumberNode, SurveyNode, VoicemailNode
from ivr.model.words import as_text
from ivr.proofs.diff.heard import FITS, GOES_ON, HOURS, Heard, Trail, same_details
from ivr.proofs.diff.parting import Parting

SHORT = 60
"""Characters of a message that are shown."""
LONG, AROUND = 120, 3
"""Characters of a changed wording that are shown; words on either side of the change."""


def shortened(text: str) -> str:
    """A message in quotes, at most SHORT characters of it."""
    text = " ".join(text.split())
    return f'"{text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"}"'


def told(graph: Graph, prompt: int) -> str:
    """What a prompt says, in quotes."""
    return shortened(as_text(graph.prompts[prompt]))


def told_apart(was: str, now: str) -> tuple[str, str]:
    """Two wordings, each in quotes, cut to the stretch in which they differ."""
    rows = was.split(), now.split()
    start = 0
    while start < min(map(len, rows)) and rows[0][start] == rows[1][start]:
        start += 1
    end = 0
    while end < min(map(len, rows)) - start and rows[0][-1 - end] == rows[1][-1 - end]:
        end += 1
    first = max(0, start - AROUND)
    return _cut(rows[0], first, end), _cut(rows[1], first, end)


def new_hours(text: str) -> tuple[str, str]:
    """What is said when only the hours in it are others."""
    return shortened(text), "the same, with the new hours"


def _cut(row: list[str], first: int, end: int) -> str:
    """The words from `first` on, less those after a difference, as far as they fit."""
    last = len(row) - max(0, end - AROUND)
    text = ("… " if first else "") + " ".join(row[first:last]) + (" …" if last < len(row) else "")
    return f'"{text if len(text) <= LONG else text[: LONG - 1].rstrip() + "…"}"'


def both_met(graphs: tuple[Graph, Graph], parting: Parting) -> tuple[str, str]:
    """What callers met before and meet now, in as few words as tell them apart."""
    met, again = parting.met, not isinstance(parting.event, Begin)
    names = [new.name or old.name for old, new in zip(graphs[0].teams, graphs[1].teams, strict=True)]
    was, now = (partner(*row, names, again) for row in zip(graphs, parting.trails, met, strict=True))
    if was != now:
        return was, now
    more = [[value for value in held.details if value not in other.details] for held, other in (met, met[::-1])]
    if any(more) and not same_details(*met):
        full = _with(was, more[0]), _with(now, more[1])
        return full if full[0] != full[1] else (f"{full[0]} as they were", f"{full[1]} as they are")
    said = [[prompt for _, prompt in held.said] for held in met]
    gone = [p for p in said[0] if p not in said[1]]
    come = [p for p in said[1] if p not in said[0]]
    if not gone and not come:  # the same in another order
        gone, come = said
    words = [" and ".join(told(graph, p) for p in row) for graph, row in zip(graphs, (gone, come), strict=True)]
    if met[0].answer == GOES_ON:
        return (f"hears {words[0]}" if gone else "no message"), (f"hears {words[1]}" if come else "no message")
    if not gone:
        return was, f"{now}, after hearing {words[1]}"
    if not come:
        return f"{was}, after hearing {words[0]}", now
    return f"{was}: {words[0]}", f"{now}: {words[1]}"


def _with(whom: str, details: list[tuple[str, object]]) -> str:
    return f"{whom} ({', '.join(_detail(*pair) for pair in details)})"


def _detail(name: str, value: object) -> str:
    if name == "ends at":
        return f"ends at {value}" if value else "ends by itself"
    if name == HOURS:
        return f"due by the hours of {value[1]}"  # type: ignore[index]  # a calendar and its name
    if name == FITS:
        return f"fits {value}" if value else "fits anything"
    if isinstance(value, bool):
        return name if value else f"no {name}"
    return f"{name} {value}" if value not in ("", 0) else f"no {name}"


def partner(graph: Graph, trail: Trail, held: Heard, names: list[str], again: bool) -> str:
    """Who or what acts next; `names` are those of the teams, `again` when the caller was already being asked."""
    match held.answer:
        case ("dial", int(team)):
            return f"{names[team]} is rung"
        case ("dial", targets):
            return f"{', '.join(targets)} is rung"  # type: ignore[arg-type]  # a tuple of targets
        case ("queue", int(team)):
            return f"queue {names[team]}"
        case ("record",):
            node = graph.nodes[trail.after.at]
            return f"voicemail {names[node.team]}" if isinstance(node, VoicemailNode) else "voicemail"
        case ("case", kind, int(team)):
            return f"{kind} {names[team]}"
        case ("mark",):
            return "a mark is kept"
        case ("find" | "join" | "cancel" as what,):
            return f"the case is {_DONE[what]}"
        case ("on",):
            return "the call goes on"
        case ("listen",):
            return _listening(graph, trail, names, again)
        case _:
            last = held.said[-1][1] if held.said else -1
            return f"the call ends with {told(graph, last)}" if last >= 0 else "the call ends"


def _listening(graph: Graph, trail: Trail, names: list[str], again: bool) -> str:
    at = trail.after.at
    node, name = graph.nodes[at], graph.names[at]
    if isinstance(node, AskNode) and trail.after.part == ask.CONFIRMING:
        return f"asked whether that is right ({name})"
    if again and trail.nodes == (at,) and isinstance(node, MenuNode | AskNode):
        return f"asked again ({name})"
    if isinstance(node, MenuNode):
        return f"menu {name}"
    if isinstance(node, CallbackNode):
        return f"offer of a callback by {names[node.team]}"
    if isinstance(node, SurveyNode):
        return f"asked for a mark ({name})"
    if isinstance(node, CaseNode):
        return f"{_CASE.get(trail.after.part, 'asked for a case number')} ({name})"
    return "told where to turn, with help offered" if isinstance(node, NumberNode) else f"asked ({name})"


_DONE = {"find": "looked for", "join": "joined", "cancel": "cancelled"}
_CASE = {
    case.PROMISED: "told what was promised", case.OPEN: "told that the case is open",
    case.CONFIRMING: "asked whether the case may end",
}  # fmt: skip
_FOUND = {"promised": "the case has a promise", "open": "the case has no promise", "over": "the case is settled"}
_OUTCOMES = {
    "bridged": "somebody answers", "busy": "it is busy", "no_answer": "nobody answers", "closed": "it has closed",
    "failed": "it fails", "left": "the caller leaves the queue", "timeout": "the wait is over", "full": "the queue is full",
}  # fmt: skip
_OTHER: dict[type, str] = {
    CaseOpened: "the case is on disk", CaseRefused: "no slot is free", EffectFailed: "the disk fails",
    CaseUnknown: "there is no such case", CaseJoined: "the case is joined", CaseCancelled: "the case is cancelled",
    MarkKept: "the mark is on disk", Silence: "stays silent", Begin: "",
}  # fmt: skip


def doing(event: Event) -> str:
    """What happens, from the caller's side: `presses 2`."""
    if isinstance(event, Keys):
        return f"presses {event.digits}" if len(event.digits) < 12 else "types what does not fit"
    if isinstance(event, Speech):
        return f'says "{event.text}"'
    if isinstance(event, Dialled | Queued):
        return _OUTCOMES[event.outcome]
    if isinstance(event, Recorded):
        return "leaves a message" if event.seconds else "leaves no message"
    return _FOUND[event.state] if isinstance(event, CaseFound) else _OTHER[type(event)]


def ways(events: list[Event]) -> str:
    """A row of events: `presses 1, then 2, then stays silent`; '' when the call has just arrived."""
    out: list[str] = []
    pressing = False
    for event in events:
        word = doing(event)
        if not word:
            continue
        presses = word.startswith("presses ")
        out.append(word.removeprefix("presses ") if presses and pressing else word)
        pressing = presses
    return ", then ".join(out)
