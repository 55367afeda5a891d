"""Log entries of our contracts, and the port through which they are read.

Reading is where the embedded chain and a node differ: the one keeps an index of its own, the other
is asked. Everything else is shared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from contracts.evidence.snapshot import Block


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One log entry: 20-byte address, 32-byte topics, data, and where it stands."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    index: int


class EventSource(Protocol):
    """Where log entries come from; both methods may raise ``LedgerUnavailableError``."""

    def head(self) -> Block:
        """The newest block that counts as final here."""

    def entries(self, addresses: Sequence[bytes], head: Block) -> Iterator[LogEntry]:
        """All entries of these contracts up to and including ``head``, oldest first."""

    def find(self, address: bytes, topics: Sequence[bytes]) -> Sequence[LogEntry]:
        """Entries of one contract whose first topics are these, oldest first."""


def moment(time: int) -> datetime:
    """A block time (seconds since 1970) as a datetime in UTC."""
    return datetime.fromtimestamp(time, UTC)
