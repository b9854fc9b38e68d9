"""All routes of the desk, walked: who has not signed in gets nothing but the way in, each states its right, and no change goes
through without the token of the session."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from ivr.desk.roles import ROLES, Right, rights
from ivr.pages.app import ROUTERS, desk_app
from ivr.pages.cookies import SESSION
from ivr.pages.door import Door
from ivr.store.database.connect import reading
from ivr.store.database.schema import audit
from tests.pages.browser import TOKEN, Desk, serving_desk

OPEN = {
    ("GET", "/static/{name}"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/sign-in/provider"),
    ("GET", "/sign-in/callback"), ("GET", "/sign-in/link/{raw}"), ("POST", "/sign-in/link/{raw}"),
}  # fmt: skip
"""What answers who has not signed in: the way in, and files that hold nothing of anybody."""


def _walk(router: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:  # FastAPI keeps a router within a router as such
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner, prefix + route.include_context.prefix)
        else:
            yield prefix + route.path, route


ROUTES = [found for router in ROUTERS for found in _walk(router)]
EACH = [(method, path, route) for path, route in ROUTES for method in sorted(route.methods)]
HELD = [(method, path) for method, path, _ in EACH if (method, path) not in OPEN]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all that changes nothing."""
    with serving_desk(tmp_path_factory.mktemp("var")) as desk:
        yield desk


def filled(path: str) -> str:
    """A path with something in its holes."""
    out = path
    while "{" in out:
        head, _, tail = out.partition("{")
        out = head + "1" + tail.partition("}")[2]
    return "/desk" + out


def stated(route: APIRoute) -> list[Right]:
    """The rights that a route says it needs."""
    return [dependency.call.right for dependency in _all(route.dependant) if hasattr(dependency.call, "right")]


def _all(dependant: Any) -> Iterator[Any]:  # FastAPI's own tree of what a route depends on
    for one in dependant.dependencies:
        yield one
        yield from _all(one)


def test_all_routes_are_known_to_this_test() -> None:
    assert all(isinstance(route, APIRoute) for _, route in ROUTES)  # nothing is mounted, no socket is opened
    assert len(HELD) > 40
    assert {(method, path) for method, path, _ in EACH} >= OPEN


@pytest.mark.parametrize(("method", "path", "route"), EACH, ids=[f"{method} {path}" for method, path, _ in EACH])
def test_each_route_states_one_right_or_that_it_is_open_to_all(method: str, path: str, route: APIRoute) -> None:
    is_open = getattr(route.endpoint, "open_to_all", False)
    assert is_open == ((method, path) in OPEN)
    assert bool(stated(route)) != is_open


@pytest.mark.parametrize(("method", "path"), HELD)
def test_nothing_answers_without_a_session(shared: Desk, method: str, path: str) -> None:
    forged = {shared.context.cookies.name(SESSION): "forged.cookie"}
    for cookies in ({}, forged):
        for accept in ("text/html", "application/json", "*/*"):
            answer = httpx.request(
                method, shared.url + filled(path), cookies=cookies, headers={"Accept": accept}, timeout=30
            )
            assert answer.status_code in (303, 401)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/desk/sign-in")
            assert len(answer.content) < 300


