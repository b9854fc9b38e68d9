"""What may be chosen for a call to a table: its numbers, languages, facts, routes, and moments worth trying."""

from __future__ import annotations

from msgspec import Struct

from ivr.model.nodes import CalamityNode, NoticeNode
from ivr.pages.phone.asked import titles
from ivr.pages.phone.call import Texts
from ivr.pages.phone.moments import Pick, picks
from ivr.proofs.relevant import asked_facts
from ivr.tables.ready import Table


class Options(Struct, frozen=True):
    """What may be chosen. `numbers` are (name, whose it was); `languages` (code, locale); `facts` those that the table
    asks, with their values; `calamity` whether the switch is heard anywhere, `routes` where it may lead; `notices` nodes
    that speak notices; `teams` with what they are called, which may be closed by hand."""

    id: str
    title: str
    version: str
    main: str
    numbers: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    calamity: bool
    routes: tuple[str, ...]
    notices: tuple[str, ...]
    teams: tuple[tuple[str, Texts], ...]
    picks: tuple[Pick, ...]


def options_of(table: Table, now: int) -> Options:
    """What may be chosen for a call to a table, seen from now (epoch seconds)."""
    graph = table.graph
    asked = asked_facts(graph)
    switches = [node for node in graph.nodes if isinstance(node, CalamityNode)]
    return Options(
        id=graph.id,
        title=graph.title or graph.id,
        version=table.version,
        main=graph.main_number,
        numbers=tuple((number.name, number.formerly) for number in graph.numbers),
        languages=tuple((language.code, language.locale) for language in graph.languages),
        facts=tuple(held for index, held in enumerate(graph.facts) if index in asked),
        calamity=bool(switches),
        routes=tuple(dict.fromkeys(route for node in switches for route in node.routes)),
        notices=tuple(
            name for name, node in zip(graph.names, graph.nodes, strict=False) if isinstance(node, NoticeNode)
        ),
        teams=tuple((team.name, titles(graph, team.name)) for team in graph.teams),
        picks=tuple(picks(table.almanac, now)),
    )
