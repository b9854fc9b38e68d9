"""What happened in a call, line by line, with the place in the YAML that each line comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.model.speaking import speaking_seconds

ENDINGS = ("person", "case", "told where to turn", "goodbye", "hung up", "lost")
"""How a call ends for its caller. `goodbye` is an end that helped with nothing; `lost` one that should not happen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the second at which it begins, who or what (`says`, `presses`, …), the text, the node."""

    second: float
    what: str
    text: str
    node: int = -1
    language: str = ""

    @property
    def heard(self) -> tuple[str, str, str]:
        """What must be the same in process and over HTTP."""
        return (self.what, self.text, self.language)


@dataclass(slots=True)
class Transcript:
    """A call as it went. `nodes` are the nodes passed, `exits` the (node, exit) pairs taken, in order; `number` the
    legacy number that was dialled, -1 for the main one."""

    lines: list[Line] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    exits: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    choices: int = 0
    team: str = ""
    person: bool = False
    case: str = ""
    told: bool = False
    helped_at: float | None = None
    hung_up: bool = False
    steps: int = 0
    number: int = -1

    def add(self, what: str, text: str, node: int, language: str = "", takes: float = 0.0) -> None:
        """Add a line that takes so many seconds."""
        self.add_at(self.seconds, what, text, node, language)
        self.seconds += takes

    def add_at(self, second: float, what: str, text: str, node: int, language: str) -> None:
        """Add a line that begins at some second, and let the clock stand."""
        self.lines.append(Line(second, what, text, node, language))

    def says(self, text: str, language: str, node: int) -> None:
        """The caller hears words, or a recording when there is no language."""
        if language:
            self.add("says", text, node, language, speaking_seconds(text, language))
        else:
            self.add("plays", text, node, "", 5.0)

    @property
    def ending(self) -> str:
        """How the call ended for its caller: the best thing that came of it."""
        if self.person:
            return "person"
        if self.case:
            return "case"
        if self.told:
            return "told where to turn"
        return "hung up" if self.hung_up else "goodbye"

    def words(self) -> str:
        """All that was heard, in one text."""
        return " ".join(line.text for line in self.lines if line.what == "says")
