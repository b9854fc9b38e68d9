"""A picture as a page of its own: to pan, zoom and search, on a telephone or a wall, in light and dark."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files

from ivr.pictures.drawing import drawing
from ivr.pictures.scene import Scene
from ivr.pictures.style import DARK, LIGHT, LINES, LINES_DARK, sheet
from ivr.pictures.svg import svg


def draw_page(scene: Scene) -> str:
    """The page. It fetches nothing, and lets no script run but its own (by its hash)."""
    script = _own("page.js")
    style = _own("page.css") + sheet(LIGHT, LINES)
    style += f"\n@media screen and (prefers-color-scheme:dark){{\n{sheet(DARK, LINES_DARK)}\n}}\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    title = escape(scene.title)
    return f"""<!doctype html>
<html lang="{escape(scene.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{_header(scene)}
<main id="view" tabindex="0" aria-label="{title}">
{svg(drawing(scene), "")}
</main>
<footer>{escape(scene.words["help"])}</footer>
<script>{script}</script>
</body>
</html>
"""


def _header(scene: Scene) -> str:
    """The title, the search, and the buttons that zoom."""
    words = {name: escape(text) for name, text in scene.words.items()}
    return f"""<header>
<h1>{escape(scene.title)}</h1>
<form role="search">
<input type="search" id="search" placeholder="{words["search"]}" aria-label="{words["search"]}" autocomplete="off">
<output id="found" data-text="{words["found"]}"></output>
</form>
<div class="buttons">
<button type="button" id="out" aria-label="{words["out button"]}" title="{words["out button"]}">−</button>
<button type="button" id="in" aria-label="{words["in button"]}" title="{words["in button"]}">+</button>
<button type="button" id="fit">{words["fit"]}</button>
</div>
</header>"""


def _own(name: str) -> str:
    """A file that stands beside this one."""
    return (files(__package__) / name).read_text(encoding="utf-8")
