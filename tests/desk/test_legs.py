"""What was heard of legs is a join: order and repeats do not count; the agent's key wins; doubt is not reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.attempt import BUSY, FAILED, NO_AGENT, NO_ANSWER, REACHED, VOICEMAIL
from ivr.desk.legs import HUMAN, MACHINE, NONE, STATUSES, Heard, conclude, is_over, who_answered

STATUS = st.sampled_from(sorted(STATUSES))
HEARD = st.builds(
    Heard,
    agents=st.dictionaries(st.sampled_from(("CA1", "CA2")), STATUS, max_size=2),
    asked=st.booleans(),
    citizen=STATUS,
    sid=st.sampled_from(("", "CA7")),
    bridged=st.booleans(),
    seconds=st.integers(0, 200),
    machine=st.sampled_from(("", HUMAN, MACHINE)),
    key=st.sampled_from(("", "1", "2", "3")),
)


@given(HEARD, HEARD, HEARD)
def test_the_order_in_which_things_are_heard_does_not_count(a: Heard, b: Heard, c: Heard) -> None:
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))


@given(HEARD, HEARD)
def test_what_is_heard_again_changes_nothing(a: Heard, b: Heard) -> None:
    assert a.merge(a) == a
    assert a.merge(b).merge(b) == a.merge(b)


@given(HEARD, HEARD)
def test_what_could_be_told_can_still_be_told_when_more_is_heard(a: Heard, b: Heard) -> None:
    one_end = not (is_over(a.citizen) and is_over(b.citizen)) or a.citizen == b.citizen  # a leg ends in one way
    one_end = one_end and not (a.citizen == NONE and b.rang)  # the test below
    for accepted in ("", "CA1"):
        told = conclude(a, accepted)
        if told and one_end and (accepted or set(b.agents) <= set(a.agents)):
            assert conclude(a.merge(b), accepted)


def test_a_leg_that_the_books_lacked_and_that_is_heard_of_after_all_is_waited_for() -> None:
    lacked = Heard(agents={"CA1": "busy"}, citizen=NONE)
    assert conclude(lacked, "CA1") == NO_AGENT
    assert conclude(lacked.merge(Heard(citizen="answered")), "CA1") == ""
    assert conclude(lacked.merge(Heard(citizen="no-answer")), "CA1") == NO_ANSWER


@given(HEARD)
def test_before_the_key_the_citizen_was_not_rung(heard: Heard) -> None:
    assert conclude(heard, "") in ("", NO_AGENT)


OVER = {"CA1": "completed"}
SPOKE = Heard(agents=OVER, citizen="completed", sid="CA7", bridged=True, seconds=90)


@pytest.mark.parametrize(
    ("heard", "accepted", "outcome"),
    [
        (Heard(), "", ""),
        (Heard(asked=True, agents={"CA1": "ringing"}), "", ""),
        (Heard(agents={"CA1": "no-answer"}), "", ""),  # others may still be rung
        (Heard(asked=True, agents={"CA1": "no-answer"}), "", NO_AGENT),
        (Heard(asked=True, agents={"CA1": "no-answer", "CA2": "in-progress"}), "", ""),
        (Heard(asked=True), "", NO_AGENT),  # every leg was refused
        (Heard(agents=OVER), "CA1", ""),  # was the citizen rung?
        (Heard(agents=OVER, citizen=NONE), "CA1", NO_AGENT),
        (Heard(agents={"CA1": "in-progress"}, citizen=NONE), "CA1", ""),
        (Heard(agents={"CA1": "in-progress"}, citizen="busy"), "CA1", BUSY),
        (Heard(agents={"CA1": "in-progress"}, citizen="failed"), "CA1", FAILED),
        (Heard(agents={"CA1": "in-progress"}, citizen="canceled"), "CA1", NO_ANSWER),
        (Heard(agents={"CA1": "in-progress"}, citizen="completed", bridged=True, seconds=90), "CA1", ""),  # the key
        (SPOKE, "CA1", REACHED),
        (SPOKE.merge(Heard(machine=MACHINE)), "CA1", VOICEMAIL),
        (SPOKE.merge(Heard(machine=MACHINE, key="1")), "CA1", REACHED),
        (SPOKE.merge(Heard(key="2")), "CA1", VOICEMAIL),
        (SPOKE.merge(Heard(key="3")), "CA1", NO_ANSWER),
        (Heard(agents=OVER, citizen="completed", bridged=True, seconds=20), "CA1", NO_ANSWER),  # in doubt
        (Heard(agents=OVER, citizen="completed", bridged=True, seconds=20, machine=HUMAN), "CA1", REACHED),
        (Heard(agents=OVER, citizen="completed", bridged=False, seconds=90), "CA1", NO_ANSWER),
    ],
)
def test_an_outcome_follows_from_what_is_known(heard: Heard, accepted: str, outcome: str) -> None:
    assert conclude(heard, accepted) == outcome


def test_a_fax_is_a_machine_and_what_is_not_known_is_nobody() -> None:
    words = ("human", "machine_start", "machine_end_beep", "fax", "unknown", "")
    assert [who_answered(word) for word in words] == [HUMAN, MACHINE, MACHINE, MACHINE, "", ""]
