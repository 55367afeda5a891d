"""Signed notes (C2SP signed-note) with Ed25519 signatures, type 0x01.

What is not authenticated: signatures by unknown keys, which are ignored as the format demands.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.evidence.errors import CheckpointError

MAX_NOTE_BYTES: Final = 1 << 16
MAX_SIGNATURES: Final = 16
_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_NAME: Final = re.compile(r"[^\s+]{1,255}")


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public key (32 bytes) that a log signs with, under the log's origin as its name."""

    origin: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of ``SHA-256(name | 0x0A | 0x01 | public key)`` (C2SP signed-note)."""
        hashed = hashlib.sha256(self.origin.encode() + b"\n" + _ED25519 + self.public)
        return hashed.digest()[:_KEY_ID_BYTES]


def is_origin(name: str) -> bool:
    """Whether a text can name a log: 1 to 255 characters, no space and no plus."""
    return _NAME.fullmatch(name) is not None


def sign_note(text: str, origin: str, key: Ed25519PrivateKey) -> str:
    """Sign a note text, which ends with a newline.

    Raises:
        CheckpointError: for an origin that is no key name.
    """
    if not is_origin(origin):
        raise CheckpointError("an origin has 1 to 255 characters, no space and no plus")
    public = LogKey(origin, key.public_key().public_bytes_raw())
    signature = public.key_id + key.sign(text.encode())
    return f"{text}\n— {origin} {_b64(signature)}\n"


def open_note(note: str, keys: Sequence[LogKey], origin_of: Callable[[str], str]) -> str:
    """Verify a note under one of the keys of the log that its text names.

    Args:
        note: the whole note, final newline included.
        keys: keys that are trusted; at least one of them must have signed.
        origin_of: finds the origin in the text, or raises because the text is malformed.

    Returns:
        The text, final newline included.

    Raises:
        CheckpointError: malformed note, no signature by a known key of that origin, or a known
            key's signature that does not verify.
    """
    text, lines = _split(note)
    origin = origin_of(text)
    known = {(key.origin, key.key_id): key for key in keys if key.origin == origin}
    signed = False
    for line in lines:
        name, key_id, signature = _parse_signature(line)
        key = known.get((name, key_id))
        if key is not None:
            _verify(key, signature, text)
            signed = True
    if not signed:
        raise CheckpointError("the note is not signed by a key of its log")
    return text


def unbase64(text: str) -> bytes:
    """Standard base64, in the one spelling there is.

    Raises:
        CheckpointError: any other text.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise CheckpointError("not base64") from error
    if _b64(data) != text:
        raise CheckpointError("base64 text is not canonical")
    return data


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
    blob = unbase64(encoded)
    if dash != "—" or not is_origin(name) or len(blob) <= _KEY_ID_BYTES:
        raise CheckpointError("malformed signature line")
    return name, blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES:]


def _verify(key: LogKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise CheckpointError("a signature by the log's key does not verify") from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
