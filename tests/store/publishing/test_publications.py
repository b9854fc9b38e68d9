"""Facts about publications: approved by another, judged, one at a time, taken back at once, and all of it kept."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit
from ivr.store.publishing import drafts, publications
from ivr.store.publishing.faults import NotDone
from ivr.tables.texts import version_of_texts
from tests.store.publishing.made import BART, BASE, CEES, NOW, T, approved, judgement, order, proposed

ONE, TWO, THREE = (f"nodes: {{a: {n}}}\n" for n in (1, 2, 3))


def first(database: Engine) -> str:
    """The base is live, as from a folder."""
    version = version_of_texts(BASE)
    with writing(database) as connection:
        publications.record(connection, T, version, BASE, "jan", NOW - 100, "eerste")
    return version


def ready(database: Engine, text: str) -> tuple[str, dict[str, str]]:
    """An approved version, and its files."""
    with writing(database) as connection:
        held = approved(connection, text)
    return held.version, dict(held.files)


def live(database: Engine) -> tuple[str, tuple[str, int] | None]:
    """What is live for all, and what is tried."""
    with reading(database) as connection:
        held = publications.standing(connection, T)
    assert held is not None
    return held.full.version, None if held.canary is None else (held.canary.version, held.canary.share)


def test_an_approved_version_is_live_and_its_draft_is_done(database: Engine) -> None:
    first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        made = publications.publish(connection, order(version), judgement(files), NOW + 10)
        assert drafts.listed(connection, T, ("published",))[0].version == version
    assert live(database) == (version, None)
    assert (made.state, made.live, made.approved_by, made.by) == ("live", NOW + 10, BART, CEES)


def test_what_nobody_approved_is_not_published_unless_nobody_needs_to(database: Engine) -> None:
    base = first(database)
    with writing(database) as connection:
        held = proposed(connection, ONE)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.publish(connection, order(held.version), judgement(held.files), NOW)
    assert fault.value.reason == "not_approved"
    assert live(database)[0] == base
    with writing(database) as connection:
        publications.publish(connection, order(held.version, alone=True), judgement(held.files), NOW)
    assert live(database)[0] == held.version


def test_an_approval_that_was_taken_back_by_an_edit_publishes_nothing(database: Engine) -> None:
    first(database)
    with writing(database) as connection:
        held = approved(connection, ONE)
        drafts.save(connection, held.id, held.revision, {"menus/main.yaml": TWO}, "anna", NOW)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.publish(connection, order(held.version), judgement(held.files), NOW)
    assert fault.value.reason == "not_proposed"


@pytest.mark.parametrize("how", [{"fresh": 1}, {"broken": 2}, {"why_not": "time"}])
def test_while_something_fails_only_a_reason_publishes_and_it_is_kept(database: Engine, how: dict[str, int]) -> None:
    first(database)
    version, files = ready(database, ONE)
    judged = judgement(files, **how)  # type: ignore[arg-type]
    for reason in ("", "  "):
        with pytest.raises(NotDone) as fault, writing(database) as connection:
            publications.publish(connection, order(version, override=reason), judged, NOW)
        assert fault.value.reason == "fails"
    with writing(database) as connection:
        publications.publish(connection, order(version, override="Brand in het stadhuis"), judged, NOW)
        said = connection.execute(select(audit.c.data).where(audit.c.what == "table.publish")).scalars().all()[-1]
    with reading(database) as connection:
        held = publications.history(connection, T)[0]
    assert held.override == said["override"] == "Brand in het stadhuis"
    assert held.judged is not None
    assert held.judged.fails == judged.fails


def test_no_reason_publishes_what_has_errors(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.publish(connection, order(version, override="toch"), judgement(files, errors=1), NOW)
    assert fault.value.reason == "errors"
    assert live(database)[0] == base


def test_a_reason_without_need_is_not_kept(database: Engine) -> None:
    first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        assert publications.publish(connection, order(version, override="toch"), judgement(files), NOW).override == ""


def test_back_to_what_was_live_takes_no_approval_and_no_judgement(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW)
        made = publications.roll_back(connection, order(base), NOW + 5)
    assert live(database) == (base, None)
    assert made.kind == "rollback"
    with reading(database) as connection:
        held = publications.history(connection, T)
    assert [(one.version, one.state, one.ended) for one in held] == [
        (base, "live", None), (version, "over", NOW + 5), (base, "over", NOW),
    ]  # fmt: skip


def test_what_was_never_live_cannot_be_gone_back_to(database: Engine) -> None:
    first(database)
    version, _ = ready(database, ONE)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.roll_back(connection, order(version), NOW)
    assert fault.value.reason == "never_live"


def test_a_planned_one_waits_and_can_be_cancelled_and_keeps_its_draft(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        made = publications.publish(connection, order(version), judgement(files), NOW, at=NOW + 3600)
        assert made.state == "scheduled"
        draft = drafts.listed(connection, T)[0]
        for change in (
            lambda: drafts.drop(connection, draft.id, draft.revision, CEES, NOW),
            lambda: drafts.send_back(connection, draft.id, version, "", CEES, NOW),
        ):
            with pytest.raises(NotDone) as fault:
                change()
            assert fault.value.reason == "planned"
        assert [one.id for one in publications.scheduled(connection, T, NOW + 3600)] == [made.id]
        assert publications.scheduled(connection, T, NOW + 3599) == []
    assert live(database)[0] == base
    with writing(database) as connection:
        publications.cancel(connection, made.id, CEES, NOW + 60)
        assert drafts.listed(connection, T)[0].state == "proposed"
    with pytest.raises(NotDone), writing(database) as connection:
        publications.make_live(connection, made.id, "rule", NOW + 3600)
    assert live(database)[0] == base


def test_a_trial_is_on_a_share_of_callers_until_it_is_promoted(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW, share=5)
    assert live(database) == (base, (version, 5))
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW + 1, share=20)
    assert live(database) == (base, (version, 20))
    with writing(database) as connection:
        made = publications.promote(connection, T, version, CEES, NOW + 2, "Goed gegaan")
    assert live(database) == (version, None)
    assert made.approved_by == BART


def test_a_trial_that_is_stopped_leaves_what_was_live(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW, share=5)
        publications.stop_trial(connection, T, version, CEES, NOW + 1, "Te veel ophangers")
    assert live(database) == (base, None)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.promote(connection, T, version, CEES, NOW + 2, "")
    assert fault.value.reason == "no_trial"


def test_whatever_is_published_for_all_ends_a_trial(database: Engine) -> None:
    base = first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW, share=50)
        publications.roll_back(connection, order(base), NOW + 1)
    assert live(database) == (base, None)


@pytest.mark.parametrize("share", [0, -1, 51, 99, 101])
def test_a_trial_is_on_one_to_fifty_percent(database: Engine, share: int) -> None:
    first(database)
    version, files = ready(database, ONE)
    with pytest.raises(NotDone) as fault, writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW, share=share)
    assert fault.value.reason == "share_wrong"


def test_what_is_live_is_not_published_or_tried_again(database: Engine) -> None:
    first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW)
    for share, reason in ((100, "live_already"), (10, "no_trial_needed")):
        with pytest.raises(NotDone) as fault, writing(database) as connection:
            publications.publish(connection, order(version), judgement(files), NOW, share=share)
        assert fault.value.reason == reason
    with reading(database) as connection:
        assert len(publications.history(connection, T)) == 2


def test_of_many_who_make_one_live_one_does(database: Engine) -> None:
    first(database)
    version, files = ready(database, ONE)
    with writing(database) as connection:
        made = publications.publish(connection, order(version), judgement(files), NOW, at=NOW + 60)
    came, gate = [], threading.Barrier(4)

    def act() -> None:
        gate.wait()
        try:
            with writing(database) as connection:
                publications.make_live(connection, made.id, "rule", NOW + 60)
            came.append("live")
        except NotDone as fault:
            came.append(fault.reason)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came.count("live") == 1
    assert set(came) <= {"live", "live_already", "changed_meanwhile"}


def test_of_two_versions_made_live_at_the_same_moment_one_is(database: Engine) -> None:
    first(database)
    made = []
    for text in (ONE, TWO, THREE):
        version, files = ready(database, text)
        with writing(database) as connection:
            made.append(publications.publish(connection, order(version), judgement(files), NOW, at=NOW + 60).id)
    gate = threading.Barrier(3)
    came: list[int] = []
    faults: list[str] = []

    def act(id: int) -> None:
        gate.wait()
        try:
            with writing(database) as connection:
                publications.make_live(connection, id, "rule", NOW + 60)
            came.append(id)
        except NotDone as fault:
            faults.append(fault.reason)

    threads = [threading.Thread(target=act, args=(id,)) for id in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(database) as connection:
        held = publications.history(connection, T)
    assert [one.state for one in held].count("live") == 1
    assert set(faults) <= {"changed_meanwhile"}
    assert len(came) + len(faults) == 3
    assert came
    assert all(one.state == ("scheduled" if one.id not in came else one.state) for one in held if one.id in made)


def test_plans_are_bounded(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first(database)
    version, files = ready(database, ONE)
    monkeypatch.setattr(publications, "MOST_SCHEDULED", 1)
    with writing(database) as connection:
        publications.publish(connection, order(version), judgement(files), NOW, at=NOW + 60)
    for at, reason in ((NOW + 90, "scheduled_many"), (NOW + 400 * 86_400, "too_far")):
        with pytest.raises(NotDone) as fault, writing(database) as connection:
            publications.publish(connection, order(version), judgement(files), NOW, at=at)
        assert fault.value.reason == reason
