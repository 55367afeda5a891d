"""Keys are known by name: one that is gone or another stops the start, and none is made anew."""

import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.opening import open_database
from api.operation.destruction_ledger import DESTRUCTION_KEY, LedgerKeyError
from api.ports.errors import KeyErasedError, KeysMissingError
from api.settings import Settings
from api.store import secret_files
from api.store.database import Database
from api.store.key_register import KeyRegister, check_keys
from api.store.known_keys import KnownKey, fingerprint
from api.store.log_key_files import LogKeyFiles
from api.store.secret_files import IssuerKeyFiles, SecretFiles
from api.variables import Secret
from contracts.evidence.checkpoint import Checkpoint
from tests.api.databases import Databases

LOG, SECRET = "applications", "openid-persons.key"


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return replace(
        Settings(),
        database=Secret(url),
        keys=tmp_path / "keys",
        destructions=tmp_path / "ledger",
    )


@pytest.fixture
def begun(settings: Settings) -> Settings:
    """A service that ran once."""
    with closing(open_database(settings)) as storage:
        use(storage, settings)
    return settings


def files(storage: Database, settings: Settings) -> SecretFiles:
    return SecretFiles(settings.keys, secrets.token_bytes, KeyRegister(storage))


def log_keys(storage: Database, settings: Settings) -> LogKeyFiles:
    return LogKeyFiles(settings.keys, "test/dojang", KeyRegister(storage))


def use(storage: Database, settings: Settings) -> None:
    keys = log_keys(storage, settings)
    files(storage, settings).secret(SECRET)
    IssuerKeyFiles(files(storage, settings)).signer("district")
    with storage.work():  # as when a state is signed for the first time, in a transaction
        keys.sign(LOG, Checkpoint(keys.origin(LOG), 1, bytes(32)))


def names(storage: Database) -> list[str]:
    with storage.reading() as reading:
        return [key.name for key in reading.known_keys.all()]


def test_what_is_made_is_known_and_no_secret_is_in_the_database(begun: Settings) -> None:
    with closing(open_database(begun)) as storage:
        known = names(storage)
        with storage.reading() as reading:
            prints = {key.name: key.fingerprint for key in reading.known_keys.all()}
    assert known == [DESTRUCTION_KEY, "issuer-district.key", f"log-{LOG}.key", SECRET]
    for name in known:
        secret = bytes.fromhex((begun.keys / name).read_text())
        assert prints[name] == fingerprint(secret) != secret
        assert secret.hex() not in begun.destructions.read_text()


def test_an_empty_folder_stops_the_start_and_stays_empty(begun: Settings) -> None:
    shutil.rmtree(begun.keys)
    with pytest.raises(KeysMissingError) as refused:
        open_database(begun)
    for name in (DESTRUCTION_KEY, "issuer-district.key", f"log-{LOG}.key", SECRET):
        assert name in str(refused.value)
    assert not begun.keys.exists()


@pytest.mark.parametrize("name", ["issuer-district.key", f"log-{LOG}.key", SECRET])
def test_one_key_that_is_gone_is_named(begun: Settings, name: str) -> None:
    (begun.keys / name).unlink()
    with pytest.raises(KeysMissingError, match=name):
        open_database(begun)
    assert not (begun.keys / name).exists()


def test_another_key_in_its_place_is_named(begun: Settings) -> None:
    other = Ed25519PrivateKey.generate().private_bytes_raw()
    (begun.keys / f"log-{LOG}.key").write_text(other.hex())
    with pytest.raises(KeysMissingError, match=f"not the known ones: log-{LOG}.key"):
        open_database(begun)


def test_a_key_that_goes_while_the_service_runs_is_not_made_anew(begun: Settings) -> None:
    with closing(open_database(begun)) as storage:
        (begun.keys / f"log-{LOG}.key").unlink()
        (begun.keys / SECRET).unlink()
        with pytest.raises(KeysMissingError):
            log_keys(storage, begun).key(LOG)
        with pytest.raises(KeysMissingError):
            files(storage, begun).secret(SECRET)
    assert not (begun.keys / SECRET).exists()


