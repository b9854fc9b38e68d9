"""A recorded message is played from our own account alone, and who listened is kept."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import insert

from ivr.store.database.connect import writing
from ivr.store.database.schema import recordings
from tests.pages.browser import Desk
from tests.pages.promises.town import audited, desk_of, put

ACCOUNT, TOKEN, RE = "AC" + "1" * 32, "a-token-for-tests", "RE" + "a" * 32
AUDIO = b"ID3" + bytes(range(256)) * 40


class Audio(BaseHTTPRequestHandler):
    """A provider's recordings."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        part = self.headers.get("Range", "")
        body = AUDIO[int(part.removeprefix("bytes=").rstrip("-")) :] if part else AUDIO
        self.send_response(206 if part else 200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Content-Length", str(len(body)))
        if part:
            self.send_header("Content-Range", f"bytes {len(AUDIO) - len(body)}-{len(AUDIO) - 1}/{len(AUDIO)}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    Audio.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Audio)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def message(desk: Desk, url: str, deleted: int | None = None) -> None:
    put(desk, kind="voicemail", due=0)
    with writing(desk.database) as connection:
        row = {"id": "CA123456:3", "case_id": "CA123456:3", "url": url, "seconds": 12, "made": 1, "deleted": deleted}
        connection.execute(insert(recordings).values(**row))


PATH = "/desk/promises/123456/recording/CA123456:3"
JSON = {"Accept": "application/json"}


def test_a_message_is_played_with_our_account_and_who_listened_is_kept(tmp_path: Path, provider: str) -> None:
    with desk_of(tmp_path / "var", twilio_account=ACCOUNT, twilio_api=provider) as desk:
        message(desk, f"{provider}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RE}")
        agent = desk.client("agent", login="anna@example.nl")
        assert "Bericht van 12 seconden" in agent.get("/desk/promises/123456").text
        answer = agent.get(PATH)
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, AUDIO, "audio/mpeg")
        part = agent.get(PATH, headers={"Range": "bytes=100-"})
        assert (part.status_code, part.content) == (206, AUDIO[100:])
        [(path, given), _] = Audio.asked
        assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RE}.mp3"
        assert base64.b64decode(given.removeprefix("Basic ")).decode() == f"{ACCOUNT}:{TOKEN}"
        assert audited(desk) == [("anna@example.nl", "recording.listen")]
        assert desk.client("reader").get(PATH, headers=JSON).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/2010-04-01/Accounts/{account}/Recordings/{re}",
        "{api}.evil.example/2010-04-01/Accounts/{account}/Recordings/{re}",
        "{api}/2010-04-01/Accounts/AC" + "2" * 32 + "/Recordings/{re}",
        "{api}/2010-04-01/Accounts/{account}/Recordings/../../../{re}",
        "{api}/2010-04-01/Accounts/{account}/Recordings/{re}?x=1",
    ],
)
def test_nothing_is_fetched_from_elsewhere(tmp_path: Path, provider: str, url: str) -> None:
    with desk_of(tmp_path / "var", twilio_account=ACCOUNT, twilio_api=provider) as desk:
        message(desk, url.format(api=provider, account=ACCOUNT, re=RE))
        assert desk.client("agent").get(PATH, headers=JSON).status_code == 409
        assert Audio.asked == []


def test_what_was_deleted_and_what_cannot_be_fetched_is_told(tmp_path: Path, provider: str) -> None:
    with desk_of(tmp_path / "var") as desk:
        message(desk, f"{provider}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RE}")
        assert "IVR_TWILIO_ACCOUNT" in desk.client("agent").get(PATH, headers=JSON).json()["fault"]
    with desk_of(tmp_path / "other") as desk:
        message(desk, "", deleted=86_400)
        assert desk.client("agent").get(PATH, headers=JSON).status_code == 404
        assert "verwijderd" in desk.client("agent").get("/desk/promises/123456").text
