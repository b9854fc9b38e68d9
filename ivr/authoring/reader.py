"""Text of one YAML file → one value with positions, and findings for what is not plain YAML.

The C parser's events are read directly: an own builder over them is several times faster than composing nodes, and
keeps the source text of every scalar. It recurses nowhere, so depth is bounded by `MAX_DEPTH` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from msgspec import Struct

from ivr.authoring.broken import report_broken, report_surrogate, report_unprintable
from ivr.authoring.values import Lost, Mapping, Scalar, Sequence, Value, shorten
from ivr.diagnostics import Label, Report, Source, Span

MAX_DEPTH = 40
"""How deep values may nest. The language needs 9."""
MAX_VALUES = 4_000_000
"""How many keys and values a file may hold; a table of 100,000 nodes has half of it. More would fill the memory."""

Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = re.compile(r"![^\s,\[\]{}]*")
_HELP_PLAIN = "write the value out: a routing table has no anchors, aliases, tags or merge keys"


class _Stop(Exception):
    """The file cannot be read further; what was wrong is already reported."""


class Read(Struct, frozen=True):
    """A file as read. `whole` is False when a part of it is lost, so that names may be unknown for no other fault."""

    value: Value | None
    whole: bool


def read_yaml(source: Source, file: int, report: Report) -> Read:
    """Read the one document of a file. Its value is None when there is nothing, or nothing that can be used."""
    if source.unread:
        return Read(None, False)
    builder = _Builder(source, file, report)
    try:
        return Read(builder.build(Parser(source.text)), not builder.lost)
    except yaml.MarkedYAMLError as error:
        report_broken(error, source.text, file, report)
    except yaml.reader.ReaderError as error:
        report_unprintable(error, source.text, file, report)
    except UnicodeEncodeError as error:
        report_surrogate(error, source.text, file, report)
    except _Stop:
        pass
    return Read(None, False)


class _Builder:
    """Builds values from parser events with a stack of the containers that are open."""

    __slots__ = ("file", "lost", "report", "source")

    def __init__(self, source: Source, file: int, report: Report) -> None:
        self.source = source
        self.file = file
        self.report = report
        self.lost = False

    def build(self, parser: yaml.SafeLoader) -> Value | None:
        """The value of the one document. Scalars are most of all events: they are placed here, without a call for each."""
        file = self.file
        get_event: Callable[[], Any] = parser.get_event  # the stubs give no event its marks
        stack: list[Mapping | Sequence] = []
        box: Mapping | Sequence | None = None
        key: Scalar | None = None
        root: Value | None = None
        room = MAX_VALUES
        while True:
            event = get_event()
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                room -= 1
                start, end = event.start_mark, event.end_mark
                value = Scalar(event.value, file, start.line, start.column, end.line, end.column, event.style or "")
                if event.anchor is not None or event.tag is not None:
                    value = self._decorated(event, value)
                if box is None:
                    root = value
                elif isinstance(box, Sequence):
                    box.items.append(value)
                elif key is None:
                    key = value
                    continue
                else:
                    if key.text in box.entries or key.text == "<<":
                        self._put(box, key, value)
                    else:
                        box.entries[key.text] = (key, value)
                    key = None
                if room < 0:
                    self._too_much(value.span, room)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                room -= 1
                new = self._open(event, Mapping if kind is yaml.MappingStartEvent else Sequence, box, key)
                if box is None:
                    root = new
                else:
                    stack.append(box)
                    key = None
                if len(stack) >= MAX_DEPTH or room < 0:
                    self._too_much(new.span, room)
                box = new
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                assert box is not None
                box.end_line, box.end_column = event.end_mark.line, event.end_mark.column
                box = stack.pop() if stack else None
                key = None
            elif kind is yaml.AliasEvent:
                self._alias(event, box, key)
                key = None
            elif kind is yaml.DocumentStartEvent and root is not None:
                self._second_document(event.start_mark)
                return root
            elif kind is yaml.StreamEndEvent:
                return root

    def _decorated(self, event: yaml.ScalarEvent, value: Scalar) -> Scalar:
        """A scalar with an anchor or a tag; one of which nothing is left beside them is lost."""
        self._not_plain(event)
        if event.value == "" and not event.style:
            return Lost("", value.file, value.line, value.column, value.end_line, value.end_column)
        return value

    def _open(
        self, event: yaml.CollectionStartEvent, made: type[Mapping] | type[Sequence], box: Mapping | Sequence | None,
        key: Scalar | None,
    ) -> Mapping | Sequence:  # fmt: skip
        """A container that begins, put in the one that is open. Its end is not known yet."""
        start: Any = event.start_mark
        if event.anchor is not None or event.tag is not None:
            self._not_plain(event)
        if box.__class__ is Mapping and key is None:
            self._complex_key(start)
        new = made(self.file, start.line, start.column, start.line, start.column + 1)
        if box is not None:
            self._put(box, key, new)
        return new

    def _alias(self, event: yaml.AliasEvent, box: Mapping | Sequence | None, key: Scalar | None) -> None:
        self._not_plain(event)
        self.lost = True
        if box is None or (key is None and box.__class__ is Mapping):
            raise _Stop
        start: Any = event.start_mark
        end: Any = event.end_mark
        self._put(box, key, Lost("", self.file, start.line, start.column, end.line, end.column))

    def _put(self, box: Mapping | Sequence, key: Scalar | None, value: Value) -> None:
        if isinstance(box, Sequence):
            box.items.append(value)
            return
        assert key is not None
        text = key.text
        if text == "<<" and not key.quoted:
            self._tell(key.span, "a merge key '<<' is not part of the language")
            box.partial = self.lost = True
            return
        if value.__class__ is Mapping:
            value.key = key
        held = box.entries.setdefault(text, (key, value))
        if held[0] is key:
            return
        self.lost = self.lost or value.__class__ is Mapping
        self.report.add(
            "IVR102",
            key.span,
            f"the key '{shorten(text)}' stands here a second time",
            "keep one of the two",
            [Label(held[0].span, "first written here")],
        )

    def _not_plain(self, event: yaml.NodeEvent) -> None:
        mark = event.start_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        word = "*"
        if isinstance(event, yaml.AliasEvent):
            word, what = f"*{event.anchor}", "an alias"
        elif event.anchor is not None:
            word, what = f"&{event.anchor}", "an anchor"
            column = max(self.source.line(line).find(word, column), column)  # a tag may stand before it
        else:
            found = _TAG.match(self.source.line(line), column)
            word, what = found.group() if found else "!", "a tag"
        span = Span(self.file, line, column, line, column + len(word))
        self._tell(span, f"{what} '{shorten(word)}' is not part of the language")

    def _tell(self, span: Span, message: str) -> None:
        self.report.add("IVR103", span, message, _HELP_PLAIN)

    def _complex_key(self, mark: yaml.Mark) -> NoReturn:
        span = Span(self.file, mark.line, mark.column, mark.line, mark.column + 1)
        self.report.add(
            "IVR106", span, "a mapping or list stands where a key is needed", "write a word, or put it in quotes"
        )
        raise _Stop

    def _too_much(self, span: Span, room: int) -> NoReturn:
        if room < 0:
            self.report.add(
                "IVR112", span, f"the file holds more than {MAX_VALUES:,} values", "split the table, or use flows"
            )
        else:
            self.report.add(
                "IVR112", span, f"values nest deeper than {MAX_DEPTH}", "is a bracket not closed before this?"
            )
        raise _Stop

    def _second_document(self, mark: yaml.Mark) -> None:
        self.lost = True
        span = Span(self.file, mark.line, mark.column, mark.line, mark.column + 3)
        self.report.add("IVR101", span, "a second document begins here", "put it in a file of its own")
