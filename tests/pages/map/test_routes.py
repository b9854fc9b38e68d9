"""The routes of the map: what they answer, to whom, and what is done with what strangers write."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest

from ivr.store.database.connect import writing
from ivr.store.publishing import drafts
from ivr.tables.texts import texts_of, version_of_texts
from tests.pages.browser import GRONINGEN, Desk, groningen, serving_desk
from tests.store.reports.rows import Rows

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here: none of them changes the table."""
    with serving_desk(tmp_path_factory.mktemp("map") / "var") as held:
        held.context.folders["groningen"] = GRONINGEN
        yield held


@pytest.fixture
def reader(desk: Desk) -> httpx.Client:
    return desk.client("reader")


def draft(desk: Desk, title: str, changes: dict[str, str] | None = None) -> str:
    """A draft of the table of Groningen with some files otherwise."""
    files = texts_of(GRONINGEN, groningen().sources)
    now = desk.context.clock()
    with writing(desk.database) as connection:
        held = drafts.begin(connection, "groningen", version_of_texts(files), files, title, "anna", now)
        if changes:
            drafts.save(connection, held.id, held.revision, changes, "anna", now)
    return held.id


def test_the_data_is_named_by_the_version_and_not_sent_twice(reader: httpx.Client) -> None:
    first = reader.get("/desk/map/data")
    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert groningen().version in first.headers["etag"]
    assert "private" in first.headers["cache-control"]
    assert first.json()["version"] == groningen().version
    again = reader.get("/desk/map/data", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_node_is_told_with_its_yaml_and_its_ways(reader: httpx.Client) -> None:
    text = reader.get("/desk/map/node", params={"name": "waste"}).text
    assert "routing_tables/groningen/menus/" in text
    assert "kind: menu" in text
    assert 'data-go="bulky"' in text
    assert f"/desk/table/versions/{groningen().version}?table=groningen#menus/" in text


def test_a_node_tells_which_of_its_ways_the_filters_close(reader: httpx.Client) -> None:
    closed = "dicht voor deze bellers"
    hours = next(
        item["name"] for item in reader.get("/desk/map/data").json()["items"] if item["kind"] == "hours" and item["at"]
    )
    assert closed not in reader.get("/desk/map/node", params={"name": hours}).text
    text = reader.get("/desk/map/node", params={"name": hours, "at": "donderdag 18:00"}).text
    out = text[: text.index("Hierheen leiden")]
    assert 0 < out.count(closed) < out.count("data-go")
    answer = reader.get("/desk/map/node", params={"name": hours, "at": "ooit"}, headers=JSON)
    assert answer.status_code == 400


def test_a_node_tells_which_guarantees_and_scenarios_touch_it(reader: httpx.Client) -> None:
    text = reader.get("/desk/map/touching", params={"name": "closed"}).text
    assert "danger-first" in text
    assert "noemt dit blok" in text
    assert "Scenario&#39;s die hier langskomen" in text


def test_seconds_to_a_person_have_a_figure_for_nodes_and_numbers(reader: httpx.Client) -> None:
    seconds = reader.get("/desk/map/heat").json()["seconds"]
    assert seconds["goodbye"] is None
    assert 0 < seconds["operator"] < seconds["main"] < seconds["numbers:A"]


def test_the_filters_say_what_they_understood(reader: httpx.Client) -> None:
    held = reader.get("/desk/map/bright", params={"number": "050-3671000", "at": "donderdag 18:00"}).json()
    assert held["when"].endswith("18:00")
    assert held["number"] == "050 367 1000"
    assert 0 < len(held["items"]) < held["of"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"number": "<b>"}, "staat niet in deze tabel"),
        ({"number": "112"}, "staat niet in deze tabel"),
        ({"language": "xx"}, "De tabel spreekt geen"),
        ({"at": "ooit"}, "is geen moment"),
        ({"at": "2026-02-31"}, "is geen moment"),
        ({"draft": "../../etc"}, "Dit concept bestaat niet"),
        ({"version": "../live"}, "Versie ../live is er niet"),
        ({"version": "000000000000"}, "Versie 000000000000 is er niet"),
        ({"table": "elsewhere"}, "Er is geen tabel"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(reader: httpx.Client, query: dict[str, str], told: str) -> None:
    answer = reader.get("/desk/map/bright", params=query, headers=JSON)
    assert answer.status_code in (400, 404)
    assert told in answer.json()["fault"]


@pytest.mark.parametrize("path", ["node", "touching"])
def test_a_node_that_is_not_there_is_said_so(reader: httpx.Client, path: str) -> None:
    answer = reader.get(f"/desk/map/{path}", params={"name": "<script>alert(1)</script>"}, headers=JSON)
    assert answer.status_code == 404
    assert "Er is geen blok" in answer.json()["fault"]


def test_texts_without_bounds_are_refused(reader: httpx.Client) -> None:
    for path, query in (("node", {"name": "x" * 500}), ("bright", {"at": "x" * 500}), ("data", {"draft": "x" * 500})):
        assert reader.get(f"/desk/map/{path}", params=query, headers=JSON).status_code == 422
    assert reader.get("/desk/map/traffic", params={"days": 400}, headers=JSON).status_code == 400


@pytest.mark.parametrize(
    "path", ["", "/data", "/bright", "/node?name=main", "/touching?name=main", "/heat", "/traffic"]
)
def test_nobody_sees_it_without_having_signed_in(desk: Desk, path: str) -> None:
    assert desk.client().get(f"/desk/map{path}", headers=JSON).status_code == 401


def test_a_draft_is_shown_as_it_is_now(desk: Desk, reader: httpx.Client) -> None:
    text = texts_of(GRONINGEN, groningen().sources)["menus/main.yaml"]
    id = draft(
        desk, "Een <b>proef</b>", {"menus/main.yaml": text.replace("Waarvoor belt u?", "Waar <i>belt</i> u voor?")}
    )
    page = reader.get("/desk/map", params={"draft": id})
    assert "Een &lt;b&gt;proef&lt;/b&gt;" in page.text
    words = [item["words"][0] for item in reader.get("/desk/map/data", params={"draft": id}).json()["items"]]
    assert "Waar <i>belt</i> u voor?" in words
    told = reader.get("/desk/map/node", params={"draft": id, "name": "main"}).text
    assert "Waar &lt;i&gt;belt&lt;/i&gt; u voor?" in told
    assert f"/desk/table/drafts/{id}#menus/main.yaml:" in told


def test_a_draft_with_errors_says_where(desk: Desk, reader: httpx.Client) -> None:
    text = texts_of(GRONINGEN, groningen().sources)["menus/main.yaml"]
    id = draft(desk, "stuk", {"menus/main.yaml": text.replace("to: waste", "to: wast")})
    answer = reader.get("/desk/map/data", params={"draft": id}, headers=JSON)
    assert answer.status_code == 409
    assert "De eerste staat in menus/main.yaml:" in answer.json()["fault"]


def test_traffic_is_laid_along_the_lines(desk: Desk, reader: httpx.Client) -> None:
    rows = Rows(desk.database)
    now = desk.context.clock()
    for _ in range(3):
        call = rows.call(now - 3600, version=groningen().version)
        for sequence, node in enumerate(("main", "waste")):
            rows.event(call, sequence, "keys", node, now - 3600 + sequence)
    rows.put()
    held = reader.get("/desk/map/traffic", params={"days": 7}).json()
    data = reader.get("/desk/map/data").json()
    lines = [data["lines"][int(line)] for line, count in held["counts"].items() if count == 3]
    joined = {(data["items"][line["source"]]["name"], data["items"][line["target"]]["name"]) for line in lines}
    assert ("main", "waste") in joined
    assert (held["calls"], held["more"], held["lost"]) == (3, False, 0)


def test_the_data_is_small_enough_to_wait_for(reader: httpx.Client) -> None:
    raw = reader.get("/desk/map/data").json()
    assert len(gzip.compress(json.dumps(raw).encode())) < 40_000
