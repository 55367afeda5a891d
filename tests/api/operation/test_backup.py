"""Backups: whole or not at all, on and across both engines; who was deleted stays deleted."""

import secrets
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from api.openid.ports import StatusListState
from api.operation.backup import Taken, take_backup
from api.operation.backup_errors import (
    BackupError,
    BackupFileError,
    BackupKeyError,
    LedgerBehindError,
    TargetNotEmptyError,
)
from api.operation.backup_file import FRAME_BYTES, Sealing, read_key, read_lines, write_lines
from api.operation.continuity import UNCOMPARED
from api.operation.destroying import BY_REQUEST, Record, destroy
from api.operation.restore import Restored, Source, restore_backup
from api.ports.destruction import RecordKind
from api.ports.errors import LogHaltedError
from api.store.database import Database
from api.store.migration import newest_revision
from api.store.schema import metadata
from tests.api.databases import ENGINES, Databases
from tests.api.operation.world import LOG, World

KEY = bytes(range(32))


def back_up(world: World, name: str = "backup", key: bytes | None = None) -> Path:
    target = world.folder / name
    take_backup(world.storage, world.destructions.head(), target, key, world.now)
    return target


def restore(world: World, url: str, file: Path, key: bytes | None = None) -> Restored:
    return restore_backup(url, Source(file, key), world.destructions, world.now)


def rows(url: str) -> dict[str, list[str]]:
    with closing(Database(url)) as storage, storage.reading() as reading:
        return {
            table.name: sorted(map(repr, reading.connection.execute(table.select())))
            for table in metadata.sorted_tables
            if table.name not in {"log_halt", "protection_head"}  # of the restore itself
        }


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_a_backup_restores_to_the_same_rows_on_either_engine(
    world: World, url: str, databases: Databases, target: str, key: bytes | None
) -> None:
    world.apply(5)
    world.seal()
    file = back_up(world, key=key)
    empty = databases.empty(target)
    restored = restore(world, empty, file, key)
    assert restored.rows["application"] == 5
    assert rows(empty) == rows(url)
    world.exchange(empty)
    assert world.storage.revision() == newest_revision()
    assert world.apply()[0].application.number


def test_a_restored_status_list_gives_out_no_place(alone: World, databases: Databases) -> None:
    """What was given out after the backup is not known, and must not be given out again."""
    list_, places = StatusListState("district", 1, 4, opened=alone.now), (2, 0, 3, 1)
    with alone.storage.work() as work:
        work.issuing.add_status_list(list_, places)
        work.issuing.draw_places(list_, 1, alone.now)
    empty = databases.empty("sqlite")
    restore(alone, empty, back_up(alone))
    alone.exchange(empty)
    with alone.storage.reading() as reading:
        [restored] = reading.issuing.status_lists("district")
    assert (restored.left, restored.ends) == (0, None)


def test_a_restored_log_takes_nothing_until_it_was_compared(
    alone: World, databases: Databases
) -> None:
    alone.apply(3)
    alone.seal()
    empty = databases.empty("sqlite")
    assert restore(alone, empty, back_up(alone)).logs == (LOG,)
    alone.exchange(empty)
    with alone.storage.reading() as reading:
        assert [halt.code for halt in reading.continuity.halts()] == [UNCOMPARED]
    with pytest.raises(LogHaltedError), alone.storage.work() as work:
        work.logs.open(LOG)


def test_who_was_deleted_after_the_backup_does_not_come_back(
    world: World, engine: str, databases: Databases
) -> None:
    gone, stays = (opened.application.number for opened in world.apply(2))
    world.seal()
    file = back_up(world)
    record = Record(RecordKind.APPLICATION, gone, BY_REQUEST)
    assert destroy(world.storage, world.destructions, record, world.now)
    empty = databases.empty(engine)
    assert restore(world, empty, file).again == {"application": 1}
    with closing(Database(empty)) as storage, storage.reading() as reading:
        assert reading.applications.find(gone) is None
        assert reading.applications.find(stays) is not None
        assert reading.logs.place(LOG, gone) is None
        keys = reading.connection.scalars(text("SELECT key FROM outbox")).all()
    assert not [key for key in keys if gone in key]


def test_a_ledger_older_than_the_backup_is_refused(alone: World, databases: Databases) -> None:
    (opened,) = alone.apply()
    record = Record(RecordKind.APPLICATION, opened.application.number, BY_REQUEST)
    destroy(alone.storage, alone.destructions, record, alone.now)
    file = back_up(alone)
    alone.destructions.path.unlink()
    empty = databases.empty("sqlite")
    with pytest.raises(LedgerBehindError):
        restore(alone, empty, file)


