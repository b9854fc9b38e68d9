"""A call that tells two tables apart: the same caller at the same time, who hears something else.

It is looked for, not proved to be none: calls that take every exit at every time; the same in the other languages; at the
numbers and times at which the tables stand otherwise; and all that can be done where the difference is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice, zip_longest

import msgspec
from msgspec import Struct

from ivr.diagnostics import Source, Sources
from ivr.model.actions import Say
from ivr.model.facts import default_fact
from ivr.model.nodes import CaseNode, MenuNode
from ivr.model.words import Prompt
from ivr.proofs.classes import Classes
from ivr.proofs.ways import NUMBERS, Script
from ivr.simulator.apart import instants, of_number
from ivr.simulator.replay import replay
from ivr.simulator.run import CALLER, run_scenario
from ivr.simulator.scenario import read_suite_sources
from ivr.simulator.transcript import Line, Transcript
from ivr.simulator.write import scenario_text
from ivr.tables.ready import Table

MOST = 8000
"""Calls that are tried; each takes a fifth of a millisecond twice."""
KEYS = "0123456789*#"
QUOTED = 60
"""Characters of what is heard that a scenario expects."""
_CASES = tuple((number, state) for state, number in NUMBERS.items() if state)
DOES = ("presses", "speaks", "is silent", "records", "hangs up")


class Told(Struct, frozen=True):
    """What tells two tables apart: what was heard and what is heard now at the first difference, and the scenario (YAML)
    that holds for the first and fails for the second, '' if what differs cannot be written in one. `alone` says that it
    does so by its ending, team or nodes, without any words."""

    was: str
    now: str
    scenario: str
    alone: bool = False


def tell(was: Table, now: Table, calls: list[Script], near: Collection[int], start: int) -> Told | None:
    """The first call found that tells the tables apart, of at most MOST. `calls` are some of the first, of all sorts;
    `near` the nodes of the first in which the difference is written; `start` the instant from which it counts."""
    # the number of a case is made from the version
    now = msgspec.structs.replace(now, version=was.version)
    for script in islice(_candidates(was, now, calls, near, start), MOST):
        before, after = replay(was, script), replay(now, script)
        if heard(before) != heard(after):
            return _told(was, now, script, before, after)
    return None


def heard(transcript: Transcript) -> tuple[object, ...]:
    """All of a call that its caller, or who answers it, can tell."""
    return (*(line.heard for line in transcript.lines), transcript.ending, transcript.team)


def differs(before: Transcript, after: Transcript) -> tuple[str, str]:
    """What was heard at the first difference, and what is heard now."""
    for a, b in zip_longest(before.lines, after.lines):
        if a is None or b is None or a.heard != b.heard:
            return _line(a), _line(b)
    return _end(before), _end(after)


def _line(line: Line | None) -> str:
    if line is None:
        return "nothing more"
    return f'"{line.text}"' if line.what == "says" else f"{line.what} {line.text}".strip()


def _end(transcript: Transcript) -> str:
    return f"ends: {transcript.ending}" + (f" ({transcript.team})" if transcript.team else "")


def _candidates(was: Table, now: Table, calls: list[Script], near: Collection[int], start: int) -> Iterator[Script]:
    """Calls to try, the likeliest and simplest first."""
    usual = tuple(default_fact(name, values, CALLER) for name, values in was.graph.facts)
    calls = sorted(calls, key=lambda s: _oddness(s, usual))
    if not calls or [n.name for n in was.graph.numbers] != [n.name for n in now.graph.numbers]:
        return
    before, after = Classes(was.almanac, start), Classes(now.almanac, start)
    for number, (a, b) in enumerate(zip(was.graph.numbers, now.graph.numbers, strict=True)):
        if a != b or _announced(was, number) != _announced(now, number):
            yield from _dialling(number, of_number(before, after, number), calls, usual)
    yield from calls
    spoken = [_after(call, key) for key in _language_keys(was) for call in calls]
    yield from spoken
    yield from _doing(was, [*calls, *spoken], near)
    for at in instants(before, after):
        yield from (msgspec.structs.replace(call, at=at) for call in calls)


def _announced(table: Table, number: int) -> list[Prompt]:
    """What a number says while it is announced, in each language: an action only points at it."""
    held = table.graph.numbers[number].announce
    return [table.graph.prompts[action.prompt] for spoken in held for action in spoken if isinstance(action, Say)]


def _oddness(call: Script, usual: tuple[int, ...]) -> tuple[bool | int, ...]:
    """Calls of nobody in particular, in which nothing goes wrong, come first."""
    switched = call.calamity or bool(call.notices or call.closed)
    return switched, call.disk != "well", bool(call.dials or call.queues), call.facts != usual, len(call.does)


def _dialling(number: int, times: list[int], calls: list[Script], usual: tuple[int, ...]) -> Iterator[Script]:
    """Calls of a number: by one who stays silent, who presses one key, and as other callers of it do."""
    plain = Script(number, 0, usual, (), (), (), "well", anonymous=False, calamity=False, route="")
    mine = [call for call in calls if call.dial == number]
    for does in ((), *((key,) for key in KEYS), *(call.does for call in mine)):
        yield from (msgspec.structs.replace(plain, at=at, does=does) for at in times)


def _language_keys(table: Table) -> list[str]:
    """The keys that choose a language."""
    menus = [node for node in table.graph.nodes if isinstance(node, MenuNode)]
    return sorted({option.key for menu in menus for option in menu.options if option.language >= 0 and option.key})


def _after(call: Script, key: str) -> Script:
    return msgspec.structs.replace(call, does=(key, *call.does))


def _doing(table: Table, calls: list[Script], near: Collection[int]) -> Iterator[Script]:
    """All that can be done in some nodes, once for all words that ask for it (in each language, after each error): every
    key, pressed once and again and again, every word, and silence."""
    seen: set[tuple[int, str]] = set()
    for call in calls:
        place, said = -1, ""
        for line in replay(table, call).lines:
            if line.what not in DOES:
                said += line.text
                continue
            place += 1
            asked, said = (line.node, said), ""
            if line.node not in near or asked in seen:
                continue
            seen.add(asked)
            node = table.graph.nodes[line.node]
            words = {":" + word for held in node.phrases for word in held} if isinstance(node, MenuNode) else set()
            rest: list[tuple[str, ...]] = [(), *((key,) for key in KEYS), *((key,) * 4 for key in KEYS)]
            rest += [(word,) for word in sorted(words)]
            if isinstance(node, CaseNode):
                call = msgspec.structs.replace(call, cases=_CASES)
                rest += [
                    (number, *more) for number in NUMBERS.values() for more in ((), ("1",), ("2", "1"), ("2", "2"))
                ]
                rest.append((NUMBERS[""],) * 4)
            yield from (msgspec.structs.replace(call, does=call.does[:place] + more) for more in rest)


def _told(was: Table, now: Table, script: Script, before: Transcript, after: Transcript) -> Told:
    said = differs(before, after)
    plain = scenario_text(was, "a-call-that-hears-it", script, before)
    if _tells(was, now, plain):
        return Told(*said, plain, alone=True)
    for key, one, other in (("hears", before, after), ("never_hears", after, before)):
        wanted = only_in(one, other)
        text = plain.replace("expect: {", f"expect: {{{key}: [{wanted}], ", 1) if wanted else ""
        if text and _tells(was, now, text):
            return Told(*said, text)
    return Told(*said, "")


def only_in(one: Transcript, other: Transcript) -> str:
    """The first words that are heard in one call and not in the other, in quotes; '' if there are none."""
    words = other.words().casefold()
    for line in one.lines:
        if line.what == "says":
            for sentence in line.text.replace("? ", "?|").replace(". ", ".|").split("|"):
                quoted = sentence[:QUOTED].rsplit(" ", 1)[0] if len(sentence) > QUOTED else sentence
                if quoted and quoted.casefold() not in words:
                    return '"' + quoted.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return ""


def _tells(was: Table, now: Table, text: str) -> bool:
    """Whether a scenario holds for one table and fails for the other."""
    suite = read_suite_sources(Sources((Source("scenario.yaml", f"scenarios:\n{text}"),)))
    held = [run_scenario(table, scenario).passed for scenario in suite.scenarios for table in (was, now)]
    return held == [True, False]
