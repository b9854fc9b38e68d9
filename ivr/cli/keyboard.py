"""A call on a terminal: its lines as they come, and a keyboard in place of the caller and of all who may answer."""

from __future__ import annotations

import datetime as dt
import re

import click

from ivr.diagnostics import did_you_mean
from ivr.model.events import Event, HungUp, Keys, Silence, Speech
from ivr.model.exits import exit_label, exits
from ivr.model.nodes import MenuNode, QueueNode
from ivr.model.state import Arrival
from ivr.simulator.callers import Asked
from ivr.simulator.play import Play
from ivr.simulator.show import show_end, show_line
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS, World
from ivr.tables.ready import Table

HELP = "keys and Enter; ':words' to speak; Enter alone is silence; '?' shows where you are; Ctrl-D hangs up"
PROMPT = "      › "


def play_live(table: Table, arrival: Arrival, world: World) -> Transcript:
    """Play a call with the terminal as its caller, and give it when it is over."""
    local = dt.datetime.fromtimestamp(arrival.time, table.almanac.zone)
    click.echo(f"{arrival.dialled} is called by {arrival.caller or 'somebody unknown'}, {local:%Y-%m-%d %H:%M}")
    click.echo(HELP + "\n")
    transcript = Shown(table)
    play = Play(table, arrival, Keyboard(table), Answering(world), transcript=transcript)
    try:
        play.run()
    except EOFError:  # Ctrl-D while somebody else was to answer
        click.echo()
        play.writer.hangs_up(play.state.at)
    click.echo("\n" + show_end(transcript))
    return transcript


class Shown(Transcript):
    """A transcript that prints its lines as they come; what was typed itself is on the terminal already."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def add_at(self, second: float, what: str, text: str, node: int, language: str) -> None:
        """Add a line and print it."""
        super().add_at(second, what, text, node, language)
        if what not in ("presses", "speaks"):
            click.echo(show_line(self._table, self.lines[-1], self.number))


class Keyboard:
    """The caller at the keyboard."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def answer(self, asked: Asked) -> Event:
        """What is typed."""
        while True:
            try:
                typed = input(PROMPT).strip()
            except EOFError:
                click.echo()
                return HungUp()
            if typed == "?":
                click.echo(where(self._table, asked.node))
            elif typed.startswith(":"):
                return Speech(typed[1:].strip(), 0.9)
            elif not typed:
                return Silence()
            elif re.fullmatch(r"[0-9*#]+", typed):
                return Keys(typed)
            else:
                click.echo(f"        '{typed}' is no row of keys. {HELP}")

    def record(self, most: int) -> int:
        """How long they speak."""
        while True:
            typed = input(f"        speak for how many seconds, 0 to {most}? [{min(most, 10)}] ").strip()
            if not typed:
                return min(most, 10)
            if typed.isdecimal():
                return min(most, int(typed))
            click.echo("        write a number of seconds; 0 is silence")

    def leaves(self) -> bool:
        """Whether they press the key that leaves the queue."""
        return bool(input("        leave the queue? [Enter: wait on; any key: leave] ").strip())


class Answering(World):
    """A world in which the keyboard says who answers, unless a script does."""

    def __init__(self, world: World) -> None:
        super().__init__(
            world.dials, world.queues, world.disk, world.queue_seconds, world.calamity, world.cases, world.notices,
            world.closed,
        )  # fmt: skip

    def dial(self, name: str) -> str:
        """How a dial ends."""
        scripted = name in self.dials or "*" in self.dials
        return super().dial(name) if scripted else _choose(f"who answers at {name}?", DIAL_WORDS)

    def queue(self, name: str) -> str:
        """How a wait ends."""
        scripted = name in self.queues or "*" in self.queues
        return super().queue(name) if scripted else _choose(f"how does the wait for {name} end?", QUEUE_WORDS)


def _choose(question: str, words: tuple[str, ...]) -> str:
    """One of the words, by its beginning; the first one by Enter alone."""
    while True:
        typed = input(f"        {question} [{'/'.join(words)}] ").strip().lower().lstrip("!")
        found = [word for word in words if word.startswith(typed)] if typed else [words[0]]
        if typed in words or len(found) == 1:
            return typed if typed in words else found[0]
        click.echo(f"        '{typed}' is none of them" + (f"; {near}" if (near := did_you_mean(typed, words)) else ""))


def where(table: Table, at: int) -> str:
    """Where a caller is: the node, its place in the YAML, and where each of its exits leads."""
    graph = table.graph
    node = graph.nodes[at]
    kind = type(node).__name__.removesuffix("Node").lower()
    out = [f"        {graph.names[at]} ({kind}), {table.source_map.node(at)}"]
    for name, target in exits(node):
        to = graph.names[target] if target >= 0 else "continue"
        out.append(f"          {exit_label(graph, at, name):<12} → {to}{_spoken(node, name)}")
    if isinstance(node, MenuNode):
        out.append(f"          {graph.operator_key:<12} → {graph.names[graph.operator]}")
        out.append(f"          {graph.repeat_key:<12} → the same, in fuller words")
    if isinstance(node, QueueNode) and node.offer_key:
        out.append(f"          key {node.offer_key} leaves after {node.offer_after} seconds")
    return "\n".join(out)


def _spoken(node: object, key: str) -> str:
    """The phrases that choose an option."""
    if not isinstance(node, MenuNode) or key not in node.keys:
        return ""
    said = sorted(
        {phrase for phrases in node.phrases for phrase, option in phrases.items() if option == node.keys[key]}
    )
    return f"   says: {', '.join(said)}" if said else ""
