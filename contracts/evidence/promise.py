"""Promises: a log's signed word that an entry will be included by a given time.

    dojang-promise-v1
    <origin>
    <base64 of the leaf hash>
    <deadline, RFC 3339 UTC>
    <empty line>
    — <origin> <base64 of key id and signature>

A signed note (C2SP signed-note) under the log's key. Its first line keeps it apart from
checkpoints: these have three lines and start with an origin.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.encoding import HASH_BYTES, format_time, parse_time
from contracts.evidence.errors import EncodingError, PromiseError
from contracts.evidence.note import LogKey, open_note, sign_note, unbase64

PROMISE_VERSION: Final = "dojang-promise-v1"
_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Promise:
    """An entry (32-byte leaf hash) will stand in the log ``origin`` by ``deadline``."""

    origin: str
    leaf: bytes
    deadline: datetime

    def text(self) -> str:
        """The note text that is signed."""
        leaf = base64.b64encode(self.leaf).decode("ascii")
        return f"{PROMISE_VERSION}\n{self.origin}\n{leaf}\n{format_time(self.deadline)}\n"


def sign_promise(promise: Promise, key: Ed25519PrivateKey) -> str:
    """The signed note of a promise.

    Raises:
        CheckpointError: an origin that is no key name.
        EncodingError: a deadline without zone or with a fraction of a second.
        PromiseError: a leaf that is no hash.
    """
    if len(promise.leaf) != HASH_BYTES:
        raise PromiseError("a promise is made for a leaf hash of 32 bytes")
    return sign_note(promise.text(), promise.origin, key)


def open_promise(note: str, keys: Sequence[LogKey]) -> Promise:
    """Verify a promise under one of the log's keys.

    Raises:
        CheckpointError: not signed by a key of the log it names.
        PromiseError: malformed, or of another version.
    """
    text = open_note(note, keys, _origin_of)
    lines = text.split("\n")
    try:
        return Promise(lines[1], unbase64(lines[2]), parse_time(lines[3]))
    except EncodingError as error:
        raise PromiseError(f"malformed promise: {error}") from error


def _origin_of(text: str) -> str:
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[0] != PROMISE_VERSION:
        raise PromiseError(f"a promise has four lines and starts with {PROMISE_VERSION}")
    if len(unbase64(lines[2])) != HASH_BYTES:
        raise PromiseError("a promise is made for a leaf hash of 32 bytes")
    return lines[1]
