"""``dojang worker``: the process that owns the chain and does what must happen later."""

import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import FrameType
from typing import Final

from api.demo.errors import DemoError
from api.observation.journal import note, open_journal
from api.observation.metrics_page import LOOPBACK, show_metrics
from api.openid.agency_file import AgencyFileError
from api.opening import open_database
from api.operation.continuity import ContinuityError
from api.operation.exits import LASTING, PASSING, STOPPED, tell
from api.ports.errors import StorageError, StorageShapeError
from api.settings import Settings
from api.variables import SettingsError
from api.wiring import Ports, wire_worker
from contracts.evidence.errors import EvidenceError, LedgerUnavailableError

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
LASTING_ERRORS: Final = (
    SettingsError,
    DemoError,
    EvidenceError,
    StorageShapeError,
    ContinuityError,
    AgencyFileError,
)


def work_alone() -> int:
    """Work as a process of its own until stopped.

    Returns:
        0 after a signal; 1 if it could not start, and why is said on standard error.
    """
    try:
        settings = Settings.from_environment()
        open_database(settings).close()
        address = (LOOPBACK, settings.metrics_port)
        with socket.create_server(address) as listener:
            ports = (settings.port, settings.ballot_port, settings.registration_port)
            return int(work(settings, ports, listener, Start()) != STOPPED)
    except (*LASTING_ERRORS, StorageError, OSError) as error:
        tell(error)
        return 1


@dataclass(frozen=True, slots=True)
class Start:
    """How the worker starts: what it calls when everything is open, and with which agencies."""

    ready: Callable[[], None] = lambda: None
    demo: bool = False


def work(settings: Settings, ports: Ports, metrics: socket.socket | None, start: Start) -> int:
    """Work until a signal comes.

    Args:
        settings: of the service.
        ports: of the three listeners, which addresses are made from.
        metrics: a listening socket for ``/metrics``; None where other processes tell.
        start: how it starts.

    Returns:
        How it ended, see ``api.operation.exits``.
    """
    stop = threading.Event()
    for number in _STOPPING:
        signal.signal(number, _stopper(stop))
    open_journal(sys.stdout)
    from api.operation.measuring import measures_of  # noqa: PLC0415 - at its import the library decides how to count, so not in the parent

    try:
        with ExitStack() as stack:
            worker = stack.enter_context(wire_worker(settings, ports, demo=start.demo))
            if metrics is not None:
                found = worker.registers, worker.places
                page = measures_of(settings, worker.storage, worker.clock, *found).page
                stack.enter_context(show_metrics(metrics, page))
            start.ready()
            note("worker.started")
            worker.rounds.work(stop)
            note("worker.stopped")
    except (LedgerUnavailableError, OSError) as error:
        tell(error)
        return PASSING
    except LASTING_ERRORS as error:
        tell(error)
        return LASTING
    except StorageError as error:
        tell(error)
        return PASSING
    return STOPPED


def _stopper(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return handle
