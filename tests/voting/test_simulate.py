"""The commands ``simulate`` and ``audit``: files, first lines, exit codes."""

import ast
import json
from pathlib import Path

import pytest

from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.poll import RNG, simulated, snapshot
from voting.__main__ import DIFFERS, HOLDS, MISUSED, main
from voting.audit.statement import PUBLISHED_BY, TRUSTED, UNCHAINED
from voting.disk_folder import DiskFolder
from voting.errors import VotingError
from voting.poll.clauses import PublicationKind
from voting.poll.errors import RecordError
from voting.simulate.plan import Plan, Quorum, casts, seeded_choices
from voting.simulate.simulation import Means, simulate

SMALL = ["--options", "3", "--choose", "1", "--workers", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("poll") / "record"
    assert main(["simulate", "--voters", "22", *SMALL, "--out", str(out)]) == HOLDS
    return out


def test_simulated_poll_audits_clean_on_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(folder), "--workers", "1"]) == HOLDS
    lines = capsys.readouterr().out.splitlines()
    said = f"{PUBLISHED_BY[PublicationKind.SIMULATION].ko} {TRUSTED.ko}"
    assert lines[0] == said
    assert lines[-2] == "22 / 25"
    assert lines[-1].startswith("확인한 것은 모두 맞습니다 (확인 안 함: A-03). ")
    assert "합한 1위: '" in lines[-1]
    assert lines[-1].endswith(said)


def test_several_processes_find_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(folder), "--workers", "2", "--json"]) == HOLDS
    captured = capsys.readouterr()
    assert json.loads(captured.out)["counted"] == 22
    assert "ballots: 25 / 25" in captured.err


def test_poll_id_is_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", str(folder), "--workers", "1", "--json"])
    poll_id = json.loads(capsys.readouterr().out)["poll"]
    given = ["audit", str(folder), "--workers", "1", "--lang", "en", "--poll-id"]
    assert main([*given, poll_id]) == HOLDS
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == PUBLISHED_BY[PublicationKind.SIMULATION].en
    assert last.endswith(first)
    assert main([*given, "00" * 32]) == DIFFERS
    assert main([*given, "00"]) == MISUSED


def test_snapshot_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    poll = simulated()
    for name, data in poll.files.items():
        path = tmp_path / "record" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    chain = tmp_path / "snapshot.json"
    chain.write_bytes(encode_snapshot(snapshot(poll)))
    given = ["audit", str(tmp_path / "record"), "--workers", "1", "--lang", "en", "--chain"]
    assert main([*given, str(chain)]) == HOLDS
    out = capsys.readouterr().out
    assert "not checked" not in out
    first, *_, last = out.splitlines()
    assert first == f"{PUBLISHED_BY[PublicationKind.CHECKPOINT_LOG].en} {TRUSTED.en}"
    assert last.endswith(first)
    assert main(given[:-1]) == HOLDS
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.endswith(UNCHAINED.en)
    assert last.endswith(UNCHAINED.en)
    chain.write_bytes(b"{}")
    assert main([*given, str(chain)]) == MISUSED


def test_changed_file_is_found_and_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / "tally" / "counts.json").write_bytes(b"{}")
    assert main(["audit", str(tmp_path), "--workers", "1", "--lang", "en"]) == DIFFERS
    out = capsys.readouterr().out
    assert "tally/counts.json: " in out
    assert "A-21  FAILS" in out
    last = out.splitlines()[-1]
    assert last.startswith("DOES NOT HOLD: ")
    assert "A-21 counts" in last
    assert "First by" not in last


@pytest.mark.parametrize(
    "arguments",
    [
        ["--voters", "0"],
        ["--voters", "25", "--registrars", "2of4"],
        ["--voters", "25", "--options", "3", "--choose", "4"],
    ],
)
def test_impossible_polls_are_refused(arguments: list[str], tmp_path: Path) -> None:
    out = tmp_path / "record"
    assert main(["simulate", *arguments, "--out", str(out)]) == MISUSED
    assert not out.exists()


def test_folder_that_exists_is_never_written_into(tmp_path: Path) -> None:
    assert main(["simulate", "--voters", "25", *SMALL, "--out", str(tmp_path)]) == MISUSED
    assert not list(tmp_path.iterdir())


def test_no_folder_is_no_record(tmp_path: Path) -> None:
    assert main(["audit", str(tmp_path / "nothing"), "--workers", "1"]) == MISUSED
    assert main(["audit", str(tmp_path), "--workers", "1"]) == DIFFERS


def test_links_and_missing_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1234")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    here = DiskFolder(tmp_path)
    assert (here.names(), here.length("real")) == (["link", "real"], 4)
    assert list(here.blocks("real", 3)) == [b"123", b"4"]
    for name in ("link", "nothing"):
        with pytest.raises(RecordError):
            here.length(name)
        with pytest.raises(RecordError):
            list(here.blocks(name, 10))


@pytest.mark.parametrize(("t", "n", "f"), [(3, 4, 1), (4, 5, 2), (5, 7, 2), (3, 3, 2), (2, 2, 1)])
def test_as_many_registrars_may_be_dishonest_as_the_rule_allows(t: int, n: int, f: int) -> None:
    assert Plan(25, registrars=Quorum(t, n)).dishonest == f


def test_seed_fixes_choices_and_nothing_else_does() -> None:
    one, two = Plan(40, seed="a"), Plan(40, seed="b")
    assert seeded_choices(one) == seeded_choices(Plan(40, seed="a")) != seeded_choices(two)
    assert {sum(choice) for choice in seeded_choices(one)} == {3}
    assert len(casts(seeded_choices(one), 10)) == 2
    assert casts(seeded_choices(one), 11) == (seeded_choices(one)[11],)


def test_counts_are_those_of_the_choices() -> None:
    plan = Plan(21, 2, 1)
    choices = [(1, 0)] * 14 + [(0, 1)] * 7
    counts = json.loads(simulate(plan, choices, Means(RNG)).files["tally/counts.json"])
    assert list(counts["votes"].values()) == [14, 7]
    with pytest.raises(VotingError):
        simulate(plan, choices[1:], Means(RNG))


def test_roll_and_ballots_never_import_each_other() -> None:
    root = Path(__file__).parents[2] / "voting"
    who = {"voting.poll.roll", "voting.poll.registrar"}
    what = {"voting.poll.board", "voting.poll.leaf", "voting.poll.tally", "voting.crypto.ballot"}
    for names, forbidden in ((who, what), (what, who)):
        for name in names:
            tree = ast.parse((root.parent / f"{name.replace('.', '/')}.py").read_text("utf-8"))
            found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert not found & forbidden, name
