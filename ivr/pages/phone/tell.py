"""What came of a call so far, as a page shows it: its lines with who spoke them, the way it took and why, how it ended."""

from __future__ import annotations

from itertools import zip_longest

from ivr.model.exits import exit_label
from ivr.model.nodes import QueueNode, TransferNode
from ivr.pages.phone.asked import titles
from ivr.pages.phone.call import Call, Line, Passed, Question, Texts
from ivr.pages.phone.moments import written
from ivr.pages.phone.play import Playing, play, prepare
from ivr.pages.phone.setting import Setting
from ivr.pages.phone.why import why
from ivr.simulator.show import place
from ivr.simulator.world import DECLINED
from ivr.tables.arrivals import UNKNOWN, find_number
from ivr.tables.ready import Table

_WHO = {
    "says": "voice",
    "plays": "voice",
    "presses": "caller",
    "speaks": "caller",
    "is silent": "caller",
    "records": "caller",
}
"""What a line of a transcript is → who does it; the rest is the network's doing."""
TAKEN = ("bridged", DECLINED)
"""How a ring ends where somebody, or something, picked up: they hear the whisper."""


def call_of(table: Table, setting: Setting, now: int) -> Call:
    """A call as a page shows it. Raises Told for what the table does not know."""
    playing = prepare(table, setting, now)
    return tell(playing, play(playing))


def tell(playing: Playing, question: Question | None) -> Call:
    """What came of a call so far; `question` is what is asked now, None when it is over."""
    table, transcript, arrival = playing.table, playing.transcript, playing.moment.arrival
    return Call(
        version=table.version,
        at=arrival.time,
        written=written(arrival.time, table.almanac.zone),
        known=find_number(table.graph, arrival.dialled) != UNKNOWN,
        withheld=not arrival.caller,
        lines=tuple(_lines(playing)),
        passed=tuple(_passed(playing)),
        question=question,
        used=playing.done.used,
        seconds=transcript.seconds,
        ending=transcript.ending if question is None else "",
        team=transcript.team,
        titles=titles(table.graph, transcript.team),
        case=transcript.case,
        choices=transcript.choices,
        helped_at=transcript.helped_at,
    )


def _lines(playing: Playing) -> list[Line]:
    graph, transcript = playing.graph, playing.transcript
    locales = {language.code: language.locale for language in graph.languages}
    out: list[Line] = []
    for index, line in enumerate(transcript.lines):
        node = graph.names[line.node] if line.node >= 0 else ""
        held = Line(
            line.second, _WHO.get(line.what, "system"), line.what, line.text, line.language,
            locales.get(line.language, ""), node, index in playing.open, _team(playing, line.node),
        )  # fmt: skip
        out.append(held)
        following = transcript.lines[index + 1].text if index + 1 < len(transcript.lines) else ""
        for code, text in playing.whispers.get(index, ()) if following in TAKEN else ():
            out.append(Line(line.second, "whisper", "whispers", text, code, locales.get(code, ""), node, False))
    return out


def _team(playing: Playing, node: int) -> Texts:
    """What the team is called that a node rings or waits for."""
    held = playing.graph.nodes[node] if node >= 0 else None
    if not isinstance(held, TransferNode | QueueNode) or held.team < 0:
        return ()
    return titles(playing.graph, playing.graph.teams[held.team].name)


def _passed(playing: Playing) -> list[Passed]:
    """The nodes, each with the exit by which the call left it."""
    table, transcript, moment = playing.table, playing.transcript, playing.moment
    shown = _shown(playing)
    root = _root(table)
    out: list[Passed] = []
    for node, taken, line in zip_longest(transcript.nodes, transcript.exits, playing.passed):
        exit = taken[1] if taken is not None else ""
        reason = why(table, moment, node, exit)
        label = exit_label(table.graph, node, exit) if exit else ""
        where = place(table, node, transcript.number).removeprefix(root)
        out.append(Passed(table.graph.names[node], "" if where == "-" else where, label, reason, shown[line]))
    return out


def _root(table: Table) -> str:
    """The folder of a table, as its paths begin; '' for one that is read from texts."""
    folders = {path.rpartition("/")[0] for path in (source.path for source in table.sources.files)}
    shortest = min(folders, key=len, default="")
    return shortest + "/" if shortest and all(f"{one}/".startswith(shortest + "/") for one in folders) else ""


def _shown(playing: Playing) -> list[int]:
    """For each number of lines of the transcript, how many are shown: those with what is whispered."""
    out = [0]
    lines = playing.transcript.lines
    for index in range(len(lines)):
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        out.append(out[-1] + 1 + (len(playing.whispers.get(index, ())) if following in TAKEN else 0))
    return out
