"""The ledger of destructions: a file beside the database, which backups do not hold.

One line of canonical JSON for each record that was destroyed: when, of which kind, why, a random
salt, and a keyed digest of the record's id; each line names the hash of the one before. A restore
reads it and destroys again what a backup brought back. A line is on disk before the record goes, so
a destruction that a crash cut short is made good at the next start.
"""

import fcntl
import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

from api.ports.destruction import RecordKind
from api.ports.means import whole_second
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, format_time, parse_canonical, tagged_hash
from contracts.evidence.errors import EncodingError

VERSION: Final = "dojang-destruction-v1"
DESTRUCTION_KEY: Final = "destructions.key"
SALT_BYTES: Final = 16
MAX_LINE_BYTES: Final = 1024
MAX_REASON: Final = 64
NO_LINE: Final = bytes(32)


class DestructionLedgerError(Exception):
    """The ledger cannot be believed: a line is damaged, missing or out of order."""

    code: ClassVar[str] = "destruction.ledger"


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """How far the ledger goes: its lines, and the hash of the last (32 zero bytes for none)."""

    lines: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that was written: its hash, for the evidence log."""

    kind: RecordKind
    reason: str
    at: datetime
    hash: bytes

    def evidence(self) -> bytes:
        """What the evidence log's leaf stands for; the line's salt keeps it from being guessed."""
        return canonical(
            {
                "version": VERSION,
                "kind": self.kind.value,
                "reason": self.reason,
                "at": format_time(self.at),
                "line": self.hash.hex(),
            }
        )


@dataclass(frozen=True, slots=True)
class DestructionLedger:
    """The file, and the key of its digests.

    Args:
        path: made at the first destruction.
        key: 32 bytes, kept with the service's keys; without it nobody can tell whom a line means.
        rng: makes salts.
    """

    path: Path
    key: bytes = field(repr=False)
    rng: Callable[[int], bytes] = field(repr=False)

    def digest(self, kind: RecordKind, subject: str) -> bytes:
        """The keyed digest by which a record is known again."""
        message = tagged_hash("dojang-api-v1/destruction", kind.value.encode(), subject.encode())
        return hmac.digest(self.key, message, "sha256")

    def append(self, kind: RecordKind, subject: str, reason: str, at: datetime) -> Entry:
        """Write one line durably.

        Raises:
            DestructionLedgerError: the ledger is damaged.
            OSError: the disk refuses; the ledger is as it was.
        """
        at = whole_second(at)
        with self._locked() as descriptor:
            head, end = _head(_read_all(descriptor))
            line = canonical(
                {
                    "version": VERSION,
                    "number": head.lines,
                    "kind": kind.value,
                    "reason": reason[:MAX_REASON],
                    "at": format_time(at),
                    "salt": self.rng(SALT_BYTES).hex(),
                    "digest": self.digest(kind, subject).hex(),
                    "before": head.hash.hex(),
                }
            )
            os.ftruncate(descriptor, end)
            _write(descriptor, end, line + b"\n")
        return Entry(kind, reason[:MAX_REASON], at, sha256(line).digest())

    def head(self) -> LedgerHead:
        """How far the ledger goes.

        Raises:
            DestructionLedgerError: the ledger is damaged.
        """
        return _head(self._bytes())[0]

    def digests(self) -> frozenset[bytes]:
        """Everything that was destroyed.

        Raises:
            DestructionLedgerError: the ledger is damaged.
        """
        return frozenset(digest for _, digest in _lines(self._bytes()))

    def begins_with(self, head: LedgerHead) -> bool:
        """Whether the ledger goes on from a state it had before."""
        if head.lines == 0:
            return True
        hashes = [line for line, _ in _lines(self._bytes())]
        return len(hashes) >= head.lines and hashes[head.lines - 1] == head.hash

    def _bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _read_all(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _write(descriptor: int, place: int, line: bytes) -> None:
    """Write a whole line and wait for the disk; of a line that does not fit, nothing stays."""
    try:
        if os.pwrite(descriptor, line, place) != len(line):
            raise OSError(ENOSPC, os.strerror(ENOSPC))  # noqa: TRY301 - as if the system said it
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, place)
        raise


def _head(data: bytes) -> tuple[LedgerHead, int]:
    """The state, and where the next line goes: a last line without its end was never finished."""
    hashes = [line for line, _ in _lines(data)]
    return LedgerHead(len(hashes), hashes[-1] if hashes else NO_LINE), data.rfind(b"\n") + 1


def _lines(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each line's hash and digest, the chain of lines checked."""
    before = NO_LINE
    for number, line in enumerate(data.split(b"\n")[:-1]):
        try:
            document = Document.of(parse_canonical(line, max_bytes=MAX_LINE_BYTES), "destruction")
            document.version(VERSION)
            fits = document.integer("number") == number and document.hash("before") == before
            digest = document.hash("digest")
        except EncodingError as error:
            raise DestructionLedgerError(f"line {number + 1} is damaged") from error
        if not fits:
            raise DestructionLedgerError(f"line {number + 1} does not follow the one before")
        before = sha256(line).digest()
        yield before, digest
