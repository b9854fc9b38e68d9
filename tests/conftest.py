"""What all tests share: `--update` renews golden files; Hypothesis knows no deadline on a shared machine, and draws the same
examples each time, so that a verdict is about the code; `HYPOTHESIS=explore` draws new ones (`make explore`)."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import database, database_url, migrated_file, postgres, shared_url

__all__ = ["database", "database_url", "migrated_file", "postgres", "shared_url"]  # fixtures, known to all tests

os.environ["IVR_TODAY"] = "2026-11-24"  # what is in the past is so on any day on which the tests run

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("dev"), derandomize=True)
settings.register_profile("explore", settings.get_profile("dev"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="renew golden files instead of comparing with them")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be renewed."""
    return bool(request.config.getoption("--update"))
