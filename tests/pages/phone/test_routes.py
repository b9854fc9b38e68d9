"""The routes of the phone: who may call, which tables can be called, and what is done with what strangers write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from ivr.model.events import QUEUE_OUTCOMES
from ivr.model.moment import PHASES
from ivr.pages.look.words import all_words
from ivr.simulator.transcript import ENDINGS
from ivr.simulator.world import DIAL_WORDS, DISK_WORDS, QUEUE_WORDS
from ivr.tables.texts import texts_of, version_of_texts
from tests.pages.browser import GRONINGEN, Desk, groningen, serving_desk
from tests.pages.phone.calls import draft, moi

CALL = "at=2026-12-01+10%3A00&do=1&do=1"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here: none of them changes the table."""
    with serving_desk(tmp_path_factory.mktemp("phone") / "var") as held:
        yield held


def play(client: httpx.Client, query: str) -> httpx.Response:
    return client.post("/desk/phone/play", json={"query": query}, headers={"Accept": "application/json"})


def test_a_link_shows_a_colleague_the_same_call(desk: Desk) -> None:
    page = desk.client("reader").get(f"/desk/phone?{CALL}")
    assert page.status_code == 200
    assert "Burgerzaken gaat over. Wat gebeurt er?" in page.text
    assert 'value="2026-12-01 10:00"' in page.text


def test_a_call_goes_on_with_each_input_and_answers_its_link(desk: Desk) -> None:
    held = play(desk.client("reader"), CALL + "&do=%21bridged").json()
    assert "Afloop: iemand gesproken, Burgerzaken." in held["html"]
    assert held["query"] == "at=2026-12-01+10%3A00&call=1&do=1&do=1&do=%21bridged"


def test_who_has_not_signed_in_calls_nobody(desk: Desk) -> None:
    for path, body in (("/desk/phone/play", {"query": CALL}), ("/desk/phone/save", {"query": CALL, "name": "x"})):
        assert desk.client().post(path, json=body).status_code in (401, 403)
    client = desk.client("reader")
    assert client.post("/desk/phone/play", json={"query": CALL}, headers={"X-CSRF-Token": "other"}).status_code == 403


