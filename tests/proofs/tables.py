"""Small tables to prove things of: compiled from a text whether or not it passes the checks, and made at random."""

from __future__ import annotations

import datetime as dt
import random

from ivr.calendars.moment import Almanac
from ivr.diagnostics import Source, Sources
from ivr.proofs.prover import explore
from ivr.proofs.space import Space
from ivr.tables.ready import Table, check_sources, version_of

TODAY = dt.date(2026, 11, 24)


def compiled(text: str) -> Table:
    """The table of a text; what the checks find in it does not matter here, as long as it compiles."""
    checked = check_sources(Sources((Source("table.yaml", text),)), TODAY)
    assert checked.graph is not None, checked.findings
    assert checked.source_map is not None, checked.findings
    return Table(
        checked.graph, checked.source_map, Almanac(checked.graph), version_of(checked.sources), checked.sources
    )


def start_of(table: Table) -> int:
    """Midnight of today in the table's zone, epoch seconds."""
    return int(dt.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=table.almanac.zone).timestamp())


def space_of(table: Table, days: int = 800) -> Space:
    """The state space of a table from today on."""
    return explore(table.almanac, start_of(table), days)


HOURS = ("Mo-Fr 09:00-17:00", "Mo-Su 00:00-24:00", "Mo-Fr 08:00-12:00,13:00-18:00; Th 08:00-20:00", "Mo-Su 18:00-02:00")
DAYS = 40
"""The horizon of random tables: with a holiday, a closing, and every phase of their numbers."""


