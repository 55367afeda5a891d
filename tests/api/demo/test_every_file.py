"""Whichever file of a demonstration is changed, taken away or put in: the check finds it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.demo.checking import check_folder
from api.demo.errors import FolderError
from api.demo.folder import MANIFEST, SNAPSHOT

pytestmark = pytest.mark.usefixtures("audited_once")
KINDS = ("allowance", "contest")
SAMPLES = 4
"""Files of each demonstration that are tried in every run; all of them in the acceptance run."""


def files_of(root: Path) -> list[str]:
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def sample(names: list[str]) -> list[str]:
    """Some from all over the folder, and those that no manifest lists."""
    step = max(1, len(names) // SAMPLES)
    return sorted({*names[step // 2 :: step], MANIFEST, SNAPSHOT})


@pytest.fixture(scope="module")
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that every test of the module leaves as it was."""
    source: Path = request.getfixturevalue(request.param)
    copy = tmp_path_factory.mktemp("every") / "copy"
    shutil.copytree(source, copy)
    return copy


def found(root: Path, snapshot: bytes) -> list[str]:
    """Where something is wrong; the manifest where nothing can be checked at all."""
    try:
        return [finding.place for finding in check_folder(root, snapshot).findings]
    except FolderError:
        return [MANIFEST]


@contextmanager
def changed(path: Path) -> Iterator[None]:
    before = path.read_bytes()
    middle = len(before) // 2
    after = before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :] if before else b"~"
    path.write_bytes(after)
    yield
    path.write_bytes(before)


@contextmanager
def removed(path: Path) -> Iterator[None]:
    before = path.read_bytes()
    path.unlink()
    yield
    path.write_bytes(before)


def check_each(root: Path, names: list[str]) -> None:
    snapshot = (root / SNAPSHOT).read_bytes()
    assert found(root, snapshot) == []
    unseen = []
    for name in names:
        for change in (changed, removed):
            with change(root / name):
                if name not in found(root, snapshot):
                    unseen.append((change.__name__, name))
    assert unseen == []
    assert found(root, snapshot) == []


@pytest.mark.parametrize("held", KINDS, indirect=True)
def test_a_changed_or_missing_file_is_named(held: Path) -> None:
    check_each(held, sample(files_of(held)))


@pytest.mark.acceptance
@pytest.mark.parametrize("held", KINDS, indirect=True)
def test_every_changed_or_missing_file_is_named(held: Path) -> None:
    check_each(held, files_of(held))


def a_file(path: Path) -> None:
    path.write_bytes(b"")


def a_link(path: Path) -> None:
    path.symlink_to(path.parent / MANIFEST)


def a_link_to_a_folder(path: Path) -> None:
    path.symlink_to("/")


def a_broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


STRANGERS: dict[str, Callable[[Path], None]] = {
    "chain": a_folder,
    "chain.sqlite": a_file,
    ".hidden": a_file,
    "keys/another.json": a_file,
    "manifest.json~": a_file,
    "snapshot.json.bak": a_file,
    "linked": a_link,
    "root": a_link_to_a_folder,
    "broken": a_broken_link,
    "pipe": a_pipe,
    "2020": a_file,
}


@pytest.mark.parametrize("held", ["allowance"], indirect=True)
@pytest.mark.parametrize("name", STRANGERS)
def test_whatever_is_put_in_is_named(held: Path, name: str) -> None:
    snapshot = (held / SNAPSHOT).read_bytes()
    STRANGERS[name](held / name)
    try:
        assert name in found(held, snapshot)
    finally:
        if STRANGERS[name] is a_folder:
            (held / name).rmdir()
        else:
            (held / name).unlink()
    assert found(held, snapshot) == []


@pytest.mark.parametrize("held", ["allowance"], indirect=True)
def test_a_file_in_the_chains_old_place_is_named(held: Path) -> None:
    snapshot = (held / SNAPSHOT).read_bytes()
    (held / "chain").mkdir()
    (held / "chain" / "chain.sqlite").write_bytes(b"anything")
    try:
        assert {"chain", "chain/chain.sqlite"} <= set(found(held, snapshot))
    finally:
        shutil.rmtree(held / "chain")


@pytest.mark.parametrize("held", ["allowance"], indirect=True)
def test_a_file_in_place_of_a_folder_and_a_link_in_place_of_a_file_are_named(held: Path) -> None:
    snapshot = (held / SNAPSHOT).read_bytes()
    path = held / "trail.json"
    data = path.read_bytes()
    path.unlink()
    (held.parent / "elsewhere").write_bytes(data)
    path.symlink_to(held.parent / "elsewhere")
    try:
        assert "trail.json" in found(held, snapshot)
    finally:
        path.unlink()
        path.write_bytes(data)


@pytest.mark.parametrize("kind", KINDS)
def test_no_chain_is_shipped_or_left_beside(kind: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(kind)
    assert not (root / "chain").exists()
    assert [path.name for path in root.parent.iterdir()] == [root.name]
