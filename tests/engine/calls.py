"""A table with every kind of node, and a call that is played by hand; the state is re-serialised at every step."""

from __future__ import annotations

import datetime as dt
from functools import cache

import msgspec

from ivr.calendars.moment import Almanac, LiveMoment
from ivr.diagnostics import Source, Sources
from ivr.dialects.filling import Filling
from ivr.dialects.transcript import heard
from ivr.engine import begin, step
from ivr.model.actions import Action, Listen, Say
from ivr.model.events import Begin, Event, Keys, Silence, Speech
from ivr.model.graph import Graph
from ivr.model.moment import Calamity, Switched
from ivr.model.state import ENDED, State
from ivr.tables.arrivals import arrive, find_number
from ivr.tables.ready import Table, check_sources, ready

TODAY = dt.date(2026, 11, 24)

TEXT = """\
table:
  id: kinds
  title: Every kind
  main_number: "14 050"
  caller_id: "+31 50 367 9111"
  languages: {nl: {voice: A, locale: nl-NL}, en: {voice: B, locale: en-GB}}
  entry: [calamity, opening]
  operator: {key: 0, to: operator}
  max_inputs: 10
calendars:
  desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL, closed_on: {"2026-12-24 15:00-24:00": kerstavond}}
  always: {hours: "Mo-Su 00:00-24:00"}
teams:
  desk: {title: {nl: de balie, en: the desk}, calendar: desk, dial: ["sip:desk@kcc.example"], callbacks: {per_day: 2}}
  order: {title: {nl: om de beurt, en: in turn}, calendar: always, strategy: in_order, dial: ["sip:a@kcc.example", "sip:b@kcc.example"]}
  line: {title: {nl: de rij, en: the queue}, calendar: always, via: twilio}
numbers:
  "050 367 1000": {formerly: Afval, to: topics, announce: {nl: Dit nummer verdwijnt., en: This number disappears.}, phases: {parallel: 2026-01-01, announce: 2027-01-01, redirect: 2027-02-01, returned: 2027-03-01}}
  "050 367 1001": {formerly: actie, to: thanks, from: 2026-12-01, until: 2026-12-31, then: topics}
  "050 367 81xx": {formerly: blok, to: code}
  "050 367 1002": {formerly: zaken, to: case}
variables: {topic: [waste, tax]}
facts: {caller: [known, anonymous, other]}
nodes:
  calamity: {kind: calamity, then: continue, routes: {flood: thanks}}
  opening: {kind: hours, calendar: desk, open: continue, closed: closed, holiday: feast}
  closed: {kind: end, where_to_turn: true, say: {nl: "Dicht. Open {opens:desk}.", en: "Closed. Open {opens:desk}."}}
  feast: {kind: end, where_to_turn: true, say: {nl: "Feestdag. Open {opens:desk}.", en: "Holiday. Open {opens:desk}."}}
  main:
    kind: menu
    say: {nl: Welkom., en: Welcome.}
    options:
      1: {label: {nl: afval, en: waste}, speech: {nl: [afval, grof vuil], en: [waste]}, set: {topic: waste}, to: topics}
      2: {label: {nl: de balie, en: the desk}, speech: {nl: [balie]}, to: operator}
      3: {label: {nl: een code, en: a code}, to: code}
      4: {label: {nl: een bericht, en: a message}, to: note}
      5: {label: {nl: de rij, en: the queue}, to: line}
      6: {label: {nl: een cijfer, en: a mark}, to: mark, silent: true}
      7: {label: {nl: om de beurt, en: in turn}, to: turns, silent: true}
      8: {label: {nl: terugbellen, en: a call}, to: promise, silent: true}
      9: {language: en}
    no_input: {ask_at_most: 2, to: operator}
    no_match: {ask_at_most: 3, to: note}
  topics: {kind: branch, on: topic, cases: {waste: thanks}, otherwise: who}
  who: {kind: branch, on: caller, cases: {known: shares}, otherwise: main}
  shares: {kind: split, shares: {a: {share: 50, to: thanks}, b: {share: 50, to: operator}}}
  code: {kind: ask, field: code, digits: 4, pattern: "9[0-9]{3}", say: {nl: Uw code., en: Your code.}, to: repeat-code, no_input: {ask_at_most: 2}, no_match: {ask_at_most: 2}}
  repeat-code: {kind: say, say: {nl: "Code {code}.", en: "Code {code}."}, to: operator}
  operator: {kind: transfer, team: desk, whisper: true, when_done: mark, busy: promise, no_answer: promise, closed: promise, failed: note}
  turns: {kind: transfer, team: order, when_done: thanks, busy: promise, no_answer: note, closed: note, failed: note}
  line: {kind: queue, team: line, offer_after: {wait: 30s, key: 1, to: promise}, timeout: {wait: 2m, to: note}, when_done: thanks, full: promise, closed: note, failed: note}
  promise: {kind: callback, team: desk, within: 1 working day, taken: thanks, refused: thanks, full: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in., en: Speak.}, to: thanks, no_input: thanks, failed: thanks}
  case: {kind: case, say: {nl: Zoek uw zaaknummer op., en: Find your case number.}, joined: thanks, cancelled: mark, over: operator, unknown: main, no_input: code, failed: note}
  mark: {kind: survey, say: {nl: Welk cijfer geeft u?, en: Which mark?}, to: thanks}
  thanks: {kind: end, where_to_turn: true, say: {nl: Tot ziens., en: Goodbye.}}
"""


