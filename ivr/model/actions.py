"""What a step asks of the shell: things to speak, a way to listen or connect, and effects to perform."""

from __future__ import annotations

from msgspec import Struct


class Say(Struct, frozen=True, tag="say"):
    """Speak prompt number `prompt` of the graph; its holes are filled from the call."""

    prompt: int


class Listen(Struct, frozen=True, tag="listen"):
    """Speak `prompts` and wait `wait` seconds for keys or speech; the caller may interrupt (barge-in).

    `digits` is how many keys end it (0: until `finish`). `finish` is the key that ends it, or ''.
    `hints` are phrases that the recogniser should expect; no hints and `speech` false means keys only.
    """

    node: int
    prompts: tuple[int, ...]
    language: int
    wait: int
    digits: int
    finish: str = ""
    speech: bool = False
    hints: tuple[str, ...] = ()


class Dial(Struct, frozen=True, tag="dial"):
    """Connect the caller to `targets` (E.164 numbers or SIP addresses), all ringing at once for `ring` seconds.

    `team` is the index of the team, or -1 for a plain number. With `whisper` the one who answers first hears
    prompt `whisper` and accepts by key; -1 for none.
    """

    node: int
    team: int
    targets: tuple[str, ...]
    ring: int
    whisper: int = -1


class Enqueue(Struct, frozen=True, tag="enqueue"):
    """Put the caller into the queue of `team`; who waits hears the wait document of `node`.

    With `old_place` it is a caller who dropped out of it: the queue `<name>-back` is served by who waited longest in all.
    """

    node: int
    team: int
    old_place: bool = False


class Record(Struct, frozen=True, tag="record"):
    """Record up to `seconds`; `#` or silence ends it."""

    node: int
    seconds: int


class Hangup(Struct, frozen=True, tag="hangup"):
    """End the call."""

    node: int


class OpenCase(Struct, frozen=True, tag="open_case"):
    """Effect: put a case on disk. Answered by CaseOpened, CaseRefused or EffectFailed.

    `kind` is `callback` or `voicemail`. `number` is what we ring back (E.164, '' when not known). `within` is the
    promise as (amount, unit) with unit `working_days`, `working_hours` or `today`; amount 0 means no promise. `reach` is
    how the caller wants to be reached, `telephone`, `text_relay` or `sms`; `part` when, `morning`, `afternoon` or ''.
    """

    node: int
    kind: str
    team: int
    number: str
    within: tuple[int, str]
    per_day: int = 0
    recording: str = ""
    seconds: int = 0
    reach: str = ""
    part: str = ""


class KeepMark(Struct, frozen=True, tag="keep_mark"):
    """Effect: put a mark from 1 to 10 on disk. Answered by MarkKept or EffectFailed."""

    node: int
    mark: int


class FindCase(Struct, frozen=True, tag="find_case"):
    """Effect: look for the case with a number (six digits). Answered by CaseFound, CaseUnknown or EffectFailed.

    The engine asks this three times in a call at most, so that numbers cannot be guessed.
    """

    node: int
    number: str


class JoinCase(Struct, frozen=True, tag="join_case"):
    """Effect: put on disk that the caller rang about a case, which stays as it is. Answered by CaseJoined, EffectFailed."""

    node: int
    case: str


class CancelCase(Struct, frozen=True, tag="cancel_case"):
    """Effect: end a case that the caller does not need any more. Answered by CaseCancelled or EffectFailed."""

    node: int
    case: str


Effect = OpenCase | KeepMark | FindCase | JoinCase | CancelCase
Action = Say | Listen | Dial | Enqueue | Record | Hangup | OpenCase | KeepMark | FindCase | JoinCase | CancelCase
EFFECTS = (OpenCase, KeepMark, FindCase, JoinCase, CancelCase)
"""The actions that the shell performs within the turn."""
Answer = Listen | Dial | Enqueue | Record | Hangup
"""The actions that end a turn: with each of them somebody else must act next."""
