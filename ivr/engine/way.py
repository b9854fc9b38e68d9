"""How a call goes from node to node: the small moves that all kinds share."""

from __future__ import annotations

from ivr.model.graph import Graph
from ivr.model.nodes import Actions
from ivr.model.state import ENTERING, Memory, State

Outcome = tuple[State, Actions]
"""The state after a move, and what is to be done. A state whose `part` is ENTERING moves on by itself."""


def goto(graph: Graph, state: State, to: int, memory: Memory | None = None) -> State:
    """The state before node `to`; CONTINUE is the next node of the entry chain, or the number after the last one."""
    held = state.memory if memory is None else memory
    if to >= 0:
        return State(to, ENTERING, state.language, state.chain, 0, 0, state.turns + 1, held)
    chain = state.chain + 1
    at = graph.chain[chain] if chain < len(graph.chain) else graph.number_node
    return State(at, ENTERING, state.language, chain, 0, 0, state.turns + 1, held)


def onward(graph: Graph, state: State, to: int) -> State:
    """Like `goto`, for a node that nobody had to act in: it spends no turn."""
    if to >= 0:
        return State(to, ENTERING, state.language, state.chain, 0, 0, state.turns, state.memory)
    chain = state.chain + 1
    at = graph.chain[chain] if chain < len(graph.chain) else graph.number_node
    return State(at, ENTERING, state.language, chain, 0, 0, state.turns, state.memory)


def waiting(state: State, part: int, memory: Memory | None = None) -> State:
    """The state in the same node, waiting for the first time for the answer `part`."""
    held = state.memory if memory is None else memory
    return State(state.at, part, state.language, state.chain, 0, 0, state.turns, held)


def asked_again(state: State, no_input: int, no_match: int, part: int | None = None) -> State:
    """The state in the same node after an answer that did not help, with the askings counted."""
    part = state.part if part is None else part
    return State(state.at, part, state.language, state.chain, no_input, no_match, state.turns + 1, state.memory)


def part_with(state: State, part: int, memory: Memory | None = None) -> State:
    """The state in the same node, one answer further, with the askings counted afresh."""
    held = state.memory if memory is None else memory
    return State(state.at, part, state.language, state.chain, 0, 0, state.turns + 1, held)


def with_field(memory: Memory, field: int, value: str) -> Memory:
    """The memory with a field set."""
    fields = memory.fields
    held = (*fields[:field], value, *fields[field + 1 :])
    return Memory(memory.variables, held, memory.number, memory.case, memory.due, memory.found, memory.tries)


def with_number(memory: Memory, number: str) -> Memory:
    """The memory with the number that we ring back."""
    return Memory(memory.variables, memory.fields, number, memory.case, memory.due, memory.found, memory.tries)


def with_case(memory: Memory, case: str, due: int) -> Memory:
    """The memory with a case that was opened or joined."""
    return Memory(memory.variables, memory.fields, memory.number, case, due, "", memory.tries)


def with_found(memory: Memory, found: str, due: int) -> Memory:
    """The memory with a case that was found by its number; '' when it is left again."""
    return Memory(memory.variables, memory.fields, memory.number, memory.case, due, found, memory.tries)


def with_try(memory: Memory) -> Memory:
    """The memory with one more case number typed."""
    held = (memory.variables, memory.fields, memory.number, memory.case, memory.due, memory.found)
    return Memory(*held, memory.tries + 1)