def test_the_first_start_after_an_upgrade_names_what_is_there(
    begun: Settings, databases: Databases, engine: str
) -> None:
    (begun.keys / "README").write_text("no key")
    upgraded = replace(
        begun,
        database=Secret(databases.migrated(engine)),
        destructions=begun.destructions.with_name("none"),
    )
    with closing(open_database(upgraded)) as storage:
        assert names(storage) == [
            DESTRUCTION_KEY,
            "issuer-district.key",
            f"log-{LOG}.key",
            SECRET,
        ]


def test_workers_that_start_at_once_name_the_same_keys(settings: Settings) -> None:
    def start(_number: int) -> bytes:
        with closing(open_database(settings)) as storage:
            use(storage, settings)
            return files(storage, settings).secret(SECRET)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1
    with closing(open_database(settings)) as storage:
        assert len(names(storage)) == 4


def test_a_rotated_key_is_known_and_a_rotation_cut_short_is_finished(begun: Settings) -> None:
    with closing(open_database(begun)) as storage:
        keys = IssuerKeyFiles(files(storage, begun))
        following = keys.prepare("district").point
        keys.adopt("district")
        assert "issuer-district.next" not in names(storage)
    with closing(open_database(begun)) as storage:
        keys = IssuerKeyFiles(files(storage, begun))
        assert keys.signer("district").point == following
        cut = keys.prepare("district").point
        KeyRegister(storage).settle()
    (begun.keys / "issuer-district.next").replace(begun.keys / "issuer-district.key")
    with closing(open_database(begun)) as storage:
        assert IssuerKeyFiles(files(storage, begun)).signer("district").point == cut


@pytest.mark.parametrize("restarted", [True, False])
def test_after_a_rotation_that_was_cut_short_the_next_one_goes_on(
    begun: Settings, *, restarted: bool
) -> None:
    """The file took its place, and the database, away at that moment, was not told."""
    with closing(open_database(begun)) as storage:
        keys = IssuerKeyFiles(files(storage, begun))
        cut = keys.prepare("district").point
        KeyRegister(storage).settle()
        (begun.keys / "issuer-district.next").replace(begun.keys / "issuer-district.key")
        if not restarted:
            rotate(storage, begun, cut)
    if restarted:
        with closing(open_database(begun)) as storage:
            rotate(storage, begun, cut)
    with closing(open_database(begun)) as storage:
        assert "issuer-district.next" not in names(storage)


def rotate(storage: Database, settings: Settings, signing: bytes) -> None:
    keys = IssuerKeyFiles(files(storage, settings))
    assert keys.signer("district").point == signing
    following = keys.prepare("district").point
    assert following != signing
    keys.adopt("district")
    assert keys.signer("district").point == following


def test_a_rotation_that_a_power_cut_undid_on_disk_is_finished(begun: Settings) -> None:
    with closing(open_database(begun)) as storage:
        keys = IssuerKeyFiles(files(storage, begun))
        keys.prepare("district")
        before = (begun.keys / "issuer-district.key").read_bytes()
        following = (begun.keys / "issuer-district.next").read_bytes()
        keys.adopt("district")
    (begun.keys / "issuer-district.key").write_bytes(before)
    path = begun.keys / "issuer-district.next"
    path.touch(mode=0o600)
    path.write_bytes(following)
    with closing(open_database(begun)) as storage:
        IssuerKeyFiles(files(storage, begun)).signer("district")
    assert (begun.keys / "issuer-district.key").read_bytes() == following
    assert not path.exists()


