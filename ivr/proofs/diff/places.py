"""Two tables in one space of indices: what is the same in both has the same index, so values can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from ivr.model.graph import CalendarSpec, Graph, Language, Team
from ivr.model.nodes import AskNode
from ivr.model.numbers import NumberFault, read_number
from ivr.model.words import Audio, Hole, Prompt, Words
from ivr.proofs.diff.match import same_nodes

T = TypeVar("T")
Pieces = tuple[Words | Audio, ...]


class Places(Struct, frozen=True):
    """Where each thing of one table stands in the space of both: one list a sort of thing, from its index there."""

    nodes: list[int]
    prompts: list[int]
    calendars: list[int]
    teams: list[int]
    numbers: list[int]
    languages: list[int]
    fields: list[int]
    variables: list[int]
    facts: list[int]
    variable_values: list[list[int]]
    fact_values: list[list[int]]

    def identical(self, common: Common) -> bool:
        """Whether everything stands where it stood, and the other table has nothing besides."""
        sizes = (
            (self.numbers, common.numbers), (self.languages, common.languages), (self.variables, common.variables),
            (self.facts, common.facts), *zip(self.variable_values, (v for _, v in common.variables), strict=False),
            *zip(self.fact_values, (v for _, v in common.facts), strict=False),
        )  # fmt: skip
        if any(len(mine) != len(both) for mine, both in sizes):
            return False
        flat = (self.nodes, self.prompts, self.calendars, self.teams, self.numbers, self.languages, self.fields,
                self.variables, self.facts, *self.variable_values, *self.fact_values)  # fmt: skip
        return all(map(_still, flat))


def _still(places: list[int]) -> bool:
    return places == list(range(len(places)))


class Common(Struct, frozen=True):
    """What the two tables have together: names and contents by common index, the old table's first."""

    size: int
    prompts: tuple[Prompt, ...]
    calendars: tuple[CalendarSpec, ...]
    languages: tuple[Language, ...]
    variables: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[str, ...]
    numbers: tuple[str, ...]
    teams: tuple[str, ...]


Alike = Callable[[CalendarSpec, CalendarSpec], bool]
"""Whether two calendars are open at the same times."""


def find_places(old: Graph, new: Graph, alike: Alike) -> tuple[Common, Places, Places]:
    """The common space of two tables, and where the things of each stand in it."""
    codes, (old_codes, new_codes) = _union([[held.code for held in g.languages] for g in (old, new)])
    matched = same_nodes(old, new)
    fields, (old_fields, new_fields) = _union([old.fields, _fields(old, new, matched)])
    numbers, (old_numbers, new_numbers) = _numbers(old, new)
    calendars, (old_calendars, new_calendars) = _calendars(old, new, alike)
    teams, (old_teams, new_teams) = _teams(old, new)
    variables, (old_var, new_var), (old_values, new_values) = _valued(old.variables, new.variables)
    facts, (old_fact, new_fact), (old_fact_values, new_fact_values) = _valued(old.facts, new.facts)
    voices = {held.code: held for held in (*new.languages, *old.languages)}
    size = len(old.nodes)
    new_nodes = []
    for was in matched:
        new_nodes.append(size if was < 0 else was)
        size += was < 0
    prompts: list[Prompt] = []
    known: dict[Pieces, int] = {}
    plain, same = _still(old_codes), _still(new_codes)
    moved = {"opens": new_calendars, "notice": new_nodes, "field": new_fields}
    if plain and same and all(map(_still, moved.values())) and old.prompts == new.prompts:
        prompts += old.prompts
        old_prompts = new_prompts = list(range(len(prompts)))
    else:
        old_prompts = _prompts(old, prompts, known, None if plain else old_codes, {})
        new_prompts = _prompts(new, prompts, known, None if same else new_codes, moved)
    common = Common(
        size, tuple(prompts), tuple(calendars), tuple(voices[code] for code in codes), variables, facts,
        tuple(fields), tuple(numbers), tuple(teams),
    )  # fmt: skip
    return (
        common,
        Places(list(range(len(old.nodes))), old_prompts, old_calendars, old_teams, old_numbers, old_codes, old_fields,
               old_var, old_fact, old_values, old_fact_values),
        Places(new_nodes, new_prompts, new_calendars, new_teams, new_numbers, new_codes, new_fields,
               new_var, new_fact, new_values, new_fact_values),
    )  # fmt: skip


