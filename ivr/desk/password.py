"""Which passwords are taken: long ones that nobody guesses first. There are no rules of composition, and none expires (NIST
SP 800-63B, 5.1.1.2)."""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
_FEWEST = 5
"""Different characters that are left of a password when all that is guessed first is taken away."""
_GUESSED = (
    "12345678901234567890", "0987654321", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop",
)  # fmt: skip
_WORDS = (
    "wachtwoord", "password", "passphrase", "geheim", "secret", "welkom", "welcome", "letmein", "inloggen", "login", "admin",
    "administrator", "beheerder", "gemeente", "groningen", "stadhuis", "balie", "desk", "telefoon", "telephone",
    "lente", "zomer", "herfst", "winter", "spring", "summer", "autumn", "januari", "februari", "maart", "april", "juni",
    "juli", "augustus", "september", "oktober", "november", "december", "ivr", "14050",
)  # fmt: skip
_LEET = str.maketrans("0134578@$!", "oleastbasi")

TOO_SHORT, TOO_LONG, TOO_EASY = "too_short", "too_long", "too_easy"


def folded(password: str) -> str:
    """A password as it is hashed: the same whichever way a keyboard composes its letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *own: str) -> str:
    """What is wrong with a password: TOO_SHORT, TOO_LONG, TOO_EASY, '' for nothing. `own` are texts that belong to the
    person and are guessed first: login and name."""
    held = folded(password)
    if len(held) < SHORTEST:
        return TOO_SHORT
    if len(held) > LONGEST:
        return TOO_LONG
    words = {word for text in own for word in re.split(r"[\W_]+", text.lower()) if len(word) > 2}
    return TOO_EASY if _left(held.lower(), words) < _FEWEST else ""


def _left(text: str, own: set[str]) -> int:
    """How many different letters and digits are left when all that is guessed first is taken away."""
    for row in _GUESSED:
        text = _without_runs(text, row)
    text = re.sub(r"(19|20)\d\d", "", text)
    forms = [text, text.translate(_LEET)]
    for word in sorted({*own, *_WORDS}, key=len, reverse=True):
        forms = [form.replace(word, "") for form in forms]
    return min(len(set(re.sub(r"[\W_]", "", form))) for form in forms)


def _without_runs(text: str, row: str) -> str:
    """The text without pieces of four or more characters that stand next to each other in a row of keys."""
    out, at = [], 0
    while at < len(text):
        size = 4
        if text[at : at + size] in row and len(text) - at >= size:
            while at + size < len(text) and text[at : at + size + 1] in row:
                size += 1
            at += size
        else:
            out.append(text[at])
            at += 1
    return "".join(out)
