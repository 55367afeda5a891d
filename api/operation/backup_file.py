"""The file of a backup: a stream of lines, compressed, in frames that cannot be cut or changed.

    dojang-backup-v1 plain                     the first line; or ``sealed`` and a prefix in hex
    frame, frame, ...                          4 bytes of length, big-endian, then that many bytes

The frames of a sealed file are AES-256-GCM (the STREAM construction): the nonce is the prefix
(7 bytes), the frame's number (4 bytes) and 1 for the last frame, else 0; the first line is the
additional data. The frames of a plain file begin with that last byte and carry no protection of
their own: its content ends with a SHA-256 over everything before, see ``api.operation.backup``.
"""

import re
import secrets
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.operation.backup_errors import BackupFileError, BackupKeyError

VERSION: Final = "dojang-backup-v1"
KEY_BYTES: Final = 32
FRAME_BYTES: Final = 1 << 16
MAX_FRAMES: Final = 1 << 32
MAX_LINE_BYTES: Final = 64 << 20
_PREFIX_BYTES: Final = 7
_PREFIX: Final = re.compile(f"[0-9a-f]{{{2 * _PREFIX_BYTES}}}")
_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
_MAX_HEADER: Final = 64
_MORE, _LAST = b"\x00", b"\x01"


def read_key(path: Path) -> bytes:
    """A key of 32 bytes in hexadecimal from a file that only its owner may read.

    Raises:
        BackupKeyError: no such key in the file, or others may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise BackupKeyError(f"{path.name} may be read by others: chmod 600")
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise BackupKeyError(f"{path.name} holds no key") from None
    if len(key) != KEY_BYTES:
        raise BackupKeyError(f"{path.name} holds no key of {KEY_BYTES} bytes")
    return key


@dataclass(frozen=True, slots=True)
class Sealing:
    """How frames are protected; ``key`` None leaves them readable."""

    header: bytes
    prefix: bytes = b""
    key: bytes | None = field(default=None, repr=False)

    def close(self, number: int, last: bytes, data: bytes) -> bytes:
        """A frame as it stands in the file."""
        if self.key is None:
            return last + data
        return AESGCM(self.key).encrypt(self._nonce(number, last), data, self.header)

    def open(self, number: int, last: bytes, frame: bytes) -> bytes | None:
        """A frame's data; None where it is none with this number and ending.

        The caller tries both endings.
        """
        if self.key is None:
            return frame[1:] if frame[:1] == last else None
        try:
            return AESGCM(self.key).decrypt(self._nonce(number, last), frame, self.header)
        except InvalidTag:
            return None

    def _nonce(self, number: int, last: bytes) -> bytes:
        return self.prefix + number.to_bytes(4, "big") + last


def write_lines(file: BinaryIO, lines: Iterable[bytes], key: bytes | None) -> None:
    """Write a whole backup.

    Raises:
        OSError: the disk refuses.
    """
    prefix = secrets.token_bytes(_PREFIX_BYTES)
    told = f"{VERSION} sealed {prefix.hex()}\n" if key else f"{VERSION} plain\n"
    sealing = Sealing(told.encode("ascii"), prefix, key)
    file.write(sealing.header)
    number, waiting = 0, b""
    for piece in _compressed(lines):
        waiting += piece
        while len(waiting) > FRAME_BYTES:
            _write_frame(file, sealing.close(number, _MORE, waiting[:FRAME_BYTES]))
            number, waiting = number + 1, waiting[FRAME_BYTES:]
    _write_frame(file, sealing.close(number, _LAST, waiting))


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj()
    for line in lines:
        yield squeeze.compress(line + b"\n")
    yield squeeze.flush()


def _write_frame(file: BinaryIO, frame: bytes) -> None:
    file.write(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame)


def read_lines(file: BinaryIO, key: bytes | None) -> Iterator[bytes]:
    """The lines of a backup, from the first byte to the last; whoever stops early knows nothing.

    Raises:
        BackupFileError: damaged, cut short, followed by something, or no backup.
        BackupKeyError: sealed, and no key was given; or not sealed, and one was.
    """
    sealing = _read_header(file, key)
    left = b""
    for piece in _expanded(_frames(file, sealing)):
        *lines, left = (left + piece).split(b"\n")
        yield from lines
        if len(left) > MAX_LINE_BYTES:
            raise BackupFileError("a line is longer than any that was written")
    if left:
        raise BackupFileError("the backup ends in the middle of a line")


def _read_header(file: BinaryIO, key: bytes | None) -> Sealing:
    header = file.readline(_MAX_HEADER)
    words = header.decode("ascii", "replace").split()
    if words[:1] != [VERSION]:
        raise BackupFileError("the file is no backup of a known version")
    if words[1:] == ["plain"] and key is None:
        return Sealing(header)
    if len(words) == 3 and words[1] == "sealed" and key is not None:  # noqa: PLR2004 - version, form, prefix
        if not _PREFIX.fullmatch(words[2]):
            raise BackupFileError("the file's first line is damaged")
        return Sealing(header, bytes.fromhex(words[2]), key)
    raise BackupKeyError("give a key for a sealed backup, and none for a plain one")


def _frames(file: BinaryIO, sealing: Sealing) -> Iterator[bytes]:
    for number in range(MAX_FRAMES):
        length = int.from_bytes(_exactly(file, _LENGTH_BYTES), "big")
        if length > FRAME_BYTES + _TAG_BYTES:
            raise BackupFileError("a frame is longer than any that was written")
        frame = _exactly(file, length)
        data = sealing.open(number, _MORE, frame)
        if data is not None:
            yield data
            continue
        data = sealing.open(number, _LAST, frame)
        if data is None or file.read(1):
            raise BackupFileError(f"frame {number} is damaged, or the key is another one")
        yield data
        return


def _expanded(frames: Iterator[bytes]) -> Iterator[bytes]:
    expand = zlib.decompressobj()
    try:
        for frame in frames:
            rest = frame
            while rest and not expand.eof:
                yield expand.decompress(rest, FRAME_BYTES * 4)
                rest = expand.unconsumed_tail
        yield expand.flush()
    except zlib.error:
        raise BackupFileError("the content is damaged") from None
    if not expand.eof or expand.unused_data:
        raise BackupFileError("the content is cut short, or something follows it")


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise BackupFileError("the file is cut short")
    return data
