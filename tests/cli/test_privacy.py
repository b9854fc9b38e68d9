"""`ivr retain`, `ivr privacy` and `ivr subject`, as they are used."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, select, update

from ivr.cli import cli
from ivr.desk.pseudonym import number_key
from ivr.desk.retention import DAY
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import audit, calls, cases, notes, recordings
from ivr.store.holdings import columns
from tests.store import test_subject

HERS = test_subject.HERS
LONG_AGO = int(time.time()) - 40 * DAY


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def engine(var: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = connect(f"sqlite:///{var / 'ivr.db'}")
    upgrade(made)
    monkeypatch.setattr(test_subject, "NOW", LONG_AGO)
    test_subject.filled(made)
    yield made
    made.dispose()


def run(var: Path, *words: str, answer: str = "", **more: str) -> Result:
    return CliRunner(env={"IVR_VAR": str(var), "IVR_PRIVACY_KEY": "key", **more}).invoke(cli, words, input=answer)


def all_of(engine: Engine) -> dict[str, Any]:
    with reading(engine) as connection:
        return test_subject.held(connection)


def told(output: str) -> dict[str, int]:
    return {name.strip(): int(rows) for rows, name in re.findall(r"^ +(\d+)  (.{3,36}?)(?:  | *$)", output, re.M)}


def test_a_dry_run_tells_exactly_what_the_run_then_does(engine: Engine, var: Path) -> None:
    before = all_of(engine)
    dry = run(var, "retain", "--dry-run")
    assert all_of(engine) == before
    real = run(var, "retain")
    wanted, done = told(dry.output), told(real.output)
    assert wanted.pop("would go; nothing was changed") == done.pop("gone") == 4
    assert wanted == done
    assert "nothing would go" in run(var, "retain", "--dry-run").output


def test_cases_that_are_open_for_years_are_told(engine: Engine, var: Path) -> None:
    with writing(engine) as connection:
        connection.execute(cases.update().values(opened=LONG_AGO - 365 * DAY))
    assert "2 cases have been open for more than a year" in run(var, "retain", "--dry-run").output


def test_recordings_that_nobody_confirms_are_told(engine: Engine, var: Path) -> None:
    with writing(engine) as connection:
        connection.execute(recordings.update().values(delete_at=LONG_AGO))
    assert "2  recordings not confirmed by the provider yet" in run(var, "retain").output


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_is_kept_names_every_column_and_how_long(var: Path, language: str) -> None:
    held = json.loads(run(var, "privacy", "--language", language, "--format", "json").output)
    named = [column for line in held["kept"] for column in line["where"]]
    assert sorted(named) == sorted(f"{table}.{column}" for table, column in columns())
    text = run(var, "privacy", "--language", language).output
    for line in held["kept"]:
        assert str(line["days"] or "") in line["how_long"]
        assert line["how_long"][:20] in text


def test_what_is_kept_follows_the_settings(var: Path) -> None:
    done = run(var, "privacy", IVR_KEEP_CALLS_DAYS="3", IVR_WORKS_COUNCIL_CONSENT="2026-11-24")
    assert "3 dagen nadat een gesprek zonder zaak afliep" in done.output
    assert "stemde in op 2026-11-24" in done.output


def test_a_citizen_reads_the_time_that_was_promised_on_the_telephone(engine: Engine, var: Path) -> None:
    noon = 1_796_036_400  # 30 November 2026, 11:00 in UTC
    with writing(engine) as connection:
        connection.execute(update(cases).values(zone="Europe/Amsterdam", first_due=noon))
        connection.execute(update(calls).values(zone="America/Curacao", began=noon))
        connection.execute(update(notes).values(at=noon))
    said = run(var, "subject", "show", HERS).stdout
    assert "eerst beloofd voor: 2026-11-30 12:00" in said
    assert "begin: 2026-11-30 07:00" in said
    assert "2026-11-30 12:00" in said.partition("notities")[2].splitlines()[1], "a note is in the zone of its case"


def test_what_is_held_is_shown_in_plain_words_and_that_it_was_shown_is_kept(engine: Engine, var: Path) -> None:
    done = run(var, "subject", "show", "06-12345678", "--by", "anna")
    assert done.exit_code == 0
    for words in (
        "Telefoongesprekken: 3",
        "soort: terugbelverzoek",
        "niet opgenomen",
        "Oude Ebbinge",
        "said CA1:1",
        "cijfer: 8",
    ):
        assert words in done.stdout
    for hidden in ("bea", "anna", "sip:", test_subject.HIS, "CA9"):
        assert hidden not in done.stdout
    with reading(engine) as connection:
        line = connection.execute(select(audit).where(audit.c.what == "subject.show")).mappings().one()
    assert (line["who"], line["subject"]) == ("anna", f"number:{number_key(b'key', HERS)}")


def test_what_is_held_can_be_read_by_programs(engine: Engine, var: Path) -> None:
    held = json.loads(run(var, "subject", "show", HERS, "--json").stdout)
    assert (len(held["calls"]), len(held["cases"]), held["open_klant"]) == (3, 2, ["222222"])


def test_erasing_says_what_will_be_lost_and_asks(engine: Engine, var: Path) -> None:
    before = all_of(engine)
    done = run(var, "subject", "erase", HERS, answer="n\n")
    assert done.exit_code == 1
    assert "case 111111 (burgerzaken, open): a promise to call back will be cancelled" in done.output
    assert "a copy stands in Open Klant, to be erased there: case 222222" in done.output
    assert "cases of others, to be looked at by hand: case 999999" in done.output
    assert all_of(engine) == before
    done = run(var, "subject", "erase", HERS, "--yes")
    assert "erased: 2 cases, 1 note, 1 attempt, 1 recording, 3 calls, 1 wait" in done.output
    assert HERS not in repr(all_of(engine))
    assert "nothing is held on +31*******78" in run(var, "subject", "erase", HERS, "--yes").output


def journal(var: Path, name: str = "a.jsonl") -> Path:
    entry = {
        "kind": "case", "at": LONG_AGO, "call": "CA7", "sequence": 2, "table": "t", "version": "v", "node": "n", "language": "nl",
        "variables": {}, "fields": {}, "case": "777777", "type": "callback", "team": "x", "number": HERS, "dialled": "+3114050",
        "within": ["", 0], "due": 0, "due_day": "", "recording": "", "seconds": 0,
    }  # fmt: skip
    (var / "journal").mkdir(exist_ok=True)
    (var / "journal" / name).write_text(json.dumps(entry) + "\n")
    return var / "journal" / name


def test_what_stands_in_the_journals_is_carried_into_the_database_first(engine: Engine, var: Path) -> None:
    journal(var)
    done = run(var, "subject", "erase", HERS, "--yes")
    assert "case 777777" in done.output
    assert "erased: 3 cases" in done.output
    assert "it still stands in journal/a.jsonl" in done.output
    with reading(engine) as connection:
        assert connection.scalar(select(cases.c.caller).where(cases.c.id == "CA7:2")) == ""


def test_nothing_is_erased_while_the_journals_are_not_carried(
    engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.cli.subject.DRAIN_SECONDS", 0.2)
    monkeypatch.setattr("ivr.store.drain.drainer.Drainer.run", lambda _: 0)  # another process holds it
    length = journal(var).stat().st_size
    before = all_of(engine)
    done = run(var, "subject", "erase", HERS, "--yes")
    assert (done.exit_code, f"{length} bytes of the journals are not in the database yet" in done.output) == (2, True)
    assert all_of(engine) == before


@pytest.mark.parametrize("number", ["061234", "x", "112", "14050x", ""])
def test_what_is_no_number_is_refused(engine: Engine, var: Path, number: str) -> None:
    done = run(var, "subject", "show", number)
    assert (done.exit_code, "write it as 06 12345678" in done.output) == (2, True)


def test_without_a_key_it_is_said_that_hashes_were_not_looked_for(engine: Engine, var: Path) -> None:
    done = run(var, "subject", "show", HERS, IVR_PRIVACY_KEY="")
    assert "what is held under a hash was not looked for" in done.stderr
    with writing(engine) as connection:
        connection.execute(insert(calls).values(id="CAz"))
