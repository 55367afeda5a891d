"""Registers that several people replace: the newest entry tells of the file that is there."""

import errno
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from api.actions.issuer_errors import RegisterOccupiedError
from api.openid.counter import Counter
from api.openid.issuing_agencies import import_register, settle_registers
from api.ports.acts import AdministrativeEntry
from api.ports.errors import StorageUnavailableError
from api.store.database import Database
from api.store.register_files import RegisterFiles
from contracts.evidence.encoding import parse_canonical
from tests.api.counter.site import CounterSite
from tests.api.databases import StillClock

KIND, CLERK = "benefit", "clerk"
ROUNDS, PEOPLE = 5, 8


def register_of(person: str) -> bytes:
    return f"person,basic_livelihood,near_poor\n{person},yes,no\n".encode()


def take(counter: Counter, data: bytes) -> None:
    import_register(counter, CLERK, KIND, data, sha256(data).digest())


@pytest.fixture
def shelf(tmp_path: Path) -> RegisterFiles:
    return RegisterFiles(tmp_path / "registers")


@pytest.fixture
def counter(storage: Database, clock: StillClock, tmp_path: Path, shelf: RegisterFiles) -> Counter:
    office = CounterSite.start(storage, clock, tmp_path / "keys").trial.openid.console.office
    return Counter(office, shelf, clock, 100)


def imports(counter: Counter) -> list[AdministrativeEntry]:
    with counter.office.storage.reading() as reading:
        return [one for one in reading.acts.entries(1000) if one.act == "register.import"]


def newest_digest(counter: Counter) -> str:
    """Of the entry that entered the log last."""
    with counter.office.storage.reading() as reading:
        waiting = reading.outbox.waiting("log.append", "administration/")
    order = {key.rpartition("/")[2]: place for place, (key, _) in enumerate(waiting)}
    last = max(imports(counter), key=lambda one: order[one.id])
    found = parse_canonical(last.detail, max_bytes=1000)
    assert isinstance(found, dict)
    return str(found["digest"])


def there(shelf: RegisterFiles) -> str:
    return sha256(shelf.place(KIND).read_bytes()).hexdigest()


def test_of_files_that_are_taken_at_once_the_newest_entry_tells_of_the_one_that_is_there(
    counter: Counter, shelf: RegisterFiles
) -> None:
    for number in range(ROUNDS):
        together, refused = threading.Barrier(PEOPLE), list[str]()

        def go(
            data: bytes, together: threading.Barrier = together, refused: list[str] = refused
        ) -> None:
            together.wait()
            try:
                take(counter, data)
            except RegisterOccupiedError as error:
                refused.append(error.code)

        before = len(imports(counter))
        files = [register_of(f"synthetic-{number}-{person}") for person in range(PEOPLE)]
        threads = [threading.Thread(target=go, args=(data,)) for data in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = len(imports(counter)) - before
        assert made >= 1
        assert made + len(refused) == PEOPLE, "each was taken or told so"
        assert newest_digest(counter) == there(shelf)


def test_a_full_disk_records_nothing(
    counter: Counter, shelf: RegisterFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(counter, register_of("synthetic-1"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("api.store.register_files.os.fsync", full)
        with pytest.raises(StorageUnavailableError):
            take(counter, register_of("synthetic-2"))
    assert len(imports(counter)) == 1
    assert sorted(path.name for path in shelf.folder.iterdir()) == [".lock", f"{KIND}.csv"]
    assert newest_digest(counter) == there(shelf)


@pytest.mark.parametrize("kept", [True, False])
def test_an_import_that_was_cut_short_ends_at_the_next_start(
    counter: Counter, shelf: RegisterFiles, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    """Killed between the transaction and the file, or before the transaction was kept."""
    take(counter, register_of("synthetic-1"))
    before = there(shelf)

    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("api.store.register_files._Staged.take", kill)
        if not kept:
            patch.setattr("api.openid.counter.record_administration", lambda *_: "x" * 22)
        with pytest.raises(Killed):
            take(counter, register_of("synthetic-2"))
    assert there(shelf) == before
    settle_registers(shelf, counter.office.storage)
    assert (there(shelf) != before) == kept
    assert newest_digest(counter) == there(shelf)
    assert sorted(path.name for path in shelf.folder.iterdir()) == [".lock", f"{KIND}.csv"]


def test_what_was_being_written_when_it_was_killed_does_not_stay(
    counter: Counter, shelf: RegisterFiles
) -> None:
    """A whole register of people, under a name that nobody looks for."""
    take(counter, register_of("synthetic-1"))
    (shelf.folder / f"{KIND}.abcdefgh.partial").write_bytes(register_of("synthetic-2"))
    settle_registers(shelf, counter.office.storage)
    assert sorted(path.name for path in shelf.folder.iterdir()) == [".lock", f"{KIND}.csv"]


def test_an_entry_whose_file_could_not_take_its_place_is_finished_by_the_worker(
    counter: Counter, shelf: RegisterFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(counter, register_of("synthetic-1"))

    def full(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr("api.store.register_files._Staged.take", full)
        with pytest.raises(StorageUnavailableError):
            take(counter, register_of("synthetic-2"))
    with monkeypatch.context() as patch:
        patch.setattr("api.store.register_files.sync_folder", full)
        with pytest.raises(StorageUnavailableError):
            settle_registers(shelf, counter.office.storage)
    settle_registers(shelf, counter.office.storage)
    assert newest_digest(counter) == there(shelf) == sha256(register_of("synthetic-2")).hexdigest()


def test_the_next_import_ends_one_that_was_cut_short(
    counter: Counter, shelf: RegisterFiles
) -> None:
    shelf.folder.mkdir()
    (shelf.folder / f"{KIND}.unknown.staged").write_bytes(register_of("synthetic-9"))
    take(counter, register_of("synthetic-1"))
    settle_registers(shelf, counter.office.storage)
    assert there(shelf) == newest_digest(counter)
