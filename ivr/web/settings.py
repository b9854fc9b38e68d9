"""Settings, from the environment (prefix `IVR_`). Each is documented in docs/reference/settings.md; a test holds it so."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this process serves."""

    model_config = SettingsConfigDict(env_prefix="IVR_", extra="ignore")

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
        "open. Made from the auth token when left out, so that restarts and other workers agree.",
    )
    var: Path = Field(Path("var"), description="The folder of what is kept: journal, archive of tables, switch.")
    facts_file: Path | None = Field(
        None, description="A JSON file of what is known of callers: E.164 number → fact → value. Never kept in git."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
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
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("must be http(s)://host, with nothing but a path after it")
        return value.rstrip("/")

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
        out = []
        for part in self.seal_keys.get_secret_value().split(","):
            name, colon, secret = part.strip().partition(":")
            if colon and name and secret:
                out.append((name, secret))
        if not out and self.tokens:
            out = [("t", self.tokens[0])]
        return tuple(out)
