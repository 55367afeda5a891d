"""The folder in which processes gather measures; named before prometheus-client is imported."""

import os
from pathlib import Path
from typing import Final

_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_MODE: Final = 0o700


def empty_folder(folder: Path) -> None:
    """Make the folder, and forget the measures of an earlier run.

    Raises:
        OSError: the folder cannot be used.
    """
    _make(folder)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)


def gather_in(folder: Path) -> None:
    """Let this process gather its measures in a folder, which is made if it is not there.

    Raises:
        OSError: the folder cannot be made.
    """
    _make(folder)
    os.environ[_VARIABLE] = str(folder)


def _make(folder: Path) -> None:
    folder.mkdir(mode=_MODE, parents=True, exist_ok=True)
