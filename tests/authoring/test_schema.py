"""The JSON Schemas that editors use: as committed they are what `ivr schema` gives, and they judge as the reader does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from ivr.authoring.document import json_schema
from ivr.simulator.scenario import scenarios_schema

ROOT = Path(__file__).parents[2]
GRONINGEN = ROOT / "routing_tables" / "groningen"
FILES = sorted(GRONINGEN.rglob("*.yaml"))
SCHEMAS = {"routing-table": json_schema, "scenarios": scenarios_schema}


class Core(yaml.SafeLoader):
    """YAML 1.2 as an editor's language server reads it: `on` is a word and 2026-12-25 a text, but 6 a number.

    Plain `safe_load` is YAML 1.1: there the key `on` of a branch is the value True, and dates are objects, which no
    JSON Schema describes. The table's own reader keeps every scalar as text, and so does `BaseLoader`.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
LOADERS = {"as text": yaml.BaseLoader, "as editors do": Core}


def faults(text: str, schema: str, loader: Any = yaml.BaseLoader) -> list[str]:
    """What the schema says of a file: places and messages."""
    read = json.loads(json.dumps(yaml.load(text, loader)))  # keys become texts, as in an editor
    return [f"{e.json_path}: {e.message}" for e in Draft202012Validator(SCHEMAS[schema]()).iter_errors(read)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_what_ivr_schema_gives(name: str) -> None:
    committed = (ROOT / "schema" / f"{name}.schema.json").read_text("utf-8")
    assert json.loads(committed) == SCHEMAS[name](), f"run: ivr schema … -o schema/{name}.schema.json"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("file", FILES, ids=[f.relative_to(GRONINGEN).as_posix() for f in FILES])
def test_every_file_of_groningen_fits_its_schema(file: Path, loader: str) -> None:
    schema = "scenarios" if file.parent.name == "scenarios" else "routing-table"
    assert faults(file.read_text("utf-8"), schema, LOADERS[loader]) == []


@pytest.mark.parametrize("file", FILES, ids=[f.relative_to(GRONINGEN).as_posix() for f in FILES])
def test_every_file_of_groningen_names_a_schema_that_exists(file: Path) -> None:
    mark, _, path = file.read_text("utf-8").split("\n")[0].partition("$schema=")
    assert mark == "# yaml-language-server: "
    assert (file.parent / path).resolve() == ROOT / "schema" / (
        "scenarios.schema.json" if file.parent.name == "scenarios" else "routing-table.schema.json"
    )


WRONG = {
    "a section that does not exist": "tabel: {id: a}",
    "a key that does not exist": "nodes: {a: {kind: say, say: {nl: hallo}, too: b}}",
    "a key that is missing": "nodes: {a: {kind: say, to: b}}",
    "a kind that does not exist": "nodes: {a: {kind: sai, to: b}}",
    "a key of another kind": "nodes: {a: {kind: end, team: b}}",
    "a name with capitals": "nodes: {Main: {kind: end}}",
    "a key that no telephone has": "nodes: {a: {kind: menu, options: {12: {to: b}}}}",
    "a duration without a unit that exists": "table: {id: a, languages: {}, main_number: 14050, operator: {to: b}, wait: 8 seconds}",
    "a count that is too large": "nodes: {a: {kind: menu, options: {1: {to: b}}, no_input: {ask_at_most: 99}}}",
    "a word where there is a choice": "teams: {a: {via: pigeon}}",
    "a flag that is neither": "nodes: {a: {kind: transfer, team: b, whisper: maybe}}",
}


@pytest.mark.parametrize("what", WRONG)
def test_the_schema_finds_what_the_reader_would(what: str) -> None:
    assert faults(WRONG[what], "routing-table", Core)


def test_the_schema_describes_every_key_in_a_sentence() -> None:
    for name, part in json_schema()["$defs"].items():
        for key, held in part.get("properties", {}).items():
            assert held.get("description", "").endswith("."), f"{name}.{key}"
