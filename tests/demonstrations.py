"""Both demonstrations, made once a run; tests that change one work on a copy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.demo.allowance.play import play_allowance
from api.demo.contest.play import play_contest
from api.demo.making import Stage, make
from api.demo.trail import Trail

Made = Callable[[str], Path]


def make_demo(kind: str, out: Path, play: Callable[[Stage], Trail]) -> Path:
    make(kind, out, lambda _ko, _en: None, play)
    return out


@pytest.fixture(scope="session")
def allowance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo("allowance", tmp_path_factory.mktemp("demo") / "allowance", play_allowance)


@pytest.fixture(scope="session")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo("contest", tmp_path_factory.mktemp("demo") / "contest", play_contest)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a folder without its chain, as somebody else would hold it."""

    def copy(source: Path) -> Path:
        target = tmp_path / "copy"
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("chain"))
        return target

    return copy
