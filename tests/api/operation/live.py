"""``dojang serve`` as processes, with people who apply, and somebody who kills."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx2

from api.actions.finish_application import finish_application
from api.ports.errors import StorageUnavailableError
from api.store.database import Database

SECONDS = 600
"""Only so that what hangs ends: on a machine with other work one start takes minutes."""
PATH = "/api/v1/applications"


@dataclass
class Live:
    """A running service, and what it said."""

    process: subprocess.Popen[bytes]
    folder: Path

    def told(self) -> list[str]:
        return (self.folder / "err").read_text().splitlines()

    def journal(self) -> list[dict[str, Any]]:
        """What is written so far; the last line may still be in the middle of it."""
        written, _, _ = (self.folder / "out").read_text().rpartition("\n")
        return [json.loads(line) for line in written.splitlines()]

    @property
    def origins(self) -> list[str]:
        return re.findall(r"http://localhost:\d+", "\n".join(self.told()))

    @property
    def metrics(self) -> str:
        return re.findall(r"http://127\S+/metrics", "\n".join(self.told()))[0]

    def pid(self, name: str) -> int:
        """The newest process of a name."""
        started = [line for line in self.journal() if line["event"] == "process.started"]
        return int([line["pid"] for line in started if line["process"] == name][-1])

    def kill(self, name: str) -> None:
        """Kill a process of a name and see another in its place."""
        killed = []

        def struck() -> bool:
            with suppress(ProcessLookupError):  # it ended with its database; another is to come
                newest = self.pid(name)
                os.kill(newest, signal.SIGKILL)
                killed.append(newest)
            return bool(killed)

        until(struck)
        until(lambda: self.pid(name) != killed[0])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


@contextmanager
def live(folder: Path, *arguments: str, **more: str) -> Iterator[Live]:
    """A service that answers; ended if it has not."""
    environment = os.environ | {
        "PORT": "0",
        "DOJANG_CHAIN": str(folder / "chain"),
        "DOJANG_WRITES_PER_MINUTE": "1000000",
        "DOJANG_READS_PER_MINUTE": "1000000",
        "DOJANG_SEAL_SECONDS": "1",
    }
    command = [sys.executable, "-m", "api.cli", "serve", *arguments]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(command, env=environment | more, stdout=out, stderr=err)
    service = Live(process, folder)
    try:
        until(lambda: "/metrics" in "\n".join(service.told()) or process.poll() is not None)
        assert process.poll() is None, service.told()
        yield service
    finally:
        process.kill()
        process.wait(SECONDS)


def until(reached: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not reached():
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


@dataclass
class Applicants:
    """People who apply without end, each asking again under the same key until acknowledged.

    What they show is taken by another process on the same database, as one that answers wallets.
    """

    origin: str
    url: str
    count: int = 4
    acknowledged: dict[str, str] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._apply) for _ in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, count: int) -> None:
        goal = len(self.acknowledged) + count
        until(lambda: len(self.acknowledged) >= goal)

    def _apply(self) -> None:
        with httpx2.Client(timeout=20) as client, closing(Database(self.url, 1)) as storage:
            while not self._stop.is_set():
                number = self._once(client, secrets.token_urlsafe(24))
                if number is not None:
                    self._finish(storage, number)

    def _finish(self, storage: Database, number: str) -> None:
        while not self._stop.is_set():
            try:
                with storage.work() as work:
                    finish_application(work, number, datetime.now(UTC))
            except StorageUnavailableError:
                time.sleep(0.05)
            else:
                self.finished.add(number)
                return

    def _once(self, client: httpx2.Client, key: str) -> str | None:
        while not self._stop.is_set():
            try:
                answer = client.post(
                    f"{self.origin}{PATH}",
                    json={"service": "document-delivery"},
                    headers={"Idempotency-Key": key},
                )
            except httpx2.TransportError:
                time.sleep(0.02)
                continue
            if answer.status_code in {200, 201}:
                told = answer.json()
                number: str = told["number"]
                self.acknowledged[number] = told["secret"]
                return number
            if answer.status_code != 503:
                self.wrong.append(f"{answer.status_code} {answer.text}")
                return None
            time.sleep(0.05)
        return None
