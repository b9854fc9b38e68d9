"""The administrator's page: let in, given roles, shut out; the trail sought and taken home."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from sqlalchemy import select

from ivr.pages.cookies import SESSION
from ivr.store.audit import record
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.people import people
from ivr.store.people.people import Person
from tests.pages.browser import Desk
from tests.pages.signin.client import PASSWORD, Browser, put


@pytest.fixture
def root(desk: Desk) -> Browser:
    """A browser of an administrator."""
    put(desk, "root.admin", "administrator")
    browser = Browser(desk)
    assert browser.sign_in("root.admin").status_code == 303
    return browser


def find(desk: Desk, login: str) -> Person:
    with reading(desk.database) as connection:
        held = people.by_login(connection, login)
    assert held is not None
    return held


def act(browser: Browser, person: Person, what: str, **form: str | list[str]) -> int:
    return browser.post(f"/people/{person.id}/{what}", page="/people", **form).status_code


def test_somebody_is_let_in_with_a_link_that_is_shown_once(desk: Desk, root: Browser) -> None:
    answer = root.post("/people", name="Bram Visser", login="Bram@city.example", role=["agent", "editor"])
    assert answer.status_code == 200
    (link,) = re.findall(r'value="(http[^"]*/sign-in/link/[^"]+)"', answer.text)
    bram = find(desk, "bram@city.example")
    assert bram.roles == ("agent", "editor")
    page = root.get(f"/people/{bram.id}").text
    assert link not in page
    assert "link valid until" in page
    colleague = Browser(desk)
    assert colleague.post(link.removeprefix(f"{desk.url}/desk"), password=PASSWORD).status_code == 303
    assert colleague.is_in
    assert colleague.get("/people").status_code == 403
    with reading(desk.database) as connection:
        assert link.rpartition("/")[2] not in repr(connection.execute(select(audit)).all())


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "", "login": "bram", "role": ["agent"]}, "Give a name"),
        ({"name": "Bram", "login": "0612345678", "role": ["agent"]}, "with a letter in it"),
        ({"name": "Bram", "login": "bram"}, "at least one role"),
        ({"name": "Bram", "login": "bram", "role": ["boss"]}, "at least one role"),
        ({"name": "Bram", "login": "ROOT.admin", "role": ["agent"]}, "is taken"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(root: Browser, form: dict[str, str], says: str) -> None:
    answer = root.post("/people", **form)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{form["name"]}"' in answer.text


def test_roles_hold_at_once_and_who_has_others_signs_in_anew(desk: Desk, root: Browser) -> None:
    anna, browser = put(desk), Browser(desk)
    browser.sign_in()
    assert act(root, anna, "roles", role=["reader"]) == 303
    assert not browser.is_in
    assert find(desk, "anna").roles == ("reader",)
    browser.sign_in()
    assert browser.get("/people").status_code == 403


def test_who_changes_their_own_roles_goes_on_under_another_cookie(desk: Desk, root: Browser) -> None:
    put(desk, "second", "administrator")
    me, name = find(desk, "root.admin"), desk.context.cookies.name(SESSION)
    old, other = root.http.cookies[name], Browser(desk)
    other.sign_in("root.admin")
    assert act(root, me, "roles", role=["agent", "administrator"]) == 303
    assert root.http.cookies[name] != old
    assert root.get("/people").status_code == 200
    assert not other.is_in
    thief = Browser(desk)
    thief.http.cookies.set(name, old, path="/desk")
    assert not thief.is_in


def test_who_is_shut_out_is_out_wherever_they_are_and_may_come_back(desk: Desk, root: Browser) -> None:
    anna, browser = put(desk), Browser(desk)
    browser.sign_in()
    assert act(root, anna, "disable") == 303
    assert not browser.is_in
    assert browser.sign_in().status_code == 401
    assert act(root, anna, "link") == 409
    assert act(root, anna, "enable") == 303
    assert browser.sign_in().status_code == 303


def test_an_administrator_shuts_neither_themselves_nor_the_last_one_out(desk: Desk, root: Browser) -> None:
    me = find(desk, "root.admin")
    assert act(root, me, "disable") == 409
    assert act(root, me, "roles", role=["agent"]) == 409
    assert root.get("/people").status_code == 200


def test_a_login_is_changed_and_is_still_had_by_one_person(desk: Desk, root: Browser) -> None:
    anna = put(desk)
    assert act(root, anna, "login", login="root.admin") == 409
    assert act(root, anna, "login", login="0612345678") == 409
    assert act(root, anna, "login", login="Anna.Old") == 303
    assert find(desk, "anna.old").id == anna.id
    assert Browser(desk).sign_in("anna.old").status_code == 303
    with reading(desk.database) as connection:
        data = connection.scalars(select(audit.c.data).where(audit.c.what == "person.rename")).one()
    assert data == {"login": "anna.old", "was": "anna"}


def test_sessions_of_somebody_end_and_of_oneself_all_but_this_one(desk: Desk, root: Browser) -> None:
    anna, browser, second = put(desk), Browser(desk), Browser(desk)
    browser.sign_in()
    second.sign_in("root.admin")
    assert act(root, anna, "end") == 303
    assert act(root, find(desk, "root.admin"), "end") == 303
    assert (browser.is_in, second.is_in) == (False, False)
    assert root.get("/people").status_code == 200


def test_roles_that_a_provider_gives_are_not_given_here(desk: Desk, root: Browser) -> None:
    anna = put(desk, "anna", "agent", password="", subject="https://idp|1")
    assert act(root, anna, "roles", role=["administrator"]) == 409
    assert act(root, anna, "link") == 409
    assert "come from the organisation" in root.get(f"/people/{anna.id}").text


@pytest.mark.parametrize("what", ["disable", "enable", "end", "link", "roles"])
def test_nobody_is_nobody(root: Browser, what: str) -> None:
    assert root.post(f"/people/none/{what}", page="/people", role=["agent"]).status_code == 404
    assert root.get("/people/none").status_code == 404


def test_ones_own_password_is_changed_by_who_knows_it_and_ends_all_other_sessions(desk: Desk) -> None:
    put(desk)
    browser, other = Browser(desk), Browser(desk)
    browser.sign_in()
    other.sign_in()
    new = "en nu een andere lange zin"
    name = desk.context.cookies.name(SESSION)
    old = browser.http.cookies[name]
    assert browser.post("/me/password", page="/me", current="wrong", new=new).status_code == 403
    assert browser.post("/me/password", page="/me", current=PASSWORD, new="kort").status_code == 422
    assert other.is_in
    answer = browser.post("/me/password", page="/me", current=PASSWORD, new=new)
    assert answer.status_code == 200
    assert "Your password was changed" in answer.text
    assert browser.http.cookies[name] != old
    assert browser.is_in
    assert not other.is_in
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', answer.text))
    assert browser.http.post("/desk/me/sessions", data={"csrf": token}).status_code == 200
    assert Browser(desk).sign_in().status_code == 401
    assert Browser(desk).sign_in(password=new).status_code == 303


def test_guessing_the_current_password_is_bounded(desk: Desk) -> None:
    put(desk)
    browser = Browser(desk)
    browser.sign_in()
    codes = {browser.post("/me/password", page="/me", current=f"x{n}", new=PASSWORD).status_code for n in range(12)}
    assert codes == {403, 429}
    assert browser.is_in


def test_the_trail_is_sought_and_paged(desk: Desk, root: Browser) -> None:
    with writing(desk.database) as connection:
        for n in range(250):
            record(connection, desk.context.clock(), "anna" if n % 2 else "bram", "case.take", f"CA{n}", {"n": n})
    page = root.get("/people/trail?who=anna").text
    assert page.count("case.take") == 100
    assert "CA249" in page
    assert "CA248" not in page
    older = re.search(r'href="/desk(/people/trail\?before=[^"]+)"', page)
    assert older is not None
    rest = root.get(older[1].replace("&amp;", "&")).text
    assert rest.count("case.take") == 25
    assert "Nothing was found" in root.get("/people/trail?what=nothing").text
    assert root.get("/people/trail?first=2020-01-01&last=2020-01-02").text.count("case.take") == 0
    assert root.get("/people/trail?first=2026-13-01").status_code == 422
    assert root.get("/people/trail?last=9999-12-31").status_code == 422


def test_the_trail_is_taken_home_whole_and_as_it_stands(desk: Desk, root: Browser) -> None:
    odd = '=cmd|"/c calc"!A1'
    with writing(desk.database) as connection:
        record(connection, 1_790_000_000, odd, "case.note", "-1+1", {"é": "a,b\n"})
    held = root.get("/people/trail/export.csv")
    assert held.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="ivr-audit-\d{4}-\d\d-\d\d\.csv"', held.headers["content-disposition"])
    rows = list(csv.DictReader(io.StringIO(held.text, newline="")))
    (note,) = [row for row in rows if row["what"] == "case.note"]
    assert (note["who"], note["subject"], note["at"]) == ("'" + odd, "'-1+1", "2026-09-21T14:13:20Z")
    assert json.loads(note["data"]) == {"é": "a,b\n"}
    lines = [json.loads(line) for line in root.get("/people/trail/export.jsonl?what=case.").text.splitlines()]
    assert lines == [
        {
            "id": lines[0]["id"],
            "at": "2026-09-21T14:13:20Z",
            "who": odd,
            "what": "case.note",
            "subject": "-1+1",
            "data": {"é": "a,b\n"},
        }
    ]
    assert root.get("/people/trail/export.exe").status_code == 404
    with reading(desk.database) as connection:
        taken = connection.scalars(
            select(audit.c.data).where(audit.c.what == "audit.export").order_by(audit.c.id)
        ).all()
    assert taken == [{"form": "csv", "whole": True}, {"form": "jsonl", "whole": False}]


def test_names_are_shown_as_text(desk: Desk, root: Browser) -> None:
    put(desk, "eve")
    with writing(desk.database) as connection:
        record(connection, 1_790_000_000, "<img src=x>", "x.y", "{{7*7}}", {"<b>": ["<i>"], "n": {"a": 1}})
    page = root.get("/people/trail").text
    assert "<img" not in page
    assert "<i>" not in page
    assert "{{7*7}}" in page
