"""Errors of the demonstrations.

DemoError
├── FolderError     a file of the folder is missing, unreadable or malformed
└── OccupiedError   the folder holds something that is not a demonstration
"""

from typing import ClassVar


class DemoError(Exception):
    """A demonstration could not be made or read; ``code`` is stable."""

    code: ClassVar[str] = "demo"


class MismatchError(DemoError):
    """Something recomputed differs from what the folder says."""

    code = "demo.mismatch"


class FolderError(DemoError):
    """A file of the folder is missing, unreadable or malformed."""

    code = "demo.folder"


class OccupiedError(DemoError):
    """The folder holds something that is not a demonstration; it is left alone."""

    code = "demo.occupied"
