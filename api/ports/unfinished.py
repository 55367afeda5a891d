"""What somebody has begun and not finished: how much of it there may be, and for how long.

Who begins something needs no account, so what is kept of it is bounded as a whole, whatever the
number of addresses that it comes from. Nobody's is thrown out for somebody else's: the newest is
refused, and earlier where one network holds much (``docs/decisions/0024-unfinished.md``).
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LIFE: Final = timedelta(minutes=15)
"""How long what nobody finishes is kept."""
MOST_BYTES: Final = 500_000_000
"""All pools together."""
ROW_BYTES: Final = 640
"""What rows cost beside their contents: headers, keys, indexes, and the entry that counts them."""
ANSWER_BYTES: Final = 12_000
"""Room that a request has from the start for its answer, so that nobody is stopped half-way."""
NETWORK: Final[ContextVar[bytes]] = ContextVar("network", default=b"")
"""Keyed hash, 16 bytes, of the network that the present request comes from; set by the guard."""


class Pool(StrEnum):
    """What is bounded apart, so that applications cannot keep anybody from signing in."""

    APPLICATIONS = "applications"
    """Applications and requests for presentations with their answers."""
    SIGN_INS = "sign-ins"
    """Ceremonies at the door, of staff and citizens."""
    STAFF = "staff"
    """What somebody opened who had signed in: it ends like the others and is not counted."""


POOLS: Final = {Pool.APPLICATIONS: 480_000_000, Pool.SIGN_INS: 20_000_000}
"""Bytes of each counted pool; together ``MOST_BYTES``."""


class UnfinishedKind(StrEnum):
    """What it is."""

    APPLICATION = "application"
    REQUEST = "request"
    CEREMONY = "ceremony"


@dataclass(frozen=True, slots=True)
class Hold:
    """Room for something that was begun.

    Args:
        pool: where it counts.
        size: bytes, contents of its rows and ``ROW_BYTES`` for each.
        ends: when it is removed, unless it was finished.
        network: whose share it counts to as well.
    """

    pool: Pool
    size: int
    ends: datetime
    network: bytes = b""


def hold(pool: Pool, size: int, ends: datetime) -> Hold:
    """Room for what the present request begins."""
    return Hold(pool, size, ends, NETWORK.get())
