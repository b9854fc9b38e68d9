"""Number declarations → the numbers of the graph; and what is wrong with them as numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from ivr.authoring.schema.sections import NumberDecl, PhasesDecl
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Label, Report
from ivr.model.moment import BEFORE, OVER, PARALLEL, PHASES
from ivr.model.numbers import NumberFault, PhoneNumber, dialable, never_called, read_number


class NumberReader:
    """Reads the numbers of a table, and remembers them to find doubles and overlaps."""

    def __init__(self, zone: ZoneInfo, today: dt.date, report: Report) -> None:
        self._zone = zone
        self._today = today
        self._report = report
        self._seen: dict[tuple[str, int], Scalar] = {}

    def number(self, key: Scalar) -> PhoneNumber | None:
        """A legacy number or block, once."""
        number = read_number(key.text, True)
        if isinstance(number, NumberFault):
            what = never_called(key.text)
            if what:
                message = f"'{shorten(key.text)}' is {what}: it is answered by others and never taken over"
                self._report.add("IVR404", key.span, message, "take it out")
            else:
                message = f"'{shorten(key.text)}' {number.reason}"
                self._report.add("IVR401", key.span, message, "write it as people know it: 050 367 1000")
            return None
        if not number.dutch:
            self._report.add(
                "IVR401",
                key.span,
                f"'{shorten(key.text)}' is not a Dutch number",
                "only numbers of the Dutch plan come to 14 0xx",
            )
            return None
        held = self._seen.setdefault((number.digits, number.open_digits), key)
        if held is not key:
            code, what = ("IVR403", "block") if number.open_digits else ("IVR402", "number")
            message = f"the {what} '{shorten(key.text)}' is the same as '{shorten(held.text)}'"
            self._report.add(code, key.span, message, "keep one of the two", [Label(held.span, "first written here")])
            return None
        return number

    def phases(self, decl: NumberDecl) -> tuple[tuple[int, int], ...]:
        """When each phase begins (epoch seconds), ascending."""
        self._unused(decl)
        if decl.from_ is not None or decl.until is not None:
            return self._campaign(decl)
        if decl.phases is None:
            return ()
        out: list[tuple[int, int]] = []
        last: Scalar | None = None
        for index, name in enumerate(PHASES):
            at: Scalar | None = getattr(decl.phases, name, None)
            start = None if at is None else self._midnight(at)
            if at is None or start is None:
                continue
            if out and start <= out[-1][0] and last is not None:
                self._report.add(
                    "IVR406", at.span, f"the phase '{name}' begins on {at.text}, no later than the one before it",
                    "parallel, announce, redirect, returned follow in this order", [Label(last.span, "the one before")],
                )  # fmt: skip
                return ()
            out.append((start, index))
            last = at
        self._returned(decl, decl.phases)
        return tuple(out)

    def _unused(self, decl: NumberDecl) -> None:
        """Report keys that say nothing, for want of the dates that they are about."""
        campaign = decl.from_ is not None or decl.until is not None
        phases = decl.phases
        spoken = phases is not None and not campaign and (phases.announce, phases.redirect) != (None, None)
        rows = (
            ("then", not campaign, "the number has no campaign", "add 'from:' or 'until:'"),
            ("phases", campaign, "the number is a campaign's, with 'from:' or 'until:'", "keep one of the two"),
            ("announce", not spoken, "no phase of the number says it", "add 'phases:' with 'announce:' or 'redirect:'"),
        )
        for key, unused, why, help in rows:
            if unused and decl.has(key):
                self._report.add("IVR209", decl.span(key), f"'{key}:' is never used: {why}", f"{help}, or take it out")

    def _returned(self, decl: NumberDecl, phases: PhasesDecl) -> None:
        if phases.returned is None or decl.to is None:
            return
        if phases.returned.text <= self._today.isoformat():
            self._report.add(
                "IVR407", decl.value_span("to"), f"the number was returned on {phases.returned.text} and still routes",
                "take 'to:' out, or the number", [Label(phases.returned.span, "returned here")],
            )  # fmt: skip

    def _campaign(self, decl: NumberDecl) -> tuple[tuple[int, int], ...]:
        start = self._midnight(decl.from_) if decl.from_ is not None else 0
        end = self._midnight(decl.until, True) if decl.until is not None else None
        if start is None or (decl.until is not None and end is None):
            return ()
        if end is not None and end <= start and decl.until is not None:
            self._report.add("IVR406", decl.until.span, "the campaign ends before it begins", "put the dates in order")
            return ()
        out = [(0, BEFORE)] if start else []
        out.append((start, PARALLEL))
        if end is not None:
            out.append((end, OVER))
        return tuple(out)

    def _midnight(self, at: Scalar, last: bool = False) -> int | None:
        """Epoch seconds of a date; with `last`, of the end of it."""
        text = at.text
        try:
            moment = dt.datetime.fromisoformat(
                text if " " not in text else text.replace(" ", "T").replace("T0:", "T00:")
            )
        except ValueError:
            self._report.add("IVR106", at.span, f"'{shorten(text)}' is no date", "write it as 2026-12-31")
            return None
        if last and " " not in text:
            moment += dt.timedelta(days=1)
        return int(moment.replace(tzinfo=self._zone).timestamp())


def read_shown(at: Scalar | None, report: Report) -> str:
    """A number that people see and dial, '' when there is none or after reporting."""
    help = "write a number that can be dialled from anywhere, with its area code: +31 50 367 9111"
    if at is None or _never_called(at.text, at, report, help):
        return ""
    return _dialable(at, report, help)


def read_dialable(at: Scalar, report: Report, own: Callable[[str], str]) -> str:
    """A number or SIP address to dial, '' after reporting. `own` names the table's own number that it would reach."""
    text = at.text
    help = "tell callers to dial it themselves, in a prompt"
    if text.startswith(("sip:", "sips:")):
        if not _sip(text):
            report.add("IVR405", at.span, f"'{shorten(text)}' is no SIP address", "write sip:name@host")
            return ""
        if _never_called(_sip_number(text), at, report, help):
            return ""
        if ":" in text.partition(":")[2].partition("@")[0]:
            what = "a SIP address with a password: a table is read by many, and kept in git"
            report.add("IVR405", at.span, what, "let the switchboard know us by our address there; write sip:name@host")
            return ""
        return text
    if _never_called(text, at, report, help):
        return ""
    read = read_number(text)
    mine = own(read.e164) if isinstance(read, PhoneNumber) else ""
    if mine:
        report.add(
            "IVR317", at.span, f"'{shorten(text)}' is the table's own {mine}: the call would come back",
            "dial the team's own line or SIP address",
        )  # fmt: skip
        return ""
    return _dialable(at, report, "write a number that can be dialled, or sip:name@host")


