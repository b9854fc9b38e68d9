"""Settings of the worker, from the environment (prefix `IVR_`). Each is documented in docs/reference/settings.md; a test
holds it so."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, field_validator, model_validator

from ivr.desk.openklant import EMAIL
from ivr.store.settings import CommonSettings, plain_url

_ACTOR = re.compile(r"[^=,]+=\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")


class WorkerSettings(CommonSettings):
    """How this worker works."""

    log: str = Field("info", pattern="^(debug|info|warning|error)$", description="The least grave line that is logged.")
    twilio_connect: float = Field(
        5.0, ge=0.05, le=30, description="Seconds in which a connection to the provider's API must stand."
    )
    twilio_timeout: float = Field(15.0, ge=0.1, le=60, description="Seconds in which the provider's API must answer.")
    attempts_at_once: int = Field(
        50,
        ge=1,
        le=10_000,
        description="Attempts to ring a citizen back that are under way for one team at a time: so many of its telephones "
        "ring at once, at most.",
    )
    circuit_failures: int = Field(
        5, ge=1, le=100, description="Failures in a row after which a destination outside is left alone for a while."
    )
    circuit_rest: float = Field(
        30.0, ge=0.1, le=3600, description="Seconds for which it is left alone before one request is tried."
    )
    sms_from: str = Field(
        "",
        pattern=r"^(\+[1-9][0-9]{7,14}|[A-Za-z0-9 ]{1,11})?$",
        description="What text messages come from: a number (E.164), or a name of at most 11 letters. The table's "
        "`caller_id` when left out.",
    )
    outside_connect: float = Field(
        5.0, ge=0.05, le=30, description="Seconds in which a connection to anything else outside must stand."
    )
    outside_timeout: float = Field(15.0, ge=0.1, le=60, description="Seconds in which it must answer.")
    openklant_url: str = Field(
        "",
        description="The address of Open Klant, where each case is registered; without a path, that of the API "
        "(`/klantinteracties/api/v1`) is put behind it. Nothing is registered when left out.",
    )
    openklant_token: SecretStr = Field(SecretStr(""), description="The token that Open Klant gave us.")
    openklant_channel: str = Field(
        "telefoon",
        min_length=1,
        max_length=50,
        description="What a contact's `kanaal` is; Open Klant may hold a list of what it accepts.",
    )
    openklant_actors: str = Field(
        "",
        description="Whom a team's tasks are given to in Open Klant: `team=uuid` of an actor, parted by commas; `*` is "
        "every other team. For a team that is not named an actor is made there.",
    )
    escalate_url: SecretStr = Field(
        SecretStr(""),
        description="An address that is told (POST, JSON, signed) of a promise that is about to break. Secret, since "
        "whoever knows such an address can write there.",
    )
    escalate_secret: SecretStr = Field(
        SecretStr(""), description="The key with which that is signed; needed with IVR_ESCALATE_URL."
    )
    escalate_mail: str = Field("", description="Who is told of it by e-mail: addresses, parted by commas.")
    mail_from: str = Field("", description="The address that our e-mail comes from.")
    smtp_host: str = Field("", description="The server that takes our e-mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: str = Field(
        "starttls",
        pattern="^(starttls|tls|none)$",
        description="How the connection to it is kept secret: `starttls`, `tls` from the start, or `none` within one "
        "machine.",
    )
    smtp_user: str = Field("", description="Who we are to it; nobody in particular when left out.")
    smtp_password: SecretStr = Field(SecretStr(""), description="The password of that user.")

    @field_validator("openklant_url")
    @classmethod
    def _api(cls, value: str) -> str:
        return plain_url(value) if value else ""

    @field_validator("openklant_actors")
    @classmethod
    def _actors(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            if not _ACTOR.fullmatch(part):
                raise ValueError("must be team=uuid, parted by commas; the team may be *")
        return value

    @field_validator("escalate_url")
    @classmethod
    def _told(cls, value: SecretStr) -> SecretStr:
        address = value.get_secret_value()
        if address and not _ADDRESS.fullmatch(address):
            raise ValueError("must be an address of http or https")
        return value

    @field_validator("escalate_mail", "mail_from")
    @classmethod
    def _mail(cls, value: str) -> str:
        if not all(EMAIL.fullmatch(part) for part in _parts(value)):
            raise ValueError("must be e-mail addresses, parted by commas")
        return value

    @model_validator(mode="after")
    def _complete(self) -> WorkerSettings:
        """What one setting needs of another."""
        if self.openklant_url and not self.openklant_token.get_secret_value():
            raise ValueError("IVR_OPENKLANT_URL needs IVR_OPENKLANT_TOKEN")
        if self.escalate_url.get_secret_value() and not self.escalate_secret.get_secret_value():
            raise ValueError("IVR_ESCALATE_URL needs IVR_ESCALATE_SECRET, with which what is sent is signed")
        if self.escalate_mail and not (self.smtp_host and self.mail_from):
            raise ValueError("IVR_ESCALATE_MAIL needs IVR_SMTP_HOST and IVR_MAIL_FROM")
        return self

    @property
    def actors(self) -> dict[str, str]:
        """Team (or `*`) → uuid of its actor in Open Klant."""
        pairs = (part.partition("=") for part in _parts(self.openklant_actors))
        return {team.strip(): uuid.strip() for team, _, uuid in pairs}

    @property
    def told_by_mail(self) -> tuple[str, ...]:
        """Who is told by e-mail of a promise that is about to break."""
        return _parts(self.escalate_mail)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
