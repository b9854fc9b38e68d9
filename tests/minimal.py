"""The smallest table with nothing wrong, and what is found in a text: the ground on which tests of findings stand."""

from __future__ import annotations

import datetime as dt

from ivr.diagnostics import Finding, Source, Sources, Span
from ivr.tables.ready import check_sources

TODAY = dt.date(2026, 11, 24)

TABLE = """\
table:
  id: small
  title: Gemeente Klein
  main_number: "14 050"
  languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}}
  entry: [welcome]
  operator: {key: 0, to: operator}
calendars:
  desk: {hours: "Mo-Fr 08:30-17:00"}
teams:
  desk: {title: {nl: de balie}, calendar: desk, dial: ["sip:desk@kcc.example"], ring: 25s}
nodes:
  welcome: {kind: say, say: {nl: "Welkom bij de gemeente."}, to: continue}
  main:
    kind: menu
    options:
      1: {label: {nl: afval}, to: operator}
      2: {label: {nl: een paspoort}, to: operator}
  operator: {kind: transfer, team: desk, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: "Wij zijn er weer {opens:desk}. Laat een bericht achter."}, to: bye, no_input: elsewhere, failed: elsewhere}
  bye: {kind: end, say: {nl: "Tot ziens."}}
  elsewhere: {kind: end, say: {nl: "Het lukt niet. Kom naar de balie."}, where_to_turn: true}
"""
"""One section a key at column 0, one name a line or block at column 2: tests replace parts of it by their text."""


def findings(text: str) -> list[tuple[str, str, str]]:
    """All findings of a table of one file: code, the text that the caret stands under, and the message."""
    checked = check_sources(Sources((Source("table.yaml", text),)), TODAY)
    return [(f.code, under(f, checked.sources), f.message) for f in checked.findings]


def under(finding: Finding, sources: Sources) -> str:
    """The text under the carets of a finding; of several lines, what stands on the first."""
    return text_at(finding.span, sources)


def text_at(span: Span, sources: Sources) -> str:
    """The text of a span; of several lines, what stands on the first."""
    line = sources.files[span.file].line(span.line)
    return line[span.column : span.end_column] if span.end_line == span.line else line[span.column :]
