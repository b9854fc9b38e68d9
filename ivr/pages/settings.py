"""Settings of the pages under /desk: where they are, how long a session holds, who says who may enter."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ivr.desk.roles import ROLES
from ivr.store.settings import CommonSettings, plain_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PagesSettings(CommonSettings):
    """How people reach the desk, and who may."""

    desk_url: str = Field(
        "",
        description="Scheme and host under which people reach the desk, when these are others than in IVR_PUBLIC_URL; the "
        "path of IVR_PUBLIC_URL and `/desk` follow. Requests for another host are refused.",
    )
    desk_key: SecretStr = Field(
        SecretStr(""),
        description="Keys that sign the cookies of the desk: any text, best 32 characters or more made by chance; several, "
        "parted by commas, while one is being replaced: the first signs, all are accepted. Made from the auth token when "
        "left out, so that restarts and other workers agree.",
    )
    desk_session_hours: int = Field(
        12, ge=1, le=168, description="Hours after which somebody signs in again, whatever they do: a long shift."
    )
    desk_idle_minutes: int = Field(
        240,
        ge=5,
        le=10_080,
        description="Minutes without anything done after which a session ends. What changes on an open page by itself does "
        "not count. For a screen on the wall: as long as a session.",
    )
    desk_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses or networks of proxies in front of us, parted by commas: from them alone `X-Forwarded-For` "
        "is believed, by which sign-ins are counted by address.",
    )
    desk_local_accounts: bool = Field(
        True, description="Let people sign in with a password that is kept here (argon2id). No: only by OpenID Connect."
    )
    oidc_issuer: str = Field(
        "",
        description="The issuer of OpenID Connect, as `https://login.microsoftonline.com/TENANT/v2.0` or "
        "`https://host/realms/NAME`. Left out: no sign-in by it.",
    )
    oidc_client_id: str = Field("", description="The client id that the provider gave this application.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""),
        description="The client secret that goes with it; left out for a public client (PKCE is always used).",
    )
    oidc_name: str = Field(
        "",
        max_length=60,
        description="What the button says after 'Sign in with', as `Entra ID`; the provider's host when left out.",
    )
    oidc_scopes: str = Field("openid profile email", description="What is asked of the provider; `openid` is among it.")
    oidc_roles_claim: str = Field(
        "roles",
        description="The claim of the ID token that holds somebody's roles; dots go deeper, as in `realm_access.roles`.",
    )
    oidc_roles: str = Field(
        "",
        description="What the provider's roles mean here: `theirs:ours`, parted by commas, as "
        "`KCC-medewerkers:agent,IVR-beheer:administrator`. Left out: they have the names of ours.",
    )
    approvals: int = Field(
        1,
        ge=0,
        le=1,
        description="How many people approve a draft of the table before it can be published: 1, by another than who edited "
        "or proposed it; 0 lets one person do all.",
    )
    desk_checkout: Path | None = Field(
        None,
        description="The table's folder in a checkout of git, such as `routing_tables/groningen`: with it a publication "
        "from a page can be a commit there. Nothing is ever pushed.",
    )

    @field_validator("desk_url")
    @classmethod
    def _desk(cls, value: str) -> str:
        if value and urlsplit(plain_url(value)).path:
            raise ValueError("must be http(s)://host without a path: that of IVR_PUBLIC_URL follows")
        return value.rstrip("/")

    @field_validator("desk_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"'{part[:60]}' is no address and no network, as 10.0.0.0/8") from None
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if value:
            plain_url(value)
            parts = urlsplit(value)
            if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
                raise ValueError("must be https://…: what it says decides who may enter")
        return value

    @field_validator("oidc_scopes")
    @classmethod
    def _scopes(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must name openid, parted by spaces from what else is asked")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _roles(cls, value: str) -> str:
        for theirs, ours in _pairs(value):
            if not theirs or ours not in ROLES:
                raise ValueError(f"must be theirs:ours, parted by commas; ours are: {', '.join(ROLES)}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> PagesSettings:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("IVR_OIDC_ISSUER needs IVR_OIDC_CLIENT_ID with it")
        if not self.oidc_issuer and not self.desk_local_accounts:
            raise ValueError("IVR_DESK_LOCAL_ACCOUNTS: without IVR_OIDC_ISSUER nobody could sign in any more")
        return self

    @property
    def desk_origin(self) -> str:
        """Scheme and host under which browsers know the desk."""
        parts = urlsplit(self.desk_url or self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def desk_base(self) -> str:
        """The path of the desk."""
        return urlsplit(self.public_url).path.rstrip("/") + "/desk"

    @property
    def desk_keys(self) -> tuple[str, ...]:
        """The keys that sign cookies, the first one first; none when there is nothing to make one from."""
        own = tuple(part.strip() for part in self.desk_key.get_secret_value().split(",") if part.strip())
        return own or self.tokens

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of proxies."""
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False) for part in self.desk_proxies.split(",") if part.strip()
        )

    @property
    def role_map(self) -> dict[str, str]:
        """A provider's role → ours."""
        return dict(_pairs(self.oidc_roles)) or {role: role for role in ROLES}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _pairs(text: str) -> list[tuple[str, str]]:
    """The last colon parts: a provider's role may hold one."""
    parts = (part.strip().rpartition(":") for part in text.split(",") if part.strip())
    return [(theirs.strip(), ours.strip()) for theirs, _, ours in parts]
