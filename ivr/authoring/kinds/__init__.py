"""The kinds of node, named as in YAML. To add one: a declaration here, a struct in model/nodes.py, a step in engine/."""

from __future__ import annotations

from ivr.authoring.kinds.ask import AskDecl
from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.kinds.branching import BranchDecl, HoursDecl, SplitDecl
from ivr.authoring.kinds.connecting import QueueDecl, TransferDecl
from ivr.authoring.kinds.menu import MenuDecl
from ivr.authoring.kinds.plain import CalamityDecl, EndDecl, VisitDecl
from ivr.authoring.kinds.promising import CallbackDecl, SurveyDecl, VoicemailDecl
from ivr.authoring.kinds.say import SayDecl

KINDS: dict[str, type[NodeDecl]] = {
    cls.kind: cls
    for cls in (
        SayDecl,
        MenuDecl,
        AskDecl,
        HoursDecl,
        BranchDecl,
        SplitDecl,
        TransferDecl,
        QueueDecl,
        CallbackDecl,
        VoicemailDecl,
        SurveyDecl,
        CalamityDecl,
        VisitDecl,
        EndDecl,
    )
}

__all__ = ["KINDS", "NodeDecl"]
