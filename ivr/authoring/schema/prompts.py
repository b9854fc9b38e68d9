"""What is spoken, as it is written: texts in languages, prompts by name, recordings, and lists of them."""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from ivr.authoring.schema.decl import BAD, Bad, Json, Type
from ivr.authoring.schema.types import ID, URL
from ivr.authoring.values import Lost, Mapping, Scalar, Sequence, Value, describe, shorten
from ivr.diagnostics import Report, Span


class Texts(Struct, eq=False):
    """The same words in languages: code → text as written. `at` is where it begins."""

    at: Value
    by_language: dict[str, tuple[Scalar, Scalar]]


class TextsType(Type[Texts]):
    """A mapping from languages to texts."""

    what = "a text for each language"

    def read(self, value: Value, report: Report) -> Texts | Bad:
        if value.__class__ is not Mapping:
            return self.wrong(value, report, "write {nl: …, en: …}")
        out: dict[str, tuple[Scalar, Scalar]] = {}
        bad = False
        for code, pair in value.entries.items():
            if pair[1].__class__ is Lost:
                bad = True
            elif pair[1].__class__ is not Scalar:
                report.add(
                    "IVR106", pair[1].span, f"{describe(pair[1])} stands where a text is needed", "write its words"
                )
                bad = True
            else:
                out[code] = cast("tuple[Scalar, Scalar]", pair)
        if not out and not bad and not value.partial:
            report.add("IVR106", value.named, "no text in any language stands here", "write {nl: …, en: …}")
        bad = bad or value.partial or not out
        return BAD if bad else Texts(value, out)

    def schema(self, defs: Json) -> Json:
        defs.setdefault(
            "Texts",
            {
                "type": "object",
                "description": "The same words in each language of the table.",
                "propertyNames": {"pattern": "^[a-z]{2}$"},
                "additionalProperties": {"type": ["string", "number"]},
                "minProperties": 1,
            },
        )
        return {"$ref": "#/$defs/Texts"}


class PromptDecl(Struct, eq=False):
    """What is spoken: names of prompts, texts and recordings, in order."""

    at: Value
    items: list[Scalar | Texts | Recording]

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.at.span


class Recording:
    """Recordings to play, one for each language or one for all (language '')."""

    __slots__ = ("at", "by_language")

    def __init__(self, at: Value, by_language: dict[str, Scalar]) -> None:
        self.at = at
        self.by_language = by_language


class PromptType(Type[PromptDecl]):
    """A prompt: `{nl: …, en: …}`, the name of one, `{play: URL}`, or a list of these."""

    what = "a prompt"
    texts = TextsType()

    def read(self, value: Value, report: Report) -> PromptDecl | Bad:
        items = value.items if value.__class__ is Sequence else [value]
        out: list[Scalar | Texts | Recording] = []
        bad = not items
        if bad:
            report.add("IVR106", value.span, "an empty list stands where a prompt is needed", "write what is spoken")
        for item in items:
            got = self._one(item, report)
            if isinstance(got, Bad):
                bad = True
            else:
                out.append(got)
        return BAD if bad else PromptDecl(value, out)

    def _one(self, value: Value, report: Report) -> Scalar | Texts | Recording | Bad:
        if value.__class__ is Mapping:
            mapping = value
            if "play" in mapping.entries:
                return self._play(mapping, report)
            return self.texts.read(value, report)
        if value.__class__ is Scalar:
            word = value
            if ID.fullmatch(word.text) or word.text.startswith("$"):
                return word
            return self.wrong(value, report, "write the words for each language, {nl: …, en: …}, or a prompt's name")
        return self.wrong(value, report)

    def _play(self, value: Mapping, report: Report) -> Recording | Bad:
        for name, (at, _) in value.entries.items():
            if name != "play":
                report.add("IVR104", at.span, f"'{shorten(name)}' is no key of a recording", "write {play: URL}")
                return BAD
        urls = value.entries["play"][1]
        if isinstance(urls, Lost):
            return BAD
        by_language: dict[str, Scalar] = {}
        pairs = urls.entries.items() if isinstance(urls, Mapping) else [("", (None, urls))]
        for code, (_, url) in pairs:
            got = URL.read(url, report)
            if isinstance(got, Bad):
                return BAD
            by_language[code] = got
        if not by_language:
            at = value.entries["play"][0]
            report.add("IVR106", at.span, "no recording in any language stands here", "write {play: URL}")
            return BAD
        return Recording(value, by_language)

    def schema(self, defs: Json) -> Json:
        if "Prompt" not in defs:
            url = URL.schema(defs)
            defs["Prompt"] = {}
            one = [
                {"type": "string", "pattern": r"^(\$|[a-z])"},
                self.texts.schema(defs),
                {
                    "type": "object",
                    "properties": {"play": {"anyOf": [url, {"type": "object", "additionalProperties": url}]}},
                    "required": ["play"],
                    "additionalProperties": False,
                },
            ]
            defs["Prompt"] = {
                "description": "What is spoken: words for each language, the name of a prompt, a recording, or a list.",
                "anyOf": [*one, {"type": "array", "items": {"anyOf": one}, "minItems": 1}],
            }
        return {"$ref": "#/$defs/Prompt"}


TEXTS = TextsType()
PROMPT = PromptType()
