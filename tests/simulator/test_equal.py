"""What is heard in process is heard over HTTP: the same table, callers and worlds, once each way."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from ivr.model.events import CASE_STATES
from ivr.model.state import Arrival
from ivr.simulator.callers import A_CASE, PERSONAS, Caller, Persona, Random, Scripted
from ivr.simulator.run import PlayCall, in_process, prepare
from ivr.simulator.scenario import read_suite
from ivr.simulator.transcript import Transcript
from ivr.simulator.wire import over_http
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS, World
from ivr.tables.archive import Archive
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table, load_table
from ivr.web.app import App
from ivr.web.log import Log
from ivr.web.settings import Settings
from tests.engine import calls
from tests.simulator.stub import listening

FOLDER = Path("routing_tables/groningen")
TOKEN = "a-token"
YEAR = 365 * 86_400
FIRST = calls.instant("2026-12-01 00:00")
Make = Callable[[], tuple[Arrival, Caller, World]]


@pytest.fixture(scope="module")
def groningen() -> Table:
    """The table of Groningen."""
    return load_table(FOLDER, calls.TODAY)


@contextlib.contextmanager
def serving(groningen: Table, var: Path, trace: bool) -> Iterator[str]:
    """A server of both tables, in simulation."""

    def make(address: str) -> App:
        given = {"public_url": address, "twilio_token": TOKEN, "var": var, "simulation": True, "trace": trace}
        return App(Settings(**given), [groningen, calls.table()], log=Log("error", BytesIO()))  # type: ignore[arg-type]

    Archive(var / "tables", groningen.graph.id).keep(groningen, FOLDER)
    with listening(make) as address:
        yield address


@pytest.fixture(scope="module")
def url(groningen: Table, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that names the nodes of a turn."""
    with serving(groningen, tmp_path_factory.mktemp("var"), trace=True) as address:
        yield address


@pytest.fixture(scope="module")
def wire(url: str) -> PlayCall:
    """Calls over HTTP."""
    return over_http(url, TOKEN)


def outcome(transcript: Transcript) -> tuple[object, ...]:
    """All that must be the same."""
    return (
        [line.heard for line in transcript.lines], transcript.nodes, transcript.exits, transcript.ending,
        transcript.team, transcript.case, transcript.choices, round(transcript.seconds, 6), transcript.helped_at,
    )  # fmt: skip


def both(table: Table, wire: PlayCall, make: Make) -> tuple[Transcript, Transcript]:
    """The same call, once each way."""
    return in_process(table, *make()), wire(table, *make())


def drawn(table: Table, seed: int) -> Make:
    """A call drawn by chance: who calls which number when, what they do, and how the world answers."""

    def make() -> tuple[Arrival, Caller, World]:
        chance = random.Random(seed)
        graph = table.graph
        number = chance.randrange(-1, len(graph.numbers))
        dialled = graph.main_number if number < 0 else graph.numbers[number].name.replace("x", "4")
        known = {name: chance.choice(values) for name, values in graph.facts}
        caller = chance.choice(["+31612345678", "+31503671234", ""])
        arrival = arrive(
            graph, FIRST + chance.randrange(YEAR), number, dialled, caller, known, chance.randrange(10_000)
        )
        world = World(
            dials={"*": chance.choices(DIAL_WORDS, k=2)},
            queues={"*": chance.choices(QUEUE_WORDS, k=2)},
            disk=chance.choice(["well", "well", "full", "failed"]),
            queue_seconds=chance.choice([0, 10, 45, 200]),
            cases={A_CASE: chance.choice(CASE_STATES)},
        )
        return arrival, Random(graph, seed), world

    return make


def test_every_scenario_of_groningen_is_heard_the_same(groningen: Table, wire: PlayCall) -> None:
    suite = read_suite(FOLDER)
    assert len(suite.scenarios) >= 25
    for scenario in suite.scenarios:

        def make(decl: object = scenario.decl) -> tuple[Arrival, Caller, World]:
            prepared = prepare(groningen, decl)  # type: ignore[arg-type]
            assert isinstance(prepared, tuple)
            return prepared

        ours, theirs = both(groningen, wire, make)
        assert outcome(ours) == outcome(theirs), scenario.name


def test_a_thousand_random_callers_hear_the_same(groningen: Table, wire: PlayCall) -> None:
    endings = set()
    for seed in range(1000):
        ours, theirs = both(groningen, wire, drawn(groningen, seed))
        assert outcome(ours) == outcome(theirs), f"seed {seed}"
        endings.add(ours.ending)
    assert {"person", "case", "told where to turn", "hung up"} <= endings


