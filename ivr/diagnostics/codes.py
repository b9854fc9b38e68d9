"""The list of codes: what each finding is called and how grave it is. Each has a page in docs/codes/."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """An error keeps a table from going live; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(Struct, frozen=True):
    """A kind of finding: its stable code, a title of a few words, and its severity."""

    code: str
    title: str
    severity: Severity


def _codes(severity: Severity, **titles: str) -> dict[str, Code]:
    return {code: Code(code, title, severity) for code, title in titles.items()}


CODES: dict[str, Code] = dict(
    sorted(
        {
            **_codes(
                Severity.ERROR,
                IVR100="file cannot be read",
                IVR101="broken YAML",
                IVR102="duplicate key",
                IVR103="anchor, alias, tag or merge key",
                IVR104="unknown key",
                IVR105="missing key",
                IVR106="wrong type or value",
                IVR107="unknown kind of node",
                IVR108="bad id",
                IVR109="no table section",
                IVR110="two table sections",
                IVR111="name defined twice",
                IVR112="table too large or too deep",
                IVR201="unknown node",
                IVR202="unknown team",
                IVR203="unknown calendar",
                IVR204="unknown prompt",
                IVR205="unknown variable",
                IVR206="unknown fact",
                IVR207="unknown flow",
                IVR208="unknown flow parameter",
                IVR210="unknown language",
                IVR211="flow parameter not given",
                IVR212="continue or return out of place",
                IVR213="unknown value",
                IVR214="value that the store does not give",
                IVR302="number bypasses the entry chain",
                IVR303="loop that needs no caller",
                IVR304="silent caller is stranded",
                IVR305="caller with wrong keys is stranded",
                IVR306="last error hangs up",
                IVR307="key bound twice",
                IVR308="key collides with operator or repeat key",
                IVR309="0 is not a person",
                IVR310="menu without options",
                IVR311="branch misses a case",
                IVR312="branch has a shadowed case",
                IVR313="shares are not 100",
                IVR314="flow recurses",
                IVR315="flow never returns",
                IVR316="transfer or queue can strand its caller",
                IVR317="transfer into own number",
                IVR318="field read before it is set",
                IVR319="queue that nobody empties",
                IVR320="exit without target",
                IVR401="not a Dutch number",
                IVR402="number defined twice",
                IVR403="overlapping blocks",
                IVR404="number that is never called",
                IVR405="number cannot be dialled",
                IVR406="phases out of order",
                IVR408="team can no longer be reached",
                IVR501="language missing",
                IVR502="text cannot be spoken",
                IVR503="character that XML cannot carry",
                IVR504="unknown placeholder",
                IVR505="text too long",
                IVR506="text names another key",
                IVR601="opening hours cannot be read",
                IVR602="calendar never open",
                IVR607="contradictory exceptions",
                IVR608="unknown country",
                IVR609="team without calendar",
            ),
            **_codes(
                Severity.WARNING,
                IVR209="defined and never used",
                IVR301="unreachable node",
                IVR321="offer that nobody hears",
                IVR322="caller left without a case",
                IVR407="returned number still routes",
                IVR511="more than five choices",
                IVR512="gap in the keys",
                IVR513="first choice comes late",
                IVR514="long welcome",
                IVR515="long prompt",
                IVR516="long sentence",
                IVR517="short wait",
                IVR518="repeat is a copy",
                IVR519="closed line does not say when it opens",
                IVR520="markup that would be read aloud",
                IVR603="calendar always open",
                IVR604="time that does not exist",
                IVR605="time that exists twice",
                IVR606="exception in the past",
                IVR610="later rule replaces hours",
            ),
        }.items()
    )
)
