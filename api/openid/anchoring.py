"""Closing an agency's batch: pad the log, sign its state, anchor it.

Padding leaves are random, so that nobody can tell from the log how many credentials were issued.
What is cut short is finished the next time: a signed state without a block is sent again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.anchor_logs import anchor_state, seal_log, send_anchor
from api.ports.log_keys import LogKeys
from api.ports.storage import Storage
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.ledger import Ledger
from verifier.credential.keys import Randomness

DEFAULT_PADDING: Final = 64


@dataclass(frozen=True, slots=True)
class Anchoring:
    """How logs of credentials are closed and anchored; ``padding`` 1 adds no leaves."""

    storage: Storage
    keys: LogKeys
    ledger: Ledger
    rng: Randomness
    padding: int = DEFAULT_PADDING

    def close(self, log: str, at: datetime) -> bool:
        """Pad and sign a log's state, if anything is new; the outbox then anchors it."""
        with self.storage.reading() as reading:
            known = reading.logs.last_anchor(log)
            waits = known is not None and known.block is None
            if not waits and reading.logs.size(log) == (known.size if known else 0):
                return False
        with self.storage.work() as work:
            tree, last = work.logs.open(log), work.logs.last_anchor(log)
            if last and last.block is None:
                if not last.is_lost:
                    send_anchor(work, last, at)
                return False
            if tree.size == (last.size if last else 0):
                return False
            while tree.size % self.padding:
                tree.append(self.rng(HASH_BYTES))
            work.logs.keep(log, tree)
        return seal_log(self.storage, self.keys, log, at) is not None

    def anchor_now(self, log: str, at: datetime) -> bool:
        """Close a log and anchor it without waiting for the outbox; whether anything was new.

        The errand in the outbox finds it done: the contract takes each sequence number once.
        """
        self.close(log, at)
        with self.storage.reading() as reading:
            last = reading.logs.last_anchor(log)
            sight = reading.continuity.chain_sight()
        if last is None or last.block is not None or last.is_lost:
            return False
        if sight and sight.is_being_restored:
            return False
        anchor_state(self.storage, self.keys, self.ledger, last)
        return True
