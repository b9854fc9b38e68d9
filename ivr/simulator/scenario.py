"""Scenarios: a call and what must come of it, as an admin writes them under `scenarios/`."""

from __future__ import annotations

from pathlib import Path

from ivr.authoring.files import list_files, read_sources
from ivr.authoring.reader import read_yaml
from ivr.authoring.schema.decl import Decl, Json, Record, key, optional, record_schema
from ivr.authoring.schema.prompts import TEXTS, Texts
from ivr.authoring.schema.types import WORD, WORDS, Choice, Duration, MapOf, Named, Num, Whole, Word
from ivr.authoring.values import Mapping, Scalar, describe
from ivr.diagnostics import Label, Report, Source, Sources
from ivr.model.events import CASE_STATES

MOMENT = Word("a moment", r"^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}$", "write the date and the time: 2026-12-01 10:00")


class CalamityNowDecl(Decl):
    """What the calamity switch holds."""

    title = "calamity"
    say: Texts | None = optional(TEXTS, "what is spoken", None)
    route: Scalar | None = optional(WORD, "the declared route that it takes", None)


class ExpectDecl(Decl):
    """What must come of the call."""

    title = "expect"
    ends: Scalar | None = optional(
        Choice("person", "case", "told where to turn", "goodbye", "hung up"), "how it ends for the caller", None
    )
    team: Scalar | None = optional(WORD, "the team or number that is reached", None)
    hears: list[Scalar] = optional(WORDS, "words that are heard, in this order", [])
    never_hears: list[Scalar] = optional(WORDS, "words that are not heard", [])
    passes: list[Scalar] = optional(WORDS, "nodes that are passed, in this order", [])
    choices_at_most: Num | None = optional(Whole(0, 100), "how many choices it takes at most", None)
    seconds_at_most: Num | None = optional(Duration(1, 7200), "how long it takes to be helped at most", None)


class ScenarioDecl(Decl):
    """A call and what must come of it."""

    title = "a scenario"
    dial: Scalar | None = optional(WORD, "the number that is dialled; the main number if left out", None)
    at_: Scalar = key(MOMENT, "when the call arrives, in the table's time zone")
    from_: Scalar | None = optional(WORD, "the caller's number, or 'anonymous'", None)
    facts: dict[str, Named[Scalar]] = optional(MapOf(WORD, "a value", "free"), "what is known of the caller", {})
    do: list[Scalar] = optional(WORDS, "what the caller does: keys, ':words', silence, hangup, leave, record 10", [])
    as_: Scalar | None = optional(
        Choice("relay", "hard-of-hearing", "silent", "wrong-keys"), "the persona that calls", None
    )
    dials: dict[str, Named[list[Scalar]]] = optional(
        MapOf(WORDS, "outcomes", "free"),
        "how dials end, by team or number: bridged, busy, no_answer, declined, closed, failed",
        {},
    )
    queues: dict[str, Named[list[Scalar]]] = optional(
        MapOf(WORDS, "outcomes", "free"), "how waits end, by team: bridged, timeout, full, closed, failed", {}
    )
    disk: Scalar | None = optional(Choice("well", "full", "failed"), "whether cases can be kept", None)
    cases: dict[str, Named[Scalar]] = optional(
        MapOf(Choice(*CASE_STATES), "how it is found", "free"),
        "what case numbers find: promised, open or over; of any other number there is no case",
        {},
    )
    calamity: CalamityNowDecl | None = optional(Record(CalamityNowDecl), "what the calamity switch holds", None)
    notices: dict[str, Named[Texts]] = optional(
        MapOf(TEXTS, "what is spoken", "free"), "what is switched on for notice nodes, by name", {}
    )
    closed: dict[str, Named[Scalar]] = optional(
        MapOf(MOMENT, "a moment", "free"), "until when teams are closed by hand, by name", {}
    )
    seed: Num | None = optional(Whole(0, 9999), "which caller it is, for shares", None)
    expect: ExpectDecl = key(Record(ExpectDecl), "what must come of it")


SCENARIOS: MapOf[ScenarioDecl] = MapOf(Record(ScenarioDecl), "a scenario")


class Scenario:
    """A scenario by name, with its declaration and its file."""

    __slots__ = ("decl", "key", "name")

    def __init__(self, name: str, key: Scalar, decl: ScenarioDecl) -> None:
        self.name = name
        self.key = key
        self.decl = decl


class Suite:
    """All scenarios of a table, the files they stand in, and what is wrong with how they are written."""

    def __init__(self, scenarios: list[Scenario], sources: Sources, report: Report) -> None:
        self.scenarios = scenarios
        self.sources = sources
        self.report = report


def read_suite(folder: Path, shown_from: Path | None = None, after: Sources | None = None) -> Suite:
    """The scenarios under a table's folder. Their files follow those of `after`, such as the table's own."""
    report = Report()
    before = after.files if after is not None else ()
    files = read_sources(list_files(folder, "scenarios"), shown_from, report, len(before))
    return read_suite_sources(Sources((*before, *files)), report, len(before))


def read_suite_sources(sources: Sources, report: Report | None = None, first: int = 0) -> Suite:
    """Scenarios from texts, of which the first so many hold none."""
    report = report if report is not None else Report()
    found: dict[str, Scenario] = {}
    for file, source in enumerate(sources.files[first:], first):
        if not source.unread:
            _read_file(source, file, found, report)
    return Suite(list(found.values()), sources, report)


def _read_file(source: Source, file: int, found: dict[str, Scenario], report: Report) -> None:
    value = read_yaml(source, file, report).value
    if value is None:
        return
    if not isinstance(value, Mapping):
        report.add("IVR106", value.span, f"{describe(value)} stands where 'scenarios:' is needed")
        return
    for name, (at, part) in value.entries.items():
        if name != "scenarios":
            report.add("IVR104", at.span, f"'{name[:40]}' is no section of a file of scenarios", "write 'scenarios:'")
            continue
        got = SCENARIOS.read(part, report)
        for text, named in got.items() if isinstance(got, dict) else ():
            if text in found:
                report.add(
                    "IVR111", named.key.span, f"the scenario '{text[:40]}' is defined a second time",
                    "give one of the two another name", [Label(found[text].key.span, "first defined here")],
                )  # fmt: skip
            elif named.value is not None and not named.value.broken:
                found[text] = Scenario(text, named.key, named.value)


def scenarios_schema() -> Json:
    """The JSON Schema of a file of scenarios."""
    defs: Json = {}
    scenario = record_schema(ScenarioDecl, defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenarios of a routing table",
        "type": "object",
        "properties": {"scenarios": {"type": "object", "additionalProperties": scenario}},
        "required": ["scenarios"],
        "additionalProperties": False,
        "$defs": defs,
    }
