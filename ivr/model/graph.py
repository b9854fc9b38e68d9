"""The compiled routing table: what the engine runs. It holds no positions, so reformatting YAML changes nothing in it."""

from __future__ import annotations

from msgspec import Struct

from ivr.model.guarantee import Guarantee
from ivr.model.nodes import Actions, Node
from ivr.model.numberbook import NumberBook
from ivr.model.words import Prompt


class Language(Struct, frozen=True):
    """A language of the table: its code, the provider's voice and the locale of its speech recogniser."""

    code: str
    voice: str
    locale: str


class Exception_(Struct, frozen=True):
    """A day, or part of one, on which a calendar differs: minutes since midnight of a date (ordinal)."""

    day: int
    start: int
    end: int
    reason: str

    @property
    def whole_day(self) -> bool:
        """Whether it covers the day from midnight to midnight."""
        return self.start == 0 and self.end == 1440


class CalendarSpec(Struct, frozen=True):
    """When a team is there, as written: hours in OpenStreetMap syntax (English days), a country of holidays or ''."""

    name: str
    hours: str
    holidays: str
    closed_on: tuple[Exception_, ...] = ()
    open_on: tuple[Exception_, ...] = ()


class Team(Struct, frozen=True):
    """People who answer. `via`: `sip` (their own switchboard queues) or `twilio` (our queue).

    A promise is tried `attempts` times at most, `apart` seconds apart.
    """

    name: str
    titles: tuple[str, ...]
    calendar: int
    via: str
    dial: tuple[str, ...]
    in_order: bool
    ring: int
    per_day: int
    speaks: tuple[int, ...]
    attempts: int = 3
    apart: int = 7200


class Number(Struct, frozen=True):
    """A legacy number. `phases` are (from epoch second, phase), ascending; `says` what is said while it is announced.

    `to` is where its callers go after the entry; `then` where they go outside a campaign's days.
    """

    name: str
    formerly: str
    to: int
    then: int
    phases: tuple[tuple[int, int], ...]
    announce: tuple[Actions, ...]
    must_still_reach: tuple[int, ...]
    via: tuple[str, ...] = ()


class Graph(Struct, frozen=True):
    """A routing table made ready. Indices stand for names everywhere; the tuples give the names back."""

    id: str
    title: str
    main_number: str
    from_abroad: str
    caller_id: str
    timezone: str
    languages: tuple[Language, ...]
    nodes: tuple[Node, ...]
    names: tuple[str, ...]
    chain: tuple[int, ...]
    number_node: int
    start: int
    operator: int
    operator_key: str
    repeat_key: str
    operator_words: tuple[frozenset[str], ...]
    wait: int
    max_turns: int
    prompts: tuple[Prompt, ...]
    calendars: tuple[CalendarSpec, ...]
    teams: tuple[Team, ...]
    numbers: tuple[Number, ...]
    book: NumberBook
    main_digits: int
    variables: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[str, ...]
    give_up: tuple[Actions, ...]
    apology: tuple[Actions, ...]
    illustration: bool = False
    guarantees: tuple[Guarantee, ...] = ()
