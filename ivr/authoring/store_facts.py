"""Facts that the store gives at arrival: their names are fixed, and so are the values that it can give."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.authoring.document import Document
from ivr.authoring.schema.types import Named
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, did_you_mean

FIXED: dict[str, tuple[str, ...]] = {"open_case": ("none", "some"), "dropped": ("none", "recent")}
"""Fact → its values, `none` first: a case of this caller is not settled; they left a queue by hanging up a short while
ago."""
RANG = "rang"
"""The fact whose values are `none` and teams: the one that last rang this caller in vain."""


def check_store_facts(document: Document, report: Report) -> None:
    """IVR214: values that the store never gives, or gives and the table does not have."""
    for name, named in document.facts.items():
        if name in FIXED:
            _judge(name, named, FIXED[name], FIXED[name], report)
        elif name == RANG:
            _judge(name, named, ("none", *document.teams), ("none",), report)


def _judge(
    name: str, named: Named[list[Scalar]], given: Sequence[str], needed: Sequence[str], report: Report
) -> None:  # fmt: skip
    written = named.value
    if written is None:
        return
    strange = [at for at in written if at.text not in given]
    whole = f"write {name}: [{', '.join(needed)}{', a team, …' if name == RANG else ''}]"
    for at in strange:
        what = "is neither 'none' nor a team" if name == RANG else f"is no value that the store gives '{name}'"
        report.add("IVR214", at.span, f"'{shorten(at.text)}' {what}", did_you_mean(at.text, given) or whole)
    lacking = [value for value in needed if value not in {at.text for at in written}]
    if lacking and not strange:
        missing = " and ".join(f"'{value}'" for value in lacking)
        report.add(
            "IVR214", named.key.span, f"the store gives '{name}' as {missing} too, which is no value here", whole
        )
