"""`ivr check` on anything at all: findings, or one clear line and status 2; never a traceback, never a wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.authoring.files import NoTable
from ivr.diagnostics import Source, Sources
from ivr.diagnostics.show import FORMATS, show
from ivr.tables.ready import check_folder, check_sources
from tests.authoring.wide import WIDE
from tests.minimal import TABLE, TODAY


def check(path: Path, *options: str) -> tuple[int, str, str]:
    """Status, output and errors of `ivr check PATH`, as from a shell."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ivr.cli import main; main()",
            "check",
            str(path),
            "--today",
            "2026-11-24",
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_good_table_is_status_0(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(TABLE)
    assert check(tmp_path) == (0, "6 nodes, 0 numbers, 1 team: no findings\n", "")


def test_findings_are_status_1(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_bytes(bytes(range(256)) * 100)
    status, out, err = check(tmp_path)
    assert (status, err) == (1, "")
    assert "error[IVR100] the byte 0x80 is not UTF-8 text" in out


def nothing(folder: Path) -> Path:
    return folder / "gone"


def empty(folder: Path) -> Path:
    return folder


def loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.yaml")
    return folder / "pipe.yaml"


def device(folder: Path) -> Path:
    return Path("/dev/zero")


def long_name(folder: Path) -> Path:
    return folder / ("x" * 5000)


@pytest.mark.parametrize("make", [nothing, empty, loop, pipe, device, long_name])
def test_where_no_table_is_one_line_says_so_and_the_status_is_2(make: object, tmp_path: Path) -> None:
    assert callable(make)
    status, out, err = check(make(tmp_path))
    assert (status, out) == (2, "")
    assert err.startswith("ivr: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("brackets", "[" * 50_000_000),
        ("braces", "{a: " * 12_000_000),
        ("dashes", "- " * 25_000_000),
        ("one line", "a" * 50_000_000),
        ("one quote", '"' + "a" * 50_000_000),
        ("NUL bytes", "\0" * 50_000_000),
        ("blank lines", "\n" * 50_000_000),
        ("comments", "# x\n" * 12_000_000),
    ],
)
def test_fifty_megabytes_are_answered_soon(name: str, text: str, tmp_path: Path) -> None:
    """What is within the bounds is read, what is not is told; the test's own time limit is the measure."""
    (tmp_path / "table.yaml").write_text(text)
    checked = check_folder(tmp_path, TODAY)
    assert [f.code for f in checked.findings] in (["IVR100"], ["IVR101"], ["IVR106"], ["IVR109"], ["IVR112"])


def test_a_flood_of_faults_is_answered_soon() -> None:
    """100,000 unknown names, each of which would be compared with 100,000 known ones."""
    nodes = "".join(f"  n{i}: {{kind: say, say: {{nl: x}}, to: m{i}}}\n" for i in range(100_000))
    checked = check_sources(Sources((Source("table.yaml", TABLE + nodes),)), TODAY)
    assert len(checked.findings) == 1000
    assert checked.dropped == 1000


def test_a_flow_that_multiplies_is_stopped() -> None:
    """Ten visits of ten visits of …: a million million nodes from a hundred lines."""
    text = TABLE.replace("to: operator}\n      2", "to: bomb}\n      2") + "flows:\n"
    text = text.replace("nodes:\n", "nodes:\n  bomb: {kind: visit, flow: f0, then: bye}\n")
    for level in range(12):
        text += f"  f{level}:\n    start: a0\n    nodes:\n"
        for i in range(10):
            then = f"a{i + 1}" if i < 9 else "return"
            text += f"      a{i}: {{kind: visit, flow: f{level + 1}, then: {then}}}\n"
    text += "  f12: {start: a, nodes: {a: {kind: say, say: {nl: x}, to: return}}}\n"
    checked = check_sources(Sources((Source("table.yaml", text),)), TODAY)
    assert "IVR112" in [f.code for f in checked.findings]


def judged(sources: Sources) -> None:
    """Any sources give findings or a graph, and the findings can be shown in every form."""
    checked = check_sources(sources, TODAY)
    assert checked.findings or checked.graph is not None
    for form in FORMATS:
        show(checked.findings, sources, form).encode("utf-8", "surrogatepass")


WORDS = st.sampled_from(
    ["table:", "nodes:", "  main:", "kind: menu", "{", "}", "[", "]", "- ", ": ", ", ", "\n", "\n  ", "\n    ", '"', "'", "*a",
     "&a ", "!t ", "<<: ", "|", ">", "#", "---\n", "...\n", "? ", "$team", "{opens:desk}", "0", "to: ", "\t", "\ufeff", "é", "\x00"]
)  # fmt: skip


@given(st.lists(st.text(), min_size=1, max_size=3))
@settings(max_examples=100)
def test_any_text_gives_findings(texts: list[str]) -> None:
    judged(Sources(tuple(Source(f"{i}.yaml", text) for i, text in enumerate(texts))))


@given(st.lists(WORDS, max_size=60).map("".join))
@settings(max_examples=150)
def test_any_pieces_of_yaml_give_findings(text: str) -> None:
    judged(Sources((Source("table.yaml", text),)))


@given(raw=st.binary(max_size=300))
@settings(max_examples=100)
def test_any_bytes_give_findings(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "table.yaml").write_bytes(raw)
    try:
        checked = check_folder(folder, TODAY)
    except NoTable:
        return
    assert checked.findings


@given(st.data())
@settings(max_examples=200)
def test_any_damage_to_a_good_table_is_survived(data: st.DataObject) -> None:
    """A stretch of the wide table is cut out, doubled, moved, or replaced by other pieces of it."""
    text = WIDE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 60)))
        other = data.draw(st.integers(0, len(WIDE)))
        piece = WIDE[other : other + data.draw(st.integers(0, 60))]
        text = text[:start] + data.draw(st.sampled_from(["", piece, text[start:end] * 2]) | WORDS) + text[end:]
    judged(Sources((Source("table.yaml", text),)))


@given(st.data())
@settings(max_examples=200)
def test_any_words_exchanged_in_a_good_table_are_survived(data: st.DataObject) -> None:
    """Whole values change places, so that what is read is well formed and says something odd."""
    lines = WIDE.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at, other = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
        words, others = lines[at].split(" "), lines[other].split(" ")
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(others))
        lines[at] = " ".join(words)
    judged(Sources((Source("table.yaml", "\n".join(lines)),)))
