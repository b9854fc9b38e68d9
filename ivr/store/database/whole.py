"""All tables of the database together, for what handles it as a whole: its migrations, and copies."""

from __future__ import annotations

from ivr.store.database import schema, schema_desk
from ivr.store.database.meta import metadata

__all__ = ["metadata", "schema", "schema_desk"]
