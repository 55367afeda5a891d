"""The job worker stopped while people come: what does not need it goes on, and measures tell."""

import os
import signal
import statistics
import threading
import time
from pathlib import Path

import httpx2
import pytest

from api.operation import supervising
from tests.api.operation.live import PATH, live, until

KEYS = "/.well-known/jwt-vc-issuer/issuers/district"
NEED_THE_CHAIN = 24
"""People who ask for what needs the chain, all the time: more than requests in the database."""
UNAFFECTED = ("/livez", "/readyz", "/")
BEFORE_IT_IS_KILLED = supervising.HANG_SECONDS - 5


def crowd(people: str, over: threading.Event) -> list[threading.Thread]:
    """Those who ask for what needs the chain."""

    def ask() -> None:
        with httpx2.Client(base_url=people, timeout=60) as client:
            while not over.is_set():
                client.get(KEYS)

    threads = [threading.Thread(target=ask) for _ in range(NEED_THE_CHAIN)]
    for thread in threads:
        thread.start()
    return threads


def visit(client: httpx2.Client, times: dict[str, list[float]]) -> None:
    """Everything that needs no chain, once."""
    for path in (*UNAFFECTED, PATH):
        begun = time.monotonic()
        if path == PATH:
            assert client.post(path, json={"service": "document-delivery"}).status_code == 201
        else:
            assert client.get(path).status_code == 200
        times.setdefault(path, []).append(time.monotonic() - begun)


def silence(measures: str) -> float:
    line = next(x for x in measures.splitlines() if x.startswith("dojang_worker_silent_seconds "))
    return float(line.split()[1])


@pytest.mark.acceptance
def test_a_stopped_worker_takes_nobody_with_it(tmp_path: Path) -> None:
    over = threading.Event()
    times: dict[str, list[float]] = {}
    with live(tmp_path, DOJANG_TRIAL="1", DOJANG_SEAL_SECONDS="60") as service:
        people = service.origins[0]
        until(lambda: httpx2.get(f"{people}/readyz").json()["status"] == "ready")
        first = service.pid("worker")
        os.kill(first, signal.SIGSTOP)
        begun = time.monotonic()
        asking = crowd(people, over)
        with httpx2.Client(base_url=people, timeout=60) as client:
            while time.monotonic() - begun < BEFORE_IT_IS_KILLED:
                visit(client, times)
            assert client.get("/readyz").json()["chain"] is None
            measures = client.get(service.metrics).text
        assert 'dojang_part_ready{part="chain"} 0.0' in measures
        assert silence(measures) > 3
        over.set()
        for thread in asking:
            thread.join()
        until(lambda: service.pid("worker") != first)
        until(lambda: httpx2.get(f"{people}/readyz").json()["status"] == "ready")
        assert service.stop() == 0
    print({path: round(1000 * statistics.median(took)) for path, took in times.items()}, "ms")  # noqa: T201 - the figures
    assert statistics.median(times["/livez"]) < 0.1