def test_random_callers_of_a_table_with_every_kind_hear_the_same(wire: PlayCall) -> None:
    table = calls.table()
    for seed in range(300):
        ours, theirs = both(table, wire, drawn(table, seed))
        assert outcome(ours) == outcome(theirs), f"seed {seed}"


@pytest.mark.parametrize("name", PERSONAS)
def test_personas_hear_the_same(groningen: Table, wire: PlayCall, name: str) -> None:
    for at in ("2026-12-01 10:00", "2026-12-03 22:00", "2026-12-25 12:00"):
        arrival = arrive(groningen.graph, calls.instant(at), -1, "14 050", "+31612345678", {})
        ours, theirs = both(groningen, wire, lambda a=arrival: (a, Persona(groningen.graph, name), World()))  # type: ignore[misc]
        assert outcome(ours) == outcome(theirs), at


@pytest.mark.parametrize(
    "keys", [["3", "9123", "1"], ["4", "record 9"], ["8", "1"], ["5"], ["7"], ["6", "8"], ["9", "2"]]
)
def test_whoever_hangs_up_at_any_point_hears_the_same_until_then(wire: PlayCall, keys: list[str]) -> None:
    table = calls.table()
    arrival = arrive(table.graph, calls.instant("2026-12-01 10:00"), -1, "14 050", "+31612345678", {})
    for point in range(len(keys) + 2):
        script = [*keys[:point], "hangup"]
        ours, theirs = both(table, wire, lambda s=script: (arrival, Scripted(s, "hangup"), World()))  # type: ignore[misc]
        assert outcome(ours) == outcome(theirs), script


@pytest.mark.parametrize("state", [*CASE_STATES, ""])
@pytest.mark.parametrize("disk", ["well", "failed"])
def test_a_case_number_finds_the_same(wire: PlayCall, state: str, disk: str) -> None:
    table = calls.table()
    number = next(i for i, held in enumerate(table.graph.numbers) if held.formerly == "zaken")
    arrival = arrive(table.graph, calls.instant("2026-12-01 10:07"), number, "050 367 1002", "+31612345678", {})
    for does in (["1"], ["2", "1"], ["2", "2"], ["0"], []):
        script = ["123456", *does]

        def make(script: list[str] = script) -> tuple[Arrival, Caller, World]:
            return arrival, Scripted(script), World(disk=disk, cases={"123456": state} if state else {})

        ours, theirs = both(table, wire, make)
        assert outcome(ours) == outcome(theirs), script
        assert ("uiterlijk morgen om elf uur" in ours.words()) == (state == "promised" and disk == "well")
        assert bool(ours.case) == (disk == "well" and state in ("promised", "open") and does in (["1"], ["2", "2"], []))


def test_every_request_may_come_twice(groningen: Table, url: str) -> None:
    again = over_http(url, TOKEN, twice=True)
    for seed in range(2000, 2060):
        ours = in_process(groningen, *drawn(groningen, seed)())
        assert outcome(ours) == outcome(again(groningen, *drawn(groningen, seed)())), f"seed {seed}"


def test_the_same_call_again_within_a_minute_is_heard_the_same(groningen: Table, wire: PlayCall) -> None:
    first, second = (wire(groningen, *drawn(groningen, 7)()) for _ in range(2))
    assert outcome(first) == outcome(second)


def test_lines_over_http_know_the_node_that_spoke(groningen: Table, wire: PlayCall) -> None:
    arrival = arrive(groningen.graph, calls.instant("2026-12-01 10:00"), -1, "14 050", "+31612345678", {})
    ours, theirs = both(groningen, wire, lambda: (arrival, Scripted(["1", "1"]), World()))
    assert [line.node for line in ours.lines] == [line.node for line in theirs.lines]


def test_scripted_callers_need_no_trace(groningen: Table, tmp_path: Path) -> None:
    table = calls.table()
    arrival = arrive(table.graph, calls.instant("2026-12-01 10:00"), -1, "14 050", "+31612345678", {})
    scripts = [
        ["3", "9123", "1"],
        ["4", "record 9"],
        ["8", "1"],
        ["5", "leave", "1"],
        ["7"],
        ["9", "2"],
        ["", "", "5"],
        [":balie"],
    ]
    with serving(groningen, tmp_path, trace=False) as address:
        untraced = over_http(address, TOKEN)
        for script in scripts:
            ours = in_process(table, arrival, Scripted(script), World(dials={"order": ["busy"]}))
            theirs = untraced(table, arrival, Scripted(script), World(dials={"order": ["busy"]}))
            assert [line.heard for line in ours.lines] == [line.heard for line in theirs.lines], script
            assert {line.node for line in theirs.lines} == {-1}
