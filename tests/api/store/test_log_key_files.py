"""Keys of logs as files: made once, kept from others, and refused when they are not."""

from pathlib import Path

import pytest

from api.ports.errors import StorageShapeError
from api.store.log_key_files import LogKeyFiles
from contracts.evidence.checkpoint import Checkpoint, open_checkpoint


def test_a_key_is_made_once_and_its_signature_is_believed(tmp_path: Path) -> None:
    keys = LogKeyFiles(tmp_path / "keys", "dojang.example")
    state = Checkpoint(keys.origin("applications"), 3, b"r" * 32)
    note = keys.sign("applications", state)
    again = LogKeyFiles(tmp_path / "keys", "dojang.example")
    assert open_checkpoint(note, [again.key("applications")]) == state
    assert again.key("others") != again.key("applications")


def test_keys_are_for_their_owner_only_and_not_told(tmp_path: Path) -> None:
    keys = LogKeyFiles(tmp_path / "keys", "dojang.example")
    keys.key("applications")
    (path,) = (tmp_path / "keys").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() not in repr(keys)
    path.chmod(0o644)
    with pytest.raises(StorageShapeError, match="chmod 600"):
        LogKeyFiles(tmp_path / "keys", "dojang.example").key("applications")


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 33])
def test_a_file_without_a_key_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log-applications.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(StorageShapeError):
        LogKeyFiles(tmp_path, "dojang.example").key("applications")
    assert path.read_text() == text
