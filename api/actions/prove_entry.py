"""Prove from our own tiles that an entry of a log lies under a checkpoint on chain."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api.ports.log_keys import LogKeys
from api.ports.logs import LogReader
from api.ports.means import Clock
from api.ports.storage import Storage
from api.waiting.turn import Turn
from contracts.evidence.errors import LedgerError, LedgerUnavailableError, ProofError
from contracts.evidence.ledger import Ledger
from contracts.evidence.merkle import check_inclusion, leaf_hash, prove_inclusion
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import AnchoredCheckpoint, TrustSnapshot
from contracts.evidence.tiles import TileReader

REFRESH: Final = timedelta(seconds=5)
LONGEST_USE: Final = timedelta(seconds=15)
"""How old an answer may be that is used while a newer one is on its way."""


@dataclass(slots=True)
class LogProofs:
    """``api.actions.verify_paper.Proofs`` over our logs and the chain, which is asked rarely.

    That the chain does not answer is remembered as long as an answer is: those who wait for it in
    vain would otherwise keep everybody else waiting.

    Args:
        storage: holds the logs.
        keys: know the logs' origins.
        ledger: the chain.
        clock: says how old the last look at the chain is.
    """

    storage: Storage
    keys: LogKeys
    ledger: Ledger
    clock: Clock
    _turn: Turn = field(default_factory=Turn, repr=False)
    _kept: tuple[datetime, TrustSnapshot | LedgerError] | None = field(default=None, repr=False)
    _wanted: int = field(default=0, repr=False)

    def anchored(self, log: str, key: str, entry: bytes) -> datetime | None:
        """See ``Proofs``."""
        index, block = self._place(log, key)
        known = self._snapshot(block).log(log_id(self.keys.origin(log)))
        over = None if index is None or known is None else known.first_covering(index)
        if index is None or over is None:
            return None
        with self.storage.reading() as reading:
            _check(reading.logs, log, (index, leaf_hash(entry)), over)
        return over.time

    def _place(self, log: str, key: str) -> tuple[int | None, int]:
        """The leaf's index, and the block that our rows say covers it; 0 while they say none."""
        with self.storage.reading() as reading:
            index = reading.logs.place(log, key)
            anchor = None if index is None else reading.logs.anchor_over(log, index)
        return index, (anchor.block or 0) if anchor else 0

    def _snapshot(self, block: int = 0) -> TrustSnapshot:
        """What the chain says; asked before its time where our own rows know of a later block.

        A chain that was rolled back never shows that block: it is asked for it once, no more.
        """
        found = self._newest(self.clock(), block)
        if isinstance(found, LedgerError):
            raise LedgerUnavailableError(str(found)) from found
        return found

    def _newest(self, at: datetime, block: int) -> TrustSnapshot | LedgerError:
        """What the chain last said; one thread at a time asks, and few wait for it."""
        kept = self._kept
        if kept is not None and self._is_new(kept, at, block):
            return kept[1]
        is_usable = kept is not None and kept[0] <= at < kept[0] + LONGEST_USE
        if not self._turn.begin(wait=not is_usable):
            others = LedgerUnavailableError("others wait for the chain")
            return kept[1] if kept is not None and is_usable else others
        try:
            kept = self._kept
            if kept is None or not self._is_new(kept, at, block):
                self._kept = kept = at, self._ask()
                self._wanted = max(block, self._wanted)
            return kept[1]
        finally:
            self._turn.end()

    def _is_new(
        self, kept: tuple[datetime, TrustSnapshot | LedgerError], at: datetime, block: int
    ) -> bool:
        is_lacking = block > self._wanted and _ends_before(kept[1], block)
        return kept[0] <= at < kept[0] + REFRESH and not is_lacking

    def _ask(self) -> TrustSnapshot | LedgerError:
        try:
            return self.ledger.snapshot()
        except LedgerError as error:
            return error


def _ends_before(found: TrustSnapshot | LedgerError, block: int) -> bool:
    return not isinstance(found, LedgerError) and found.head.number < block


def _check(
    logs: LogReader, log: str, leaf: tuple[int, bytes], checkpoint: AnchoredCheckpoint
) -> None:
    """See that the leaf lies under the root that the chain holds.

    Raises:
        ProofError: it does not, or a tile is missing.
    """

    def read(path: str) -> bytes:
        tile = logs.tile(log, path)
        if tile is None:
            raise ProofError(f"the log has no tile {path}")
        return tile

    index, digest = leaf
    path = prove_inclusion(TileReader(read, checkpoint.size), index, checkpoint.size)
    check_inclusion(digest, index, checkpoint.size, path, checkpoint.root)
