"""The public record: one folder of files, every byte fixed by SPEC section 18, read as a stream.

A record is read through ``Folder`` and written as names with blocks of bytes, so that this module
opens no file. ``manifest.json`` lists every other file with length and SHA-256.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from voting.crypto.ceremony import MAX_PARTIES
from voting.crypto.transcript import PROTOCOL
from voting.poll.errors import RecordError

RECORD_VERSION: Final = f"{PROTOCOL}/record"
MANIFEST: Final = "manifest.json"
DEFINITION: Final = "definition.json"
TRUSTEE_CEREMONY: Final = "trustees/ceremony.bin"
REGISTRAR_CEREMONY: Final = "registrars/ceremony.bin"
ENDORSEMENTS: Final = "endorsements.json"
BALLOTS: Final = "board/ballots.bin"
ORDINATES: Final = "board/ordinates.bin"
CHECKPOINTS: Final = "board/checkpoints.jsonl"
CHECKS: Final = "board/checks.bin"
INBOX: Final = "board/inbox.jsonl"
AGGREGATE: Final = "tally/aggregate.json"
PARTIALS: Final = "tally/partials.bin"
COUNTS: Final = "tally/counts.json"
ENTRIES: Final = "contest/entries.json"
PANEL: Final = "contest/panel.json"
COMMITMENTS: Final = "contest/commitments.bin"
OPENED: Final = "contest/opened.json"
RESULT: Final = "contest/result.json"

ALWAYS: Final = frozenset(
    {DEFINITION, TRUSTEE_CEREMONY, REGISTRAR_CEREMONY, ENDORSEMENTS}
    | {BALLOTS, CHECKPOINTS, CHECKS, INBOX}
)
OPTIONAL: Final = frozenset({ORDINATES})
"""Files that a record may have or lack as its publisher likes."""
TALLY: Final = frozenset({AGGREGATE, PARTIALS, COUNTS})
CONTEST: Final = frozenset({ENTRIES, PANEL, COMMITMENTS, OPENED, RESULT})

MAX_FILES: Final = 2 * MAX_PARTIES + len(ALWAYS | OPTIONAL | TALLY | CONTEST)
MAX_FILE_BYTES: Final = 1 << 46
MAX_DOCUMENT_BYTES: Final = 1 << 23
BLOCK_BYTES: Final = 1 << 20


class Folder(Protocol):
    """Where a record is read from; every method raises ``RecordError`` for what cannot be read."""

    def names(self) -> Sequence[str]:
        """All files, paths relative to the record with ``/``."""

    def length(self, name: str) -> int:
        """The length of a file in bytes."""

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        """The bytes of a file in blocks of ``size``, the last one shorter."""


class Shelf(Folder, Protocol):
    """A folder that a record is written to, piece by piece."""

    def append(self, name: str, data: bytes) -> None:
        """Add bytes at the end of a file, which begins with the first of them.

        Raises:
            RecordError: they cannot be written.
        """


def token_names(registrar: int) -> tuple[str, str]:
    """Entries and signed note of a registrar's token log; ``registrar`` is 1-based."""
    return f"tokens/{registrar:02d}.bin", f"tokens/{registrar:02d}.note"


def read(folder: Folder, name: str, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """A whole file that has at most ``limit`` bytes.

    Raises:
        RecordError: it is missing, longer, or cannot be read.
    """
    if folder.length(name) > limit:
        raise RecordError(f"{name} has more than {limit} bytes")
    data = b"".join(folder.blocks(name, BLOCK_BYTES))
    if len(data) > limit:
        raise RecordError(f"{name} grew while it was read")
    return data


@dataclass(frozen=True, slots=True)
class MemoryFolder:
    """A small record in memory."""

    files: dict[str, bytes]

    def names(self) -> Sequence[str]:
        """See ``Folder.names``."""
        return sorted(self.files)

    def length(self, name: str) -> int:
        """See ``Folder.length``."""
        return len(self._file(name))

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        """See ``Folder.blocks``."""
        data = self._file(name)
        return (data[at : at + size] for at in range(0, len(data), size))

    def append(self, name: str, data: bytes) -> None:
        """See ``Shelf.append``."""
        self.files[name] = self.files.get(name, b"") + data

    def _file(self, name: str) -> bytes:
        if name not in self.files:
            raise RecordError(f"{name} is missing")
        return self.files[name]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the manifest: its length and SHA-256."""

    length: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """The poll's id (32 bytes) and every other file of the record."""

    poll_id: bytes
    files: Mapping[str, Listed]

    def to_bytes(self) -> bytes:
        """The canonical document, files in order of their names."""
        files: list[Json] = [
            {"name": name, "length": one.length, "sha256": one.sha256.hex()}
            for name, one in sorted(self.files.items())
        ]
        return canonical({"version": RECORD_VERSION, "poll": self.poll_id.hex(), "files": files})

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.
            RecordError: names repeated or not in order.
        """
        part = Document.of(parse_canonical(data), "manifest")
        part.version(RECORD_VERSION)
        poll_id = part.hash("poll")
        items = part.items("files", _read_listed, MAX_FILES)
        part.close()
        names = [name for name, _ in items]
        if names != sorted(set(names)):
            raise RecordError("the manifest lists each file once, in order of their names")
        return cls(poll_id, dict(items))


def _read_listed(part: Document) -> tuple[str, Listed]:
    listed = Listed(part.integer("length", 0, MAX_FILE_BYTES), part.hash("sha256"))
    return part.text("name"), listed


def manifest_of(poll_id: bytes, folder: Folder) -> Manifest:
    """The manifest of the files in a folder.

    Raises:
        RecordError: a file cannot be read.
    """
    names = [name for name in folder.names() if name != MANIFEST]
    return Manifest(poll_id, {name: measure(folder, name) for name in names})


def measure(folder: Folder, name: str) -> Listed:
    """Length and SHA-256 of a file, read as a stream.

    Raises:
        RecordError: it cannot be read.
    """
    length, hasher = 0, hashlib.sha256()
    for block in folder.blocks(name, BLOCK_BYTES):
        length += len(block)
        hasher.update(block)
    return Listed(length, hasher.digest())
