"""The files of a folder make one document: merged by section, names defined once, and each fault of shape told."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Finding, Source, Sources
from ivr.tables.ready import Checked, check_sources
from tests.minimal import TABLE, TODAY, findings, text_at

HEAD, NODES = TABLE.split("nodes:\n")


def check(**files: str) -> Checked:
    """Files by name, in the order given."""
    return check_sources(Sources(tuple(Source(f"{name}.yaml", text) for name, text in files.items())), TODAY)


def told(checked: Checked) -> list[tuple[str, str, str]]:
    def show(f: Finding) -> tuple[str, str, str]:
        return f.code, checked.sources.where(f.span), text_at(f.span, checked.sources)

    return [show(f) for f in checked.findings]


def edited(old: str, new: str) -> str:
    assert TABLE.count(old) == 1
    return TABLE.replace(old, new)


def test_sections_of_several_files_are_one_table() -> None:
    first, bye, last = NODES.partition("  bye:")
    split = check(a=HEAD, b="nodes:\n" + first, c="nodes:\n" + bye + last)
    whole = check(a=TABLE)
    assert told(split) == []
    assert split.graph is not None
    assert whole.graph is not None
    assert split.graph.names == whole.graph.names


def test_the_order_of_files_decides_nothing_but_the_order_of_findings() -> None:
    a = HEAD.replace("  id: small", "  id: Small")
    b = "nodes:\n" + NODES.replace("to: continue", "to: nowhere")
    assert [code for code, _, _ in told(check(a=a, b=b))] == ["IVR106", "IVR201"]
    assert [code for code, _, _ in told(check(b=b, a=a))] == ["IVR201", "IVR106"]


def test_a_section_that_is_still_empty_is_no_fault() -> None:
    assert findings(TABLE + "prompts:\nflows:\nfacts: # soon\n") == []


def test_a_name_defined_twice_points_at_both_files() -> None:
    checked = check(a=TABLE, b='nodes:\n  bye: {kind: end, say: {nl: "Dag."}}\n')
    (finding,) = checked.findings
    assert finding.code == "IVR111"
    assert finding.message == "the node 'bye' is defined a second time"
    assert checked.sources.where(finding.span) == "b.yaml:2:3"
    assert checked.sources.where(finding.labels[0].span) == "a.yaml:21:3"


def test_of_a_name_defined_twice_the_first_stands() -> None:
    graph = check(a=TABLE, b="nodes:\n  bye: {kind: menu, options: {}}\n").graph
    assert graph is not None
    assert type(graph.nodes[graph.names.index("bye")]).__name__ == "EndNode"


@pytest.mark.parametrize(
    "section", ["calendars", "teams", "numbers", "nodes", "flows", "prompts", "variables", "facts"]
)
def test_names_of_every_section_are_defined_once(section: str) -> None:
    name = '"050 367 1000"' if section == "numbers" else "same"
    part = f"{section}:\n  {name}: {{}}\n"
    codes = [(code, place) for code, place, _ in told(check(a=TABLE, b=part, c=part)) if code == "IVR111"]
    assert codes == [("IVR111", "c.yaml:2:3")]


def test_a_table_without_a_table_section_says_so_once() -> None:
    assert told(check(a="nodes:\n" + NODES)) == [("IVR109", "a.yaml", "")]


def test_two_table_sections_point_at_each_other() -> None:
    checked = check(a=TABLE, b="table:\n  id: other\n")
    (finding,) = checked.findings
    assert (finding.code, checked.sources.where(finding.span)) == ("IVR110", "b.yaml:1:1")
    assert checked.sources.where(finding.labels[0].span) == "a.yaml:1:1"


@pytest.mark.parametrize(
    ("text", "code", "under", "help"),
    [
        ("tabel:\n  id: x\n", "IVR104", "tabel", "did you mean 'table'?"),
        ("Nodes: {}\n", "IVR104", "Nodes", "did you mean 'nodes'?"),
        ("knoten: {}\n", "IVR104", "knoten", "sections: table, calendars, teams"),
        ("- nodes\n", "IVR106", "-", ""),
        ("just words\n", "IVR106", "just words", ""),
        ("nodes: [a, b]\n", "IVR106", "[a, b]", "write a name, a colon and a node"),
        ("nodes: 'no'\n", "IVR106", "'no'", "write a name, a colon and a node"),
    ],
)
def test_what_is_no_section_is_told(text: str, code: str, under: str, help: str) -> None:
    checked = check(a=TABLE, b=text)
    (finding,) = checked.findings
    assert finding.code == code
    assert text_at(finding.span, checked.sources) == under
    assert finding.help.startswith(help)


def test_a_file_that_cannot_be_read_takes_no_other_down() -> None:
    """Neither are its names called unknown elsewhere, nor is what it used called unused."""
    nodes = "nodes:\n" + NODES
    for broken in (nodes + "  bye2: {kind: end\n", nodes.replace("kind", "\tkind"), nodes + "---\na: 1\n"):
        checked = check(
            a=HEAD + 'prompts:\n  x: {nl: "Ja."}\n', b=broken, c='numbers:\n  "050 367 100": {formerly: X, to: main}\n'
        )
        assert [code for code, _, _ in told(checked)] == ["IVR101", "IVR401"]


def test_broken_nodes_keep_their_names() -> None:
    broken = edited("note: {kind: voicemail, team: desk,", "note: {kind: voicemial, team: desk,")
    assert [code for code, _, _ in findings(broken)] == ["IVR107"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("to: continue}", "too: continue}", ("IVR104", "too", "'too' is no key of a say node")),
        ("to: continue}", "}", ("IVR105", "welcome", "a say node lacks the key 'to'")),
        ("kind: say, say", "say", ("IVR105", "welcome", "a node lacks the key 'kind'")),
        ("kind: say", "kind: speek", ("IVR107", "speek", "'speek' is no kind of node")),
        ("kind: say", "kind: [say]", ("IVR107", "[say]", "a list is no kind of node")),
        ("ring: 25s", "ring: soon", ("IVR106", "soon", "'soon' stands where a duration from 5s to 600s is needed")),
        ("ring: 25s", "ring: 1s", ("IVR106", "1s", "'1s' stands where a duration from 5s to 600s is needed")),
        ("ring: 25s", "ring: ", ("IVR106", "", "nothing stands where a duration from 5s to 600s is needed")),
        ("key: 0", "key: 10", ("IVR106", "10", "'10' stands where a key of the telephone is needed")),
        ("locale: nl-NL", "locale: dutch", ("IVR106", "dutch", "'dutch' stands where a locale is needed")),
        ("say: {nl: \"Tot ziens.\"}", "say: Tot ziens.", ("IVR106", "Tot ziens.", "'Tot ziens.' stands where a prompt is needed")),
        ("say: {nl: \"Tot ziens.\"}", "say: []", ("IVR106", "[]", "an empty list stands where a prompt is needed")),
        ("say: {nl: \"Tot ziens.\"}", "say: {}", ("IVR106", "say", "no text in any language stands here")),
        ("say: {nl: \"Tot ziens.\"}", "say: {play: x}", ("IVR106", "x", "'x' stands where an https URL is needed")),
        (
            "say: {nl: \"Tot ziens.\"}", 'say: {play: "https://a.example/\\x01.mp3"}',
            ("IVR106", '"https://a.example/\\x01.mp3"', "'https://a.example/\\x01.mp3' stands where an https URL is needed"),
        ),
        (
            "say: {nl: \"Tot ziens.\"}", "say: {play: {nl: https://a.example/é.mp3}}",
            ("IVR106", "https://a.example/é.mp3", "'https://a.example/é.mp3' stands where an https URL is needed"),
        ),
        ("locale: nl-NL", 'locale: "nl-NL\\n"', ("IVR106", '"nl-NL\\n"', "'nl-NL\\n' stands where a locale is needed")),
        (
            "sip:desk@kcc.example", "sip:desk\\x01@kcc.example",
            ("IVR405", '"sip:desk\\x01@kcc.example"', "'sip:desk\\x01@kcc.example' is no SIP address"),
        ),
        ("say: {nl: \"Tot ziens.\"}", "say: {play: {}}", ("IVR106", "play", "no recording in any language stands here")),
        ("      2: {", "      12: {", ("IVR106", "12", "'12' is no key of a telephone")),
    ],
)  # fmt: skip
def test_a_fault_of_shape_is_one_finding_under_its_characters(old: str, new: str, found: tuple[str, str, str]) -> None:
    text = TABLE.replace(old, new, 1)
    assert text != TABLE
    assert findings(text) == [found]


QUEUE = """\
  wait: {kind: queue, team: line, music: "https://a.example/%s", timeout: {to: note}, when_done: bye, full: note, closed: note, failed: note}
