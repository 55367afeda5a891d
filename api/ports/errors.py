"""Errors that storage behind the ports may raise.

StorageError
├── StorageUnavailableError   nothing is known of the act: ask again later
│   ├── LogHaltedError        the log takes nothing until somebody has seen to it
│   └── SealError             what was sealed cannot be opened with the secret that is there
├── NoRoomError               as much was begun and not finished as there may be
├── StorageOccupiedError      somebody else holds what only one may hold
├── StorageConflictError      a row stands in the way; the constraint is named
├── StorageRefusedError       the database refused the statement: an error of this program
└── StorageShapeError         the database has another shape than this program
    ├── KeysMissingError      keys that the database knows are not there, or others
    ├── OtherOriginError      secrets lie in the folders of several other origins
    └── KeyErasedError        a key that was erased on purpose is asked for
"""

from collections.abc import Sequence
from typing import ClassVar


class StorageError(Exception):
    """Any failure of the store; ``code`` is stable."""

    code: ClassVar[str] = "storage"


class StorageUnavailableError(StorageError):
    """The database did not answer, or not in time; the act may or may not have happened."""

    code = "storage.unavailable"


class LogHaltedError(StorageUnavailableError):
    """A log that does not continue what was published takes nothing and signs nothing.

    Its ``code`` is of the worker and its errands; those who ask are told that nothing can be kept.
    """

    code = "log.halted"


class SealError(StorageUnavailableError):
    """What was sealed cannot be opened: it was sealed with another secret, or is damaged.

    Its ``code`` is for operators; those who ask are told that it cannot be done now.
    """

    code = "storage.sealed"


class NoRoomError(StorageError):
    """As much was begun and not finished as there may be; nothing of the act was kept."""

    code = "storage.full"


class StorageOccupiedError(StorageError):
    """Another process holds the named lock."""

    code = "storage.occupied"


class StorageShapeError(StorageError):
    """The database's migrations are not those of this program."""

    code = "storage.shape"


class KeysMissingError(StorageShapeError):
    """Keys that the database knows are missing or others; made anew, they would open nothing."""

    code = "keys.missing"

    def __init__(self, missing: Sequence[str], others: Sequence[str]) -> None:
        self.missing, self.others = tuple(missing), tuple(others)
        told = [f"missing: {', '.join(missing)}"] if missing else []
        told += [f"not the known ones: {', '.join(others)}"] if others else []
        super().__init__(f"keys are not as they were: put the keys folder back ({'; '.join(told)})")


class OtherOriginError(StorageShapeError):
    """Secrets that are to be carried over lie in the folders of several other origins."""

    code = "keys.other_origin"


class KeyErasedError(StorageShapeError):
    """A key that was erased on purpose is asked for; it is not made again."""

    code = "keys.erased"


class StorageConflictError(StorageError):
    """A constraint refused a row. The rows' values are not told, they may be secret."""

    code = "storage.conflict"


class StorageRefusedError(StorageError):
    """The database refused a statement; the statement is told, its values are not."""

    code = "storage.refused"
