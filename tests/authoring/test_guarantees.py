"""Guarantees name nodes: also those inside a flow, by the name that they have in one visit."""

from __future__ import annotations

import pytest

from ivr.diagnostics import Finding, Severity, Source, Sources
from ivr.proofs.prover import verdicts
from ivr.tables.ready import check_sources
from tests.proofs.promised import changed
from tests.proofs.tables import DAYS, TODAY, compiled, space_of

FLOWS = """\
flows:
  hall: {start: inner, nodes: {inner: {kind: say, say: {nl: Welkom., en: Welcome.}, to: deep}, deep: {kind: visit, flow: well, then: return}}}
  well: {start: water, nodes: {water: {kind: say, say: {nl: Water., en: Water.}, to: return}}}
"""
VISITED = changed(
    ("open: continue, closed: closed", "open: front, closed: back"),
    ("  closed: {", "  front: {kind: visit, flow: hall, then: continue}\n  back: {kind: visit, flow: hall, then: closed}\n  closed: {"),
) + FLOWS  # fmt: skip


def found(text: str) -> list[Finding]:
    """The errors that are found in it."""
    return [
        f for f in check_sources(Sources((Source("t.yaml", text),)), TODAY).findings if f.severity is Severity.ERROR
    ]


OPEN = "for: {arriving: desk open}"


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("always: {reach: front/inner}", True),
        ("always: {reach: back/inner}", False),
        ("never: {reach: back/inner}", True),
        ("always: {reach: front/deep/water}", True),
        ("always: {reach: front/deep}", True),
        ("always: {reach: inner}", True),
        ("always: {reach: front}", True),
        ("never: {reach: front/inner}", False),
        ("always: {hears: danger, before: [back/deep/water]}", True),
        ("always: {hears: danger, before: [front/deep/water]}", False),
    ],
)
def test_a_node_inside_a_flow_is_named_as_transcripts_show_it(claim: str, holds: bool) -> None:
    text = f"{VISITED}guarantees:\n  g: {{{OPEN}, {claim}}}\n"
    assert found(text) == []
    judged = {v.name: v for v in verdicts(space_of(compiled(text), DAYS))}
    assert (judged["g"].holds, judged["g"].vacuous) == (holds, False)


@pytest.mark.parametrize(
    "name", ["front/iner", "front/deep/inner", "main/inner", "nobody/inner", "hall/inner", "front/", "/inner"]
)
@pytest.mark.parametrize(("claim", "code"), [("reach: %s", "IVR202"), ("hears: danger, before: [%s]", "IVR201")])
def test_a_name_inside_no_visit_is_reported_with_how_to_name_one(name: str, claim: str, code: str) -> None:
    text = f"{VISITED}guarantees:\n  g: {{{OPEN}, always: {{{claim % name}}}}}\n"
    (finding,) = found(text)
    assert finding.code == code
    assert finding.help.startswith(("name the visit and the node of its flow", "did you mean"))
