"""How figures, times and names are written on the page, in its language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ivr.model.graph import Graph
from ivr.model.nodes import EndNode, QueueNode, TransferNode
from ivr.pages.look.words import has_word, word
from ivr.store.reports.rows import ALL, FEW, MAIN, NO_TEAM

OFF = "–"
"""What stands for a figure that cannot be said, or may not be."""


class Say:
    """Writes in one language, with the names that the live tables give (id → graph). A name that they lack stays as it
    is."""

    def __init__(self, language: str, graphs: Mapping[str, Graph], years: bool = False) -> None:
        """`years`: weeks are told with their year, since the period holds more than one."""
        self.language = language
        self._years = years
        self._teams = {team.name: _of(team.titles, g, language) for g in graphs.values() for team in g.teams}
        self._numbers = {number.name: number.formerly for g in graphs.values() for number in g.numbers}
        self._nodes = {name: (g, node) for g in graphs.values() for name, node in zip(g.names, g.nodes, strict=True)}

    def t(self, key: str, **holes: object) -> str:
        """A word of this page."""
        return word(self.language, f"figures.{key}", **holes)

    def or_raw(self, prefix: str, value: str) -> str:
        """The word for a value of a fixed list; the value itself where there is none."""
        key = f"figures.{prefix}_{value}"
        return word(self.language, key) if has_word(key) else value

    def whole(self, count: float) -> str:
        """`1.234` or `1,234`."""
        return self._local(f"{round(count):,}")

    def decimal(self, value: float) -> str:
        """`7,2` or `7.2`."""
        return self._local(f"{value:,.1f}").replace("-", "−")

    def percent(self, part: float | None) -> str:
        """`83 %`."""
        return OFF if part is None else f"{part:.0%}".replace("%", "\u202f%")

    def span(self, seconds: float | None) -> str:
        """`3 min 10 s`: two units at most."""
        if seconds is None:
            return OFF
        whole = round(seconds)
        parts = [(whole // 86_400, "d"), (whole // 3_600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
        first = next((n for n, (count, _) in enumerate(parts) if count), len(parts) - 1)
        said = [self.t(f"span_{unit}", n=count) for count, unit in parts[first : first + 2] if count]
        return " ".join(said) or self.t("span_s", n=0)

    def day(self, day: dt.date) -> str:
        """`24 november 2026`."""
        return f"{day.day} {self.t(f'month_{day.month}')} {day.year}"

    def stretch(self, name: str) -> str:
        """`week 45` (`week 45, 2026`) or `november 2026`, of `2026-W45` or `2026-11`."""
        year, _, rest = name.partition("-")
        if not rest.startswith("W"):
            return f"{self.t(f'month_{int(rest)}')} {year}"
        return f"week {int(rest[1:])}" + (f", {year}" if self._years else "")

    def short(self, name: str) -> str:
        """The same as it stands under a chart: `wk 45` or `nov`."""
        rest = name.partition("-")[2]
        if rest.startswith("W"):
            return f"wk {int(rest[1:])}"
        own = f"short_{rest}"
        return self.t(own) if has_word(f"figures.{own}") else self.t(f"month_{int(rest)}")[:3]

    def team(self, name: str) -> str:
        """`Burgerzaken`."""
        shared = {ALL: "all", FEW: "few", NO_TEAM: "no_team", "": "no_team"}
        return upper_first(self.t(shared[name]) if name in shared else self._teams.get(name, name))

    def number(self, name: str) -> str:
        """The number, or that it is the main one."""
        shared = {ALL: "all", FEW: "few", MAIN: "main_number", "": "main_number"}
        return upper_first(self.t(shared[name])) if name in shared else name

    def formerly(self, name: str) -> str:
        """Whose number it was; '' when no table says."""
        return self._numbers.get(name, "")

    def node(self, name: str) -> str:
        """What a node is to people: the team that is rung, or its kind."""
        if name in ("", "-"):
            return upper_first(self.t("unknown"))
        if name not in self._nodes:
            return name
        graph, node = self._nodes[name]
        if isinstance(node, EndNode):
            return upper_first(self.t("at_the_end"))
        if isinstance(node, TransferNode | QueueNode) and node.team >= 0:
            return upper_first(_of(graph.teams[node.team].titles, graph, self.language))
        return upper_first(self.or_raw("kind", str(node.__struct_config__.tag)))

    def ends(self, name: str) -> bool:
        """Whether a node is the end of a call, where nobody chooses to be."""
        return name in self._nodes and isinstance(self._nodes[name][1], EndNode)

    def _local(self, text: str) -> str:
        return text.translate(_DUTCH) if self.language == "nl" else text


def upper_first(text: str) -> str:
    """As the first word of a row."""
    return text[:1].upper() + text[1:]


_DUTCH = str.maketrans(",.", ".,")


def _of(titles: tuple[str, ...], graph: Graph, language: str) -> str:
    """The title in a language, else in the table's first."""
    codes = [one.code for one in graph.languages]
    return titles[codes.index(language)] if language in codes else titles[0]
