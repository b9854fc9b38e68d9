"""From which network address somebody asks, as sign-ins are counted by it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.requests import Request

from ivr.pages.settings import Network


def address_of(request: Request, proxies: Sequence[Network]) -> str:
    """The address of who asks; of IPv6 the network of 64 bits, which one subscriber has. `X-Forwarded-For` is read from its
    end, as far as our own proxies wrote it; a stranger who sends one adds at its beginning only."""
    at = _read(request.client.host if request.client else "")
    given = [part for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")][-20:]
    while given and at is not None and any(at in network for network in proxies if at.version == network.version):
        following = _read(given.pop().strip())
        if following is None:
            break
        at = following
    if at is None:
        return "unknown"
    if at.version == 6:
        return str(ipaddress.ip_network((at, 64), strict=False))
    return str(at)


def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bare = text.strip("[]") if text.startswith("[") else text.partition(":")[0] if text.count(":") == 1 else text
    try:
        found = ipaddress.ip_address(bare.partition("]")[0].partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
