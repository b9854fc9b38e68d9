"""A call played as far as its caller went, and what is asked there."""

from __future__ import annotations

import hashlib

from ivr.dialects.filling import Filling
from ivr.dialects.transcript import heard
from ivr.model.actions import Action, Dial, Listen
from ivr.model.events import Event
from ivr.model.moment import Calamity
from ivr.model.nodes import MenuNode, NoticeNode
from ivr.model.state import Arrival
from ivr.pages.look.faults import Told
from ivr.pages.phone.asked import asked_of
from ivr.pages.phone.call import Question
from ivr.pages.phone.moments import read_moment
from ivr.pages.phone.setting import ASK, HANG_UP, STAY, Setting
from ivr.simulator.callers import Asked, Scripted, parse
from ivr.simulator.known import first_unknown
from ivr.simulator.play import Play
from ivr.simulator.replay import SHUT_SECONDS
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS, World
from ivr.tables.arrivals import arrive, caller_number, find_number
from ivr.tables.ready import Table

CASES = {"123456": "promised", "234567": "open", "345678": "over"}
"""Case numbers that can be typed, and how each is found; of any other there is no case."""
Notices = dict[str, tuple[str, ...]]
"""Notice node → what it says, in each language of the table."""


class Halt(Exception):
    """Somebody must say what happens next."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.kind)
        self.question = question


class Gone(Exception):
    """The caller hung up where the engine asks nothing of them: while it rings, or in a queue."""


class Done:
    """What was done in the call, one word after another; what does not fit what is asked ends it."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self.used = 0

    def next(self, question: Question, fits: tuple[str, ...] | None = None) -> str:
        """The next word, if it is one of `fits` (None: anything that a caller does). Raises Halt, Gone."""
        if self.used >= len(self._words):
            raise Halt(question)
        word = self._words[self.used]
        if fits is not None and word == HANG_UP and word not in fits:
            self.used += 1
            raise Gone
        outcome = word.startswith("!") or word in (STAY, "leave")
        if word not in fits if fits is not None else outcome or word.startswith("record"):
            raise Halt(question)
        self.used += 1
        return word


class Playing(Play):
    """A call that halts where somebody must say what happens next."""

    def __init__(self, table: Table, arrival: Arrival, setting: Setting, world: Outside) -> None:
        self.setting = setting
        self.done = Done(setting.does)
        self.words: list[str] = []  # what the caller did, as a scenario says it
        self.outcomes: dict[str, dict[str, list[str]]] = {"dials": {}, "queues": {}}
        self.open: set[int] = set()  # the lines that the caller may interrupt
        self.whispers: dict[int, list[tuple[str, str]]] = {}  # what is whispered after a line
        self.passed: list[int] = []  # for each node passed, how many lines came before it
        world.playing = self
        super().__init__(table, arrival, _Caller(self), world, call=_call_id(table, arrival), transcript=Transcript())

    def step(self, event: Event) -> list[Action]:
        """One step; which of its lines may be interrupted, and what is whispered after it, is kept."""
        lines, nodes = len(self.transcript.lines), len(self.transcript.nodes)
        actions = super().step(event)
        self.passed += _before(self.transcript, lines, nodes)
        last = actions[-1] if actions else None
        filling = Filling(self.moment, self.state)
        if isinstance(last, Listen):
            heard_now = sum(len(heard(self.graph, prompt, filling)) for prompt in last.prompts)
            self.open.update(range(len(self.transcript.lines) - heard_now, len(self.transcript.lines)))
        elif isinstance(last, Dial) and last.whisper >= 0:
            # the line that tells who is dialled comes next
            self.whispers[len(self.transcript.lines)] = heard(self.graph, last.whisper, filling)
        return actions

    def ask(self, kind: str, team: str = "", most: int = 0, asked: Asked | None = None) -> Question:
        """What somebody must say now."""
        return asked_of(self.table, self.state, kind, team, most, asked)

    def ends_early(self) -> None:
        """The caller is gone."""
        self.writer.hangs_up(self.state.at)


def _before(transcript: Transcript, lines: int, nodes: int) -> list[int]:
    """For each node that a step passed, the number of lines that come before it in the call."""
    at, out = lines, []
    for node in transcript.nodes[nodes:]:
        mine = [i for i in range(at, len(transcript.lines)) if transcript.lines[i].node == node]
        out.append(mine[0] if mine else at)
        at = mine[-1] + 1 if mine else at
    return out