@pytest.mark.parametrize(("method", "path"), [one for one in HELD if one[0] not in ("GET", "HEAD")])
def test_no_change_goes_through_without_the_token(shared: Desk, method: str, path: str) -> None:
    client = shared.client("administrator")
    other = shared.client("administrator")
    url = filled(path)
    for headers in (
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "wrong"},
        {"X-CSRF-Token": other.headers["X-CSRF-Token"]},
    ):
        bare = httpx.Client(base_url=shared.url, cookies=client.cookies, headers=headers, timeout=30)
        answer = bare.request(method, url, data={"csrf": headers.get("X-CSRF-Token", "")})
        bare.close()
        assert answer.status_code == 403, headers
    elsewhere = client.request(method, url, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert client.request(method, url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


NOTED = ("/live", "/people/trail/export.{form}")
"""What is not looked at here: one does not end, the other notes in the trail that it was taken."""


@pytest.mark.parametrize(("method", "path"), [one for one in HELD if one[0] == "GET" and one[1] not in NOTED])
def test_nothing_is_changed_by_looking(shared: Desk, method: str, path: str) -> None:
    """A link that somebody is made to follow does nothing."""

    def lines() -> int:
        with reading(shared.database) as connection:
            return len(connection.execute(audit.select()).all())

    client, before = shared.client("administrator"), lines()
    client.get(filled(path))
    assert lines() == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_where_its_rights_say_and_nowhere_else(shared: Desk, role: str) -> None:
    client = shared.client(role)
    for method, path, route in EACH:
        if (method, path) in OPEN or path == "/live":
            continue
        missing = [right for right in stated(route) if right not in rights([role])]
        if missing:
            assert client.request(method, filled(path)).status_code == 403, (method, path, missing)


def test_a_reader_who_tries_an_administrators_address_is_told_and_gets_nothing(shared: Desk) -> None:
    answer = shared.client("reader").get("/desk/people", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "U mag dit niet" in answer.text
    assert "<table" not in answer.text


PATHS = [
    "/desk/now",
    "/desk/sign-in",
    "/desk/nowhere",
    "/desk/static/desk.js",
    "/desk/static/none",
    "/desk/people",
    "/desk/live",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("roles", [(), ("reader",), ("administrator",)])
def test_every_answer_tells_the_browser_what_it_may_do(shared: Desk, path: str, roles: tuple[str, ...]) -> None:
    with shared.client(*roles).stream("GET", path) as answer:
        headers = answer.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]
    cached = path == "/desk/static/desk.js"
    assert ("immutable" in headers["cache-control"]) == cached
    assert (headers["cache-control"] == "no-store") != cached


def test_a_nonce_is_used_once_and_stands_in_the_page(shared: Desk) -> None:
    seen = set()
    for _ in range(3):
        answer = shared.client().get("/desk/sign-in")
        nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
        assert f'content="{nonce}"' in answer.text
        seen.add(nonce)
    assert len(seen) == 3


def test_the_microphone_is_for_the_phone_alone(shared: Desk) -> None:
    assert "microphone=(self)" in shared.client("reader").get("/desk/phone").headers["permissions-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", "", "127.0.0.1@evil.example"]
)
def test_another_host_is_refused(shared: Desk, host: str) -> None:
    for path in ("/desk/sign-in", "/desk/now", "/desk/static/desk.js"):
        answer = shared.client("administrator").get(path, headers={"Host": host})
        assert answer.status_code in (400, 421)
        assert "content-security-policy" in answer.headers or answer.status_code == 400


def test_another_name_of_this_machine_is_sent_to_the_one_that_is_set(shared: Desk) -> None:
    answer = shared.client().get("/desk/sign-in?back=/now", headers={"Host": f"localhost:{shared.port}"})
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{shared.url}/desk/sign-in?back=/now"
    assert shared.client().post("/desk/sign-in", headers={"Host": f"localhost:{shared.port}"}).status_code == 421


def test_bodies_are_bounded_and_a_large_one_is_for_a_draft_of_who_has_signed_in(shared: Desk) -> None:
    large, draft = b"x" * (64 * 1024 + 1), b"x" * (2 * 1024 * 1024 + 1)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    assert shared.client().post("/desk/sign-in", content=large, headers=form).status_code == 413
    assert shared.client().post("/desk/table/drafts", content=large, headers=form).status_code == 413
    editor = shared.client("editor")
    assert editor.post("/desk/people", content=large, headers=form).status_code == 413
    assert editor.post("/desk/table/drafts", content=draft, headers=form).status_code == 413
    assert editor.post("/desk/table/drafts", content=large, headers=form).status_code != 413


def test_a_body_without_a_length_is_bounded_too(shared: Desk) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    answer = shared.client().post("/desk/sign-in", content=parts(), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 413


def test_the_voice_never_takes_a_session_in_place_of_a_signature(shared: Desk) -> None:
    client = shared.client("administrator")
    form = {"CallSid": "CA1", "To": "+3114050", "From": "+31612345678", "CallStatus": "ringing"}
    for path in ("/voice/groningen", "/voice/groningen/step", "/voice/groningen/status"):
        for headers in ({}, {"X-Twilio-Signature": "forged"}, {"X-Twilio-Signature": client.headers["X-CSRF-Token"]}):
            answer = client.post(path, data=form, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "<Response" not in answer.text
    from twilio.request_validator import RequestValidator

    url = f"{shared.url}/voice/groningen"
    signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}
    assert httpx.post(url, data=form, headers=signed, timeout=30).status_code == 200


def test_what_stands_in_front_is_in_front_of_what_answers_faults(shared: Desk) -> None:
    assert isinstance(desk_app(shared.context), Door)
    answer = shared.client("reader").get("/desk/now", headers={"Cookie": "x" * 20_000})
    assert answer.status_code == 401


def test_under_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    from tests.pages.signin.client import put

    with serving_desk(tmp_path / "var", desk_url="https://desk.example") as desk:
        put(desk)
        at = {"Host": "desk.example", "Accept": "text/html"}
        client = httpx.Client(base_url=desk.url, headers=at, timeout=30)
        page = client.get("/desk/sign-in")
        (cookie,) = page.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-ivr-form=")
        for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/;"):
            assert word in cookie + ";"
        assert "Domain" not in cookie
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/desk/sign-in", headers={"Host": "desk.example:443"}).status_code == 200
        assert client.get("/desk/sign-in", headers={"Host": f"127.0.0.1:{desk.port}"}).status_code == 421
        client.close()


def test_routes_that_wait_for_nothing_hold_up_no_call() -> None:
    """What looks into a database or a file is `def`, run in a thread, unless it hands that work to one."""
    for method, path, route in EACH:
        if inspect.iscoroutinefunction(route.endpoint):
            source = inspect.getsource(route.endpoint)
            assert "writing(" not in source, (method, path)
            assert "reading(" not in source, (method, path)
