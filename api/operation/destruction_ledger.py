"""The ledger of what must hold after a restore: a file beside the database, not in any backup.

One line of canonical JSON for each record that was destroyed: when, of which kind, why, a random
salt, a keyed digest of the record's id, and which key that is; and one for each act that protects
somebody (``api.ports.protection``), under random ids. Each line names the hash of the one before. A
restore reads it and does again what a backup undid. A line is on disk before the act is kept, so
one that a crash cut short is made good at the next start.

A new line costs the same however long the ledger is: the last lines alone are read and compared
with each other. Everything before them is compared whenever the whole is read: at every start of
the job worker, by a backup and by a restore.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from errno import EBUSY, ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

from api.ports.destruction import RecordKind
from api.ports.errors import StorageUnavailableError
from api.ports.means import whole_second
from api.ports.protection import (
    NO_LINE,
    LedgerHead,
    LedgerTail,
    Position,
    Protection,
    ProtectionKind,
    ProtectiveAct,
)
from api.store.locks import lock_in_time
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, format_time, parse_canonical, tagged_hash
from contracts.evidence.errors import EncodingError

VERSION: Final = "dojang-destruction-v1"
DESTRUCTION_KEY: Final = "destructions.key"
SALT_BYTES: Final = 16
MAX_LINE_BYTES: Final = 1024
MAX_REASON: Final = 64
KEY_NAME: Final = 16
"""Hexadecimal digits that tell keys of the ledger apart."""
LOCK_SECONDS: Final = 10.0
"""How long a line waits for another process that writes one."""
_TAIL_BYTES: Final = 4 * (MAX_LINE_BYTES + 1)
"""Holds the last two lines and one that was cut short, or the whole of a shorter ledger."""
ACT_VERSION: Final = "dojang-protection-v1"


class DestructionLedgerError(StorageUnavailableError):
    """The ledger cannot be believed: a line is damaged, missing or out of order.

    While it cannot, nothing that it may protect is read or written.
    """

    code: ClassVar[str] = "destruction.ledger"


class LedgerKeyError(DestructionLedgerError):
    """The ledger names destroyed records by a key that is not there, or another one."""

    code = "destruction.key"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that was written: its hash, for the evidence log, and where it stands."""

    kind: RecordKind
    reason: str
    at: datetime
    hash: bytes
    place: tuple[Position, Position]

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
        fields: dict[str, Json] = {
            "version": VERSION,
            "kind": kind.value,
            "reason": reason[:MAX_REASON],
            "at": format_time(at),
            "salt": self.rng(SALT_BYTES).hex(),
            "digest": self.digest(kind, subject).hex(),
            "key": self._key_name(),
        }
        place = self._write([fields])
        return Entry(kind, reason[:MAX_REASON], at, place[1].head.hash, place)

    def record(self, acts: Sequence[ProtectiveAct]) -> tuple[Position, Position]:
        """Write a line for each act durably, all or none; where the first begins, the last ends.

        Raises:
            DestructionLedgerError: the last lines are damaged, or an act is too long for a line.
            OSError: as for ``append``.
        """
        return self._write(
            [
                {
                    "version": ACT_VERSION,
                    "kind": act.kind.value,
                    "subject": act.subject,
                    "detail": dict(act.detail),
                }
                for act in acts
            ]
        )

    def _write(self, lines: Sequence[dict[str, Json]]) -> tuple[Position, Position]:
        with self._locked() as descriptor:
            begin = _tail(descriptor)
            head, data = begin.head, b""
            for fields in lines:
                line = canonical({**fields, "number": head.lines, "before": head.hash.hex()})
                if len(line) > MAX_LINE_BYTES:
                    raise DestructionLedgerError("an act is too long for a line")
                head, data = LedgerHead(head.lines + 1, sha256(line).digest()), data + line + b"\n"
            os.ftruncate(descriptor, begin.offset)
            _write(descriptor, begin.offset, data)
        return begin, Position(head, begin.offset + len(data))

    def position(self) -> Position:
        """Where the ledger ends, by its last lines.

        Raises:
            DestructionLedgerError: the last lines are damaged.
        """
        try:
            with self.path.open("rb") as file:
                return _tail(file.fileno())
        except FileNotFoundError:
            return Position()

    def tail(self, since: Position) -> LedgerTail:
        """What was written after a position; all lines where that is the beginning.

        Raises:
            DestructionLedgerError: the lines are damaged, or the ledger never was in that state.
            LedgerKeyError: a line names a record by another key than this ledger's.
        """
        lines, end = self._after(since)
        if any(line.key not in {None, self._key_name()} for line in lines):
            raise LedgerKeyError("the ledger was written with another key")
        return LedgerTail(
            frozenset(line.digest for line in lines if line.digest is not None),
            [line.act for line in lines if line.act is not None],
            end,
        )

    def protection(self) -> Protection:
        """The ledger as a database uses it."""
        return Protection(self.record, self.position, self.tail, self.digest)

    def _after(self, since: Position) -> tuple[list["_Line"], Position]:
        """The lines after a position, read from there on where the file still has it there."""
        window = max(0, since.offset - MAX_LINE_BYTES - 1)
        data, place = self._bytes(window), since.offset - window
        last = data[:place].split(b"\n")[-2:-1]
        if since.head.lines and [sha256(line).digest() for line in last] != [since.head.hash]:
            return self._after_anywhere(since)
        rest = data[place:]
        lines = list(_chained(rest.split(b"\n")[:-1], since.head.lines, since.head.hash))
        end = since.offset + rest.rfind(b"\n") + 1
        return lines, Position(_head(lines) if lines else since.head, end)

    def _after_anywhere(self, since: Position) -> tuple[list["_Line"], Position]:
        """The same by reading everything: the file was copied, or is another one."""
        data = self._bytes()
        lines = list(_lines(data))
        known = since.head
        if len(lines) < known.lines or lines[known.lines - 1].hash != known.hash:
            raise DestructionLedgerError(
                f"the ledger lacks lines that the database knows of ({known.lines})"
            )
        return lines[known.lines :], Position(_head(lines), data.rfind(b"\n") + 1)

    def _key_name(self) -> str:
        return tagged_hash("dojang-api-v1/destruction-key", self.key).hex()[:KEY_NAME]

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
        return frozenset(line.digest for line in _lines(self._bytes()) if line.digest is not None)

    def begins_with(self, head: LedgerHead) -> bool:
        """Whether the ledger goes on from a state it had before."""
        if head.lines == 0:
            return True
        hashes = [line.hash for line in _lines(self._bytes())]
        return len(hashes) >= head.lines and hashes[head.lines - 1] == head.hash

    def _bytes(self, start: int = 0) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                return file.read()
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
    hash: bytes
    digest: bytes | None = None
    key: str | None = None
    act: ProtectiveAct | None = None

    @classmethod
    def of(cls, line: bytes) -> "_Line":
        """A line from its bytes.

        Raises:
            EncodingError: it is none.
        """
        value = parse_canonical(line, max_bytes=MAX_LINE_BYTES)
        document = Document.of(value, "destruction")
        number, before = document.integer("number"), document.hash("before")
        made = cls(number, before, sha256(line).digest())
        if isinstance(value, dict) and value.get("version") == ACT_VERSION:
            return replace(made, act=_act(document, value))
        document.version(VERSION)
        key = document.text("key") if isinstance(value, dict) and "key" in value else None
        return replace(made, digest=document.hash("digest"), key=key)


def _act(document: Document, value: dict[str, Json]) -> ProtectiveAct:
    document.version(ACT_VERSION)
    try:
        kind = ProtectionKind(document.text("kind"))
    except ValueError:
        raise EncodingError("an act of an unknown kind") from None
    detail = value.get("detail")
    if not isinstance(detail, dict):
        raise EncodingError("an act without its detail")
    return ProtectiveAct(kind, document.text("subject"), detail)


def _tail(descriptor: int) -> Position:
    """The state by the last lines, and where the next one goes.

    A last line without its end was never finished, and gives way.
    """
    size = os.fstat(descriptor).st_size
    start = max(0, size - _TAIL_BYTES)
    data = os.pread(descriptor, size - start, start)
    pieces, end = data.split(b"\n")[:-1], start + data.rfind(b"\n") + 1
    if start == 0:
        return Position(_head(_chained(pieces, 0, NO_LINE)), end)
    try:
        known, last = _Line.of(pieces[-2]), pieces[-1]
    except (EncodingError, IndexError) as error:
        raise DestructionLedgerError("the last line but one is damaged") from error
    return Position(_head(_chained([last], known.number + 1, known.hash)), end)


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
