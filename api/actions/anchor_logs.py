"""Anchor logs: sign a log's state, keep it, send it to the chain, and look whether it stayed there.

A state is signed and kept, with the errand that sends it, before anything is sent. The contract
takes each sequence number once, so an errand that is done twice changes nothing. There is one state
on its way at a time: the next one is signed when the last is on chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions.deliver_outbox import Failure
from api.ports.log_keys import LogKeys
from api.ports.logs import Anchor
from api.ports.outbox import Errand, LeasedErrand
from api.ports.storage import Storage, Work
from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError, LedgerError
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import AnchoredCheckpoint

LOG_ANCHOR: Final = "log.anchor"


def seal_log(storage: Storage, keys: LogKeys, log: str, at: datetime) -> Anchor | None:
    """Sign the log's state and put its anchoring in the outbox.

    A state that waits for the chain waits with an errand: where none is left, it is put anew.

    Returns:
        What was signed; None where nothing is new, or the last state is not on chain yet.
    """
    with storage.work() as work:
        tree = work.logs.open(log)
        last = work.logs.last_anchor(log)
        if last and last.block is None:
            send_anchor(work, last, at)
            return None
        if tree.size == (last.size if last else 0):
            return None
        state = Checkpoint(keys.origin(log), tree.size, tree.root())
        sequence = last.sequence + 1 if last else 0
        anchor = Anchor(log, sequence, state.size, state.root, keys.sign(log, state))
        work.logs.add_anchor(anchor)
        send_anchor(work, anchor, at)
    return anchor


def send_anchor(work: Work, anchor: Anchor, at: datetime) -> None:
    """See that an errand waits for a signed state, whatever became of an earlier one."""
    payload = canonical({"log": anchor.log, "sequence": anchor.sequence})
    errand = Errand(LOG_ANCHOR, f"{anchor.log}/{anchor.sequence}", payload, at)
    if not work.outbox.put(errand):
        work.outbox.revive(LOG_ANCHOR, errand.key, at)


@dataclass(frozen=True, slots=True)
class AnchorLogs:
    """The handler of ``log.anchor``: sends a signed state to the chain and keeps its block."""

    storage: Storage
    keys: LogKeys
    ledger: Ledger

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Anchor one after the other."""
        failures = {}
        for errand in errands:
            try:
                self._anchor(errand)
            except EncodingError:
                failures[errand.id] = Failure("log.malformed", lasting=True)
            except LedgerError as error:
                # Also where it is refused: an earlier attempt may be in the chain's queue.
                failures[errand.id] = Failure(error.code)
        return failures

    def _anchor(self, errand: LeasedErrand) -> None:
        document = Document.of(parse_canonical(errand.payload), LOG_ANCHOR)
        log, sequence = document.text("log"), document.integer("sequence")
        document.close()
        with self.storage.reading() as reading:
            anchor = reading.logs.anchor(log, sequence)
        if anchor is None:
            raise EncodingError("the log has no such state")
        name = log_id(self.keys.origin(log))
        if sequence == 0:
            self.ledger.open_log(name, self.keys.key(log).public)
        found = self.ledger.anchor(name, sequence, anchor.size, anchor.root)
        with self.storage.work() as work:
            work.logs.confirm_anchor(_confirmed(anchor, found))


@dataclass(frozen=True, slots=True)
class LostAnchor:
    """An anchor that was believed to be on chain; ``forked`` where another stands in its place."""

    log: str
    sequence: int
    forked: bool


def audit_anchors(
    storage: Storage, keys: LogKeys, ledger: Ledger, logs: Sequence[str], at: datetime
) -> list[LostAnchor]:
    """Compare what is believed to be on chain with the chain.

    An anchor that the chain lost is sent again. One in whose place another state stands cannot be
    mended by any program: two states were signed, or this is another chain.

    Raises:
        LedgerUnavailableError: the chain cannot be asked.
    """
    snapshot = ledger.snapshot()
    lost = []
    for log in logs:
        known = snapshot.log(log_id(keys.origin(log)))
        on_chain = {point.sequence: point for point in known.checkpoints} if known else {}
        with storage.work() as work:
            for anchor in work.logs.anchors(log):
                point = on_chain.get(anchor.sequence)
                if anchor.block is None or _same(anchor, point):
                    continue
                lost.append(LostAnchor(log, anchor.sequence, forked=point is not None))
                if point is None:
                    work.logs.confirm_anchor(replace(anchor, block=None, time=None))
                    send_anchor(work, anchor, at)
    return lost


def _same(anchor: Anchor, point: AnchoredCheckpoint | None) -> bool:
    return point is not None and (anchor.size, anchor.root) == (point.size, point.root)


def _confirmed(anchor: Anchor, found: AnchoredCheckpoint) -> Anchor:
    return replace(anchor, block=found.block, time=found.time)