def _union(rows: Sequence[Iterable[str]]) -> tuple[list[str], list[list[int]]]:
    """All names of several tables, each once; and where each table's stand."""
    index: dict[str, int] = {}
    places = [[index.setdefault(name, len(index)) for name in names] for names in rows]
    return list(index), places


def _fields(old: Graph, new: Graph, matched: list[int]) -> list[str]:
    """The names of the new table's fields; one that is collected where the old table collects it has its name there."""
    names = list(new.fields)
    for node, before in zip(new.nodes, matched, strict=True):
        was = old.nodes[before] if before >= 0 else None
        if isinstance(node, AskNode) and isinstance(was, AskNode):
            name = old.fields[was.field]
            if new.fields[node.field] not in old.fields and name not in names:
                names[node.field] = name
    return names


def _numbers(old: Graph, new: Graph) -> tuple[list[str], list[list[int]]]:
    """Numbers are the same however they are written. Their names, as the new table writes them, and where they stand."""
    index: dict[object, int] = {}
    names: list[str] = []
    places = []
    for graph in (old, new):
        row = []
        for number in graph.numbers:
            read = read_number(number.name, block=True)
            at = index.setdefault(number.name if isinstance(read, NumberFault) else read, len(names))
            if at == len(names):
                names.append(number.name)
            names[at] = number.name
            row.append(at)
        places.append(row)
    return names, places


