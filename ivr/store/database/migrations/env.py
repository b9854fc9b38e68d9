"""What Alembic asks of us: which connection to work on, and what the tables should be."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from ivr.store.database.columns import Instant, Json
from ivr.store.database.whole import metadata

_connection = context.config.attributes["connection"]


def _render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """How our own column types are written in a new step: as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return "sa.Text()" if kind == "type" and isinstance(item, Json) else False


context.configure(
    connection=_connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    transaction_per_migration=False,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
