"""Pages and fragments from templates (Jinja2): everything escaped, a name that is not given is an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ivr.desk.roles import Right
from ivr.pages.look.assets import assets, build
from ivr.pages.look.times import Times, span
from ivr.pages.look.words import word

if TYPE_CHECKING:
    from ivr.pages.guard import Visitor

NAVIGATION = (
    ("now", Right.LOOK),
    ("promises", Right.PROMISES),
    ("map", Right.LOOK),
    ("phone", Right.LOOK),
    ("table", Right.LOOK),
    ("figures", Right.LOOK),
    ("people", Right.PEOPLE),
)
"""The pages in the order of the menu, and the right that each one needs."""


class Look:
    """Renders templates for visitors. `base` is the path of the desk; `zone` that of the table; `clock` gives epoch
    seconds."""

    def __init__(self, base: str, zone: str, clock: Callable[[], int]) -> None:
        self.base = base
        self._zone = zone
        self._clock = clock
        self._environment = Environment(
            loader=PackageLoader("ivr.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["span"] = span
        self._environment.globals.update(
            url=self.url, asset=self.asset, Right=Right, build=build(), navigation=NAVIGATION
        )

    def url(self, path: str, **query: object) -> str:
        """A path under the desk, with a query."""
        given = {name: value for name, value in query.items() if value not in ("", None)}
        return self.base + quote(path, safe="/:~") + (f"?{urlencode(given, doseq=True)}" if given else "")

    def asset(self, name: str) -> str:
        """The address of a bundled file, with the name of its content. Raises KeyError for none."""
        return f"{self.base}/static/{name}?v={assets()[name].tag}"

    def text(self, template: str, language: str, **values: Any) -> str:  # whatever the template shows
        """A fragment without a visitor, as the hub sends it to all."""
        return self._environment.get_template(template).render(**self._words(language), **values)

    def page(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        said: str = "",
        **values: Any,
    ) -> HTMLResponse:
        """A page or a fragment for a visitor. `said` is announced in the page's live region."""
        held = self._environment.get_template(template).render(
            **self._words(visitor.language),
            visitor=visitor,
            request=request,
            path=request.url.path.removeprefix(request.scope.get("root_path", "")),
            nonce=getattr(request.state, "nonce", ""),
            theme=theme_of(request),
            **values,
        )
        told = {"HX-Trigger": json.dumps({"said": said})} if said else {}
        return HTMLResponse(held, status, {**told, **(headers or {})})

    def _words(self, language: str) -> dict[str, object]:
        times = Times(self._zone, language, self._clock())

        def t(key: str, /, **holes: object) -> str:
            return word(language, key, **holes)

        return {
            "t": t, "language": language, "when": times.when, "day": times.day, "clock": times.clock, "iso": times.iso,
            "now": self._clock(),
        }  # fmt: skip


def theme_of(request: Request) -> str:
    """The theme that this browser chose: light, dark, or '' as the system says."""
    chosen = request.cookies.get("ivr_theme", "")
    return chosen if chosen in ("light", "dark") else ""
