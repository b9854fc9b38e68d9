"""The routing engine of a municipality's telephone: a routing table that is proved, then executed exactly as proved."""

__version__ = "0.1.0"
