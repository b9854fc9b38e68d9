"""Write docs/reference/table.md and phrases.md: every section, kind and key, from the very declarations that read a
table; and all that the engine says by itself."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from ivr.authoring.document import SECTIONS, NodeType
from ivr.authoring.kinds import KINDS
from ivr.authoring.kinds.base import RetryDecl
from ivr.authoring.languages import NEEDED
from ivr.authoring.schema.decl import REQUIRED, Decl, Key, Record, Type
from ivr.authoring.schema.prompts import PromptType, TextsType
from ivr.authoring.schema.types import Choice, Flag, ListOf, MapOf, Ref
from ivr.model.phrases import PHRASES
from ivr.simulator.scenario import ScenarioDecl

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

HEAD = """\
# The language of a routing table

<!-- Written by scripts/reference.py from the declarations in ivr/authoring: run it after a change there. -->

A table is a folder. Each `*.yaml` under it holds some of the sections below; all files are merged, and a name that is
defined twice is an error. What stands under `scenarios/` are calls to try the table with. `ivr check` judges, `ivr
simulate` plays; how to make a change is in [write a table](../how-to/write-a-table.md).

- **Scalars are what you wrote.** `no`, `0503671000`, `14050` and `2026-12-25` are never turned into something else.
  Anchors, aliases, tags and keys that stand twice are errors.
