"""Older states of logs, compared with the chain piece by piece.

What decides whether a log may be signed is its newest state: its root holds every leaf before it,
so a log that goes on from there goes on from all of them. This comparison finds what that one
cannot: tiles that were damaged under a root which is still right, and states on chain that
contradict each other. It takes all states once after a start; later what is new, and each time a
part of the old.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.observation.journal import warn
from api.operation.continuity import FORKED, Watch
from api.ports.continuity import LogHalt
from api.ports.logs import LogReader
from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import tree_root
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import AnchoredCheckpoint
from contracts.evidence.tiles import TileReader

PIECE: Final = 64
"""States that one view compares."""
AGAIN: Final = 2048
"""Old states that are compared again each time."""


@dataclass(slots=True)
class _Progress:
    """How far one log was compared since the start, and where the old ones go on."""

    compared: int = 0
    again: int = 0


@dataclass(slots=True)
class OlderStates:
    """Compares; keeps how far it came as long as the process lives."""

    watch: Watch
    _progress: dict[str, _Progress] = field(default_factory=dict)

    def pieces(self, at: datetime) -> Iterator[int]:
        """Compare what is new since the last time, and a part of the old.

        Yields:
            How many logs each piece halted.

        Raises:
            LedgerUnavailableError: the chain cannot be asked.
        """
        snapshot = self.watch.ledger.snapshot()
        with self.watch.storage.reading() as reading:
            names = list(reading.continuity.log_names())
        for name in names:
            known = snapshot.log(log_id(self.watch.keys.origin(name)))
            yield from self._log(name, known.checkpoints if known else (), at)

    def _log(self, name: str, points: Sequence[AnchoredCheckpoint], at: datetime) -> Iterator[int]:
        progress = self._progress.setdefault(name, _Progress())
        old = min(progress.compared, len(points))
        again = progress.again if progress.again < old else 0
        for start, end in ((old, len(points)), (again, min(again + AGAIN, old))):
            for first in range(start, end, PIECE):
                part = points[first : min(first + PIECE, end)]
                yield self._halt(name, part, at)
                progress.compared = max(progress.compared, first + len(part))
        progress.again = min(again + AGAIN, old)

    def _halt(self, name: str, points: Sequence[AnchoredCheckpoint], at: datetime) -> int:
        with self.watch.storage.reading() as reading:
            if _agree(reading.logs, name, points):
                return 0
        warn("log.halted", log=name, code=FORKED)
        with self.watch.storage.work() as work:
            work.continuity.halt(LogHalt(name, FORKED, at))
        return 1


def _agree(logs: LogReader, name: str, points: Sequence[AnchoredCheckpoint]) -> bool:
    """Whether the log's leaves lead to these states. One that is longer is another's to find."""
    size = logs.size(name)
    reader = TileReader(lambda path: _tile(logs, name, path), size)
    try:
        return all(tree_root(reader, p.size) == p.root for p in points if p.size <= size)
    except ProofError:
        return False


def _tile(logs: LogReader, name: str, path: str) -> bytes:
    tile = logs.tile(name, path)
    if tile is None:
        raise ProofError(f"the log has no tile {path}")
    return tile
