"""The poll's public record inside a demonstration's folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voting.poll.errors import RecordError


@dataclass(frozen=True, slots=True)
class PollFolder:
    """A record on disk; see ``voting.poll.record.Shelf``."""

    root: Path

    def names(self) -> list[str]:
        """Everything in it that is no folder, links included."""
        paths = (path for path in self.root.rglob("*") if path.is_symlink() or not path.is_dir())
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

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
