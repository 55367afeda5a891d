"""A backup taken while people apply, a deletion after it, and a service that goes on from it."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from contracts.evidence.checkpoint import parse_checkpoint_text
from contracts.evidence.merkle import check_consistency, prove_consistency
from contracts.evidence.tiles import TileReader
from tests.api.operation.live import PATH, Applicants, Live, live, until


def dojang(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"DOJANG_CHAIN": str(folder / "chain"), "PORT": "0"}
    command = [sys.executable, "-m", "api.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def published(folder: Path) -> tuple[int, bytes]:
    note = (folder / "published" / "applications" / "checkpoint").read_text()
    state = parse_checkpoint_text(note.partition("\n\n")[0] + "\n")
    return state.size, state.root


def status(service: Live, number: str, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx2.get(f"{service.origins[0]}{PATH}/{number}", headers=headers).status_code


@pytest.mark.acceptance
def test_a_backup_under_load_restores_to_logs_that_continue(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    url = f"sqlite:///{tmp_path / 'dojang.sqlite'}"
    with (
        live(tmp_path, "--workers", "2") as service,
        Applicants(service.origins[0], url) as applicants,
    ):
        applicants.await_more(20)
        before = dict(applicants.acknowledged)
        dojang(tmp_path, "backup", "--to", str(file))
        applicants.await_more(20)
        gone = next(iter(before))
        assert dojang(tmp_path, "destroy", "application", gone) == "destroyed\n"
        assert status(service, gone, before[gone]) == 404
        begun = published(tmp_path)[0] if (tmp_path / "published").exists() else 0
        until(lambda: (tmp_path / "published").exists() and published(tmp_path)[0] > begun)
        assert service.stop() == 0
    old = published(tmp_path)
    for path in tmp_path.glob("dojang.sqlite*"):
        path.unlink()
    assert "done again: 1 application" in dojang(tmp_path, "restore", str(file))
    assert "applications:" in dojang(tmp_path, "recover-logs")
    with live(tmp_path) as service:
        assert status(service, gone, before.pop(gone)) == 404
        for number, secret in before.items():
            assert status(service, number, secret) == 200
        with Applicants(service.origins[0], url) as applicants:
            applicants.await_more(10)
        until(lambda: published(tmp_path)[0] > old[0])
        assert service.stop() == 0
    new = published(tmp_path)
    folder = tmp_path / "published" / "applications"
    reader = TileReader(lambda path: (folder / path).read_bytes(), new[0])
    proof = prove_consistency(reader, old[0], new[0])
    check_consistency(old[0], new[0], proof, old[1], new[1])
