"""Findings as text with carets, as JSON, as annotations of a pull request, and as SARIF."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from ivr.diagnostics.codes import CODES, Severity
from ivr.diagnostics.finding import Finding
from ivr.diagnostics.source import Sources, Span

FORMATS = ("text", "json", "github", "sarif")
WIDTH = 120
"""Columns of a source line that are shown; a longer line is cut around its caret."""

_RED, _YELLOW, _BLUE, _BOLD, _DIM, _OFF = "\033[31m", "\033[33m", "\033[34m", "\033[1m", "\033[2m", "\033[0m"


def show(findings: Iterable[Finding], sources: Sources, form: str, colour: bool = False) -> str:
    """Findings in one of FORMATS. Text ends without a summary; the caller adds its own."""
    if form == "json":
        return json.dumps([as_dict(f, sources) for f in findings], ensure_ascii=False, indent=2)
    if form == "github":
        return "\n".join(_github(f, sources) for f in findings)
    if form == "sarif":
        return json.dumps(_sarif(list(findings), sources), ensure_ascii=False, indent=2)
    return "\n\n".join(as_text(f, sources, colour) for f in findings)


def as_text(finding: Finding, sources: Sources, colour: bool = False) -> str:
    """One finding for a terminal: the place, the fault, the line with its carets, the other places, the mend."""
    warning = finding.severity is Severity.WARNING
    paint = (_YELLOW if warning else _RED) if colour else ""
    off, bold, blue = (_OFF, _BOLD, _BLUE) if colour else ("", "", "")
    head = f"{bold}{sources.where(finding.span)}{off}: {paint}{finding.severity.value}[{finding.code}]{off}"
    out = [f"{head} {bold}{finding.message}{off}"]
    out += _excerpt(finding.span, sources, paint, off)
    for label in finding.labels:
        out.append(f"  {blue}::{off} {sources.where(label.span)}: {label.text}")
        out += _excerpt(label.span, sources, blue, off, "-")
    if finding.help:
        out.append(f"  {blue}help:{off} {finding.help}")
    return "\n".join(out)


def _excerpt(span: Span, sources: Sources, paint: str, off: str, mark: str = "^") -> list[str]:
    """The source line and its carets. A stretch over several lines is marked on its first."""
    if not 0 <= span.file < len(sources.files):
        return []
    line = sources.files[span.file].line(span.line)
    if not line.strip():
        return []
    end = span.end_column if span.end_line == span.line else len(line.rstrip())
    start = min(span.column, len(line))
    end = max(start + 1, min(end, len(line)))
    left, right = _window(start, end, len(line))
    shown = ("…" if left else "") + _visible(line[left:right]) + ("…" if right < len(line) else "")
    before = _columns(_visible(line[left:start])) + (1 if left else 0)
    carets = max(1, _columns(_visible(line[start : min(end, right)])))
    number = str(span.line + 1)
    gutter = " " * len(number)
    return [f" {gutter} |", f" {number} | {shown}", f" {gutter} | {' ' * before}{paint}{mark * carets}{off}"]


def _window(start: int, end: int, length: int) -> tuple[int, int]:
    """The characters of a line that are shown: from its beginning where the caret fits, else around the caret."""
    if length <= WIDTH:
        return 0, length
    left = 0 if end <= WIDTH - 8 else max(0, min(start - WIDTH // 3, length - WIDTH))
    return left, left + WIDTH


def _visible(text: str) -> str:
    """A source line safe for a terminal: a tab is one column, control characters are shown as a mark."""
    return "".join(" " if c == "\t" else (c if c.isprintable() else "�") for c in text)


def _columns(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters two, combining ones none."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def as_dict(finding: Finding, sources: Sources) -> dict[str, object]:
    """One finding as JSON gives it. Lines and columns count from 1; the end is exclusive."""
    return {
        "code": finding.code,
        "title": CODES[finding.code].title,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        **_place(finding.span, sources),
        "related": [{**_place(label.span, sources), "message": label.text} for label in finding.labels],
    }


def _place(span: Span, sources: Sources) -> dict[str, object]:
    file = span.file if 0 <= span.file < len(sources.files) else 0
    return {
        "file": sources.files[file].path if sources.files else ".",
        "line": span.line + 1,
        "column": span.column + 1,
        "end_line": span.end_line + 1,
        "end_column": span.end_column + 1,
    }


def _github(finding: Finding, sources: Sources) -> str:
    """A workflow command of GitHub Actions. Its data and properties are escaped as its toolkit does."""
    place = _place(finding.span, sources)
    kind = "warning" if finding.severity is Severity.WARNING else "error"
    text = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    where = f"file={_escape(str(place['file']), True)},line={place['line']},col={place['column']}"
    ends = f"endLine={place['end_line']},endColumn={place['end_column']}"
    return f"::{kind} {where},{ends},title={finding.code}::{_escape(text)}"


def _escape(text: str, in_property: bool = False) -> str:
    out = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return out.replace(":", "%3A").replace(",", "%2C") if in_property else out


def _sarif(findings: list[Finding], sources: Sources) -> dict[str, object]:
    """SARIF 2.1.0 (OASIS). Columns count in characters, which `columnKind` says."""
    used = sorted({f.code for f in findings})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].title},
            "helpUri": f"docs/codes/{code}.md",
            "defaultConfiguration": {"level": CODES[code].severity.value},
        }
        for code in used
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "ivr", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, used, sources) for f in findings],
            }
        ],
    }


def _result(finding: Finding, used: list[str], sources: Sources) -> dict[str, object]:
    text = finding.message + (f". {finding.help}" if finding.help else "")
    return {
        "ruleId": finding.code,
        "ruleIndex": used.index(finding.code),
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [_location(finding.span, sources, None)],
        "relatedLocations": [_location(label.span, sources, label.text) for label in finding.labels],
    }


def _location(span: Span, sources: Sources, text: str | None) -> dict[str, object]:
    place = _place(span, sources)
    region = {
        "startLine": place["line"],
        "startColumn": place["column"],
        "endLine": place["end_line"],
        "endColumn": place["end_column"],
    }
    where = {"artifactLocation": {"uri": quote(str(place["file"]))}, "region": region}
    return {"physicalLocation": where, **({"message": {"text": text}} if text else {})}