@cache
def table() -> Table:
    """The table, made ready once."""
    return ready(check_sources(Sources((Source("kinds.yaml", TEXT),)), TODAY))


def instant(text: str) -> int:
    """Epoch seconds of a local time, `2026-12-01 10:00`."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=table().almanac.zone).timestamp())


class Call:
    """A call in the hands of a test. What is done returns the call, so that doings can be chained."""

    def __init__(
        self, at: str = "2026-12-01 10:00", dial: str = "14 050", caller: str = "+31612345678", seed: int = 1,
        calamity: Calamity | None = None, facts: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        held = table()
        self.graph: Graph = held.graph
        arrival = arrive(self.graph, instant(at), find_number(self.graph, dial), dial, caller, facts or {}, seed)
        self.moment = LiveMoment(Almanac(self.graph), arrival, Switched(calamity))
        self.state: State = begin(self.graph)
        self.actions: tuple[Action, ...] = ()
        self.then(Begin())

    def then(self, *events: Event) -> Call:
        """Let something happen."""
        for event in events:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=State)
            assert state == self.state
            self.state, self.actions = step(self.graph, state, event, self.moment)
        return self

    def press(self, *digits: str) -> Call:
        """Press keys, one input after another."""
        return self.then(*(Keys(d) for d in digits))

    def say(self, text: str, confidence: float = 0.9) -> Call:
        """Say something."""
        return self.then(Speech(text, confidence))

    def wait(self, times: int = 1) -> Call:
        """Stay silent."""
        return self.then(*(Silence() for _ in range(times)))

    @property
    def node(self) -> str:
        """The name of the node that the call is in."""
        return self.graph.names[self.state.at]

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.state.part == ENDED

    @property
    def last(self) -> Action:
        """The action that somebody must act upon."""
        return self.actions[-1]

    @property
    def heard(self) -> str:
        """The words of the last answer."""
        filling = Filling(self.moment, self.state)
        prompts: list[int] = []
        for action in self.actions:
            prompts += [action.prompt] if isinstance(action, Say) else list(getattr(action, "prompts", ()))
        return " ".join(text for p in prompts for _, text in heard(self.graph, p, filling))

    @property
    def listens(self) -> bool:
        """Whether the caller is asked something."""
        return isinstance(self.last, Listen)
