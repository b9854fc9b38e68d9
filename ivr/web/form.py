"""A provider's form: read as fast as it can be read, and its signature checked over exactly what came.

Signature: base64(HMAC-SHA1(token, URL + each key and value, sorted by key)) (Twilio, "Validating requests"); of a key that
comes twice each value counts once, sorted. The fast path takes the URL as it is known here; what it does not accept,
`twilio.request_validator.RequestValidator` decides.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from operator import itemgetter
from urllib.parse import unquote_plus

from twilio.request_validator import RequestValidator

MAX_FIELDS = 200
"""Fields that a form may have; the provider sends about thirty."""
Pair = tuple[str, str, str]
"""(key, value, key + value)."""


class BadForm(Exception):
    """The body is no form that can be read; the message says why."""


MAX_HELD = 128
"""Bytes of a field that is remembered: nobody fills the memory by sending long ones."""
MOST_HELD = 8192
"""Fields that are remembered; then all are forgotten."""


def _read_pair(raw: bytes) -> Pair:
    """A field, decoded."""
    text = raw.decode("ascii")
    key, _, value = text.partition("=")
    if "%" in text or "+" in text:
        key, value = unquote_plus(key, errors="strict"), unquote_plus(value, errors="strict")
    return key, value, key + value


class _Pairs(dict[bytes, Pair]):
    """Fields that were decoded before: most fields of a provider's requests are the same each time.

    A dict, since looking up the thirty fields of a form then runs in C from first to last.
    """

    def __missing__(self, raw: bytes) -> Pair:
        pair = _read_pair(raw)
        if len(raw) <= MAX_HELD:
            if len(self) >= MOST_HELD:
                self.clear()
            self[raw] = pair
        return pair


_pair = _Pairs().__getitem__
_signed = itemgetter(2)


class Form:
    """The fields of a request; of a field that comes twice the first value. `pairs` are all of them, sorted; `signed` is
    what the provider signs after the URL."""

    __slots__ = ("fields", "pairs", "signed")

    def __init__(self, body: bytes) -> None:
        """Read a body. Raises BadForm."""
        raws = body.split(b"&")
        if b"" in raws:
            raws = [raw for raw in raws if raw]
        if len(raws) > MAX_FIELDS:
            raise BadForm(f"the form has more than {MAX_FIELDS} fields")
        try:
            pairs = sorted(map(_pair, raws))
        except UnicodeDecodeError:
            raise BadForm("the body is not a form in UTF-8") from None
        self.pairs = pairs
        self.fields: dict[str, str] = {key: value for key, value, _ in pairs}
        if len(self.fields) != len(pairs):
            pairs = sorted(set(pairs))
            self.fields = {key: value for key, value, _ in map(_pair, reversed(raws))}
        self.signed = "".join(map(_signed, pairs))


class _Values(dict[str, list[str]]):
    """Fields that may come twice, as the library asks for them."""

    def getall(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]


class Signatures:
    """Checks signatures with one or more tokens."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        if not tokens:
            raise ValueError("there is no auth token to check signatures with: set IVR_TWILIO_TOKEN")
        self._macs = tuple(hmac.new(token.encode(), digestmod="sha1") for token in tokens)  # the key is mixed in once
        self._validators = tuple(RequestValidator(token) for token in tokens)

    def good(self, url: str, form: Form, signature: str) -> bool:
        """Whether a request to `url` is the provider's."""
        if not signature or len(signature) > 100 or not signature.isascii():
            return False
        message = (url + form.signed).encode("utf-8", "surrogatepass")
        given = signature.encode("ascii")
        for keyed in self._macs:
            mac = keyed.copy()
            mac.update(message)
            if hmac.compare_digest(b64encode(mac.digest()), given):
                return True
        return self._decide(url, form, signature)

    def _decide(self, url: str, form: Form, signature: str) -> bool:
        """The library's own judgement: with and without the port in the URL, and with a fragment that was kept."""
        params = _Values()
        for key, value, _ in form.pairs:
            params.setdefault(key, []).append(value)
        return any(
            validator.validate(address, params, signature)
            for validator in self._validators
            for address in (url, url + "#rc=2&rp=all")
        )
