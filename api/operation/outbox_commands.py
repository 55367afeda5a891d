"""``dojang outbox``: what has failed so far and is not done, and what was set aside tried again."""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Final

from api.opening import open_database
from api.ports.means import whole_second
from api.ports.storage import Storage
from api.settings import Settings
from api.wiring import system_clock
from contracts.evidence.encoding import format_time

MOST_LISTED: Final = 200


def list_undone() -> int:
    """Print what failed at least once, a line each: number, kind, key, state, since, problem."""
    with closing(open_database(Settings.from_environment())) as storage:
        for line in undone_lines(storage):
            sys.stdout.write(f"{line}\n")
    return 0


def undone_lines(storage: Storage) -> list[str]:
    """What failed and is not done, at most ``MOST_LISTED`` lines; no payload is in them."""
    with storage.reading() as reading:
        found = reading.outbox.undone(MOST_LISTED)
    return [
        f"{one.id} {one.kind} {one.key} {one.state.value} "
        f"since={format_time(whole_second(one.since))} attempts={one.attempts} "
        f"next={format_time(whole_second(one.due))} problem={one.problem or '-'}"
        for one in found
    ]


def revive_dead(ids: Sequence[int]) -> int:
    """Let what was set aside be tried again, and say how many that were.

    Args:
        ids: numbers as ``list_undone`` prints them; none stands for all.

    Returns:
        0, or 1 where nothing of that number was set aside.
    """
    with closing(open_database(Settings.from_environment())) as storage, storage.work() as work:
        count = work.outbox.revive_dead(ids or None, system_clock())
    sys.stdout.write(f"{count} waiting again\n")
    return int(bool(ids) and not count)
