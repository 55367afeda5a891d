"""Both demonstrations, made once a run; tests that change one work on a copy."""

import hashlib
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from api.demo.allowance.play import play_allowance
from api.demo.contest import checking
from api.demo.contest.play import play_contest
from api.demo.contest.polling import FEWEST_VOTERS, Turnout
from api.demo.contest.record import ContestRecord
from api.demo.making import Stage, make
from api.demo.trail import Trail
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Report

Made = Callable[[str], Path]
SMALLEST = Turnout({"2020": FEWEST_VOTERS, "2023": FEWEST_VOTERS})


def make_demo(kind: str, out: Path, play: Callable[[Stage], Trail]) -> Path:
    make(kind, out, lambda _ko, _en: None, play)
    return out


@pytest.fixture(scope="session")
def allowance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo("allowance", tmp_path_factory.mktemp("demo") / "allowance", play_allowance)


@pytest.fixture(scope="session")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "contest"
    return make_demo("contest", out, partial(play_contest, turnout=SMALLEST))


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a folder, as somebody else would hold it."""

    def copy(source: Path) -> Path:
        target = tmp_path / "copy"
        shutil.copytree(source, target)
        return target

    return copy


AUDITS: dict[bytes, Report] = {}


@pytest.fixture
def audited_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same record of a poll under the same trust is audited once a run, however often asked.

    Most tests change something else than a poll, whose audit would then take most of their time.
    """
    audit = checking.audit_poll

    def remembered(record: ContestRecord, snapshot: TrustSnapshot) -> Report:
        hasher = hashlib.sha256(repr(snapshot).encode())
        root = record.folder.root / record.year
        for path in sorted([root / "poll.json", *(root / "poll").rglob("*")]):
            if path.is_file():
                data = path.read_bytes()
                hasher.update(f"{path.relative_to(root)} {len(data)} ".encode() + data)
        digest = hasher.digest()
        if digest not in AUDITS:
            AUDITS[digest] = audit(record, snapshot)
        return AUDITS[digest]

    monkeypatch.setattr(checking, "audit_poll", remembered)
