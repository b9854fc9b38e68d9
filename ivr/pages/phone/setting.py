"""What a call in the page is given, and what was done in it so far: read from a form or a link, and written back as one.

A call is wholly held by these words, so that the server keeps nothing and a link shows a colleague the same call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ivr.pages.look.faults import Told
from ivr.simulator.callers import readable
from ivr.simulator.run import CALLER
from ivr.simulator.world import DIAL_WORDS, DISK_WORDS, QUEUE_WORDS

MOST_DONE = 120
"""Inputs that a call may have: the engine ends a call after far fewer, and outcomes of rings are among them."""
MOST_WORDS = 200
"""Characters of one input, or of a number, a fact or a team."""
MOST_SAID = 600
"""Characters of what the calamity switch says, in one language."""
MOST_GIVEN = 60
"""Facts, languages or teams that may be given."""
MOST_QUERY = 16_000
"""Characters of a whole call."""
ASK = "ask"
"""Whoever plays the call is asked how a ring or a wait ends."""
STAY = "stay"
"""The caller does not press the key that leaves a queue."""
HANG_UP = "hangup"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""What no text of YAML may hold as it is."""
Pairs = tuple[tuple[str, str], ...]


class Setting(Struct, frozen=True):
    """A call: what is given (`''` for what the table would take), and `does`, what was done in it so far.

    `notices` are what is said, by language and node (`nl.notices`); `closed` teams that are closed by hand.
    `source` is `live`, `version:NAME` or `draft:ID`; `at` a moment as it was written; `rings` and `waits` how rings and
    waits end (ASK, or one of DIAL_WORDS, QUEUE_WORDS); `does` are words as in a scenario's `do`, STAY, and `!busy` for how
    a ring or a wait ended.
    """

    table: str = ""
    source: str = "live"
    dial: str = ""
    at: str = ""
    caller: str = CALLER
    language: str = ""
    facts: Pairs = ()
    calamity: bool = False
    says: Pairs = ()
    route: str = ""
    notices: Pairs = ()
    closed: tuple[str, ...] = ()
    rings: str = ASK
    waits: str = ASK
    disk: str = "well"
    seed: int | None = None
    begun: bool = False
    does: tuple[str, ...] = ()


def read_setting(given: Iterable[tuple[str, str]]) -> Setting:
    """A call from the pairs of a query or a form. Raises Told for what cannot be meant, or is too much."""
    pairs = [(name, value.strip()) for name, value in given]
    if sum(len(name) + len(value) for name, value in pairs) > MOST_QUERY:
        raise Told("phone.wrong_long", 413)
    plain = {name: _word(name, value) for name, value in pairs if name in _PLAIN}
    does = tuple(_done(value) for name, value in pairs if name == "do")
    if len(does) > MOST_DONE:
        raise Told("phone.wrong_much", 400, n=MOST_DONE)
    return Setting(
        table=plain.get("table", ""),
        source=_source(plain.get("of", "")),
        dial=plain.get("dial", ""),
        at=plain.get("at", ""),
        caller="" if "withheld" in plain else plain.get("from", CALLER),
        language=plain.get("language", ""),
        facts=_named(pairs, "fact.", MOST_WORDS),
        calamity=plain.get("calamity", "") == "on",
        says=_named(pairs, "say.", MOST_SAID),
        route=plain.get("route", ""),
        notices=_named(pairs, "notice.", MOST_SAID),
        closed=_several(pairs, "closed"),
        rings=_one_of(plain.get("rings", ASK), (ASK, *DIAL_WORDS)),
        waits=_one_of(plain.get("waits", ASK), (ASK, *QUEUE_WORDS)),
        disk=_one_of(plain.get("disk", "well"), tuple(DISK_WORDS)),
        seed=_seed(plain.get("seed", "")),
        begun="call" in plain or bool(does),
        does=does,
    )


_PLAIN = frozenset(
    (
        "table",
        "of",
        "dial",
        "at",
        "from",
        "withheld",
        "language",
        "calamity",
        "route",
        "rings",
        "waits",
        "disk",
        "seed",
        "call",
    )
)


def pairs_of(setting: Setting) -> list[tuple[str, str]]:
    """The pairs that `read_setting` reads back as the same call; what is as usual is left out."""
    usual = Setting()
    out = [
        (name, value)
        for name, value, left in (
            ("table", setting.table, usual.table),
            ("of", setting.source, usual.source),
            ("dial", setting.dial, usual.dial),
            ("at", setting.at, usual.at),
            ("from", setting.caller, usual.caller),
            ("language", setting.language, usual.language),
            ("calamity", "on" if setting.calamity else "", ""),
            ("route", setting.route, ""),
            ("rings", setting.rings, usual.rings),
            ("waits", setting.waits, usual.waits),
            ("disk", setting.disk, usual.disk),
            ("seed", "" if setting.seed is None else str(setting.seed), ""),
            ("call", "1" if setting.begun else "", ""),
        )
        if value != left
    ]
    out += [(f"fact.{name}", value) for name, value in setting.facts]
    out += [(f"say.{code}", text) for code, text in setting.says]
    out += [(f"notice.{name}", text) for name, text in setting.notices]
    out += [("closed", team) for team in setting.closed]
    return [*out, *(("do", word) for word in setting.does)]


def _word(name: str, value: str) -> str:
    if len(value) > MOST_WORDS:
        raise Told("phone.wrong_word", 400, n=MOST_WORDS)
    if _CONTROL.search(value):
        raise Told("phone.wrong_signs")
    return value


def _done(value: str) -> str:
    """One input. Raises Told for what nobody can do in a call."""
    word = _word("do", value)
    if word == STAY or (word.startswith("!") and word[1:] in (*DIAL_WORDS, *QUEUE_WORDS)) or readable(word):
        return word or "silence"
    raise Told("phone.wrong_input", 400, word=word[:40])


def _named(pairs: list[tuple[str, str]], prefix: str, most: int) -> Pairs:
    """`fact.caller=known` → (caller, known); what is left empty is not given."""
    out: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith(prefix) and value:
            if len(value) > most or len(name) > MOST_WORDS:
                raise Told("phone.wrong_word", 400, n=most)
            if _CONTROL.search(value) or _CONTROL.search(name):
                raise Told("phone.wrong_signs")
            out[name.removeprefix(prefix)] = value
    if len(out) > MOST_GIVEN:
        raise Told("phone.wrong_much", 400, n=MOST_GIVEN)
    return tuple(out.items())


def _several(pairs: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    """All that is given under a name, each once."""
    held = tuple(dict.fromkeys(_word(name, value) for name, value in pairs if name == wanted and value))
    if len(held) > MOST_GIVEN:
        raise Told("phone.wrong_much", 400, n=MOST_GIVEN)
    return held


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Told("phone.wrong_input", 400, word=value[:40])
    return value


def _source(value: str) -> str:
    """Which table: the live one unless it says otherwise."""
    kind, _, name = value.partition(":")
    if value in ("", "live"):
        return "live"
    if kind in ("version", "draft") and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        return value
    raise Told("phone.wrong_source")


def _seed(value: str) -> int | None:
    if not value:
        return None
    if value.isascii() and value.isdecimal() and len(value) <= 4:
        return int(value)
    raise Told("phone.wrong_seed")
