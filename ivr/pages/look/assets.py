"""The bundled scripts and styles: from memory, compressed, named by their content so that a browser keeps them for good."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent.parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(Struct, frozen=True):
    """One file: its content, the same compressed, its type, and a name of its content."""

    body: bytes
    packed: bytes
    kind: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """All assets by their names."""
    out: dict[str, Asset] = {}
    for path in sorted(HERE.iterdir()):
        if path.suffix not in _TYPES and path.suffix != ".woff2":
            continue
        body = path.read_bytes()
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        out[path.name] = Asset(body, gzip.compress(body, 9, mtime=0), kind, hashlib.sha256(body).hexdigest()[:12])
    return out


@cache
def build() -> str:
    """A name for all assets together: a page that was open while they changed is told to load anew."""
    return hashlib.sha256("".join(asset.tag for asset in assets().values()).encode()).hexdigest()[:12]
