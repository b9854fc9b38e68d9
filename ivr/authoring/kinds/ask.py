"""`ask`: collects digits or speech into a field, against a pattern, and reads it back."""

from __future__ import annotations

from ivr.authoring.kinds.base import RETRY, Actions, Maker, NodeDecl, RetryDecl, key, optional, retry
from ivr.authoring.pieces import joined
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import FLAG, NODE, Duration, Num, Word
from ivr.authoring.values import Scalar
from ivr.diagnostics import Label
from ivr.model.actions import Listen
from ivr.model.nodes import AskNode
from ivr.model.patterns import MAX_SIZE, Part, PatternFault, key_lengths, read_pattern

MAX_DIGITS = 32


class AskDecl(NodeDecl):
    """Collects digits or speech into a field, against a pattern, and reads it back."""

    title = "an ask node"
    kind = "ask"
    field: Scalar = key(
        Word("the name of a field", r"^[a-z][a-z0-9_-]{0,39}$", "use lower-case letters, digits, - and _"),
        "where the answer is kept",
    )
    say: PromptDecl = key(PROMPT, "what is asked")
    again: PromptDecl | None = optional(PROMPT, "what is asked the next times", None)
    digits: Scalar | None = optional(
        Word("a count of digits", r"^[0-9]{1,2}(-[0-9]{1,2})?$", "write 9, or 4-8"),
        'how many; with a range, or without this key, the phrase `finish` ("Sluit af met een hekje.") is said after the '
        "words, unless the answer may be spoken",
        None,
    )
    pattern: Scalar | None = optional(
        Word("a pattern", None),
        "what the answer must look like: digits, letters, \\d, [..], (..|..), ? and {n,m}",
        None,
    )
    speech: bool = optional(FLAG, "whether the answer may be spoken", False)
    confirm: bool = optional(FLAG, "whether the answer is read back", True)
    to: Scalar = key(NODE, "where the call goes on")
    no_input: RetryDecl | None = optional(RETRY, "what follows when the caller stays silent", None)
    no_match: RetryDecl | None = optional(RETRY, "what follows when the answer does not fit", None)
    wait: Num | None = optional(Duration(1, 60), "how long to wait for a key; the table's if left out", None)

    def make(self, m: Maker) -> AskNode:
        least, most = self._counts(m)
        field = m.field(self.field)
        languages = range(len(m.languages))
        return AskNode(
            field=field,
            pattern=self._pattern(m, least, most),
            speech=self.speech,
            asks=tuple(self._ask(m, i, "", least, most) for i in languages),
            quiet=tuple(self._ask(m, i, "no_input", least, most) for i in languages),
            wrong=tuple(self._ask(m, i, "ask_wrong", least, most) for i in languages),
            confirms=tuple(self._confirm(m, i) for i in languages) if self.confirm else (),
            to=m.target(self.to, self, "to"),
            no_input=retry(m, self, self.no_input, "no_input", 2),
            no_match=retry(m, self, self.no_match, "no_match", 3),
        )

    def _counts(self, m: Maker) -> tuple[int, int]:
        if self.digits is None:
            return 1, MAX_DIGITS
        first, _, last = self.digits.text.partition("-")
        least, most = int(first), int(last or first)
        if not 1 <= least <= most <= MAX_DIGITS:
            m.report.add(
                "IVR106", self.digits.span, f"'{self.digits.text}' is no count of digits", f"from 1 to {MAX_DIGITS}"
            )
            return 1, MAX_DIGITS
        return least, most

    def _pattern(self, m: Maker, least: int, most: int) -> str:
        """A pattern of the language (`model/patterns.py`), that some answer of the asked length can fit."""
        if self.pattern is None:
            return "" if self.speech and self.digits is None else f"[0-9*]{{{least},{most}}}"
        at = self.pattern
        try:
            part = read_pattern(at.text)
        except PatternFault as fault:
            help = "use digits, letters, \\d, [0-9], (a|b), ? and {n,m}"
            m.report.add(
                "IVR106", at.inside(fault.at, fault.at + 1), f"the pattern cannot be read: {fault.reason}", help
            )
            return ""
        if not self.speech and not any(least <= count <= most for count in key_lengths(part, most)):
            self._cannot_be_typed(m, at, part, least, most)
        return at.text

    def _cannot_be_typed(self, m: Maker, at: Scalar, part: Part, least: int, most: int) -> None:
        """Report a pattern that no answer by keys fits: of another length than is asked for, or with letters in it."""
        if self.digits is not None and key_lengths(part, MAX_SIZE):
            m.report.add(
                "IVR106", at.span, f"no answer of {self.digits.text} digits fits this pattern",
                "change the digits or the pattern", [Label(self.digits.span, "so many are asked for")],
            )  # fmt: skip
        else:
            what = "no answer that fits this pattern can be typed: a telephone has the keys 0 to 9 and *"
            m.report.add("IVR106", at.span, what, "use digits only, or let the answer be spoken with 'speech: true'")

    def _ask(self, m: Maker, language: int, why: str, least: int, most: int) -> Actions:
        fixed = least == most and self.digits is not None
        rows = [] if not why else [m.phrase(why, language)]
        rows.append(m.pieces(self.again if why and self.again is not None else self.say, language))
        if not fixed and not self.speech:
            rows.append(m.phrase("finish", language))
        listen = Listen(
            node=m.node,
            prompts=(m.prompt(joined(rows), self),),
            language=language,
            wait=self.wait.value if self.wait is not None else m.wait,
            digits=least if fixed else 0,
            finish="#",
            speech=self.speech,
        )
        return (listen,)

    def _confirm(self, m: Maker, language: int) -> Actions:
        prompt = m.prompt(m.phrase("confirm", language, field=self.field.text), self)
        return (Listen(m.node, (prompt,), language, m.wait, 1),)