def _dialable(at: Scalar, report: Report, help: str) -> str:
    number = dialable(at.text)
    if not number:
        read = read_number(at.text)
        why = read.reason if isinstance(read, NumberFault) else "cannot be dialled from here"
        report.add("IVR405", at.span, f"'{shorten(at.text)}' {why}", help)
    return number


def _never_called(number: str, at: Scalar, report: Report, help: str) -> bool:
    """Report a number that is not called from here."""
    what = never_called(number)
    if what:
        report.add(
            "IVR404", at.span, f"'{shorten(at.text)}' is {what}: a number that is not called from here",
            help,
        )  # fmt: skip
    return bool(what)


def _sip_number(text: str) -> str:
    """The number that a SIP address rings, '' for a name (RFC 3261, section 19.1.6: a gateway dials the user part)."""
    user = unquote(text.partition(":")[2].partition("@")[0].partition(";")[0].partition(":")[0])
    return user if re.fullmatch(r"[+0-9().-]+", user) else ""


def _sip(text: str) -> bool:
    scheme, _, rest = text.partition(":")
    user, _, host = rest.partition("@")
    good = scheme in ("sip", "sips") and 0 < len(user) <= 128 and 0 < len(host) <= 253
    return good and all("!" <= c <= "~" and c not in "<>\"'&" for c in text)
