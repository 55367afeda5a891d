"""The ledger of destructions: a file beside the database, which backups do not hold.

One line of canonical JSON for each record that was destroyed: when, of which kind, why, a random
salt, and a keyed digest of the record's id; each line names the hash of the one before. A restore
reads it and destroys again what a backup brought back. A line is on disk before the record goes, so
a destruction that a crash cut short is made good at the next start.

A new line costs the same however long the ledger is: the last lines alone are read and compared
with each other. Everything before them is compared whenever the whole is read: at every start of
the job worker, by a backup and by a restore.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from errno import EBUSY, ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

from api.ports.destruction import RecordKind
from api.ports.means import whole_second
from api.store.locks import lock_in_time
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, format_time, parse_canonical, tagged_hash
from contracts.evidence.errors import EncodingError

VERSION: Final = "dojang-destruction-v1"
DESTRUCTION_KEY: Final = "destructions.key"
SALT_BYTES: Final = 16
MAX_LINE_BYTES: Final = 1024
MAX_REASON: Final = 64
LOCK_SECONDS: Final = 10.0
"""How long a line waits for another process that writes one."""
_TAIL_BYTES: Final = 4 * (MAX_LINE_BYTES + 1)
"""Holds the last two lines and one that was cut short, or the whole of a shorter ledger."""
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
        """Write one line durably, at a cost that does not depend on how many there are.

        Raises:
            DestructionLedgerError: the last lines are damaged, or do not follow each other.
            OSError: the disk refuses, or another process writes for too long; the ledger is as it
                was.

        Not checked: lines before the last two; see ``digests``.
        """
        at = whole_second(at)
        with self._locked() as descriptor:
            head, end = _tail(descriptor)
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
        return _head(_lines(self._bytes()))

    def digests(self) -> frozenset[bytes]:
        """Everything that was destroyed.

        Raises:
            DestructionLedgerError: the ledger is damaged.
        """
        return frozenset(line.digest for line in _lines(self._bytes()))

    def begins_with(self, head: LedgerHead) -> bool:
        """Whether the ledger goes on from a state it had before."""
        if head.lines == 0:
            return True
        hashes = [line.hash for line in _lines(self._bytes())]
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
            if not lock_in_time(descriptor, LOCK_SECONDS):
                raise OSError(EBUSY, os.strerror(EBUSY))
            yield descriptor
        finally:
            os.close(descriptor)


def _write(descriptor: int, place: int, line: bytes) -> None:
    """Write a whole line and wait for the disk; of a line that does not fit, nothing stays."""
    try:
        if os.pwrite(descriptor, line, place) != len(line):
            raise OSError(ENOSPC, os.strerror(ENOSPC))  # noqa: TRY301 - as if the system said it
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, place)
        raise


@dataclass(frozen=True, slots=True)
class _Line:
    """One whole line of the ledger."""

    number: int
    before: bytes
    digest: bytes
    hash: bytes

    @classmethod
    def of(cls, line: bytes) -> "_Line":
        """A line from its bytes.

        Raises:
            EncodingError: it is none.
        """
        document = Document.of(parse_canonical(line, max_bytes=MAX_LINE_BYTES), "destruction")
        document.version(VERSION)
        return cls(
            document.integer("number"),
            document.hash("before"),
            document.hash("digest"),
            sha256(line).digest(),
        )


def _tail(descriptor: int) -> tuple[LedgerHead, int]:
    """The state by the last lines, and where the next one goes.

    A last line without its end was never finished, and gives way.
    """
    size = os.fstat(descriptor).st_size
    start = max(0, size - _TAIL_BYTES)
    data = os.pread(descriptor, size - start, start)
    pieces, end = data.split(b"\n")[:-1], start + data.rfind(b"\n") + 1
    if start == 0:
        return _head(_chained(pieces, 0, NO_LINE)), end
    try:
        known, last = _Line.of(pieces[-2]), pieces[-1]
    except (EncodingError, IndexError) as error:
        raise DestructionLedgerError("the last line but one is damaged") from error
    return _head(_chained([last], known.number + 1, known.hash)), end


def _head(lines: Iterable[_Line]) -> LedgerHead:
    last = None
    for line in lines:
        last = line
    return LedgerHead(last.number + 1, last.hash) if last else LedgerHead(0, NO_LINE)


def _lines(data: bytes) -> Iterator[_Line]:
    """All whole lines, the chain of lines checked."""
    return _chained(data.split(b"\n")[:-1], 0, NO_LINE)


def _chained(pieces: Sequence[bytes], number: int, before: bytes) -> Iterator[_Line]:
    """Lines that follow each other.

    Raises:
        DestructionLedgerError: one is damaged, missing or out of order.
    """
    for place, piece in enumerate(pieces, number):
        try:
            line = _Line.of(piece)
        except EncodingError as error:
            raise DestructionLedgerError(f"line {place + 1} is damaged") from error
        fits = line.number == place and line.before == before
        if not fits:
            raise DestructionLedgerError(f"line {place + 1} does not follow the one before")
        before = line.hash
        yield line
