"""Secrets of 32 bytes as files that only the service may read; one is made where there is none.

Issuers' keys are ``issuer-<agency>.key``, the next one ``issuer-<agency>.next``. A hardware module
stands behind the same ports (``IssuerKeys``, ``Signer``).
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from api.ports.errors import KeysMissingError, StorageShapeError
from api.store.key_register import KeyRegister
from verifier.credential.keys import Randomness, SigningKey
from verifier.errors import KeyFormatError

SECRET_BYTES: Final = 32
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """A folder of secrets; made when it is not there."""

    folder: Path
    rng: Randomness = field(repr=False)
    register: KeyRegister | None = None

    def secret(self, name: str) -> bytes:
        """A secret by its file's name; of two processes that make one, both get the first.

        Raises:
            StorageShapeError: no secret in the file, or others may read it.
        """
        return self._known(name, lambda: self.rng(SECRET_BYTES))

    def signing_key(self, name: str) -> SigningKey:
        """An ES256 key by its file's name."""
        made = self._known(
            name, lambda: SigningKey.generate(self.rng).secret.to_bytes(SECRET_BYTES, "big")
        )
        try:
            return SigningKey.of_secret(int.from_bytes(made, "big"))
        except KeyFormatError:
            raise StorageShapeError(f"{name} holds no ES256 key") from None

    def document(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A public document that goes with a key, made once."""
        path = self.folder / name
        if not path.exists():
            _write_new(path, make())
        return path.read_bytes()

    def keep(self, name: str, secret: bytes) -> None:
        """Put a secret into a file, unless there is one of that name."""
        self._make(name, secret)

    def adopt(self, name: str, successor: str) -> None:
        """Let one file take the place of another."""
        if self.register is not None:
            self.register.settle()  # the successor is known before it takes the place
        (self.folder / successor).replace(self.folder / name)
        sync_folder(self.folder)  # the database is told of no name that a power cut takes away
        if self.register is not None:
            self.register.adopt(name, self.secret(name), successor)

    def finish_adoption(self, name: str, successor: str) -> None:
        """Tell the database of a successor that took its place, where that was cut short."""
        secret = self._read(name)
        if self.register is None or secret is None or (self.folder / successor).exists():
            return
        if self.register.is_successor(successor, secret):
            self.register.adopt(name, secret, successor)

    def erase(self, name: str) -> None:
        """Erase a secret for good: it is not made again, and an old copy is erased again."""
        if self.register is not None:
            self.register.erase(name)
        (self.folder / name).unlink(missing_ok=True)
        sync_folder(self.folder)

    def _known(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A secret that the database knows or gets to know; made where it knows none.

        Raises:
            KeysMissingError: it knows one that is not there, or another one.
            KeyErasedError: it was erased.
        """
        found = self._read(name)
        if found is None:
            if self.register is not None:
                self.register.check_new(name)
            found = self._make(name, make())
        if self.register is not None:
            found = self._checked(name, found, self.register)
        return found

    def _checked(self, name: str, found: bytes, register: KeyRegister) -> bytes:
        """A secret that is the known one; a file that was replaced meanwhile is read once more."""
        try:
            register.check(name, found)
        except KeysMissingError:
            again = self._read(name)
            if again is None or again == found:
                raise
            register.check(name, again)
            return again
        return found

    def _read(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            if path.stat().st_mode & _OTHERS:
                raise StorageShapeError(f"{name} may be read by others: chmod 600")
            secret = bytes.fromhex(path.read_text("ascii"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise StorageShapeError(f"{name} holds no secret") from None
        if len(secret) != SECRET_BYTES:
            raise StorageShapeError(f"{name} holds no secret of {SECRET_BYTES} bytes")
        return secret

    def _make(self, name: str, secret: bytes) -> bytes:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(self.folder / name, secret.hex().encode("ascii"))
        return self._read(name) or secret


@dataclass(slots=True)
class IssuerKeyFiles:
    """``api.openid.ports.IssuerKeys`` in files."""

    files: SecretFiles
    _kept: dict[str, tuple[tuple[int, int], SigningKey]] = field(default_factory=dict, repr=False)

    def signer(self, agency: str) -> SigningKey:
        """The key that an agency signs with now; a rotation by another process is noticed.

        It is kept under what the file was before it was read: one that was replaced while it was
        read is read anew the next time.
        """
        name = f"issuer-{agency}.key"
        made = _time(self.files.folder / name)
        kept = self._kept.get(agency)
        if kept is None or kept[0] != made:
            key = self.files.signing_key(name)
            kept = (made or (0, 0), key)
            self._kept[agency] = kept
        return kept[1]

    def prepare(self, agency: str) -> SigningKey:
        """The agency's next key; the same one until it is adopted."""
        self.files.finish_adoption(f"issuer-{agency}.key", f"issuer-{agency}.next")
        return self.files.signing_key(f"issuer-{agency}.next")

    def adopt(self, agency: str) -> None:
        """Sign with the next key from now on."""
        self.prepare(agency)
        self.files.adopt(f"issuer-{agency}.key", f"issuer-{agency}.next")
        self._kept.pop(agency, None)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file whole, then give it its name unless somebody was sooner."""
    handle, partial = mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return
    finally:
        Path(partial).unlink()
        sync_folder(path.parent)  # before the database is told of the name


def sync_folder(folder: Path) -> None:
    """Let what became of a folder's names survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _time(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino
