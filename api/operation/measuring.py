"""The page of measures, put together from what a process has."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from api.app import Parts
from api.identity.provider import OidcProvider
from api.observation.metrics import Exposition
from api.observation.operation_measures import OperationMeasures
from api.openid.office import Office
from api.openid.status_places import count_free_places
from api.operation.clock_watch import ClockWatch
from api.operation.folders import written_folders
from api.operation.remote_ledger import RemoteLedger
from api.operation.worker_state import read_state
from api.pages.counter import CounterParts
from api.ports.door import Door
from api.ports.means import Clock
from api.ports.storage import Storage
from api.settings import Settings
from api.store.register_files import FileRegister
from api.waiting.bulkhead import Bulkhead


def readable_registers(office: Office) -> Mapping[str, Callable[[], bool]]:
    """By credential type, whether its register can be read; of those that are files."""
    registers = office.registers
    return {k: r.is_readable for k, r in registers.items() if isinstance(r, FileRegister)}


def clock_shift(watch: ClockWatch, folder: Path) -> float:
    """By how much the time of day jumped, as this process or else the job worker found."""
    own, worker = watch.look(), read_state(folder)
    return own or (worker.clock_shift if worker is not None else 0.0)


def ways_out(ledger: RemoteLedger, door: Door, counters: CounterParts) -> list[Bulkhead]:
    """The ways to the neighbours that every process may call."""
    desk = counters.citizens
    providers = [door.provider, None if desk is None else desk.provider]
    ways = [one.calls for one in providers if isinstance(one, OidcProvider)]
    return [*ways, *([] if ledger.calls is None else [ledger.calls])]


def free_places(office: Office) -> Mapping[str, Callable[[], int | None]]:
    """By agency, how many places its status lists can give out."""
    return {name: partial(count_free_places, office, name) for name in office.agencies}


def measures_of(
    settings: Settings,
    storage: Storage,
    clock: Clock,
    registers: Mapping[str, Callable[[], bool]],
    places: Mapping[str, Callable[[], int | None]],
) -> Exposition:
    """For a process that answers no requests: the job worker."""
    worker = partial(read_state, settings.measures)
    running = OperationMeasures(worker, written_folders(settings))
    return Exposition(storage, clock, settings.measures, registers, running, places)


def measures_beside(settings: Settings, parts: Parts) -> Exposition:
    """For a process that answers requests, which goes on while the worker does not."""
    worker = partial(read_state, settings.measures)

    def found() -> Mapping[str, bool]:
        state = parts.health.state()
        return {
            "database": state.database.value == "ready",
            "chain": state.chain is not None,
            "disk": state.disk,
            "clock": not state.clock,
            **{way.name: way.name not in state.silent for way in parts.health.calls},
        }

    running = OperationMeasures(worker, written_folders(settings), found)
    counters, means = parts.counters, parts.means
    registers = {} if counters is None else readable_registers(counters.counter.office)
    places = {} if counters is None else free_places(counters.counter.office)
    return Exposition(means.storage, means.clock, settings.measures, registers, running, places)
