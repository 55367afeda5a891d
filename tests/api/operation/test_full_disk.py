"""A disk that is full is told in a line, and what was acknowledged stays."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from api.store.migration import migrate
from tests.api.operation.live import PATH, live, until

BODY = {"service": "document-delivery"}


def dojang(
    folder: Path, *arguments: str, room: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command; ``room`` is how long its files may get, in bytes."""
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        # Caches of compiled modules would be cut as well, and stay.
        env=os.environ | {"DOJANG_CHAIN": str(folder / "chain"), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: bound(room),
        capture_output=True,
        text=True,
        check=False,
    )


def bound(room: int | None) -> None:
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's size is bounded in the processes that answer: writing fails as on a full disk."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
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
            until(lambda: client.get("/readyz").status_code == 503)
            assert client.get("/readyz").json()["disk"] == "full"
            resource.prlimit(web, resource.RLIMIT_FSIZE, before)
            until(lambda: client.post(PATH, json=BODY).status_code == 201)
            until(lambda: client.get("/readyz").status_code == 200)
            for told in kept:
                bearer = {"Authorization": f"Bearer {told['secret']}"}
                assert client.get(f"{PATH}/{told['number']}", headers=bearer).status_code == 200
        assert service.stop() == 0
    assert "Traceback" not in "\n".join(service.told())
    assert not [line for line in service.journal() if line["event"] == "request.failed"]
    kept_back = [line for line in service.journal() if line.get("status") == 503]
    assert sum(line["route"] == PATH for line in kept_back) == 1
    assert not [line for line in service.journal() if line["event"] == "process.ended"]


def before_hard(process: int) -> int:
    return resource.prlimit(process, resource.RLIMIT_FSIZE)[1]


def test_a_backup_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'dojang.sqlite'}")
    assert dojang(tmp_path, "backup", "--to", str(tmp_path / "whole")).returncode == 0
    made = dojang(tmp_path, "backup", "--to", str(tmp_path / "cut"), room=200)
    assert made.returncode == 1
    assert made.stderr.startswith("dojang: ")
    assert "Traceback" not in made.stderr
    assert not list(tmp_path.glob("cut*"))


MEASURE = """
from pathlib import Path
from api.observation.gathering import gather_in
print(gather_in(Path("measures")))
from api.observation.metrics import RequestMeasures
RequestMeasures().seen("/x", "GET", 200, 0.1)
"""


def measure(folder: Path, room: int | None = None) -> str:
    """Count one request in a process of its own; ``room`` is as with ``dojang``."""
    return subprocess.run(
        [sys.executable, "-c", MEASURE],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        preexec_fn=lambda: bound(room),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_measures_have_no_holes_that_a_full_disk_would_open(tmp_path: Path) -> None:
    """Writing into a hole of a mapped file on a full disk ends the process with SIGBUS."""
    assert measure(tmp_path) == "True"
    files = sorted((tmp_path / "measures").iterdir())
    assert [file.name.partition("_")[0] for file in files] == ["counter", "histogram"]
    for file in files:
        assert b"/x" in file.read_bytes()
        assert file.stat().st_blocks * 512 >= file.stat().st_size


def test_without_room_for_measures_requests_are_answered_all_the_same(tmp_path: Path) -> None:
    assert measure(tmp_path, room=200) == "False"
    assert not list((tmp_path / "measures").iterdir())
