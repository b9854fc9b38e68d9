"""A small table of which something can be promised, and what its verdicts and their replays show."""

from __future__ import annotations

from functools import cache

from click.testing import CliRunner

from ivr.cli import cli
from ivr.diagnostics import Source, Sources
from ivr.model.state import ENTERING
from ivr.proofs.prover import verdicts
from ivr.proofs.space import Space
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import script
from ivr.simulator.replay import replay
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table, check_sources
from tests.proofs.tables import DAYS, TODAY, compiled, space_of

OPENING = "open: continue, closed: closed, holiday: closed"
"""What the first node of the table does."""
BASE = """\
table:
  id: promised
  title: Gemeente Klein
  main_number: "14 050"
  caller_id: "+31 50 367 9111"
  languages: {nl: {voice: A, locale: nl-NL}, en: {voice: B, locale: en-GB}}
  entry: [opening]
  operator: {key: 0, to: operator}
calendars:
  desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL}
  late: {hours: "Mo-Th 18:00-20:00"}
  line: {hours: "Mo-Su 00:00-24:00"}
teams:
  desk: {title: {nl: balie, en: desk}, calendar: desk, dial: ["sip:a@kcc.example"], callbacks: {per_day: 9}}
  waste: {title: {nl: afval, en: waste}, calendar: desk, dial: ["sip:b@kcc.example"]}
  line: {title: {nl: de rij, en: the line}, calendar: line, via: twilio}
numbers:
  "050 367 1000": {formerly: Afval, to: waste, must_still_reach: [waste], announce: {nl: Bel 14 0 50., en: Call 14 0 50.}, phases: {parallel: 2026-01-01, announce: 2026-12-07, redirect: 2026-12-14, returned: 2026-12-21}}
  "050 367 1001": {formerly: actie, to: main, from: 2026-12-01, until: 2026-12-05, then: main}
variables: {topic: [waste, tax]}
facts: {caller: [known, blocked, other], open_case: [none, some]}
prompts:
  danger: {nl: "Bel 112.", en: "Call 112."}
nodes:
  opening: {kind: hours, calendar: desk, open: continue, closed: closed, holiday: closed}
  closed: {kind: say, say: [danger, {nl: Wij zijn dicht., en: We are closed.}], to: note}
  main:
    kind: menu
    options:
      1: {label: {nl: afval, en: waste}, to: who}
      2: {label: {nl: belasting, en: tax}, to: code}
      3: {label: {nl: de rij, en: the line}, to: line}
      4: {label: {nl: bellen, en: call}, to: promise}
      9: {language: en}
    no_input: {ask_at_most: 2, to: operator}
    no_match: {ask_at_most: 2, to: operator}
  who: {kind: branch, on: caller, cases: {blocked: note}, otherwise: waste}
  code: {kind: ask, field: code, digits: 2, say: {nl: Uw code., en: Your code.}, to: lot, no_input: {ask_at_most: 2, to: operator}, no_match: {ask_at_most: 2, to: operator}}
  lot: {kind: split, shares: {a: {share: 30, to: operator}, b: {share: 70, to: waste}}}
  operator: {kind: transfer, team: desk, when_done: bye, busy: note, no_answer: promise, closed: note, failed: note}
  waste: {kind: transfer, team: waste, when_done: bye, busy: operator, no_answer: note, closed: note, failed: note}
  line: {kind: queue, team: line, offer_after: {wait: 60s, key: 1, to: promise}, timeout: {wait: 3m, to: note}, when_done: bye, full: note, closed: note, failed: note}
  promise: {kind: callback, team: desk, within: 1 working day, taken: bye, refused: told, full: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in., en: Speak.}, to: bye, no_input: told, failed: told}
  told: {kind: end, where_to_turn: true, say: {nl: Kijk op groningen.nl., en: See groningen.nl.}}
  bye: {kind: end, say: {nl: Dag., en: Bye.}}
"""


@cache
def judged(text: str) -> tuple[Table, Space, tuple[Verdict, ...]]:
    table = compiled(text)
    space = space_of(table, DAYS)
    return table, space, tuple(verdicts(space))


def changed(*changes: tuple[str, str]) -> str:
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def call_of(table: Table, space: Space, verdict: Verdict) -> Transcript:
    """The counterexample, replayed."""
    assert verdict.way is not None, verdict
    return replay(table, script(space, verdict.way))


def passed(table: Table, call: Transcript) -> list[str]:
    return [table.graph.names[node] for node in call.nodes]


def errors(text: str) -> int:
    """How many errors the checks find."""
    return check_sources(Sources((Source("table.yaml", text),)), TODAY).errors


def verdict_on(text: str, name: str = "g") -> tuple[Table, Space, Verdict]:
    table, space, found = judged(text)
    return table, space, next(v for v in found if v.name == name)


def follows(table: Table, space: Space, verdict: Verdict) -> bool:
    """Whether the replayed call passes the nodes of the way, in order, and none before or between them."""
    assert verdict.way is not None
    entered = [space.node(at) for at, _ in verdict.way.steps if space.states[at].part == ENTERING]
    return call_of(table, space, verdict).nodes[: len(entered)] == entered


def ivr(*words: str) -> str:
    """What a command prints; it may end with findings but not with wrong use."""
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code in (0, 1), result.output
    return result.output