def _valued(
    old: tuple[tuple[str, tuple[str, ...]], ...], new: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[
    tuple[tuple[str, tuple[str, ...]], ...], tuple[list[int], list[int]], tuple[list[list[int]], list[list[int]]]
]:
    """The same for names that have values of their own."""
    names, (before, after) = _union([[name for name, _ in rows] for rows in (old, new)])
    values: list[tuple[str, ...]] = []
    old_values: list[list[int]] = [[] for _ in old]
    new_values: list[list[int]] = [[] for _ in new]
    for index, name in enumerate(names):
        mine = dict(old).get(name, ()), dict(new).get(name, ())
        joined, (first, second) = _union(mine)
        values.append(tuple(joined))
        if index in before:
            old_values[before.index(index)] = first
        if index in after:
            new_values[after.index(index)] = second
    return tuple(zip(names, values, strict=True)), (before, after), (old_values, new_values)


def _calendars(old: Graph, new: Graph, alike: Alike) -> tuple[list[CalendarSpec], tuple[list[int], list[int]]]:
    """Calendars are the same when they are open at the same times, whatever their names and however that is written."""
    out = list(old.calendars)
    named = {spec.name: index for index, spec in enumerate(old.calendars)}
    known = {_hours(spec): index for index, spec in reversed(list(enumerate(old.calendars)))}
    gone = [index for name, index in named.items() if name not in {spec.name for spec in new.calendars}]
    places = []
    for spec in new.calendars:
        at = named.get(spec.name, -1)
        if at < 0 or (_hours(old.calendars[at]) != _hours(spec) and not alike(old.calendars[at], spec)):
            at = known.get(_hours(spec), -1)
        if at < 0:
            at = next((index for index in gone if alike(old.calendars[index], spec)), len(out))
            known[_hours(spec)] = at
            if at == len(out):
                out.append(spec)
        places.append(at)
    return out, (list(range(len(old.calendars))), places)


def _hours(spec: CalendarSpec) -> tuple[object, ...]:
    rows = [tuple((item.day, item.start, item.end) for item in held) for held in (spec.closed_on, spec.open_on)]
    return spec.hours, spec.holidays, *rows


def _teams(old: Graph, new: Graph) -> tuple[list[str], tuple[list[int], list[int]]]:
    """Teams are the same by name; of those left over, when they answer in the same way."""
    out = [team.name for team in old.teams]
    rows = [[_answering(graph, team) for team in graph.teams] for graph in (old, new)]
    places = [-1] * len(new.teams)
    free = dict.fromkeys(range(len(old.teams)))

    def take(index: int, at: int) -> None:
        places[index] = at
        free.pop(at)

    for same_name, same_rest in ((True, True), (False, True), (True, False)):
        for index, team in enumerate(new.teams):
            if places[index] >= 0:
                continue
            fit = [at for at in free if (not same_name or old.teams[at].name == team.name)
                   and (not same_rest or rows[0][at] == rows[1][index])]  # fmt: skip
            if fit and (same_name or len(fit) == 1):
                take(index, fit[0])
    for index in [i for i, at in enumerate(places) if at < 0]:
        near = max(free, key=lambda at: _shared(rows[0][at], rows[1][index]), default=-1)
        if near >= 0 and _shared(rows[0][near], rows[1][index]) >= ENOUGH:
            take(index, near)
        else:
            places[index] = len(out)
            out.append(new.teams[index].name)
    for index, at in enumerate(places):
        out[at] = new.teams[index].name
    return out, (list(range(len(old.teams))), places)


ENOUGH = 4
"""How many of the seven things that are written of a team must be the same for it to be the same team under another name."""


def _answering(graph: Graph, team: Team) -> tuple[object, ...]:
    """What is written of a team besides its name; `dial` and `titles` must be something to tell teams apart."""
    calendar = graph.calendars[team.calendar].name if team.calendar >= 0 else ""
    titles = tuple(zip((held.code for held in graph.languages), team.titles, strict=True))
    return titles, calendar, team.via, team.dial or team.name, team.in_order, team.ring, team.per_day


def _shared(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    """How many things two teams have in common, if they share a title or an address."""
    if one[0] != other[0] and one[3] != other[3]:
        return 0
    return sum(a == b for a, b in zip(one, other, strict=True))


def _prompts(
    graph: Graph, out: list[Prompt], known: dict[Pieces, int], languages: list[int] | None, moved: dict[str, list[int]]
) -> list[int]:  # fmt: skip
    """Prompts are the same when the same is said. `moved` is where what the holes of a kind name stands."""
    places = []
    for prompt in graph.prompts:
        pieces = prompt.pieces
        if languages is not None or _has_places(pieces):
            pieces = tuple(_piece(piece, languages, moved) for piece in pieces)
        at = known.setdefault(pieces, len(out))
        if at == len(out):
            out.append(prompt if pieces is prompt.pieces else Prompt(pieces, prompt.names))
        places.append(at)
    return places


def _has_places(pieces: Pieces) -> bool:
    return any(isinstance(p, Words) and any(isinstance(h, Hole) and h.argument >= 0 for h in p.parts) for p in pieces)


def _piece(piece: Words | Audio, languages: list[int] | None, moved: dict[str, list[int]]) -> Words | Audio:
    if isinstance(piece, Audio):
        return piece
    parts: list[str | Hole] = []
    for part in piece.parts:
        if isinstance(part, Hole) and part.argument >= 0 and part.kind in moved:
            part = Hole(part.kind, moved[part.kind][part.argument])
        parts.append(part)
    return Words(piece.language if languages is None else languages[piece.language], tuple(parts))


def spread(rows: Sequence[T], places: list[int], size: int, empty: T) -> tuple[T, ...]:
    """Rows put where they stand in the common space; `empty` where there is none."""
    out = [empty] * size
    for row, at in zip(rows, places, strict=True):
        out[at] = row
    return tuple(out)
