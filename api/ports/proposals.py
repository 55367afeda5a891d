"""Proposals: what the rules recommend on an application, until an officer has decided."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptProposal:
    """What came of a checked presentation, for one application.

    Args:
        application: its number.
        request: id of the request that was answered; it serves one application only.
        proposal: ``DecisionProposal.as_json()`` as canonical JSON.
        attached: when the applicant joined the two.
        decision: ``Decision.canonical()`` once an officer has decided.
    """

    application: str
    request: str
    proposal: bytes = field(repr=False)
    attached: datetime
    decision: bytes | None = field(default=None, repr=False)


class ProposalReader(Protocol):
    """Looking proposals up."""

    def find(self, number: str) -> KeptProposal | None:
        """The proposal of an application."""


class Proposals(ProposalReader, Protocol):
    """Keeping proposals."""

    def keep(self, proposal: KeptProposal) -> bool:
        """Keep the newest; False where the request belongs to an application, or it is decided."""

    def decide(self, proposal: KeptProposal, decision: bytes) -> bool:
        """Keep the decision; False where it is another proposal now, or was decided before."""
