"""All callers of two small tables, played side by side through the engine: nothing of `ivr.proofs` is used."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import msgspec

from ivr.calendars.calendar import Calendar
from ivr.calendars.moment import drawn_share, phase_at
from ivr.calendars.worktime import due, ringing
from ivr.engine import begin, step
from ivr.model.actions import (
    Action,
    CancelCase,
    Dial,
    Enqueue,
    FindCase,
    Hangup,
    JoinCase,
    KeepMark,
    Listen,
    OpenCase,
    Record,
    Say,
)
from ivr.model.events import Begin, Event, Keys, Speech
from ivr.model.graph import Graph
from ivr.model.moment import Calamity
from ivr.model.nodes import CalamityNode, MenuNode, QueueNode, SplitNode
from ivr.model.state import ENDED, Arrival, State
from ivr.model.words import Hole, Words
from ivr.tables.ready import Table
from tests.proofs.callers import CALLER, Callers, Recorder, TooLarge
from tests.proofs.tables import DAYS, HOURS, Maker, start_of

MOST = 20_000
Met = tuple[object, ...]


def everybody(old: Table, new: Table) -> Iterator[tuple[Recorder, Recorder]]:
    """One caller of each sort that either table can tell apart, as both see that caller."""
    graphs = old.graph, new.graph
    assert [n.name for n in old.graph.numbers] == [n.name for n in new.graph.numbers]
    facts = list(product(*(range(len(values)) for _, values in old.graph.facts)))
    routes = {r for g in graphs for node in g.nodes if isinstance(node, CalamityNode) for r in node.routes}
    texts = ("x",) * len(old.graph.languages)
    switch: list[Calamity | None] = [None, *(Calamity(texts, r) for r in ("", *sorted(routes)))]
    for number in range(-1, len(old.graph.numbers)):
        for at in instants(old, new, number):
            for held, caller, seed, calamity in product(facts, (CALLER, ""), seeds(graphs), switch):
                arrival = Arrival(at, number, "x", caller, held, seed)
                yield Recorder(old, arrival, calamity), Recorder(new, arrival, calamity)


def instants(old: Table, new: Table, number: int) -> list[int]:
    """An instant of each class of both tables: every half hour is looked at."""
    found: dict[object, int] = {}
    start = start_of(old)
    for at in range(start + 900, start + DAYS * 86_400, 1800):
        row = [phase_at(t.graph.numbers[number], at) if number >= 0 else -1 for t in (old, new)]
        row += [calendar.at(at) for t in (old, new) for calendar in t.almanac.calendars]
        row += [promised(old, team, at) != promised(new, team, at) for team in range(len(old.graph.teams))]
        found.setdefault(tuple(row), at)
    return list(found.values())


def promised(table: Table, team: int, at: int) -> int:
    """When a promise of a working day is due, made at an instant."""
    calendar = table.almanac.calendars[table.graph.teams[team].calendar]
    return _promised(calendar, dt.datetime.fromtimestamp(at, calendar.zone).toordinal())


@lru_cache(maxsize=4096)
def _promised(calendar: Calendar, today: int) -> int:
    return due(ringing(calendar), calendar.instant(today, 12 * 60), (1, "working_days"))


def seeds(graphs: tuple[Graph, Graph]) -> list[int]:
    """A seed for each combination of shares."""
    splits = [(g.names[i], n.shares) for g in graphs for i, n in enumerate(g.nodes) if isinstance(n, SplitNode)]
    found: dict[object, int] = {}
    for seed in range(400):
        found.setdefault(tuple(drawn_share(name, seed, shares) for name, shares in splits), seed)
    return list(found.values())


def apart(old: Table, new: Table, words: bool) -> bool:
    """Whether any caller meets something else in the new table; other words in all places count with `words`."""
    known: list[tuple[dict[tuple[str, int], object], dict[tuple[str, int], object]]] = []
    for pair in everybody(old, new):
        if any(pair[0].answers(one) and pair[1].answers(other) for one, other in known):
            continue
        if _apart(old, new, pair, words):
            return True
        known.append((pair[0].asked, pair[1].asked))
    return False


def _apart(old: Table, new: Table, moments: tuple[Recorder, Recorder], words: bool) -> bool:
    tables = old, new
    first: tuple[State, State] = (begin(old.graph), begin(new.graph))
    seen = {first}
    todo: list[tuple[tuple[State, State], tuple[Event, ...]]] = [(first, (Begin(),))]
    while todo:
        states, events = todo.pop()
        for event in events:
            done = [step(t.graph, s, event, m) for t, s, m in zip(tables, states, moments, strict=True)]
            at = moments[0].arrival.time
            met = [
                (*what_is_met(t.graph, *row, words), *promises(t, row[1], at))
                for t, row in zip(tables, done, strict=True)
            ]
            if met[0] != met[1]:
                return True
            after = tuple(msgspec.structs.replace(state, turns=0) for state, _ in done)
            if after[0].part == ENDED or after in seen:
                continue
            seen.add(after)  # type: ignore[arg-type]  # a pair
            if len(seen) > MOST:
                raise TooLarge
            todo.append((after, _events(tables, moments, after, done)))  # type: ignore[arg-type]  # a pair
    return False


def _events(tables: tuple[Table, Table], moments: tuple[Recorder, Recorder], states: tuple[State, ...],
            done: list[tuple[State, tuple[Action, ...]]]) -> tuple[Event, ...]:  # fmt: skip
    found: dict[Event, None] = {}
    for table, state, (_, actions) in zip(tables, states, done, strict=True):
        callers = Callers(table, 0, 1)
        found |= dict.fromkeys(callers._events(state, actions[-1] if actions else None))
        node = table.graph.nodes[state.at]
        if isinstance(node, MenuNode):
            found |= dict.fromkeys(Keys(str(k)) for k in range(10))
            found |= dict.fromkeys(Speech(said, 0.9) for said in node.phrases[state.language])
    return tuple(found)


def what_is_met(graph: Graph, state: State, actions: tuple[Action, ...], words: bool) -> Met:
    """What a caller meets in a step: what acts next and how; with `words`, all that is said."""
    out: list[object] = []
    said: list[object] = []
    for action in actions:
        if isinstance(action, Say):
            said += spoken(graph, action.prompt)
        elif isinstance(action, Listen):
            for prompt in action.prompts:
                said += spoken(graph, prompt)
            out.append(("listen", action.wait, action.digits, action.finish, action.speech))
        elif isinstance(action, Dial):
            team = graph.teams[action.team].name if action.team >= 0 else ""
            out.append(("dial", team, action.targets, action.ring, action.whisper >= 0))
        elif isinstance(action, Enqueue):
            node = graph.nodes[action.node]
            assert isinstance(node, QueueNode)
            out.append(
                (
                    "queue",
                    graph.teams[action.team].name,
                    node.offer_key,
                    node.offer_after,
                    node.timeout,
                    action.old_place,
                )
            )
        elif isinstance(action, Record):
            out.append(("record", action.seconds))
        elif isinstance(action, OpenCase):
            out.append(
                (
                    "case",
                    action.kind,
                    graph.teams[action.team].name,
                    action.within,
                    action.per_day,
                    action.reach,
                    action.part,
                )
            )
        elif isinstance(action, KeepMark):
            out.append("mark")
        elif isinstance(action, FindCase | JoinCase | CancelCase):
            out.append(type(action).__name__)
        elif isinstance(action, Hangup):
            out.append("end")
    return (state.part == ENDED, *out, *(said if words else ()))


def promises(table: Table, actions: tuple[Action, ...], at: int) -> list[int]:
    """When what is promised in a step is due."""
    return [promised(table, a.team, at) for a in actions if isinstance(a, OpenCase) and a.within[0]]


def spoken(graph: Graph, prompt: int) -> list[object]:
    """The words of a prompt, holes by the hours they speak of."""
    out: list[object] = []
    for piece in graph.prompts[prompt].pieces:
        for part in piece.parts if isinstance(piece, Words) else (piece,):
            if isinstance(part, str):
                out += part.split()
            elif isinstance(part, Hole) and part.kind == "opens":
                spec = graph.calendars[part.argument]
                out.append(("opens", spec.hours, spec.holidays, len(spec.closed_on)))
            elif isinstance(part, Hole) and part.kind == "field":
                out.append(("field", graph.fields[part.argument]))
            else:
                out.append(part)
    return out


class Editor:
    """Makes plausible edits of the text of a table that was made by chance."""

    def __init__(self, chance: random.Random, text: str) -> None:
        self.chance = chance
        self.text = text
        self.maker = Maker(chance, 30)
        self.maker.both = "en: {voice" in text
        self.maker.prompts = "  danger: {" in text
        self.maker.nodes = re.findall(r"^  (n\d): ", text, re.M)
        self.maker.calendars = len(re.findall(r"^  c\d: ", text, re.M))

    def edited(self) -> str:
        """The text after one to three edits."""
        for _ in range(self.chance.randint(1, 3)):
            self.chance.choice((self.node, self.target, self.target, self.hours, self.ring, self.insert, self.retry))()
        return self.text

    def node(self) -> None:
        """Another node in the place of one."""
        name = self.chance.choice([*self.maker.nodes])
        self.text = re.sub(rf"^  {name}: .*$", lambda _: f"  {name}: {self.maker.node(name)}", self.text, flags=re.M)

    def target(self) -> None:
        """An exit that leads elsewhere."""
        places = list(
            re.finditer(
                r"\b(to|open|closed|busy|no_answer|failed|taken|full|then|otherwise): (?!continue|return)([a-z0-9]+)(?=[,}])",
                self.text,
            )
        )
        held = self.chance.choice(places)
        self.text = self.text[: held.start(2)] + self.maker.to() + self.text[held.end(2) :]

    def hours(self) -> None:
        """Another calendar of the same name."""
        name = f"c{self.chance.randrange(self.maker.calendars)}"
        self.text = re.sub(
            rf'^  {name}: {{hours: "[^"]*"',
            lambda _: f'  {name}: {{hours: "{self.chance.choice(HOURS)}"',
            self.text,
            flags=re.M,
        )

    def ring(self) -> None:
        """A team that rings longer."""
        self.text = self.text.replace('dial: ["sip:a@kcc.example"]', 'ring: 40s, dial: ["sip:a@kcc.example"]')

    def insert(self) -> None:
        """A message before a node."""
        name = self.chance.choice(self.maker.nodes)
        fresh = f"x{self.chance.randrange(100)}"
        if f"  {fresh}: " in self.text:
            return
        before, nodes, after = self.text.partition("\nnodes:\n")
        after = after.replace(f"to: {name}", f"to: {fresh}", 1)
        self.text = f"{before}{nodes}  {fresh}: {{kind: say, say: {self.maker.words('Nog iets')}, to: {name}}}\n{after}"

    def retry(self) -> None:
        """Asked more or less often."""
        places = list(re.finditer(r"ask_at_most: (\d)", self.text))
        held = self.chance.choice(places)
        self.text = self.text[: held.start(1)] + str(self.chance.randint(1, 4)) + self.text[held.end(1) :]
