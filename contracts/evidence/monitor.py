"""Monitors: whoever remembers the last checkpoint can tell that a log never went back.

A monitor is a value; following a log gives the next value. What it raises is evidence: two signed
notes that contradict each other, or a promise that was not kept, convince anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.errors import BrokenPromiseError, ForkError, ProofError
from contracts.evidence.merkle import check_consistency
from contracts.evidence.note import LogKey
from contracts.evidence.promise import Promise


@dataclass(frozen=True, slots=True)
class Monitor:
    """What a monitor of one log remembers: its keys and the last state it believed."""

    keys: tuple[LogKey, ...]
    last: Checkpoint

    @classmethod
    def start(cls, note: str, keys: Sequence[LogKey]) -> Self:
        """Begin with a signed checkpoint, believed because the log signed it.

        Raises:
            CheckpointError: it is not signed by a key of the log.
        """
        return cls(tuple(keys), open_checkpoint(note, keys))

    def follow(self, note: str, proof: Sequence[bytes]) -> Self:
        """Go on to a later checkpoint.

        Args:
            note: the signed checkpoint.
            proof: consistency proof from the last size to the new one.

        Raises:
            CheckpointError: it is not signed by a key of the log.
            ForkError: it is of another log, smaller, or does not extend what was seen.
        """
        checkpoint = open_checkpoint(note, self.keys)
        last = self.last
        if checkpoint.origin != last.origin or checkpoint.size < last.size:
            raise ForkError("the log went back to fewer entries, or became another log")
        try:
            check_consistency(last.size, checkpoint.size, proof, last.root, checkpoint.root)
        except ProofError as error:
            raise ForkError(f"the log does not extend what was seen: {error}") from error
        return replace(self, last=checkpoint)

    def check_promises(
        self, promises: Iterable[Promise], leaves: Sequence[bytes], at: datetime
    ) -> None:
        """Check that every promise whose time has come was kept.

        Args:
            promises: opened promises of this log.
            leaves: all leaf hashes of the log up to the last checkpoint.
            at: now.

        Raises:
            BrokenPromiseError: the first leaf that is missing after its deadline.

        Not checked: that the leaves give the last checkpoint's root; ``merkle.root`` does.
        """
        present = set(leaves)
        for promise in promises:
            due = promise.origin == self.last.origin and promise.deadline < at
            if due and promise.leaf not in present:
                raise BrokenPromiseError(f"leaf {promise.leaf.hex()} is missing past its deadline")
