"""Settings of the worker, from the environment (prefix `IVR_`). Each is documented in docs/reference/settings.md; a test
holds it so."""

from __future__ import annotations

from pydantic import Field, field_validator

from ivr.store.settings import CommonSettings, plain_url


class WorkerSettings(CommonSettings):
    """How this worker works."""

    twilio_account: str = Field(
        "",
        pattern="^(AC[0-9a-f]{32})?$",
        description="The provider's id of our account (`AC…`). Without it, or without IVR_TWILIO_TOKEN, the worker rings "
        "nobody.",
    )
    twilio_api: str = Field(
        "",
        description="The address of the provider's API, for a region of its own or for tests; that of the `twilio` library "
        "when left out.",
    )
    twilio_connect: float = Field(
        5.0, ge=0.05, le=30, description="Seconds in which a connection to the provider's API must stand."
    )
    twilio_timeout: float = Field(15.0, ge=0.1, le=60, description="Seconds in which the provider's API must answer.")
    circuit_failures: int = Field(
        5, ge=1, le=100, description="Failures in a row after which a destination outside is left alone for a while."
    )
    circuit_rest: float = Field(
        30.0, ge=0.1, le=3600, description="Seconds for which it is left alone before one request is tried."
    )

    @field_validator("twilio_api")
    @classmethod
    def _api(cls, value: str) -> str:
        return plain_url(value) if value else ""
