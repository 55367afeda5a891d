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
        self._partial(target, data).replace(target)
        self._sync_folder(target.parent)

    def write_once(self, path: str, data: bytes) -> bool:
        """Keep what nobody may change any more; False where something else is there already.

        Of two that write at the same time, one is kept, and the other compared with it.

        Raises:
            OSError: the disk refuses; nothing was changed.
        """
        target = self.root / path
        if not target.exists():
            partial = self._partial(target, data)
            try:
                target.hardlink_to(partial)
            except FileExistsError:
                pass
            finally:
                partial.unlink()
            self._sync_folder(target.parent)
        return target.read_bytes() == data

    def _partial(self, target: Path, data: bytes) -> Path:
        """A durable file beside the target, under a name of this process."""
        if target.parent not in self._folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(target.parent)
        partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return partial

    def _sync_folder(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
