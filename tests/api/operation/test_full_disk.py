"""A disk that is full is told in a line, and what was acknowledged stays."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import httpx2

from tests.api.operation.live import PATH, live, until

BODY = {"service": "document-delivery"}


def dojang(
    folder: Path, *arguments: str, room: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command; ``room`` is how long its files may get, in bytes."""

    def bound() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=os.environ | {"DOJANG_CHAIN": str(folder / "chain")},
        preexec_fn=bound,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A file's size is bounded in the processes that answer: writing fails as on a full disk."""
    with live(tmp_path) as service:
        people = service.origins[0]
        with httpx2.Client(base_url=people, timeout=30) as client:
            kept = [client.post(PATH, json=BODY).json() for _ in range(5)]
            web = service.pid("web-1")
            before = resource.prlimit(web, resource.RLIMIT_FSIZE, (1, before_hard(web)))
            refused = client.post(PATH, json=BODY)
            assert refused.status_code == 503
            assert refused.json()["code"] == "storage.unavailable"
            assert client.get("/livez").status_code == 200
            resource.prlimit(web, resource.RLIMIT_FSIZE, before)
            until(lambda: client.post(PATH, json=BODY).status_code == 201)
            for told in kept:
                bearer = {"Authorization": f"Bearer {told['secret']}"}
                assert client.get(f"{PATH}/{told['number']}", headers=bearer).status_code == 200
        assert service.stop() == 0
    assert "Traceback" not in "\n".join(service.told())
    assert not [line for line in service.journal() if line["event"] == "process.ended"]


def before_hard(process: int) -> int:
    return resource.prlimit(process, resource.RLIMIT_FSIZE)[1]


def test_a_backup_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    assert dojang(tmp_path, "backup", "--to", str(tmp_path / "whole")).returncode == 0
    made = dojang(tmp_path, "backup", "--to", str(tmp_path / "cut"), room=200)
    assert made.returncode == 1
    assert made.stderr.startswith("dojang: ")
    assert "Traceback" not in made.stderr
    assert not list(tmp_path.glob("cut*"))
