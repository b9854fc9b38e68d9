"""Facts about the page while a version is tried: how callers of both versions fared."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import calls
from ivr.store.publishing import publications
from ivr.tables.texts import version_of_texts
from tests.pages.browser import Desk
from tests.pages.table.small import FILES, small_desk
from tests.pages.table.test_life import RETARGET, proposed


def tried(desk: Desk) -> None:
    """A version on trial, and calls of both."""
    id = proposed(None, desk, RETARGET)  # type: ignore[arg-type]  # no browser is used
    version = version_of_texts(RETARGET)
    client = desk.client("approver", login="goedkeurder@example.nl")
    client.post(f"/desk/table/drafts/{id}/approve", data={"version": version})
    answer = client.post(f"/desk/table/drafts/{id}/publish", data={"version": version, "share": "10"})
    assert answer.status_code == 303, answer.text
    with reading(desk.database) as connection:
        stands = publications.standing(connection, "small")
    assert stands is not None
    assert stands.canary is not None
    began = stands.canary.live
    with writing(desk.database) as connection:
        for n, (of, ending) in enumerate(
            [(version, "person"), (version, "hung_up"), (version_of_texts(FILES), "person")]
        ):
            row = {"id": f"CA{n}", "table_id": "small", "version": of, "began": began, "ending": ending, "waited": 12}
            connection.execute(insert(calls).values(**row))


def test_the_page_compares_how_callers_fared_on_what_is_tried_with_the_others(tmp_path: Path) -> None:
    with small_desk(tmp_path / "var") as desk:
        assert "Hoe het bellers verging" not in desk.client("reader").get("/desk/table").text
        tried(desk)
        page = desk.client("reader").get("/desk/table").text
    assert "Hoe het bellers verging sinds het begin van de proef" in page
    row = page.split("opgehangen zonder antwoord</th>")[1].split("</tr>")[0]
    assert "1 " in row
    assert "(50%)" in row
    assert "(0%)" in row
