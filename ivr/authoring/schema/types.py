"""The types of values: words, references, texts in languages, durations, and containers of them."""

from __future__ import annotations

import re
from typing import Generic, TypeVar, cast

from msgspec import Struct

from ivr.authoring.schema.decl import BAD, Bad, Json, Type, lossy
from ivr.authoring.values import Mapping, Scalar, Sequence, Value, shorten
from ivr.diagnostics import Report, did_you_mean

T = TypeVar("T")

ID = re.compile(r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$")
"""An id: lower-case letters and digits in words joined by - or _."""
MAX_ID = 60


class Num(Struct, eq=False):
    """A whole number that knows where it is written; a duration is in seconds."""

    value: int
    at: Scalar | None


class Word(Type[Scalar]):
    """Any text on one line, kept as written."""

    what = "a word"

    def __init__(self, what: str = "a word", pattern: str | None = None, help: str = "") -> None:
        self.what = what
        self.written = pattern
        self.pattern = (
            re.compile(re.sub(r"\$$", r"\\Z", pattern)) if pattern else None
        )  # `$` is before a last line break too
        self.help = help

    def read(self, value: Value, report: Report) -> Scalar | Bad:
        if value.__class__ is not Scalar or (value.text == "" and not value.quoted):
            return self.wrong(value, report, self.help)
        word = value
        if self.pattern is not None and not self.pattern.match(word.text):
            return self.wrong(value, report, self.help)
        return word

    def schema(self, defs: Json) -> Json:
        if self.pattern is None:
            return {"type": ["string", "number", "boolean"]}
        # an editor takes a text of digits for a number; a pattern says nothing about numbers, so they pass
        numeric = any(self.pattern.match(digits) for digits in ("1", "123456", "0501234567"))
        return {"type": ["string", "number"] if numeric else "string", "pattern": self.written}


class Ref(Type[Scalar]):
    """The name of something of a section, or `$parameter` in a flow. Whether it exists is asked later, of all names."""

    def __init__(self, section: str, also: tuple[str, ...] = ()) -> None:
        self.section = section
        self.also = also
        self.what = f"the name of a {section}"

    def read(self, value: Value, report: Report) -> Scalar | Bad:
        if value.__class__ is not Scalar:
            return self.wrong(value, report)
        word = value
        return word if word.text else self.wrong(value, report)

    def schema(self, defs: Json) -> Json:
        """With the section in a keyword of our own, which validators pass over and the page's editor completes by."""
        return {"type": "string", "x-refers-to": self.section}


class Flag(Type[bool]):
    """Yes or no."""

    what = "true or false"

    def read(self, value: Value, report: Report) -> bool | Bad:
        text = value.text if isinstance(value, Scalar) else ""
        if text in ("true", "yes", "on"):
            return True
        if text in ("false", "no", "off"):
            return False
        return self.wrong(value, report, "write true or false")

    def schema(self, defs: Json) -> Json:
        return {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false", "yes", "no", "on", "off"]}]}


class Whole(Type[Num]):
    """A whole number within bounds."""

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most
        self.what = f"a whole number from {least} to {most}"

    def read(self, value: Value, report: Report) -> Num | Bad:
        text = value.text if isinstance(value, Scalar) else ""
        if not re.fullmatch(r"[0-9]{1,9}", text):
            return self.wrong(value, report, f"write it in figures, such as {self.least}")
        if not self.least <= int(text) <= self.most:
            return self.wrong(value, report, _bound(int(text), self.least, self.most))
        return Num(int(text), cast(Scalar, value))

    def schema(self, defs: Json) -> Json:
        return {"type": ["integer", "string"], "minimum": self.least, "maximum": self.most, "pattern": "^[0-9]{1,9}$"}


def _bound(value: int, least: int, most: int, unit: str = "") -> str:
    return f"write {least}{unit} or more" if value < least else f"write {most}{unit} or less"


class Duration(Type[Num]):
    """A stretch of time, `8s`, `2m` or `1h`, in whole seconds."""

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most
        self.what = f"a duration from {least}s to {most}s"

    def read(self, value: Value, report: Report) -> Num | Bad:
        text = value.text if isinstance(value, Scalar) else ""
        found = re.fullmatch(r"([0-9]{1,6}) ?(s|m|h|)", text)
        if found is None:
            return self.wrong(value, report, "write a number and s, m or h: 8s, 2m")
        seconds = int(found[1]) * {"s": 1, "": 1, "m": 60, "h": 3600}[found[2]]
        if not self.least <= seconds <= self.most:
            return self.wrong(value, report, _bound(seconds, self.least, self.most, "s"))
        return Num(seconds, cast(Scalar, value))

    def schema(self, defs: Json) -> Json:
        return {"type": ["string", "integer"], "pattern": "^[0-9]{1,6} ?(s|m|h|)$"}


class Choice(Type[Scalar]):
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.what = "one of " + ", ".join(words)

    def read(self, value: Value, report: Report) -> Scalar | Bad:
        if isinstance(value, Scalar) and value.text in self.words:
            return value
        text = value.text if isinstance(value, Scalar) else ""
        return self.wrong(value, report, did_you_mean(text, self.words))

    def schema(self, defs: Json) -> Json:
        return {"enum": list(self.words)}


class ListOf(Type[list[T]], Generic[T]):
    """A list; a single value may stand for a list of one."""

    def __init__(self, item: Type[T], most: int = 1000) -> None:
        self.item = item
        self.most = most
        self.what = "a list"

    def read(self, value: Value, report: Report) -> list[T] | Bad:
        if isinstance(value, Mapping):
            return self.wrong(value, report, "write a list: [one, another]")
        items = value.items if isinstance(value, Sequence) else [value]
        if len(items) > self.most:
            report.add(
                "IVR106",
                value.span,
                f"the list has {len(items)} items; at most {self.most} are read",
                "make it shorter",
            )
            return BAD
        out: list[T] = []
        bad = False
        for item in items:
            got = self.item.read(item, report)
            if isinstance(got, Bad):
                bad = True
            else:
                out.append(got)
        return BAD if bad else out

    def schema(self, defs: Json) -> Json:
        item = self.item.schema(defs)
        return {"anyOf": [item, {"type": "array", "items": item}]}


class Named(Struct, Generic[T], eq=False):
    """An entry of a mapping: its key, and what was read (None when that was broken)."""

    key: Scalar
    at: Value
    value: T | None


class Entries(dict[str, Named[T]]):
    """A mapping as read. `lossy` says that an entry, or something within one, could not be read."""

    __slots__ = ("lossy",)

    def __init__(self) -> None:
        super().__init__()
        self.lossy = False


class MapOf(Type[dict[str, Named[T]]], Generic[T]):
    """A mapping from names to values of one type. Broken values keep their names, so that nothing else is unknown.

    `keys`: `id`, `key` (of the telephone), `free`, or a pattern.
    """

    nests = True

    def __init__(self, item: Type[T], what: str, keys: str = "id") -> None:
        self.item = item
        self.what = "a mapping"
        self.each = what
        self.keys = keys

    def read(self, value: Value, report: Report) -> dict[str, Named[T]] | Bad:
        if value.__class__ is not Mapping:
            return self.wrong(value, report, f"write a name, a colon and {self.each}")
        out: Entries[T] = Entries()
        out.lossy = value.partial
        ids = self.keys == "id"
        misnamed: list[tuple[str, str]] = []
        nests = self.item.nests
        read = self.item.read
        for text, (at, item) in value.entries.items():
            if ids:
                if not check_id(at, report):
                    out.lossy = True  # what is named in good form is known all the same, and nobody knows what is used
                    good = mended(text)
                    if good and good not in value.entries:
                        misnamed.append((good, text))
            elif self.keys == "key" and not (len(text) == 1 and text in "0123456789*#"):
                report.add("IVR106", at.span, f"'{shorten(text)}' is no key of a telephone", "use 0 to 9, * or #")
                out.lossy = True
            got = read(item, report)
            if got is BAD or (nests and lossy(got)):
                out.lossy = True
            out[text] = Named(at, item, None if isinstance(got, Bad) else got)
        for good, text in misnamed:
            out.setdefault(good, out[text])
        return out

    def schema(self, defs: Json) -> Json:
        out: Json = {"type": "object", "additionalProperties": self.item.schema(defs)}
        if self.keys == "id":
            out["propertyNames"] = {"pattern": ID.pattern, "maxLength": MAX_ID}
        elif self.keys == "key":
            out["propertyNames"] = {"pattern": "^[0-9*#]$"}
        return out


RESERVED = ("continue", "return", "otherwise")


def check_id(at: Scalar, report: Report) -> bool:
    """Report a name that is no id."""
    text = at.text
    if ID.fullmatch(text) and len(text) <= MAX_ID and text not in RESERVED:
        return True
    if text in RESERVED:
        report.add("IVR108", at.span, f"'{text}' is a word of the language and cannot be a name", "choose another")
        return False
    good = mended(text)
    help = f"write '{good}'" if good else "use lower-case letters, digits, - and _; begin with a letter"
    report.add("IVR108", at.span, f"'{shorten(text)}' is no good name", help)
    return False


def mended(text: str) -> str:
    """The id that a bad one is meant for, '' for none."""
    good = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_ID].strip("-")
    return good if ID.fullmatch(good) and good not in RESERVED else ""


WORD = Word()
URL = Word(
    "an https URL", r"^https://[!#-;=?-~]{3,2000}$", "write https://… in plain ASCII; an é is written %C3%A9 there"
)
"""A provider's XML carries it as it is: printable ASCII (RFC 3986), less what would have to be escaped in quotes."""
FLAG = Flag()
NODE = Ref("node")
TEAM = Ref("team")
CALENDAR = Ref("calendar")
WORDS = ListOf(WORD)
