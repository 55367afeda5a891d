"""What one turn of the worker's jobs costs, by how much there was before: the ratios stay flat.

.venv/bin/python -m bench.worker_jobs [SIZES...]
"""

import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from api.operation.destruction_ledger import DestructionLedger
from api.operation.older_states import AGAIN, _agree
from api.ports.destruction import RecordKind
from contracts.evidence.snapshot import AnchoredCheckpoint
from contracts.evidence.tiled_tree import TiledTree

SIZES = (1_000, 20_000, 100_000)
AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
TURNS = 5


class Tiles:
    """Tiles in memory, as a log's reader and as a tree's store."""

    def __init__(self) -> None:
        self.tiles: dict[str, bytes] = {}
        self.count = 0

    def read(self, path: str) -> bytes:
        """A tile."""
        number, _, width = path.partition(".p/")
        return self.tiles[number][: int(width) * 32] if width else self.tiles[number]

    def write(self, path: str, data: bytes) -> None:
        """Keep a tile."""
        self.tiles[path.partition(".p/")[0]] = data

    def size(self, _log: str) -> int:
        """Leaves."""
        return self.count

    def tile(self, _log: str, path: str) -> bytes:
        """A tile of the log."""
        return self.read(path)


def median(act: Callable[[], object]) -> float:
    """Milliseconds of one turn."""
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - begun))
    return sorted(took)[TURNS // 2]


def destruction_line(folder: Path, size: int) -> float:
    """One line of a ledger that has so many."""
    ledger = DestructionLedger(folder / str(size), b"k" * 32, secrets.token_bytes)
    numbers = iter(range(10 * size))
    for _ in range(size):
        ledger.append(RecordKind.APPLICATION, f"{next(numbers)}", "request", AT)
    return median(lambda: ledger.append(RecordKind.APPLICATION, f"{next(numbers)}", "request", AT))


def hourly_comparison(size: int) -> float:
    """The part of the old states that an hour compares, of so many."""
    tiles = Tiles()
    tree = TiledTree.reopen(tiles, 0)
    points = []
    for number in range(size):
        tree.append(secrets.token_bytes(32))
        points.append(AnchoredCheckpoint(number, number + 1, tree.root(), number, AT))
    tree.flush()
    tiles.count = size
    places = iter(range(0, 1_000_000_000, AGAIN))

    def compare() -> None:
        start = next(places) % max(1, size - AGAIN)
        for first in range(start, min(start + AGAIN, size), 64):
            _agree(tiles, "log", points[first : first + 64])  # type: ignore[arg-type] # as much as it reads

    return median(compare)


def main() -> int:
    """Print a line a size, and the ratios to the smallest."""
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    first: tuple[float, float] | None = None
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            found = destruction_line(Path(folder), size), hourly_comparison(size)
            first = first or found
            ratios = [now / before for now, before in zip(found, first, strict=True)]
            print(
                f"{size:>9,}: destruction line {found[0]:.2f} ms ({ratios[0]:.1f}), "
                f"hourly comparison {found[1]:.0f} ms ({ratios[1]:.1f})",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
