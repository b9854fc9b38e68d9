"""One server for the tests that need nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.server import Provider, serving


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider that talks to a running server."""
    with serving(tmp_path_factory.mktemp("var")) as held:
        yield held