def test_a_key_that_is_replaced_while_it_is_read_is_read_again(
    begun: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process rotates: nobody goes on signing with the old one."""
    with closing(open_database(begun)) as storage:
        other = IssuerKeyFiles(files(storage, begun))
        following = other.prepare("district").point
        keys, real = IssuerKeyFiles(files(storage, begun)), SecretFiles._read
        rotated = []

        def slow(self: SecretFiles, name: str) -> bytes | None:
            found = real(self, name)
            if name == "issuer-district.key" and not rotated:
                rotated.append(name)
                other.adopt("district")
            return found

        monkeypatch.setattr(SecretFiles, "_read", slow)
        keys.signer("district")
        assert keys.signer("district").point == following


def test_a_name_is_on_disk_before_the_database_is_told_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sync, name_key = secret_files.sync_folder, Database.name_key

    def seen(folder: Path) -> None:
        told.append(f"synced {folder.name}")
        sync(folder)

    def named(self: Database, key: KnownKey) -> None:
        told.append(key.name)
        name_key(self, key)

    monkeypatch.setattr(secret_files, "sync_folder", seen)
    monkeypatch.setattr(Database, "name_key", named)
    with closing(open_database(settings)) as storage:
        told.clear()
        files(storage, settings).secret(SECRET)
        assert told == ["synced keys", SECRET]


def test_a_key_that_was_rotated_after_the_backup_is_known(
    begun: Settings, databases: Databases, engine: str
) -> None:
    """The database is older than the keys folder: the ledger knows of the rotation."""
    with closing(open_database(begun)) as storage:
        keys = IssuerKeyFiles(files(storage, begun))
        keys.prepare("district")
        keys.adopt("district")
    older = replace(begun, database=Secret(databases.migrated(engine)))
    with closing(open_database(older)) as storage:
        assert "issuer-district.key" in names(storage)
    (begun.keys / "issuer-district.key").unlink()
    with pytest.raises(KeysMissingError, match=r"issuer-district\.key"):
        open_database(older)


def test_an_erased_key_is_never_made_or_put_back(begun: Settings) -> None:
    copy = (begun.keys / SECRET).read_bytes()
    with closing(open_database(begun)) as storage:
        files(storage, begun).erase(SECRET)
        with pytest.raises(KeyErasedError):
            files(storage, begun).secret(SECRET)
    (begun.keys / SECRET).write_bytes(copy)
    with closing(open_database(begun)) as storage:
        assert not (begun.keys / SECRET).exists()
        with pytest.raises(KeyErasedError):
            files(storage, begun).secret(SECRET)


def test_an_older_database_erases_again(begun: Settings, databases: Databases, engine: str) -> None:
    copy = (begun.keys / SECRET).read_bytes()
    with closing(open_database(begun)) as storage:
        files(storage, begun).erase(SECRET)
    (begun.keys / SECRET).write_bytes(copy)
    older = replace(begun, database=Secret(databases.migrated(engine)))
    with closing(open_database(older)):
        assert not (begun.keys / SECRET).exists()


def test_a_ledger_without_its_key_is_told(
    begun: Settings, databases: Databases, engine: str
) -> None:
    (begun.keys / DESTRUCTION_KEY).unlink()
    older = replace(begun, database=Secret(databases.migrated(engine)))
    with pytest.raises(LedgerKeyError):
        open_database(older)
    assert not (begun.keys / DESTRUCTION_KEY).exists()


def test_a_name_that_another_got_meanwhile_is_refused(begun: Settings) -> None:
    """Two machines with a folder each."""
    with closing(open_database(begun)) as storage, closing(open_database(begun)) as other:
        files(storage, begun).secret("new.key")
        (begun.keys / "new.key").write_text("22" * 32)
        files(other, begun).secret("new.key")
        KeyRegister(other).settle()
        with pytest.raises(KeysMissingError):
            KeyRegister(storage).settle()
        (begun.keys / "new.key").write_text("33" * 32)
        with pytest.raises(KeysMissingError):
            check_keys(other, begun.keys)
