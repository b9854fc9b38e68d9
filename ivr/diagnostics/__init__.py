"""What a finding is: a code, a place, a message and a help; and how findings are shown."""

from ivr.diagnostics.codes import CODES, Code, Severity
from ivr.diagnostics.finding import Finding, Label, Report, did_you_mean
from ivr.diagnostics.source import NOWHERE, Declared, Located, Source, SourceMap, Sources, Span, Spoken, Visit

__all__ = [
    "CODES",
    "Declared",
    "Located",
    "Spoken",
    "did_you_mean",
    "NOWHERE",
    "Code",
    "Finding",
    "Label",
    "Report",
    "Severity",
    "Source",
    "SourceMap",
    "Sources",
    "Span",
    "Visit",
]
