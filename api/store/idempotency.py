"""The table of keys under which requests may be sent again."""

from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    select,
)

from api.ports.idempotency import KeptRequest
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new

kept_requests: Final = Table(
    "kept_request",
    metadata,
    Column("scope", String(32), nullable=False),
    Column("key_hash", LargeBinary(32), nullable=False),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("resource", String(64), nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("scope", "key_hash"),
    Index(None, "at"),
    Index(None, "resource"),
)
_c: Final = kept_requests.c


class SqlKeptRequests:
    """``api.ports.idempotency.KeptRequests`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, request: KeptRequest) -> KeptRequest:
        """Keep a request, or return the one that its key stands for already.

        Another transaction that keeps the same key is waited for.
        """
        row = {
            "scope": request.scope,
            "key_hash": request.key_hash,
            "request_hash": request.request_hash,
            "resource": request.resource,
            "salt": request.salt,
            "at": request.at,
        }
        if insert_if_new(self._connection, kept_requests, row):
            return request
        same = and_(_c.scope == request.scope, _c.key_hash == request.key_hash)
        query = select(kept_requests).where(same)
        return KeptRequest(**self._connection.execute(query).mappings().one())

    def forget(self, before: datetime, limit: int) -> int:
        """Remove keys older than a moment; returns how many."""
        some = select(_c.scope, _c.key_hash).where(_c.at < before).limit(limit).subquery()
        old = and_(_c.scope == some.c.scope, _c.key_hash == some.c.key_hash)
        statement = delete(kept_requests).where(select(1).where(old).exists())
        return self._connection.execute(statement).rowcount
