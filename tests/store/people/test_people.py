"""People, their sessions and one-time links: each change once, audited, and at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.database.schema_desk import sessions as session_rows
from ivr.store.database.schema_desk import tickets as ticket_rows
from ivr.store.people import people, sessions, tickets
from ivr.store.people.people import NotPossible, Person, clean_login

NOW = 1_800_000_000
IDLE = 3600


def put(engine: Engine, login: str = "anna@example.nl", roles: tuple[str, ...] = ("agent",), **more: str) -> Person:
    with writing(engine) as connection:
        return people.add(connection, "Anna de Vries", login, roles, "root", NOW, **more)


def enter(engine: Engine, person: Person, raw: str = "raw", now: int = NOW, ends: int = NOW + 9999) -> None:
    with writing(engine) as connection:
        sessions.begin(connection, person.id, raw, sessions.PASSWORD, now, ends)


def visiting(engine: Engine, raw: str = "raw", now: int = NOW) -> sessions.Visiting | None:
    with reading(engine) as connection:
        return sessions.find_visiting(connection, sessions.session_key(raw), now, IDLE)


def audited(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(audit.c.who, audit.c.what).order_by(audit.c.id))]


def test_somebody_is_found_by_their_login_in_whatever_case_it_is_typed(database: Engine) -> None:
    anna = put(database, "Anna@Example.nl", ("agent", "reader"))
    with reading(database) as connection:
        assert people.by_login(connection, " ANNA@example.NL ") == anna == people.find(connection, anna.id)
        assert people.by_login(connection, "bram") is None
    assert (anna.login, anna.roles) == ("anna@example.nl", ("reader", "agent"))
    assert audited(database) == [("root", "person.add")]


def test_a_login_is_had_by_one_person(database: Engine) -> None:
    put(database)
    with pytest.raises(NotPossible) as caught:
        put(database, "ANNA@example.nl")
    assert caught.value.key == "login_taken"


@pytest.mark.parametrize(
    "login",
    ["", "ab", "0612345678", "+31612345678", "a b c", "worker", "a" * 101, "<b>", "a\0bc", "анна", "-anna", "a|bc"],
)
def test_what_is_no_login_is_refused(login: str) -> None:
    with pytest.raises(NotPossible):
        clean_login(login)


@given(st.text(max_size=120))
def test_a_login_that_is_taken_is_one_line_of_plain_letters(text: str) -> None:
    try:
        login = clean_login(text)
    except NotPossible:
        return
    assert login == login.lower()
    assert login.isascii()
    assert login.isprintable()
    assert any(c.isalpha() for c in login)
    assert clean_login(login) == login


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda c, id: people.disable(c, id, "root", NOW), "person.disable"),
        (lambda c, id: people.set_roles(c, id, ("reader",), "root", NOW), "person.roles"),
        (lambda c, id: people.end_sessions(c, id, "root", NOW), "person.end_sessions"),
        (lambda c, id: people.set_password(c, id, "hash", "root", NOW), "person.password"),
    ],
)
def test_a_change_of_what_somebody_may_ends_their_sessions_at_once(
    database: Engine, change: Callable[..., object], what: str
) -> None:
    anna = put(database)
    enter(database, anna)
    assert visiting(database) is not None
    with writing(database) as connection:
        change(connection, anna.id)
    assert visiting(database) is None
    assert audited(database)[-1] == ("root", what)


def test_a_session_that_is_left_out_goes_on(database: Engine) -> None:
    anna = put(database)
    enter(database, anna, "mine")
    enter(database, anna, "other")
    with writing(database) as connection:
        people.set_roles(connection, anna.id, ("reader",), "anna", NOW, but=sessions.session_key("mine"))
    assert visiting(database, "other") is None
    held = visiting(database, "mine")
    assert held is not None
    assert held.roles == ("reader",)


def test_the_same_roles_change_nothing(database: Engine) -> None:
    anna = put(database, roles=("agent", "editor"))
    enter(database, anna)
    with writing(database) as connection:
        people.set_roles(connection, anna.id, ("editor", "agent"), "root", NOW)
    assert visiting(database) is not None
    assert len(audited(database)) == 1


def test_the_last_administrator_stays(database: Engine) -> None:
    anna = put(database, roles=("administrator",))
    for change in (
        lambda c: people.disable(c, anna.id, "root", NOW),
        lambda c: people.set_roles(c, anna.id, ("agent",), "root", NOW),
    ):
        with pytest.raises(NotPossible, match="last administrator"), writing(database) as connection:
            change(connection)
    put(database, "bram@example.nl", roles=("administrator",))
    with writing(database) as connection:
        assert people.disable(connection, anna.id, "root", NOW).disabled == NOW


def test_of_two_administrators_who_shut_each_other_out_at_once_one_stays(database: Engine) -> None:
    both = [put(database, f"admin{n}", roles=("administrator",)) for n in (1, 2)]
    start = threading.Barrier(2)

    def shut(one: Person) -> None:
        start.wait(10)
        try:
            with writing(database) as connection:
                people.disable(connection, one.id, "root", NOW)
        except NotPossible:
            pass

    threads = [threading.Thread(target=shut, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with reading(database) as connection:
        assert people.has_administrator(connection)
        assert sum(one.disabled is None for one in people.everybody(connection)) == 1


def test_who_is_let_in_again_signs_in_anew(database: Engine) -> None:
    anna = put(database)
    enter(database, anna)
    with writing(database) as connection:
        people.disable(connection, anna.id, "root", NOW)
        people.enable(connection, anna.id, "root", NOW)
    assert visiting(database) is None


def test_a_session_ends_at_its_end_and_when_it_is_not_used(database: Engine) -> None:
    anna = put(database)
    enter(database, anna, ends=NOW + 2 * IDLE)
    assert visiting(database, now=NOW + IDLE - 1) is not None
    assert visiting(database, now=NOW + IDLE) is None
    with writing(database) as connection:
        sessions.touch(connection, sessions.session_key("raw"), NOW + IDLE - 1)
    assert visiting(database, now=NOW + 2 * IDLE - 2) is not None
    assert visiting(database, now=NOW + 2 * IDLE) is None


def test_what_stands_in_a_cookie_is_not_in_the_database(database: Engine) -> None:
    enter(database, put(database), "a-secret")
    with reading(database) as connection:
        assert "a-secret" not in repr(connection.execute(select(session_rows)).all())
    assert visiting(database, sessions.session_key("a-secret")) is None


def test_a_renewed_session_leaves_the_old_cookie_worthless(database: Engine) -> None:
    enter(database, put(database), "old")
    with writing(database) as connection:
        assert sessions.renew(connection, sessions.session_key("old"), "new")
        assert not sessions.renew(connection, sessions.session_key("old"), "newer")
    assert visiting(database, "old") is None
    assert visiting(database, "new") is not None


def test_sessions_of_one_person_are_bounded_and_what_ended_goes(database: Engine) -> None:
    anna = put(database)
    for n in range(sessions.MOST_SESSIONS + 5):
        enter(database, anna, f"raw{n}", NOW + n, NOW + 9999)
    with reading(database) as connection:
        assert len(sessions.running(connection, NOW + 99, IDLE)) == sessions.MOST_SESSIONS
    assert visiting(database, "raw4") is None
    enter(database, anna, "last", NOW + 9999, NOW + 20_000)
    with reading(database) as connection:
        assert len(connection.execute(select(session_rows)).all()) == 1


def first(engine: Engine, now: int = NOW) -> str:
    with writing(engine) as connection:
        return tickets.make_first(connection, now)


def test_there_is_a_first_link_only_while_there_is_no_administrator(database: Engine) -> None:
    raw = first(database)
    put(database, roles=("agent",))
    with reading(database) as connection:
        assert tickets.find(connection, raw, NOW) == tickets.Ticket(tickets.FIRST, "")
        assert tickets.find(connection, raw, NOW + tickets.FIRST_SECONDS) is None
    put(database, "bram@example.nl", roles=("administrator",))
    assert first(database) == ""
    with writing(database) as connection:
        assert tickets.find(connection, raw, NOW) is None
        assert tickets.use(connection, raw, NOW) is None


def test_a_link_is_used_once_and_looking_at_it_does_not_use_it(database: Engine) -> None:
    anna = put(database)
    with writing(database) as connection:
        raw = tickets.make_for(connection, anna.id, NOW)
        assert [tickets.find(connection, raw, NOW) for _ in range(3)] == [tickets.Ticket(tickets.INVITE, anna.id)] * 3
        assert tickets.waiting(connection, NOW) == {anna.id: NOW + tickets.LINK_SECONDS}
        assert tickets.use(connection, raw, NOW) == tickets.Ticket(tickets.INVITE, anna.id)
        assert tickets.use(connection, raw, NOW) is None
        assert tickets.find(connection, raw, NOW) is None
        assert raw not in repr(connection.execute(select(ticket_rows)).all())


def test_a_new_link_makes_the_earlier_one_worthless(database: Engine) -> None:
    anna = put(database, password="hash")
    with writing(database) as connection:
        old, new = (tickets.make_for(connection, anna.id, NOW) for _ in range(2))
        assert tickets.find(connection, old, NOW) is None
        assert tickets.find(connection, new, NOW) == tickets.Ticket(tickets.RESET, anna.id)


def test_no_link_for_who_may_not_enter_or_signs_in_elsewhere(database: Engine) -> None:
    shut, elsewhere = put(database, "shut"), put(database, "elsewhere", subject="https://idp|1")
    with writing(database) as connection:
        people.disable(connection, shut.id, "root", NOW)
    for one in (shut, elsewhere):
        with pytest.raises(NotPossible), writing(database) as connection:
            tickets.make_for(connection, one.id, NOW)


def test_links_for_the_first_administrator_are_bounded(database: Engine) -> None:
    raws = [first(database, NOW + n) for n in range(tickets.MOST_FIRST + 3)]
    with reading(database) as connection:
        assert len(connection.execute(select(ticket_rows)).all()) == tickets.MOST_FIRST
        assert tickets.find(connection, raws[2], NOW + 99) is None
        assert tickets.find(connection, raws[3], NOW + 99) is not None


def test_who_comes_from_a_provider_is_what_it_says_now(database: Engine) -> None:
    anna = put(database, roles=("administrator",), subject="https://idp|1")
    enter(database, anna)
    with writing(database) as connection:
        same = people.follow_provider(connection, anna, "Anna", ("administrator",), NOW)
    assert (same.name, visiting(database) is not None) == ("Anna", True)
    with writing(database) as connection:
        assert people.follow_provider(connection, same, "Anna", (), NOW).roles == ()
    assert visiting(database) is None