class _Caller:
    """Does what was done in the page."""

    def __init__(self, playing: Playing) -> None:
        self._playing = playing

    def answer(self, asked: Asked) -> Event:
        """The key of the language that was chosen beforehand, as soon as it is offered; else what was done."""
        playing = self._playing
        word = _language_key(playing, asked) or playing.done.next(playing.ask("listen", asked=asked))
        playing.words.append(word)
        return parse(word)

    def record(self, most: int) -> int:
        """How long they speak."""
        playing = self._playing
        question = playing.ask("record", most=most)
        fits = ("silence", "record", *(f"record {n}" for n in range(1, most + 1)))
        word = playing.done.next(question, (*fits, "-", HANG_UP))
        playing.words.append(word)
        return Scripted([word]).record(most)

    def leaves(self) -> bool:
        """Whether they leave the queue."""
        playing = self._playing
        word = playing.done.next(playing.ask("leave"), (STAY, "leave"))
        playing.words += ["leave"] if word == "leave" else []
        return word == "leave"


def _language_key(playing: Playing, asked: Asked) -> str:
    """The key by which the language of the setting is chosen here; '' where it is spoken already or cannot be chosen."""
    graph = playing.graph
    node = graph.nodes[asked.node]
    wanted = playing.setting.language
    if not wanted or graph.languages[asked.language].code == wanted or not isinstance(node, MenuNode):
        return ""
    return next((o.key for o in node.options if o.language >= 0 and graph.languages[o.language].code == wanted), "")


class Outside(World):
    """Who answers, as the setting says, or as the page is asked."""

    playing: Playing

    def __init__(self, setting: Setting, calamity: Calamity | None, notices: Notices, closed: dict[str, int]) -> None:
        super().__init__(disk=setting.disk, calamity=calamity, cases=dict(CASES), notices=notices, closed=closed)
        self._setting = setting

    def dial(self, name: str) -> str:
        """How a ring ends."""
        return self._outcome("dials", name, "ring", self._setting.rings, DIAL_WORDS)

    def queue(self, name: str) -> str:
        """How a wait ends."""
        return self._outcome("queues", name, "wait", self._setting.waits, QUEUE_WORDS)

    def _outcome(self, what: str, name: str, kind: str, usual: str, words: tuple[str, ...]) -> str:
        playing = self.playing
        if usual == ASK:
            usual = playing.done.next(playing.ask(kind, name), tuple("!" + word for word in words))[1:]
        playing.outcomes[what].setdefault(name, []).append(usual)
        return usual


def _call_id(table: Table, arrival: Arrival) -> str:
    """The same however far the call went: else the case number that was spoken would change with the next key."""
    held = hashlib.sha256(f"{table.version}|{arrival}".encode()).hexdigest()
    return "CA" + held[:32]


def prepare(table: Table, setting: Setting, now: int) -> Playing:
    """A call that has not begun. Raises Told for what the table does not know."""
    graph = table.graph
    at = read_moment(setting.at, table.almanac.zone, now)
    if at is None:
        raise Told("phone.wrong_at", 400, at=setting.at[:40])
    found = first_unknown(graph, dict(setting.facts), {}, {team: [] for team in setting.closed}, setting.route)
    if found is not None:
        raise Told("phone.wrong_unknown", 400, what=found[1].message)
    codes = [language.code for language in graph.languages]
    if setting.language and setting.language not in codes:
        raise Told("phone.wrong_language", 400, spoken=setting.language[:40])
    dialled = setting.dial or graph.main_number
    number = find_number(graph, dialled)
    caller = caller_number(setting.caller)
    arrival = arrive(graph, at, number, dialled, caller, dict(setting.facts), setting.seed)
    calamity = None
    if setting.calamity:
        said = dict(setting.says)
        calamity = Calamity(tuple(said.get(code, "") for code in codes), setting.route)
    closed = dict.fromkeys(setting.closed, at + SHUT_SECONDS)
    return Playing(table, arrival, setting, Outside(setting, calamity, _notices(table, setting), closed))


def _notices(table: Table, setting: Setting) -> Notices:
    """What notice nodes say: a text for each language, '' where none was given. Raises Told for a node that is none."""
    graph = table.graph
    known = {name for name, node in zip(graph.names, graph.nodes, strict=False) if isinstance(node, NoticeNode)}
    held: dict[str, dict[str, str]] = {}
    for name, text in setting.notices:
        code, _, node = name.partition(".")
        if node not in known:
            raise Told("phone.wrong_unknown", 400, what=node[:40])
        held.setdefault(node, {})[code] = text
    codes = [language.code for language in graph.languages]
    return {node: tuple(texts.get(code, "") for code in codes) for node, texts in held.items()}


def play(playing: Playing) -> Question | None:
    """Play as far as the caller went: what is asked now, None when the call is over."""
    try:
        playing.run()
    except Halt as halt:
        return halt.question
    except Gone:
        playing.ends_early()
    return None
