"""The service's own embedded chain, whose blocks are dated by a clock that is asked about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.observation.journal import warn
from api.operation.jobs import MINUTE, newest_moment
from api.operation.rounds import Job
from api.ports.storage import Storage
from contracts.evidence.errors import LedgerClockError
from contracts.evidence.snapshot import Block

if TYPE_CHECKING:
    from contracts.chain.embedded import EmbeddedLedger


@contextmanager
def open_chain(
    folder: Path, storage: Storage
) -> Iterator[tuple["EmbeddedLedger", Callable[[int], int]]]:
    """The embedded chain, and what is asked about the clock before each of its blocks."""
    # What executes contracts takes seconds to import: only the process that holds the chain does.
    from contracts.chain.block_clock import BlockClock  # noqa: PLC0415
    from contracts.chain.embedded import EmbeddedLedger  # noqa: PLC0415

    clock = BlockClock(folder, known=lambda: _known_seconds(storage))
    with EmbeddedLedger(folder, clock, clock.check, separate=True, demonstration=False) as ledger:
        yield ledger, clock.check


def _known_seconds(storage: Storage) -> int:
    """The newest time that the database tells of the chain or of an administrative act."""
    with storage.reading() as reading:
        acts = [entry.at for entry in reading.acts.entries(1)]
    moments = [*acts, *filter(None, [newest_moment(storage)])]
    return int(max(moments).timestamp()) if moments else 0


def clock_job(head: Callable[[], Block], check: Callable[[int], object]) -> Job:
    """Looks each minute, so that a doubt is told before a block is due."""
    return Job("clock", MINUTE, lambda _at: look_at_clock(head, check))


def look_at_clock(head: Callable[[], Block], check: Callable[[int], object]) -> int:
    """Tell of a clock that may date no block, whether or not a block is due; 1 where it may not.

    Raises:
        LedgerUnavailableError: the chain cannot be read.
    """
    newest = int(head().time.timestamp())
    try:
        check(newest)
    except LedgerClockError as error:
        warn("clock.doubted", code=error.code)
        return 1
    return 0
