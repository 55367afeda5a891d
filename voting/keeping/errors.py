"""Errors of key files and of the command lines around them; codes stand in SPEC section 23.

KeepingError
├── KeyFileFormError     F-01   not a key file of this version, or of another role
├── PassphraseError      F-02   wrong passphrase, or a changed file
├── ExposedFileError     F-03   others than its owner may read the file
├── OldCopyError         F-04   an older copy of the key file, or a second one in use
├── FileTakenError       F-05   a file of that name is there and holds something else
├── KeyBusyError         F-06   another program uses the key file
├── StepError            F-07   a step that cannot be taken now
├── OtherPollError       F-08   this key signs another poll
├── UnreadyRecordError   F-09   a record that must not be decrypted (yet)
├── StorageError         F-10   a file that cannot be read or written
└── DecidedChoiceError   F-11   a sealed choice that was opened, or cast, before (device side)
"""

from typing import ClassVar

from voting.errors import VotingError


class KeepingError(VotingError):
    """Any failure of a key file or a command line."""

    code: ClassVar[str] = "keeping"


class KeyFileFormError(KeepingError):
    """Bytes that are no key file of this version, or a key file of the other role."""

    code = "F-01"


class PassphraseError(KeepingError):
    """The passphrase is wrong, or the file was changed: nobody can tell which."""

    code = "F-02"


class ExposedFileError(KeepingError):
    """A secret file that others may read, or that is no plain file of one's own."""

    code = "F-03"


class OldCopyError(KeepingError):
    """The key was used after this copy was made: going on could sign a second message."""

    code = "F-04"


class FileTakenError(KeepingError):
    """A file that would have to be overwritten."""

    code = "F-05"


class KeyBusyError(KeepingError):
    """Two programs at once could each sign a message."""

    code = "F-06"


class StepError(KeepingError):
    """The key is at another place of its life than this step needs."""

    code = "F-07"


class OtherPollError(KeepingError):
    """One key, one poll, for ever."""

    code = "F-08"


class UnreadyRecordError(KeepingError):
    """A record that is unsound, not final, or whose opened sheets do not stand yet."""

    code = "F-09"


class StorageError(KeepingError):
    """The disk is full, a folder is missing, or a file cannot be read."""

    code = "F-10"


class DecidedChoiceError(KeepingError):
    """An opened choice is never cast, a cast one never opened."""

    code = "F-11"
