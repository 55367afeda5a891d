"""A demonstration's folder: written file by file, closed by a manifest, read back with bounds."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from api.demo.errors import FolderError
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.errors import EncodingError

MANIFEST: Final = "manifest.json"
MANIFEST_VERSION: Final = "dojang-demo-v1"
SNAPSHOT: Final = "snapshot.json"
CHAIN: Final = "chain"
"""Where older demonstrations kept their chain, which no check could cover; none is shipped now."""
MAX_FILE_BYTES: Final = 64 << 20
KINDS: Final = ("allowance", "contest")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder consists of: kind, run id, and SHA-256 of every file by relative path."""

    kind: str
    run: str
    files: dict[str, bytes]

    def encode(self) -> bytes:
        """The canonical bytes that are anchored."""
        return canonical(
            {
                "version": MANIFEST_VERSION,
                "kind": self.kind,
                "run": self.run,
                "files": {path: digest.hex() for path, digest in sorted(self.files.items())},
            }
        )


def decode_manifest(data: bytes) -> Manifest:
    """Parse a manifest.

    Raises:
        FolderError: not canonical JSON of this version.
    """
    try:
        document = Document.of(parse_canonical(data, max_bytes=MAX_FILE_BYTES), MANIFEST)
        document.version(MANIFEST_VERSION)
        listed = document.document("files")
        files = {path: listed.hash(path) for path in listed.names()}
        manifest = Manifest(document.text("kind"), document.text("run", 64), files)
        document.close()
    except EncodingError as error:
        raise FolderError(f"{MANIFEST}: {error}") from error
    if manifest.kind not in KINDS:
        raise FolderError(f"{MANIFEST}: unknown kind of demonstration")
    return manifest


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on disk, reached by relative POSIX paths only."""

    root: Path

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole or not at all.

        Raises:
            FolderError: the disk is full or refuses; nothing half-written is left behind.
        """
        target = self.root / path
        partial = target.with_name(target.name + ".partial")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise FolderError(f"{path} could not be written: {error.strerror}") from error

    def write_json(self, path: str, value: Json) -> None:
        """Write a value as canonical JSON."""
        self.write(path, canonical(value))

    def read(self, path: str) -> bytes:
        """Read a file of at most ``MAX_FILE_BYTES``.

        Raises:
            FolderError: missing, too large, unreadable, not a plain file, or outside the folder.
        """
        target = self.root / path
        if Path(path).is_absolute() or ".." in Path(path).parts or not _is_plain(target):
            raise FolderError(f"{path} is missing or no plain file")
        try:
            if target.stat().st_size > MAX_FILE_BYTES:
                raise FolderError(f"{path} is larger than {MAX_FILE_BYTES} bytes")
            return target.read_bytes()
        except OSError as error:
            raise FolderError(f"{path} cannot be read: {error.strerror}") from error

    def read_json(self, path: str) -> Json:
        """Read a file of canonical JSON.

        Raises:
            FolderError: as ``read``, or not canonical JSON.
        """
        try:
            return parse_canonical(self.read(path), max_bytes=MAX_FILE_BYTES)
        except EncodingError as error:
            raise FolderError(f"{path}: {error}") from error

    def paths(self) -> Iterator[str]:
        """Every file that a manifest covers, sorted: all but itself and the chain's snapshot.

        Links, and whatever else is no folder, count as files; nobody reads them.
        """
        for target in sorted(self.root.rglob("*")):
            path = target.relative_to(self.root).as_posix()
            if target.is_dir() and not target.is_symlink():
                continue
            if path not in {MANIFEST, SNAPSHOT}:
                yield path

    def folders(self) -> Iterator[str]:
        """Every folder inside, sorted."""
        for target in sorted(self.root.rglob("*")):
            if target.is_dir() and not target.is_symlink():
                yield target.relative_to(self.root).as_posix()

    def make_manifest(self, kind: str, run: str) -> Manifest:
        """Digest every file that is there now."""
        return Manifest(
            kind, run, {path: sha256(self.read(path)).digest() for path in self.paths()}
        )


def _is_plain(target: Path) -> bool:
    return target.is_file() and not target.is_symlink()
