"""Closing an agency's batch: pad the log, sign its state, anchor it.

Padding leaves are random, so that nobody can tell from the log how many credentials were issued.
What is cut short is finished the next time: a signed state without a block is sent again.
"""

from dataclasses import dataclass
from datetime import datetime

from api.actions.anchor_logs import anchor_state, seal_log, send_anchor
from api.openid.log_places import SLICE, append_slice, close_blocks
from api.ports.log_keys import LogKeys
from api.ports.storage import Storage
from contracts.evidence.ledger import Ledger
from verifier.credential.keys import Randomness


@dataclass(frozen=True, slots=True)
class Anchoring:
    """How logs of credentials are closed and anchored."""

    storage: Storage
    keys: LogKeys
    ledger: Ledger
    rng: Randomness

    def close(self, log: str, at: datetime) -> bool:
        """Append what waits, pad and sign the log's state, if anything is new.

        The outbox then anchors it. What was cut short in between goes on here.
        """
        with self.storage.reading() as reading:
            known = reading.logs.last_anchor(log)
            waits = known is not None and known.block is None
            grown = reading.logs.size(log) != (known.size if known else 0)
            if not waits and not grown and not reading.logs.taken_places().get(log):
                return False
        with self.storage.work() as work:
            work.logs.open(log)
            last = work.logs.last_anchor(log)
            if last and last.block is None:
                if not last.is_lost:
                    send_anchor(work, last, at)
                return False
            close_blocks(work.logs, log)
        self._append(log, last.size if last else 0)
        return seal_log(self.storage, self.keys, log, at) is not None

    def _append(self, log: str, anchored: int) -> None:
        """Append the closed blocks, a slice in each transaction, so that nobody waits for all."""
        count = SLICE
        while count == SLICE:
            with self.storage.work() as work:
                count = append_slice(work.logs, log, anchored, self.rng)

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
