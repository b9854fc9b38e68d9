"""The state of a call, sealed for its URL: nobody reads what a caller typed in a log, and nobody changes it.

AES-SIV (RFC 5297, `cryptography`): deterministic, so that the same turn gives the same bytes; authenticated together with
its purpose, the table's version, the key's id and the call that the URL was made for.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from ivr.model.state import Arrival, State

T = TypeVar("T")
MAX_TOKEN = 4096
"""Characters of a token that are looked at."""


class Envelope(Struct, frozen=True, array_like=True):
    """What a step's URL carries: the arrival, the state, and the number of the turn that the URL will ask for."""

    arrival: Arrival
    state: State
    sequence: int


class WaitPass(Struct, frozen=True, array_like=True):
    """What a wait document's URL carries: which queue, in which language, when the call arrived, and the mark of the
    calamity that the caller has heard."""

    node: int
    language: int
    arrived: int
    heard: int = 0


class WhisperPass(Struct, frozen=True, array_like=True):
    """What a whisper document's URL carries: which prompt, in which language."""

    prompt: int
    language: int


class Unsealed(Exception):
    """A token that was not made here, or for another call, purpose or version."""


_encode = msgspec.msgpack.Encoder().encode
_ENVELOPES = msgspec.msgpack.Decoder(Envelope)
_WAITS = msgspec.msgpack.Decoder(WaitPass)
_WHISPERS = msgspec.msgpack.Decoder(WhisperPass)


class Keyring:
    """Keys by id; the first seals."""

    def __init__(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Take (id, secret) pairs; a secret of any length is stretched to 64 bytes by HKDF-SHA512."""
        if not keys:
            raise ValueError("there is no key to seal with: set IVR_TWILIO_TOKEN or IVR_SEAL_KEYS")
        self._keys = {name: AESSIV(_derive(secret)) for name, secret in keys}
        self.current = keys[0][0]
        self._sealer = self._keys[self.current]

    def seal(self, value: Envelope | WaitPass | WhisperPass, context: list[bytes]) -> str:
        """A token for a value; `context` is (purpose, version, key id, call) and must be the same when it is opened."""
        sealed = self._sealer.encrypt(_encode(value), context)
        return urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def open_envelope(self, token: str, key: str, context: list[bytes]) -> Envelope:
        """The envelope of a step's token. Raises Unsealed."""
        return _decoded(_ENVELOPES, self._open(token, key, context))

    def open_wait(self, token: str, key: str, context: list[bytes]) -> WaitPass:
        """The pass of a wait document. Raises Unsealed."""
        return _decoded(_WAITS, self._open(token, key, context))

    def open_whisper(self, token: str, key: str, context: list[bytes]) -> WhisperPass:
        """The pass of a whisper document. Raises Unsealed."""
        return _decoded(_WHISPERS, self._open(token, key, context))

    def _open(self, token: str, key: str, context: list[bytes]) -> bytes:
        opener = self._keys.get(key)
        if opener is None or not token or len(token) > MAX_TOKEN:
            raise Unsealed("no key of that id" if opener is None else "no token")
        try:
            return opener.decrypt(urlsafe_b64decode(token + "=" * (-len(token) % 4)), context)
        except (InvalidTag, ValueError):
            raise Unsealed("the token was not made here, or for another call") from None


def _decoded(decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Unsealed("the token holds something else") from None


def _derive(secret: str) -> bytes:
    return HKDF(SHA512(), 64, salt=b"ivr/seal/1", info=b"call state").derive(secret.encode())
