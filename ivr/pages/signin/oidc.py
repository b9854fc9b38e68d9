"""OpenID Connect: the way to a provider and back (authorization code with PKCE, state and nonce), and its ID token verified.

Specification: OpenID Connect Core 1.0, 3.1.2 and 3.1.3.7; Discovery 1.0; RFC 7636 (PKCE), RFC 9207 (`iss` on the way back).
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import warnings
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from ivr.pages.settings import PagesSettings, is_loopback
from ivr.pages.signin.claims import Claims

with warnings.catch_warnings():
    import authlib.deprecate  # type: ignore[import-untyped]  # noqa: F401  # it always shows its warnings; first, so that the next line undoes it

    warnings.simplefilter("ignore")  # it would rather have a package that is not ours
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]

log = logging.getLogger("ivr.desk")
WAY_SECONDS = 600
"""How long somebody may be at the provider."""
KEPT_SECONDS, AGAIN_SECONDS = 3600, 60
"""How long what a provider tells of itself is kept, and how soon its keys are asked for again when one is not known."""
MOST_BYTES, MOST_TOKEN = 512 * 1024, 32 * 1024
TIMEOUT = 10.0
LEEWAY = 60
"""Seconds that its clock and ours may differ."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures with a public key: one by a shared secret, or none, is not taken."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NoSignIn(Exception):
    """It did not work. `key` names the words for it; why stands in the log."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key = key
        log.warning("sign-in by OpenID Connect: %s", why)


class Way(Struct, frozen=True):
    """What the browser keeps, signed, while somebody is at the provider; `until` is when it is worth nothing any more."""

    state: str
    nonce: str
    verifier: str
    until: int


class Provider:
    """One provider, as the settings name it. `callback` is where it sends people back to."""

    def __init__(self, settings: PagesSettings, callback: str, clock: Callable[[], int]) -> None:
        self.issuer = settings.oidc_issuer
        self.name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
        self._id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._scopes = settings.oidc_scopes
        self._callback = callback
        self._clock = clock
        self._about: Mapping[str, Any] = {}
        self._about_at = 0
        self._keys: KeySet | None = None
        self._keys_at = 0

    async def start(self) -> tuple[str, Way]:
        """Where to send a browser, and what it is to keep. Raises NoSignIn."""
        about = await self._metadata()
        way = Way(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), self._clock() + WAY_SECONDS
        )
        async with self._client(about) as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=way.state, nonce=way.nonce, code_verifier=way.verifier
            )
        return str(url), way

    async def finish(self, given: Mapping[str, str], way: Way | None) -> Claims:
        """What the verified ID token says, for who came back with `given` in the address. Raises NoSignIn."""
        if way is None or way.until < self._clock():
            raise NoSignIn("signin.oidc_late", "who came back was not on the way, or for too long")
        if not hmac.compare_digest(given.get("state", "").encode(), way.state.encode()):
            raise NoSignIn("signin.oidc_late", "who came back is not who went (state)")
        if given.get("iss", self.issuer) != self.issuer:
            raise NoSignIn("signin.oidc_failed", "the answer is of another issuer")
        if "error" in given or not given.get("code"):
            raise NoSignIn("signin.oidc_refused", f"the provider says {given.get('error', 'nothing')[:60]!a}")
        about = await self._metadata()
        try:
            async with self._client(about) as client:
                token = await client.fetch_token(
                    about["token_endpoint"], grant_type="authorization_code", code=given["code"][:4096],
                    code_verifier=way.verifier,
                )  # fmt: skip
        except httpx.HTTPError as error:
            raise NoSignIn("signin.oidc_away", f"the token endpoint cannot be reached: {_said(error)}") from None
        except Exception as error:  # Authlib's own faults, and whatever a provider's odd answer leads it to
            raise NoSignIn("signin.oidc_failed", f"no token was given: {_said(error)}") from None
        held = token.get("id_token") if isinstance(token, Mapping) else None
        if not isinstance(held, str) or len(held) > MOST_TOKEN:
            raise NoSignIn("signin.oidc_failed", "there is no ID token in the answer")
        return await self._verified(held, way.nonce)

    async def sign_out_url(self) -> str:
        """Where one signs out of the provider too; '' when it does not say, or cannot be asked."""
        try:
            found = (await self._metadata()).get("end_session_endpoint", "")
        except NoSignIn:
            return ""
        return found if isinstance(found, str) and _is_safe(found) else ""

    async def _verified(self, held: str, nonce: str) -> Claims:
        rules = jwt.JWTClaimsRegistry(
            now=self._clock(), leeway=LEEWAY, iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._id}, exp={"essential": True}, iat={"essential": True},
            sub={"essential": True}, nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            claims: dict[str, Any] = (await self._decoded(held)).claims
            rules.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NoSignIn("signin.oidc_failed", f"the ID token is not good: {_said(error)}") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", "" if several else self._id) != self._id:
            raise NoSignIn("signin.oidc_failed", "the ID token is not good: it was made for another (azp)")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise NoSignIn("signin.oidc_failed", "the ID token is not good: sub is no subject")
        return claims

    async def _decoded(self, held: str) -> jwt.Token:
        """The token, its signature checked; with fresh keys when its key is not among ours: providers change them."""
        keys = await self._key_set(KEPT_SECONDS)
        try:
            return jwt.decode(held, keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            fresh = await self._key_set(AGAIN_SECONDS)
            if fresh is keys:
                raise
            return jwt.decode(held, fresh, algorithms=list(ALGORITHMS))

    async def _key_set(self, seconds: int) -> KeySet:
        if self._keys is None or self._clock() - self._keys_at > seconds:
            about = await self._metadata()
            told = await self._json(about["jwks_uri"])
            listed = told.get("keys", [])
            usable = (
                [key for key in listed if isinstance(key, dict) and key.get("kty") in ("RSA", "EC")]
                if isinstance(listed, list)
                else []
            )
            try:
                self._keys = KeySet.import_key_set({"keys": [key for key in usable if key.get("use", "sig") == "sig"]})
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise NoSignIn("signin.oidc_failed", f"the provider's keys cannot be read: {_said(error)}") from None
            self._keys_at = self._clock()
        return self._keys

    async def _metadata(self) -> Mapping[str, Any]:
        """What the provider tells of itself."""
        if not self._about or self._clock() - self._about_at > KEPT_SECONDS:
            about = await self._json(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if about.get("issuer") != self.issuer:
                raise NoSignIn(
                    "signin.oidc_failed",
                    f"IVR_OIDC_ISSUER: the provider calls itself {str(about.get('issuer'))[:200]!a}",
                )
            if not all(isinstance(about.get(name), str) and _is_safe(about[name]) for name in _ENDPOINTS):
                raise NoSignIn(
                    "signin.oidc_failed", "the provider's configuration lacks an address that begins with https"
                )
            self._about, self._about_at = about, self._clock()
        return self._about

    async def _json(self, url: str) -> dict[str, Any]:
        body = bytearray()
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as client, client.stream("GET", url) as answer:
                answer.raise_for_status()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise ValueError("the answer is too long")
            held = json.loads(body)
        except httpx.HTTPError as error:
            raise NoSignIn("signin.oidc_away", f"{url} cannot be read: {_said(error)}") from None
        except ValueError as error:
            raise NoSignIn("signin.oidc_failed", f"{url} is no JSON: {_said(error)}") from None
        if not isinstance(held, dict):
            raise NoSignIn("signin.oidc_failed", f"{url} is no JSON object")
        return held

    def _client(self, about: Mapping[str, Any]) -> Any:  # Authlib tells no types
        how = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in how or "client_secret_post" not in how
        method = ("client_secret_basic" if basic else "client_secret_post") if self._secret else "none"
        return AsyncOAuth2Client(
            self._id, self._secret or None, scope=self._scopes, redirect_uri=self._callback, code_challenge_method="S256",
            token_endpoint_auth_method=method, timeout=TIMEOUT,
        )  # fmt: skip


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _said(error: Exception) -> str:
    """What went wrong, in one short line."""
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
