"""The command line of the contracts."""

from pathlib import Path

import pytest

from contracts import compile as compiling
from contracts.__main__ import main
from contracts.evidence.snapshot_file import decode_snapshot

CONTRACTS = Path(compiling.__file__).parent


def test_deploy_prints_the_same_identity_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--folder", str(tmp_path)]) == 0
    first = capsys.readouterr().out
    assert main(["deploy", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == first
    assert "IssuerRegistry" in first


def test_snapshot_writes_a_file_that_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "snapshot.json"
    main(["deploy", "--folder", str(tmp_path / "chain")])
    assert main(["snapshot", "--folder", str(tmp_path / "chain"), "--out", str(file)]) == 0
    snapshot = decode_snapshot(file.read_bytes())
    assert str(snapshot.identity.chain_id) in capsys.readouterr().out


def test_status_counts_what_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["deploy", "--folder", str(tmp_path)])
    assert main(["status", "--folder", str(tmp_path)]) == 0
    assert "logs          0 with 0 checkpoints" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["status"], ["snapshot", "--out", "unwritten.json"]])
def test_reading_makes_no_chain_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main([*command, "--folder", str(tmp_path / "absent")]) == 1
    assert "deploy first" in capsys.readouterr().err
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(("binding", "expected"), [("same", 0), ("changed", 1)])
def test_compile_check_tells_whether_files_would_change(
    monkeypatch: pytest.MonkeyPatch, binding: str, expected: int
) -> None:
    """What is compiled is given here; that it is what the sources say, another test checks."""
    name = "StatusRegistry"
    artifact = (CONTRACTS / "artifacts" / f"{name}.json").read_text()
    text = (CONTRACTS / "bindings" / "status_registry.py").read_text()
    item = compiling.Compiled(name, artifact, text if binding == "same" else text + "#")
    monkeypatch.setattr(compiling, "compile_contracts", lambda: (item,))
    assert main(["compile", "--check"]) == expected


def test_compile_without_a_compiler_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    (tmp_path / "contracts" / "src").mkdir(parents=True)
    monkeypatch.setattr(compiling, "_HERE", tmp_path / "contracts")
    (tmp_path / "contracts" / "src" / "A.sol").write_text("contract A {}")
    assert main(["compile"]) == 1
    assert "npm ci" in capsys.readouterr().err


def test_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "usage" in capsys.readouterr().err
