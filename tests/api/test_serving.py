"""``dojang serve`` as a process: three ports, one service, kept over kills; and what it refuses."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.serving import serve
from api.store.migration import migrate

DOJANG = [sys.executable, "-m", "api.cli", "serve"]
SECONDS = 600
PATH = "/api/v1/applications"


def environment(folder: Path, **more: str) -> dict[str, str]:
    return os.environ | {"PORT": "0", "DOJANG_CHAIN": str(folder / "chain")} | more


@contextmanager
def served(
    folder: Path, *arguments: str, **more: str
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A service with its three addresses; ended if it has not."""
    with subprocess.Popen(
        [*DOJANG, *arguments], env=environment(folder, **more), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            lines = [process.stderr.readline() for _ in range(3)]
            found = [re.search(r"http://localhost:\d+", line) for line in lines]
            yield process, [match[0] for match in found if match]
        finally:
            process.kill()
            process.wait(SECONDS)


def get(url: str, **headers: str) -> Any:
    """Ask until the service answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return httpx2.get(url, headers=headers)
        except httpx2.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_three_origins_are_apart_and_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    with served(tmp_path) as (process, origins):
        people, ballot, registration = origins
        assert len(set(origins)) == 3
        assert get(f"{people}/readyz").json()["status"] == "ready"
        assert get(f"{people}{PATH}").status_code == 405
        assert f"connect-src 'self' {registration};" in str(
            get(f"{ballot}/").headers["content-security-policy"]
        )
        for other in (ballot, registration):
            assert get(f"{other}{PATH}").status_code == 404
        wrong = get(f"{people}/", Host=ballot.removeprefix("http://"))
        assert wrong.status_code == 421
        opened = httpx2.post(f"{people}{PATH}", json={"service": "document-delivery"})
        assert opened.status_code == 201
        assert "server" not in opened.headers
        process.send_signal(signal.SIGKILL)
    made = opened.json()
    with served(tmp_path) as (process, origins):
        bearer = f"Bearer {made['secret']}"
        seen = get(f"{origins[0]}{PATH}/{made['number']}", Authorization=bearer)
        assert seen.json()["received"] == made["received"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) in {0, -signal.SIGTERM}


def test_without_a_job_worker_everything_is_answered_that_needs_no_chain(tmp_path: Path) -> None:
    with served(tmp_path, "--no-worker", DOJANG_TRIAL="1") as (process, origins):
        assert get(f"{origins[0]}/livez").status_code == 200
        assert list((tmp_path / "measures").glob("*.db"))
        order = {"type": "delivery-entitlement", "service": "document-delivery"}
        refused = httpx2.post(f"{origins[0]}/demo/openid/offers", json=order)
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger.unavailable")
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) in {0, -signal.SIGTERM}


@pytest.fixture
def refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Starts the service with variables that cannot work; returns what it says."""

    def start(**more: str) -> str:
        for name, value in environment(tmp_path, **more).items():
            monkeypatch.setenv(name, value)
        assert serve(None) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        return told.err

    return start


def test_a_setting_that_cannot_be_used_is_named(refused: Callable[..., str]) -> None:
    assert "DOJANG_THREADS" in refused(DOJANG_THREADS="many")


def test_a_demonstration_that_is_not_there_is_told_and_not_tried_again(tmp_path: Path) -> None:
    none = tmp_path / "none"
    command = [*DOJANG, "--demo", str(none)]
    ended = subprocess.run(
        command, check=False, env=environment(tmp_path), capture_output=True, timeout=SECONDS
    )
    assert ended.returncode == 1
    told = [line for line in ended.stderr.decode().splitlines() if "(demo.folder)" in line]
    assert len(told) == 1, "once, and not again"
    assert told[0].endswith(f"; dojang demo all --out {none} makes it (demo.folder)")


def test_a_database_of_another_shape_is_left_alone_when_that_was_asked(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    url = f"sqlite:///{tmp_path / 'dojang.sqlite'}"
    migrate(url)
    migrate(url, "base", down=True)
    assert "storage.shape" in refused(DOJANG_MIGRATE="0")


def test_a_port_in_use_is_told(refused: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "serve.start" in refused(DOJANG_BALLOT_PORT=str(taken.getsockname()[1]))


def test_a_database_out_of_reach_is_told_without_its_password(refused: Callable[..., str]) -> None:
    told = refused(DATABASE_URL="postgresql://nobody:hidden@/none?host=/nowhere")
    assert "storage.unavailable" in told
    assert "hidden" not in told
