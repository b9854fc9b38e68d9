"""Facts about a trial's figures: calls of both versions, from its beginning to its end."""

from __future__ import annotations

from sqlalchemy import Engine, insert

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import calls
from ivr.store.publishing import publications
from ivr.store.publishing.outcomes import outcomes
from ivr.tables.texts import version_of_texts
from tests.store.publishing.made import BASE, NOW, T, approved, judgement, order


def test_callers_of_both_versions_are_counted_by_how_they_ended_while_it_is_tried(database: Engine) -> None:
    base = version_of_texts(BASE)
    with writing(database) as connection:
        publications.record(connection, T, base, BASE, "jan", NOW - 100, "")
        held = approved(connection, "nodes: {a: 1}\n")
        fresh = held.version
        tried = publications.publish(connection, order(fresh), judgement(held.files), NOW, share=10)
        for n, (version, began, ending, waited) in enumerate(
            [(fresh, 10, "person", 20), (fresh, 11, "person", 40), (fresh, 12, "hung_up", None), (fresh, 13, "", None),
             (base, 14, "case", None), (base, -5, "person", 9), (base, 500, "person", 9), ("other", 15, "person", 1)]
        ):  # fmt: skip
            row = {
                "id": f"CA{n}",
                "table_id": T,
                "version": version,
                "began": NOW + began,
                "ending": ending,
                "waited": waited,
            }
            connection.execute(insert(calls).values(**row))
        publications.stop_trial(connection, T, fresh, "jan", NOW + 100, "")
        ended = publications.get(connection, tried.id)
    with reading(database) as connection:
        found = outcomes(connection, ended, NOW + 1000)
    assert found is not None
    of_tried, of_others = found
    assert (of_tried.version, of_tried.calls, of_tried.running, of_tried.waited) == (fresh, 4, 1, 30.0)
    assert dict(of_tried.endings) == {"person": 2, "case": 0, "told": 0, "hung_up": 1, "ended": 0, "lost": 0}
    assert of_tried.share("person") == 2 / 3
    assert (of_others.version, of_others.calls, dict(of_others.endings)["case"]) == (base, 1, 1)


def test_a_trial_that_never_began_has_no_figures(database: Engine) -> None:
    with writing(database) as connection:
        publications.record(connection, T, version_of_texts(BASE), BASE, "jan", NOW - 100, "")
        held = approved(connection, "nodes: {a: 1}\n")
        made = publications.publish(connection, order(held.version), judgement(held.files), NOW, at=NOW + 60, share=10)
        assert outcomes(connection, made, NOW) is None