def test_words_of_strangers_are_shown_as_words(desk: Desk) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    query = f"at=2026-12-01+10%3A00&dial={quote(evil)}&calamity=on&say.nl={quote(evil)}&do=%3A{quote(evil)}"
    for text in (
        desk.client("reader").get(f"/desk/phone?{query}").text,
        play(desk.client("reader"), query).json()["html"],
    ):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"query": 5}', 400),
        (json.dumps({"query": "at=ooit&call=1"}).encode(), 400),
        (json.dumps({"query": "do=1&" * 200}).encode(), 400),
        (json.dumps({"query": "x=" + "y" * 60_000}).encode(), 413),
        (json.dumps({"query": "table=elsewhere"}).encode(), 404),
        (json.dumps({"query": "of=version:000000000000&call=1"}).encode(), 404),
        (json.dumps({"query": "of=draft:none&call=1"}).encode(), 404),
    ],
)
def test_what_cannot_be_played_is_told_in_a_line(desk: Desk, body: bytes, status: int) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = desk.client("reader").post("/desk/phone/play", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["fault"]
    assert "Traceback" not in answer.text


def test_a_draft_that_is_not_published_can_be_called(desk: Desk) -> None:
    id = draft(desk, "moi", {"menus/entry.yaml": moi()})
    held = play(desk.client("reader"), f"of=draft:{id}&at=2026-12-01+10%3A00&call=1").json()
    assert "Moi, met de stad." in held["html"]
    page = desk.client("reader").get(f"/desk/phone?of=draft:{id}").text
    assert "concept: moi" in page


def test_a_draft_with_errors_says_which_and_does_not_play(desk: Desk) -> None:
    source = (GRONINGEN / "menus" / "closed.yaml").read_text()
    id = draft(desk, "broken", {"menus/closed.yaml": source.replace("to: closed-menu", "to: nowhere")})
    page = desk.client("reader").get(f"/desk/phone?of=draft:{id}&call=1")
    assert "Dit concept heeft" in page.text
    assert "IVR201" in page.text
    assert re.search(r"menus/closed\.yaml:\d+", page.text)
    assert 'id="lines"' not in page.text


def test_an_older_version_can_be_called(desk: Desk) -> None:
    live = desk.context.shelf().live.table.version
    assert (
        "Waarvoor belt u?"
        in play(desk.client("reader"), f"of=version:{live}&at=2026-12-01+10%3A00&call=1").json()["html"]
    )
    files = texts_of(GRONINGEN, groningen().sources)
    files["menus/entry.yaml"] = files["menus/entry.yaml"].replace("Welkom bij de gemeente", "Hier is de gemeente")
    version = version_of_texts(files)
    desk.context.shelf().archive.keep_texts(version, files)
    held = play(desk.client("reader"), f"of=version:{version}&at=2026-12-01+10%3A00&call=1").json()
    assert "Hier is de gemeente Groningen." in held["html"]
    assert f"versie {version}" in desk.client("reader").get("/desk/phone").text


def test_a_call_is_saved_as_a_scenario_and_downloaded_as_a_file(desk: Desk) -> None:
    client = desk.client("editor")
    body = {"query": CALL + "&do=%21bridged", "name": "paspoort"}
    html = client.post("/desk/phone/save", json=body).json()["html"]
    assert "scenarios:\n  paspoort:\n" in html
    answer = client.post("/desk/phone/file", data=body)
    assert answer.headers["content-disposition"] == 'attachment; filename="paspoort.yaml"'
    assert answer.text.startswith("scenarios:\n  paspoort:\n    at: 2026-12-01 10:00\n    do: [1, 1]\n")
    refused = client.post("/desk/phone/file", data={**body, "name": 'x"\r\nSet-Cookie: a=b'})
    assert refused.status_code == 400


def test_the_page_is_written_in_english_for_who_reads_it(desk: Desk) -> None:
    page = desk.client("reader", language="en").get(f"/desk/phone?{CALL}").text
    assert "Burgerzaken is ringing. What happens?" in page or "Civil Affairs is ringing. What happens?" in page


def test_every_word_that_the_templates_may_need_is_told() -> None:
    known = set(all_words())
    templates = [path.read_text() for path in Path("ivr/pages/templates/phone").glob("*.html")]
    used = {key for text in templates for key in re.findall(r'\bt\("(phone\.\w+)"', text)}
    whole = {key for key in used if not key.endswith("_")}
    ends = {"came_": (*DIAL_WORDS, *QUEUE_OUTCOMES), "ends_": ("ask", *DIAL_WORDS), "waits_": ("ask", *QUEUE_WORDS)}
    ends |= {
        "disk_": tuple(DISK_WORDS),
        "over_": tuple(ending.replace(" ", "_") for ending in ENDINGS if ending != "lost"),
    }
    ends |= {
        "who_": ("voice", "whisper", "caller", "system"),
        "pick_": ("now", "opening", "evening", "thursday", "sunday", "holiday"),
    }
    ends |= {"why_phase_": PHASES}
    ends |= {"does_": tuple(re.findall(r'"(\w+)"', _between("asked.py", "def _roles", "def _to_operator")))}
    ends |= {"why_": tuple(re.findall(r'Why\(\s*"(\w+)"', _between("why.py", "", "")))}
    made = {f"phone.{start}{end}" for start, all_of_it in ends.items() for end in all_of_it}
    assert (whole | made) - known == set()
    assert {key for key in used if key.endswith("_")} - {f"phone.{start}" for start in ends} == set()


def _between(file: str, start: str, end: str) -> str:
    text = (Path("ivr/pages/phone") / file).read_text()
    return text[text.index(start) : text.index(end, text.index(start)) if end else len(text)]
