"""RFC 9162 Merkle trees: roots, inclusion proofs and consistency proofs, with their checks.

Proving reads stored hashes through a one-method port, so that a tree of any size can live anywhere;
checking needs nothing but the proof. Every function is pure. Numbers are 0-based; hashes are
32 bytes (SHA-256).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import ProofError

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
MAX_TREE_BITS: Final = 48
MAX_PROOF_NODES: Final = 2 * MAX_TREE_BITS
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


class HashReader(Protocol):
    """Where the hashes of perfect subtrees are kept."""

    def read(self, level: int, index: int) -> bytes:
        """The root of the leaves ``[index << level, (index + 1) << level)``, all present."""


def leaf_hash(entry: bytes) -> bytes:
    """``SHA-256(0x00 | entry)`` (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``SHA-256(0x01 | left | right)`` (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(_NODE + left + right).digest()


@dataclass(slots=True)
class Tree:
    """A growing tree in memory: 64 bytes a leaf, appending costs two hashes on average."""

    _levels: list[bytearray] = field(default_factory=lambda: [bytearray()])

    @property
    def size(self) -> int:
        """How many leaves the tree holds."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash (32 bytes) and return its index.

        Raises:
            ProofError: if the leaf hash has another length.
        """
        _check_hash(leaf)
        index, level, digest = self.size, 0, leaf
        self._levels[0] += digest
        while (index >> level) & 1:
            digest = node_hash(self.read(level, (index >> level) - 1), digest)
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += digest
        return index

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def read(self, level: int, index: int) -> bytes:
        """See ``HashReader.read``.

        Raises:
            ProofError: if that subtree is not complete yet.
        """
        start = index * HASH_BYTES
        if not 0 <= level < len(self._levels) or not 0 <= start < len(self._levels[level]):
            raise ProofError(f"the tree holds no hash at level {level}, index {index}")
        return bytes(self._levels[level][start : start + HASH_BYTES])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first ``size`` leaves, over all of them by default."""
        return tree_root(self, self.size if size is None else size)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over a list of leaf hashes."""
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def tree_root(reader: HashReader, size: int) -> bytes:
    """The Merkle tree hash of the first ``size`` leaves (RFC 9162 section 2.1.1)."""
    return EMPTY_ROOT if size == 0 else _range_root(reader, 0, size)


def prove_inclusion(reader: HashReader, index: int, size: int) -> tuple[bytes, ...]:
    """The audit path of a leaf, its sibling first (RFC 9162 section 2.1.3.1).

    Raises:
        ProofError: unless ``0 <= index < size``.
    """
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_size(end - start)
        if index < middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start = middle
    return tuple(reversed(path))


def prove_consistency(reader: HashReader, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the first ``old`` leaves of ``new`` are unchanged (RFC 9162 section 2.1.4.1).

    Raises:
        ProofError: unless ``0 < old <= new``.
    """
    if not 0 < old <= new:
        raise ProofError(f"no consistency proof from size {old} to {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _left_size(end - start)
        if old <= middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(reader, start, end))
    return tuple(reversed(path))


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check an audit path (RFC 9162 section 2.1.3.2).

    Args:
        leaf: the entry's leaf hash, 32 bytes.
        index: the leaf's place, ``0 <= index < size``.
        size: number of leaves under ``root``.
        path: sibling first.
        root: 32 bytes.

    Raises:
        ProofError: naming what was wrong: place, path length, hash length or root.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} lies outside a tree of {size}")
    _check_hashes((leaf, root, *path))
    node, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if node & 1 or node == last:
            digest = node_hash(sibling, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if digest != root:
        raise ProofError("the inclusion proof leads to another root")


def check_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that a tree of ``new`` leaves extends one of ``old`` (RFC 9162 section 2.1.4.2).

    An empty old tree and an unchanged size need an empty proof; the empty tree's root is fixed.

    Raises:
        ProofError: naming what was wrong.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree cannot shrink from {old} to {new}")
    _check_hashes((old_root, new_root, *path))
    if old in {0, new}:
        _check_trivial(old, new, path, old_root, new_root)
        return
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        raise ProofError("the consistency proof is too short")
    first, second = _fold_consistency(old, new, nodes)
    if first != old_root:
        raise ProofError("the consistency proof leads to another old root")
    if second != new_root:
        raise ProofError("the consistency proof leads to another new root")


def _fold_consistency(old: int, new: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = nodes[0]
    for digest in nodes[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(digest, first), node_hash(digest, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, digest)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    return first, second


def _check_trivial(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    if path:
        raise ProofError("a consistency proof from nothing or to the same size is empty")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the empty tree has another root")
    if old == new and old_root != new_root:
        raise ProofError("two roots for one size")


def _range_root(reader: HashReader, start: int, end: int) -> bytes:
    """Root over ``[start, end)`` where ``start`` is a multiple of a power of two >= end - start."""
    subtrees: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        subtrees.append(reader.read(level, start >> level))
        start += 1 << level
    digest = subtrees.pop()
    while subtrees:
        digest = node_hash(subtrees.pop(), digest)
    return digest


def _left_size(size: int) -> int:
    """The largest power of two smaller than ``size`` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_hash(digest: bytes) -> None:
    if len(digest) != HASH_BYTES:
        raise ProofError(f"a hash has {HASH_BYTES} bytes, this one {len(digest)}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > MAX_PROOF_NODES:
        raise ProofError("the proof holds more nodes than any tree is deep")
    for digest in hashes:
        _check_hash(digest)
