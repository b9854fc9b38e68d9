"""The kinds of node, named as in YAML. To add one: a declaration here, a struct in model/nodes.py, a step in engine/."""

from __future__ import annotations

from ivr.authoring.kinds.ask import AskDecl
from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.kinds.branch import BranchDecl
from ivr.authoring.kinds.calamity import CalamityDecl
from ivr.authoring.kinds.callback import CallbackDecl
from ivr.authoring.kinds.case import CaseDecl
from ivr.authoring.kinds.end import EndDecl
from ivr.authoring.kinds.hours import HoursDecl
from ivr.authoring.kinds.menu import MenuDecl
from ivr.authoring.kinds.notice import NoticeDecl
from ivr.authoring.kinds.queue import QueueDecl
from ivr.authoring.kinds.say import SayDecl
from ivr.authoring.kinds.split import SplitDecl
from ivr.authoring.kinds.survey import SurveyDecl
from ivr.authoring.kinds.transfer import TransferDecl
from ivr.authoring.kinds.visit import VisitDecl
from ivr.authoring.kinds.voicemail import VoicemailDecl

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
        CaseDecl,
        CalamityDecl,
        NoticeDecl,
        VisitDecl,
        EndDecl,
    )
}

__all__ = ["KINDS", "NodeDecl"]