"""


@pytest.mark.parametrize("sign", ["\\x00", "\\x0b", "\\x7f", "\\u00e9", "\\ufffe", "\\n", " ", "<", '\\"', "a\\n"])
def test_music_is_an_address_that_xml_carries_as_it_is(sign: str) -> None:
    text = edited("teams:\n", "teams:\n  line: {calendar: desk, via: twilio}\n").replace(
        "afval}, to: operator", "afval}, to: wait"
    )
    found = findings(text.replace("nodes:\n", "nodes:\n" + QUEUE % (sign + ".mp3")))
    assert [code for code, _, _ in found] == ["IVR106"]
    assert findings(text.replace("nodes:\n", "nodes:\n" + QUEUE % "a&b='%20'/~.mp3")) == []


def test_values_are_read_by_the_type_of_their_key_and_not_as_yaml_would() -> None:
    """YAML reads a country `NO` as false, 8:30 as 510 in base 60, 0503671000 as octal, and 2026-12-25 as a date."""
    text = edited('hours: "Mo-Fr 08:30-17:00"', 'hours: "Mo-Fr 08:30-17:00", holidays: NO, closed_on: {2026-12-25: no}')
    graph = check(a=text + "numbers:\n  0503671000: {formerly: yes, to: main}\n").graph
    assert graph is not None
    assert graph.calendars[0].holidays == "NO"
    assert graph.calendars[0].closed_on[0].reason == "no"
    assert (graph.numbers[0].name, graph.numbers[0].formerly) == ("0503671000", "yes")


def test_many_faults_are_told_at_once_in_file_order() -> None:
    text = TABLE
    for old, new in [
        ("locale: nl-NL", "locale: dutch"), ("key: 0", "key: 0, kye: 1"), ("ring: 25s", "ring: soon"),
        ("kind: menu", "kind: menu\n    wiat: 5s"), ("to: operator}\n      2", "to: nowhere}\n      2"),
        ("kind: end", "kind: endd"),
    ]:  # fmt: skip
        text = text.replace(old, new, 1)
    got = check(a=text).findings
    assert [f.code for f in got] == ["IVR106", "IVR104", "IVR106", "IVR104", "IVR107"]
    assert [f.span for f in got] == sorted(f.span for f in got)


@pytest.mark.parametrize(
    ("phrases", "finding"),
    [
        ('choice: "Toets {key} voor {labl}."', ("IVR504", "{labl}", "'{labl}' is no placeholder of the phrase 'choice'")),
        ('choice: "Toets {key}."', ("IVR504", '"Toets {key}."', "the phrase 'choice' lacks '{label}'")),
        ('no_input: "\\x07"', ("IVR503", '"\\x07"', "")),
        ('no_input: "..."', ("IVR502", '"..."', "")),
    ],
)  # fmt: skip
def test_a_phrase_of_the_table_is_judged_as_the_words_it_replaces(phrases: str, finding: tuple[str, str, str]) -> None:
    found = findings(TABLE + f"phrases:\n  nl:\n    {phrases}\n")
    assert any(f[:2] == finding[:2] and f[2].startswith(finding[2]) for f in found), found
