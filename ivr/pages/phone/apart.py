"""Calls of tables that do not serve here, drafts and old versions: played in the workshop's child process, which keeps
the tables that it read last. Nothing of it runs in the process that answers calls."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from ivr.pages.phone.call import Call
from ivr.pages.phone.options import Options, options_of
from ivr.pages.phone.saved import Saved, save
from ivr.pages.phone.setting import Setting
from ivr.pages.phone.tell import call_of
from ivr.tables.archive import Archive
from ivr.tables.ready import Refused, Table, check_sources, ready
from ivr.tables.texts import digest, sources_of

MOST_KEPT = 4
"""Tables that the child keeps."""
MOST_FINDINGS = 50
"""Findings of a draft that are told."""
T = TypeVar("T")


class Played(Struct, frozen=True):
    """What may be chosen, and the call as far as it went (None: it has not begun)."""

    options: Options
    call: Call | None


class Finding(Struct, frozen=True):
    """An error of a draft: code, what is wrong, how to mend it, and where it is written."""

    code: str
    message: str
    help: str
    place: str


class Broken(Struct, frozen=True):
    """A draft that does not play: its errors, and how many there are in all."""

    findings: tuple[Finding, ...]
    errors: int


def play(table: Table, setting: Setting, now: int) -> Played:
    """A call of a table. Raises Told."""
    return Played(options_of(table, now), call_of(table, setting, now) if setting.begun else None)


def play_texts(texts: Mapping[str, str], setting: Setting, now: int, today: str) -> Played | Broken:
    """A call of a draft, given by its files; `today` as 2026-12-01. Raises Told."""
    return _with(texts, today, lambda table: play(table, setting, now))


def save_texts(texts: Mapping[str, str], setting: Setting, now: int, today: str, name: str) -> Saved | Broken:
    """A call of a draft as a scenario. Raises Told."""
    return _with(texts, today, lambda table: save(table, setting, now, name))


def play_kept(folder: Path, name: str, version: str, setting: Setting, now: int) -> Played:
    """A call of a version from the archive. Raises Told, NotKept."""
    return play(_kept_version(folder, name, version), setting, now)


def save_kept(folder: Path, name: str, version: str, setting: Setting, now: int, called: str) -> Saved:
    """A call of a version from the archive as a scenario. Raises Told, NotKept."""
    return save(_kept_version(folder, name, version), setting, now, called)


def _with(texts: Mapping[str, str], today: str, use: Callable[[Table], T]) -> T | Broken:
    key = digest(texts) + today.encode()
    try:
        table = _keep(key, lambda: ready(check_sources(sources_of(texts), dt.date.fromisoformat(today))))
    except Refused as refused:
        return _broken(refused)
    return use(table)


def _broken(refused: Refused) -> Broken:
    checked = refused.checked
    errors = [finding for finding in checked.findings if finding.severity.value == "error"]
    told = tuple(
        Finding(found.code, found.message, found.help, checked.sources.path_line(found.span))
        for found in errors[:MOST_FINDINGS]
    )
    return Broken(told, checked.errors)


def _kept_version(folder: Path, name: str, version: str) -> Table:
    key = f"{folder}|{name}|{version}".encode()
    return _keep(key, lambda: Archive(folder, name).load(version))


_tables: OrderedDict[bytes, Table] = OrderedDict()


def _keep(key: bytes, make: Callable[[], Table]) -> Table:
    held = _tables.get(key)
    if held is None:
        held = _tables[key] = make()
        if len(_tables) > MOST_KEPT:
            _tables.popitem(last=False)
    _tables.move_to_end(key)
    return held
