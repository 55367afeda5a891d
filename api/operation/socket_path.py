"""Sockets in deep folders: a Unix socket's address is bounded, a path is not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LONGEST_ADDRESS: Final = 100
"""Bytes; systems allow from 104 (macOS) to 108 (Linux)."""


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """An address of the path that is short enough; a long one goes by the folder's descriptor.

    Raises:
        OSError: there is no such folder.
    """
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
