"""While every thread waits for a database that hangs, the event loop answers from memory."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from api.app import Parts, Service, create_service
from api.health import OLD_SECONDS, DatabaseState, Health, HealthState, Part
from api.ports.errors import StorageUnavailableError
from api.store.database import Database
from api.store.migration import newest_revision
from api.waiting.bulkhead import Bulkhead
from tests.api.waiting.hanging import PATIENCE
from tests.simulators.ledger import SimulatedLedger

PORTS = (8000, 8001, 8002)
THREADS = 2


class Blocking:
    """A database whose views hang until it is let go; says when so many hang."""

    def __init__(self, count: int) -> None:
        self.count, self.hang, self.free = 0, threading.Event(), threading.Event()
        self._goal, self._lock = count, threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._lock:
            self.count += 1
            if self.count == self._goal:
                self.hang.set()
        assert self.free.wait(PATIENCE)
        raise StorageUnavailableError("it hung")
        yield


async def ask(service: Service, path: str, **headers: str) -> tuple[int, bytes]:
    """One request through everything that stands before a route."""
    told = {"host": "localhost:8000", **headers}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORTS[0]),
    }
    answer: dict[str, Any] = {"status": 0, "body": b""}

    async def receive() -> dict[str, Any]:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        answer["status"] = message.get("status", answer["status"])
        answer["body"] += message.get("body", b"")

    await service(scope, receive, send)
    return answer["status"], answer["body"]


async def asked_while_blocked(service: Service, blocking: Blocking, blocked: int) -> dict[str, int]:
    """What is answered while every thread hangs, as the two events prove."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = blocked
    found: dict[str, int] = {}
    async with anyio.create_task_group() as group:
        for _ in range(blocked + 3):  # some more wait for a thread
            group.start_soon(application, service)
        while not blocking.hang.is_set():
            await anyio.lowlevel.checkpoint()
        assert anyio.to_thread.current_default_thread_limiter().available_tokens == 0
        for path in ("/livez", "/readyz", "/"):
            found[path] = (await ask(service, path))[0]
        assert not blocking.free.is_set()
        blocking.free.set()
    return found


async def application(service: Service) -> None:
    bearer = {"authorization": "Bearer " + "x" * 43}
    status, _ = await ask(service, "/api/v1/applications/AAAA-BBBB-CCCC-DDDD", **bearer)
    assert status in {404, 503}


@pytest.mark.parametrize("is_watched", [True, False])
def test_livez_readyz_and_the_start_page_need_no_thread(
    parts: Parts, lite: Database, monkeypatch: pytest.MonkeyPatch, *, is_watched: bool
) -> None:
    health = Health(lite, newest_revision(), SimulatedLedger(lambda: 1), {})
    if is_watched:
        health.watch()
        while health.state().chain is None or health.state().database is not DatabaseState.READY:
            threading.Event().wait(0.01)
    else:  # nothing was found out yet
        health._parts.begun = True
    service = create_service(replace(parts, health=health, threads=THREADS), PORTS)
    blocking = Blocking(2 * THREADS)
    monkeypatch.setattr(lite, "reading", blocking.reading)
    found = anyio.run(asked_while_blocked, service, blocking, 2 * THREADS)
    assert found == {"/livez": 200, "/readyz": 200 if is_watched else 503, "/": 200}


def test_what_was_not_found_out_for_too_long_is_unknown() -> None:
    ticks = [0.0]
    part = Part(
        "database", lambda: DatabaseState.READY, DatabaseState.UNREACHABLE, lambda: ticks[0]
    )
    assert part.state()[0] is DatabaseState.UNREACHABLE
    part.refresh()
    ticks[0] = OLD_SECONDS - 1
    assert part.state() == (DatabaseState.READY, OLD_SECONDS - 1)
    ticks[0] = OLD_SECONDS
    assert part.state()[0] is DatabaseState.UNREACHABLE


def test_a_clock_that_jumped_and_a_silent_neighbour_are_told(lite: Database) -> None:
    way = Bulkhead("provider", 1.0)
    ledger = SimulatedLedger(lambda: 1)
    health = Health(lite, newest_revision(), ledger, {}, shift=lambda: -86_400.0, calls=[way])
    found = health.state().to_json()
    assert (found["status"], found["clock_shift_seconds"], found["silent"]) == (
        "degraded",
        -86_400,
        [],
    )
    way.silence.unheard()
    assert health.state().to_json()["silent"] == ["provider"]
    assert health.state().ready


def test_a_full_disk_is_not_ready() -> None:
    state = HealthState(DatabaseState.READY, None, {}, disk=False)
    assert not state.ready
    assert state.to_json()["disk"] == "full"


def test_a_look_that_fails_is_told_and_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    stop, looks = threading.Event(), []

    def look() -> int:
        looks.append(1)
        stop.set()
        raise KeyError("text that nobody reads")

    part: Part[int] = Part("database", look, 0)
    run: Callable[[threading.Event], None] = part.keep_looking
    run(stop)
    assert looks == [1]
    assert part.state()[0] == 0
    assert "nobody reads" not in capsys.readouterr().out
