"""The service's state of health as a value."""

from dataclasses import dataclass

from contracts.evidence.errors import EvidenceError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import ChainIdentity


@dataclass(frozen=True, slots=True)
class HealthState:
    """What was found: the chain (None if it cannot be reached) and each demonstration's check."""

    chain: ChainIdentity | None
    checks: dict[str, bool]

    @property
    def ready(self) -> bool:
        """Whether pages can be served that are worth being served."""
        return bool(self.checks) and all(self.checks.values())

    def to_json(self) -> dict[str, object]:
        """The state for machines; nothing secret, nobody's data."""
        chain = self.chain
        return {
            "status": "ready" if self.ready and chain else "degraded",
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
    """Looks at the parts that the service stands on."""

    ledger: Ledger
    checks: dict[str, bool]

    def look(self) -> HealthState:
        """The state now."""
        try:
            chain = self.ledger.identity()
        except EvidenceError:
            return HealthState(None, self.checks)
        return HealthState(chain, self.checks)
