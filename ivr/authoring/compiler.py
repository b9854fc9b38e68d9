"""Declarations → a compiled graph and its source map. Total: what is broken becomes an opaque node, so that one fault
hides no other."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from ivr.authoring.calendars import read_calendar
from ivr.authoring.document import Document
from ivr.authoring.guarantees import Index, check_guarantees, read_guarantees
from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.making import Making
from ivr.authoring.numbers import NumberReader, read_dialable
from ivr.authoring.schema.sections import NumberDecl, TableDecl, TeamDecl
from ivr.authoring.schema.types import Named
from ivr.authoring.scope import Expansion
from ivr.authoring.values import Mapping, Scalar, shorten
from ivr.diagnostics import Report, SourceMap, Sources, Visit, did_you_mean
from ivr.model.graph import CalendarSpec, Graph, Language, Number, Team
from ivr.model.nodes import Actions, EndNode, Node, NumberNode
from ivr.model.numberbook import NumberBook
from ivr.model.numbers import NumberFault, read_number
from ivr.model.phrases import OPERATOR_WORDS, PHRASES, normalise

DEFAULT_RING = 25
DEFAULT_PER_DAY = 1000


class Compiled(Struct, frozen=True):
    """A table as compiled. With errors in the report the graph is fit for checks only, never for a call."""

    graph: Graph
    source_map: SourceMap


def compile_document(document: Document, sources: Sources, today: dt.date, report: Report) -> Compiled | None:
    """Compile a table; None when so little is known (no table section, no language) that nothing can be said."""
    table = document.table
    if table is None or not table.languages or table.operator is None:
        return None
    return _Compiler(document, table, sources, today, report).compile()


class _Compiler:
    def __init__(
        self, document: Document, table: TableDecl, sources: Sources, today: dt.date, report: Report
    ) -> None:
        self.document = document
        self.table = table
        self.report = report
        self.source_map = SourceMap(sources)
        self.zone = self._zone()
        self.reader = NumberReader(self.zone, today, report)

    def compile(self) -> Compiled | None:
        """The table, None when it is too large to be made."""
        document, table, report = self.document, self.table, self.report
        languages = self._languages()
        calendars = self._calendars()
        teams = self._teams(calendars, languages)
        expansion = Expansion(document, report)
        if expansion.full:
            return None
        placed = expansion.placed
        number_node, opaque = len(placed), len(placed) + 1  # made by the compiler, after all others
        making = Making(document, table, expansion, languages, calendars, teams, self.source_map, report, self._own)
        nodes: list[Node] = []
        for index, item in enumerate(placed):
            nodes.append(making.make(index, item))
            self.source_map.nodes.append(item.decl)
        chain = tuple(making.entry(at) for at in table.entry)
        start = self._start(making)
        operator = making.operator_node
        numbers, book = self._numbers(making, number_node, start, chain, teams)
        helps = tuple(making.redirect_help(number_node, i) for i in range(len(languages)))
        goodbye = tuple(making.say_phrase("goodbye", i) for i in range(len(languages)))
        nodes += [NumberNode(helps, goodbye), EndNode(goodbye)]
        self.source_map.nodes += [None, None]
        self.source_map.opaque = opaque if making.used_opaque else -1
        self.source_map.visits.update(expansion.visits)
        self.source_map.expanded += [
            Visit(name, decl, key, first, last, frozenset(making.returning.get(name + "/", ())))
            for name, decl, key, first, last in expansion.expanded
        ]
        self.source_map.table = _TableAt(table)
        making.unused()
        making.wording.let_go()
        check_guarantees(document, report)
        give_up = tuple(making.say_phrase("give_up", i) for i in range(len(languages)))
        apology = tuple(making.say_phrase("apology", i) for i in range(len(languages)))
        graph = Graph(
            id=table.id.text if table.id is not None else "table",
            title=table.title_.text if table.title_ is not None else "",
            main_number=table.main_number.text if table.main_number is not None else "",
            from_abroad=self._shown(table.from_abroad),
            caller_id=self._shown(table.caller_id),
            timezone=self.zone.key,
            languages=tuple(
                Language(
                    code,
                    named.value.voice.text if named.value is not None and named.value.voice is not None else "",
                    named.value.locale.text if named.value is not None and named.value.locale is not None else "",
                )
                for code, named in table.languages.items()
            ),
            nodes=tuple(nodes),
            names=(*(item.name for item in placed), "(number)", "(unknown)"),
            chain=chain,
            number_node=number_node,
            start=start,
            operator=operator,
            operator_key=making.operator_key,
            repeat_key=making.repeat_key,
            operator_words=tuple(
                frozenset(normalise(w) for w in OPERATOR_WORDS.get(code, OPERATOR_WORDS["en"])) for code in languages
            ),
            wait=making.wait,
            max_turns=table.max_inputs.value if table.max_inputs is not None else 30,
            prompts=tuple(making.prompts),
            calendars=calendars,
            teams=teams,
            numbers=numbers,
            book=book,
            main_digits=self._main_digits(),
            variables=tuple((name, _words(named)) for name, named in document.variables.items()),
            facts=tuple((name, _words(named)) for name, named in document.facts.items()),
            fields=tuple(making.wording.fields),
            give_up=give_up,
            apology=apology,
            illustration=table.illustration,
            guarantees=read_guarantees(
                Index(document, languages, [(p.name, p.decl.kind) for p in placed], tuple(n.name for n in numbers))
            ),
        )
        return Compiled(graph, self.source_map)

    def _zone(self) -> ZoneInfo:
        at = self.table.timezone
        if at is None:
            return ZoneInfo("Europe/Amsterdam")
        try:
            return ZoneInfo(at.text)
        except (ValueError, OSError, KeyError):
            self.report.add("IVR106", at.span, f"'{shorten(at.text)}' is no time zone", "write Europe/Amsterdam")
            return ZoneInfo("Europe/Amsterdam")

    def _languages(self) -> tuple[str, ...]:
        for code, named in self.table.languages.items():
            if len(code) != 2 or not code.isalpha() or not code.islower():
                self.report.add("IVR108", named.key.span, f"'{shorten(code)}' is no code of a language", "two letters: nl, en")
            held = self.document.phrases.get(code)
            known = set(held.value) if held is not None and held.value is not None else set()
            lacking = [] if code in PHRASES else [name for name in PHRASES["nl"] if name not in known]
            if lacking:
                self.report.add(
                    "IVR501", named.key.span,
                    f"the engine has no words of its own in '{shorten(code)}'; {len(lacking)} phrases are missing: "
                    + ", ".join(lacking[:4]) + (" …" if len(lacking) > 4 else ""),
                    f"add them under 'phrases: {{{shorten(code)}: …}}'",
                )  # fmt: skip
        for code, own in self.document.phrases.items():
            for name, phrase in (own.value or {}).items():
                if name not in PHRASES["nl"]:
                    near = did_you_mean(name, PHRASES["nl"])
                    self.report.add("IVR104", phrase.key.span, f"'{shorten(name)}' is no phrase of the engine", near)
            if code not in self.table.languages:
                self.report.add("IVR210", own.key.span, f"'{shorten(code)}' is no language of the table")
        return tuple(self.table.languages)

    def _calendars(self) -> tuple[CalendarSpec, ...]:
        out = []
        for name, named in self.document.calendars.items():
            decl = named.value
            if decl is None or decl.hours is None:
                out.append(CalendarSpec(name, "24/7", ""))
                self.source_map.calendars.append(_At(named.key, Mapping(0, 0, 0)))
                continue
            out.append(read_calendar(name, decl, decl.hours, self.report))
            self.source_map.calendars.append(_At(named.key, decl.at))
        return tuple(out)

    def _teams(self, calendars: tuple[CalendarSpec, ...], languages: tuple[str, ...]) -> tuple[Team, ...]:
        names = {spec.name: i for i, spec in enumerate(calendars)}
        out = []
        for name, named in self.document.teams.items():
            self.source_map.teams.append(named.key)
            out.append(self._team(name, named, names, languages))
        return tuple(out)

    def _team(self, name: str, named: Named[TeamDecl], calendars: dict[str, int], languages: tuple[str, ...]) -> Team:
        decl = named.value
        if decl is None:
            return Team(name, (name,) * len(languages), -1, "sip", (), False, DEFAULT_RING, DEFAULT_PER_DAY, ())
        calendar = -1
        if decl.calendar is None:
            if not decl.has("calendar") and not decl.broken:
                self.report.add("IVR609", named.key.span, f"the team '{name}' has no calendar", "add 'calendar:'")
        elif decl.calendar.text in calendars:
            calendar = calendars[decl.calendar.text]
        else:
            text = decl.calendar.text
            near = did_you_mean(text, calendars)
            self.report.add("IVR203", decl.calendar.span, f"there is no calendar '{shorten(text)}'", near or "define it under 'calendars:'")
        for at in decl.speaks:
            if at.text not in languages:
                self.report.add("IVR210", at.span, f"'{shorten(at.text)}' is no language of the table", did_you_mean(at.text, languages))
        titles = decl.title_.by_language if decl.title_ is not None else {}
        first = next(iter(titles.values()))[1].text if titles else name
        dial = tuple(t for t in (read_dialable(at, self.report, self._own) for at in decl.dial) if t)
        via = decl.via.text if decl.via is not None else "sip"
        return Team(
            name=name,
            titles=tuple(titles[code][1].text if code in titles else first for code in languages),
            calendar=calendar,
            via=via,
            dial=dial,
            in_order=decl.strategy is not None and decl.strategy.text == "in_order",
            ring=decl.ring.value if decl.ring is not None else DEFAULT_RING,
            per_day=_per_day(decl),
            speaks=tuple(languages.index(at.text) for at in decl.speaks if at.text in languages),
        )

    def _own(self, e164: str) -> str:
        """Which of the table's own numbers a number is, '' for none."""
        if not hasattr(self, "_own_book"):
            entries = []
            for index, text in enumerate(self.document.numbers):
                number = read_number(text, True)
                if not isinstance(number, NumberFault):
                    entries.append((number.digits, number.open_digits, index))
            main = self._main_digits()
            if main:
                entries.append((str(main), 0, -5))
            self._own_book = NumberBook(entries)
        found = self._own_book.find(int(e164[1:]))
        if found == -1:
            return ""
        return "main number" if found == -5 else f"number '{list(self.document.numbers)[found]}'"

    def _main_digits(self) -> int:
        at = self.table.main_number
        number = read_number(at.text) if at is not None else None
        if number is None or isinstance(number, NumberFault):
            if at is not None:
                self.report.add("IVR401", at.span, f"'{shorten(at.text)}' is not a Dutch number", "write it as \"14 050\"")
            return 0
        return int(number.digits)

    def _shown(self, at: Scalar | None) -> str:
        return "" if at is None else read_dialable(at, self.report, lambda _: "")

    def _start(self, making: Making) -> int:
        if self.table.start is not None:
            return making.global_target(self.table.start)
        if "main" in making.expansion.index:
            return making.known(making.expansion.index["main"])
        if self.document.unread:
            return making.known(-2)
        self.report.add(
            "IVR105", self.table.at.span, "the table does not say where callers of the main number go",
            "add 'start:' to the table, or a node named 'main'",
        )  # fmt: skip
        return making.known(-2)

    def _numbers(
        self, making: Making, number_node: int, start: int, chain: tuple[int, ...], teams: tuple[Team, ...]
    ) -> tuple[tuple[Number, ...], NumberBook]:
        out: list[Number] = []
        entries: list[tuple[str, int, int]] = []
        making.node = number_node
        for text, named in self.document.numbers.items():
            decl = named.value
            number = self.reader.number(named.key)
            index = len(out)
            self.source_map.numbers.append(_At(named.key, decl.at if decl is not None else Mapping(0, 0, 0)))
            out.append(self._number(text, decl, making, start, chain))
            if number is not None:
                entries.append((number.digits, number.open_digits, index))
        return tuple(out), NumberBook(entries)

    def _number(
        self, text: str, decl: NumberDecl | None, making: Making, start: int, chain: tuple[int, ...]
    ) -> Number:
        if decl is None or decl.broken:
            opaque = making.known(-2)
            return Number(text, "", opaque, opaque, (), (), ())
        phases = self.reader.phases(decl)
        to = self._to(decl.to, making, start, chain)
        then = self._to(decl.then, making, start, chain)
        if decl.to is None and not (decl.phases is not None and decl.phases.returned is not None):
            self.report.add("IVR105", decl.at.span, f"the number '{shorten(text)}' lacks the key 'to'", "say where its callers go")
        says: tuple[Actions, ...] = ()
        if decl.announce is not None:
            says = tuple(making.announce(decl.announce, i) for i in range(len(making.languages)))
        elif any(phase in (2, 3) for _, phase in phases):
            self.report.add(
                "IVR105", decl.at.span, f"the number '{shorten(text)}' is announced without words", "add 'announce:'"
            )
        must = tuple(t for t in (making.team(at) for at in decl.must_still_reach) if t >= 0)
        return Number(text, decl.formerly.text, to, then, phases, says, must, tuple(at.text for at in decl.via))

    def _to(self, at: Scalar | None, making: Making, start: int, chain: tuple[int, ...]) -> int:
        """A number's callers have passed the entry; naming a node of it means: as callers of the main number."""
        if at is None:
            return start
        to = making.global_target(at)
        return start if to in chain else to


class _At:
    """The place of something with keys that is no node: a calendar, a number."""

    __slots__ = ("at", "name")

    def __init__(self, name: Scalar, at: Mapping) -> None:
        self.name = name
        self.at = at

    def place(self, *path: str) -> Scalar:
        """The deepest place along a path of keys."""
        return NodeDecl.place(self, *path)  # type: ignore[arg-type]  # it asks for `name` and `at` only

    def key_of(self, section: str, *names: str) -> Scalar | None:
        """The key in a mapping of it that is written as one of `names`."""
        return NodeDecl.key_of(self, section, *names)  # type: ignore[arg-type]  # it asks for `at` only


def _TableAt(table: TableDecl) -> _At:
    first = next(iter(table.at.entries.values()))[0]
    return _At(first, table.at)


def _per_day(decl: TeamDecl) -> int:
    callbacks = decl.callbacks
    return DEFAULT_PER_DAY if callbacks is None or callbacks.per_day is None else callbacks.per_day.value


def _words(named: Named[list[Scalar]]) -> tuple[str, ...]:
    return tuple(at.text for at in named.value or ())

