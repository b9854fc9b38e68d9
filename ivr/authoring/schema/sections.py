"""The sections of a table, nodes aside: what an admin may write in each."""

from __future__ import annotations

from ivr.authoring.schema.decl import Decl, Record, key, optional
from ivr.authoring.schema.prompts import PROMPT, TEXTS, PromptDecl, Texts
from ivr.authoring.schema.types import (
    CALENDAR,
    FLAG,
    NODE,
    TEAM,
    WORD,
    WORDS,
    Choice,
    Duration,
    ListOf,
    MapOf,
    Named,
    Num,
    Ref,
    Whole,
    Word,
)
from ivr.authoring.values import Scalar

NUMBER = Word("a telephone number", r"^[+0-9(]", 'write it in quotes, as people know it: "050 367 1000"')
DATE = Word("a date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "write it as 2026-12-31")
MOMENT = Word(
    "a date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{1,2}:[0-9]{2})?$", "write it as 2026-12-31 or 2026-12-31 17:00"
)
PHONE_KEY = Word("a key of the telephone", r"^[0-9*#]$", 'use 0 to 9, "*" or "#"')


class LanguageDecl(Decl):
    """A language: the provider's voice and the locale of its speech recogniser."""

    title = "a language"
    voice: Scalar | None = key(
        Word("a voice", r"^[A-Za-z0-9.\-]{1,80}$", "write its name at the provider, such as Polly.Laura-Neural"),
        "the provider's voice, such as Polly.Laura-Neural",
    )
    locale: Scalar | None = key(
        Word("a locale", r"^[a-z]{2}(-[A-Z]{2})?$", "write it as nl-NL"), "language and country"
    )


class OperatorDecl(Decl):
    """The way to a person, in every menu."""

    title = "operator"
    key_: Scalar | None = optional(PHONE_KEY, "the key that reaches a person", None)
    to: Scalar | None = key(NODE, "the node that reaches a person")


class TableDecl(Decl):
    """What holds for the table as a whole."""

    title = "table"
    id: Scalar | None = key(
        Word("an id", r"^[a-z][a-z0-9-]{0,39}$", "use lower-case letters, digits and -"), "the short name"
    )
    title_: Scalar | None = optional(WORD, "the name that people know", None)
    main_number: Scalar | None = key(NUMBER, "the one number that all others come to")
    from_abroad: Scalar | None = optional(NUMBER, "a number that can be dialled from abroad, since 14 0xx cannot", None)
    timezone: Scalar | None = optional(WORD, "the time zone of hours and dates", None)
    languages: dict[str, Named[LanguageDecl]] = key(
        MapOf(Record(LanguageDecl), "a language", "free"), "the languages; the first is the default"
    )
    entry: list[Scalar] = optional(ListOf(NODE, 50), "nodes that every call passes, whichever number it came by", [])
    start: Scalar | None = optional(
        NODE, "where callers of the main number go after the entry; 'main' if left out", None
    )
    operator: OperatorDecl | None = key(Record(OperatorDecl), "the way to a person")
    repeat_key: Scalar | None = optional(PHONE_KEY, "the key that repeats a menu", None)
    wait: Num | None = optional(Duration(1, 60), "how long to wait for a key", None)
    caller_id: Scalar | None = optional(NUMBER, "the number shown when we ring back; must be dialable", None)
    max_inputs: Num | None = optional(
        Whole(5, 100), "after so many answers of the caller and the network the call goes to the operator", None
    )
    defaults: dict[str, Named[Scalar]] = optional(
        MapOf(NODE, "a node", "free"), "targets of exits that a node does not state, by the exit's name", {}
    )
    illustration: bool = optional(FLAG, "whether the numbers are examples and nobody's own", False)


class CalendarDecl(Decl):
    """When somebody is there."""

    title = "a calendar"
    hours: Scalar | None = key(WORD, 'opening hours in OpenStreetMap syntax, "Mo-Fr 08:30-17:00; Th 08:30-19:00"')
    holidays: Scalar | None = optional(WORD, "the country whose national holidays are closed, such as NL", None)
    closed_on: dict[str, Named[Scalar]] = optional(
        MapOf(WORD, "a reason", "free"), "dates, or parts of dates, on which it is closed all the same, and why", {}
    )
    open_on: dict[str, Named[Scalar]] = optional(
        MapOf(WORD, "a reason", "free"), "dates, or parts of dates, on which it is open all the same, and why", {}
    )


class CallbacksDecl(Decl):
    """How many promises a team can keep."""

    title = "callbacks"
    per_day: Num | None = key(Whole(1, 100_000), "how many callbacks the team can make in a day")
    attempts: Num | None = optional(
        Whole(1, 10), "how often somebody is rung who does not answer; 3 times if left out", None
    )
    apart: Num | None = optional(
        Duration(60, 86_400), "how long after an attempt the next one may follow; 2h if left out", None
    )


class TeamDecl(Decl):
    """People who answer."""

    title = "a team"
    title_: Texts | None = optional(TEXTS, "its name, as it is spoken and shown", None)
    speaks: list[Scalar] = optional(ListOf(Ref("language"), 30), "the languages that it speaks; all if left out", [])
    calendar: Scalar | None = optional(CALENDAR, "when it is there", None)
    via: Scalar | None = optional(
        Choice("sip", "twilio"), "sip: its own switchboard queues, we dial; twilio: our queue", None
    )
    dial: list[Scalar] = optional(ListOf(WORD, 10), "SIP addresses or numbers to dial", [])
    strategy: Scalar | None = optional(Choice("all", "in_order"), "with several: ring all at once, or in order", None)
    ring: Num | None = optional(Duration(5, 600), "how long to let it ring", None)
    callbacks: CallbacksDecl | None = optional(Record(CallbacksDecl), "how many promises it can keep", None)


class PhasesDecl(Decl):
    """The dates on which the phases of a number's life begin."""

    title = "phases"
    parallel: Scalar | None = optional(DATE, "from then on the number routes without a word", None)
    announce: Scalar | None = optional(DATE, "from then on the announcement is said, then routed", None)
    redirect: Scalar | None = optional(DATE, "from then on the announcement is said, help offered, and hung up", None)
    returned: Scalar | None = optional(DATE, "from then on the number is no longer ours", None)


class NumberDecl(Decl):
    """A legacy number or a block of them."""

    title = "a number"
    formerly: Scalar = key(WORD, "what the number was for")
    to: Scalar | None = optional(NODE, "where its callers go after the entry", None)
    must_still_reach: list[Scalar] = optional(ListOf(TEAM, 50), "teams that its callers could reach before", [])
    phases: PhasesDecl | None = optional(Record(PhasesDecl), "the dates of its life", None)
    announce: PromptDecl | None = optional(PROMPT, "what is said while it is announced and redirected", None)
    from_: Scalar | None = optional(MOMENT, "the first day of a campaign; with no 'until:' it never ends", None)
    until: Scalar | None = optional(MOMENT, "the last day of a campaign; with no 'from:' it runs already", None)
    then: Scalar | None = optional(
        NODE, "where its callers go outside a campaign's days; where those of the main number go if left out", None
    )
    via: list[Scalar] = optional(
        ListOf(Choice("to", "forwarded_from", "diversion"), 3), "by what the number is recognised; all if left out", []
    )


class WithinDecl(Decl):
    """Bounds of a way."""

    title = "within"
    choices: Num | None = optional(Whole(0, 100), "at most so many keys", None)
    seconds: Num | None = optional(Whole(1, 3600), "at most so many seconds", None)


class ForDecl(Decl):
    """Of whom a guarantee speaks."""

    title = "for"
    numbers: list[Scalar] = optional(WORDS, "all, main, or numbers", [])
    arriving: list[Scalar] = optional(WORDS, "always, or a calendar and its state: kcc open", [])
    languages: list[Scalar] = optional(WORDS, "all, or languages", [])
    facts: dict[str, Named[list[Scalar]]] = optional(MapOf(WORDS, "values"), "values of facts", {})


class ClaimDecl(Decl):
    """What a guarantee claims."""

    title = "a claim"
    reach: Scalar | None = optional(WORD, "'an open team', or the name of a team or node", None)
    within: WithinDecl | None = optional(Record(WithinDecl), "in how many choices and seconds", None)
    ends_in: list[Scalar] = optional(
        ListOf(Choice("person", "case", "article", "told where to turn"), 4), "endings that count", []
    )
    hears: Scalar | None = optional(Ref("prompt"), "a prompt that is heard", None)
    before: list[Scalar] = optional(ListOf(NODE, 100), "nodes before which it is heard", [])


class GuaranteeDecl(Decl):
    """What must hold for callers."""

    title = "a guarantee"
    for_: ForDecl | None = optional(Record(ForDecl), "of whom it speaks", None)
    can: ClaimDecl | None = optional(Record(ClaimDecl), "there is a way", None)
    always: ClaimDecl | None = optional(Record(ClaimDecl), "whatever the caller and the network do", None)
    never: ClaimDecl | None = optional(Record(ClaimDecl), "in no way", None)
