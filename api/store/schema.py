"""The database's tables as one metadata, and the column types that mean the same on both engines.

Each store's module makes its tables on ``metadata``; ``api.store.work`` imports every store, so
that whoever imports it sees them all. A migration makes the same tables step by step, and a test
compares the two.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A growing number; SQLite counts only INTEGER PRIMARY KEY by itself."""


class Moment(TypeDecorator[datetime]):
    """An aware time: ``timestamptz`` in PostgreSQL, UTC text in SQLite. Naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A moment as the engine keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment carries a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - the interface of SQLAlchemy
        """A moment as it was given, in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if dialect.name == "sqlite" else moment.astimezone(UTC)
