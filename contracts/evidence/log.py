"""A log being written: entries become leaves, and its state is signed. Storage is the caller's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.merkle import Tree, leaf_hash, prove_inclusion
from contracts.evidence.names import log_id
from contracts.evidence.note import LogKey
from contracts.evidence.promise import Promise, sign_promise
from contracts.evidence.receipt import Receipt


@dataclass(slots=True)
class LogWriter:
    """One log in memory with its signing key; growing it is the only way to change it.

    A log must never sign two states that do not extend each other: there is one writer a log.
    """

    origin: str
    key: Ed25519PrivateKey = field(repr=False)
    tree: Tree = field(default_factory=Tree, repr=False)

    @property
    def log_id(self) -> bytes:
        """The 32 bytes under which the log is known on chain."""
        return log_id(self.origin)

    @property
    def public_key(self) -> LogKey:
        """The key that checks its checkpoints."""
        return LogKey(self.origin, self.key.public_key().public_bytes_raw())

    def append(self, entry: bytes) -> int:
        """Add an entry and return its 0-based index."""
        return self.tree.append(leaf_hash(entry))

    def pad(self, multiple: int, rng: Callable[[int], bytes]) -> None:
        """Fill up to a multiple with random leaves, so that a batch does not tell its volume.

        A padding leaf is 32 random bytes: nobody can tell it from an entry's leaf hash.
        """
        while self.tree.size % multiple:
            self.tree.append(rng(HASH_BYTES))

    def promise(self, entry: bytes, deadline: datetime) -> str:
        """The signed word that an entry will be included by a deadline (whole seconds, UTC)."""
        return sign_promise(Promise(self.origin, leaf_hash(entry), deadline), self.key)

    def checkpoint(self) -> Checkpoint:
        """The state now."""
        return Checkpoint(self.origin, self.tree.size, self.tree.root())

    def signed_checkpoint(self) -> str:
        """The signed note of the state now."""
        return sign_checkpoint(self.checkpoint(), self.key)

    def receipt(self, index: int) -> Receipt:
        """The receipt of an entry under the state now.

        Raises:
            ProofError: if there is no such entry.
        """
        path = prove_inclusion(self.tree, index, self.tree.size)
        return Receipt(index, path, self.signed_checkpoint())
