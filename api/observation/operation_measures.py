"""Measures of running the service: parts, folders, the job worker and its jobs, the clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.disk import find_room, free_bytes
from api.operation.clock_watch import steady_seconds
from api.operation.worker_state import WorkerState

NEVER: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class OperationMeasures(Collector):
    """What is found at the moment of asking; nothing here waits for a neighbour.

    Args:
        worker: what the job worker last said; None where nothing can be read.
        folders: that must have room.
        parts: whether each part is well, as it was last found.
    """

    worker: Callable[[], WorkerState | None]
    folders: Sequence[Path]
    parts: Callable[[], Mapping[str, bool]] = dict

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        part = GaugeMetricFamily("dojang_part_ready", "Parts that are well.", labels=("part",))
        for name, is_ready in self.parts().items():
            part.add_metric((name,), float(is_ready))
        yield part
        yield from self._disk()
        state = self.worker()
        silent = GaugeMetricFamily(
            "dojang_worker_silent_seconds", "Since the job worker last said something."
        )
        if state is not None:
            silent.add_metric((), state.age)
        yield silent
        if state is not None:
            yield from _jobs(state)

    def _disk(self) -> Iterator[Metric]:
        free = GaugeMetricFamily(
            "dojang_disk_free_bytes", "Bytes that may still be written.", labels=("folder",)
        )
        full = GaugeMetricFamily(
            "dojang_disk_full", "Folders that take no file of 64 KiB.", labels=("folder",)
        )
        for folder, has_room in find_room(self.folders).items():
            free.add_metric((folder.name,), free_bytes(folder) or 0)
            full.add_metric((folder.name,), float(not has_room))
        yield free
        yield full


def _jobs(state: WorkerState) -> Iterator[Metric]:
    failures = CounterMetricFamily(
        "dojang_job_failures", "Failures of the worker's jobs since it started.", labels=("job",)
    )
    failing = GaugeMetricFamily(
        "dojang_job_failing", "Jobs that failed the last time.", labels=("job",)
    )
    age = GaugeMetricFamily(
        "dojang_job_age_seconds", "Since a job was last done to its end.", labels=("job",)
    )
    for name, (done, count, is_failing) in sorted(state.jobs.items()):
        failures.add_metric((name,), count)
        failing.add_metric((name,), float(is_failing))
        if done != NEVER:
            age.add_metric((name,), max(0.0, steady_seconds() - done))
    shift = GaugeMetricFamily(
        "dojang_clock_shift_seconds", "By how much the time of day jumped; 0 while it is trusted."
    )
    shift.add_metric((), state.clock_shift)
    yield from (failures, failing, age, shift)
