"""``INSERT ... ON CONFLICT DO NOTHING``, which both engines know under different names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint knows it already; returns whether it was new.

    A row that another transaction has inserted and not yet kept is waited for.
    """
    statement = _statement(table, connection.dialect.name)
    return connection.execute(statement, dict(row)).first() is not None


@cache
def _statement(table: Table, dialect: str) -> Executable:
    """Built once: building it costs more than running it."""
    key = next(iter(table.primary_key))
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing().returning(key)
    return postgresql.insert(table).on_conflict_do_nothing().returning(key)
