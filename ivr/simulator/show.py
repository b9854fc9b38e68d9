"""Transcripts, scenario results and coverage as text."""

from __future__ import annotations

import textwrap

from ivr.diagnostics import Sources
from ivr.model.exits import exit_label
from ivr.simulator.cover import Coverage
from ivr.simulator.run import Miss, Result
from ivr.simulator.transcript import Line, Transcript
from ivr.tables.ready import Table

_MARKS = {
    "says": "♪", "plays": "♫", "presses": "›", "speaks": "›", "is silent": "·", "dials": "☎", "outcome": "☎",
    "waits for": "⧖", "records": "●", "hangs up": "×",
}  # fmt: skip


def show_line(table: Table, line: Line, number: int = -1, width: int = 76) -> str:
    """One line of a transcript: clock, what happened, and the node with its place in the YAML."""
    where = f"{table.graph.names[line.node]}  {place(table, line.node, number)}" if line.node >= 0 else ""
    return show_text(line, where, width)


def place(table: Table, node: int, number: int) -> str:
    """`path:line` of a node; what a number itself says stands where the number is written."""
    if node == table.graph.number_node and number >= 0:
        return table.source_map.sources.path_line(table.source_map.numbers[number].name.span)
    return table.source_map.node(node)


def show_text(line: Line, where: str, width: int = 76) -> str:
    """A line with what stands on the right given."""
    clock = f"{int(line.second) // 60:d}:{int(line.second) % 60:02d}"
    text = line.text if line.what == "says" else f"{line.what} {line.text}".strip()
    if line.language and line.language != "nl" and line.what == "says":
        text = f"[{line.language}] {text}"
    rows = textwrap.wrap(text, width - 10) or [""]
    out = [f"{clock:>5} {_MARKS.get(line.what, ' ')} {rows[0]:<{width - 10}}  {where}".rstrip()]
    out += [" " * 8 + row for row in rows[1:]]
    return "\n".join(out)


def show_transcript(table: Table, transcript: Transcript) -> str:
    """A whole call, and how it ended."""
    lines = [show_line(table, line, transcript.number) for line in transcript.lines]
    return "\n".join([*lines, "", show_end(transcript)])


def show_end(transcript: Transcript) -> str:
    """How a call ended: `ends: person (burgerzaken), helped after 21 s, 1 choice`."""
    what = transcript.ending
    if transcript.person and transcript.team:
        what += f" ({transcript.team})"
    elif transcript.case:
        what += f" ({transcript.case})"
    helped = f", helped after {transcript.helped_at:.0f} s" if transcript.helped_at is not None else ""
    choices = f"{transcript.choices} choice{'' if transcript.choices == 1 else 's'}"
    return f"ends: {what}{helped}, {choices}, {transcript.seconds:.0f} s in all"


def show_failure(table: Table, result: Result, sources: Sources) -> str:
    """A scenario that failed: what was expected and what was heard, side by side, with the place in its file."""
    out = [f"FAILED {result.scenario.name}  {sources.where(result.scenario.key.span)}"]
    for miss in result.misses:
        out.append(f"  {sources.where(miss.span)}: {miss.what}")
        out += _side_by_side(miss)
    if result.transcript is not None:
        out.append("")
        out += ["  " + row for row in show_transcript(table, result.transcript).split("\n")]
    return "\n".join(out)


def _side_by_side(miss: Miss, width: int = 44) -> list[str]:
    left = textwrap.wrap(miss.expected, width) or [""]
    right = textwrap.wrap(miss.heard, width) or [""]
    rows = max(len(left), len(right))
    left += [""] * (rows - len(left))
    right += [""] * (rows - len(right))
    head = f"    {'expected':<{width}} │ heard"
    return [head, *(f"    {a:<{width}} │ {b}".rstrip() for a, b in zip(left, right, strict=True))]


def show_coverage(coverage: Coverage) -> str:
    """Coverage as a table of nodes, and the exits that were never taken."""
    graph = coverage.table.graph
    width = max([36, *(len(coverage.node(node)) for node in coverage.nodes)])
    out = [f"{'node':<{width}} {'calls':>6} {'exits':>7}  never taken"]
    for node, calls in coverage.nodes.items():
        if node in coverage.idle_nodes:
            continue
        mine = {e: n for e, n in coverage.exits.items() if e[0] == node and e not in coverage.idle_exits}
        hit = sum(1 for n in mine.values() if n)
        missed = ", ".join(exit_label(graph, *e) for e, n in sorted(mine.items()) if not n)
        out.append(f"{coverage.node(node):<{width}} {calls:>6} {hit:>3}/{len(mine):<3}  {missed}".rstrip())
    nodes, all_nodes, exits, of_all = coverage.hit
    out.append(f"{nodes}/{all_nodes} nodes, {exits}/{of_all} exits: {coverage.percent:.1f} %")
    out += show_idle(coverage)
    return "\n".join(out)


def show_idle(coverage: Coverage) -> list[str]:
    """What nobody can come to, a line each with its place and the mend; nothing when there is none."""
    idle = coverage.idle()
    head = ["not counted, since nobody can come to it from today on:"] if idle else []
    return [*head, *(f"  {what}  {at}: {mend}" for what, at, mend in idle)]


def as_dict(table: Table, transcript: Transcript) -> dict[str, object]:
    """A call as JSON gives it."""
    names = table.graph.names
    return {
        "ends": transcript.ending,
        "team": transcript.team or None,
        "case": transcript.case or None,
        "choices": transcript.choices,
        "seconds": round(transcript.seconds, 1),
        "helped_at": None if transcript.helped_at is None else round(transcript.helped_at, 1),
        "lines": [
            {
                "second": round(line.second, 1),
                "what": line.what,
                "text": line.text,
                "language": line.language or None,
                "node": names[line.node] if line.node >= 0 else None,
                "at": place(table, line.node, transcript.number) if line.node >= 0 else None,
            }
            for line in transcript.lines
        ],
    }
