"""The targets of ``make soak`` accept sound inputs, and refuse what once got past them."""

from pathlib import Path

import pytest

from contracts.evidence.errors import EncodingError
from tests.soak.decoders import Tried, main, report, write_seeds
from tests.soak.seeds import seeds
from tests.soak.targets import TARGETS, Target

SEEDS = seeds()


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_accepts_a_sound_input(name: str) -> None:
    TARGETS[name].run(SEEDS[name][0])


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_refuses_changed_inputs_with_documented_errors_only(name: str) -> None:
    for data in SEEDS[name]:
        for changed in (b"", data[:-1], data + b"\0", data[len(data) // 2 :], b"\xff" + data):
            try:
                TARGETS[name].run(changed)
            except TARGETS[name].documented:
                continue


def broken(data: bytes) -> object:
    return {b"sound": 1}[data]


def doomed(data: bytes) -> object:
    raise EncodingError(repr(data))


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tried:
    targets = {
        "broken": Target(broken, (EncodingError,)),
        "doomed": Target(doomed, (EncodingError,)),
    }
    monkeypatch.setattr("tests.soak.targets.TARGETS", targets)
    return Tried(tmp_path)


def test_an_undocumented_error_is_kept_once_with_its_input(tried: Tried) -> None:
    for data in (b"", b"\0sound", b"\0x", b"\0y", b"\1x", b"\3x"):
        tried.one(data)
    assert tried.counts == {
        "broken: accepted": 1,
        "broken: UNDOCUMENTED": 2,
        "doomed: refused": 2,
    }
    (kept,) = (path for path in tried.out.glob("finding-*") if not path.suffix)
    assert kept.read_bytes() == b"\0x"
    about = kept.with_suffix(".txt").read_text(encoding="utf-8")
    assert about.startswith("broken KeyError test_decoders.py:")


def test_a_run_ends_with_1_if_anything_was_found(
    tried: Tried, capsys: pytest.CaptureFixture[str]
) -> None:
    (tried.out / "log.txt").write_text("#9 NEW cov: 12 ft: 15 corp: 2", encoding="utf-8")
    tried.one(b"\1x")
    tried.write()
    assert report(tried.out, 0) == 0
    assert report(tried.out, 77) == 1
    assert "inputs: 1, of which accepted: 0\nbranches covered: 12\n" in capsys.readouterr().out
    tried.one(b"\0x")
    assert report(tried.out, 0) == 1
    assert "broken KeyError" in capsys.readouterr().out


def test_an_input_can_be_tried_again(tried: Tried, capsys: pytest.CaptureFixture[str]) -> None:
    path = tried.out / "input"
    for data, said in ((b"\0sound", "broken: accepted"), (b"\1x", "doomed: refused")):
        path.write_bytes(data)
        assert main(["--replay", str(path)]) == 0
        assert capsys.readouterr().out.startswith(said)
    path.write_bytes(b"\0x")
    with pytest.raises(KeyError):
        main(["--replay", str(path)])


def test_seeds_are_written_for_their_targets_and_give_words(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    write_seeds(tmp_path / "corpus", tmp_path / "words")
    names = list(TARGETS)
    written = [path.read_bytes() for path in (tmp_path / "corpus").iterdir()]
    assert sorted(written) == sorted(
        bytes([names.index(name)]) + data for name, inputs in SEEDS.items() for data in inputs
    )
    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert '"status_list"' in words
    assert '"null"' in words
