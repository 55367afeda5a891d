"""Signed checkpoints of a log: C2SP tlog-checkpoint inside a C2SP signed note.

    <origin>
    <size, decimal>
    <base64 of the root>
    <empty line>
    — <origin> <base64 of key id and signature>

Extension lines are refused: monitors do not audit them.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import CheckpointError
from contracts.evidence.merkle import MAX_TREE_BITS
from contracts.evidence.note import LogKey, is_origin, open_note, sign_note, unbase64

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: its name, number of leaves and root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text that is signed, final newline included."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Return the signed note of a checkpoint.

    Raises:
        CheckpointError: for an origin that is no key name, or a root that is not 32 bytes.
    """
    _check_fields(checkpoint)
    return sign_note(checkpoint.text(), checkpoint.origin, key)


def open_checkpoint(note: str, keys: Sequence[LogKey]) -> Checkpoint:
    """Verify a signed note under one of the log's keys and return its checkpoint.

    Args:
        note: the whole note, final newline included.
        keys: keys that are trusted for this log; at least one.

    Raises:
        CheckpointError: malformed note, origin of no given key, no signature by a known key, or a
            known key's signature that does not verify.
    """
    text = open_note(note, keys, lambda text: parse_checkpoint_text(text).origin)
    return parse_checkpoint_text(text)


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Parse the note text of a checkpoint.

    Raises:
        CheckpointError: for anything but the three lines.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise CheckpointError("a checkpoint has three lines: origin, size and root")
    origin, size, root = lines[:_LINES]
    if not _SIZE.fullmatch(size) or int(size) >> MAX_TREE_BITS:
        raise CheckpointError("the checkpoint's size is no plain decimal within bounds")
    checkpoint = Checkpoint(origin, int(size), unbase64(root))
    _check_fields(checkpoint)
    return checkpoint


def _check_fields(checkpoint: Checkpoint) -> None:
    if not is_origin(checkpoint.origin):
        raise CheckpointError("an origin has 1 to 255 characters, no space and no plus")
    if len(checkpoint.root) != HASH_BYTES:
        raise CheckpointError("a root has 32 bytes")
