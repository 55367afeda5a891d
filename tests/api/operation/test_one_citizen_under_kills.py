"""One citizen at real processes, on many threads, while these are killed: nothing twice."""

import random
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2
import pytest

from api.store.database import Database
from tests.api.operation.live import live, until
from tests.simulators.citizen import NEEDED, Citizen, believed, code_of, taken_twice, values_of
from tests.simulators.openid_trial import SimulatedWallet, Trial

WEB: Final = ("web-1", "web-2", "web-3", "worker")


class BusyError(Exception):
    """The service asks to come again later."""


def come_again(answer: httpx2.Response) -> None:
    if answer.status_code == 503:
        raise BusyError


class Remote(Trial):
    """The same calls at processes that run; whatever worker the system gives."""

    def __init__(self, origin: str) -> None:
        hooks = {"response": [come_again]}
        self.http = httpx2.Client(base_url=origin, timeout=60, event_hooks=hooks)  # type: ignore[assignment] # what a test client is made of

    def now(self) -> datetime:
        return datetime.now(UTC)


@contextmanager
def household(citizen: Citizen, origin: str, threads: int, acts: int) -> Iterator[list[int]]:
    """So many threads, which share out the acts; yields those that were done."""
    left, done = iter(range(acts)), []
    lock = threading.Lock()

    def go_on() -> None:
        remote = Remote(origin)
        with closing(remote.http):
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                try:
                    citizen.act(remote)
                except (httpx2.TransportError, BusyError) as error:
                    citizen.told[type(error).__name__] += 1
                done.append(number)

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(go_on) for _ in range(threads)]
        yield done
        for one in running:
            one.result()


def is_issuing(origin: str) -> bool:
    """Whether the agencies' first lists are anchored, without which nothing is given out."""
    remote = Remote(origin)
    with closing(remote.http), suppress(BusyError):
        return all(
            SimulatedWallet(remote).obtain(kind, service).status_code == 200
            for service, kind in NEEDED.items()
        )
    return False


def has_a_place(citizen: Citizen, origin: str) -> bool:
    """Whether an application came through, now or before: else nothing could be given twice."""
    remote = Remote(origin)
    with closing(remote.http), suppress(BusyError):
        return code_of(citizen.apply(remote)) in {"eligible", "application.person_applied"}
    return False


def walk(folder: Path, url: str, threads: int, acts: int, kills: int) -> Citizen:
    citizen = Citizen(random.Random(secrets.randbits(32)))  # noqa: S311 # no secret is drawn
    with live(folder, "--workers", "3", DATABASE_URL=url, DOJANG_TRIAL="1") as service:
        origin = service.origins[0]
        until(lambda: is_issuing(origin))
        with household(citizen, origin, threads, acts) as done:
            for number in range(kills):
                goal = acts * (number + 1) // (kills + 1)
                until(lambda: len(done) >= goal)  # noqa: B023 # called at once
                service.kill(WEB[number % len(WEB)])
        until(lambda: has_a_place(citizen, origin))
        assert service.stop() == 0
    return citizen


@pytest.mark.parametrize(
    ("threads", "acts", "kills"),
    [pytest.param(8, 80, 1), pytest.param(50, 1_000, 8, marks=pytest.mark.acceptance)],
)
def test_nothing_is_given_twice_whoever_is_killed(
    tmp_path: Path, url: str, threads: int, acts: int, kills: int
) -> None:
    citizen = walk(tmp_path, url, threads, acts, kills)
    assert citizen.wrong == []
    assert values_of(citizen) == {1}
    with closing(Database(url)) as storage:
        assert taken_twice(citizen, believed(storage)) == []