- **Names** are lower-case letters and digits, joined by `-` or `_`.
- **A prompt** is `{nl: …, en: …}`, the name of one under `prompts:`, `{play: https://…}`, or a list of these.
- **Placeholders** in a prompt: `{opens:CALENDAR}` when that calendar (or a team's) opens next, "nu" or "now" while it is
  open; `{FIELD}` what was typed at an `ask`; `{case}`, `{due}`, `{number}`, `{shows}` of a promise; `{position}`,
  `{minutes}` ("ongeveer 3 minuten") while waiting.
- **Languages**: Dutch and English are built in. Another one needs [all phrases](phrases.md); days and times are
  spoken in it as figures, `05-06 08:15`.
- **Durations** are written `8s`, `2m` or `1h`; a number alone is in seconds.
- **Targets** are names of nodes. In the entry chain `continue` is the next node of it; in a flow `return` is where the
  visit goes on.
- **Hours, holidays, phases and facts** are judged when the call arrives, and do not change under it.

In the tables below **bold** keys must be there.
"""

AFTER_KINDS = """\
## What holds for all kinds

- `no_input` and `no_match` are counted apart, and afresh on each entry. `ask_at_most` counts every asking, the first
  included; without them a caller is asked twice, thrice for a wrong key, and then goes to the operator.
- The operator key and the repeat key work in every menu and are not listed among its options. An option on the
  operator's key that leads to the operator gives that choice other words.
- An exit that a node does not state goes where the table's `defaults:` say; without a default that is an error.
- A queue's `offer_after` and `timeout` say after how long, and where to: `{wait: 30s, key: 1, to: call-back}`.
- A `case` node tells a promise to nobody but who types the number of the case; it takes three numbers in a call, however
  often its caller comes back, and says of a wrong one only that it is not known. Who stays silent once the case is found
  keeps it as it is (`joined`, which counts as a case); cancelling is asked for twice. The operator's key works in it.
- Only a `voicemail` records anything, and only after its own words, which say that a recording is made. Who does not want
  that stays silent (exit `no_input`) or hangs up, and nothing is kept. No check reads whether the words say so: of words
  that do not, some are right.

## Facts that the store gives

Facts are given at arrival, from a file (`IVR_FACTS_FILE`) or by the store of cases, to which these names belong:

| fact | values | what is so |
|---|---|---|
| `open_case` | `[none, some]` | a case of this caller's number is not settled. Housemates share a number: say nothing of it, ask for the case number |
| `dropped` | `[none, recent]` | this caller left a queue by hanging up, less than 15 minutes ago: a queue with `place: old` gives the place back |
| `rang` | `[none, TEAM, …]` | the team that last rang this caller in vain, within 7 days: lead them there at once |

A table that does not declare them is not told. In a scenario they are given like any fact: `facts: {rang: waste}`.
"""  # noqa: E501  a row of a table is one line


PHRASES_HEAD = """\
# What the engine says by itself

<!-- Written by scripts/reference.py from ivr/model/phrases.py: run it after a change there. -->

A table replaces any of these under `phrases:`, by language: `phrases: {nl: {goodbye: "Tot ziens."}}`. In a language that is
not built in it needs all of them: see [add a language](../how-to/add-a-language.md). **Bold** placeholders must stay, the
others may be left out; one that is not listed beside a phrase is not filled in it.

| placeholder | what is spoken for it |
|---|---|
| `{label}`, `{key}` | what a choice is for, and its key; the keys * and # by the phrases `star` and `hash` |
| `{field}` | what the caller typed or said, in groups |
| `{number}` | the number on which we call back |
| `{due}` | the day and time before which we call back |
| `{shows}` | the number that they see then |
| `{case}` | the number of the case |
| `{main}`, `{team}` | the main number and the team's title, for who answers |
| `{position}` | the place in the queue |
| `{minutes}` | the expected wait: "ongeveer 3 minuten" or "minder dan een minuut"; in other languages `3 min` |

"""


def main() -> None:
    """Write the file, or with `--print` show it."""
    if "--print" in sys.argv[1:]:
        sys.stdout.write(reference() + phrases())
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "table.md").write_text(reference(), encoding="utf-8")
    (FOLDER / "phrases.md").write_text(phrases(), encoding="utf-8")


def reference() -> str:
    """The whole page."""
    out = [HEAD, "## Sections\n"]
    out += ["| section | what it holds | form |", "|---|---|---|"]
    out += [f"| `{name}` | {doc} | {_form(type_)} |" for name, (type_, doc) in SECTIONS.items()]
    shown: list[type[Decl]] = []
    for name, (type_, _) in SECTIONS.items():
        cls = _record(type_)
        if cls is not None:
            out += [f"\n### `{name}`\n", *_with_parts(cls, shown)]
    out += ["\n## Kinds of node\n", "| kind | what it does | exits |", "|---|---|---|"]
    out += [f"| [`{kind}`](#{kind}) | {_doc(cls)} | {_exits(cls)} |" for kind, cls in KINDS.items()]
    for kind, cls in KINDS.items():
        out += [f"\n### `{kind}`\n", *_with_parts(cls, shown)]
    out += [
        "",
        AFTER_KINDS,
        "## Scenarios\n",
        "A file under `scenarios/` holds `scenarios:`, a mapping from names to:\n",
    ]
    out += _with_parts(ScenarioDecl, shown)
    return "\n".join(out) + "\n"


def phrases() -> str:
    """The page of what the engine says by itself."""
    rows = ["| phrase | placeholders | Dutch | English |", "|---|---|---|---|"]
    for name, dutch in PHRASES["nl"].items():
        holes = list(dict.fromkeys(re.findall(r"\{(\w+)\}", dutch)))
        shown = ", ".join(f"**`{{{hole}}}`**" if hole in NEEDED else f"`{{{hole}}}`" for hole in holes)
        rows.append(f"| `{name}` | {shown} | {_cell(dutch)} | {_cell(PHRASES['en'][name])} |")
    return PHRASES_HEAD + "\n".join(rows) + "\n"


def _with_parts(cls: type[Decl], shown: list[type[Decl]]) -> list[str]:
    """The keys of a declaration, and after them those of the mappings within it that were not shown yet."""
    shown.append(cls)
    out = _keys(cls)
    for name, key in cls.keys.items():
        inner = _record(key.type)
        if inner is not None and inner not in shown:
            out += [f"\nIn `{name}`:\n", *_with_parts(inner, shown)]
    return out


def _keys(cls: type[Decl]) -> list[str]:
    if not cls.keys:
        return ["It has no keys of its own."]
    rows = [f"| {_name(name, key)} | {_type(key.type)} | {_cell(key.doc)} |" for name, key in cls.keys.items()]
    return ["| key | value | what it means |", "|---|---|---|", *rows]


def _name(name: str, key: Key) -> str:
    return f"**`{name}`**" if key.default is REQUIRED else f"`{name}`"


def _record(type_: Type[Any]) -> type[Decl] | None:
    """The declaration that a value is made of, if it is made of one."""
    if isinstance(type_, Record):
        cls: type[Decl] = type_.cls
        return cls
    return _record(type_.item) if isinstance(type_, ListOf | MapOf) else None


def _type(type_: Type[Any]) -> str:
    if isinstance(type_, ListOf):
        return _cell(f"a list: {_type(type_.item)}")
    if isinstance(type_, MapOf):
        return _cell(f"name → {_type(type_.item)}")
    if isinstance(type_, Choice):
        return " \\| ".join(f"`{word}`" for word in type_.words)
    if isinstance(type_, Record):
        return "see below"
    if isinstance(type_, PromptType | TextsType | Flag):
        return type_.what
    return "text" if type_.what == "a word" else _cell(type_.what.removesuffix(","))


def _form(type_: Type[Any]) -> str:
    if isinstance(type_, MapOf):
        return f"name → {_form(type_.item)}"
    if isinstance(type_, NodeType):
        return "[a node](#kinds-of-node)"
    cls = _record(type_)
    return getattr(cls, "title", "a mapping") if cls is not None else _type(type_)


def _exits(cls: type[Decl]) -> str:
    """The keys that lead to a node; a mapping of targets has one exit an entry."""
    out = []
    for name, key in cls.keys.items():
        if isinstance(key.type, Ref) and key.type.section == "node":
            out.append(f"`{name}`")
        elif isinstance(key.type, MapOf) and _leads(key.type.item):
            out.append(f"each of `{name}`")
        elif isinstance(key.type, Record) and (key.type.cls is RetryDecl or _leads(key.type)):
            out.append(f"`{name}`")
    return ", ".join(out) or "none"


def _leads(type_: Type[Any]) -> bool:
    if isinstance(type_, Record):
        return any(isinstance(key.type, Ref) and key.type.section == "node" for key in type_.cls.keys.values())
    return isinstance(type_, Ref) and type_.section == "node"


def _doc(cls: type[Decl]) -> str:
    return _cell((cls.__doc__ or "").strip().split("\n")[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\\\\|", "\\|")


if __name__ == "__main__":
    main()
