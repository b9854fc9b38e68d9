"""The colours of a picture, light and dark, as a style sheet. Text stands out from what is under it by 4.5 to 1."""

from __future__ import annotations

FONT = "Arial,'Liberation Sans',Helvetica,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"

LIGHT = {
    "paper": "#ffffff", "ink": "#1b2127", "faint": "#55606b", "box": "#ffffff", "edge": "#8b97a3", "frame": "#f3f5f7",
    "frame-line": "#b9c2cb", "row-line": "#e3e7eb", "key": "#e8eef6", "pill": "#f2f4f6", "on-band": "#ffffff",
    "say": "#5a6b1f", "ask": "#1d4f91", "decide": "#7d5100", "connect": "#1e6b3a", "promise": "#6b3fa0",
    "end": "#4a4f57", "entry": "#2b3a4a", "team": "#0b5d3b", "visit": "#0f6674",
}  # fmt: skip
DARK = {
    "paper": "#14181c", "ink": "#e8ecf0", "faint": "#a7b2bd", "box": "#1e242a", "edge": "#5b6772", "frame": "#191f25",
    "frame-line": "#46515c", "row-line": "#2e363e", "key": "#2b3a4d", "pill": "#2a323a", "on-band": "#ffffff",
    "say": "#5a6b1f", "ask": "#2a5ea6", "decide": "#7d5100", "connect": "#1e6b3a", "promise": "#6b3fa0",
    "end": "#565c66", "entry": "#3b4d60", "team": "#0b5d3b", "visit": "#0f6674",
}  # fmt: skip
LINES = ("#1f5fa8", "#b3261e", "#1b7a3d", "#8a4b00", "#6a3fb5", "#00707a", "#a8126f", "#4a5560")
LINES_DARK = ("#7db4f5", "#ff8f85", "#74d493", "#e0a356", "#bda0f5", "#5fd0d8", "#f58ccb", "#b4c0cc")

_RULES = """
.drawn text{{font-family:{font};fill:{ink};font-size:11px}}
.drawn .paper{{fill:{paper}}}
.drawn .h1{{font-size:24px;font-weight:bold}}
.drawn .h2{{font-size:13px;fill:{faint}}}
.drawn .small,.drawn .pill text{{font-size:9.5px}}
.drawn .small{{fill:{faint}}}
.drawn .b{{fill:{box};stroke:{edge}}}
.drawn .name{{font-size:12.5px;font-weight:bold;fill:{on_band}}}
.drawn .kind{{font-size:9.5px;fill:{on_band};text-anchor:end}}
.drawn .said{{font-style:italic}}
.drawn .rule{{stroke:{row_line}}}
.drawn .key{{fill:{key}}}
.drawn .keytext{{font-weight:bold;text-anchor:middle}}
.drawn .pill rect{{fill:{pill};stroke:{frame_line}}}
.drawn .frame rect{{fill:{frame};stroke:{frame_line};stroke-dasharray:5 3}}
.drawn .frame text{{font-weight:bold;fill:{faint}}}
.drawn .halo{{fill:none;stroke:{paper};stroke-width:5}}
.drawn .e{{fill:none;stroke-width:1.7}}
.drawn .down{{fill:none;stroke:{ink};stroke-width:2.5}}
.drawn .far{{stroke-dasharray:4 3}}
.drawn .tip{{fill:{ink}}}
"""


def sheet(colours: dict[str, str], lines: tuple[str, ...]) -> str:
    """The style sheet of a picture in a set of colours."""
    rules = _RULES.format(font=FONT, **{name.replace("-", "_"): value for name, value in colours.items()})
    families = ("say", "ask", "decide", "connect", "promise", "end", "entry", "team", "visit")
    out = [rules.strip()]
    out += [f".drawn .k-{name}{{fill:{colours[name]}}}" for name in families]
    out += [f".drawn .to-{name} rect{{stroke:{colours[name]}}}" for name in families]
    out += [f".drawn .l{i}{{stroke:{c}}}.drawn .a{i}{{fill:{c}}}" for i, c in enumerate(lines)]
    return "\n".join(out)
