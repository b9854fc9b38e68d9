"""A call as a page shows it: plain values, in no language of the page, that a child process can hand over."""

from __future__ import annotations

from msgspec import Struct

Texts = tuple[tuple[str, str], ...]
"""Language code → text."""


class Line(Struct, frozen=True):
    """One line of a call.

    `second` is where it begins; `who` is `voice`, `whisper` (only who answers hears it), `caller` or `system`; `what` is
    as in a transcript (`says`, `presses`, …) or `whispers`; `locale` that of the words, '' for none; `node` the one that it
    belongs to; `open` that the caller may act before it has been spoken; `titles` what the team is called that is
    rung or waited for.
    """

    second: float
    who: str
    what: str
    text: str
    language: str
    locale: str
    node: str
    open: bool
    titles: Texts = ()


class Why(Struct, frozen=True):
    """Why an exit was taken: one of the words `phone.why_…` and what fills it. `at` and `until` are instants."""

    key: str
    name: str = ""
    at: int = 0
    until: int = 0
    n: int = 0


class Passed(Struct, frozen=True):
    """A node that the call passed, its place in the YAML (`menus/entry.yaml:12`, '' for none), the exit that it took ('':
    none yet) and why, and how many lines were spoken before it."""

    node: str
    place: str
    exit: str
    why: Why | None
    line: int


class Choice(Struct, frozen=True):
    """A key that can be pressed now. `role` is '' for an option of the table, whose words are `label`; else what the
    page has words for: `operator`, `repeat`, `language`, `help`, `yes`, `no`, `own_number`, …"""

    key: str
    label: str = ""
    role: str = ""


class Question(Struct, frozen=True):
    """What somebody must say now.

    `kind`: `listen` (keys, words, silence), `record`, `leave` (a queue, or stay), `ring`, `wait` (how it ends). `asks` is
    the kind of the node that asks. `digits`: how many keys end it, 0 until `finish`. `said` are words that are known.
    `team` is whom it rings or waits for, `titles` what they are called; `most` seconds that may be recorded; `pause` those
    that make a silence.
    """

    kind: str
    asks: str
    node: str
    language: str = ""
    digits: int = 1
    finish: str = ""
    speech: bool = False
    pause: int = 0
    choices: tuple[Choice, ...] = ()
    said: tuple[str, ...] = ()
    team: str = ""
    titles: Texts = ()
    most: int = 0


class Call(Struct, frozen=True):
    """A call so far. `question` is None when it is over; `used` is how many of its inputs fitted what was asked;
    `known` whether the table has the number that was dialled."""

    version: str
    at: int
    written: str
    known: bool
    withheld: bool
    lines: tuple[Line, ...]
    passed: tuple[Passed, ...]
    question: Question | None
    used: int
    seconds: float
    ending: str
    team: str
    titles: Texts
    case: str
    choices: int
    helped_at: float | None
