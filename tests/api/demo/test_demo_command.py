"""``dojang demo`` as a person uses it: languages, exit codes, folders that are left alone."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from api.cli import main
from api.demo.errors import OccupiedError
from api.demo.folder import CHAIN, SNAPSHOT, Folder
from api.demo.making import _refuse_foreign
from contracts.evidence.snapshot_file import encode_snapshot
from tests.api.operation.live import Live, live, until
from tests.simulators.ledger import SimulatedLedger

pytestmark = pytest.mark.usefixtures("audited_once")
DOJANG = [sys.executable, "-m", "api.cli"]


def test_check_prints_that_all_holds_and_exits_0(
    contest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "check", str(contest), "--snapshot", str(contest / SNAPSHOT)]) == 0
    assert "모든 검사" in capsys.readouterr().out


def test_check_speaks_english_and_json(contest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = str(contest / SNAPSHOT)
    assert main(["demo", "check", str(contest), "--snapshot", snapshot, "--lang", "en"]) == 0
    assert "checks hold" in capsys.readouterr().out
    assert main(["demo", "check", str(contest), "--snapshot", snapshot, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_check_names_what_is_wrong_and_exits_1(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    root = tmp_path / "copy"
    shutil.copytree(contest, root)
    Folder(root).write("2020/poll/tally/counts.json", b"{}")
    assert main(["demo", "check", str(root), "--snapshot", str(contest / SNAPSHOT)]) == 1
    assert "2020/poll/tally/counts.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("snapshot", "code"), [("missing.json", 2), ("broken.json", 1)], ids=["missing", "broken"]
)
def test_check_without_a_usable_snapshot_checks_nothing(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], snapshot: str, code: int
) -> None:
    (tmp_path / "broken.json").write_text("{}")
    path = str(tmp_path / snapshot)
    assert main(["demo", "check", str(contest), "--snapshot", path]) == code
    assert "snapshot" in capsys.readouterr().err


def test_a_folder_of_somebody_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["demo", "contest", "--out", str(tmp_path)]) == 1
    assert (tmp_path / "letter.txt").read_text() == "mine"
    assert "demo.occupied" in capsys.readouterr().err


def test_a_folder_with_somebody_elses_manifest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name":"an extension"}')
    (tmp_path / "source.js").write_text("mine")
    assert main(["demo", "contest", "--out", str(tmp_path)]) == 1
    assert (tmp_path / "source.js").read_text() == "mine"


def test_a_hostile_file_name_cannot_steer_the_terminal(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    root = tmp_path / "copy"
    shutil.copytree(contest, root)
    (root / "evil\x1b[2J\nname").write_text("x")
    assert main(["demo", "check", str(root), "--snapshot", str(contest / SNAPSHOT)]) == 1
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "evil\\x1b[2J\\nname" in printed


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    assert main(["demo", "contest", "--out", str(tmp_path / "out")]) == 1
    assert (tmp_path / "out").read_text() == "mine"


def test_misuse_exits_2() -> None:
    done = subprocess.run([*DOJANG, "demo", "dance"], capture_output=True, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize("voters", ["19", "4877", "x", "-1"])
def test_a_poll_of_impossible_size_is_misuse(voters: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "contest", "--voters", voters, "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert not list(tmp_path.iterdir())


def test_a_demo_that_is_killed_leaves_the_finished_one_untouched(
    contest: Path, tmp_path: Path
) -> None:
    import shutil

    out = tmp_path / "contest"
    shutil.copytree(contest, out)
    before = (out / "manifest.json").read_bytes()
    command = [*DOJANG, "demo", "contest", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()
        os.kill(process.pid, signal.SIGKILL)
    assert (out / "manifest.json").read_bytes() == before
    assert main(["demo", "check", str(out), "--snapshot", str(out / SNAPSHOT)]) == 0


def test_a_full_disk_is_reported_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    # Caches of compiled modules would be cut as well, and stay.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        code = main(["demo", "contest", "--out", str(tmp_path / "out")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert code == 1
    assert capsys.readouterr().err.strip()
    assert not (tmp_path / "out").exists()


def chain_of(service: Live) -> object:
    """What a service says of its chain, once it has looked."""
    found: list[object] = []

    def told() -> bool:
        answer = httpx2.get(f"{service.origins[0]}/readyz", timeout=60)
        found.append(answer.json()["chain"])
        return found[-1] is not None

    until(told)
    return found[-1]


def test_service_keeps_its_chain_over_stop_and_kill(tmp_path: Path) -> None:
    identities = []
    for kills in (False, True, False):
        with live(tmp_path) as service:
            identities.append(chain_of(service))
            if not kills:
                assert service.stop() == 0
    assert identities == [identities[0]] * 3


def test_a_demo_whose_manifest_was_taken_away_may_be_replaced(tmp_path: Path) -> None:
    """An interrupted make of older versions deleted it, and the folder was occupied for ever."""
    (tmp_path / CHAIN).mkdir()
    (tmp_path / SNAPSHOT).write_bytes(encode_snapshot(SimulatedLedger(lambda: 1).snapshot()))
    _refuse_foreign(tmp_path)
    (tmp_path / SNAPSHOT).write_text("{}")
    with pytest.raises(OccupiedError):
        _refuse_foreign(tmp_path)
