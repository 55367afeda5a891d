"""Who signs the states of evidence logs."""

from typing import Protocol

from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.note import LogKey


class LogKeys(Protocol):
    """The keys of the service's logs: files now, an HSM elsewhere."""

    def names(self) -> frozenset[str]:
        """Logs that have a key."""

    def origin(self, log: str) -> str:
        """The first line of the log's checkpoints."""

    def key(self, log: str) -> LogKey:
        """The key that checks the log's checkpoints."""

    def sign(self, log: str, checkpoint: Checkpoint) -> str:
        """The signed note of a state."""
