"""A registrar's published log: which blinded keys it signed, without order, time or person.

``entry = M (48) | nc (32)``; entries are sorted by M, so that a log says nothing about who came
when. The log is an RFC 9162 tree whose root the registrar signs with its identity key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.merkle import leaf_hash, root
from voting.crypto.group import G1
from voting.poll.errors import RecordError

ENTRY_BYTES: Final = G1.point_bytes + HASH_BYTES
MAX_ENTRIES: Final = 1 << 24
_KEY: Final = G1.point_bytes


@dataclass(frozen=True, slots=True)
class TokenLog:
    """One registrar's log.

    Args:
        entries: 80 bytes each, sorted.
        note: signed checkpoint over them, under ``<board origin>/registrar/<j>``.
    """

    entries: tuple[bytes, ...]
    note: str

    @property
    def requests(self) -> tuple[bytes, ...]:
        """The blinded keys, 48 bytes each."""
        return tuple(entry[:_KEY] for entry in self.entries)


def encode_entry(blinded: bytes, commitment: bytes) -> bytes:
    """``M | nc``."""
    return blinded + commitment


def read_entries(data: bytes) -> tuple[bytes, ...]:
    """Cut a log's file into its entries.

    Raises:
        RecordError: another length than whole entries, or too many.
        GroupError: a blinded key in no canonical form (G-01, G-02).

    Not checked: that blinded keys are points of the subgroup, and the order.
    """
    if len(data) % ENTRY_BYTES or len(data) > ENTRY_BYTES * MAX_ENTRIES:
        raise RecordError(f"{len(data)} bytes are no token log")
    entries = tuple(data[at : at + ENTRY_BYTES] for at in range(0, len(data), ENTRY_BYTES))
    for entry in entries:
        G1.check_form(entry[:_KEY])
    return entries


@dataclass(slots=True)
class EntryOrder:
    """Whether entries, looked at one by one, ascend strictly by M with different commitments."""

    ascending: bool = True
    distinct: bool = True
    _last: bytes = b""
    _commitments: set[bytes] = field(default_factory=set, repr=False)

    def add(self, entry: bytes) -> None:
        """Look at the next entry."""
        request, commitment = entry[:_KEY], entry[_KEY:]
        self.ascending = self.ascending and self._last < request
        self.distinct = self.distinct and commitment not in self._commitments
        self._commitments.add(commitment)
        self._last = request

    def check(self) -> None:
        """Judge what was looked at.

        Raises:
            RecordError: an order that could tell who came when, a request twice, or one person
                twice.
        """
        if not self.ascending:
            raise RecordError("the entries are not in strictly ascending order of M")
        if not self.distinct:
            raise RecordError("two entries carry one commitment")


def check_order(entries: Iterable[bytes]) -> None:
    """Require entries in strictly ascending order of M, with different commitments.

    Raises:
        RecordError: as ``EntryOrder.check``.
    """
    order = EntryOrder()
    for entry in entries:
        order.add(entry)
    order.check()


def entries_root(entries: Sequence[bytes]) -> bytes:
    """The root over all entries."""
    return root([leaf_hash(entry) for entry in entries])
