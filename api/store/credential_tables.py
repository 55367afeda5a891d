"""The tables of what was issued: copies, and the batches that they were issued in.

A copy's ``status`` is the only truth about its entry in the status list ``status_list``, at
``status_index``; lists are made from it. A copy is removed when it has ended and nothing that was
shown of it may be judged again; only then may its place be given to somebody else.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from api.store.schema import Moment, metadata

batches: Final = Table(
    "credential_batch",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("offer", String(32), nullable=False),
    Column("agency", String(48), nullable=False),
    Column("configuration", String(64), nullable=False),
    Column("notification_hash", LargeBinary(32), nullable=False),
    Column("made", Moment, nullable=False),
    Column("event", String(24)),
    UniqueConstraint("notification_hash"),
)
copies: Final = Table(
    "credential_copy",
    metadata,
    Column("agency", String(48), nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("batch", String(32), nullable=False),
    Column("configuration", String(64), nullable=False),
    Column("subject", LargeBinary(32), nullable=False),
    Column("status_list", Integer, nullable=False),
    Column("status_index", BigInteger, nullable=False),
    Column("issued", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("status", Integer, nullable=False),
    PrimaryKeyConstraint("agency", "index"),
    UniqueConstraint("agency", "status_list", "status_index"),
    Index(None, "agency", "subject"),
    Index(None, "batch"),
    Index(None, "agency", "expires"),
)
Index(
    "ix_credential_copy_marked",
    copies.c.agency,
    copies.c.status_list,
    sqlite_where=copies.c.status != 0,
    postgresql_where=copies.c.status != 0,
)
