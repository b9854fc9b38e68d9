"""How findings are shown: carets under the exact characters, and forms that other programs read."""

from __future__ import annotations

import json
import re

import pytest

from ivr.diagnostics import NOWHERE, Finding, Label, Source, Sources, Span
from ivr.diagnostics.show import FORMATS, WIDTH, as_text, show


def sources(*texts: str) -> Sources:
    return Sources(tuple(Source(f"{'abc'[i]}.yaml", text) for i, text in enumerate(texts)))


def marked(line: str, start: int, end: int) -> tuple[str, str]:
    """The line and the carets as a terminal shows them, the gutter cut off."""
    shown = as_text(Finding("IVR201", "x", Span(0, 0, start, 0, end)), sources(line)).split("\n")
    return shown[2][5:], shown[3][5:]


CARETS = [
    ("a word", "to: mian", 4, 8, "    ^^^^"),
    ("at the beginning", "to: mian", 0, 2, "^^"),
    ("the last character", "to: m", 4, 5, "    ^"),
    ("just past the end", "to:", 3, 4, "   ^"),
    ("far past the end", "to:", 9, 12, "   ^"),
    ("an empty stretch still has a caret", "to: x", 4, 4, "    ^"),
    ("after a tab, which is shown as one blank", "\tto: x", 5, 6, "     ^"),
    ("after wide characters, which take two columns", "日本: x", 4, 5, "      ^"),
    ("under wide characters", "a: 日本", 3, 5, "   ^^^^"),
    ("after a combining accent, which takes none", "cafe\u0301: x", 7, 8, "      ^"),
    ("after a variation selector, which takes none", "☎\ufe0f: x", 4, 5, "   ^"),
    ("after a character beyond the first plane", "😀: x", 3, 4, "    ^"),
    ("after a control character, which is shown as a mark", "a\x1b[31m: x", 8, 9, "        ^"),
]


@pytest.mark.parametrize(("line", "start", "end", "carets"), [c[1:] for c in CARETS], ids=[c[0] for c in CARETS])
def test_carets_stand_under_the_characters(line: str, start: int, end: int, carets: str) -> None:
    assert marked(line, start, end)[1] == carets


def test_no_control_character_of_a_file_reaches_the_terminal() -> None:
    every = "".join(map(chr, range(32))) + "\x7f\x9b\u200b\u202e\ufeff"
    shown, _ = marked(every.replace("\n", "").replace("\r", "") + "x", 31, 32)
    assert shown.isprintable()


