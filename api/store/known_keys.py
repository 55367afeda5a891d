"""Which secrets the service has, by name and fingerprint: never a secret itself.

A name that is known and whose file is not there, or holds something else, keeps the service from
starting: a secret that was made anew would look like the old one and open nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    LargeBinary,
    String,
    Table,
    delete,
    select,
    update,
)

from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.schema import metadata
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json, tagged_hash

MAX_NAME: Final = 120
_PURPOSE: Final = "dojang-api-v1/known-key"

known_keys: Final = Table(
    "known_key",
    metadata,
    Column("name", String(MAX_NAME), primary_key=True),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("erased", Boolean, nullable=False),
)


def fingerprint(secret: bytes) -> bytes:
    """By what a secret of 32 random bytes is known again; it tells nothing of the secret."""
    return tagged_hash(_PURPOSE, secret)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A secret: its file's place within the keys folder, and whether it was erased on purpose."""

    name: str
    fingerprint: bytes
    erased: bool


class SqlKnownKeys:
    """The table, in a transaction."""

    def __init__(self, connection: Connection, protective: list[ProtectiveAct]) -> None:
        self._connection = connection
        self._protective = protective

    def find(self, name: str) -> KnownKey | None:
        """A secret by its name."""
        query = select(known_keys).where(known_keys.c.name == name)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else KnownKey(row.name, bytes(row.fingerprint), row.erased)

    def all(self) -> Sequence[KnownKey]:
        """All of them by name."""
        rows = self._connection.execute(select(known_keys).order_by(known_keys.c.name))
        return [KnownKey(row.name, bytes(row.fingerprint), row.erased) for row in rows]

    def keep(self, key: KnownKey) -> bool:
        """Keep a secret's name and fingerprint, in place of what it was; whether that is new."""
        known = self.find(key.name)
        if known == key:
            return False
        row = {"fingerprint": key.fingerprint, "erased": key.erased}
        if not insert_if_new(self._connection, known_keys, {"name": key.name, **row}):
            here = update(known_keys).where(known_keys.c.name == key.name)
            self._connection.execute(here.values(row))
        self._note(key.name, fingerprint=key.fingerprint.hex(), erased=key.erased)
        return True

    def keep_new(self, key: KnownKey) -> bool:
        """Keep a secret that is not known; False where another is known under its name."""
        row = {"name": key.name, "fingerprint": key.fingerprint, "erased": key.erased}
        if insert_if_new(self._connection, known_keys, row):
            self._note(key.name, fingerprint=key.fingerprint.hex(), erased=key.erased)
            return True
        return self.find(key.name) == key

    def forget(self, name: str) -> bool:
        """Know nothing of a name any more; False where nothing was known."""
        gone = delete(known_keys).where(known_keys.c.name == name)
        if not self._connection.execute(gone).rowcount:
            return False
        self._note(name, forgotten=True)
        return True

    def do_again(self, name: str, detail: Mapping[str, Json]) -> int:
        """What the ledger says of a name; whether it was new."""
        if detail.get("forgotten"):
            return int(self.forget(name))
        found = bytes.fromhex(str(detail["fingerprint"]))
        return int(self.keep(KnownKey(name, found, bool(detail["erased"]))))

    def _note(self, name: str, **detail: Json) -> None:
        self._protective.append(ProtectiveAct(ProtectionKind.KEY_NAMED, name, detail))
