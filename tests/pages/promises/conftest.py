"""Fixtures of the board of promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.browser import Desk
from tests.pages.promises.town import desk_of


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose teams are open."""
    with desk_of(tmp_path / "var") as held:
        yield held
