"""Signing in and out: nobody gets in who should not, nobody learns who exists, nobody is kept out for ever."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, select, update

from ivr.pages.cookies import DEVICE, SESSION
from ivr.pages.signin import entering
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.database.schema_desk import people as people_rows
from ivr.store.database.schema_desk import sessions as session_rows
from ivr.store.people import people
from tests.pages.browser import Desk, free_port, serving_desk
from tests.pages.signin.client import PASSWORD, Browser, first_link, link_for, put


def whats(desk: Desk) -> list[str]:
    with reading(desk.database) as connection:
        return list(connection.scalars(select(audit.c.what).order_by(audit.c.id)))


def session(browser: Browser) -> str:
    return next((cookie.value or "" for cookie in browser.http.cookies.jar if SESSION in cookie.name), "")


def test_one_signs_in_is_sent_back_to_where_one_was_and_signs_out(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk)
    answer = browser.get("/now?team=x")
    assert answer.headers["location"] == "/desk/sign-in?back=%2Fnow%3Fteam%3Dx"
    answer = browser.sign_in(back="/now?team=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/now?team=x")
    assert browser.is_in
    out = browser.post("/sign-out", page="/now")
    assert out.headers["location"] == "/desk/sign-in?out=1"
    assert not browser.is_in
    assert whats(desk) == ["person.add", "person.sign_in", "person.sign_out"]


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(desk: Desk) -> None:
    put(desk)
    browser, thief = Browser(desk), Browser(desk)
    browser.sign_in()
    thief.http.cookies.update(dict(browser.http.cookies))
    assert thief.is_in
    browser.post("/sign-out", page="/now")
    assert not thief.is_in


def test_the_cookie_of_a_session_can_be_read_by_no_script_and_is_a_new_one_at_each_sign_in(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk)
    first = browser.sign_in()
    (header,) = [one for one in first.headers.get_list("set-cookie") if one.startswith("ivr-session")]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/desk" in header
    assert "Max-Age" not in header
    other = Browser(desk)
    other.sign_in()
    assert len({session(browser), session(other)}) == 2


def test_whoever_plants_a_session_before_somebody_signs_in_has_nothing_afterwards(desk: Desk) -> None:
    put(desk, "mallory")
    put(desk, "anna", "administrator")
    mallory, anna = Browser(desk), Browser(desk)
    page = anna.token("/sign-in")
    mallory.sign_in("mallory")
    planted = dict(mallory.http.cookies)
    name = desk.context.cookies.name(SESSION)
    anna.http.cookies.set(name, planted[name], domain="127.0.0.1", path="/desk")
    answer = anna.http.post("/desk/sign-in", data={"csrf": page, "login": "anna", "password": PASSWORD})
    assert answer.status_code == 303
    assert session(anna) != planted[name]
    assert not mallory.is_in  # the planted session has ended
    assert anna.get("/people").status_code == 200


@pytest.mark.parametrize("change", ["", "x", "tail", "swap", "purpose"])
def test_a_cookie_that_we_did_not_sign_never_reaches_the_database(desk: Desk, change: str) -> None:
    put(desk)
    browser = Browser(desk)
    browser.sign_in()
    cookies = desk.context.cookies
    held = session(browser)
    raw, _, seal = held.rpartition(".")
    forged = {
        "": "", "x": "x" * 50, "tail": held[:-2] + ("AA" if held[-2:] != "AA" else "BB"), "swap": f"{raw[::-1]}.{seal}",
        "purpose": cookies.signed(DEVICE, "anything"),
    }[change]  # fmt: skip
    asked: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    stranger = Browser(desk)
    stranger.http.cookies.set(cookies.name(SESSION), forged, path="/desk")
    event.listen(desk.database, "before_cursor_execute", look)
    try:
        answer = stranger.get("/now")
    finally:
        event.remove(desk.database, "before_cursor_execute", look)
    assert answer.status_code == 303
    assert not [one for one in asked if "sessions" in one]


def test_a_key_that_is_being_replaced_is_still_taken(desk: Desk) -> None:
    from ivr.pages.cookies import Cookies
    from ivr.web.settings import Settings

    def of(keys: str) -> Cookies:
        return Cookies(Settings(desk_key=keys, twilio_token="t"))  # type: ignore[arg-type]

    class Held:
        cookies = {of("a").name(SESSION): of("old").signed(SESSION, "raw")}  # noqa: RUF012

    assert of("new,old").session(Held()) == "raw"  # type: ignore[arg-type]
    assert of("new").session(Held()) == ""  # type: ignore[arg-type]
    assert of("new,old").signed(SESSION, "raw") == of("new").signed(SESSION, "raw")


def test_the_words_are_the_same_whoever_it_is_and_whatever_is_wrong(desk: Desk) -> None:
    put(desk)
    put(desk, "nopassword", password="")
    shut = put(desk, "shut")
    with writing(desk.database) as connection:
        people.disable(connection, shut.id, "root", desk.context.clock())
    said = set()
    for login, password in (
        ("anna", "wrong"),
        ("nobody", PASSWORD),
        ("nopassword", PASSWORD),
        ("shut", PASSWORD),
        ("", ""),
    ):
        answer = Browser(desk).sign_in(login, password)
        assert answer.status_code == 401
        said.add(answer.text.split('role="alert"')[1].split("</p>")[0])
    assert len(said) == 1
    assert "nobody" not in str(whats(desk))


def test_it_takes_as_long_for_a_login_that_does_not_exist(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "BY_ADDRESS", 1000)
    put(desk)
    times: dict[str, list[float]] = {"anna": [], "nobody": []}
    for n in range(5):
        for login, held in times.items():
            start = time.perf_counter()
            entering.matches(_hash(desk, login), f"wrong {n}")
            held.append(time.perf_counter() - start)
    slow, fast = sorted(statistics.median(held) for held in times.values())[::-1]
    assert slow < 3 * fast


def _hash(desk: Desk, login: str) -> str:
    with reading(desk.database) as connection:
        found = people.by_login(connection, login)
    return found.password if found is not None else ""


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(desk: Desk) -> None:
    put(desk)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with writing(desk.database) as connection:
        connection.execute(update(people_rows).values(password=weak))
    assert Browser(desk).sign_in().status_code == 303
    assert _hash(desk, "anna").startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert Browser(desk).sign_in().status_code == 303


def test_a_form_of_another_page_signs_nobody_in(desk: Desk) -> None:
    put(desk)
    victim, other = Browser(desk), Browser(desk)
    form = {"login": "anna", "password": PASSWORD}
    for data, headers in (
        (form, {}),
        ({**form, "csrf": other.token("/sign-in")}, {}),
        ({**form, "csrf": victim.token("/sign-in")}, {"Origin": "https://evil.example"}),
        ({**form, "csrf": victim.token("/sign-in")}, {"Sec-Fetch-Site": "same-site"}),
    ):
        assert victim.http.post("/desk/sign-in", data=data, headers=headers).status_code == 403
        assert not victim.is_in
    good = {"Origin": desk.url, "Sec-Fetch-Site": "same-origin"}
    token = victim.token("/sign-in")
    assert victim.http.post("/desk/sign-in", data={**form, "csrf": token}, headers=good).status_code == 303


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/x\r\nX: y", "/sign-out"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(desk: Desk, back: str) -> None:
    put(desk)
    assert Browser(desk).sign_in(back=back).headers["location"] == "/desk/"


def test_a_stranger_is_refused_after_some_tries_and_keeps_nobody_else_out(desk: Desk) -> None:
    put(desk)
    stranger, anna = Browser(desk, "203.0.113.9"), Browser(desk, "198.51.100.7")
    codes = [stranger.sign_in(password=f"wrong {n}").status_code for n in range(entering.BY_BOTH + 2)]
    assert codes == [401] * entering.BY_BOTH + [429] * 2
    waiting = stranger.sign_in()
    assert waiting.status_code == 429  # the right password, too late
    assert "15 min" in waiting.text
    assert anna.sign_in().status_code == 303


def test_the_refusal_is_the_same_for_a_login_that_does_not_exist(desk: Desk) -> None:
    stranger = Browser(desk, "203.0.113.9")
    codes = [stranger.sign_in("nobody", "wrong").status_code for _ in range(entering.BY_BOTH + 1)]
    assert codes == [401] * entering.BY_BOTH + [429]


def test_a_browser_that_somebody_used_before_is_not_shut_by_strangers_at_many_addresses(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "BY_LOGIN", 6)
    put(desk)
    known = Browser(desk, "198.51.100.7")
    known.sign_in()
    known.post("/sign-out", page="/now")
    for n in range(7):
        Browser(desk, f"203.0.113.{n}").sign_in(password="wrong")
    assert Browser(desk, "192.0.2.1").sign_in().status_code == 429
    assert known.sign_in().status_code == 303
    for n in range(entering.BY_DEVICE):
        known.http.cookies.delete(desk.context.cookies.name(SESSION))
        assert known.sign_in(password=f"wrong {n}").status_code == 401
    assert known.sign_in().status_code == 429  # its own tries are bounded too


def test_waiting_helps(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk, "203.0.113.9")
    for _ in range(entering.BY_BOTH + 1):
        browser.sign_in(password="wrong")
    later = desk.context.clock() + entering.SECONDS
    desk.context.clock = lambda: later
    assert browser.sign_in().status_code == 303


def test_a_session_ends_by_itself_and_the_page_says_so(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk)
    browser.sign_in()
    start = desk.context.clock()
    desk.context.clock = lambda: start + desk.context.settings.desk_idle_minutes * 60
    answer = browser.get("/now")
    assert answer.headers["location"] == "/desk/sign-in?back=%2Fnow&ended=1"
    assert "Your session has ended" in browser.get("/sign-in?ended=1").text


def test_what_a_page_asks_by_itself_keeps_no_session_alive(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk)
    browser.sign_in()
    start = desk.context.clock()

    def seen() -> int:
        with reading(desk.database) as connection:
            return connection.scalars(select(session_rows.c.seen)).one()

    desk.context.clock = lambda: start + 600
    assert browser.get("/still").status_code in (200, 204, 404)
    assert seen() < start + 600
    browser.get("/now")
    assert seen() == start + 600


def test_who_is_shut_out_is_out_at_the_next_request(desk: Desk) -> None:
    anna = put(desk)
    browser = Browser(desk)
    browser.sign_in()
    assert browser.is_in
    with writing(desk.database) as connection:
        people.disable(connection, anna.id, "root", desk.context.clock())
    assert not browser.is_in


def test_the_first_administrator_picks_a_name_and_a_password_once(desk: Desk) -> None:
    path = first_link(desk)
    browser, late = Browser(desk), Browser(desk)
    assert [browser.get(path).status_code for _ in range(3)] == [200] * 3
    assert browser.http.head("/desk" + path).status_code in (200, 405)
    late_token = late.token(path)
    form = {"name": "Anna de Vries", "login": "Anna@City.example", "password": PASSWORD}
    assert "too short" in browser.post(path, **{**form, "password": "kort"}).text
    assert "easy to guess" in browser.post(path, **{**form, "password": "Welkom2026!!"}).text
    assert browser.post(path, **{**form, "login": "0612345678"}).status_code == 422
    done = browser.post(path, **form)
    assert (done.status_code, done.headers["location"]) == (303, "/desk/")
    assert browser.get("/people").status_code == 200
    assert late.http.post("/desk" + path, data={**form, "csrf": late_token, "login": "eve"}).status_code == 404
    assert Browser(desk).get(path).status_code == 404
    assert Browser(desk).sign_in("anna@city.example").status_code == 303


def test_who_was_let_in_picks_a_password_and_old_sessions_end(desk: Desk) -> None:
    anna = put(desk)
    before = Browser(desk)
    before.sign_in()
    path = link_for(desk, anna)
    browser = Browser(desk)
    assert browser.post(path, password="heel iets anders, en lang").status_code == 303
    assert browser.is_in
    assert not before.is_in
    assert Browser(desk).sign_in().status_code == 401
    assert browser.get(path).status_code == 404


def test_a_link_needs_the_token_of_its_page(desk: Desk) -> None:
    path = link_for(desk, put(desk, password=""))
    assert Browser(desk).http.post("/desk" + path, data={"password": PASSWORD}).status_code == 403
    assert Browser(desk).post(path, password=PASSWORD).status_code == 303


def test_of_two_who_use_a_link_at_once_one_gets_in(desk: Desk) -> None:
    import threading

    path = link_for(desk, put(desk, password=""))
    codes: list[int] = []
    start = threading.Barrier(2)

    def use(n: int) -> None:
        browser = Browser(desk)
        token = browser.token(path)
        start.wait(10)
        data = {"csrf": token, "password": f"{PASSWORD} {n}"}
        codes.append(browser.http.post("/desk" + path, data=data).status_code)

    threads = [threading.Thread(target=use, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [303, 404]


def test_what_strangers_type_is_shown_as_text(desk: Desk) -> None:
    answer = Browser(desk).sign_in('"><script>alert(1)</script>{{7*7}}', "wrong")
    assert "<script>alert" not in answer.text
    assert "{{7*7}}" in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_that_the_database_is_away_is_told(desk: Desk, engine: str) -> None:
    def gone(*_: object) -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("", {}, Exception("gone"))

    put(desk)
    browser = Browser(desk)
    token = browser.token("/sign-in")
    held: Engine = desk.database
    event.listen(held, "before_cursor_execute", gone)
    try:
        answer = browser.http.post("/desk/sign-in", data={"csrf": token, "login": "anna", "password": PASSWORD})
    finally:
        event.remove(held, "before_cursor_execute", gone)
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


def test_a_desk_below_a_path_keeps_its_cookies_and_addresses_there(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/ivr"
    with serving_desk(tmp_path / "var", port=port, public_url=url) as desk:
        put(desk)
        client = httpx.Client(headers={"Accept": "text/html"}, timeout=30)
        away = client.get(f"{url}/desk/now")
        assert away.headers["location"] == "/ivr/desk/sign-in?back=%2Fnow"
        page = client.get(f"{url}/desk/sign-in?back=/now")
        token = page.text.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": token, "login": "anna", "password": PASSWORD, "back": "/now"}
        answer = client.post(f"{url}/desk/sign-in", data=form)
        assert answer.headers["location"] == "/ivr/desk/now"
        assert all("Path=/ivr/desk" in one for one in answer.headers.get_list("set-cookie"))
        assert client.get(f"{url}/desk/now").status_code == 200
        client.close()


def test_all_of_it_works_on_either_database(database: Engine, tmp_path: Path) -> None:
    with serving_desk(tmp_path / "var", database=database) as desk:
        root = Browser(desk)
        form = {"name": "Root", "login": "root.admin", "password": PASSWORD}
        assert root.post(first_link(desk), **form).status_code == 303
        assert root.post("/people", name="Anna", login="anna", role=["agent"]).status_code == 200
        anna = Browser(desk)
        with reading(database) as connection:
            held = people.by_login(connection, "anna")
        assert held is not None
        assert anna.post(link_for(desk, held), password=PASSWORD).status_code == 303
        assert Browser(desk).sign_in(password="wrong").status_code == 401
        assert anna.is_in
        assert root.post(f"/people/{held.id}/disable", page="/people").status_code == 303
        assert not anna.is_in
        assert Browser(desk).sign_in().status_code == 401
        assert "person.disable" in root.get("/people/trail/export.jsonl").text