@pytest.mark.parametrize("start", [0, 5, WIDTH - 20, WIDTH - 1, WIDTH, WIDTH + 1, 500, 999 - WIDTH, 990, 999])
def test_a_long_line_is_cut_around_its_caret(start: int) -> None:
    wide, narrow = 0x4E00, 0x1401
    line = "".join(chr((wide if i % 100 == 99 else narrow) + i // 2 * 2 % 600 + i % 2) for i in range(1000))
    shown, carets = marked(line, start, start + 1)
    assert len(shown) <= WIDTH + 2
    columns = "".join(char * 2 if ord(char) >= wide else char for char in shown)  # as a terminal counts them
    assert columns[carets.index("^")] == line[start]
    assert shown.startswith("…") == (not line.startswith(shown[:20]))
    assert shown.endswith("…") == (not line.endswith(shown[-20:]))


def test_carets_never_run_past_what_is_shown() -> None:
    shown, carets = marked("x" * 1000, 10, 900)
    assert len(carets) <= len(shown)


def test_a_stretch_of_several_lines_is_marked_on_its_first() -> None:
    finding = Finding("IVR201", "x", Span(0, 0, 3, 2, 1))
    assert as_text(finding, sources("a: |  \n  b\n  c\n")).split("\n")[1:] == ["   |", " 1 | a: |  ", "   |    ^"]


def test_the_last_line_is_shown_without_an_end_of_line() -> None:
    finding = Finding("IVR201", "x", Span(0, 1, 3, 1, 4))
    assert as_text(finding, sources("a: 1\nb: 2")).split("\n")[2] == " 2 | b: 2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_are_counted_as_yaml_counts_them(end: str) -> None:
    assert Source("a", f"one{end}two{end}").line(1) == "two"


def test_the_number_of_a_line_makes_room_for_itself() -> None:
    finding = Finding("IVR201", "x", Span(0, 99, 0, 0, 0))
    assert as_text(finding, sources("\n" * 99 + "abc")).split("\n")[1:3] == ["     |", " 100 | abc"]


def test_a_finding_of_no_place_names_the_first_file_and_shows_no_line() -> None:
    finding = Finding("IVR109", "nothing is there", NOWHERE, "mend it")
    assert as_text(finding, sources("a: 1")) == "a.yaml: error[IVR109] nothing is there\n  help: mend it"
    assert as_text(finding, Sources()) == ".: error[IVR109] nothing is there\n  help: mend it"


LABELLED = Finding(
    "IVR111",
    "the node 'x' is defined a second time",
    Span(1, 0, 0, 0, 1),
    "rename",
    (Label(Span(0, 1, 2, 1, 3), "first"),),
)
FILES = sources("nodes:\n  x: {}\n", "x: {}\n")


def test_a_second_place_is_shown_with_its_own_line() -> None:
    assert as_text(LABELLED, FILES) == (
        "b.yaml:1:1: error[IVR111] the node 'x' is defined a second time\n"
        "   |\n 1 | x: {}\n   | ^\n"
        "  :: a.yaml:2:3: first\n"
        "   |\n 2 |   x: {}\n   |   -\n"
        "  help: rename"
    )


def test_colour_changes_nothing_but_colour() -> None:
    painted = as_text(LABELLED, FILES, colour=True)
    assert re.sub(r"\x1b\[\d+m", "", painted) == as_text(LABELLED, FILES)
    assert "\x1b[31merror[IVR111]\x1b[0m" in painted
    assert painted.count("\x1b[0m") == len(re.findall(r"\x1b\[[1-9]\d*m", painted))


def test_a_warning_is_yellow_and_an_error_red() -> None:
    warning = Finding("IVR209", "x", Span(0, 0, 0, 0, 1))
    assert "\x1b[33mwarning[IVR209]" in as_text(warning, FILES, colour=True)


@pytest.mark.parametrize("form", FORMATS)
def test_without_findings_every_form_is_well_formed(form: str) -> None:
    text = show([], FILES, form)
    if form in ("json", "sarif"):
        json.loads(text)
    else:
        assert text == ""


def test_json_counts_from_one_and_gives_the_second_places() -> None:
    (found,) = json.loads(show([LABELLED], FILES, "json"))
    assert found == {
        "code": "IVR111",
        "title": "name defined twice",
        "severity": "error",
        "message": "the node 'x' is defined a second time",
        "help": "rename",
        "file": "b.yaml",
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 2,
        "related": [
            {"file": "a.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 4, "message": "first"},
        ],
    }


def test_github_escapes_what_its_commands_would_read() -> None:
    nasty = Sources((Source("a,b:c%d\r\n.yaml", "x"),))
    finding = Finding("IVR209", "100%, so:\r\nwell", Span(0, 2, 4, 2, 9), "a, b: c")
    assert show([finding], nasty, "github") == (
        "::warning file=a%2Cb%3Ac%25d%0D%0A.yaml,line=3,col=5,endLine=3,endColumn=10,title=IVR209"
        "::100%25, so:%0D%0Awell%0Ahelp: a, b: c"
    )


def test_github_gets_one_line_a_finding() -> None:
    text = show([LABELLED, LABELLED], FILES, "github")
    assert [line.split(" ")[0] for line in text.split("\n")] == ["::error", "::error"]


def test_sarif_says_what_version_2_1_0_requires() -> None:
    """The essentials of the OASIS schema: required properties, enumerations, indices from 0, regions from 1."""
    warning = Finding("IVR209", "x", NOWHERE)
    odd = Sources((Source("a b#c.yaml", ""), *FILES.files[1:]))
    log = json.loads(show([LABELLED, warning], odd, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "ivr"
    assert [rule["id"] for rule in rules] == ["IVR111", "IVR209"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        for place in result["locations"] + result["relatedLocations"]:
            physical = place["physicalLocation"]
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", physical["artifactLocation"]["uri"])
            region = physical["region"]
            assert min(region.values()) >= 1
            assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
    assert run["results"][0]["relatedLocations"][0]["message"]["text"] == "first"
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%23c.yaml"
