"""The languages of a table, and whether the engine can speak in each of them."""

from __future__ import annotations

import re

from ivr.authoring.document import Document
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.slips import meant_for
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, did_you_mean, nearest
from ivr.model.phrases import PHRASES


def read_languages(table: TableDecl, document: Document, report: Report) -> tuple[str, ...]:
    """The codes of a table's languages, the default first; each must have all phrases of the engine."""
    strange = [code for code in document.phrases if code not in table.languages]
    spoken = [code for code in table.languages if code not in document.phrases and code not in PHRASES]
    meant = set(meant_for(strange, spoken).values())  # phrases under a code that is none are told there
    for code, named in table.languages.items():
        if len(code) != 2 or not code.isalpha() or not code.islower():
            report.add("IVR108", named.key.span, f"'{shorten(code)}' is no code of a language", "two letters: nl, en")
        held = document.phrases.get(code)
        known = set(held.value) if held is not None and held.value is not None else set()
        lacking = [] if code in PHRASES or code in meant else [name for name in PHRASES["nl"] if name not in known]
        misspelt = {nearest(name, lacking) for name in known.difference(PHRASES["nl"])}
        lacking = [name for name in lacking if name not in misspelt]
        if lacking:
            count = "1 phrase is" if len(lacking) == 1 else f"{len(lacking)} phrases are"
            report.add(
                "IVR501", named.key.span,
                f"the engine has no words of its own in '{shorten(code)}'; {count} missing: "
                + ", ".join(lacking[:4]) + (" …" if len(lacking) > 4 else ""),
                f"add them under 'phrases: {{{shorten(code)}: …}}'",
            )  # fmt: skip
    for code, own in document.phrases.items():
        for name, phrase in (own.value or {}).items():
            if name not in PHRASES["nl"]:
                near = (
                    did_you_mean(name, PHRASES["nl"]) or "its phrases: " + ", ".join(sorted(PHRASES["nl"])[:12]) + " …"
                )
                report.add("IVR104", phrase.key.span, f"'{shorten(name)}' is no phrase of the engine", near)
            elif phrase.value is not None:
                _placeholders(name, phrase.value, report)
        if code not in table.languages:
            help = did_you_mean(code, table.languages) or "its languages: " + ", ".join(table.languages)
            report.add("IVR210", own.key.span, f"'{shorten(code)}' is no language of the table", help)
    return tuple(table.languages)


NEEDED = frozenset(("label", "key", "field", "number", "due"))
"""Placeholders without which a phrase would no longer say what it is for."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _placeholders(name: str, at: Scalar, report: Report) -> None:
    """Report the placeholders of a phrase that are not filled in it, and those that it must have and has not."""
    known = _PLACEHOLDER.findall(PHRASES["nl"][name])
    written = {found[1]: found for found in _PLACEHOLDER.finditer(at.text)}
    for word, found in written.items():
        if word not in known:
            help = did_you_mean(word, known) or "its placeholders: " + (
                ", ".join("{" + k + "}" for k in known) or "none"
            )
            what = f"'{{{shorten(word)}}}' is no placeholder of the phrase '{name}'"
            report.add("IVR504", at.inside(found.start(), found.end()), what, help)
    lacking = sorted(NEEDED.intersection(known) - set(written))
    misspelt = set(meant_for([word for word in written if word not in known], lacking).values())
    for word in lacking:
        if word in misspelt:
            continue
        report.add("IVR504", at.span, f"the phrase '{name}' lacks '{{{word}}}'", "say it: " + PHRASES["nl"][name])
