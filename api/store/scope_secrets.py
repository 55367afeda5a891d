"""The table of secrets that can be erased alone."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Select, String, Table, select

from api.openid.ports import KeptScopeSecret
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new

scope_secrets: Final = Table(
    "scope_secret",
    metadata,
    Column("name", String(192), primary_key=True),
    Column("sealed", LargeBinary),
    Column("made", Moment, nullable=False),
)
"""``sealed`` is null once the secret was erased; the row stays, so that none is made again."""


@dataclass(frozen=True, slots=True)
class SqlScopeSecrets:
    """``api.openid.ports.ScopeSecretStore`` in a transaction."""

    connection: Connection

    def find(self, name: str) -> KeptScopeSecret | None:
        """A secret by its scope's name."""
        return self._one(select(scope_secrets).where(scope_secrets.c.name == name))

    def hold(self, name: str) -> KeptScopeSecret | None:
        """A secret by its scope's name, locked until the end."""
        query = select(scope_secrets).where(scope_secrets.c.name == name)
        return self._one(query.with_for_update(read=True))

    def add(self, secret: KeptScopeSecret) -> bool:
        """Keep a new one; False where the name is known, erased or not."""
        row = {"name": secret.name, "sealed": secret.sealed, "made": secret.made}
        return insert_if_new(self.connection, scope_secrets, row)

    def _one(self, query: Select[Any]) -> KeptScopeSecret | None:
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else KeptScopeSecret(**row)
