"""Facts about what is switched as the engine meets it: notices, teams that are closed by hand, and the words on opening."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ivr.calendars.moment import Almanac, LiveMoment
from ivr.dialects.filling import Filling
from ivr.dialects.transcript import heard
from ivr.engine import begin, step
from ivr.model.actions import Dial, Enqueue, Listen, OpenCase, Say
from ivr.model.events import Begin, Event, Keys
from ivr.model.graph import Graph
from ivr.model.moment import Calamity, Switched
from ivr.model.state import State
from ivr.tables.arrivals import arrive
from tests.engine import calls
from tests.proofs import tables
from tests.switching import TEXT, table

MORNING = "2026-12-01 10:00"
SHUT = TEXT.replace("closed: promise, failed: note}\n  turns", "closed: shut, failed: note}\n  turns").replace(
    "  turns:", '  shut: {kind: say, say: {nl: "Weer {opens:desk}.", en: "Again {opens:desk}."}, to: note}\n  turns:'
)


class Call:
    """A call while something is switched; what is heard of each step, as text."""

    def __init__(self, switched: Switched, at: str = MORNING, graph: Graph | None = None) -> None:
        self.graph = graph if graph is not None else table().graph
        arrival = arrive(self.graph, calls.instant(at), -1, "14 050", "+31612345678", {}, 1)
        self.moment = LiveMoment(Almanac(self.graph), arrival, switched)
        self.state: State = begin(self.graph)
        self.heard = ""
        self.then(Begin())

    def then(self, event: Event) -> Call:
        self.state, self.actions = step(self.graph, self.state, event, self.moment)
        prompts: list[int] = []
        for action in self.actions:
            prompts += (
                [action.prompt] if isinstance(action, Say) else action.prompts if isinstance(action, Listen) else []
            )
        filling = Filling(self.moment, self.state)
        self.heard = " ".join(text for prompt in prompts for _, text in heard(self.graph, prompt, filling))
        return self

    def press(self, key: str) -> Call:
        return self.then(Keys(key))


def team(name: str, graph: Graph | None = None) -> int:
    return [held.name for held in (graph or table().graph).teams].index(name)


def at(text: str) -> int:
    return calls.instant(text)


def compiled(text: str) -> Graph:
    return tables.compiled(text).graph


def test_a_notice_is_spoken_in_its_place_and_in_the_language_of_the_call() -> None:
    node = table().graph.names.index("notices")
    call = Call(Switched(Calamity(("Water.", "Water!")), {node: ("Vrijdag dicht.", "Closed on Friday.")}))
    assert call.heard.index("Water.") < call.heard.index("Vrijdag dicht.") < call.heard.index("Welkom.")
    assert "Friday" not in call.heard


def test_nothing_is_heard_of_a_notice_node_that_has_nothing_to_say() -> None:
    assert Call(Switched()).heard.startswith("Welkom.")


def test_a_team_that_is_closed_by_hand_is_not_rung() -> None:
    assert isinstance(Call(Switched()).press("0").actions[-1], Dial)
    call = Call(Switched(closed={team("desk"): at("2026-12-01 15:00")})).press("0")
    assert not any(isinstance(action, Dial) for action in call.actions)
    assert call.graph.names[call.state.at] == "promise"


def test_nobody_waits_for_a_team_that_is_closed_by_hand() -> None:
    assert isinstance(Call(Switched()).press("5").actions[-1], Enqueue)
    call = Call(Switched(closed={team("line"): at("2026-12-01 15:00")})).press("5")
    assert call.graph.names[call.state.at] == "note"


def test_a_promise_is_made_for_a_team_that_is_closed_by_hand() -> None:
    call = Call(Switched(closed={team("desk"): at("2026-12-01 15:00")})).press("8").press("1")
    effect = call.actions[-1]
    assert isinstance(effect, OpenCase)
    assert effect.team == team("desk")


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-12-01 15:00", "Weer vandaag om drie uur."),
        ("2026-12-01 17:30", "Weer morgen om negen uur."),
        ("2026-12-04 12:00", "Weer vrijdag om twaalf uur."),
        ("2026-12-05 12:00", "Weer maandag om negen uur."),
    ],
)
def test_who_is_refused_hears_when_the_team_is_there_again(until: str, said: str) -> None:
    graph = compiled(SHUT)
    call = Call(Switched(closed={team("desk", graph): at(until)}), graph=graph).press("0")
    assert said in call.heard


def test_a_team_that_is_closed_longer_than_its_night_is_not_promised_for_the_morning() -> None:
    graph = compiled(SHUT.replace("closed: closed, holiday", "closed: continue, holiday"))
    shut = {team("desk", graph): at("2026-12-02 12:00")}
    assert "Weer morgen om negen uur." in Call(Switched(), "2026-12-01 22:00", graph).press("0").heard
    assert "Weer morgen om twaalf uur." in Call(Switched(closed=shut), "2026-12-01 22:00", graph).press("0").heard


def test_a_route_past_an_open_team_says_when_the_calamity_is_over_or_that_it_is_later() -> None:
    graph = compiled(TEXT.replace("routes: {flood: thanks}", "routes: {flood: closed}"))
    flood = Calamity(("Brand.", "Fire."), "flood", ends=at("2026-12-01 16:00"))
    assert "Dicht. Open vandaag om vier uur." in Call(Switched(flood), graph=graph).heard
    assert "Dicht. Open later." in Call(Switched(replace(flood, ends=0)), graph=graph).heard
    assert "Dicht. Open morgen om negen uur." in Call(Switched(flood), "2026-12-01 22:00", graph).heard


def test_another_team_with_the_same_calendar_says_its_own_hours() -> None:
    two = "  order: {title: {nl: om de beurt, en: in turn}, calendar: always,"
    graph = compiled(SHUT.replace(two, two.replace("always", "desk")))
    shut = {team("order", graph): at("2026-12-04 12:00"), team("desk", graph): at("2026-12-01 15:00")}
    assert "Weer vandaag om drie uur." in Call(Switched(closed=shut), graph=graph).press("0").heard
