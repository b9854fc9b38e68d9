"""The compiled nodes: one frozen struct a kind. Targets are indices of nodes; actions are made ready for each language.

A target may also be CONTINUE, the next node of the entry chain. Every per-language tuple has one item a language, in
the table's order.
"""

from __future__ import annotations

from msgspec import Struct

from ivr.model.actions import Action, Dial, Enqueue, Record

CONTINUE = -1
"""The target that means: on to the next node of the entry chain."""

NO_CASE = -2
"""The target of a branch's value that has no case of its own: `otherwise` serves it."""

Actions = tuple[Action, ...]


class Retry(Struct, frozen=True):
    """How often a caller is asked before the exit is taken; the first asking counts."""

    ask_at_most: int
    to: int


class SayNode(Struct, frozen=True, tag="say"):
    """Speaks, then goes on."""

    says: tuple[Actions, ...]
    to: int
    where_to_turn: bool = False


class Option(Struct, frozen=True):
    """What a key or a phrase chooses. `language` is -1 to keep it; `sets` are pairs of variable and value."""

    key: str
    to: int
    language: int = -1
    sets: tuple[tuple[int, int], ...] = ()


class MenuNode(Struct, frozen=True, tag="menu"):
    """Keys and speech. `asks`, `quiet`, `wrong`, `again`: what is answered at first, after no-input, after no-match,
    and when the caller asks to hear it again."""

    options: tuple[Option, ...]
    keys: dict[str, int]
    phrases: tuple[dict[str, int], ...]
    asks: tuple[Actions, ...]
    quiet: tuple[Actions, ...]
    wrong: tuple[Actions, ...]
    again: tuple[Actions, ...]
    no_input: Retry
    no_match: Retry


class AskNode(Struct, frozen=True, tag="ask"):
    """Collects digits or speech into a field, against a pattern, and reads it back when `confirms` is not empty."""

    field: int
    pattern: str
    speech: bool
    asks: tuple[Actions, ...]
    quiet: tuple[Actions, ...]
    wrong: tuple[Actions, ...]
    confirms: tuple[Actions, ...]
    to: int
    no_input: Retry
    no_match: Retry


class HoursNode(Struct, frozen=True, tag="hours"):
    """Branches on a calendar as it was at arrival. `exits` is indexed by OPEN, CLOSED, HOLIDAY."""

    calendar: int
    exits: tuple[int, int, int]


class BranchNode(Struct, frozen=True, tag="branch"):
    """Branches on what `on` names. `subject` is `variable`, `fact`, `number`, `phase` or `language`; `index` its index.

    `exits` has a target for each value; `otherwise` serves what has none, and a variable that is not set.
    """

    subject: str
    index: int
    exits: tuple[int, ...]
    otherwise: int


class SplitNode(Struct, frozen=True, tag="split"):
    """A stable share of callers. `names` are those of the ways as written; `shares` are percentages that add up to 100."""

    names: tuple[str, ...]
    shares: tuple[int, ...]
    exits: tuple[int, ...]


class TransferNode(Struct, frozen=True, tag="transfer"):
    """Dials a team or a number. `dials[language]` are tried in order. `exits` is indexed as DIAL_OUTCOMES.

    `calendar` is the team's, or -1 for a plain number: a team is never dialled while it is closed.
    """

    team: int
    calendar: int
    says: tuple[Actions, ...]
    dials: tuple[tuple[Dial, ...], ...]
    exits: tuple[int, int, int, int, int]


class QueueNode(Struct, frozen=True, tag="queue"):
    """Waits for a team. `exits` is indexed as QUEUE_OUTCOMES.

    `wait_prompts[language]` is what is spoken each round (position, expected wait, the offer once it is due):
    (without the offer, with it). `offer_key` leaves after `offer_after` seconds; `timeout` seconds end the wait.
    """

    team: int
    calendar: int
    says: tuple[Actions, ...]
    enqueue: Enqueue
    wait_prompts: tuple[tuple[int, int], ...]
    music: str
    offer_key: str
    offer_after: int
    timeout: int
    exits: tuple[int, int, int, int, int, int]


class CallbackNode(Struct, frozen=True, tag="callback"):
    """A promise. `offers[language]` confirms the caller's own number, `asks` collects another, `confirms` reads it back,
    `wrong` follows a number that cannot be dialled, `promises` is said once the case is on disk. `reach` and `part` as in
    OpenCase."""

    team: int
    within: tuple[int, str]
    per_day: int
    offers: tuple[Actions, ...]
    asks: tuple[Actions, ...]
    wrong: tuple[Actions, ...]
    confirms: tuple[Actions, ...]
    promises: tuple[Actions, ...]
    taken: int
    refused: int
    full: int
    failed: int
    reach: str = "telephone"
    part: str = ""


class VoicemailNode(Struct, frozen=True, tag="voicemail"):
    """Records a message into a case."""

    team: int
    says: tuple[Actions, ...]
    record: Record
    thanks: tuple[Actions, ...]
    to: int
    no_input: int
    failed: int


class SurveyNode(Struct, frozen=True, tag="survey"):
    """Asks a mark from 1 to 10; whoever gives none goes on all the same."""

    asks: tuple[Actions, ...]
    wrong: tuple[Actions, ...]
    to: int


class CaseNode(Struct, frozen=True, tag="case"):
    """Asks for a case number, says what was promised, and joins or cancels the case.

    `asks`, `quiet`, `wrong`: for the number, at first, after silence, after a number that is not known. `promised`, `open`:
    what is offered for a case with a promise and without one. `confirms`: before it is cancelled. `joins`, `cancels`,
    `overs`: what is said when it is joined, cancelled, or settled already.
    """

    asks: tuple[Actions, ...]
    quiet: tuple[Actions, ...]
    wrong: tuple[Actions, ...]
    promised: tuple[Actions, ...]
    open: tuple[Actions, ...]
    confirms: tuple[Actions, ...]
    joins: tuple[Actions, ...]
    cancels: tuple[Actions, ...]
    overs: tuple[Actions, ...]
    joined: int
    cancelled: int
    over: int
    unknown: int
    no_input: int
    failed: int


class CalamityNode(Struct, frozen=True, tag="calamity"):
    """Speaks what the calamity switch holds; routes only to a declared list."""

    says: tuple[Actions, ...]
    then: int
    routes: tuple[str, ...]
    exits: tuple[int, ...]


class NoticeNode(Struct, frozen=True, tag="notice"):
    """Speaks the notices that are switched on for it; passed by in silence when there are none."""

    says: tuple[Actions, ...]
    then: int


class EndNode(Struct, frozen=True, tag="end"):
    """Says goodbye and hangs up."""

    says: tuple[Actions, ...]
    where_to_turn: bool = False


class NumberNode(Struct, frozen=True, tag="number"):
    """Made by the compiler, after the entry chain: takes each number's callers to where they go in its phase."""

    helps: tuple[Actions, ...]
    goodbye: tuple[Actions, ...]


Node = (
    SayNode
    | MenuNode
    | AskNode
    | HoursNode
    | BranchNode
    | SplitNode
    | TransferNode
    | QueueNode
    | CallbackNode
    | VoicemailNode
    | SurveyNode
    | CaseNode
    | CalamityNode
    | NoticeNode
    | EndNode
    | NumberNode
)
