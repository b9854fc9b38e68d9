"""Telephone numbers as numbers: read in any notation, compared in E.164, judged by what can be done with them.

The rules of the numbering plan come from `phonenumbers` (region NL). 14 0xx is known to it as valid, type UAN, not
dialable from abroad; 144 it does not know. Ours is the list of what is never called: 112, 144 (animals), 113
(suicide prevention) and 0900-8844 (police) are answered by others, who must see the caller's own number.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from msgspec import Struct

NEVER_CALLED = {
    "112": "the emergency number",
    "144": "the number for animals in need",
    "113": "the suicide prevention line",
    "09008844": "the police number for what can wait",
}
"""What people dial themselves, by its digits in the Netherlands: a call of ours would say nothing of who needs help."""
_MASK = re.compile(r"[xX]+$")
_CITY = re.compile(r"140([0-9]{2,3})")
"""A number of a municipality: 14 and its area code."""
_ALLOWED = re.compile(r"^[+0-9xX() ./\-\u00a0]{2,32}$")


class NumberFault(Struct, frozen=True):
    """Why a text is no number that can be used here."""

    reason: str


class PhoneNumber(Struct, frozen=True):
    """A number: digits in E.164 without plus (of the prefix, for a block) and how many digits are open."""

    digits: str
    open_digits: int = 0

    @property
    def e164(self) -> str:
        """`+31503671000`; of a block, its first number."""
        return "+" + self.digits + "0" * self.open_digits

    @property
    def dutch(self) -> bool:
        """Whether it is a number of the Dutch plan."""
        return self.digits.startswith("31")

    @property
    def short_code(self) -> bool:
        """Whether it is a 14 0xx number, which can be dialled only inside the Netherlands."""
        return self.digits.startswith("3114")


@lru_cache(maxsize=4096)
def read_number(text: str, block: bool = False) -> PhoneNumber | NumberFault:
    """Read a number in any usual notation; with `block`, trailing x's leave that many digits open (at most 4)."""
    if not _ALLOWED.match(text.strip()):
        return NumberFault("is not written as a telephone number")
    bare = re.sub(r"[() ./\-\u00a0]", "", text)
    mask = _MASK.search(bare)
    width = len(mask.group()) if mask else 0
    if width and not block:
        return NumberFault("is a block, where one number is needed")
    if width > 4:
        return NumberFault("leaves more than four digits open")
    filled = bare[: len(bare) - width] + "0" * width
    if not re.fullmatch(r"\+?[0-9]+", filled):
        return NumberFault("is not written as a telephone number")
    if never_called(bare):
        return NumberFault("is a number that is not called from here")
    parsed = _parse(filled)
    if parsed is None:
        return NumberFault("is not a valid number")
    digits = f"{parsed.country_code}{'0' if parsed.italian_leading_zero else ''}{parsed.national_number}"
    return PhoneNumber(digits[: len(digits) - width] if width else digits, width)


def _parse(filled: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(filled, "NL")
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def never_called(text: str) -> str:
    """What a number is that we never call, in any notation; '' for every other number."""
    bare = re.sub(r"[^0-9+]", "", text)
    for prefix in ("+31", "0031"):
        if bare.startswith(prefix):
            bare = bare[len(prefix) :]
    return NEVER_CALLED.get("09008844" if bare == "9008844" else bare, "")


@lru_cache(maxsize=4096)
def dialable(text: str) -> str:
    """The number in E.164 when we may ring it, else ''.

    Not rung: 112 and its like, 14 0xx, premium rate (0900, 0906, 0909) and anything invalid.
    """
    if never_called(text):
        return ""
    number = read_number(text)
    if isinstance(number, NumberFault) or number.open_digits or number.short_code:
        return ""
    parsed = _parse(number.e164)
    if parsed is None or phonenumbers.number_type(parsed) in (
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
    ):
        return ""
    return number.e164


@lru_cache(maxsize=4096)
def mobile(e164: str) -> bool:
    """Whether a number is surely that of a mobile telephone, which takes text messages."""
    parsed = _parse(e164)
    return parsed is not None and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


def spoken(e164: str) -> str:
    """A number as it is read aloud: national notation, digits one by one, a comma between the groups; a 14 0xx number
    as its city says it, `14 0 50`."""
    try:
        parsed = phonenumbers.parse(e164, "NL")
    except phonenumbers.NumberParseException:
        return " ".join(e164)
    if parsed.country_code == 31:
        city = _CITY.fullmatch(str(parsed.national_number))
        if city is not None:
            return "14 0 " + (city[1] if len(city[1]) == 2 else " ".join(city[1]))
        shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    else:
        shown = "00" + phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).lstrip("+")
    return ", ".join(" ".join(group) for group in re.split(r"[ \-]+", shown) if group)


_LIKE_A_NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){6,}")


def mask_in(text: str) -> str:
    """A text that somebody wrote, fit for a trail: what could be a telephone number in it is masked."""
    return _LIKE_A_NUMBER.sub(lambda found: mask(found.group()), text)


def mask(number: str) -> str:
    """A number fit for a log: country and last two digits only, `+31*******00`; short texts wholly masked."""
    if len(number) < 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
