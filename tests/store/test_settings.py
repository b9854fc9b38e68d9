"""Secrets come from the environment or from files, and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.desk.retention import Periods
from ivr.store.settings import MAX_SECRET, CommonSettings
from ivr.web.settings import Settings
from ivr.worker.settings import WorkerSettings

SECRETS = [
    (kind, name)
    for kind in (CommonSettings, Settings, WorkerSettings)
    for name, field in kind.model_fields.items()
    if "SecretStr" in str(field.annotation)
]
GOOD = {"seal_keys": "k:SEKRET-in-a-file", "escalate_url": "https://host.example/SEKRET-in-a-file"}


@pytest.mark.parametrize(("kind", "name"), SECRETS)
def test_every_secret_may_stand_in_a_file(
    kind: type[CommonSettings], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = GOOD.get(name, "SEKRET-in-a-file")
    if name == "escalate_url":
        monkeypatch.setenv("IVR_ESCALATE_SECRET", "needed with it")
    (tmp_path / "secret").write_text(f"{value}\n")
    monkeypatch.setenv(f"IVR_{name.upper()}_FILE", str(tmp_path / "secret"))
    settings = kind()
    assert getattr(settings, name).get_secret_value() == value
    assert "SEKRET" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from the file")
    monkeypatch.setenv("IVR_TWILIO_TOKEN_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("IVR_TWILIO_TOKEN", "from the environment")
    assert CommonSettings().tokens == ("from the environment",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"x" * (MAX_SECRET + 1), "longer than"),
        ("a folder", "directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_what_is_in_it(
    content: bytes | str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        path.mkdir()
    monkeypatch.setenv("IVR_TWILIO_TOKEN_FILE", str(path))
    with pytest.raises(ValidationError) as caught:
        CommonSettings()
    said = str(caught.value)
    assert "IVR_TWILIO_TOKEN_FILE: the file" in said
    assert why in said
    assert "xxx" not in said


@pytest.mark.parametrize("value", ["yes", "2026-02-30", "20261124", "24-11-2026", "2026-11-24T10:00", "２０２６-11-24"])
def test_consent_of_the_works_council_is_a_date_or_nothing(value: str) -> None:
    with pytest.raises(ValidationError, match="must be a date"):
        CommonSettings(works_council_consent=value)


def test_how_long_things_are_kept_is_what_is_set_and_else_what_is_declared() -> None:
    assert CommonSettings().periods == Periods()
    assert CommonSettings(keep_numbers_days=3).periods == Periods(numbers=3)
    for wrong in (0, -1, 40_000):
        with pytest.raises(ValidationError):
            CommonSettings(keep_numbers_days=wrong)
