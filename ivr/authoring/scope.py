"""Flows expanded: each visit puts the flow's nodes in its place, with a scope in which its parameters are bound."""

from __future__ import annotations

from ivr.authoring.document import Document, FlowDecl
from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.kinds.visit import VisitDecl
from ivr.authoring.schema.types import Named
from ivr.authoring.slips import meant_for
from ivr.authoring.values import Scalar
from ivr.diagnostics import Label, Report, did_you_mean

MAX_NODES = 250_000
"""How many nodes a table may have once its flows are expanded."""

_Stack = tuple[tuple[str, Scalar], ...]
"""The flows that are being visited, from the outside in, each with the place that names it."""


class Scope:
    """Where a name of a node is looked up: in the flow that it stands in, then in the table.

    `prefix` goes before the names of the flow's nodes; `bound` holds what each parameter stands for, and the scope in
    which that is to be read; `then` is where `return` leads, in the scope `outer`.
    """

    __slots__ = ("bound", "flow", "outer", "prefix", "then")

    def __init__(
        self,
        prefix: str = "",
        flow: FlowDecl | None = None,
        bound: dict[str, tuple[Scalar, Scope]] | None = None,
        then: Scalar | None = None,
        outer: Scope | None = None,
    ) -> None:
        self.prefix = prefix
        self.flow = flow
        self.bound = bound or {}
        self.then = then
        self.outer = outer


class Placed:
    """A node of the expanded table."""

    __slots__ = ("decl", "name", "scope")

    def __init__(self, name: str, decl: NodeDecl, scope: Scope) -> None:
        self.name = name
        self.decl = decl
        self.scope = scope


class Expansion:
    """All nodes of a table. `index` gives a node's number; a visit's name stands for the flow's first node.

    -2 in `index` marks a name that is known, but that nothing can be made of.
    """

    def __init__(self, document: Document, report: Report) -> None:
        self.placed: list[Placed] = []
        self.index: dict[str, int] = {}
        self.used_flows: set[str] = set()
        self.visits: dict[str, Scalar] = {}
        self.expanded: list[tuple[str, VisitDecl, Scalar, int, int]] = []
        self._document = document
        self._report = report
        self._aliases: dict[str, str] = {}
        self._circles: set[frozenset[int]] = set()
        self.full = False
        self._expand(document.nodes, Scope(), ())
        for name, start in self._aliases.items():
            seen = {name}
            while start in self._aliases and start not in seen:
                seen.add(start)
                start = self._aliases[start]
            self.index[name] = self.index.get(start, -2)

    def _expand(self, nodes: dict[str, Named[NodeDecl]], scope: Scope, stack: _Stack) -> None:
        for text, named in nodes.items():
            name = scope.prefix + text
            decl = named.value
            if decl is None:
                self.index[name] = -2
            elif isinstance(decl, VisitDecl):
                self._visit(name, decl, scope, stack)
            elif decl.broken:
                self.index[name] = -2
            else:
                self.index[name] = len(self.placed)
                self.placed.append(Placed(name, decl, scope))
        if len(self.placed) > MAX_NODES and not self.full:
            self.full = True
            at = next(iter(nodes.values())).key
            what = f"with its flows expanded, the table has over {MAX_NODES:,} nodes"
            self._report.add("IVR112", at.span, what, "let fewer flows visit others")

    def _visit(self, name: str, decl: VisitDecl, scope: Scope, stack: _Stack) -> None:
        self.index[name] = -2
        at = decl.flow
        if at is None:
            return
        text = at.text
        named = self._document.flows.get(text)
        if named is None:
            near = did_you_mean(text, self._document.flows)
            self._report.add("IVR207", at.span, f"there is no flow '{text}'", near or "define it under 'flows:'")
            return
        self.used_flows.add(text)
        flow = named.value
        if any(text == visited for visited, _ in stack):
            self._visits_itself(text, at, named.key, stack)
            return
        if flow is None or flow.broken or decl.broken or self.full:
            return
        bound = self._bind(decl, at, flow, scope)
        inner = Scope(name + "/", flow, bound, decl.then, scope)
        if flow.start.text not in flow.nodes:
            near = did_you_mean(flow.start.text, flow.nodes) or "its nodes: " + ", ".join(list(flow.nodes)[:8])
            self._report.add("IVR201", flow.start.span, f"the flow has no node '{flow.start.text}'", near)
            return
        self._aliases[name] = inner.prefix + flow.start.text
        self.visits[name] = at
        first = len(self.placed)
        self._expand(flow.nodes, inner, (*stack, (text, at)))
        self.expanded.append((name, decl, named.key, first, len(self.placed)))

    def _visits_itself(self, text: str, at: Scalar, key: Scalar, stack: _Stack) -> None:
        """Flows that visit each other are one fault, whichever of them the table visits first."""
        way = stack[[visited for visited, _ in stack].index(text) :]
        circle = frozenset(id(place) for place in (*(place for _, place in way[1:]), at))
        if circle not in self._circles:
            self._circles.add(circle)
            names = " → ".join([*(visited for visited, _ in way), text])
            self._report.add(
                "IVR314", at.span, f"the flow visits itself: {names}", "end the flow with 'return' instead",
                [Label(key.span, "the flow begins here")],
            )  # fmt: skip

    def _bind(self, decl: VisitDecl, at: Scalar, flow: FlowDecl, scope: Scope) -> dict[str, tuple[Scalar, Scope]]:
        bound: dict[str, tuple[Scalar, Scope]] = {}
        unknown = [text for text in decl.with_ if text not in flow.with_]
        meant = meant_for(unknown, [text for text in flow.with_ if text not in decl.with_])
        for text, named in decl.with_.items():
            if text not in flow.with_:
                near = did_you_mean(text, flow.with_) or "its parameters: " + ", ".join(flow.with_)
                self._report.add("IVR208", named.key.span, f"the flow '{at.text}' has no parameter '{text}'", near)
            elif named.value is not None:
                bound[text] = (named.value, scope)
        for text, named in flow.with_.items():
            if text not in decl.with_ and text not in meant.values():
                self._report.add(
                    "IVR211", at.span, f"the flow '{at.text}' is not given its parameter '{text}'",
                    f"add 'with: {{{text}: …}}'", [Label(named.key.span, "declared here")],
                )  # fmt: skip
        return bound
