"""``dojang serve``: processes on three ports, and the job worker, stopped in order by a signal.

The parent holds the listening sockets and starts the others; see ``api.operation.supervising``.
"""

import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import uvicorn

from api.http.connection import MAX_HEAD_BYTES, PatientConnection
from api.observation.gathering import empty_folder, gather_in
from api.observation.journal import open_journal, warn
from api.observation.metrics_page import LOOPBACK, show_metrics
from api.opening import open_database
from api.operation.exits import LASTING, PASSING, STOPPED, tell
from api.operation.supervising import Post, Supervisor
from api.operation.worker import LASTING_ERRORS, Start, work
from api.origins import Origins
from api.ports.errors import StorageError
from api.settings import Settings
from api.wiring import Ports, wire

STOP_SECONDS: Final = 10
BACKLOG: Final = 128


def serve(demo: Path | None, workers: int | None = None, *, with_worker: bool = True) -> int:
    """Serve until stopped.

    Args:
        demo: folder of ``dojang demo all`` that is also shown.
        workers: processes that answer requests; None: as the settings say.
        with_worker: whether the job worker is started too; elsewhere it is ``dojang worker``.

    Returns:
        0 after a signal, 1 if the service could not start; why is said on standard error.
    """
    try:
        settings = Settings.from_environment()
        settings = replace(settings, workers=workers or settings.workers)
        with ExitStack() as stack:
            listeners = [stack.enter_context(listener) for listener in _listen(settings)]
            # What keeps every process from working is found here, before there is any.
            database = open_database(settings)
            database.close()
            for kind, count in sorted(database.again.items()):
                sys.stderr.write(f"dojang: the database was put back; done again: {count} {kind}\n")
            empty_folder(settings.measures)
            site = Site(settings, demo, listeners[:3])
            posts = [Post(f"web-{n}", site.answer) for n in range(1, settings.workers + 1)]
            if with_worker:
                metrics = stack.enter_context(_listen_for_metrics(settings))
                posts.insert(0, Post("worker", site.work, stops_last=True))
                site.measured_by.append(metrics)
            open_journal(sys.stdout)
            return _keep(Supervisor(posts), site)
    except (*LASTING_ERRORS, StorageError, OSError) as error:
        tell(error)
    return 1


def _keep(supervisor: Supervisor, site: "Site") -> int:
    with supervisor.told_of_signals():
        if not supervisor.start():
            return 1
        _tell(Origins.of(site.settings, site.ports))
        for metrics in site.measured_by:
            sys.stderr.write(f"dojang: http://{LOOPBACK}:{metrics.getsockname()[1]}/metrics\n")
        return 0 if supervisor.watch() else 1


@dataclass(frozen=True, slots=True)
class Site:
    """What each process of the service is started with."""

    settings: Settings
    demo: Path | None
    listeners: list[socket.socket]
    measured_by: list[socket.socket] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        """Of people, ballot and registration."""
        return _ports(self.listeners)

    def answer(self, ready: Callable[[], None]) -> int:
        """Answer requests until a signal comes: one process of several."""
        open_journal(sys.stdout)
        try:
            if not gather_in(self.settings.measures):
                warn("measures.unavailable")
            from api.observation.metrics import RequestMeasures  # noqa: PLC0415 - at its import the library looks where to gather
            from api.operation.measuring import measures_beside  # noqa: PLC0415 - as above

            observer = RequestMeasures()
            with (
                wire(self.settings, self.demo, self.ports, observer) as service,
                ExitStack() as stack,
            ):
                for metrics in self.measured_by:
                    page = measures_beside(self.settings, service.parts).page
                    stack.enter_context(show_metrics(metrics, page))
                server = AnsweringServer(_config(service, self.settings), ready)
                server.run(sockets=self.listeners)
        except LASTING_ERRORS as error:
            tell(error)
            return LASTING
        except (StorageError, OSError) as error:
            tell(error)
            return PASSING
        return STOPPED if server.started else PASSING

    def work(self, ready: Callable[[], None]) -> int:
        """What the job worker's process does; its measures are told by those who answer."""
        return work(self.settings, self.ports, None, Start(ready, demo=self.demo is not None))


class AnsweringServer(uvicorn.Server):
    """uvicorn's server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def _config(service: object, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        service,  # type: ignore[arg-type] # an ASGI application by its shape
        http=PatientConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _listen(settings: Settings) -> list[socket.socket]:
    """Listening sockets, opened before anything is said to be served."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    opened: list[socket.socket] = []
    try:
        for port in (settings.port, settings.ballot_port, settings.registration_port):
            address = (settings.host, port)
            opened.append(socket.create_server(address, family=family, backlog=BACKLOG))
    except OSError:
        for listener in opened:
            listener.close()
        raise
    return opened


def _listen_for_metrics(settings: Settings) -> socket.socket:
    listener = socket.create_server((LOOPBACK, settings.metrics_port), backlog=BACKLOG)
    listener.settimeout(0)  # several processes look; one of them finds a visitor
    return listener


def _ports(listeners: list[socket.socket]) -> Ports:
    people, ballot, registration = (listener.getsockname()[1] for listener in listeners)
    return people, ballot, registration


def _tell(origins: Origins) -> None:
    for origin in (origins.people, origins.ballot, origins.registration):
        sys.stderr.write(f"dojang: {origin}\n")
    sys.stderr.flush()
