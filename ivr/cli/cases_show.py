"""How the commands of the desk show cases: as lines to read, and as JSON; numbers masked unless they are asked for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from ivr.desk.case import Case
from ivr.model.numbers import mask
from ivr.store.desk.board import Drop, Line, Sheet, Try
from ivr.store.desk.moving import Change, Outcome

SHOWN_STATE = {"not_reached": "not reached"}
KEPT = {
    "reached_in_time": "kept",
    "tried": "kept (tried twice)",
    "late": "late",
    "never_tried": "BROKEN: never tried",
    "cancelled": "cancelled",
    "waiting": "waiting",
    "none": "no promise",
}


def local(instant: int, zone: str) -> str:
    """An instant (epoch seconds) in a zone, `2026-12-01 17:00`; `-` for 0."""
    return f"{dt.datetime.fromtimestamp(instant, ZoneInfo(zone)):%Y-%m-%d %H:%M}" if instant else "-"


def masked(case: Case, numbers: bool) -> Case:
    """The case with its number and address masked, unless `numbers`."""
    if numbers:
        return case
    user, at, host = case.address.partition("@")
    address = f"{user[:1]}***{at}{host}" if case.address else ""
    return msgspec.structs.replace(case, caller=mask(case.caller), address=address)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, the columns under each other."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def board_lines(lines: Sequence[Line], numbers: bool) -> list[str]:
    """The board: a heading, and a line for each case."""
    rows = [("case", "promised by", "team", "state", "kept", "tries", "reach", "number", "taken by")]
    for line in lines:
        case = masked(line.case, numbers)
        rows.append(
            (
                case.number, local(case.due, case.zone) + ("*" if case.due != case.first_due else ""), case.team,
                _state(case), KEPT[line.kept], str(case.tries), case.reach, case.caller or case.address or "-",
                case.taken_by or "-",
            )
        )  # fmt: skip
    moved = any(line.case.due != line.case.first_due for line in lines)
    return columns(rows) + (["* moved: 'kept' measures the first promise"] if moved else [])


def _state(case: Case) -> str:
    return SHOWN_STATE.get(case.state, case.state)


def board_json(line: Line, numbers: bool) -> str:
    """A case of the board as one line of JSON; instants are epoch seconds."""
    return _json(msgspec.to_builtins(masked(line.case, numbers)) | {"kept": line.kept})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def sheet_json(sheet: Sheet, numbers: bool) -> str:
    """A case and all that belongs to it as one line of JSON."""
    held = msgspec.to_builtins(sheet)
    held["line"]["case"] = msgspec.to_builtins(masked(sheet.line.case, numbers))
    held["others"] = [msgspec.to_builtins(masked(other, numbers)) for other in sheet.others]
    return _json(held)


def sheet_lines(sheet: Sheet, numbers: bool) -> list[str]:
    """A case and all that belongs to it."""
    case = masked(sheet.line.case, numbers)
    zone = case.zone
    facts = {
        "state": _state(case) + (f" by {case.closed_by}" if case.closed_by else ""),
        "kept": KEPT[sheet.line.kept],
        "promised by": local(case.due, zone),
        "first promise": local(case.first_due, zone) if case.due != case.first_due else "",
        "moved": sheet.moved,
        "opened": local(case.opened, zone),
        "next attempt": local(case.next_at, zone) if case.next_at else "",
        "taken by": f"{case.taken_by} until {local(case.taken_until, zone)}" if case.taken_by else "",
        "team": f"{case.team} ({case.table})",
        "reach": f"{case.reach} {case.caller or case.address or '(no number)'} {case.part}".rstrip(),
        "language": case.language,
        "topic": _pairs(case.topic),
        "fields": _pairs(case.fields) if numbers else ", ".join(case.fields),
        "call": case.call,
    }
    rows = [f"case {case.number}  {case.kind}  {case.id}"]
    rows += [f"  {line}" for line in columns([(name, text) for name, text in facts.items() if text])]
    rows += _section("attempts", [try_line(each, zone) for each in sheet.attempts])
    rows += _section("notes", [f"{local(n.at, zone)}  {n.by}: {n.text}" for n in sheet.notes])
    rows += _section("recordings", [_recording(r.made, r.seconds, r.url, r.deleted, zone) for r in sheet.recordings])
    rows += _section("calls", [f"{local(c.at, zone)}  {c.what}  {c.call}" for c in sheet.calls])
    others = [f"{o.number}  {_state(o)}  {o.team}  promised by {local(o.due, o.zone)}" for o in sheet.others]
    return rows + _section("other cases of the same number (housemates may share it)", others)


def _pairs(values: object) -> str:
    held = msgspec.to_builtins(values)
    return ", ".join(f"{name}={value}" for name, value in held.items())


def _recording(made: int, seconds: int, url: str, deleted: int, zone: str) -> str:
    return f"{local(made, zone)}  {seconds} s  {f'deleted {local(deleted, zone)}' if deleted else url}"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def try_line(each: Try, zone: str) -> str:
    """An attempt in a line."""
    what = each.outcome or each.state
    rung = f"  rung {local(each.dialled, zone)}" if each.dialled else ""
    half = f"  ({each.half_day})" if each.half_day else ""
    return f"{each.ordinal}  {local(each.began, zone)}  {what}{rung}{half}" + (f"  by {each.by}" if each.by else "")


def drop_line(drop: Drop, numbers: bool) -> str:
    """A caller who hung up, in a line."""
    caller = (drop.caller if numbers else mask(drop.caller)) or "(no number)"
    waited = f"{drop.waited // 60}:{drop.waited % 60:02}"
    return f"{local(drop.left, drop.zone)}  {drop.team}  waited {waited}  {caller}  {drop.call}"


def move_lines(found: Outcome, left: str) -> list[str]:
    """What a move came to, a line for each case; `left` says why the others stay."""
    rows = [_change(change) for change in found.changed]
    return columns(rows) + [f"{case.number}  {local(case.due, case.zone)}  {left}" for case in found.left]


def _change(change: Change) -> tuple[str, str]:
    zone = change.case.zone
    hand = "  no number: tell them by hand" if change.by_hand else ""
    return change.case.number, f"{local(change.was, zone)} → {local(change.due, zone)}{hand}"
