"""What stands for a telephone number where the number itself need not be known."""

from __future__ import annotations

import hashlib
import hmac


def number_key(key: bytes, number: str) -> str:
    """A keyed hash of an E.164 number, 32 hexadecimal digits; '' for no number.

    Keyed, since all numbers of a country can be hashed in an afternoon (WP29, Opinion 05/2014 on anonymisation, 4).
    """
    if not number:
        return ""
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32]