def test_a_database_that_holds_something_is_left_alone(alone: World, databases: Databases) -> None:
    (opened,) = alone.apply()
    file = back_up(alone)
    other = databases.migrated("sqlite")
    with pytest.raises(TargetNotEmptyError):
        restore(alone, other, file)
    with closing(Database(other)) as storage, storage.reading() as reading:
        assert reading.applications.find(opened.application.number) is None


def test_a_file_that_exists_is_not_overwritten(alone: World) -> None:
    (alone.folder / "backup").write_text("something")
    with pytest.raises(BackupError):
        back_up(alone)
    assert (alone.folder / "backup").read_text() == "something"


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_a_damaged_backup_changes_nothing(
    alone: World, databases: Databases, key: bytes | None
) -> None:
    alone.apply(2)
    data = back_up(alone, key=key).read_bytes()
    damaged = alone.folder / "damaged"
    flips = [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), 29)]
    for wrong in [*flips, data[:-1], data[: len(data) // 2], data + b"x", b""]:
        damaged.write_bytes(wrong)
        empty = databases.empty("sqlite")
        with pytest.raises((BackupFileError, BackupKeyError)):
            restore(alone, empty, damaged, key)
        assert not Path(empty.removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize("wrong", [b"g", b"\xff", b" ", b"F", b"\n", b"\0"])
def test_a_damaged_first_line_is_told(alone: World, databases: Databases, wrong: bytes) -> None:
    """The last digit of the prefix: what is no digit is damage as well."""
    data = back_up(alone, key=KEY).read_bytes()
    end = data.index(b"\n")
    damaged = alone.folder / "damaged"
    damaged.write_bytes(data[: end - 1] + wrong + data[end:])
    with pytest.raises((BackupFileError, BackupKeyError)):
        restore(alone, databases.empty("sqlite"), damaged, KEY)


def test_a_checksum_that_does_not_fit_is_refused(alone: World, databases: Databases) -> None:
    """Written whole by somebody else: frames and compression are sound, the content is not ours."""
    alone.apply()
    with back_up(alone).open("rb") as file:
        lines = list(read_lines(file, None))
    changed = [line.replace(b'"2026"', b'"2025"') for line in lines]
    assert changed != lines
    other = alone.folder / "other"
    with other.open("wb") as file:
        write_lines(file, changed, None)
    with pytest.raises(BackupFileError):
        restore(alone, databases.empty("sqlite"), other)


def test_sealed_frames_have_nonces_of_their_own() -> None:
    sealing = Sealing(b"header", b"p" * 7, KEY)
    frames = {sealing.close(n, last, b"data") for n in range(3) for last in (b"\x00", b"\x01")}
    assert len(frames) == 6


def test_a_sealed_backup_needs_its_key(alone: World, databases: Databases) -> None:
    (opened,) = alone.apply()
    file = back_up(alone, key=KEY)
    assert opened.application.number.encode() not in file.read_bytes()
    for wrong in (None, bytes(32)):
        with pytest.raises(BackupError):
            restore(alone, databases.empty("sqlite"), file, wrong)


def test_a_plain_backup_is_not_taken_for_a_sealed_one(alone: World, databases: Databases) -> None:
    file = back_up(alone)
    with pytest.raises(BackupKeyError):
        restore(alone, databases.empty("sqlite"), file, KEY)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_frames_cannot_be_dropped_or_swapped(tmp_path: Path, key: bytes | None) -> None:
    lines = [secrets.token_hex(FRAME_BYTES // 3).encode() for _ in range(6)]
    path = tmp_path / "file"
    with path.open("wb") as file:
        write_lines(file, lines, key)
    with path.open("rb") as file:
        assert list(read_lines(file, key)) == lines
    header, _, body = path.read_bytes().partition(b"\n")
    frames = []
    while body:
        length = 4 + int.from_bytes(body[:4], "big")
        frames.append(body[:length])
        body = body[length:]
    assert len(frames) > 2
    for changed in (frames[1:], frames[:-1], [frames[1], frames[0], *frames[2:]]):
        path.write_bytes(header + b"\n" + b"".join(changed))
        with path.open("rb") as file, pytest.raises(BackupFileError):
            list(read_lines(file, key))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY.hex())
    path.chmod(0o644)
    with pytest.raises(BackupKeyError):
        read_key(path)
    path.chmod(0o600)
    assert read_key(path) == KEY


def test_only_the_owner_may_read_a_backup(alone: World) -> None:
    assert back_up(alone).stat().st_mode & 0o077 == 0


def test_nothing_is_left_of_a_backup_that_failed(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Taken:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.operation.backup.write_lines", full)
    with pytest.raises(OSError, match="No space"):
        back_up(alone)
    assert not [path for path in alone.folder.iterdir() if "backup" in path.name]
