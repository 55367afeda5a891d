"""The page of measures, put together from what a process has."""

from collections.abc import Callable, Mapping
from functools import partial

from api.app import Parts
from api.observation.metrics import Exposition
from api.observation.operation_measures import OperationMeasures
from api.openid.office import Office
from api.operation.folders import written_folders
from api.operation.worker_state import read_state
from api.ports.means import Clock
from api.ports.storage import Storage
from api.settings import Settings
from api.store.register_files import FileRegister


def readable_registers(office: Office) -> Mapping[str, Callable[[], bool]]:
    """By credential type, whether its register can be read; of those that are files."""
    registers = office.registers
    return {k: r.is_readable for k, r in registers.items() if isinstance(r, FileRegister)}


def measures_of(
    settings: Settings, storage: Storage, clock: Clock, registers: Mapping[str, Callable[[], bool]]
) -> Exposition:
    """For a process that answers no requests: the job worker."""
    worker = partial(read_state, settings.measures)
    running = OperationMeasures(worker, written_folders(settings))
    return Exposition(storage, clock, settings.measures, registers, running)


def measures_beside(settings: Settings, parts: Parts) -> Exposition:
    """For a process that answers requests, which goes on while the worker does not."""
    worker = partial(read_state, settings.measures)

    def found() -> Mapping[str, bool]:
        state = parts.health.state()
        return {
            "database": state.database.value == "ready",
            "chain": state.chain is not None,
            "disk": state.disk,
        }

    running = OperationMeasures(worker, written_folders(settings), found)
    counters, means = parts.counters, parts.means
    registers = {} if counters is None else readable_registers(counters.counter.office)
    return Exposition(means.storage, means.clock, settings.measures, registers, running)
