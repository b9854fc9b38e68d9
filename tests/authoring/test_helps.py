"""Each message says what is wrong in words that are true, and each has a help that says how to mend it."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Finding, Source, Sources
from ivr.tables.ready import check_sources
from tests.authoring.test_cascades import found, put, values, written
from tests.minimal import TABLE, TODAY

DIAL = '"sip:desk@kcc.example"'


def finding(old: str, new: str, extra: str = "") -> Finding:
    assert TABLE.count(old) == 1
    (only,) = check_sources(Sources((Source("table.yaml", TABLE.replace(old, new) + extra),)), TODAY).findings
    return only


@pytest.mark.parametrize("wrong", ['"zz zz"', "999999", "0", "[[]]", "{a: b}", '""'])
def test_every_wrong_value_has_a_help(wrong: str) -> None:
    without = {
        path: f.message for path, value in values() for f in found(put(written(value), f" {wrong}")) if not f.help
    }
    assert without == {}


@pytest.mark.parametrize(
    ("old", "new", "help"),
    [
        ("ring: 25s", "ring: 601s", "write 600s or less"),
        ("ring: 25s", "ring: 1s", "write 5s or more"),
        ("    kind: menu\n", "    kind: menu\n    no_input: {ask_at_most: 11}\n", "write 10 or less"),
        ("    kind: menu\n", "    kind: menu\n    no_input: {ask_at_most: two}\n", "write it in figures, such as 1"),
        ("calendar: desk, dial", "calendar: desk, speaks: [fy], dial", "its languages: nl"),
    ],
)
def test_a_help_gives_the_bound_or_the_names_that_there_are(old: str, new: str, help: str) -> None:
    assert finding(old, new).help == help


@pytest.mark.parametrize(
    ("dialled", "what"),
    [
        ("112", "the emergency number"),
        ("+31 112", "the emergency number"),
        ("144", "the number for animals in need"),
        ("113", "the suicide prevention line"),
        ("0900-8844", "the police number for what can wait"),
        ("+31 900 8844", "the police number for what can wait"),
        ("sip:112@trunk.example", "the emergency number"),
        ("sips:+31112;x=1@trunk.example", "the emergency number"),
        ("sip:0900-8844:word@trunk.example", "the police number for what can wait"),
        ("sip:%3112@trunk.example", "the emergency number"),
    ],
)
def test_a_number_that_is_not_called_from_here_is_called_what_it_is(dialled: str, what: str) -> None:
    got = finding(DIAL, f'"{dialled}"')
    assert (got.code, got.message) == ("IVR404", f"'{dialled}' is {what}: a number that is not called from here")


@pytest.mark.parametrize("address", ["sip:desk:geheim@kcc.example", "sips:desk:@kcc.example;transport=tls"])
def test_a_password_has_no_place_in_a_table_and_is_not_repeated(address: str) -> None:
    got = finding(DIAL, f'"{address}"')
    assert (got.code, "a SIP address with a password" in got.message) == ("IVR405", True)
    assert "geheim" not in got.message + got.help


@pytest.mark.parametrize("name", ["desk112", "1120", "balie-112", "144.desk"])
def test_a_sip_name_that_only_holds_such_a_number_may_be_dialled(name: str) -> None:
    text = TABLE.replace(DIAL, f'"sip:{name}@kcc.example"')
    assert check_sources(Sources((Source("table.yaml", text),)), TODAY).findings == ()


def test_nobody_takes_over_the_number_of_the_police() -> None:
    got = finding("nodes:\n", 'numbers:\n  "0900-8844": {formerly: politie, to: main}\nnodes:\n')
    assert got.code == "IVR404"
    assert (
        got.message
        == "'0900-8844' is the police number for what can wait: it is answered by others and never taken over"
    )


@pytest.mark.parametrize(
    ("on", "help"),
    [
        ("belr", "did you mean 'beller'?"),
        ("zzzz", "a branch is on a variable, a fact, number, phase or language"),
        ("fase", "did you mean 'phase'?"),
    ],
)
def test_a_branch_on_nothing_known_may_be_meant_for_a_fact(on: str, help: str) -> None:
    branch = f"nodes:\n  pick: {{kind: branch, on: {on}, cases: {{known: note}}, otherwise: operator}}\n"
    got = finding("nodes:\n", branch, "facts: {beller: [known, other]}\n")
    assert (got.code, got.message, got.help) == ("IVR205", f"there is no variable or fact '{on}'", help)


SHOWN = "write a number that can be dialled from anywhere, with its area code: +31 50 367 9111"


@pytest.mark.parametrize("key", ["from_abroad", "caller_id"])
@pytest.mark.parametrize(("number", "code"), [("14 0515", "IVR405"), ("112", "IVR404"), ("12345", "IVR405")])
def test_a_number_that_people_see_is_never_mended_into_an_address(key: str, number: str, code: str) -> None:
    got = finding('  main_number: "14 050"\n', f'  main_number: "14 050"\n  {key}: "{number}"\n')
    assert (got.code, got.help) == (code, SHOWN)


def test_a_bad_voice_is_shown_a_good_one() -> None:
    assert finding("Polly.Laura-Neural", '"Polly Laura"').help == (
        "write its name at the provider, such as Polly.Laura-Neural"
    )


@pytest.mark.parametrize(
    ("name", "help"),
    [("again", "define it under 'nodes:'"), ("mian", "did you mean 'main'?"), ("opertor", "did you mean 'operator'?")],
)
def test_only_a_node_that_is_near_is_offered_for_one_that_is_unknown(name: str, help: str) -> None:
    assert finding("1: {label: {nl: afval}, to: operator}", f"1: {{label: {{nl: afval}}, to: {name}}}").help == help
