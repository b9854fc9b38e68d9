"""What a finding is: a code, a place, a message and a help; and how findings are shown."""

from ivr.diagnostics.codes import CODES, Code, Severity
from ivr.diagnostics.finding import VERY_LIKE, Finding, Label, Report, did_you_mean, nearest
from ivr.diagnostics.source import (
    NOWHERE,
    Declared,
    Located,
    Source,
    SourceMap,
    Sources,
    Span,
    Spoken,
    Visit,
    place_after,
)

__all__ = [
    "CODES",
    "NOWHERE",
    "VERY_LIKE",
    "Code",
    "Declared",
    "Finding",
    "Label",
    "Located",
    "Report",
    "Severity",
    "Source",
    "SourceMap",
    "Sources",
    "Span",
    "Spoken",
    "Visit",
    "did_you_mean",
    "nearest",
    "place_after",
]
