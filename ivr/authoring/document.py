"""All files of a table merged into one document of declarations; a name defined twice points at both places."""

from __future__ import annotations

from typing import Any

from ivr.authoring.kinds import KINDS, NodeDecl
from ivr.authoring.reader import read_yaml
from ivr.authoring.schema.decl import (
    BAD,
    Bad,
    Decl,
    Json,
    Record,
    Type,
    key,
    lossy,
    optional,
    read_record,
    record_schema,
)
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.sections import CalendarDecl, GuaranteeDecl, NumberDecl, TableDecl, TeamDecl
from ivr.authoring.schema.types import NODE, WORD, WORDS, Choice, MapOf, Named
from ivr.authoring.values import Lost, Mapping, Scalar, Value, describe, shorten
from ivr.diagnostics import NOWHERE, Label, Report, Source, Span, did_you_mean
from ivr.model.phrases import PHRASES


class NodeType(Type[NodeDecl]):
    """A node: its `kind` says which keys it has."""

    what = "a node"
    nests = True

    def read(self, value: Value, report: Report) -> NodeDecl | Bad:
        if value.__class__ is not Mapping:
            return self.wrong(value, report, "write {kind: …}")
        mapping = value
        pair = mapping.entries.get("kind")
        if pair is None:
            if not mapping.partial:
                report.add("IVR105", mapping.named, "a node lacks the key 'kind'", "one of " + ", ".join(KINDS))
            return BAD
        kind = pair[1]
        if isinstance(kind, Lost):
            return BAD
        cls = KINDS.get(kind.text) if isinstance(kind, Scalar) else None
        if cls is None:
            text = kind.text if isinstance(kind, Scalar) else ""
            help = did_you_mean(text, KINDS) or "one of " + ", ".join(KINDS)
            report.add("IVR107", kind.span, f"{describe(kind)} is no kind of node", help)
            return BAD
        return read_record(cls, mapping, report)

    def schema(self, defs: Json) -> Json:
        if "Node" not in defs:
            defs["Node"] = {}
            kinds = []
            for kind, cls in KINDS.items():
                part = record_schema(cls, defs)
                part["properties"] = {"kind": {"const": kind, "description": part["description"]}, **part["properties"]}
                part["required"] = ["kind", *part["required"]]
                defs[f"{kind}Node"] = part
                kinds.append(
                    {
                        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                        "then": {"$ref": f"#/$defs/{kind}Node"},
                    }
                )
            defs["Node"] = {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": list(KINDS), "description": "What the node does."}},
                "allOf": kinds,
            }
        return {"$ref": "#/$defs/Node"}


NODES: MapOf[NodeDecl] = MapOf(NodeType(), "a node")
PARAMETER = Choice("team", "calendar", "node", "prompt", "language", "number")


class Phrases(MapOf[Scalar]):
    """The wordings of a language by the names of the engine's phrases; a name that is none is told by languages.py."""

    def schema(self, defs: Json) -> Json:
        words = {name: {**WORD.schema(defs), "description": text} for name, text in PHRASES["nl"].items()}
        return {"type": "object", "properties": words, "additionalProperties": False}


class FlowDecl(Decl):
    """A sub-flow with parameters, expanded where it is visited."""

    title = "a flow"
    with_: dict[str, Named[Scalar]] = optional(MapOf(PARAMETER, "a type"), "its parameters and their types", {})
    start: Scalar = key(NODE, "the node where it begins")
    nodes: dict[str, Named[NodeDecl]] = key(NODES, "its nodes")


SECTIONS: dict[str, tuple[Type[Any], str]] = {
    "table": (Record(TableDecl), "What holds for the table as a whole."),
    "calendars": (MapOf(Record(CalendarDecl), "a calendar"), "When somebody is there."),
    "teams": (MapOf(Record(TeamDecl), "a team"), "People who answer."),
    "numbers": (MapOf(Record(NumberDecl), "a number", "free"), "The legacy numbers and blocks of them."),
    "variables": (MapOf(WORDS, "values"), "What a call may remember, and the values that it may have."),
    "facts": (MapOf(WORDS, "values"), "What may be known of a call when it arrives."),
    "prompts": (MapOf(PROMPT, "a prompt"), "Prompts with a name."),
    "phrases": (
        MapOf(Phrases(WORD, "a wording", "free"), "phrases", "free"),
        "What the engine says by itself, by language.",
    ),
    "nodes": (NODES, "The nodes of the graph."),
    "flows": (MapOf(Record(FlowDecl), "a flow"), "Parts of the graph with parameters."),
    "guarantees": (MapOf(Record(GuaranteeDecl), "a guarantee"), "What must hold for callers."),
}


