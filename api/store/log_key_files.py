"""The keys of logs as files that only the service may read; one is made when a log is new."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.ports.errors import StorageShapeError
from api.store.key_register import KeyRegister
from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.note import LogKey

KEY_BYTES: Final = 32
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(slots=True)
class LogKeyFiles:
    """``api.ports.log_keys.LogKeys`` in a folder, as ``log-<name>.key`` in hexadecimal.

    Args:
        folder: made when it is not there.
        name: the first part of every log's origin (DOJANG_LOG_NAME).
        register: what the database knows of the folder.
    """

    folder: Path
    name: str
    register: KeyRegister | None = None
    _kept: dict[str, Ed25519PrivateKey] = field(default_factory=dict, repr=False)

    def names(self) -> frozenset[str]:
        """Logs that have a key."""
        files = self.folder.glob("log-*.key")
        return frozenset(p.name.removeprefix("log-").removesuffix(".key") for p in files)

    def origin(self, log: str) -> str:
        """The first line of the log's checkpoints."""
        return f"{self.name}/{log}"

    def key(self, log: str) -> LogKey:
        """The key that checks the log's checkpoints."""
        return LogKey(self.origin(log), self._secret(log).public_key().public_bytes_raw())

    def sign(self, log: str, checkpoint: Checkpoint) -> str:
        """The signed note of a state."""
        return sign_checkpoint(checkpoint, self._secret(log))

    def _secret(self, log: str) -> Ed25519PrivateKey:
        if log not in self._kept:
            self._kept[log] = self._load(self.folder / f"log-{log}.key")
        return self._kept[log]

    def _load(self, path: Path) -> Ed25519PrivateKey:
        """Read a key, or make it; of two processes that make one, both get the first.

        Raises:
            StorageShapeError: no key in the file, or others may read it.
            KeysMissingError: the database knows another key of this name.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            if self.register is not None:
                self.register.check_new(path.name)
            _create(path, Ed25519PrivateKey.generate().private_bytes_raw())
        if path.stat().st_mode & _OTHERS:
            raise StorageShapeError(f"{path.name} may be read by others: chmod 600")
        try:
            secret = bytes.fromhex(path.read_text("ascii"))
            key = Ed25519PrivateKey.from_private_bytes(secret)
        except ValueError:
            raise StorageShapeError(f"{path.name} holds no key of {KEY_BYTES} bytes") from None
        if self.register is not None:
            self.register.check(path.name, secret)
        return key


def _create(path: Path, secret: bytes) -> None:
    """Write the file whole, then give it its name unless somebody was sooner."""
    descriptor, name = mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
    partial = Path(name)
    try:
        os.write(descriptor, secret.hex().encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return
    finally:
        partial.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
