"""What is anchored once and for all: a log of one leaf, so that nothing can be added to it.

The opened sheets and the partial decryptions each stand in such a log of their own (SPEC section
17): the chain then says which came first, and when.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.encoding import canonical
from contracts.evidence.merkle import leaf_hash, root
from contracts.evidence.names import log_id
from contracts.evidence.note import LogKey
from contracts.evidence.snapshot import TrustSnapshot
from voting.contest.commitments import SheetOpening

ONE: Final = 1


def opened_leaf(openings: Sequence[SheetOpening]) -> bytes:
    """The leaf for a set of opened sheets: the canonical JSON of the list of openings."""
    return canonical([opening.to_json() for opening in openings])


def lone_checkpoint(key: LogKey, leaf: bytes) -> Checkpoint:
    """The only state that such a log ever has."""
    return Checkpoint(key.origin, ONE, root([leaf_hash(leaf)]))


def is_anchored_alone(chain: TrustSnapshot, key: LogKey, leaf: bytes, at: datetime) -> bool:
    """Whether this leaf, nothing else, was anchored at that time."""
    log, state = chain.log(log_id(key.origin)), lone_checkpoint(key, leaf)
    states = [] if log is None else [(p.size, p.root, p.time) for p in log.checkpoints]
    return states == [(state.size, state.root, at)]


def is_untouched(chain: TrustSnapshot, key: LogKey) -> bool:
    """Whether nothing was anchored in a log."""
    log = chain.log(log_id(key.origin))
    return log is None or not log.checkpoints
