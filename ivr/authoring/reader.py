"""Text of one YAML file → one value with positions, and findings for what is not plain YAML.

The C parser's events are read directly: an own builder over them is several times faster than composing nodes, and
keeps the source text of every scalar. It recurses nowhere, so depth is bounded by `MAX_DEPTH` alone.
"""

from __future__ import annotations

from typing import cast

import yaml

from ivr.authoring.values import Mapping, Scalar, Sequence, Value, shorten
from ivr.diagnostics import Label, Report, Span

MAX_DEPTH = 40
"""How deep values may nest. The language needs 9."""

Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HELP_PLAIN = "write the value out: a routing table has no anchors, aliases, tags or merge keys"


class _Stop(Exception):
    """The file cannot be read further; what was wrong is already reported."""


def read_yaml(text: str, file: int, report: Report) -> Value | None:
    """Read one document. None when there is nothing, or nothing that can be used."""
    try:
        parser = Parser(text)
        return _Builder(file, report).build(parser)
    except yaml.MarkedYAMLError as error:
        _broken(error, file, report)
    except yaml.reader.ReaderError as error:
        _unprintable(error, text, file, report)
    except _Stop:
        pass
    return None


class _Builder:
    """Builds values from parser events with a stack of the containers that are open."""

    __slots__ = ("file", "report", "told")

    def __init__(self, file: int, report: Report) -> None:
        self.file = file
        self.report = report
        self.told = False

    def build(self, parser: yaml.SafeLoader) -> Value | None:
        file = self.file
        get_event = parser.get_event
        stack: list[tuple[Mapping | Sequence, Scalar | None]] = []
        box: Mapping | Sequence | None = None
        key: Scalar | None = None
        root: Value | None = None
        documents = 0
        while True:
            event = get_event()
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                start, end = event.start_mark, event.end_mark
                value: Value = Scalar(
                    event.value, file, start.line, start.column, end.line, end.column, event.style or ""
                )
                if event.anchor is not None or event.tag is not None:
                    self._not_plain(event)
                if box is None:
                    root = value
                elif key is None and box.__class__ is Mapping:
                    key = cast(Scalar, value)
                    if key.text == "<<" and not key.quoted:
                        self._tell(key.span, "a merge key '<<' is not part of the language")
                    continue
                else:
                    self._put(box, key, value)
                    key = None
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                start = event.start_mark
                if event.anchor is not None or event.tag is not None:
                    self._not_plain(event)
                if box.__class__ is Mapping and key is None:
                    span = Span(file, start.line, start.column, start.line, start.column + 1)
                    self.report.add("IVR106", span, "a key is a mapping or a list", "write a word as the key")
                    raise _Stop
                new: Mapping | Sequence = (
                    Mapping(file, start.line, start.column)
                    if kind is yaml.MappingStartEvent
                    else Sequence(file, start.line, start.column)
                )
                if box is None:
                    root = new
                else:
                    self._put(box, key, new)
                    stack.append((box, key))
                    key = None
                if len(stack) >= MAX_DEPTH:
                    self.report.add("IVR106", new.span, f"values nest deeper than {MAX_DEPTH}")
                    raise _Stop
                box = new
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                assert box is not None
                box.end_line, box.end_column = event.end_mark.line, event.end_mark.column
                box = stack.pop()[0] if stack else None
                key = None
            elif kind is yaml.AliasEvent:
                self._not_plain(event)
                mark = event.start_mark
                value = Scalar("", file, mark.line, mark.column, event.end_mark.line, event.end_mark.column)
                if box is None or (key is None and box.__class__ is Mapping):
                    raise _Stop
                self._put(box, key, value)
                key = None
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    span = Span(file, mark.line, mark.column, mark.line, mark.column + 3)
                    self.report.add("IVR101", span, "a second document begins here", "put it in a file of its own")
                    return root
            elif kind is yaml.StreamEndEvent:
                return root

    def _put(self, box: Mapping | Sequence, key: Scalar | None, value: Value) -> None:
        if isinstance(box, Sequence):
            box.items.append(value)
            return
        assert key is not None
        held = box.entries.get(key.text)
        if held is None:
            box.entries[key.text] = (key, value)
            return
        self.report.add(
            "IVR102",
            key.span,
            f"the key '{shorten(key.text)}' stands here a second time",
            "keep one of the two",
            [Label(held[0].span, "first written here")],
        )

    def _not_plain(self, event: yaml.Event) -> None:
        start, end = event.start_mark, event.end_mark
        span = Span(self.file, start.line, start.column, end.line, end.column)
        if isinstance(event, yaml.AliasEvent):
            what = f"an alias '*{event.anchor}'"
        elif event.anchor is not None:  # type: ignore[attr-defined]  # every event that comes here has it
            what = f"an anchor '&{event.anchor}'"  # type: ignore[attr-defined]
            span = Span(self.file, start.line, start.column, start.line, start.column + len(event.anchor) + 1)  # type: ignore[attr-defined]
        else:
            what = "a tag"
            span = Span(self.file, start.line, start.column, start.line, start.column + 1)
        self._tell(span, f"{what} is not part of the language")

    def _tell(self, span: Span, message: str) -> None:
        self.report.add("IVR103", span, message, _HELP_PLAIN)


def _broken(error: yaml.MarkedYAMLError, file: int, report: Report) -> None:
    """libyaml marks where it gave up; the context mark is where the open thing began, which is the better place."""
    problem = (error.problem or "cannot be read").replace("found unexpected ':'", "a ':' stands where none can")
    mark, context = error.problem_mark, error.context_mark
    span = _at(mark, file) if mark else Span(file, 0, 0, 0, 1)
    labels = []
    if context is not None and mark is not None and (context.line, context.column) != (mark.line, mark.column):
        labels.append(Label(_at(context, file), (error.context or "began here").replace("while ", "")))
    if "undefined alias" in problem:
        report.add("IVR103", span, "an alias is not part of the language", _HELP_PLAIN, labels)
        return
    report.add("IVR101", span, f"this is not YAML: {problem}", _mend(problem, error.context or ""), labels)


def _at(mark: yaml.Mark, file: int) -> Span:
    return Span(file, mark.line, mark.column, mark.line, mark.column + 1)


def _mend(problem: str, context: str) -> str:
    if "quoted scalar" in context:
        return "close the quote"
    if "flow mapping" in context:
        return "close the brace '}', or put a comma between the entries"
    if "flow sequence" in context:
        return "close the bracket ']', or put a comma between the items"
    if "cannot start any token" in problem:
        return "put the value in quotes; indent with spaces, not tabs"
    if "mapping values are not allowed" in problem or "':'" in problem:
        return "put the value in quotes, or begin a new line before this key"
    if "block mapping" in context or "block collection" in context:
        return "indent this line like its neighbours: one key a line, all of a mapping at the same column"
    return "see the line above it too: the fault may have begun there"


def _unprintable(error: yaml.reader.ReaderError, text: str, file: int, report: Report) -> None:
    position = error.position if isinstance(error.position, int) else 0
    before = text.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    line = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1)
    report.add(
        "IVR101",
        Span(file, line, column, line, column + 1),
        f"a character that YAML cannot hold: {error.reason}",
        "take the character out; is this a text file in UTF-8?",
    )
