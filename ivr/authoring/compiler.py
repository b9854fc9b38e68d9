"""Declarations → a compiled graph and its source map. Total: what is broken becomes an opaque node, so that one fault
hides no other."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from ivr.authoring.calendars import read_calendar
from ivr.authoring.document import Document
from ivr.authoring.guarantees import Index, check_guarantees, read_guarantees
from ivr.authoring.languages import read_languages
from ivr.authoring.lines import Lines
from ivr.authoring.making import Making
from ivr.authoring.numbers import read_shown
from ivr.authoring.places import At, table_place
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.schema.types import Named
from ivr.authoring.scope import Expansion
from ivr.authoring.store_facts import check_store_facts
from ivr.authoring.teams import read_teams
from ivr.authoring.values import Mapping, Scalar, shorten
from ivr.diagnostics import Label, Report, SourceMap, Sources, Visit
from ivr.model.graph import CalendarSpec, Graph, Language
from ivr.model.nodes import Actions, EndNode, Node, NumberNode
from ivr.model.phrases import OPERATOR_WORDS, normalise

DEFAULT_ZONE = "Europe/Amsterdam"
DEFAULT_INPUTS = 30


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
    def __init__(self, document: Document, table: TableDecl, sources: Sources, today: dt.date, report: Report) -> None:
        self.document = document
        self.table = table
        self.report = report
        self.source_map = SourceMap(sources)
        self.zone = self._zone()
        self.lines = Lines(document, table, self.zone, today, self.source_map, report)

    def compile(self) -> Compiled | None:
        """The table, None when it is too large to be made."""
        document, table, report = self.document, self.table, self.report
        languages = read_languages(table, document, report)
        calendars = self._calendars()
        teams = read_teams(document, calendars, languages, self.lines.own, self.source_map, report)
        expansion = Expansion(document, report)
        if expansion.full:
            return None
        making = Making(
            document, table, expansion, languages, calendars, teams, self.source_map, report, self.lines.own
        )
        graph = self._graph(making, calendars)
        self._map(making)
        check_guarantees(document, report)
        return Compiled(graph, self.source_map)

    def _graph(self, making: Making, calendars: tuple[CalendarSpec, ...]) -> Graph:
        """Nodes first, then what leads to them; the compiler's own two nodes come after all others."""
        document, table, languages = self.document, self.table, making.languages
        placed = making.expansion.placed
        nodes: list[Node] = [making.make(index, item) for index, item in enumerate(placed)]
        chain = self._entry(making)
        start = self._start(making)
        numbers, book = self.lines.read(making, len(placed), start, chain)
        goodbye = _phrases(making, "goodbye")
        helps = tuple(making.redirect_help(len(placed), i) for i in range(len(languages)))
        nodes += [NumberNode(helps, goodbye), EndNode(goodbye)]
        check_store_facts(document, self.report)
        give_up, apology = _phrases(making, "give_up"), _phrases(making, "apology")
        kinds = [(item.name, item.decl.kind) for item in placed]
        return Graph(
            id=_text(table.id) or "table",
            title=_text(table.title_),
            main_number=_text(table.main_number),
            from_abroad=read_shown(table.from_abroad, self.report),
            caller_id=read_shown(table.caller_id, self.report),
            timezone=self.zone.key,
            languages=self._voices(),
            nodes=tuple(nodes),
            names=(*(item.name for item in placed), "(number)", "(unknown)"),
            chain=chain,
            number_node=len(placed),
            start=start,
            operator=making.operator_node,
            operator_key=making.operator_key,
            repeat_key=making.repeat_key,
            operator_words=tuple(map(_operator_words, languages)),
            wait=making.wait,
            max_turns=table.max_inputs.value if table.max_inputs is not None else DEFAULT_INPUTS,
            prompts=tuple(making.prompts),
            calendars=calendars,
            teams=making.teams,
            numbers=numbers,
            book=book,
            main_digits=self.lines.main_digits(),
            variables=tuple((name, _words(named)) for name, named in document.variables.items()),
            facts=tuple((name, _words(named)) for name, named in document.facts.items()),
            fields=tuple(making.wording.fields),
            give_up=give_up,
            apology=apology,
            illustration=table.illustration,
            guarantees=read_guarantees(Index(document, languages, kinds, tuple(n.name for n in numbers))),
        )

    def _map(self, making: Making) -> None:
        """Where all of it is written, and what is never used."""
        expansion, source_map = making.expansion, self.source_map
        source_map.nodes += [*(item.decl for item in expansion.placed), None, None]
        source_map.opaque = making.opaque if making.used_opaque else -1
        source_map.visits.update(expansion.visits)
        source_map.expanded += [
            Visit(name, decl, key, first, last, frozenset(making.returning.get(name + "/", ())))
            for name, decl, key, first, last in expansion.expanded
        ]
        source_map.table = table_place(self.table)
        source_map.prompts.update({name: named.key for name, named in self.document.prompts.items()})
        source_map.phrases.update({code: named.key for code, named in self.document.phrases.items()})
        making.finish()

    def _zone(self) -> ZoneInfo:
        at = self.table.timezone
        try:
            return ZoneInfo(DEFAULT_ZONE if at is None else at.text)
        except (ValueError, OSError, KeyError):
            assert at is not None
            self.report.add("IVR106", at.span, f"'{shorten(at.text)}' is no time zone", f"write {DEFAULT_ZONE}")
            return ZoneInfo(DEFAULT_ZONE)

    def _voices(self) -> tuple[Language, ...]:
        out = []
        for code, named in self.table.languages.items():
            decl = named.value
            voice, locale = (decl.voice, decl.locale) if decl is not None else (None, None)
            out.append(Language(code, _text(voice), _text(locale)))
        return tuple(out)

    def _calendars(self) -> tuple[CalendarSpec, ...]:
        out = []
        for name, named in self.document.calendars.items():
            decl = named.value
            if decl is None or decl.hours is None:
                out.append(CalendarSpec(name, "24/7", ""))
                self.source_map.calendars.append(At(named.key, Mapping(0, 0, 0)))
                continue
            out.append(read_calendar(name, decl, decl.hours, self.report))
            self.source_map.calendars.append(At(named.key, decl.at))
        return tuple(out)

    def _entry(self, making: Making) -> tuple[int, ...]:
        """The nodes that every call passes, each of them once."""
        out: dict[int, Scalar] = {}
        for at in self.table.entry:
            held = out.setdefault(making.entry(at), at)
            if held is not at and held.text == at.text:
                self.report.add(
                    "IVR106", at.span, f"'{shorten(at.text)}' stands in the entry twice: callers would pass it twice",
                    "take one of the two out", [Label(held.span, "first written here")],
                )  # fmt: skip
        return tuple(out)

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


def _phrases(making: Making, name: str) -> tuple[Actions, ...]:
    """What the engine itself says, in each language."""
    return tuple(making.say_phrase(name, i) for i in range(len(making.languages)))


def _operator_words(language: str) -> frozenset[str]:
    """What callers say in a language who want a person."""
    return frozenset(normalise(word) for word in OPERATOR_WORDS.get(language, OPERATOR_WORDS["en"]))


def _text(at: Scalar | None) -> str:
    return "" if at is None else at.text


def _words(named: Named[list[Scalar]]) -> tuple[str, ...]:
    return tuple(at.text for at in named.value or ())
