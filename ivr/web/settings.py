"""Settings, from the environment (prefix `IVR_`). Each is documented in docs/reference/settings.md; a test holds it so."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
_PATH = re.compile(r"(/([A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*)*")
"""A path that can be written into a document as it is."""
_KEY = re.compile(r"([A-Za-z0-9_-]{1,16}):([^\x00-\x20,]+)")


class Settings(BaseSettings):
    """How this process serves."""

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
    seal_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that seal the state of a call in its URL: `id:secret`, parted by commas; the first seals, all "
        "open. An id is 1 to 16 of `A-Z a-z 0-9 _ -`, since it stands in addresses; a secret is any text without spaces "
        "and commas, best 32 characters or more made by chance. Made from the auth token when left out, so that restarts "
        "and other workers agree.",
    )
    var: Path = Field(Path("var"), description="The folder of what is kept: journal, archive of tables, switch.")
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

    @field_validator("public_url")
    @classmethod
    def _url(cls, value: str) -> str:
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
    def tokens(self) -> tuple[str, ...]:
        """The auth tokens, the first one first."""
        return tuple(t.strip() for t in self.twilio_token.get_secret_value().split(",") if t.strip())

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
