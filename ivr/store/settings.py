"""Settings that everything shares which touches what is kept, from the environment (prefix `IVR_`).

Each is documented in docs/reference/settings.md; a test holds it so. A secret may stand in a file: `IVR_TWILIO_TOKEN_FILE`
names one, as containers hand them out.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.desk.retention import Periods
from ivr.store.database.connect import sqlite_url

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
_PATH = re.compile(r"(/([A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*)*")
"""A path that can be written into a document as it is."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_SECRET = 16_384
_DAYS = 36_500


def plain_url(value: str) -> str:
    """An http(s) address with nothing but a port and a plain path after the host, without a slash at its end. Raises
    ValueError."""
    wrong = ValueError("must be http(s)://host, with nothing but a port and a plain path after it")
    try:
        parts = urlsplit(value)
        _ = parts.port  # read, and refused above 65535
    except ValueError:
        raise wrong from None
    good = _HOST.fullmatch(parts.netloc) and _PATH.fullmatch(parts.path) and "?" not in value and "#" not in value
    if parts.scheme not in ("http", "https") or not good:
        raise wrong
    return value.rstrip("/")


class CommonSettings(BaseSettings):
    """What the webhook, the worker and the commands agree upon."""

    model_config = SettingsConfigDict(env_prefix="IVR_", extra="ignore", hide_input_in_errors=True)

    public_url: str = Field(
        "http://127.0.0.1:8050",
        description="The address under which the provider reaches us, without a path at its end that is not ours. "
        "Signatures are computed over it; it is never guessed from headers.",
    )
    twilio_token: SecretStr = Field(
        SecretStr(""),
        description="The provider's auth token, with which it signs. Several, parted by commas, while it is being "
        "replaced; the first one signs what we send.",
    )
    twilio_account: str = Field(
        "",
        pattern="^(AC[0-9a-f]{32})?$",
        description="The provider's id of our account (`AC…`). Without it, or without IVR_TWILIO_TOKEN, the worker rings "
        "nobody, and the desk plays no recordings.",
    )
    twilio_api: str = Field(
        "",
        description="The address of the provider's API, for a region of its own or for tests; that of the `twilio` library "
        "when left out.",
    )
    var: Path = Field(Path("var"), description="The folder of what is kept: journal, archive of tables, switch.")
    database_url: SecretStr = Field(
        SecretStr(""),
        description="The database: `sqlite:///path`, or `postgresql://user@host/name` for more than one machine. "
        "`ivr.db` in IVR_VAR when left out.",
    )
    privacy_key: SecretStr = Field(
        SecretStr(""),
        description="The key of the hash that stands for a telephone number once the number itself is gone: any text, best "
        "32 characters or more made by chance. Made from the auth token when left out; whoever replaces it can no longer "
        "tell old numbers from new ones.",
    )
    works_council_consent: str = Field(
        "",
        description="The date (2026-11-24) on which the works council agreed to figures by employee. They do not exist "
        "without it.",
    )
    keep_calls_days: int = Field(
        7, ge=1, le=_DAYS, description="Days after a call that left no case until the caller's number goes."
    )
    keep_numbers_days: int = Field(
        30,
        ge=1,
        le=_DAYS,
        description="Days after a case was closed until what points at the citizen goes: number, address, what was typed "
        "or said, notes.",
    )
    keep_recordings_days: int = Field(
        14, ge=1, le=_DAYS, description="Days after a case was closed until its recording and transcript go."
    )
    keep_keys_days: int = Field(
        365,
        ge=1,
        le=_DAYS,
        description="Days that the keyed hash of a number stays after the number has gone: with it a repeated call is "
        "known as such, and a citizen's request to see what is held is answered.",
    )
    keep_events_days: int = Field(
        90,
        ge=1,
        le=_DAYS,
        description="Days until the steps of a call go: where it was, in which order.",
    )
    keep_staff_days: int = Field(
        365, ge=1, le=_DAYS, description="Days after a case was closed until it goes which employee worked on it."
    )
    keep_audit_days: int = Field(730, ge=1, le=_DAYS, description="Days that the audit trail is kept.")

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, values: Any) -> Any:  # whatever pydantic hands over, a dict in practice
        """A secret that is not set is read from the file that `IVR_…_FILE` names."""
        for name, field in cls.model_fields.items():
            if field.annotation is not SecretStr or not isinstance(values, dict) or name in values:
                continue
            path = os.environ.get(f"IVR_{name.upper()}_FILE")
            if path:
                values[name] = _secret_in(Path(path), name)
        return values

    @field_validator("twilio_api")
    @classmethod
    def _api_url(cls, value: str) -> str:
        return plain_url(value) if value else ""

    @field_validator("public_url")
    @classmethod
    def _url(cls, value: str) -> str:
        return plain_url(value)

    @field_validator("works_council_consent")
    @classmethod
    def _date(cls, value: str) -> str:
        if value and not _DATE.fullmatch(value):
            raise ValueError("must be a date, as 2026-11-24; leave it out when there is no consent")
        try:
            return dt.date.fromisoformat(value).isoformat() if value else ""
        except ValueError:
            raise ValueError("must be a date that exists, as 2026-11-24") from None

    @property
    def periods(self) -> Periods:
        """How long each kind of data is kept."""
        return Periods(**{name: getattr(self, f"keep_{name}_days") for name in Periods.__struct_fields__})

    @property
    def tokens(self) -> tuple[str, ...]:
        """The auth tokens, the first one first."""
        return tuple(t.strip() for t in self.twilio_token.get_secret_value().split(",") if t.strip())

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url.get_secret_value() or sqlite_url(self.var)

    @property
    def hash_key(self) -> bytes:
        """The key of the hash of numbers; b'' when there is nothing to make one from."""
        own = self.privacy_key.get_secret_value()
        made = own or (f"numbers:{self.tokens[0]}" if self.tokens else "")
        return made.encode()


def _secret_in(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            held = file.read(MAX_SECRET + 1)
        if len(held) > MAX_SECRET:
            raise ValueError(f"IVR_{name.upper()}_FILE: the file is longer than {MAX_SECRET} bytes")
        return held.decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"IVR_{name.upper()}_FILE: the file cannot be read: {reason}") from None
