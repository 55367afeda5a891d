"""Signed checkpoints of a log: C2SP tlog-checkpoint inside a C2SP signed note, Ed25519 (type 0x01).

    <origin>
    <size, decimal>
    <base64 of the root>
    <empty line>
    — <key name> <base64 of key id and signature>

What is not authenticated: signatures by unknown keys, which are ignored as the note format demands.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import CheckpointError
from contracts.evidence.merkle import MAX_TREE_BITS

MAX_NOTE_BYTES: Final = 1 << 16
MAX_SIGNATURES: Final = 16
_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_NAME: Final = re.compile(r"[^\s+]{1,255}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_BODY_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: its name, number of leaves and root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text that is signed, final newline included."""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public key that a log signs its checkpoints with, under the log's origin as its name."""

    origin: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of ``SHA-256(name | 0x0A | 0x01 | public key)`` (C2SP signed-note)."""
        hashed = hashlib.sha256(self.origin.encode() + b"\n" + _ED25519 + self.public)
        return hashed.digest()[:_KEY_ID_BYTES]


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Return the signed note of a checkpoint.

    Raises:
        CheckpointError: for an origin that is no key name, or a root that is not 32 bytes.
    """
    _check_fields(checkpoint)
    text = checkpoint.text()
    public = LogKey(checkpoint.origin, key.public_key().public_bytes_raw())
    signature = public.key_id + key.sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {_b64(signature)}\n"


def open_checkpoint(note: str, keys: Sequence[LogKey]) -> Checkpoint:
    """Verify a signed note under one of the log's keys and return its checkpoint.

    Args:
        note: the whole note, final newline included.
        keys: keys that are trusted for this log; at least one.

    Raises:
        CheckpointError: malformed note, origin of no given key, no signature by a known key, or a
            known key's signature that does not verify.
    """
    text, lines = _split(note)
    checkpoint = parse_checkpoint_text(text)
    known = {(key.origin, key.key_id): key for key in keys if key.origin == checkpoint.origin}
    signed = False
    for line in lines:
        name, key_id, signature = _parse_signature(line)
        key = known.get((name, key_id))
        if key is not None:
            _verify(key, signature, text)
            signed = True
    if not signed:
        raise CheckpointError("the checkpoint is not signed by a key of its log")
    return checkpoint


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Parse the note text of a checkpoint; extension lines are refused.

    Raises:
        CheckpointError: for anything but the three lines.
    """
    lines = text.split("\n")
    if len(lines) != _BODY_LINES + 1 or lines[-1]:
        raise CheckpointError("a checkpoint has three lines: origin, size and root")
    origin, size, root = lines[:_BODY_LINES]
    if not _SIZE.fullmatch(size) or int(size) >> MAX_TREE_BITS:
        raise CheckpointError("the checkpoint's size is no plain decimal within bounds")
    checkpoint = Checkpoint(origin, int(size), _unb64(root))
    _check_fields(checkpoint)
    return checkpoint


def _check_fields(checkpoint: Checkpoint) -> None:
    if not _NAME.fullmatch(checkpoint.origin):
        raise CheckpointError("an origin has 1 to 255 characters, no space and no plus")
    if len(checkpoint.root) != HASH_BYTES:
        raise CheckpointError("a root has 32 bytes")


def _split(note: str) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE_BYTES:
        raise CheckpointError(f"a note has at most {MAX_NOTE_BYTES} characters")
    if any(char < " " and char != "\n" for char in note):
        raise CheckpointError("a note holds no control characters")
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise CheckpointError("a note is a text, an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise CheckpointError(f"a note has at most {MAX_SIGNATURES} signatures")
    return text + "\n", lines


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    blob = _unb64(encoded)
    if dash != "—" or not _NAME.fullmatch(name) or len(blob) <= _KEY_ID_BYTES:
        raise CheckpointError("malformed signature line")
    return name, blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES:]


def _verify(key: LogKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise CheckpointError("a checkpoint signature by the log's key does not verify") from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise CheckpointError("not base64") from error
    if _b64(data) != text:
        raise CheckpointError("base64 text is not canonical")
    return data
