"""Facts about circuits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.worker.circuit import CLOSED, HALF_OPEN, OPEN, Circuit


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock, told: list[str] | None = None) -> Circuit:
    circuit = Circuit("x", 2, 10.0, lambda name, state, why: (told if told is not None else []).append(state), clock)
    circuit.failed("why")
    circuit.failed("why")
    return circuit


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    circuit = Circuit("x", 3, 10.0)
    for _ in range(5):
        circuit.failed("why")
        circuit.failed("why")
        assert circuit.enter()
        circuit.succeeded()
    circuit.failed("why")
    circuit.failed("why")
    circuit.failed("why")
    assert not circuit.enter()


def test_one_request_is_tried_when_it_has_rested() -> None:
    clock, told = Clock(), []
    circuit = opened(clock, told)
    assert (circuit.after(), circuit.enter()) == (10.0, False)
    clock.now = 10.0
    assert circuit.after() == 0.0
    assert [circuit.enter() for _ in range(3)] == [True, False, False]
    circuit.succeeded()
    assert all(circuit.enter() for _ in range(3))
    assert told == [OPEN, HALF_OPEN, CLOSED]


def test_a_trial_that_fails_opens_it_again_for_as_long() -> None:
    clock, told = Clock(), []
    circuit = opened(clock, told)
    clock.now = 10.0
    assert circuit.enter()
    circuit.failed("why")
    clock.now = 19.9
    assert not circuit.enter()
    clock.now = 20.0
    assert circuit.enter()
    assert told == [OPEN, HALF_OPEN, OPEN, HALF_OPEN]


def test_a_trial_of_which_nothing_is_heard_does_not_block_for_ever() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now = 10.0
    assert circuit.enter()
    clock.now = 20.0
    assert circuit.enter()


def test_an_answer_to_what_was_sent_before_does_not_close_it() -> None:
    clock = Clock()
    circuit = opened(clock)
    circuit.succeeded()
    assert not circuit.enter()


@given(st.lists(st.sampled_from(["enter", "succeeded", "failed", "wait"]), max_size=60))
def test_while_it_is_not_closed_at_most_one_request_goes_out_in_a_rest(steps: list[str]) -> None:
    clock = Clock()
    circuit = Circuit("x", 2, 10.0, clock=clock)
    last = float("-inf")
    for step in steps:
        if step == "wait":
            clock.now += 3.0
        elif step == "enter":
            closed = circuit.state == CLOSED
            if circuit.enter() and not closed:
                assert clock.now - last >= 10.0 or last == float("-inf")
                last = clock.now
        else:
            circuit.succeeded() if step == "succeeded" else circuit.failed("why")
            if circuit.state == CLOSED:
                last = float("-inf")