class Maker:
    """A table made by chance: every kind of node, ways that go anywhere, also where no sound table would lead."""

    def __init__(self, chance: random.Random, max_inputs: int) -> None:
        self.chance = chance
        self.both = chance.random() < 0.5
        self.nodes = [f"n{i}" for i in range(chance.randint(2, 5))]
        self.calendars = chance.randint(1, 3)
        self.max_inputs = max_inputs
        self.prompts = chance.random() < 0.7

    def pick(self, *values: str) -> str:
        return self.chance.choice(values)

    def to(self) -> str:
        """Where a way goes: mostly to what helps, so that sound tables occur."""
        return self.pick(*self.nodes, "main", "operator", "operator", "note", "told", "told", "bye", "help", "ring")

    def words(self, text: str) -> str:
        own = f"{{nl: {text}., en: {text} now.}}" if self.both else f"{{nl: {text}.}}"
        return f"[danger, {own}]" if self.prompts and self.chance.random() < 0.25 else own

    def label(self, text: str) -> str:
        return f"{{nl: {text}, en: {text}}}" if self.both else f"{{nl: {text}}}"

    def team(self) -> str:
        return self.pick("t0", "t1", "t2")

    def node(self, name: str) -> str:
        to, words = self.to, self.words
        kind = self.pick("say", "menu", "menu", "hours", "branch", "branch", "split", "transfer", "queue", "callback",
                         "voicemail", "end", "visit", "ask", "survey", "case")  # fmt: skip
        match kind:
            case "say":
                turn = self.pick("", "", ", where_to_turn: true")
                return f"{{kind: say, say: {words(name)}, to: {to()}{turn}}}"
            case "end":
                return f"{{kind: end, say: {words(name)}{self.pick('', ', where_to_turn: true')}}}"
            case "menu":
                return self.menu()
            case "hours":
                calendar = self.chance.randrange(self.calendars)
                return f"{{kind: hours, calendar: c{calendar}, open: {to()}, closed: {to()}, holiday: {to()}}}"
            case "branch":
                on, value = self.chance.choice(
                    (("topic", "a"), ("caller", "known"), ("number", '"050 367 1000"'), ("phase", "announce"))
                )
                return f"{{kind: branch, on: {on}, cases: {{{value}: {to()}}}, otherwise: {to()}}}"
            case "split":
                return f"{{kind: split, shares: {{x: {{share: 30, to: {to()}}}, y: {{share: 70, to: {to()}}}}}}}"
            case "transfer":
                return f"{{kind: transfer, team: {self.team()}, when_done: {to()}, busy: {to()}, no_answer: {to()}, closed: {to()}, failed: {to()}}}"
            case "queue":
                place = self.pick("", "", "place: old, ")
                offer = self.pick("", f"offer_after: {{wait: 60s, key: 1, to: {to()}}}, ")
                return (
                    f"{{kind: queue, team: t2, {place}{offer}timeout: {{wait: 3m, to: {to()}}}, when_done: {to()}, "
                    f"full: {to()}, closed: {to()}, failed: {to()}}}"
                )
            case "callback":
                return f"{{kind: callback, team: {self.team()}, within: 1 working day, taken: {to()}, refused: {to()}, full: {to()}, failed: {to()}}}"
            case "voicemail":
                return (
                    f"{{kind: voicemail, team: t0, say: {words(name)}, to: {to()}, no_input: {to()}, failed: {to()}}}"
                )
            case "case":
                return (
                    f"{{kind: case, joined: {to()}, cancelled: {to()}, over: {to()}, unknown: {to()}, "
                    f"no_input: {to()}, failed: {to()}}}"
                )
            case "visit":
                return f"{{kind: visit, flow: reach, with: {{team: {self.team()}}}, then: {to()}}}"
            case "ask":
                return (
                    f'{{kind: ask, field: {name}, digits: 4, pattern: "9[0-9]{{3}}", say: {words(name)}, to: {to()}, '
                    f"confirm: {self.pick('true', 'false')}, "
                    f"no_input: {{ask_at_most: 2, to: {to()}}}, no_match: {{ask_at_most: 2, to: {to()}}}}}"
                )
            case _:
                return f"{{kind: survey, say: {words(name)}, to: {to()}}}"

    def menu(self) -> str:
        options = []
        for key in range(1, self.chance.randint(2, 4)):
            sets = self.pick("", "", ", set: {topic: a}", ", set: {topic: b}")
            options.append(f"{key}: {{label: {self.label(f'keus {key}')}, to: {self.to()}{sets}}}")
        if self.both and self.chance.random() < 0.5:
            options.append("9: {language: en}")
        retries = f"no_input: {{ask_at_most: {self.chance.randint(1, 3)}, to: {self.to()}}}, "
        retries += f"no_match: {{ask_at_most: {self.chance.randint(1, 2)}, to: {self.to()}}}"
        return f"{{kind: menu, options: {{{', '.join(options)}}}, {retries}}}"

    def numbers(self) -> str:
        rows = [
            f'  "050 367 1000": {{formerly: a, to: {self.to()}, announce: {self.label("Bel 14 0 50")}, '
            "phases: {parallel: 2026-01-01, announce: 2026-11-30, redirect: 2026-12-07, returned: 2026-12-14}}",
            f'  "050 367 1001": {{formerly: b, to: {self.to()}, from: 2026-12-01, until: 2026-12-05, then: {self.to()}}}',
            f'  "050 367 81xx": {{formerly: c, to: {self.to()}}}',
        ]
        return "\n".join(rows[: self.chance.randint(1, 3)])

    def entry(self) -> tuple[str, str]:
        names, nodes = [], ""
        if self.chance.random() < 0.5:
            names.append("calamity")
            nodes += f"  calamity: {{kind: calamity, then: continue, routes: {{flood: {self.to()}}}}}\n"
        if self.chance.random() < 0.5:
            names.append("welcome")
            nodes += f"  welcome: {{kind: say, say: {self.words('Welkom')}, to: continue}}\n"
        if self.chance.random() < 0.5:
            names.append("notices")
            nodes += "  notices: {kind: notice, then: continue}\n"
        if not names or self.chance.random() < 0.5:
            names.append("opening")
            shut = self.pick(self.to(), "told", "continue")
            nodes += f"  opening: {{kind: hours, calendar: c0, open: continue, closed: {shut}, holiday: {self.to()}}}\n"
        return ", ".join(names), nodes

    def table(self, guarantees: str = "") -> str:
        """The text of a table."""
        chance = self.chance
        entry, chain = self.entry()
        en = ", en: {voice: B, locale: en-GB}" if self.both else ""
        calendars = "".join(
            f'  c{i}: {{hours: "{chance.choice(HOURS)}"{chance.choice(("", ", holidays: NL"))}'
            f"{chance.choice(('', ', closed_on: {2026-12-01: dicht}'))}}}\n"
            for i in range(self.calendars)
        )
        made = {name: self.node(name) for name in self.nodes}
        made["main"] = self.menu()
        made["operator"] = self.transfer("t0")
        made["ring"] = self.transfer("t1")
        used = "danger" if self.prompts else "unused"
        return (
            f'table:\n  id: made\n  title: Made\n  main_number: "14 050"\n  caller_id: "+31 50 367 9111"\n'
            f"  languages: {{nl: {{voice: A, locale: nl-NL}}{en}}}\n  entry: [{entry}]\n"
            f"  operator: {{key: 0, to: operator}}\n  max_inputs: {self.max_inputs}\n"
            f"calendars:\n{calendars}"
            "teams:\n"
            + "".join(
                f'  {t}: {{title: {self.label(t)}, calendar: c{chance.randrange(self.calendars)}, {via}, callbacks: {{per_day: 3}}}}\n'
                for t, via in (
                    ("t0", 'dial: ["sip:a@kcc.example"]'),
                    ("t1", 'strategy: in_order, dial: ["sip:b@kcc.example", "sip:c@kcc.example"]'),
                    ("t2", "via: twilio"),
                )
            )
            + f"numbers:\n{self.numbers()}\n"
            "variables: {topic: [a, b]}\n"
            "facts: {caller: [known, anonymous, other]}\n"
            f"prompts:\n  {used}: {self.label('Bel 112')}\n"
            f"nodes:\n{chain}"
            + "".join(f"  {name}: {text}\n" for name, text in made.items())
            + f"  note: {{kind: voicemail, team: t0, say: {self.words('Spreek in')}, to: bye, no_input: {self.pick('told', 'bye', 'told')}, failed: {self.pick('told', 'told', 'operator')}}}\n"
            f"  help: {{kind: callback, team: t1, within: 1 working day, taken: bye, refused: told, full: note, failed: note}}\n"
            f"  told: {{kind: end, where_to_turn: true, say: {self.words('Kijk op de site')}}}\n"
            f"  bye: {{kind: end, say: {self.words('Dag')}}}\n"
            "flows:\n  reach:\n    with: {team: team}\n    start: ring\n    nodes:\n"
            "      ring: {kind: transfer, team: $team, when_done: return, busy: left, no_answer: left, closed: left, failed: return}\n"
            f"      left: {{kind: say, say: {self.words('Niemand')}, to: {self.pick('return', 'note')}}}\n"
            + guarantees
        )  # fmt: skip

    def transfer(self, team: str) -> str:
        """A transfer that mostly helps on when nobody answers."""
        rest = ", ".join(
            f"{exit}: {self.pick('note', 'help', 'told', self.to())}"
            for exit in ("busy", "no_answer", "closed", "failed")
        )
        return f"{{kind: transfer, team: {team}, when_done: bye, {rest}}}"


def made(chance: random.Random, max_inputs: int = 30, guarantees: str = "") -> str:
    """The text of a table made by chance."""
    return Maker(chance, max_inputs).table(guarantees)
