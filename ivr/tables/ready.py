"""A folder → a table that may be simulated and served: graph, source map, findings, and its version."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from msgspec import Struct

from ivr.authoring.load import Authored, load_folder, load_sources, without_gc
from ivr.calendars.moment import Almanac
from ivr.checks import check_graph
from ivr.diagnostics import Finding, Report, Severity, SourceMap, Sources
from ivr.model.graph import Graph


class Checked(Struct, frozen=True):
    """A table as far as it could be read, and all findings in file order."""

    sources: Sources
    findings: tuple[Finding, ...]
    dropped: int
    graph: Graph | None
    source_map: SourceMap | None

    @property
    def errors(self) -> int:
        """How many findings keep it from going live."""
        return sum(1 for f in self.findings if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.findings) - self.errors


class Table(Struct, frozen=True):
    """A table without errors. `version` is made from the text of its files, so it names the same table everywhere."""

    graph: Graph
    source_map: SourceMap
    almanac: Almanac
    version: str
    sources: Sources


class Refused(Exception):
    """The table has errors and cannot be used. The findings say which."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(f"the table has {checked.errors} errors")
        self.checked = checked


def check_folder(folder: Path, today: dt.date, shown_from: Path | None = None) -> Checked:
    """Read and check a folder. Raises NoTable when there is none."""
    return _checked(load_folder(folder, today, shown_from), today)


def check_sources(sources: Sources, today: dt.date, report: Report | None = None) -> Checked:
    """Check texts as if they were the files of a folder; `report` is what was found in reading them."""
    return _checked(load_sources(sources, today, report), today)


def _checked(authored: Authored, today: dt.date) -> Checked:
    compiled, report = authored.compiled, authored.report
    if compiled is not None and authored.document.whole:
        with without_gc(), report.bounded():
            check_graph(compiled.graph, compiled.source_map, today, report)
    return Checked(
        authored.sources,
        report.sorted(),
        report.dropped,
        compiled.graph if compiled is not None else None,
        compiled.source_map if compiled is not None else None,
    )


def ready(checked: Checked) -> Table:
    """The table, if it has no errors; raises Refused."""
    if checked.errors or checked.graph is None or checked.source_map is None:
        raise Refused(checked)
    graph, source_map = checked.graph, checked.source_map
    return Table(graph, source_map, Almanac(graph), version_of(checked.sources), checked.sources)


def load_table(folder: Path, today: dt.date, shown_from: Path | None = None) -> Table:
    """Read, check and make ready. Raises NoTable or Refused."""
    return ready(check_folder(folder, today, shown_from))


REVISION = b"1"
"""Changed whenever the same files compile to other node numbers: a call that began before cannot go on after."""


def version_of(sources: Sources) -> str:
    """Twelve hexadecimal digits that name the content of a table: its texts, in the order in which they are read."""
    held = hashlib.sha256(REVISION)
    for source in sources.files:
        held.update(hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).digest())
    return held.hexdigest()[:12]
