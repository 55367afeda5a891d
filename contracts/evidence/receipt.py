"""Receipts: one entry's place in a log, provable offline. The format is C2SP tlog-proof v1.

    c2sp.org/tlog-proof@v1
    index <decimal>
    <base64 of each node of the audit path, sibling first>
    <empty line>
    <signed checkpoint>

The receipt does not hold the entry: whoever checks has it already.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import MAX_PROOF_NODES, check_inclusion
from contracts.evidence.note import MAX_NOTE_BYTES, LogKey

HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,14})")
_HEAD_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Receipt:
    """An unverified receipt: 0-based index, audit path, and the signed checkpoint's text."""

    index: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """The receipt in C2SP tlog-proof form."""
        nodes = [base64.b64encode(node).decode("ascii") for node in self.path]
        return "\n".join([HEADER, f"index {self.index}", *nodes, "", self.note])


def parse_receipt(text: str) -> Receipt:
    """Parse a receipt. Extra data, which nobody signs, is refused.

    Raises:
        ProofError: for any other form.
    """
    if len(text) > 2 * MAX_NOTE_BYTES:
        raise ProofError("a receipt is too long")
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    place = _INDEX.fullmatch(lines[1]) if len(lines) >= _HEAD_LINES else None
    if not separator or lines[0] != HEADER or place is None:
        raise ProofError(f"a receipt starts with {HEADER} and an index")
    nodes = lines[_HEAD_LINES:]
    if len(nodes) > MAX_PROOF_NODES:
        raise ProofError("a receipt's path is too long")
    return Receipt(int(place[1]), tuple(_node(line) for line in nodes), note)


def check_receipt(receipt: Receipt, leaf: bytes, keys: Sequence[LogKey]) -> Checkpoint:
    """Check that a leaf (32-byte leaf hash) stands where its receipt says; return the checkpoint.

    Raises:
        CheckpointError: the checkpoint is not signed by a key of the log.
        ProofError: the path does not lead to its root.

    Not checked: that the checkpoint was anchored.
    """
    checkpoint = open_checkpoint(receipt.note, keys)
    check_inclusion(leaf, receipt.index, checkpoint.size, receipt.path, checkpoint.root)
    return checkpoint


def _node(line: str) -> bytes:
    try:
        node = base64.b64decode(line.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ProofError("a node of the receipt is not base64") from error
    if len(node) != HASH_BYTES or base64.b64encode(node).decode("ascii") != line:
        raise ProofError("a node of the receipt is no hash")
    return node
