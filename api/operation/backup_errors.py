"""What keeps a backup from being made or restored.

BackupError
├── BackupFileError       the file is damaged, cut short, or none of ours
├── BackupKeyError        the key is missing, or not the one it was made with
├── TargetNotEmptyError   the database holds something already
└── LedgerBehindError     the ledger of destructions is older than the backup
"""

from typing import ClassVar


class BackupError(Exception):
    """A backup was not made or not restored; nothing was changed."""

    code: ClassVar[str] = "backup"


class BackupFileError(BackupError):
    """The file is damaged, cut short, or no backup of a version that is known."""

    code = "backup.file"


class BackupKeyError(BackupError):
    """The backup is encrypted with a key that was not given, or the key file holds none."""

    code = "backup.key"


class TargetNotEmptyError(BackupError):
    """Only an empty database is restored into."""

    code = "backup.target_not_empty"


class LedgerBehindError(BackupError):
    """The ledger lacks destructions that the backup knows of: another one, or an older one."""

    code = "backup.ledger_behind"
