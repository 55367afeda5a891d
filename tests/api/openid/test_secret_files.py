"""Keys in files: made once, readable by nobody else, rotated whole."""

import secrets
from pathlib import Path

import pytest

from api.ports.errors import StorageShapeError
from api.store.secret_files import IssuerKeyFiles, SecretFiles


def files(folder: Path) -> SecretFiles:
    return SecretFiles(folder / "keys", secrets.token_bytes)


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = files(tmp_path).secret("a")
    assert len(made) == 32
    assert files(tmp_path).secret("a") == made
    assert (tmp_path / "keys" / "a").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["a"]


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    files(tmp_path).secret("a")
    (tmp_path / "keys" / "a").chmod(0o644)
    with pytest.raises(StorageShapeError):
        files(tmp_path).secret("a")


@pytest.mark.parametrize("text", ["", "zz", "00" * 31])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, text: str) -> None:
    files(tmp_path).secret("a")
    (tmp_path / "keys" / "a").write_text(text)
    with pytest.raises(StorageShapeError):
        files(tmp_path).secret("a")


def test_a_rotation_is_seen_by_another_process(tmp_path: Path) -> None:
    one, other = IssuerKeyFiles(files(tmp_path)), IssuerKeyFiles(files(tmp_path))
    before = one.signer("district").point
    assert other.signer("district").point == before
    following = one.prepare("district").point
    assert one.prepare("district").point == following != before
    one.adopt("district")
    assert one.signer("district").point == other.signer("district").point == following


def test_a_document_is_made_once(tmp_path: Path) -> None:
    folder = files(tmp_path)
    folder.secret("a")
    assert folder.document("b", lambda: b"one") == folder.document("b", lambda: b"two") == b"one"
