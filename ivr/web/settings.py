"""Settings, from the environment (prefix `IVR_`). Each is documented in docs/reference/settings.md; a test holds it so."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from ivr.pages.settings import PagesSettings

_KEY = re.compile(r"([A-Za-z0-9_-]{1,16}):([^\x00-\x20,]+)")


class Settings(PagesSettings):
    """How this process serves."""

    seal_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that seal the state of a call in its URL: `id:secret`, parted by commas; the first seals, all "
        "open. An id is 1 to 16 of `A-Z a-z 0-9 _ -`, since it stands in addresses; a secret is any text without spaces "
        "and commas, best 32 characters or more made by chance. Made from the auth token when left out, so that restarts "
        "and other workers agree.",
    )
    facts_file: Path | None = Field(
        None, description="A JSON file of what is known of callers: E.164 number → fact → value. Never kept in git."
    )
    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(8050, ge=1, le=65535, description="The port to listen on.")
    max_body: int = Field(16_384, ge=1024, le=1_000_000, description="Bytes of a request's body that are accepted.")
    log: str = Field("info", pattern="^(debug|info|warning|error)$", description="The least grave line that is logged.")
    simulation: bool = Field(
        False,
        description="Let signed requests say the time, facts and state of the disk themselves. For tests and the "
        "demonstration; never for real calls.",
    )
    trace: bool = Field(False, description="Name the nodes that a turn passed in a header, for the simulator.")

    @field_validator("seal_keys")
    @classmethod
    def _sealing(cls, value: SecretStr) -> SecretStr:
        seen: set[str] = set()
        for part in value.get_secret_value().split(",") if value.get_secret_value().strip() else ():
            read = _KEY.fullmatch(part.strip())
            if read is None:
                raise ValueError(
                    "must be id:secret, parted by commas; an id is 1 to 16 of A-Z a-z 0-9 _ -, a secret has no spaces"
                )
            if read[1] in seen:
                raise ValueError(f"the key '{read[1]}' stands there twice")
            seen.add(read[1])
        return value

    @property
    def base_path(self) -> str:
        """The path of the public address, '' for none."""
        return urlsplit(self.public_url).path

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The sealing keys as (id, secret), the first one first."""
        out = [(name, secret) for name, secret in map(_parted, self.seal_keys.get_secret_value().split(",")) if secret]
        if not out and self.tokens:
            out = [("t", self.tokens[0])]
        return tuple(out)


def _parted(text: str) -> tuple[str, str]:
    name, _, secret = text.strip().partition(":")
    return name, secret
