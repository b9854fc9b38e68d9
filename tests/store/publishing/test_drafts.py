"""Facts about drafts: nothing is lost between two who edit, and nobody approves their own work."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.publishing import drafts, versions
from ivr.store.publishing.faults import NotDone
from ivr.tables.texts import version_of_texts
from tests.store.publishing.made import ANNA, BART, BASE, CEES, NOW, T, approved, edited, judgement, proposed

HOSTILE = (
    "../etc/passwd.yaml", "/etc/passwd.yaml", "menus/../../x.yaml", "a\\b.yaml", ".git/hooks/x.yaml", "menus/.x.yaml", "",
    "x.txt", "x.yaml/", "a//b.yaml", "-rf.yaml", "--upload-pack=x.yaml", "x\0.yaml", "x\n.yaml", "x\u202e.yaml", "C:/x.yaml",
    "a" * 197 + ".yaml", "scenarios/x.yaml", "knowledge/x.yaml", "~/x.yaml", "./x.yaml", "a /x.yaml", "x\ud800.yaml",
    "cafe\u0301.yaml", "nul|.yaml", "a*.yaml", "a?.yaml", 'a".yaml', "<b>.yaml",
)  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_path_that_is_none_of_a_table_is_refused_and_nothing_changes(database: Engine, path: str) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
    with pytest.raises(NotDone), writing(database) as connection:
        drafts.save(connection, held.id, held.revision, {path: "x: 1\n"}, ANNA, NOW)
    with reading(database) as connection:
        assert drafts.get(connection, held.id) == held


@pytest.mark.parametrize("path", ["a.yaml", "menus/afval & groen.yaml", "menus/één.yml", "a/b/c/d.yaml", "0.yaml"])
def test_an_ordinary_path_is_taken(database: Engine, path: str) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
        assert path in drafts.save(connection, held.id, held.revision, {path: "x: 1\n"}, ANNA, NOW).files


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"TABLE.yaml": "x"}, "path_twice"),
        ({"table.yaml/x.yaml": "x"}, "path_twice"),
        ({"x.yaml": "\ud800"}, "text_wrong"),
        ({"x.yaml": "x" * (4 * 2**20 + 1)}, "file_large"),
        ({f"x{n}.yaml": "x" * 2**21 for n in range(9)}, "texts_large"),
        ({f"x{n}.yaml": "x" for n in range(600)}, "files_many"),
        ({"table.yaml": None, "menus/main.yaml": None}, "no_files"),
    ],
)
def test_texts_beyond_the_bounds_are_refused(database: Engine, files: dict[str, str | None], reason: str) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.save(connection, held.id, held.revision, files, ANNA, NOW)
    assert fault.value.reason == reason


def test_of_two_who_save_the_same_revision_the_second_is_told(database: Engine) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
        drafts.save(connection, held.id, held.revision, {"menus/main.yaml": "one"}, ANNA, NOW)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.save(connection, held.id, held.revision, {"table.yaml": "two"}, BART, NOW)
    assert fault.value.reason == "changed_meanwhile"
    with reading(database) as connection:
        assert drafts.get(connection, held.id).files["menus/main.yaml"] == "one"


def test_what_is_proposed_is_a_version_of_the_same_content(database: Engine) -> None:
    with writing(database) as connection:
        held = proposed(connection, "nodes: {a: 1}\n")
        kept = versions.get(connection, T, held.version)
    assert held.version == version_of_texts(held.files) == version_of_texts(kept.files)
    assert (kept.by, kept.why, kept.draft) == (ANNA, "Beter zo", held.id)
    assert kept.judged is not None


def test_who_goes_on_editing_opens_it_and_takes_the_approval_back_and_the_version_stays_as_it_was(
    database: Engine,
) -> None:
    with writing(database) as connection:
        held = approved(connection, "nodes: {a: 1}\n")
        again = drafts.save(connection, held.id, held.revision, {"menus/main.yaml": "other"}, CEES, NOW)
        assert (again.state, again.version, again.approved_by, again.approved, again.proposed_by) == (
            "open",
            "",
            "",
            None,
            "",
        )
        assert versions.get(connection, T, held.version).files["menus/main.yaml"] == "nodes: {a: 1}\n"
        assert drafts.accepted(connection, T, held.version) is None


def test_nobody_who_edited_or_proposed_approves(database: Engine) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n", ANNA)
        held = drafts.save(connection, held.id, held.revision, {"menus/main.yaml": "b"}, BART, NOW)
        held = drafts.propose(connection, held.id, held.revision, "Zo", judgement(held.files), CEES, NOW)
    for login in (ANNA, BART, CEES):
        with pytest.raises(NotDone) as fault, writing(database) as connection:
            drafts.approve(connection, held.id, held.version, login, NOW)
        assert fault.value.reason == "own_draft"
    with writing(database) as connection:
        assert drafts.approve(connection, held.id, held.version, "dirk", NOW).approved_by == "dirk"


def test_a_copy_of_what_was_never_live_is_still_its_editors_work(database: Engine) -> None:
    with writing(database) as connection:
        first = proposed(connection, "nodes: {a: 1}\n", ANNA)
        copy = drafts.begin(connection, T, first.version, first.files, "Kopie", BART, NOW)
        copy = drafts.save(connection, copy.id, copy.revision, {"table.yaml": "table: {id: x}\n"}, BART, NOW)
        copy = drafts.propose(connection, copy.id, copy.revision, "Zo", judgement(copy.files), BART, NOW)
    with pytest.raises(NotDone, match="does not approve"), writing(database) as connection:
        drafts.approve(connection, copy.id, copy.version, ANNA, NOW)


def test_one_person_may_do_all_where_nobody_else_needs_to_approve(database: Engine) -> None:
    with writing(database) as connection:
        held = proposed(connection, "nodes: {a: 1}\n", ANNA)
        assert drafts.approve(connection, held.id, held.version, ANNA, NOW, alone=True).approved_by == ANNA


def test_what_has_changed_since_the_approver_looked_is_not_approved(database: Engine) -> None:
    with writing(database) as connection:
        held = proposed(connection, "nodes: {a: 1}\n")
        again = drafts.save(connection, held.id, held.revision, {"menus/main.yaml": "other"}, ANNA, NOW)
        drafts.propose(connection, again.id, again.revision, "Zo", judgement(again.files), ANNA, NOW)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.approve(connection, held.id, held.version, BART, NOW)
    assert fault.value.reason == "changed_meanwhile"


def test_what_has_errors_or_was_judged_otherwise_is_not_proposed(database: Engine) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
    for judged, reason in ((judgement(held.files, errors=1), "errors"), (judgement(BASE), "judged_other")):
        with pytest.raises(NotDone) as fault, writing(database) as connection:
            drafts.propose(connection, held.id, held.revision, "Zo", judged, ANNA, NOW)
        assert fault.value.reason == reason


def test_a_reason_is_needed_to_propose_and_a_change_too(database: Engine) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
        same = drafts.begin(connection, T, version_of_texts(BASE), BASE, "", ANNA, NOW)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.propose(connection, held.id, held.revision, " \u200b", judgement(held.files), ANNA, NOW)
    assert fault.value.reason == "why_missing"
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.propose(connection, same.id, same.revision, "Zo", judgement(BASE), ANNA, NOW)
    assert fault.value.reason == "nothing_changed"


def test_a_dropped_draft_is_not_edited_and_not_listed(database: Engine) -> None:
    with writing(database) as connection:
        held = edited(connection, "nodes: {a: 1}\n")
        drafts.drop(connection, held.id, held.revision, ANNA, NOW)
        assert drafts.listed(connection, T) == []
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        drafts.save(connection, held.id, held.revision + 1, {"x.yaml": ""}, ANNA, NOW)
    assert fault.value.reason == "draft_over"


def test_the_drafts_of_a_table_are_bounded(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_RUNNING", 1)
    with writing(database) as connection:
        edited(connection, "nodes: {a: 1}\n")
    with pytest.raises(NotDone, match="there are 1 drafts already"), writing(database) as connection:
        edited(connection, "nodes: {a: 2}\n")


def test_each_change_is_in_the_audit_trail(database: Engine) -> None:
    with writing(database) as connection:
        held = approved(connection, "nodes: {a: 1}\n")
        drafts.send_back(connection, held.id, held.version, "Nog niet", BART, NOW)
        rows = connection.execute(select(audit.c.what, audit.c.who).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("draft.begin", ANNA), ("draft.save", ANNA), ("draft.propose", ANNA), ("draft.approve", BART), ("draft.send_back", BART),
    ]  # fmt: skip
