"""A provider of OpenID Connect for tests, over HTTP: discovery, authorization, tokens signed with RS256, keys that change."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "ivr-desk", "s3cret with: odd/characters"


class Double:
    """The provider. What it says of the person (`claims`), and how its tokens are bent (`bend`), is set by the test."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.issuer = f"{url}/realms/city"
        self.claims: dict[str, Any] = {
            "sub": "248289761001", "preferred_username": "anna@city.example", "name": "Anna de Vries", "roles": ["agent"],
        }  # fmt: skip
        self.bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any], RSAKey], str] = lambda claims, key: jwt.encode(
            {"alg": "RS256", "kid": key.kid}, claims, key
        )
        self.about: dict[str, Any] = {}
        self.key = self._fresh()
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    @staticmethod
    def _fresh() -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}, private=True)

    def change_keys(self) -> None:
        """It signs with another key from now on."""
        self.key = self._fresh()

    def answer(
        self, method: str, path: str, query: str, body: str, authorization: str
    ) -> tuple[int, dict[str, str], bytes]:
        """What it answers."""
        name = path.removeprefix("/realms/city")
        self.asked.append(name)
        if name == "/.well-known/openid-configuration":
            return self._json(
                {
                    "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/auth",
                    "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                    "end_session_endpoint": f"{self.issuer}/leave", **self.about,
                }
            )  # fmt: skip
        if name == "/keys":
            other = {"kty": "OKP", "crv": "X25519", "x": "AAAA", "kid": "other"}  # of a kind that is not ours
            return self._json({"keys": [other, self.key.as_dict(private=False)]})
        if name == "/auth":
            return self._authorize(dict(parse_qsl(query)))
        if name == "/token" and method == "POST":
            return self._token(dict(parse_qsl(body)), authorization)
        return 404, {}, b""

    def _authorize(self, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """As if the person had signed in there at once."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return 302, {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"}, b""

    def _token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, str], bytes]:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        began = self._codes.pop(asked.get("code", ""), None)
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        good = (
            began is not None
            and began["code_challenge"] == challenge
            and began["redirect_uri"] == asked["redirect_uri"]
        )
        if began is None or not good or given != f"{CLIENT}:{SECRET}":
            return self._json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": began["nonce"], **self.claims,
        }  # fmt: skip
        token = self.sign(self.bend(claims), self.key)
        return self._json({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    @staticmethod
    def _json(held: object, status: int = 200) -> tuple[int, dict[str, str], bytes]:
        return status, {"Content-Type": "application/json"}, msgspec.json.encode(held)

    def code_for(self, url: str) -> dict[str, str]:
        """Where a browser is sent back to after signing in, as the parts of the query."""
        _, headers, _ = self._authorize({name: held[0] for name, held in parse_qs(urlsplit(url).query).items()})
        return dict(parse_qsl(urlsplit(headers["Location"]).query))


@contextlib.contextmanager
def provider() -> Iterator[Double]:
    """A provider that is up."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, headers, said = double.answer(
                self.command, parts.path, parts.query, body, self.headers.get("Authorization", "")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _any

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = Double(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
