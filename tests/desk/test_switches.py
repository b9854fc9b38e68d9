"""Facts about what can be switched: its rules, and how a version of a table knows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.desk.switches import LONGEST, MAX_TEXT, Refused, Switch, check, closable, holding, resolved
from ivr.model.moment import NOTHING
from tests.switching import NOW, WORDS, calamity, closed, notice, table

GRAPH = table().graph


def refusal(wanted: Switch) -> Refused:
    with pytest.raises(Refused) as caught:
        check(GRAPH, wanted, NOW)
    return caught.value


def test_what_is_right_is_kept_with_its_texts_tidied() -> None:
    wanted = calamity(texts={"en": " There is  no\nwater. ", "nl": "Er is geen water."}, route="flood")
    assert check(GRAPH, wanted, NOW) == calamity(texts=WORDS, route="flood")
    assert check(GRAPH, notice(), NOW) == notice()
    assert check(GRAPH, closed(), NOW) == closed()


@pytest.mark.parametrize(
    ("wanted", "fault", "said"),
    [
        (calamity(texts={"nl": "Water."}), "text_missing", "there is no text in 'en'"),
        (calamity(texts={**WORDS, "nl": " ?! "}), "text_missing", "there is no text in 'nl'"),
        (
            calamity(texts={**WORDS, "e": "Water."}),
            "text_language",
            "'e' is no language of the table; did you mean 'en'?",
        ),
        (calamity(texts={**WORDS, "nl": "x" * (MAX_TEXT + 1)}), "text_long", "601 characters; 600 are spoken"),
        (calamity(texts={**WORDS, "nl": "Bel <break/> 112"}), "text_markup", "holds '<'"),
        (calamity(texts={**WORDS, "nl": "Open {opens:desk}"}), "text_markup", "holds '{'"),
        (calamity(texts={**WORDS, "nl": "Bel\x00 112"}), "text_markup", "holds 'U+0000'"),
        (calamity(texts={**WORDS, "nl": "Bel\u202e 112"}), "text_markup", "holds 'U+202E'"),
        (calamity(route="flod"), "no_route", "the table declares no route 'flod'; did you mean 'flood'?"),
        (notice(node="main"), "no_node", "no node of kind 'notice' that is called 'main'; there are: notices"),
        (closed(team="lien"), "no_team", "no call comes to a team 'lien'; did you mean 'line'?"),
        (closed(ends=None), "no_end", "say until when"),
        (calamity(ends=NOW), "ends_early", "it ends in the past"),
        (notice(begins=NOW + 60, ends=NOW + 60), "ends_early", "it ends before it begins"),
        (notice(ends=NOW + LONGEST + 1), "ends_far", "more than 31 days"),
        (notice(begins=NOW + LONGEST + 1, ends=NOW + LONGEST + 60), "begins_far", "more than 31 days ahead"),
        (replace(notice(), kind="other"), "kind", "there is no switch 'other'"),
        (calamity(why="x" * 201), "why_long", "more than 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_says_how_to_mend_it(wanted: Switch, fault: str, said: str) -> None:
    error = refusal(wanted)
    assert (error.fault, said in str(error), "\n" in str(error)) == (fault, True, False), str(error)


def test_a_team_that_no_call_comes_to_cannot_be_closed() -> None:
    assert closable(GRAPH) == ("desk", "order", "line")


def test_a_switch_holds_from_its_begin_until_its_end() -> None:
    later = notice(begins=NOW + 60, ends=NOW + 120)
    assert [holding([later], NOW + n).switches for n in (0, 59)] == [(), ()]
    assert [holding([later], NOW + n).switches for n in (60, 119)] == [(later,), (later,)]
    assert holding([later], NOW + 120).switches == ()
    assert [holding([later], NOW + n).until for n in (0, 60)] == [NOW + 60, NOW + 120]


def test_one_that_begins_as_it_is_made_holds_at_once_where_the_clock_is_behind() -> None:
    assert holding([calamity()], NOW - 30).switches == (calamity(),)
    assert holding([calamity(begins=NOW + 60)], NOW - 30).switches == ()


@given(st.lists(st.tuples(*[st.integers(-50, 50)] * 2, st.booleans()), max_size=6), st.integers(-60, 60))
def test_what_holds_changes_by_itself_at_the_instant_that_is_said_and_not_before(
    rows: list[tuple[int, int, bool]], now: int
) -> None:
    made = [
        calamity(id=n, begins=NOW + a, ends=NOW + a + abs(b) + 1, made=NOW - 100, ended=NOW if over else None)
        for n, (a, b, over) in enumerate(rows)
    ]
    first = holding(made, NOW + now)
    for at in range(NOW + now, min(first.until, NOW + 200)):
        assert holding(made, at).switches == first.switches
    if first.until < 2**62:
        assert holding(made, first.until).switches != first.switches


def test_a_version_knows_what_it_has_and_leaves_the_rest() -> None:
    nodes, teams = GRAPH.names.index("notices"), [team.name for team in GRAPH.teams]
    found = resolved(
        GRAPH, [calamity(id=7, route="flood"), notice(), closed(), notice(node="gone"), closed(team="gone")]
    )
    assert found.calamity is not None
    assert (found.calamity.texts, found.calamity.route, found.calamity.mark) == (tuple(WORDS.values()), "flood", 7)
    assert found.notices == {nodes: ("Vrijdag zijn wij dicht.", "We are closed on Friday.")}
    assert found.closed == {teams.index("line"): NOW + 3600}
    assert resolved(GRAPH, []) is NOTHING


def test_notices_of_one_node_are_said_one_after_the_other() -> None:
    more = notice(begins=NOW + 1, texts={"nl": "De balie is verhuisd.", "en": "The desk has moved."})
    found = resolved(GRAPH, holding([more, notice()], NOW + 2).switches)
    assert next(iter(found.notices.values()))[0] == "Vrijdag zijn wij dicht. De balie is verhuisd."


def test_a_language_that_a_later_version_added_hears_the_first_text() -> None:
    found = resolved(GRAPH, [calamity(texts={"nl": "Water."})])
    assert found.calamity is not None
    assert found.calamity.texts == ("Water.", "Water.")
