"""Key files on a disk: private, whole, never overwritten, no older copy, never two at once."""

import os
import resource
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.voting.keeping.desk import PASSPHRASE, Desk
from voting.crypto.ceremony import Round
from voting.keeping import disk
from voting.keeping.deciding import Decision
from voting.keeping.disk import FileDecisions, hand_over, open_key_file, read_file, replace_file
from voting.keeping.errors import (
    ExposedFileError,
    FileTakenError,
    KeyBusyError,
    KeyFileFormError,
    OldCopyError,
    StorageError,
)
from voting.keeping.setting import Role
from voting.keeping.state import KeyState

ROOT = Path(__file__).parents[3]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.identities("trustee", 1)
    return made


def opened(desk: Desk, *, restored: bool = False, role: Role = Role.TRUSTEE) -> KeyState:
    path = desk.key("trustee", 1)
    with open_key_file(
        path, role, lambda: PASSPHRASE, secrets.token_bytes, restored=restored
    ) as key:
        return key.state


def save_again(desk: Desk) -> None:
    path = desk.key("trustee", 1)
    with open_key_file(path, Role.TRUSTEE, lambda: PASSPHRASE, secrets.token_bytes) as key:
        key.save(key.state.noted("synthetic", b""))


def test_new_key_file_is_private_and_opens(desk: Desk) -> None:
    path = desk.key("trustee", 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert opened(desk).role is Role.TRUSTEE
    assert opened(desk).identity not in path.read_bytes()


def test_file_that_others_can_read_is_refused_before_the_passphrase_is_asked(desk: Desk) -> None:
    path = desk.key("trustee", 1)

    def ask() -> str:
        raise AssertionError

    for mode in (0o644, 0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(ExposedFileError), open_key_file(path, Role.TRUSTEE, ask, os.urandom):
            pass
    path.chmod(0o600)
    assert opened(desk)


def test_passphrase_file_that_others_can_read_is_refused(desk: Desk) -> None:
    desk.passphrase.chmod(0o644)
    code, outcome = desk.run("trustee", "status", *desk.own("trustee", 1))
    assert (code, outcome["code"]) == (2, "F-03")


def test_link_to_a_key_file_is_refused(desk: Desk) -> None:
    path = desk.key("trustee", 1)
    path.rename(desk.folder / "elsewhere")
    path.symlink_to(desk.folder / "elsewhere")
    with pytest.raises(ExposedFileError):
        opened(desk)


def test_key_file_of_the_other_role_is_refused(desk: Desk) -> None:
    with pytest.raises(KeyFileFormError):
        opened(desk, role=Role.REGISTRAR)


def test_missing_key_file_is_said_to_be_missing_and_leaves_nothing(desk: Desk) -> None:
    before = sorted(desk.folder.iterdir())
    code, outcome = desk.run(
        "trustee", "status", "--key", desk.folder / "none", "--passphrase-file", desk.passphrase
    )
    assert (code, outcome["code"]) == (2, "F-10")
    assert sorted(desk.folder.iterdir()) == before


def test_key_file_is_never_overwritten(desk: Desk) -> None:
    before = desk.key("trustee", 1).read_bytes()
    given = [*desk.own("trustee", 1), "--out", desk.folder / "card.json"]
    code, outcome = desk.run("trustee", "new-identity", *given)
    assert (code, outcome["code"]) == (2, "F-05")
    assert desk.key("trustee", 1).read_bytes() == before


def test_second_program_is_turned_away(desk: Desk) -> None:
    path = desk.key("trustee", 1)
    key = open_key_file(path, Role.TRUSTEE, lambda: PASSPHRASE, secrets.token_bytes)
    with key, pytest.raises(KeyBusyError):
        opened(desk)
    assert opened(desk)


def test_older_copy_is_refused_and_the_newest_is_not(desk: Desk, tmp_path: Path) -> None:
    path, copy = desk.key("trustee", 1), tmp_path / "copy"
    shutil.copy2(path, copy)
    save_again(desk)
    newest = path.read_bytes()
    shutil.copy2(copy, path)
    with pytest.raises(OldCopyError):
        opened(desk)
    with pytest.raises(OldCopyError):
        opened(desk, restored=True)
    path.write_bytes(newest)
    assert opened(desk).journal[-1].what == "synthetic"


def test_copy_without_its_counter_is_opened_only_when_its_owner_insists(desk: Desk) -> None:
    counter = desk.folder / "trustee-1.key.count"
    counter.unlink()
    with pytest.raises(OldCopyError):
        opened(desk)
    assert opened(desk, restored=True)
    assert counter.read_text() == "1"
    counter.write_text("nonsense")
    with pytest.raises(OldCopyError):
        opened(desk)


def test_counter_behind_the_file_is_repaired(desk: Desk) -> None:
    """A program that was stopped between the two files."""
    save_again(desk)
    counter = desk.folder / "trustee-1.key.count"
    counter.write_text("1")
    assert opened(desk)
    assert counter.read_text() == "2"


def full(limit: int) -> Callable[[], None]:
    """Every file of the child may have so many bytes: what a full disk looks like."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def test_full_disk_is_reported_and_nothing_is_half_written(desk: Desk) -> None:
    desk.prepare_for(1)
    folder, path = desk.exchange("trustee"), desk.key("trustee", 1)
    words = [*desk.own("trustee", 1), "--folder", folder, "--json"]
    # -B: its caches of compiled modules would be cut as well, and stay.
    command = [sys.executable, "-B", "-m", "voting", "trustee", "announce", *map(str, words)]
    before, names = path.read_bytes(), sorted(desk.folder.rglob("*"))
    done = subprocess.run(
        command, cwd=ROOT, preexec_fn=full(100), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert '"F-10"' in done.stdout
    assert not done.stderr
    assert path.read_bytes() == before
    assert sorted(desk.folder.rglob("*")) == names
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert (folder / disk.message_name(Round.ANNOUNCE, 1)).exists()


def test_folder_that_is_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        replace_file(tmp_path / "no" / "file", b"x", 0o600)
    with pytest.raises(StorageError):
        read_file(tmp_path / "none", 10)
    (tmp_path / "long").write_bytes(bytes(11))
    with pytest.raises(StorageError):
        read_file(tmp_path / "long", 10)


def test_file_is_handed_over_once_and_the_same_again(tmp_path: Path) -> None:
    path = tmp_path / "message"
    for _ in range(2):
        hand_over(path, b"first")
    with pytest.raises(FileTakenError):
        hand_over(path, b"other")
    with pytest.raises(FileTakenError):
        hand_over(path, b"firs")
    assert path.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["message"]
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileTakenError):
        hand_over(tmp_path / "link", b"first")


def test_what_a_stopped_program_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".message.new").write_bytes(b"half")
    hand_over(tmp_path / "message", b"whole")
    assert [one.name for one in tmp_path.iterdir()] == ["message"]


def test_decisions_of_a_device_outlive_it(tmp_path: Path) -> None:
    path = tmp_path / "decisions"
    assert FileDecisions(path).put(b"\x01", Decision.OPENED) is Decision.OPENED
    assert FileDecisions(path).put(b"\x01", Decision.CAST) is Decision.OPENED
    assert FileDecisions(path).put(b"\x02", Decision.CAST) is Decision.CAST
    path.write_text("nonsense\n")
    with pytest.raises(StorageError):
        FileDecisions(path).put(b"\x03", Decision.CAST)
    path.chmod(0o644)
    with pytest.raises(ExposedFileError):
        FileDecisions(path).put(b"\x03", Decision.CAST)
