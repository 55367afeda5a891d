"""A poll's public record in a folder on disk, as hostile as whoever gave it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from voting.poll.errors import RecordError

MAX_FOLDER_FILES: Final = 1000
MORE_FILES: Final = "(more files and folders than a record has)"
"""Stands for what was not looked at; no manifest can list it as a file that is there."""


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A record on disk; see ``voting.poll.record.Shelf``."""

    root: Path

    def names(self) -> list[str]:
        """Everything in it that is no folder, links included; one name more if that is not all."""
        paths = list(islice(self.root.rglob("*"), MAX_FOLDER_FILES))
        more = [MORE_FILES] if len(paths) == MAX_FOLDER_FILES else []
        files = (path for path in paths if path.is_symlink() or not path.is_dir())
        names = (path.relative_to(self.root).as_posix() for path in files)
        readable = (name.encode("utf-8", "backslashreplace").decode() for name in names)
        return sorted([*readable, *more])

    def length(self, name: str) -> int:
        """The length of a file."""
        try:
            return self._path(name).stat().st_size
        except OSError as error:
            raise RecordError(f"{name} cannot be read") from error

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        """The bytes of a file."""
        try:
            with self._path(name).open("rb") as file:
                while block := file.read(size):
                    yield block
        except OSError as error:
            raise RecordError(f"{name} cannot be read") from error

    def append(self, name: str, data: bytes) -> None:
        """Add to a file."""
        path = self.root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise RecordError(f"{name} cannot be written: {error.strerror}") from error

    def _path(self, name: str) -> Path:
        path = self.root / name
        if not path.is_file() or path.is_symlink():
            raise RecordError(f"{name} is missing, or no plain file")
        return path
