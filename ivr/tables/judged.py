"""What checks, guarantees and the comparison say of a version, as plain values: what a page shows, what is kept with a
publication, and what may be published. They are made in simulator/judging.py."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

MOST_KEPT = 50
"""Findings, guarantees and edits each that are kept with a publication; the counts are whole."""
ERROR, WARNING = "error", "warning"


class Place(Struct, frozen=True):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Related(Struct, frozen=True):
    """A second place that explains a fault."""

    place: Place
    message: str


class Fault(Struct, frozen=True):
    """A finding. `text` is as `ivr check` shows it, with its caret; `fresh`: a warning that the live version has not."""

    code: str
    title: str
    severity: str
    message: str
    help: str
    place: Place
    related: tuple[Related, ...]
    text: str
    fresh: bool = False


class Call(Struct, frozen=True):
    """A call to play. `number` is what is dialled, `at` the instant (epoch seconds), `does` what the caller does in order.

    `dials`, `queues` and `disk` say how those come out, `seed` into which shares the caller falls, `cases` how a case number
    that is typed is found; all as `ivr simulate call` takes them.
    """

    number: str
    at: int
    does: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    dials: tuple[tuple[str, tuple[str, ...]], ...] = ()
    queues: tuple[tuple[str, tuple[str, ...]], ...] = ()
    disk: str = "well"
    anonymous: bool = False
    calamity: bool = False
    route: str = ""
    seed: int | None = None
    cases: tuple[tuple[str, str], ...] = ()


class Proof(Struct, frozen=True):
    """What is true of a guarantee. Broken, `call` is the shortest call that breaks it and `transcript` what is heard in it;
    or, where there is no way at all, `call` is that of somebody who has none and there is no transcript."""

    name: str
    claim: str
    built_in: bool
    holds: bool
    vacuous: bool
    worlds: int
    broken: int
    why: str
    choices: int | None
    seconds: float | None
    call: Call | None
    transcript: str


class Row(Struct, frozen=True):
    """Callers who fare differently: who, when and doing what; what they met and what they meet now. `call` plays it on the
    new version, None for a setting, or a number that is gone."""

    who: str
    when: str
    does: str
    was: str
    now: str
    call: Call | None


class Edit(Struct, frozen=True):
    """All that comes of one edit. `wording`: nothing but other words; `place` is `file:line` in the new version, else in the
    old one; `more` counts the rows that are not here."""

    kind: str
    title: str
    wording: bool
    place: str
    rows: tuple[Row, ...]
    more: int


class Findings(Struct, frozen=True):
    """What checks say. `dropped` counts findings beyond those here; `milliseconds` is what it took."""

    version: str
    errors: int
    warnings: int
    fresh: int
    dropped: int
    faults: tuple[Fault, ...]
    milliseconds: int


class Proofs(Struct, frozen=True):
    """What is true of each guarantee. `why_not`: why none was proved (`errors`, `large`, `time`), '' when all were."""

    version: str
    broken: int
    proofs: tuple[Proof, ...]
    why_not: str
    milliseconds: int


class Changes(Struct, frozen=True):
    """Who fares differently than on the version `against` ('' when nothing is live). `summary` is one line of it; `why_not`:
    why it was not compared (`errors`, `first`, `large`, `time`, `apart`), '' when it was."""

    version: str
    against: str
    edits: tuple[Edit, ...]
    behaviour: int
    wording: int
    more: int
    summary: str
    why_not: str
    milliseconds: int


class Judged(Struct, frozen=True):
    """A version as it was judged for a day (ISO)."""

    version: str
    today: str
    findings: Findings
    proofs: Proofs
    changes: Changes

    @property
    def errors(self) -> bool:
        """Whether it can never go live: what has errors is no table."""
        return self.findings.errors > 0

    @property
    def fails(self) -> tuple[str, ...]:
        """What keeps it from going live unless somebody with that right says why all the same: `warnings` that the live
        version has not, guarantees that are `broken`, or `unproved`."""
        held = (
            ("warnings", self.findings.fresh > 0),
            ("broken", self.proofs.broken > 0),
            ("unproved", bool(self.proofs.why_not)),
        )
        return tuple(name for name, so in held if so)


def kept(judged: Judged) -> dict[str, object]:
    """What is kept of it with a publication: all counts, and the first of everything in words."""
    findings = replace(judged.findings, faults=judged.findings.faults[:MOST_KEPT])
    proofs = replace(judged.proofs, proofs=tuple(replace(p, transcript="") for p in judged.proofs.proofs[:MOST_KEPT]))
    edits = tuple(replace(e, rows=e.rows[:1], more=e.more + len(e.rows[1:])) for e in judged.changes.edits[:MOST_KEPT])
    more = judged.changes.more + len(judged.changes.edits[MOST_KEPT:])
    short = replace(
        judged, findings=findings, proofs=proofs, changes=replace(judged.changes, edits=edits, more=more)
    )  # fmt: skip
    built: dict[str, object] = msgspec.to_builtins(short)
    return built


def read(held: object) -> Judged | None:
    """What was kept; None when nothing was, or another program kept it otherwise."""
    try:
        return None if held is None else msgspec.convert(held, Judged)
    except msgspec.ValidationError:
        return None
