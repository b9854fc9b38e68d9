"""What is kept of whom, and how long: the kinds of data, and when each goes, in plain words.

A pseudonym is a keyed hash: with the key and the number it can be made again, so it is personal data still (GDPR, article
4(5) and recital 26), and goes in its turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


_ALONE = {"en": "the end of a call without a case", "nl": "een gesprek zonder zaak afliep"}
_CALL = {"en": "the call", "nl": "het gesprek begon"}
_CLOSED = {"en": "the case was closed", "nl": "de zaak werd gesloten"}
_DONE = {"en": "it happened", "nl": "het gebeurde"}
_SHUT = {"en": "the employee could no longer enter", "nl": "de medewerker geen toegang meer had"}

TERMS: Mapping[str, Term] = {
    "calls.number": Term(("calls",), _ALONE),
    "calls.key": Term(("calls", "keys"), _ALONE),
    "cases.number": Term(("numbers",), _CLOSED),
    "cases.words": Term(("numbers",), _CLOSED),
    "cases.key": Term(("numbers", "keys"), _CLOSED),
    "cases.staff": Term(("staff",), _CLOSED),
    "recordings": Term(("recordings",), _CLOSED),
    "waits.key": Term(("calls",), _CALL),
    "events": Term(("events",), _CALL),
    "rings": Term(("events",), _DONE),
    "audit": Term(("audit",), _DONE),
    "versions": Term(("audit",), _DONE),
    "people": Term(("staff",), _SHUT),
}
"""What goes → when. A call that belongs to a case keeps its number and code as long as the case does."""


STAYS = {
    "en": "stays: it points at nobody by itself",
    "nl": "blijft: het wijst op zichzelf niemand aan",
}
LINKED = {
    "en": "stays; it leads to a number only in the provider's own books, for as long as the provider keeps them",
    "nl": "blijft; het leidt alleen bij de provider naar een nummer, zolang die zijn gegevens bewaart",
}
AFTER = {"en": "{days} days after {since}", "nl": "{days} dagen nadat {since}"}
WHOM = {
    "citizen": {"en": "the citizen", "nl": "de inwoner"},
    "employee": {"en": "the employee", "nl": "de medewerker"},
    "nobody": {"en": "nobody", "nl": "niemand"},
}
ELSEWHERE: Sequence[Mapping[str, str]] = (
    {
        "en": "The journals in IVR_VAR hold calls and cases until they are in the database; then the files are removed.",
        "nl": "De journalen in IVR_VAR bevatten gesprekken en zaken tot ze in de database staan; daarna verdwijnen ze.",
    },
    {
        "en": "Logs and error messages hold no telephone number: it is masked there.",
        "nl": "In logboeken en foutmeldingen staat geen telefoonnummer: het is daar onleesbaar gemaakt.",
    },
    {
        "en": "The telephone provider keeps books of its own on every call: its terms hold for those.",
        "nl": "De telefonieprovider houdt zelf bij wie er belde: daarvoor gelden zijn eigen termijnen.",
    },
    {
        "en": "Cases that were passed on to Open Klant stand there too, and are kept as is set there.",
        "nl": "Zaken die aan Open Klant zijn doorgegeven, staan daar ook, zolang daar is ingesteld.",
    },
    {
        "en": "Backups hold what was held when they were made.",
        "nl": "In reservekopieën staat wat er stond toen ze werden gemaakt.",
    },
)
"""Where else something is kept."""


def whom(kind: str) -> str:
    """Of whom data of a kind are: a key of WHOM."""
    if kind == STAFF:
        return "employee"
    return "nobody" if kind == TECHNICAL else "citizen"
