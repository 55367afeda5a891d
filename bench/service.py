"""What the service costs beside a bare framework: CPU per request that keeps one row durably.

``python -m bench.service``: medians of five interleaved rounds, CPU time of the server's process,
its threads and the kernel's part of it included. The peer is FastAPI with one ``def`` handler and
one ``sqlite3`` insert under the same durability (WAL, synchronous=FULL, one write lock), on the
same server. Ours is ``POST /api/v1/applications``: limits, strict JSON, rules of the service, two
rows (application and outbox), headers. Clients are threads of the measuring process and do not
count.
"""

import json
import multiprocessing
import resource
import secrets
import socket
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.app import create_people_app
from api.http.connection import PatientConnection
from api.http.guard import Guard
from api.store.database import Database
from api.store.migration import migrate
from tests.api.databases import parts_of

ROUNDS = 5
REQUESTS = 600
CLIENTS = 8
MOST_OVERHEAD_MS = 1.5
GO_ON, STOP = 1, 0
BODY = json.dumps({"service": "document-delivery"}).encode()


class Order(BaseModel):
    """The bare framework's body."""

    service: str


def bare(folder: Path) -> ASGIApp:
    """A framework, a table, and nothing else."""
    app = FastAPI(docs_url=None, redoc_url=None)
    connection = sqlite3.connect(
        folder / "bare.sqlite", isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE application (number TEXT PRIMARY KEY, service TEXT, at TEXT)")
    lock = threading.Lock()

    @app.post("/api/v1/applications", status_code=201)
    def post(order: Order) -> dict[str, str]:
        number = secrets.token_hex(10)
        row = (number, order.service, datetime.now(UTC).isoformat())
        with lock:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO application VALUES (?, ?, ?)", row)
            connection.execute("COMMIT")
        return {"number": number, "service": order.service}

    return app


def ours(folder: Path) -> Guard:
    """The people's application as it is served."""
    url = f"sqlite:///{folder / 'ours.sqlite'}"
    migrate(url)
    parts = parts_of(Database(url), lambda: datetime.now(UTC))  # type: ignore[arg-type] # a real clock
    return create_people_app(replace(parts, writes=10**9))


MAKERS: dict[str, Callable[[Path], ASGIApp]] = {"bare": bare, "ours": ours}


def serve(name: str, folder: Path, pipe: Connection) -> None:
    """A server's process: says when it listens, then its CPU time whenever it is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Else the bare framework would wait 40 ms for each answer's second packet.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = MAKERS[name](folder)
    if isinstance(app, Guard):
        app = _renamed(app, listener.getsockname()[1])
    kind = PatientConnection if isinstance(app, Guard) else H11Protocol
    config = uvicorn.Config(app, http=kind, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    pipe.send(listener.getsockname()[1])
    while pipe.recv():
        used = resource.getrusage(resource.RUSAGE_SELF)
        pipe.send(used.ru_utime + used.ru_stime)
    server.should_exit = True
    thread.join(5)


def _renamed(guard: Guard, port: int) -> Guard:
    """The guard under the name of the port that the system chose."""
    limits = replace(guard.limits, hosts=frozenset({f"localhost:{port}"}))
    return replace(guard, limits=limits)


def ask(port: int, count: int) -> None:
    """Send requests over one connection, one after the other."""
    head = (
        f"POST /api/v1/applications HTTP/1.1\r\nHost: localhost:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    request = head.encode() + BODY
    with socket.create_connection(("127.0.0.1", port)) as connection:
        reader = connection.makefile("rb")
        for _ in range(count):
            connection.sendall(request)
            status = reader.readline()
            if b" 201 " not in status:
                raise SystemExit(f"refused: {status!r}")
            length = 0
            while (line := reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            reader.read(length)


def load(port: int) -> float:
    """Wall seconds of all requests by all clients."""
    share = REQUESTS // CLIENTS
    threads = [threading.Thread(target=ask, args=(port, share)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def main() -> int:
    """Measure and print; 1 if the overhead is above its target."""
    context = multiprocessing.get_context("spawn")
    cpu: dict[str, list[float]] = {name: [] for name in MAKERS}
    wall: dict[str, list[float]] = {name: [] for name in MAKERS}
    with tempfile.TemporaryDirectory() as folder:
        servers = {}
        for name in MAKERS:
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(name, Path(folder), there), daemon=True)
            process.start()
            servers[name] = (process, here, here.recv())
        for name in MAKERS:
            load(servers[name][2])
        for _ in range(ROUNDS):
            for name, (_, pipe, port) in servers.items():
                pipe.send(GO_ON)
                before = pipe.recv()
                wall[name].append(load(port))
                pipe.send(GO_ON)
                cpu[name].append((pipe.recv() - before) / REQUESTS * 1000)
        for process, pipe, _ in servers.values():
            pipe.send(STOP)
            process.join(10)
    median = {name: statistics.median(values) for name, values in cpu.items()}
    for name in MAKERS:
        rate = REQUESTS / statistics.median(wall[name])
        print(f"{name:5} {median[name]:6.2f} CPU ms a request  {rate:7.0f} requests a second")
    overhead = median["ours"] - median["bare"]
    verdict = "holds" if overhead <= MOST_OVERHEAD_MS else "MISSED"
    print(f"overhead {overhead:.2f} CPU ms, at most {MOST_OVERHEAD_MS}: {verdict}")
    return int(overhead > MOST_OVERHEAD_MS)


if __name__ == "__main__":
    sys.exit(main())
