"""Facts about `ivr desk`: what people who run the desk see and do, and that no number is shown unless it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, select

from ivr.cli import cli
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import audit, calls, outbox, waits
from ivr.tables.archive import Archive
from ivr.tables.ready import load_table
from tests.engine import calls as played
from tests.store.desk.rows import NOW, now_is, put, try_

NUMBER = "+31612345678"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database and a live table in a folder of what is kept, on the morning of 1 December 2026."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(played.TEXT)
    table = load_table(tmp_path / "t", played.TODAY)
    archive = Archive(tmp_path / "var" / "tables", "kinds")
    archive.keep(table, tmp_path / "t")
    archive.publish(table.version)
    made = connect(f"sqlite:///{tmp_path / 'var' / 'ivr.db'}")
    upgrade(made)
    monkeypatch.chdir(tmp_path)
    for module in ("cases", "cases_move"):
        monkeypatch.setattr(f"ivr.cli.{module}.read_now", lambda: NOW)
    yield made
    made.dispose()


def run(*words: str, var: str = "var", user: str | None = "anna") -> Result:
    return CliRunner(env={"IVR_VAR": var, "USER": user}).invoke(cli, ["desk", *words])


def done(*words: str) -> str:
    held = run(*words)
    assert held.exit_code == 0, held.output
    return held.output


def refused(*words: str) -> str:
    held = run(*words)
    assert held.exit_code == 2
    assert NUMBER not in held.output
    return held.output.splitlines()[-1]


def test_the_board_lists_what_is_owed_with_masked_numbers(engine: Engine) -> None:
    put(engine, "CA1:1", "2026-12-01 09:00", number="000001")
    put(engine, "CA2:1", number="000002")
    shown = done("list")
    assert [line.split()[0] for line in shown.splitlines()] == ["case", "000001", "000002"]
    assert NUMBER not in shown
    assert "+31*******78" in shown
    assert "BROKEN: never tried" in shown
    assert NUMBER in done("list", "--numbers")
    rows = [json.loads(line) for line in done("list", "--json").splitlines()]
    assert [(row["number"], row["kept"], row["caller"]) for row in rows] == [
        ("000001", "never_tried", "+31*******78"), ("000002", "waiting", "+31*******78"),
    ]  # fmt: skip


def test_overdue_promises_are_a_failure_and_none_are_not(engine: Engine) -> None:
    put(engine, number="000002")
    assert done("list", "--overdue") == "no cases\n"
    put(engine, "CA1:1", "2026-12-01 09:00", number="000001")
    assert run("list", "--overdue").exit_code == 1
    assert "did you mean 'planned'" in refused("list", "--state", "plannd")


def test_a_case_goes_from_hand_to_hand_until_it_is_closed(engine: Engine) -> None:
    held = put(engine)
    assert "left to anna until 2026-12-01 10:30" in done("take", "123456")
    assert "taken by anna" in refused("take", "123456", "--by", "bert")
    done("note", "123 456", "Belt liever 's middags.")
    done("outcome", "123456", "no_answer")
    done("outcome", "123456", "reached", "--by", "bert")
    shown = done("show", "123456")
    for part in ("Belt liever", "no_answer", "(2026-12-01 am)  by anna", "reached", "by bert", "+31*******78", "kept"):
        assert part in shown
    assert NUMBER not in shown
    assert NUMBER in done("show", "123456", "--numbers")
    assert NUMBER not in done("show", "123456", "--json")
    done("close", "123456")
    assert now_is(engine, held).state == "closed"
    assert "case 123456 is closed" in refused("cancel", "123456")
    with reading(engine) as connection:
        trail = connection.execute(select(audit.c.who, audit.c.what, audit.c.data).order_by(audit.c.id)).all()
    assert [(who, what) for who, what, _ in trail] == [
        ("anna", "case.take"), ("anna", "case.note"), ("anna", "case.outcome"), ("bert", "case.outcome"),
        ("anna", "case.close"),
    ]  # fmt: skip
    assert NUMBER not in str(trail)


def test_a_cancel_at_the_desk_withdraws_no_promise(engine: Engine) -> None:
    put(engine)
    assert "stands for no employee" in refused("cancel", "123456", "--by", "caller")
    done("cancel", "123456")
    shown = done("show", "123456")
    assert "cancelled by anna" in shown
    assert json.loads(done("list", "--state", "cancelled", "--json"))["kept"] == "waiting"


def test_other_cases_of_the_same_number_are_shown_together(engine: Engine) -> None:
    put(engine, "CA1:1", number="000001")
    put(engine, "CA2:1", number="000002")
    put(engine, "CA3:1", number="000003", caller="+31687654321")
    shown = done("show", "000001")
    assert "housemates may share it" in shown
    assert "000002" in shown
    assert "000003" not in shown


def test_what_is_in_doubt_is_listed_and_decided(engine: Engine) -> None:
    assert done("unsure") == "nothing is in doubt\n"
    held = put(engine, state="unsure")
    try_(engine, held, "unsure", NOW - 600, state="unknown")
    listed = run("unsure")
    assert listed.exit_code == 1
    assert "rung 2026-12-01 09:50" in listed.output
    assert "say what you found out" in refused("decide", "123456")
    done("decide", "123456", "--not-rung")
    assert now_is(engine, held).state == "planned"


def test_an_agent_adds_a_promise_that_takes_a_place(engine: Engine) -> None:
    words = ("add", "--team", "desk", "--number", "06 12345678", "--topic", "topic=tax", "--note", "Over de aanslag.")
    dues = [done(*words).rstrip().rsplit("by ", 1)[1] for _ in range(3)]
    assert dues == ["2026-12-02 17:00", "2026-12-02 17:00", "2026-12-03 17:00"]
    hours = done("add", "--team", "desk", "--number", NUMBER, "--within", "4 working hours")
    assert "promised by 2026-12-01 14:00" in hours
    assert "without a promise" in done("add", "--team", "desk", "--number", NUMBER, "--within", "none")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--number", "112"), "cannot be rung from here"),
        (("--number", NUMBER, "--within", "soon"), "write '1 working day', '4 working hours', today or none"),
        (("--number", NUMBER, "--topic", "tax"), "is no variable of this table"),
        (("--number", NUMBER, "--table", "other"), "no table 'other' is live; live are: kinds"),
        (("--number", NUMBER, "--note", "x" * 2001), "longer than 2000"),
        (("--number", NUMBER, "--by", ""), "say who does it"),
        (("--number", NUMBER, "--within", "21 working days"), "at most 20 working days or 160 working hours"),
        (("--number", NUMBER, "--within", "161 working hours"), "at most 20 working days or 160 working hours"),
        (("--number", NUMBER, "--note", "\udcff"), "that is no text"),
        (("--reach", "email", "--address", "\udcff@example.org"), "that is no text"),
    ],
)
def test_a_promise_that_cannot_be_is_one_clear_line_and_nothing_is_kept(
    engine: Engine, words: tuple[str, ...], why: str
) -> None:
    if words[-2:] == ("--by", ""):
        words = (*words[:-1], "\t")
    assert why in refused("add", "--team", "desk", *words)
    assert done("list") == "no cases\n"


def test_a_days_promises_are_moved_shown_first_and_moved_back(engine: Engine) -> None:
    for i in range(3):
        put(engine, f"CA{i}:1", number=f"00000{i}")
    words = ("move", "--team", "desk", "--day", "2026-12-02", "--to", "2026-12-03", "--why", "storm")
    tried = done(*words, "--dry-run")
    assert tried.splitlines() == [
        "000000  2026-12-02 17:00 → 2026-12-03 17:00", "000001  2026-12-02 17:00 → 2026-12-03 17:00",
        "000002  2026-12-02 17:00 → 2026-12-04 17:00", "3 promises would be moved",
    ]  # fmt: skip
    assert "2026-12-03" not in done("list")
    with reading(engine) as connection:
        assert connection.execute(select(audit)).first() is None
    assert done(*words).splitlines()[:3] == tried.splitlines()[:3]
    assert "* moved: 'kept' measures the first promise" in done("list")
    with reading(engine) as connection:
        assert len(connection.execute(select(outbox)).all()) == 3
    assert done("undo-move", "--team", "desk").splitlines()[-1] == "3 promises moved back"
    assert "is left to undo" in refused("undo-move", "--team", "desk")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--to", "2026-12-03"), "say which promises"),
        (("--day", "2026-12-02", "--case", "123456", "--to", "2026-12-03"), "say which promises"),
        (("--day", "tomorrow", "--to", "2026-12-03"), "'tomorrow' is no day"),
        (("--day", "2026-12-02", "--to", "2026-11-01"), "2026-11-01 has passed"),
        (("--case", "999999", "--to", "2026-12-03"), "there is no case 999999"),
        (("--case", "\udcff", "--to", "2026-12-03"), "that is no text"),
        (("--day", "2026-12-02", "--to", "9999-12-31"), "9999-12-31 is not from 2000 to 2100"),
        (("--day", "2026-12-02", "--to", "2028-01-06"), "the last day that promises are moved to is 2028-01-05"),
        (("--day", "0001-01-01", "--to", "2026-12-03"), "0001-01-01 is not from 2000 to 2100"),
        (("--day", "2026-12-02", "--to", "2026-12-03", "--why", "\udcff"), "that is no text"),
    ],
)
def test_a_move_that_cannot_be_is_one_clear_line(engine: Engine, words: tuple[str, ...], why: str) -> None:
    put(engine)
    assert why in refused("move", "--team", "desk", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "\udcff"), ("note", "123456", "\udcff"), ("note", "\udcff", "x"), ("list", "--team", "\udcff"),
        ("list", "--table", "\udcff"), ("list", "--state", "\udcff"), ("drops", "--table", "\udcff"),
        ("close", "123456", "--by", "\udcff"), ("undo-move", "--team", "\udcff"), ("move", "--table", "\udcff"),
        ("show", "\0"), ("list", "--team", "\0"), ("drops", "--since", "\udcff"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_one_clear_line(engine: Engine, words: tuple[str, ...]) -> None:
    put(engine)
    if words[0] == "move":
        words = (*words, "--team", "desk", "--day", "2026-12-02", "--to", "2026-12-03")
    assert "Error: " in refused(*words)


def test_a_promise_may_be_as_far_ahead_as_the_bounds_say(engine: Engine) -> None:
    for within in ("20 working days", "160 working hours"):
        assert "promised by 2026-12-" in done("add", "--team", "desk", "--number", NUMBER, "--within", within)
    put(engine)
    assert "2028-01-05" in run("move", "--team", "desk", "--case", "123456", "--to", "2028-01-05").output


@pytest.mark.parametrize("since", ["0001-01-01", "1969-12-31", "9999-12-31", "2026-13-01", "20261201T00"])
def test_a_day_of_no_use_is_one_clear_line(engine: Engine, since: str) -> None:
    assert "Error: " in refused("drops", "--since", since)


def test_who_hung_up_after_long_waiting_is_listed(engine: Engine) -> None:
    assert done("drops") == "nobody hung up after two minutes of waiting\n"
    with writing(engine) as connection:
        row = {"call": "CA1", "sequence": 1, "team": "desk", "joined": NOW - 200, "since": NOW - 200, "left": NOW - 5}
        connection.execute(insert(waits).values(**row, outcome="hung_up"))
        connection.execute(insert(calls).values(id="CA1", caller=NUMBER, zone="Europe/Amsterdam"))
    assert done("drops") == "2026-12-01 09:59  desk  waited 3:15  +31*******78  CA1\n"
    assert json.loads(done("drops", "--since", "2026-12-01", "--json", "--numbers"))["caller"] == NUMBER
    assert done("drops", "--since", "2026-12-02") == "nobody hung up after two minutes of waiting\n"


def test_without_a_database_or_a_live_table_there_is_one_clear_line(engine: Engine, tmp_path: Path) -> None:
    missing = run("list", var=str(tmp_path / "elsewhere"))
    assert missing.exit_code == 2
    assert "there is no" in missing.output.splitlines()[-1]
    nothing = run(
        "move", "--team", "desk", "--day", "2026-12-02", "--to", "2026-12-03", var=str(tmp_path / "elsewhere")
    )
    assert "no table is live" in nothing.output.splitlines()[-1]
