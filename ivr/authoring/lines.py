"""The numbers of a table: which are its own, where each leads in its phases, and the book that finds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from ivr.authoring.document import Document
from ivr.authoring.making import Making
from ivr.authoring.numbers import NumberReader
from ivr.authoring.places import At
from ivr.authoring.schema.sections import NumberDecl, TableDecl
from ivr.authoring.values import Mapping, Scalar, shorten
from ivr.diagnostics import Report, SourceMap
from ivr.model.graph import Number
from ivr.model.nodes import Actions
from ivr.model.numberbook import NumberBook
from ivr.model.numbers import NumberFault, PhoneNumber, read_number

_MAIN, _ABROAD, _CALLER_ID = -5, -6, -7
_OWN = {_MAIN: "main number", _ABROAD: "number for callers from abroad", _CALLER_ID: "caller_id"}
"""What an index says that is none of a number in the table's `numbers`."""


class Lines:
    """Reads the numbers of one table."""

    def __init__(
        self, document: Document, table: TableDecl, zone: ZoneInfo, today: dt.date, sources: SourceMap, report: Report
    ) -> None:
        self._document = document
        self._table = table
        self._sources = sources
        self._report = report
        self._reader = NumberReader(zone, today, report)
        self._book: NumberBook | None = None

    def own(self, e164: str) -> str:
        """Which of the table's own numbers a number is, '' for none."""
        if self._book is None:
            entries = [*self._of_table()]
            for index, text in enumerate(self._document.numbers):
                number = read_number(text, True)
                if not isinstance(number, NumberFault):
                    entries.append((number.digits, number.open_digits, index))
            main = self.main_digits()
            if main:
                entries.append((str(main), 0, _MAIN))
            self._book = NumberBook(entries)
        found = self._book.find(int(e164[1:]))
        if found == -1:
            return ""
        return _OWN[found] if found in _OWN else f"number '{list(self._document.numbers)[found]}'"

    def _of_table(self) -> Iterator[tuple[str, int, int]]:
        """The numbers by which callers from abroad reach us, and those whom we rang."""
        for at, which in ((self._table.caller_id, _CALLER_ID), (self._table.from_abroad, _ABROAD)):
            number = read_number(at.text) if at is not None else None
            if isinstance(number, PhoneNumber):
                yield number.digits, 0, which

    def main_digits(self) -> int:
        """The main number as an int of its digits in E.164; 0 when it is none."""
        at = self._table.main_number
        number = read_number(at.text) if at is not None else None
        if number is None or isinstance(number, NumberFault):
            if at is not None:
                self._report.add(
                    "IVR401", at.span, f"'{shorten(at.text)}' is not a Dutch number", 'write it as "14 050"'
                )
            return 0
        return int(number.digits)

    def read(
        self, making: Making, number_node: int, start: int, chain: tuple[int, ...]
    ) -> tuple[tuple[Number, ...], NumberBook]:
        """The numbers in the order in which they are written, and the book that finds them."""
        out: list[Number] = []
        entries: list[tuple[str, int, int]] = []
        making.node = number_node
        for text, named in self._document.numbers.items():
            decl = named.value
            number = self._reader.number(named.key)
            index = len(out)
            self._sources.numbers.append(At(named.key, decl.at if decl is not None else Mapping(0, 0, 0)))
            out.append(self._number(text, decl, making, start, chain))
            if number is not None:
                entries.append((number.digits, number.open_digits, index))
        return tuple(out), NumberBook(entries)

    def _number(self, text: str, decl: NumberDecl | None, making: Making, start: int, chain: tuple[int, ...]) -> Number:
        if decl is None or decl.broken:
            opaque = making.known(-2)
            return Number(text, "", opaque, opaque, (), (), ())
        phases = self._reader.phases(decl)
        to = self._to(decl.to, making, start, chain)
        then = self._to(decl.then, making, start, chain)
        if decl.to is None and not (decl.phases is not None and decl.phases.returned is not None):
            self._report.add(
                "IVR105", decl.at.span, f"the number '{shorten(text)}' lacks the key 'to'", "say where its callers go"
            )
        says: tuple[Actions, ...] = ()
        if decl.announce is not None:
            says = tuple(making.announce(decl.announce, i) for i in range(len(making.languages)))
        elif any(phase in (2, 3) for _, phase in phases):
            self._report.add(
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
