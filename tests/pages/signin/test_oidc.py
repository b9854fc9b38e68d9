"""Signing in at a provider of OpenID Connect, against one that answers over HTTP and signs with RS256."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError
from sqlalchemy import select

from ivr.pages.cookies import OIDC
from ivr.pages.signin.oidc import WAY_SECONDS
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.people import people
from ivr.web.settings import Settings
from tests.pages.browser import Desk, serving_desk
from tests.pages.oidc_double import CLIENT, SECRET, Double, provider
from tests.pages.signin.client import Browser, put


@pytest.fixture
def double() -> Iterator[Double]:
    with provider() as held:
        yield held


def settings(double: Double, **more: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": double.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Entra ID",
        **more,
    }


@pytest.fixture
def desk(double: Double, tmp_path: Path) -> Iterator[Desk]:
    with serving_desk(tmp_path / "var", **settings(double)) as held:
        yield held


def come_back(browser: Browser, double: Double, back: str = "", **bent: str) -> Any:
    """To the provider, and back with what it gave (or with something else)."""
    there = browser.get("/sign-in/provider" + (f"?back={back}" if back else ""))
    assert there.status_code == 303, there.text
    given = {**double.code_for(there.headers["location"]), **bent}
    return browser.http.get("/desk/sign-in/callback", params={name: value for name, value in given.items() if value})


def logins(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    with reading(desk.database) as connection:
        return [(one.login, one.roles) for one in people.everybody(connection)]


def test_who_the_provider_knows_gets_in_with_the_roles_it_gives(desk: Desk, double: Double) -> None:
    browser = Browser(desk)
    assert "Sign in with Entra ID" in browser.get("/sign-in").text
    answer = come_back(browser, double, back="/now")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/now")
    assert browser.is_in
    assert logins(desk) == [("anna@city.example", ("agent",))]
    with reading(desk.database) as connection:
        assert connection.scalars(select(audit.c.what).order_by(audit.c.id)).all() == ["person.add", "person.sign_in"]


def test_the_same_person_is_known_by_their_subject_and_is_what_the_provider_says_now(
    desk: Desk, double: Double
) -> None:
    before, browser = Browser(desk), Browser(desk)
    come_back(before, double)
    double.claims |= {
        "preferred_username": "anna.new@city.example",
        "name": "Anna Bakker",
        "roles": ["editor", "nonsense"],
    }
    assert come_back(browser, double).status_code == 303
    assert logins(desk) == [("anna@city.example", ("editor",))]
    assert not before.is_in  # their rights have changed
    assert "Anna Bakker" in browser.get("/now").text


@pytest.mark.parametrize("roles", [[], ["nonsense"], "agents", None, {"agent": True}, [["agent"]], [7]])
def test_who_has_no_role_does_not_get_in_and_is_told_so(desk: Desk, double: Double, roles: object) -> None:
    double.claims["roles"] = roles
    browser = Browser(desk)
    answer = come_back(browser, double)
    assert answer.status_code == 403
    assert "have no role here" in answer.text
    assert not browser.is_in
    assert logins(desk) == []


def test_who_loses_every_role_is_out_everywhere(desk: Desk, double: Double) -> None:
    before = Browser(desk)
    come_back(before, double)
    double.claims["roles"] = []
    assert come_back(Browser(desk), double).status_code == 403
    assert not before.is_in


def test_who_was_shut_out_here_stays_out_whatever_the_provider_says(desk: Desk, double: Double) -> None:
    come_back(Browser(desk), double)
    with writing(desk.database) as connection:
        people.disable(connection, people.everybody(connection)[0].id, "root", desk.context.clock())
    browser = Browser(desk)
    assert come_back(browser, double).status_code == 403
    assert not browser.is_in


def test_a_local_account_is_never_taken_over_by_a_name_that_the_provider_gives(desk: Desk, double: Double) -> None:
    put(desk, "anna@city.example", "administrator")
    browser = Browser(desk)
    answer = come_back(browser, double)
    assert answer.status_code == 403
    assert not browser.is_in
    assert logins(desk) == [("anna@city.example", ("administrator",))]


def bent(**other: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {name: value for name, value in (claims | other).items() if value is not None}


NOW = int(time.time())


@pytest.mark.parametrize(
    "bend",
    [
        bent(iss="https://evil.example"), bent(iss=None), bent(aud="another"), bent(aud=["another"]), bent(aud=None),
        bent(aud=[CLIENT, "another"]), bent(aud=[CLIENT, "another"], azp="another"), bent(azp="another"),
        bent(exp=NOW - 3600), bent(exp=None), bent(exp="soon"), bent(iat=NOW + 3600), bent(iat=None), bent(nonce="another"),
        bent(nonce=None), bent(sub=None), bent(sub=""), bent(sub=7), bent(sub="x" * 300), bent(nbf=NOW + 3600),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_token_that_says_something_else_than_it_should_lets_nobody_in(
    desk: Desk, double: Double, bend: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    double.bend = bend
    browser = Browser(desk)
    answer = come_back(browser, double)
    assert answer.status_code == 403
    assert "Signing in failed" in answer.text
    assert not browser.is_in


def _part(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _none(claims: dict[str, Any], key: RSAKey) -> str:
    head = _part(msgspec.json.encode({"alg": "none"}))
    return f"{head}.{_part(msgspec.json.encode(claims))}."


def _confused(claims: dict[str, Any], key: RSAKey) -> str:
    """Signed with the public key as if it were a shared secret."""
    head = _part(msgspec.json.encode({"alg": "HS256", "kid": key.kid}))
    signed = f"{head}.{_part(msgspec.json.encode(claims))}"
    return f"{signed}.{_part(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"


SIGNERS: list[Callable[[dict[str, Any], RSAKey], str]] = [
    _none,
    _confused,
    lambda claims, key: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
    lambda claims, key: jwt.encode({"alg": "RS256", "kid": key.kid}, claims, RSAKey.generate_key(2048)),
    lambda claims, key: jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)[:-6] + "AAAAAA",
    lambda claims, key: "not.a.token",
    lambda claims, key: "x" * 40_000,
]


@pytest.mark.parametrize("sign", SIGNERS, ids=range(len(SIGNERS)))
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    desk: Desk, double: Double, sign: Callable[[dict[str, Any], RSAKey], str]
) -> None:
    double.sign = sign
    browser = Browser(desk)
    assert come_back(browser, double).status_code == 403
    assert not browser.is_in


@pytest.mark.parametrize(
    "change",
    [
        {"state": "other"},
        {"state": ""},
        {"code": "other"},
        {"code": ""},
        {"iss": "https://evil.example"},
        {"error": "access_denied"},
    ],
)
def test_an_answer_that_is_not_the_one_that_was_asked_for_lets_nobody_in(
    desk: Desk, double: Double, change: dict[str, str]
) -> None:
    browser = Browser(desk)
    assert come_back(browser, double, **change).status_code == 403
    assert not browser.is_in


def test_what_one_browser_began_another_cannot_finish(desk: Desk, double: Double) -> None:
    mallory, victim = Browser(desk), Browser(desk)
    there = mallory.get("/sign-in/provider")
    given = double.code_for(there.headers["location"])
    assert victim.http.get("/desk/sign-in/callback", params=given).status_code == 403
    victim.get("/sign-in/provider")
    assert victim.http.get("/desk/sign-in/callback", params=given).status_code == 403
    assert not victim.is_in


def test_the_way_back_is_open_once_and_not_for_long(desk: Desk, double: Double) -> None:
    browser = Browser(desk)
    given = double.code_for(browser.get("/sign-in/provider").headers["location"])
    start = desk.context.clock()
    desk.context.clock = lambda: start + WAY_SECONDS + 1
    assert browser.http.get("/desk/sign-in/callback", params=given).status_code == 403
    desk.context.clock = lambda: start
    given = double.code_for(browser.get("/sign-in/provider").headers["location"])
    assert browser.http.get("/desk/sign-in/callback", params=given).status_code == 303
    assert not [c for c in browser.http.cookies.jar if OIDC in c.name]
    assert browser.http.get("/desk/sign-in/callback", params=given).status_code == 403


def test_keys_that_the_provider_changed_are_fetched_anew(desk: Desk, double: Double) -> None:
    assert come_back(Browser(desk), double).status_code == 303
    asked = double.asked.count("/keys")
    assert come_back(Browser(desk), double).status_code == 303
    assert double.asked.count("/keys") == asked
    double.change_keys()
    start = desk.context.clock()
    desk.context.clock = lambda: start + 61
    assert come_back(Browser(desk), double).status_code == 303
    assert double.asked.count("/keys") == asked + 1
    double.change_keys()
    for _ in range(3):  # whoever sends bad tokens does not make us ask all the time
        come_back(Browser(desk), double)
    assert double.asked.count("/keys") == asked + 1


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://other.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": 7},
    ],
)  # fmt: skip
def test_a_provider_that_tells_something_odd_of_itself_is_not_used(
    desk: Desk, double: Double, about: dict[str, Any]
) -> None:
    double.about = about
    answer = Browser(desk).get("/sign-in/provider")
    assert answer.status_code == 502
    assert "Signing in failed" in answer.text


def test_a_provider_that_is_away_is_told(double: Double, tmp_path: Path) -> None:
    gone = {"oidc_issuer": "http://127.0.0.1:9/realms/x", "oidc_client_id": CLIENT}
    with serving_desk(tmp_path / "var", **gone) as desk:
        answer = Browser(desk).get("/sign-in/provider")
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text


def test_roles_stand_in_whatever_claim_and_mean_what_the_settings_say(double: Double, tmp_path: Path) -> None:
    double.claims |= {"realm_access": {"roles": ["KCC: medewerkers", "other"]}}
    mapped = {"oidc_roles_claim": "realm_access.roles", "oidc_roles": "KCC: medewerkers:agent, beheer:administrator"}
    with serving_desk(tmp_path / "var", **settings(double, **mapped)) as desk:
        assert come_back(Browser(desk), double).status_code == 303
        assert logins(desk) == [("anna@city.example", ("agent",))]


def test_where_only_the_provider_says_who_may_enter_there_are_no_passwords_and_no_links(
    double: Double, tmp_path: Path
) -> None:
    from tests.pages.signin.client import first_link

    with serving_desk(tmp_path / "var", **settings(double, desk_local_accounts=False)) as desk:
        put(desk)
        browser = Browser(desk)
        assert 'name="password"' not in browser.get("/sign-in").text
        assert browser.http.post("/desk/sign-in", data={"login": "anna", "password": "x"}).status_code == 403
        assert browser.get(first_link(desk)).status_code == 404
        assert come_back(browser, double).status_code == 303


def test_signing_out_offers_to_sign_out_of_the_provider_too(desk: Desk, double: Double) -> None:
    browser = Browser(desk)
    come_back(browser, double)
    out = browser.post("/sign-out", page="/now")
    page = browser.http.get(out.headers["location"])
    assert f'href="{double.issuer}/leave"' in page.text


def test_a_public_client_sends_no_secret(double: Double, tmp_path: Path) -> None:
    with serving_desk(tmp_path / "var", **settings(double, oidc_client_secret="")) as desk:
        assert come_back(Browser(desk), double).status_code == 403  # this provider wants one


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://idp.example/realms/x", "oidc_client_id": "x"}, {"oidc_issuer": "https://idp.example"},
        {"oidc_roles": "agents"}, {"oidc_roles": "a:boss"}, {"oidc_scopes": "email"}, {"desk_local_accounts": False},
        {"desk_url": "https://desk.example/path"}, {"desk_url": "desk.example"}, {"desk_proxies": "proxy.example"},
        {"desk_idle_minutes": 1}, {"desk_session_hours": 0},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)
