"""Texts and phrases → spoken pieces: languages chosen, placeholders turned into holes."""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.authoring.document import Document
from ivr.authoring.pieces import Pieces, joined, merged
from ivr.authoring.schema.prompts import PromptDecl, Recording, Texts
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, SourceMap, Span, Spoken, did_you_mean
from ivr.model.phrases import PHRASES
from ivr.model.words import Audio, Hole, Words

_HOLE = re.compile(r"\{([^{}]*)\}")
SIMPLE = {"case", "due", "number", "shows"}
QUEUE = {"position", "minutes"}
OPENS = "opens:"


def _none(_: str, __: Span) -> int | None:
    return None


class Wording:
    """Turns what is written into what is spoken, once for the whole table."""

    def __init__(
        self, document: Document, languages: tuple[str, ...], report: Report, sources: SourceMap,
        calendar_of: Callable[[str, Span], int | None],
    ) -> None:  # fmt: skip
        self._document = document
        self._languages = languages
        self._known = frozenset(languages)
        self._report = report
        self._sources = sources
        self._calendar_of = calendar_of
        self._parsed: dict[tuple[int, bool], tuple[str | Hole, ...]] = {}
        self._noted: set[tuple[int, str, int]] = set()
        self._templates: dict[tuple[str, int], str] = {}
        self._choices: dict[int, tuple[str, str, str]] = {}
        self.fields: dict[str, int] = {}
        self.used_prompts: set[str] = set()
        self.named_now: list[str] = []
        """Named prompts met since the last prompt was numbered."""

    def let_go(self) -> None:
        """Drop the way back to the compiler: held in a circle, all that was read would outlive its use."""
        self._calendar_of = _none

    def pieces(
        self, prompt: PromptDecl, language: int, context: str, node: int, bind: Callable[[Scalar], Scalar | None]
    ) -> Pieces:
        """What is spoken of a prompt in a language. `bind` gives what a `$parameter` stands for."""
        items = prompt.items
        if len(items) == 1 and isinstance(items[0], Texts):
            return self._texts(items[0], language, context, node)
        return joined(self._item(item, language, context, node, bind, 0) for item in items)

    def _item(
        self, item: Scalar | Texts | Recording, language: int, context: str, node: int,
        bind: Callable[[Scalar], Scalar | None], depth: int,
    ) -> Pieces:  # fmt: skip
        if isinstance(item, Texts):
            return self._texts(item, language, context, node)
        if isinstance(item, Recording):
            return self._recording(item, language, node)
        name: Scalar | None = item
        if item.text.startswith("$"):
            name = bind(item)
            if name is None:
                return ()
        assert name is not None
        named = self._document.prompts.get(name.text)
        if named is None:
            near = did_you_mean(name.text, self._document.prompts)
            self._report.add(
                "IVR204", name.span, f"there is no prompt '{shorten(name.text)}'", near or "define it under 'prompts:'"
            )
            return ()
        self.used_prompts.add(name.text)
        self.named_now.append(name.text)
        if named.value is None or depth > 5:
            return ()
        return joined(self._item(i, language, context, node, bind, depth + 1) for i in named.value.items)

    def _texts(self, texts: Texts, language: int, context: str, node: int) -> Pieces:
        code = self._languages[language]
        pair = texts.by_language.get(code)
        if language == 0:
            self._unknown_languages(texts)
        if pair is None:
            self._missing(node, language, texts)
            return self._fallback(texts, context)
        text = pair[1]
        parts = self._parse(text, context)
        self._note(text, language, node, context)
        return (Words(language, parts),)

    def _fallback(self, texts: Texts, context: str) -> Pieces:
        """Until it is mended, the caller hears the words in the first language that has them."""
        for code, (_, text) in texts.by_language.items():
            if code in self._languages:
                return (Words(self._languages.index(code), self._parse(text, context)),)
        return ()

    def _missing(self, node: int, language: int, texts: Texts) -> None:
        for key, _ in texts.by_language.values():
            self._sources.missing.setdefault((node, language), []).append(key)
            return

    def _unknown_languages(self, texts: Texts) -> None:
        if texts.by_language.keys() <= self._known:
            return
        for code, (key, _) in texts.by_language.items():
            if code not in self._known:
                help = did_you_mean(code, self._languages) or "its languages: " + ", ".join(self._languages)
                self._report.add("IVR210", key.span, f"'{shorten(code)}' is no language of the table", help)

    def _note(self, text: Scalar, language: int, node: int, role: str) -> None:
        """Each text is noted once in each role; the words of a menu once for each menu, whose keys they may name."""
        before = len(self._noted)
        self._noted.add((id(text), role, node if role in ("menu", "again") else -1))
        if len(self._noted) > before:
            self._sources.spoken.append(Spoken(text, language, node, role or "say"))

    def _recording(self, item: Recording, language: int, node: int) -> Pieces:
        if language == 0:
            for code, at in item.by_language.items():
                if code and code not in self._known:
                    help = did_you_mean(code, self._languages) or "its languages: " + ", ".join(self._languages)
                    self._report.add("IVR210", at.span, f"'{shorten(code)}' is no language of the table", help)
        url = item.by_language.get(self._languages[language]) or item.by_language.get("")
        if url is None:
            first = next(iter(item.by_language.values()))
            self._sources.missing.setdefault((node, language), []).append(first)
            url = first
        return (Audio(url.text),)

    def label(self, texts: Texts, language: int, node: int) -> str:
        """One text in a language, for use inside a sentence."""
        pair = texts.by_language.get(self._languages[language])
        if language == 0:
            self._unknown_languages(texts)
        if pair is None:
            self._missing(node, language, texts)
            pair = next(iter(texts.by_language.values()))
        else:
            self._note(pair[1], language, node, "label")
        return pair[1].text

    def _parse(self, text: Scalar, context: str) -> tuple[str | Hole, ...]:
        words = text.text
        if "{" not in words and "}" not in words:
            return (words,)
        known = (id(text), context == "queue")
        held = self._parsed.get(known)
        if held is not None:
            return held
        parts: list[str | Hole] = []
        last = 0
        for found in _HOLE.finditer(words):
            hole = self._hole(found[1], text, found, context)
            if hole is not None:
                parts += [words[last : found.start()], hole]
                last = found.end()
        parts.append(words[last:])
        for found in re.finditer(r"[{}]", _HOLE.sub(lambda m: " " * len(m.group()), words)):
            self._report.add(
                "IVR504", text.inside(found.start(), found.end()), f"a single '{found.group()}' is no placeholder",
                "write {name}, or take the brace out",
            )  # fmt: skip
        result = merged(parts)
        if "$" not in words:  # what a parameter stands for differs from visit to visit
            self._parsed[known] = result
        return result

    def _hole(self, name: str, text: Scalar, found: re.Match[str], context: str) -> Hole | None:
        if name in SIMPLE or (name in QUEUE and context == "queue"):
            return Hole(name)
        if name.startswith(OPENS):
            span = text.inside(found.start() + 1 + len(OPENS), found.end() - 1)
            calendar = self._calendar_of(name[len(OPENS) :], span)
            return None if calendar is None else Hole("opens", calendar)
        if name in self.fields:
            return Hole("field", self.fields[name])
        what, help = f"'{{{shorten(name)}}}' is no placeholder", self._meant(name, context)
        if name in QUEUE:
            what += " outside a queue"
            help = "say it in the 'waiting:' of a queue, where each caller has a place"
        self._report.add("IVR504", text.inside(found.start(), found.end()), what, help)
        return None

    def _meant(self, name: str, context: str) -> str:
        """What a placeholder that is none may be meant for."""
        calendars = [OPENS + calendar for calendar in self._document.calendars]
        known = [*sorted(SIMPLE), *(sorted(QUEUE) if context == "queue" else ()), *self.fields]
        shown = ", ".join("{" + name + "}" for name in ["opens:CALENDAR", "FIELD", *known][:10])
        return did_you_mean(name, known, calendars) or f"known: {shown}"

    def template(self, name: str, language: int) -> str:
        """The wording of a phrase: the table's, else ours, else English."""
        held = self._templates.get((name, language))
        if held is None:
            code = self._languages[language]
            own = self._document.phrases.get(code)
            named = own.value.get(name) if own is not None and own.value is not None else None
            if named is not None and named.value is not None:
                held = named.value.text
                self._note(named.value, language, -1, "phrase")
            else:
                held = PHRASES.get(code, PHRASES["en"])[name]
            self._templates[name, language] = held
        return held

    def phrase(self, name: str, language: int, fill: dict[str, str]) -> Pieces:
        """A phrase with its static parts filled and its holes left open. `{field}` is given the field's name."""
        parts: list[str | Hole] = []
        last = 0
        text = self.template(name, language)
        for found in _HOLE.finditer(text):
            parts.append(text[last : found.start()])
            last = found.end()
            key = found[1]
            if key == "field":
                parts.append(Hole("field", self.fields[fill["field"]]))
            elif key in fill:
                parts.append(fill[key])
            else:
                parts.append(Hole(key))
        parts.append(text[last:])
        return (Words(language, merged(parts)),)

    def choice(self, label: str, key: str, language: int) -> str:
        """How a choice of a menu is spoken. The template is cut once: a table has thousands of choices."""
        cut = self._choices.get(language)
        if cut is None:
            text = self._sources.choices[language] = self.template("choice", language)
            before, _, rest = text.partition("{label}")
            middle, _, after = rest.partition("{key}")
            cut = self._choices[language] = (before, middle, after)
        return f"{cut[0]}{label}{cut[1]}{self.key_name(key, language)}{cut[2]}"

    def key_name(self, key: str, language: int) -> str:
        """A key as it is spoken."""
        if key == "*":
            return self.template("star", language)
        return self.template("hash", language) if key == "#" else key
