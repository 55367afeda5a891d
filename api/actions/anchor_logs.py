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
from contracts.evidence.snapshot import AnchoredCheckpoint, TrustSnapshot

LOG_ANCHOR: Final = "log.anchor"
LOST_ANCHOR: Final = "log.anchor_lost"
"""Why an errand waits: the chain lost what it had, and that is put back first."""
AUDIT_PAGE: Final = 500
"""Anchors that one transaction of an audit reads."""


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
            if not last.is_lost:
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
                if not self._anchor(errand):
                    failures[errand.id] = Failure(LOST_ANCHOR)
            except EncodingError:
                failures[errand.id] = Failure("log.malformed", lasting=True)
            except LedgerError as error:
                # Also where it is refused: an earlier attempt may be in the chain's queue.
                failures[errand.id] = Failure(error.code)
        return failures

    def _anchor(self, errand: LeasedErrand) -> bool:
        document = Document.of(parse_canonical(errand.payload), LOG_ANCHOR)
        log, sequence = document.text("log"), document.integer("sequence")
        document.close()
        with self.storage.reading() as reading:
            anchor = reading.logs.anchor(log, sequence)
            sight = reading.continuity.chain_sight()
        if anchor is None:
            raise EncodingError("the log has no such state")
        if anchor.is_lost or (sight and sight.is_being_restored):
            return False
        anchor_state(self.storage, self.keys, self.ledger, anchor)
        return True


def anchor_state(storage: Storage, keys: LogKeys, ledger: Ledger, anchor: Anchor) -> None:
    """Send a signed state to the chain, and keep its block; doing it again changes nothing.

    Raises:
        LedgerError: the chain refused, or could not be reached.
    """
    name = log_id(keys.origin(anchor.log))
    if anchor.sequence == 0:
        ledger.open_log(name, keys.key(anchor.log).public)
    found = ledger.anchor(name, anchor.sequence, anchor.size, anchor.root)
    with storage.work() as work:
        work.logs.confirm_anchor(_confirmed(anchor, found))


@dataclass(frozen=True, slots=True)
class LostAnchor:
    """An anchor that was believed to be on chain; ``forked`` where another stands in its place."""

    log: str
    sequence: int
    forked: bool


def audit_anchors(
    storage: Storage, keys: LogKeys, snapshot: TrustSnapshot, log: str, since: int = 0
) -> list[LostAnchor]:
    """Compare what is believed to be on chain of one log with the chain, page by page.

    Anchors that the chain lost are marked as lost, and put back in order by
    ``api.operation.chain_restoration``; only the first of them is returned. One in whose place
    another state stands cannot be mended by any program: two states were signed, or this is another
    chain. Where a block was exchanged (a reorganisation), block and time are kept anew.

    States are compared from ``since`` on; what the chain lost is always found.
    """
    known = snapshot.log(log_id(keys.origin(log)))
    points = known.checkpoints if known else ()
    with storage.work() as work:
        lost = work.logs.lose_anchors(log, len(points))
    findings = [LostAnchor(log, len(points), forked=False)] if lost else []
    while since < len(points):
        with storage.reading() as reading:
            page = reading.logs.anchors_from(log, since, AUDIT_PAGE)
        pairs = [(a, points[a.sequence]) for a in page if a.sequence < len(points)]
        findings += [LostAnchor(log, a.sequence, forked=True) for a, p in pairs if not _same(a, p)]
        moved = [
            _confirmed(a, p) for a, p in pairs if _same(a, p) and a.block and a != _confirmed(a, p)
        ]
        if moved:
            with storage.work() as work:
                for anchor in moved:
                    work.logs.confirm_anchor(anchor)
        if not pairs:
            break
        since = pairs[-1][0].sequence + 1
    return findings


def _same(anchor: Anchor, point: AnchoredCheckpoint) -> bool:
    return (anchor.size, anchor.root) == (point.size, point.root)


def _confirmed(anchor: Anchor, found: AnchoredCheckpoint) -> Anchor:
    return replace(anchor, block=found.block, time=found.time)
