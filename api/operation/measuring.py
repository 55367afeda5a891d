"""The page of measures, put together from what a process has."""

from collections.abc import Callable, Mapping
from functools import partial

from api.app import Parts
from api.observation.metrics import Exposition
from api.observation.operation_measures import OperationMeasures
from api.operation.folders import written_folders
from api.operation.measure_sources import free_places, readable_registers
from api.operation.worker_state import read_state
from api.ports.means import Clock
from api.ports.storage import Storage
from api.settings import Settings


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
