"""The keys folder held against what the database knows of it; see ``api.store.known_keys``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.ports.errors import KeyErasedError, KeysMissingError
from api.store.database import Database
from api.store.known_keys import KnownKey, fingerprint

CURRENT, NEXT = ".key", ".next"
SECRET_BYTES: Final = 32
_MAX_FILE: Final = 256
_MOST_FILES: Final = 10_000


@dataclass(frozen=True, slots=True)
class KeyRegister:
    """What the database knows of a folder's secrets.

    Args:
        storage: the database.
        prefix: of the folder's names within the keys folder, with a slash at its end, or nothing.
    """

    storage: Database
    prefix: str = ""

    def within(self, folder: str) -> "KeyRegister":
        """Of a folder inside."""
        return KeyRegister(self.storage, f"{self.prefix}{folder}/")

    def check_new(self, name: str) -> None:
        """A secret may be made under this name.

        Raises:
            KeysMissingError: there was one, and its file is gone.
            KeyErasedError: there was one, and it was erased on purpose.
        """
        known = self._find(name)
        if known is not None and known.erased:
            raise KeyErasedError(f"the key {self.prefix}{name} was erased for good")
        if known is not None:
            raise KeysMissingError([known.name], [])

    def check(self, name: str, secret: bytes) -> None:
        """A file's secret is the one that is known; one that is not known is named from now on.

        The name is kept with the next transaction: this may be called in the middle of one.

        Raises:
            KeysMissingError: it is another one.
            KeyErasedError: it was erased on purpose.
        """
        known, found = self._find(name), fingerprint(secret)
        if known is None:
            self.storage.name_key(KnownKey(self.prefix + name, found, erased=False))
        elif known.erased:
            raise KeyErasedError(f"the key {known.name} was erased for good")
        elif known.fingerprint != found:
            self._adopted(name, found)

    def is_known(self, name: str) -> bool:
        """Whether there was ever a secret of this name."""
        return self._find(name) is not None

    def held_in_folders(self, name: str) -> list[str]:
        """Where else secrets of a name are known, each in a folder inside: ``folder/name``."""
        with self.storage.reading() as reading:
            known = reading.known_keys.all()
        inside = [key.name for key in known if not key.erased and key.name.startswith(self.prefix)]
        return [
            found
            for found in (one.removeprefix(self.prefix) for one in inside)
            if found.partition("/")[2] == name
        ]

    def settle(self) -> None:
        """Keep the names of what was found or made since."""
        with self.storage.work():
            pass

    def is_successor(self, successor: str, secret: bytes) -> bool:
        """Whether a secret is known as another's successor."""
        known = self._find(successor)
        return known is not None and not known.erased and known.fingerprint == fingerprint(secret)

    def adopt(self, name: str, secret: bytes, successor: str) -> None:
        """Keep that a secret took another's place."""
        with self.storage.work() as work:
            made = KnownKey(self.prefix + name, fingerprint(secret), erased=False)
            work.known_keys.keep(made)
            work.known_keys.forget(self.prefix + successor)

    def erase(self, name: str) -> None:
        """Keep that a secret is gone for good, before its file is: nobody makes it anew.

        It is in the ledger too: an older copy of the keys folder brings no erased secret back.
        """
        with self.storage.work() as work:
            known = work.known_keys.find(self.prefix + name)
            before = known.fingerprint if known else bytes(SECRET_BYTES)
            work.known_keys.keep(KnownKey(self.prefix + name, before, erased=True))

    def _find(self, name: str) -> KnownKey | None:
        with self.storage.reading() as reading:
            return reading.known_keys.find(self.prefix + name)

    def _adopted(self, name: str, found: bytes) -> None:
        """Taking a successor's place may have been cut short between the file and the database."""
        successor = self._find(name.removesuffix(CURRENT) + NEXT)
        if not name.endswith(CURRENT) or successor is None or successor.fingerprint != found:
            raise KeysMissingError([], [self.prefix + name])


def check_keys(storage: Database, folder: Path) -> None:
    """Hold the keys folder against what is known: at every start, before anything is made.

    What was erased is erased again; files that nobody knows yet are named; a successor that was
    about to take its predecessor's place takes it.

    Raises:
        KeysMissingError: keys are missing or others; all of them are named.
    """
    with storage.reading() as reading:
        known = {key.name: key for key in reading.known_keys.all()}
    found = dict(_files(folder))
    for name in [name for name, key in known.items() if key.erased and (folder / name).exists()]:
        (folder / name).unlink()
        found.pop(name, None)
    _take_place(known, found, folder)
    _refuse(known, found)
    unnamed = sorted(found.keys() - known.keys())
    for name in unnamed:
        storage.name_key(KnownKey(name, found[name], erased=False))
    if unnamed:
        KeyRegister(storage).settle()


def missing_keys(storage: Database, folder: Path) -> list[str]:
    """Names that are known and whose files are not there."""
    with storage.reading() as reading:
        live = [key for key in reading.known_keys.all() if not key.erased]
    return [key.name for key in live if not (folder / key.name).exists()]


def _take_place(known: dict[str, KnownKey], found: dict[str, bytes], folder: Path) -> None:
    """The database was told that successors took their places, and a power cut undid it on disk."""
    for name in [name for name in found if name.endswith(NEXT)]:
        current = name.removesuffix(NEXT) + CURRENT
        known_there = known.get(current)
        if name not in known and known_there and known_there.fingerprint == found[name]:
            (folder / name).replace(folder / current)
            found[current] = found.pop(name)


def _refuse(known: dict[str, KnownKey], found: dict[str, bytes]) -> None:
    adopted = {
        name.removesuffix(CURRENT) + NEXT
        for name, print_ in found.items()
        if name.endswith(CURRENT) and _next_of(known, name) == print_
    }
    live = [key for key in known.values() if not key.erased and key.name not in adopted]
    missing = [key.name for key in live if key.name not in found]
    others = [
        key.name
        for key in live
        if key.name in found
        and found[key.name] != key.fingerprint
        and found[key.name] != _next_of(known, key.name)
    ]
    if missing or others:
        raise KeysMissingError(missing, others)


def _next_of(known: dict[str, KnownKey], name: str) -> bytes | None:
    successor = known.get(name.removesuffix(CURRENT) + NEXT)
    return successor.fingerprint if successor and name.endswith(CURRENT) else None


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and fingerprints of the secrets of a folder, and of the folders in it."""
    places = [*_secrets(folder), *(path for inner in _folders(folder) for path in _secrets(inner))]
    for path in places[:_MOST_FILES]:
        try:
            secret = bytes.fromhex(path.read_bytes()[:_MAX_FILE].decode("ascii"))
        except (OSError, ValueError):
            continue  # no secret of ours, or one that whoever needs it will not be able to read
        if len(secret) == SECRET_BYTES:
            yield path.relative_to(folder).as_posix(), fingerprint(secret)


def _secrets(folder: Path) -> Sequence[Path]:
    return sorted([*folder.glob(f"*{CURRENT}"), *folder.glob(f"*{NEXT}")])


def _folders(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())
