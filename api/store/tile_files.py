"""Tiles of a log as files of a folder, in the layout that any web server can serve (C2SP)."""

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class TileFiles:
    """A tile store on disk. A tile is on disk whole, or not there."""

    root: Path
    _folders: set[Path] = field(default_factory=set, repr=False)

    def read(self, path: str) -> bytes:
        """A tile's bytes.

        Raises:
            FileNotFoundError: there is no such tile.
        """
        return (self.root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Keep a tile; it survives a crash from now on.

        Raises:
            OSError: the disk refuses; the tile is not there then.
        """
        target = self.root / path
        if target.parent not in self._folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(target.parent)
        partial = target.with_name(target.name + ".partial")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        self._sync_folder(target.parent)

    def _sync_folder(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
