"""A way that a proof found, replayed as a call; and the command line that replays it."""

from __future__ import annotations

import datetime as dt
import shlex

from ivr.model.moment import Calamity
from ivr.proofs.ways import Script
from ivr.simulator.callers import Scripted
from ivr.simulator.play import Play
from ivr.simulator.run import CALLER
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table

SAYS = "Er is iets aan de hand."
"""What the calamity switch, or a notice, says in a replay, in every language."""
SHUT_SECONDS = 3600
"""How long a team that is closed by hand stays so in a replay."""


def replay(table: Table, script: Script) -> Transcript:
    """Play a script."""
    graph = table.graph
    dialled = dialled_text(table, script)
    caller = "" if script.anonymous else CALLER
    arrival = arrive(graph, script.at, script.dial, dialled, caller, facts_of(table, script), script.seed)
    world = World(
        dials={name: list(outcomes) for name, outcomes in script.dials},
        queues={name: list(outcomes) for name, outcomes in script.queues},
        disk=script.disk,
        calamity=Calamity((SAYS,) * len(graph.languages), script.route) if script.calamity else None,
        cases=dict(script.cases),
        notices={name: (SAYS,) * len(graph.languages) for name in script.notices},
        closed=dict.fromkeys(script.closed, script.at + SHUT_SECONDS),
    )
    return Play(table, arrival, Scripted(list(script.does)), world).run()


def facts_of(table: Table, script: Script) -> dict[str, str]:
    """What is known of the caller, by name."""
    facts = enumerate(table.graph.facts)
    return {name: values[script.facts[i]] for i, (name, values) in facts if i < len(script.facts)}


def dialled_text(table: Table, script: Script) -> str:
    """The number that is dialled; of a block, its first number."""
    if script.dial < 0:
        return table.graph.main_number
    return table.graph.numbers[script.dial].name.replace("x", "0").replace("X", "0")


def command(table: Table, script: Script, folder: str, keys: bool = True) -> str:
    """The `ivr simulate call` line that replays a script; without `keys` one that leaves to you what the caller does."""
    local = dt.datetime.fromtimestamp(script.at, table.almanac.zone)
    words = [
        "ivr",
        "simulate",
        "call",
        folder,
        "--dial",
        dialled_text(table, script),
        "--at",
        f"{local:%Y-%m-%d %H:%M}",
    ]
    words += ["--keys", ",".join(script.does)] if keys else []
    if script.anonymous:
        words += ["--from", "anonymous"]
    for name, value in facts_of(table, script).items():
        words += ["--fact", f"{name}={value}"]
    for name, outcomes in script.dials:
        words += ["--dials", f"{name}={','.join(outcomes)}"]
    for name, outcomes in script.queues:
        words += ["--queues", f"{name}={','.join(outcomes)}"]
    if script.disk != "well":
        words += ["--disk", script.disk]
    for number, state in script.cases:
        words += ["--case", f"{number}={state}"]
    if script.calamity:
        words += ["--calamity", SAYS, *(["--route", script.route] if script.route else [])]
    for name in script.notices:
        words += ["--notice", f"{name}={SAYS}"]
    for name in script.closed:
        words += ["--closed", name]
    if script.seed is not None:
        words += ["--seed", str(script.seed)]
    return shlex.join(words)
