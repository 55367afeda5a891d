"""Requests that may be sent again: the same key gives the same result."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """What a key stands for.

    Args:
        scope: the endpoint.
        key_hash: 32 bytes; the key itself is the client's.
        request_hash: 32 bytes over what was asked.
        resource: what came of it.
        salt: 16 bytes, from which and from the key the answer's secret is made again.
        at: when.
    """

    scope: str
    key_hash: bytes = field(repr=False)
    request_hash: bytes = field(repr=False)
    resource: str
    salt: bytes = field(repr=False)
    at: datetime


class KeptRequests(Protocol):
    """Keeping keys."""

    def keep(self, request: KeptRequest) -> KeptRequest:
        """Keep a request, or return the one that its key stands for already."""

    def forget(self, before: datetime, limit: int) -> int:
        """Remove keys older than a moment; returns how many."""
