"""Whether evidence goes where it must: is the chain there, is it whole, does anything wait.

The limits are those at which docs/operations.md has an operator called: well within an hour.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from api.ports.outbox import OutboxState
from api.ports.storage import Reading

SILENT: Final = timedelta(minutes=15)
"""A chain that has not answered the job worker for so long is away."""
WAITING: Final = timedelta(minutes=30)
"""What must happen and has not happened for so long is late."""


class EvidenceState(StrEnum):
    """What was found of the evidence."""

    CURRENT = "current"
    LATE = "late"
    """The chain is away, or something has waited for too long."""
    BEHIND = "behind"
    """The chain lost what it had acknowledged; it is being put back."""
    HALTED = "halted"
    """A log stands still until somebody has seen to it; what is to enter it is refused."""


def evidence_state(reading: Reading, now: datetime) -> EvidenceState:
    """How evidence stands at a moment. Without a look at the chain so far, nothing is late."""
    if reading.continuity.halts():
        return EvidenceState.HALTED
    sight = reading.continuity.chain_sight()
    if sight is not None and sight.behind is not None:
        return EvidenceState.BEHIND
    waits = any(
        one.state is OutboxState.WAITING and now - one.oldest > WAITING
        for one in reading.outbox.counts()
    )
    silent = sight is not None and now - sight.answered > SILENT
    return EvidenceState.LATE if waits or silent else EvidenceState.CURRENT
