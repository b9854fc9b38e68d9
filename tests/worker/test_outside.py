"""Facts about which tasks tell things outside, and about their settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.store.database.connect import connect
from ivr.worker.outside import outside
from ivr.worker.provider import NoProvider
from ivr.worker.settings import WorkerSettings
from tests.worker.outside import context

UUID = "3f2b8b1e-5d2c-4a0b-9a52-8e6e6a1f0d11"


def names(tmp_path: Path, **given: object) -> list[str]:
    settings = WorkerSettings(**given)  # type: ignore[arg-type]
    engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}")
    tasks = outside(settings, context(engine, tmp_path), NoProvider(), lambda *_: None)
    engine.dispose()
    return [task.name for task in tasks]


def test_open_klant_is_off_until_it_is_connected(tmp_path: Path) -> None:
    usual = ["escalating", "outbox escalation", "outbox telling"]
    assert names(tmp_path) == usual
    connected = names(tmp_path, openklant_url="https://ok.example", openklant_token="x")
    assert connected == ["registering", "outbox openklant", *usual]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"openklant_url": "https://ok.example"}, "IVR_OPENKLANT_TOKEN"),
        ({"openklant_url": "ok.example", "openklant_token": "x"}, "http"),
        ({"escalate_url": "https://x.example/hook"}, "IVR_ESCALATE_SECRET"),
        ({"escalate_url": "x.example", "escalate_secret": "y"}, "an address of http or https"),
        ({"escalate_mail": "a@example.nl"}, "IVR_SMTP_HOST"),
        ({"escalate_mail": "a@example.nl, nobody"}, "e-mail addresses"),
        ({"mail_from": "IVR <ivr@example.nl>\r\nBcc: x@example.nl"}, "e-mail addresses"),
        ({"openklant_actors": "burgerzaken"}, "team=uuid"),
        ({"sms_from": "een te lange naam"}, "pattern"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WorkerSettings(**given)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_actors_are_read_by_team() -> None:
    settings = WorkerSettings(openklant_actors=f"burgerzaken={UUID}, *={UUID}")  # type: ignore[call-arg]
    assert settings.actors == {"burgerzaken": UUID, "*": UUID}
