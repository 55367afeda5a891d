"""Whether folders take what is written: tried, because free space alone does not say so."""

import os
from collections.abc import Mapping, Sequence
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from pathlib import Path
from typing import Final

PROBE: Final = ".room"
PROBE_BYTES: Final = 65_536
_FULL: Final = frozenset({ENOSPC, EDQUOT, EFBIG, EIO})


def find_room(folders: Sequence[Path]) -> Mapping[Path, bool]:
    """Whether each folder takes a file of 64 KiB, by writing and removing one.

    So a full disk, a quota and a disk without inodes are found alike. A folder that is not there is
    looked at where it would be made; one that this process may not write is none that is full.
    """
    return {folder: _has_room(_there(folder)) for folder in folders}


def free_bytes(folder: Path) -> int | None:
    """Bytes that may still be written in a folder; None where that cannot be asked."""
    try:
        found = os.statvfs(_there(folder))
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _there(folder: Path) -> Path:
    return next((place for place in (folder, *folder.parents) if place.is_dir()), folder)


def _has_room(folder: Path) -> bool:
    probe = folder / f"{PROBE}-{os.getpid()}"
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            return os.write(descriptor, bytes(PROBE_BYTES)) == PROBE_BYTES
        finally:
            os.close(descriptor)
            probe.unlink(missing_ok=True)
    except OSError as error:
        return error.errno not in _FULL
