"""Fixtures of the pages."""

from __future__ import annotations

from tests.pages.browser import browser, desk

__all__ = ["browser", "desk"]
