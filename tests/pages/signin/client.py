"""A browser without a window: it keeps cookies, and sends the token of the page it is on."""

from __future__ import annotations

import re

import httpx

from ivr.store.database.connect import writing
from ivr.store.people import people, tickets
from tests.pages.browser import Desk

PASSWORD = "een lange zin die niemand raadt"


class Browser:
    """One browser. `address` is from where it asks, as a proxy in front would say."""

    def __init__(self, desk: Desk, address: str = "") -> None:
        headers = {"Accept": "text/html", "Accept-Language": "en"} | ({"X-Forwarded-For": address} if address else {})
        self.http = httpx.Client(base_url=desk.url, headers=headers, timeout=30)
        desk._clients.append(self.http)

    def get(self, path: str) -> httpx.Response:
        return self.http.get("/desk" + path)

    def post(self, path: str, page: str = "", **form: str | list[str]) -> httpx.Response:
        """Send a form that stands on a page (by default the one at the same path)."""
        return self.http.post("/desk" + path, data={"csrf": self.token(page or path), **form})

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        return found[1] if found else ""

    def sign_in(self, login: str = "anna", password: str = PASSWORD, back: str = "/") -> httpx.Response:
        return self.post("/sign-in", login=login, password=password, back=back)

    @property
    def is_in(self) -> bool:
        """Whether it may look at the desk."""
        return self.get("/now").status_code == 200


def put(desk: Desk, login: str = "anna", *roles: str, password: str = PASSWORD, **more: str) -> people.Person:
    """Somebody with a password."""
    from ivr.pages.signin.passwords import hashed

    with writing(desk.database) as connection:
        return people.add(
            connection, login.title(), login, roles or ("agent",), "root", desk.context.clock(),
            password=hashed(password) if password else "", **more,
        )  # fmt: skip


def link_for(desk: Desk, person: people.Person) -> str:
    """The path of a one-time link."""
    with writing(desk.database) as connection:
        return "/sign-in/link/" + tickets.make_for(connection, person.id, desk.context.clock())


def first_link(desk: Desk) -> str:
    """The path of the link for the first administrator."""
    with writing(desk.database) as connection:
        return "/sign-in/link/" + tickets.make_first(connection, desk.context.clock())
