"""What is kept of whom, and how long: the kinds of data, and when each goes, in plain words.

A pseudonym is a keyed hash: with the key and the number it can be made again, so it is personal data still (GDPR, article
4(5) and recital 26), and goes in its turn.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

DAY = 86_400

NUMBER, KEY, VOICE, WORDS, CHOICE, STAFF, LINK, COUNTS, TECHNICAL = (
    "number", "key", "voice", "words", "choice", "staff", "link", "counts", "technical",
)  # fmt: skip
KINDS: Mapping[str, Mapping[str, str]] = {
    NUMBER: {
        "en": "the citizen's telephone number or address",
        "nl": "het telefoonnummer of adres van de inwoner",
    },
    KEY: {
        "en": "a code that stands for the number (a keyed hash)",
        "nl": "een code die voor het nummer staat (een hash met een sleutel)",
    },
    VOICE: {
        "en": "the recorded voice and its transcript",
        "nl": "de opgenomen stem en wat er gezegd is",
    },
    WORDS: {
        "en": "what the citizen typed or said, and what the desk noted",
        "nl": "wat de inwoner intoetste of zei, en wat de medewerker opschreef",
    },
    CHOICE: {
        "en": "what was chosen on the telephone, the language and the mark",
        "nl": "wat iemand koos aan de telefoon, de taal en het cijfer",
    },
    STAFF: {
        "en": "which employee did it, or was rung",
        "nl": "welke medewerker het deed, of gebeld werd",
    },
    LINK: {
        "en": "the provider's id of a call: the number can be found with it in the provider's own books",
        "nl": "het kenmerk van een gesprek bij de provider: daarmee is het nummer te vinden bij de provider",
    },
    COUNTS: {
        "en": "times, lengths, steps and outcomes",
        "nl": "tijden, duur, stappen en afloop",
    },
    TECHNICAL: {
        "en": "our own numbers, names and bookkeeping",
        "nl": "onze eigen nummers, namen en administratie",
    },
}  # fmt: skip
"""Kind of data → what it is, in plain words. The kinds from `number` to `staff` can point at a person by themselves."""


class Periods(Struct, frozen=True):
    """Days that things are kept, named as the settings are (`IVR_KEEP_…_DAYS`)."""

    calls: int = 7
    numbers: int = 30
    recordings: int = 14
    keys: int = 365
    events: int = 90
    staff: int = 365
    audit: int = 730


class Term(Struct, frozen=True):
    """When a thing goes: the periods after one another, counted from a moment that is said in words."""

    periods: tuple[str, ...]
    since: Mapping[str, str]

    def days(self, periods: Periods) -> int:
        """How many days that is."""
        return sum(getattr(periods, name) for name in self.periods)


_CALL = {"en": "the call", "nl": "het gesprek"}
_CLOSED = {"en": "the case was closed", "nl": "de zaak is gesloten"}
_DONE = {"en": "it happened", "nl": "het gebeurde"}

TERMS: Mapping[str, Term] = {
    "calls.number": Term(("calls",), {"en": "a call without a case", "nl": "een gesprek zonder zaak"}),
    "calls.key": Term(("calls", "keys"), {"en": "a call without a case", "nl": "een gesprek zonder zaak"}),
    "cases.number": Term(("numbers",), _CLOSED),
    "cases.words": Term(("numbers",), _CLOSED),
    "cases.key": Term(("numbers", "keys"), _CLOSED),
    "cases.staff": Term(("staff",), _CLOSED),
    "recordings": Term(("recordings",), _CLOSED),
    "waits.key": Term(("calls",), _CALL),
    "events": Term(("events",), _CALL),
    "rings": Term(("events",), _DONE),
    "audit": Term(("audit",), _DONE),
}
"""What goes → when. A call that belongs to a case keeps its number and code as long as the case does."""
