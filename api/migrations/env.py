"""Alembic's environment: runs the steps on the connection that ``api.store.migration`` gives."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from api.store import work  # noqa: F401 # imports every table
from api.store.schema import Moment, metadata


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - the interface of Alembic
    """A step never imports the product's types: what they mean may change, a step may not."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
