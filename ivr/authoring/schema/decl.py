"""Declarations: a class whose keys say what a mapping of the table may hold, and the reader that fills it.

One class is the reader, the JSON Schema and the reference at once, so that the three cannot differ.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, Generic, TypeVar, cast

from ivr.authoring.values import Lost, Mapping, Scalar, Value, describe, shorten
from ivr.diagnostics import Report, Span, nearest

T = TypeVar("T")
D = TypeVar("D")

Json = dict[str, Any]  # a JSON Schema is open by nature


class Bad:
    """The one value BAD stands for what could not be read; the fault is already reported."""


BAD: Final = Bad()
REQUIRED: Final = Bad()


class Type(Generic[T]):
    """How one value is read. `read` returns BAD after reporting; `schema` describes it to editors."""

    what: str = "a value"
    nests: ClassVar[bool] = False
    """Whether a value of it has values within, some of which may be lost (`lossy`)."""

    def read(self, value: Value, report: Report) -> T | Bad:
        """Read a value, reporting what is wrong with it."""
        raise NotImplementedError

    def schema(self, defs: Json) -> Json:
        """The JSON Schema of this type. Named parts go into `defs`."""
        return {}

    def wrong(self, value: Value, report: Report, help: str = "") -> Bad:
        """Report that a value is not of this type."""
        if isinstance(value, Lost):
            return BAD
        report.add(
            "IVR106", value.span, f"{describe(value)} stands where {self.what} is needed", help or f"write {self.what}"
        )
        return BAD


class Key:
    """A key of a declaration: its type, what it means, and what holds when it is left out."""

    __slots__ = ("default", "doc", "type")

    def __init__(self, type_: Type[Any], doc: str, default: object) -> None:
        self.type = type_
        self.doc = doc
        self.default = default


def key(type_: Type[T], doc: str) -> T:
    """A key that must be there."""
    return cast(T, Key(type_, doc, REQUIRED))


def optional(type_: Type[T], doc: str, default: D) -> T | D:
    """A key that may be left out."""
    return cast(T, Key(type_, doc, default))


class Decl:
    """A mapping of the table, read. Keys are class attributes made by `key` and `optional`.

    `at` is the mapping itself (for positions), `broken` whether something in it could not be read.
    """

    keys: ClassVar[dict[str, Key]] = {}
    also: ClassVar[frozenset[str]] = frozenset()
    """Keys that another reader reads, such as `kind`."""
    at: Mapping
    broken: bool = False

    def __init_subclass__(cls) -> None:
        keys = dict(cls.keys)
        for name, value in list(vars(cls).items()):
            if isinstance(value, Key):
                keys[name.rstrip("_")] = value
                setattr(cls, name, None if value.default is REQUIRED else value.default)
        cls.keys = keys
        cls.attributes = {name: _attribute(cls, name) for name in keys}
        cls.readers = {name: (_attribute(cls, name), k.type.read, k.type.nests) for name, k in keys.items()}
        cls.required = tuple(name for name, k in keys.items() if k.default is REQUIRED)

    attributes: ClassVar[dict[str, str]]
    readers: ClassVar[dict[str, Any]]
    required: ClassVar[tuple[str, ...]]

    def span(self, name: str) -> Span:
        """Where the key `name` is written, else where the mapping begins."""
        found = self.at.entries.get(name)
        return self.at.span if found is None else found[0].span

    def value_span(self, name: str) -> Span:
        """Where the value of `name` is written, else where the mapping begins."""
        found = self.at.entries.get(name)
        return self.at.span if found is None else found[1].span

    def has(self, name: str) -> bool:
        """Whether the key was written."""
        return name in self.at.entries


def _attribute(cls: type[Decl], name: str) -> str:
    return name + "_" if hasattr(cls, name + "_") else name


DeclT = TypeVar("DeclT", bound=Decl)


class Record(Type[DeclT]):
    """A mapping with known keys. A broken one is still returned, so that its name and its good keys are known."""

    nests = True

    def __init__(self, cls: type[DeclT]) -> None:
        self.cls = cls
        self.what = "a mapping"

    def read(self, value: Value, report: Report) -> DeclT | Bad:
        if value.__class__ is not Mapping:
            return self.wrong(value, report, "write keys and values: " + ", ".join(list(self.cls.keys)[:5]))
        return read_record(self.cls, value, report)

    def schema(self, defs: Json) -> Json:
        name = self.cls.__name__
        if name not in defs:
            defs[name] = {}
            defs[name] = record_schema(self.cls, defs)
        return {"$ref": f"#/$defs/{name}"}


def read_record(cls: type[DeclT], value: Mapping, report: Report) -> DeclT:
    """Fill a declaration from a mapping. Missing keys are reported at the key that the mapping is the value of."""
    decl = cls.__new__(cls)
    decl.at = value
    readers = cls.readers
    entries = value.entries
    store = decl.__dict__
    meant = set()
    for name, pair in entries.items():
        reader = readers.get(name)
        if reader is None:
            if name not in cls.also:
                meant.add(_unknown(cls, pair[0], value, report))
            continue
        got = reader[1](pair[1], report)
        if got is BAD or (reader[2] and lossy(got)):
            decl.broken = True
        if got is not BAD:
            store[reader[0]] = got
    for name in cls.required:
        if name not in entries:
            decl.broken = True
            if not value.partial and name not in meant:
                _missing(cls, name, value.named, report)
    decl.broken = decl.broken or value.partial or not meant.isdisjoint(cls.keys)
    return decl


def lossy(got: object) -> bool:
    """Whether something within a value could not be read."""
    return bool(getattr(got, "broken", False) or getattr(got, "lossy", False))


def _unknown(cls: type[Decl], at: Scalar, value: Mapping, report: Report) -> str:
    """Report an unknown key. The answer is the key that it is a slip of, '' when that is written as well or unknown."""
    known = [*cls.keys, *cls.also]
    meant = nearest(at.text, known)
    near = f"did you mean '{meant}'?" if meant else ""
    what = getattr(cls, "title", cls.__name__.lower())
    report.add(
        "IVR104",
        at.span,
        f"'{shorten(at.text)}' is no key of {what}",
        near or "known keys: " + ", ".join(sorted(known)[:14]),
    )
    return "" if meant in value.entries else meant


def _missing(cls: type[Decl], name: str, span: Span, report: Report) -> None:
    what = getattr(cls, "title", cls.__name__.lower())
    report.add("IVR105", span, f"{what} lacks the key '{name}'", f"add '{name}:', {cls.keys[name].doc}")


def record_schema(cls: type[Decl], defs: Json) -> Json:
    """The JSON Schema of a declaration."""
    properties: Json = {}
    for name, k in cls.keys.items():
        part = dict(k.type.schema(defs))
        part["description"] = k.doc[:1].upper() + k.doc[1:] + "."
        properties[name] = part
    return {
        "type": "object",
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "properties": properties,
        "required": list(cls.required),
        "additionalProperties": False,
    }
