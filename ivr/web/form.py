"""A provider's form: read as fast as it can be read, and its signature checked over exactly what came.

Signature: base64(HMAC-SHA1(token, URL + each key and value, sorted by key)) (Twilio, "Validating requests"). The fast path
takes what is plain; what it does not accept, `twilio.request_validator.RequestValidator` decides.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from operator import itemgetter
from urllib.parse import parse_qsl, unquote_plus

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
    """The fields of a request. `signed` is what the provider signs after the URL; `doubled` whether keys come twice."""

    __slots__ = ("doubled", "fields", "signed")

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
        self.fields: dict[str, str] = {key: value for key, value, _ in pairs}
        self.doubled = len(self.fields) != len(pairs)
        self.signed = "".join(map(_signed, pairs))


class Signatures:
    """Checks signatures with one or more tokens."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        if not tokens:
            raise ValueError("there is no auth token to check signatures with: set IVR_TWILIO_TOKEN")
        self._macs = tuple(hmac.new(token.encode(), digestmod="sha1") for token in tokens)  # the key is mixed in once
        self._validators = tuple(RequestValidator(token) for token in tokens)

    def good(self, url: str, form: Form, body: bytes, signature: str) -> bool:
        """Whether a request to `url` is the provider's."""
        if not signature or len(signature) > 100 or not signature.isascii():
            return False
        message = (url + form.signed).encode("utf-8", "surrogatepass")
        given = signature.encode("ascii")
        for keyed in self._macs:
            mac = keyed.copy()
            mac.update(message)
            if hmac.compare_digest(b64encode(mac.digest()), given):
                return not form.doubled or self._decide(url, body, signature)
        return self._decide(url, body, signature)

    def _decide(self, url: str, body: bytes, signature: str) -> bool:
        """The library's own judgement: ports in the URL, fields that come twice, and fragments that were kept."""
        params: dict[str, str | list[str]] = {}
        for key, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS):
            held = params.get(key)
            if held is None:
                params[key] = value
            elif isinstance(held, list):
                held.append(value)
            else:
                params[key] = [held, value]
        return any(
            validator.validate(address, params, signature)
            for validator in self._validators
            for address in (url, url + "#rc=2&rp=all")
        )
