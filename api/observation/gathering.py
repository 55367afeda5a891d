"""The folder in which processes gather measures; named before prometheus-client is imported."""

import os
from pathlib import Path
from typing import Final

_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_MODE: Final = 0o700
_KINDS: Final = ("counter", "histogram")
"""Of measures that ``api.observation.metrics`` makes, as the library names its files."""
_ROOM: Final = 4 << 20
"""Bytes of a file: some twenty thousand counts, where a route has a handful of statuses.

Beyond them the library makes the file longer itself, with a hole.
"""


def empty_folder(folder: Path) -> None:
    """Make the folder, and forget the measures of an earlier run.

    Raises:
        OSError: the folder cannot be used.
    """
    _make(folder)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)


def gather_in(folder: Path) -> bool:
    """Let this process gather its measures in a folder, which is made if it is not there.

    The library maps its files into memory and would make them with holes: where a disk is full,
    writing into a hole kills the process. So they are made here, of zeros, before it opens them.

    Returns:
        Whether there is room; without it this process is not measured, and answers all the same.
    """
    files = [folder / f"{kind}_{os.getpid()}.db" for kind in _KINDS]
    try:
        _make(folder)
        for file in files:
            file.write_bytes(bytes(_ROOM))
    except OSError:
        for file in files:
            file.unlink(missing_ok=True)
        return False
    os.environ[_VARIABLE] = str(folder)
    return True


def _make(folder: Path) -> None:
    folder.mkdir(mode=_MODE, parents=True, exist_ok=True)
