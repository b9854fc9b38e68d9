"""What tests of publishing share: files, judgements, and the way of a draft to where it can be published."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ivr.store.publishing import drafts
from ivr.store.publishing.drafts import Draft
from ivr.store.publishing.publications import Order
from ivr.tables.judged import Changes, Findings, Judged, Proofs
from ivr.tables.texts import version_of_texts

T = "groningen"
NOW = 1_800_000_000
BASE = {"table.yaml": "table: {}\n", "menus/main.yaml": "nodes: {}\n"}
ANNA, BART, CEES = "anna@gemeente.example", "bart@gemeente.example", "cees@gemeente.example"


def judgement(files: Mapping[str, str], errors: int = 0, fresh: int = 0, broken: int = 0, why_not: str = "") -> Judged:
    """What was judged of some files."""
    version = version_of_texts(files)
    return Judged(
        version,
        "2026-11-24",
        Findings(version, errors, fresh, fresh, 0, (), 1),
        Proofs(version, broken, (), why_not, 1),
        Changes(version, "", (), 0, 0, 0, "", "first", 1),
    )


def edited(connection: Connection, text: str, by: str = ANNA) -> Draft:
    """A draft in which somebody changed a file."""
    held = drafts.begin(connection, T, version_of_texts(BASE), BASE, "Een wijziging", by, NOW)
    return drafts.save(connection, held.id, held.revision, {"menus/main.yaml": text}, by, NOW + 1)


def proposed(connection: Connection, text: str, by: str = ANNA) -> Draft:
    """The same, proposed by who edited it."""
    held = edited(connection, text, by)
    return drafts.propose(connection, held.id, held.revision, "Beter zo", judgement(held.files), by, NOW + 2)


def approved(connection: Connection, text: str) -> Draft:
    """The same, approved by another."""
    held = proposed(connection, text)
    return drafts.approve(connection, held.id, held.version, BART, NOW + 3)


def order(version: str, by: str = CEES, **more: object) -> Order:
    """An order for a version."""
    return Order(T, version, by, "Het moet", **more)  # type: ignore[arg-type]
