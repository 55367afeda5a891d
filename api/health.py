"""The service's state of health as a value."""

from dataclasses import dataclass
from enum import StrEnum

from api.ports.errors import StorageError
from api.ports.storage import Storage
from contracts.evidence.errors import EvidenceError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import ChainIdentity


class DatabaseState(StrEnum):
    """What was found of the database."""

    READY = "ready"
    OTHER_SHAPE = "other_shape"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class HealthState:
    """What was found: database, chain (None: cannot be reached), each demonstration's check."""

    database: DatabaseState
    chain: ChainIdentity | None
    checks: dict[str, bool]

    @property
    def ready(self) -> bool:
        """Whether requests can be answered; a chain out of reach only delays evidence."""
        return self.database is DatabaseState.READY and all(self.checks.values())

    def to_json(self) -> dict[str, object]:
        """The state for machines; nothing secret, nobody's data."""
        chain = self.chain
        return {
            "status": "ready" if self.ready and chain else "degraded",
            "database": self.database.value,
            "chain": None
            if chain is None
            else {
                "chain_id": chain.chain_id,
                "genesis": chain.genesis.hex(),
                "contracts": {name: "0x" + address.hex() for name, address in chain.contracts},
            },
            "checks": self.checks,
        }


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at the parts that the service stands on.

    Args:
        storage: asked for its shape.
        revision: the shape that this program works with.
        ledger: asked for its identity.
        checks: what was found of each demonstration at start.
    """

    storage: Storage
    revision: str
    ledger: Ledger
    checks: dict[str, bool]

    def look(self) -> HealthState:
        """The state now."""
        return HealthState(self._database(), self._chain(), self.checks)

    def _database(self) -> DatabaseState:
        try:
            found = self.storage.revision()
        except StorageError:
            return DatabaseState.UNREACHABLE
        return DatabaseState.READY if found == self.revision else DatabaseState.OTHER_SHAPE

    def _chain(self) -> ChainIdentity | None:
        try:
            return self.ledger.identity()
        except EvidenceError:
            return None