class Document:
    """A whole table, as declared. Broken parts keep their names with the value None."""

    def __init__(self) -> None:
        self.table: TableDecl | None = None
        self.calendars: dict[str, Named[CalendarDecl]] = {}
        self.teams: dict[str, Named[TeamDecl]] = {}
        self.numbers: dict[str, Named[NumberDecl]] = {}
        self.variables: dict[str, Named[list[Scalar]]] = {}
        self.facts: dict[str, Named[list[Scalar]]] = {}
        self.prompts: dict[str, Named[PromptDecl]] = {}
        self.phrases: dict[str, Named[dict[str, Named[Scalar]]]] = {}
        self.nodes: dict[str, Named[NodeDecl]] = {}
        self.flows: dict[str, Named[FlowDecl]] = {}
        self.guarantees: dict[str, Named[GuaranteeDecl]] = {}
        self.unread = False
        """Whether a part could not be read, so that names may be unknown for no fault of the rest."""

        self.lossy = False
        """Whether any value could not be read, however small."""

    @property
    def whole(self) -> bool:
        """Whether all was read that the way of a call hangs on, so that the way may be judged."""
        return not self.unread and self.table is not None and not self.table.broken


def read_document(sources: tuple[Source, ...], report: Report) -> Document:
    """Read and merge the files of a table."""
    document = Document()
    table_at: Span | None = None
    for file, source in enumerate(sources):
        read = read_yaml(source, file, report)
        value = read.value
        document.unread = document.unread or not read.whole
        if value is None or (isinstance(value, Scalar) and not value.text):
            continue
        if not isinstance(value, Mapping):
            document.unread = True
            report.add(
                "IVR106",
                value.span,
                f"{describe(value)} stands where the sections of a table are needed",
                "write a section and a colon: 'nodes:'",
            )
            continue
        for name, (at, part) in value.entries.items():
            table_at = _section(document, name, at, part, table_at, report)
    if document.table is None and table_at is None and not document.unread:
        needed = ", ".join(TableDecl.required)
        report.add("IVR109", NOWHERE, "no file has the section 'table'", f"add 'table:' with {needed}")
    _name_nodes(document)
    return document


def _section(
    document: Document, name: str, at: Scalar, part: Value, table_at: Span | None, report: Report
) -> Span | None:
    section = SECTIONS.get(name)
    if section is None:
        near = did_you_mean(name, SECTIONS)
        report.add(
            "IVR104", at.span, f"'{shorten(name)}' is no section of a table", near or "sections: " + ", ".join(SECTIONS)
        )
        document.unread = True
        return table_at
    if isinstance(part, Lost):
        document.unread = True
        return table_at
    if isinstance(part, Scalar) and not part.text and not part.quoted:
        return table_at  # a section that is still empty is no fault
    if name == "table" and table_at is not None:
        report.add("IVR110", at.span, "a second 'table' section", "keep one of the two", [Label(table_at, "the first")])
        return table_at
    got = section[0].read(part, report)
    if name == "table":
        if not isinstance(got, Bad):
            if got.has("languages") and not got.languages and not got.broken:
                report.add(
                    "IVR106",
                    got.span("languages"),
                    "the table has no language",
                    "add one: {nl: {voice: …, locale: nl-NL}}",
                )
                got.broken = True
            document.table = got
            document.lossy = document.lossy or got.broken
        return at.span
    if isinstance(got, Bad):
        document.unread = True
    else:
        twice = _merge(getattr(document, name), got, name, report)
        document.lossy = document.lossy or twice or lossy(got)
    return table_at


def _merge(held: dict[str, Named[Any]], new: dict[str, Named[Any]], section: str, report: Report) -> bool:
    """Add the names of a section. The answer is whether one was there already."""
    twice = False
    for text, named in new.items():
        first = held.get(text)
        if first is None or first.key.text != text:  # the second is a bad name that is read as this one
            held[text] = named
            continue
        if named.key.text != text:
            continue
        twice = True
        what = section[:-1]
        report.add(
            "IVR111",
            named.key.span,
            f"the {what} '{shorten(text)}' is defined a second time",
            "give one of the two another name",
            [Label(first.key.span, "first defined here")],
        )
    return twice


def _name_nodes(document: Document) -> None:
    for named in document.nodes.values():
        if named.value is not None:
            named.value.name = named.key
    for flow in document.flows.values():
        for named in flow.value.nodes.values() if flow.value is not None and flow.value.nodes else ():
            if named.value is not None:
                named.value.name = named.key


def json_schema() -> Json:
    """The JSON Schema of one file of a table (draft 2020-12), for editors."""
    defs: Json = {}
    properties: Json = {}
    for name, (type_, doc) in SECTIONS.items():
        properties[name] = {**type_.schema(defs), "description": doc}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Routing table",
        "description": "One file of a routing table; all files of its folder are merged.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": dict(sorted(defs.items())),
    }
