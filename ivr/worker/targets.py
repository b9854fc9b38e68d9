"""What may be rung: refused here, before anything is sent, whatever a table or a case says."""

from __future__ import annotations

import re

from ivr.model.numbers import NumberFault, dialable, mask, never_called, read_number
from ivr.worker.provider import Refused, masked

_SIP = re.compile(r"sips?:(?:([^\s@<>\"]{1,128})@)?[A-Za-z0-9.\-\[\]:]{1,255}(?:[;?][^\s<>\"]{0,255})?")
_DIGITS = re.compile(r"\+?[0-9]+")


def rung(to: str) -> str | Refused:
    """The address as the provider is told it: a number in E.164, or a SIP address as it was.

    Refused: 112 and its like, 14 0xx and every other number that is not dialable; the same behind `sip:`, where a trunk
    would dial it. A short number behind `sip:` that the numbering plan does not know is an extension, and may be rung.
    """
    if not to.lower().startswith(("sip:", "sips:")):
        return dialable(to) or Refused(f"{mask(to)} is no number that is rung from here")
    address = _SIP.fullmatch(to)
    if address is None:
        return Refused(f"{masked(to[:80])} is no SIP address")
    user = (address[1] or "").partition(":")[0].partition(";")[0]
    if _DIGITS.fullmatch(user):
        known = not isinstance(read_number(user), NumberFault)
        if never_called(user) or (known and not dialable(user)):
            return Refused(f"{masked(to[:80])} leads to a number that is not rung from here")
    return to
