"""Remove what was begun and ended unfinished, and make room for what begins."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from api.ports.errors import NoRoomError
from api.ports.storage import Storage

BATCH: Final = 500
"""Entries that one transaction removes, so that nobody waits for long."""
MOST_BATCHES: Final = 2000
"""More than there can be in all."""
_T = TypeVar("_T")


def forget_unfinished(storage: Storage, at: datetime, batches: int = MOST_BATCHES) -> int:
    """Remove what ended unfinished before a moment, in small transactions; returns how many."""
    total = 0
    for _ in range(batches):
        with storage.work() as work:
            count = work.destruction.forget_unfinished(at, BATCH)
        total += count
        if count < BATCH:
            break
    return total


def with_room(storage: Storage, at: datetime, act: Callable[[], _T]) -> _T:
    """Do something that needs room; where there is none, remove what has ended and try once more.

    So a service whose worker stands still is not full for longer than what was begun lasts.

    Args:
        storage: where it is kept.
        at: now.
        act: a whole transaction, which is done again if it found no room.

    Raises:
        NoRoomError: there is none.
    """
    try:
        return act()
    except NoRoomError:
        if not forget_unfinished(storage, at, batches=1):
            raise
    return act()
