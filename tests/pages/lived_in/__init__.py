"""A database that looks lived in: `fill(engine, table, days=…, seed=…)`, the same for the same seed and moment."""

from tests.pages.lived_in.filling import Lived, fill

__all__ = ["Lived", "fill"]
