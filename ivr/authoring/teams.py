"""Team declarations → the teams of the graph."""

from __future__ import annotations

from collections.abc import Callable

from ivr.authoring.document import Document
from ivr.authoring.numbers import read_dialable
from ivr.authoring.schema.sections import TeamDecl
from ivr.authoring.schema.types import Named
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, SourceMap, Spoken, did_you_mean
from ivr.model.graph import CalendarSpec, Team

Own = Callable[[str], str]
DEFAULT_RING = 25
DEFAULT_PER_DAY = 1000
DEFAULT_ATTEMPTS = 3
DEFAULT_APART = 7200
"""Seconds."""


def read_teams(
    document: Document,
    calendars: tuple[CalendarSpec, ...],
    languages: tuple[str, ...],
    own: Own,
    sources: SourceMap,
    report: Report,
) -> tuple[Team, ...]:  # fmt: skip
    """The teams of a table, in the order in which they are written. `own` names the table's own number that a dial would
    reach."""
    names = {spec.name: i for i, spec in enumerate(calendars)}
    out = []
    for name, named in document.teams.items():
        sources.teams.append(named.key)
        if named.value is not None and named.value.title_ is not None:
            titles = named.value.title_.by_language
            known = [(languages.index(code), pair[1]) for code, pair in titles.items() if code in languages]
            sources.spoken += [Spoken(at, language, -1, "label") for language, at in known]
        out.append(_team(name, named, names, languages, own, report))
    return tuple(out)


def _team(
    name: str, named: Named[TeamDecl], calendars: dict[str, int], languages: tuple[str, ...], own: Own, report: Report
) -> Team:
    decl = named.value
    if decl is None:
        return Team(name, (name,) * len(languages), -1, "sip", (), False, DEFAULT_RING, DEFAULT_PER_DAY, ())
    for at in decl.speaks:
        if at.text not in languages:
            near = did_you_mean(at.text, languages) or "its languages: " + ", ".join(languages)
            report.add("IVR210", at.span, f"'{shorten(at.text)}' is no language of the table", near)
    titles = decl.title_.by_language if decl.title_ is not None else {}
    first = next(iter(titles.values()))[1].text if titles else name
    dial = tuple(t for t in (read_dialable(at, report, own) for at in decl.dial) if t)
    via = decl.via.text if decl.via is not None else "sip"
    calls = decl.callbacks
    return Team(
        name=name,
        titles=tuple(titles[code][1].text if code in titles else first for code in languages),
        calendar=_calendar(name, named.key, decl, calendars, report),
        via=via,
        dial=dial,
        in_order=decl.strategy is not None and decl.strategy.text == "in_order",
        ring=decl.ring.value if decl.ring is not None else DEFAULT_RING,
        per_day=_per_day(decl),
        speaks=tuple(languages.index(at.text) for at in decl.speaks if at.text in languages),
        attempts=calls.attempts.value if calls is not None and calls.attempts is not None else DEFAULT_ATTEMPTS,
        apart=calls.apart.value if calls is not None and calls.apart is not None else DEFAULT_APART,
    )


def _calendar(name: str, key: Scalar, decl: TeamDecl, calendars: dict[str, int], report: Report) -> int:
    """The index of a team's calendar, -1 when it has none."""
    at = decl.calendar
    if at is None:
        if not decl.has("calendar") and not decl.broken:
            report.add("IVR609", key.span, f"the team '{name}' has no calendar", "add 'calendar:'")
        return -1
    if at.text in calendars:
        return calendars[at.text]
    near = did_you_mean(at.text, calendars) or "define it under 'calendars:'"
    report.add("IVR203", at.span, f"there is no calendar '{shorten(at.text)}'", near)
    return -1


def _per_day(decl: TeamDecl) -> int:
    callbacks = decl.callbacks
    return DEFAULT_PER_DAY if callbacks is None or callbacks.per_day is None else callbacks.per_day.value
