"""How a page is judged in a browser: by axe, by its width, by what it loads and complains of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from ivr.pages.look.assets import assets

AXE = Path(__file__).parent / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]
MOST_BYTES, AIM_BYTES = 500_000, 250_000
"""What all assets of a page may weigh, compressed: the floor and the aim of issue 5."""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def faults(page: Page, looks: bool = False) -> list[str]:
    """What axe finds on a page as it stands: rule, what to do, and where, a line each. `looks`: only what theme and width
    can change, of a page that was judged in another look."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())  # by the debugger's protocol, which no CSP forbids
    rules = LOOKS if looks else RULES
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{rule['id']}: {rule['help']} at {node['target']}: {node['html'][:120]} ({node.get('failureSummary', '')[:200]})"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


def sideways(page: Page) -> str:
    """What makes the body wider than the window; '' when nothing does."""
    held: str = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return "";
            const inside = (element) => {
                for (let up = element.parentElement; up; up = up.parentElement)
                    if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
                return false;
            };
            const wide = [...document.body.querySelectorAll("*")].filter(
                (one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !inside(one));
            return `${root.scrollWidth} > ${root.clientWidth}: ` + wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ");
        }"""
    )
    return held


class Loaded:
    """What a page asks of the network."""

    def __init__(self, page: Page) -> None:
        self.names: set[str] = set()
        self.elsewhere: list[str] = []
        self._page = page
        page.on("request", self._ask)

    def _ask(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob"):
            return
        home = urlsplit(self._page.url).netloc or address.netloc
        if address.netloc != home:
            self.elsewhere.append(request.url)
        if address.path.startswith("/desk/static/"):
            self.names.add(address.path.rpartition("/")[2])

    @property
    def weight(self) -> int:
        """Bytes of all its assets, compressed."""
        return sum(len(assets()[name].packed) for name in self.names)
