"""The pages of docs/codes as data: each has fixed headings, an example with what is found in it, and a mend.

In an example `# file: NAME` begins another file. What an example leaves out stands as in the minimal table
(`tests/minimal.py`): its sections are merged in, less the names that the example defines itself. A first line
`# alone` keeps the minimal table away. `# bytes: \\xff` is a file that is no text. `# repeat: N`
stands for the next line, N times.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from ivr.diagnostics import CODES, Severity, Source, Sources
from ivr.diagnostics.show import show
from ivr.tables.ready import Checked, check_folder, check_sources
from tests.minimal import TABLE, TODAY

FOLDER = Path(__file__).parents[2] / "docs" / "codes"
INDEX = FOLDER / "README.md"
HEADINGS = ("What it does", "Why it matters", "Example", "Mend")
SEVERITY = {
    Severity.ERROR: "Error: a table with it does not go live.",
    Severity.WARNING: "Warning: a table with it may go live.",
}
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


class Page:
    """A page, cut up."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.path = FOLDER / f"{code}.md"
        self.text = self.path.read_text("utf-8")
        head, *parts = re.split(r"^## (.*)\n", self.text, flags=re.M)
        self.head = head
        self.parts = dict(zip(parts[::2], parts[1::2], strict=True))

    def blocks(self, heading: str) -> list[tuple[str, str]]:
        """The fenced blocks under a heading: language and text."""
        return [(found[1], found[2]) for found in _FENCE.finditer(self.parts[heading])]

    @property
    def example(self) -> str:
        return self.blocks("Example")[0][1]

    @property
    def shown(self) -> str:
        return self.blocks("Example")[1][1]

    @property
    def mend(self) -> str:
        return self.blocks("Mend")[0][1]

    def renew(self, shown: str) -> None:
        """Write what is found into the page."""
        old = f"```text\n{self.shown}```"
        self.path.write_text(self.text.replace(old, f"```text\n{shown}```"), "utf-8")


def check_block(block: str) -> Checked:
    """What is found in the files of a block."""
    alone, files = read_block(block)
    if not alone:
        files["minimal.yaml"] = without(TABLE, "".join(text for text in files.values() if isinstance(text, str)))
    if any(isinstance(held, bytes) for held in files.values()):
        return _check_in_folder(files)
    return check_sources(Sources(tuple(Source(name, str(text)) for name, text in files.items())), TODAY)


def found_in(block: str) -> str:
    """The findings of a block as a terminal shows them."""
    checked = check_block(block)
    return show(checked.findings, checked.sources, "text") + "\n"


def read_block(block: str) -> tuple[bool, dict[str, str | bytes]]:
    """Whether it stands alone, and its files in order."""
    alone = block.startswith("# alone\n")
    block = block.removeprefix("# alone\n")
    first, *rest = re.split(r"^# file: (\S+)\n", block, flags=re.M)
    named = dict(zip(rest[::2], rest[1::2], strict=True))
    files = {"table.yaml": first, **named} if first.strip() or not named else named
    return alone, {name: _content(text) for name, text in files.items()}


def _content(text: str) -> str | bytes:
    raw = re.fullmatch(r"# bytes: (.*)\n", text)
    if raw:
        return raw[1].encode().decode("unicode_escape").encode("latin-1")
    return re.sub(r"^ *# repeat: (\d+)\n(.*\n)", lambda m: m[2] * int(m[1]), text, flags=re.M)


def _check_in_folder(files: dict[str, str | bytes]) -> Checked:
    with tempfile.TemporaryDirectory() as place:
        for name, held in files.items():
            (Path(place) / name).write_bytes(held if isinstance(held, bytes) else held.encode())
        return check_folder(Path(place), TODAY, Path(place))


def without(table: str, example: str) -> str:
    """The minimal table less what the example says itself: the names it defines, and `table` as a whole."""
    taken = _names(example)
    out = []
    section = name = ""
    for line in table.splitlines(keepends=True):
        section, name = _place(line, section, name)
        if (section, name) not in taken and (section != "table" or ("table", "") not in taken):
            out.append(line)
    return "".join(out)


def _names(text: str) -> set[tuple[str, str]]:
    out = set()
    section = name = ""
    for line in text.splitlines():
        section, name = _place(line, section, name)
        if name or section == "table":
            out.add((section, "" if section == "table" else name))
    return out


def _place(line: str, section: str, name: str) -> tuple[str, str]:
    if found := re.match(r"(\w+):", line):
        return found[1], ""
    if found := re.match(r"  ([^\s#][^:]*):", line):
        return section, found[1].strip("\"'")
    return section, name


def index() -> str:
    """The index of all pages, as its file must be."""
    rows = [f"| [{code}]({code}.md) | {held.severity.value} | {held.title} |" for code, held in CODES.items()]
    return _INDEX.format(rows="\n".join(rows), table=TABLE)


_INDEX = """\
# What `ivr check` finds

Each finding has a code that never changes its meaning. An error keeps a table from going live, a warning does not.
Each code has a page: what it does, why it matters, an example with what is shown for it, and its mend. The pages are
tests as well: `tests/diagnostics/test_pages.py` checks every example and every mend.

1xx: how files are written. 2xx: names. 3xx: the way of a call. 4xx: telephone numbers. 5xx: words. 6xx: hours.

| code | severity | title |
|---|---|---|
{rows}

## How to read the examples

An example shows only what it is about. All else is as in this table, the smallest with nothing wrong; a name that the
example defines takes the place of the one here. `# alone` in the first line says that nothing else is there, and
`# file:` begins another file, `# repeat: 300` stands for the next line, 300 times.

```yaml
{table}```

The examples are judged as if today were 24 November 2026.
"""
