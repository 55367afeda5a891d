"""Measures for Prometheus, gathered over processes through files of a folder.

Labels are route templates, methods, statuses, kinds of errands and names of logs: closed sets, none
of them anybody's data. prometheus-client decides when it is imported whether it works over
processes: ``gather_in`` comes before this module in each process of ``dojang serve``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.observation.evidence_measures import chain_measures, log_measures, outbox_measures
from api.ports.errors import StorageError
from api.ports.means import Clock
from api.ports.storage import Reading, Storage

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class RequestMeasures:
    """``api.observation.watching.Observer`` for one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._requests = Counter(
            "dojang_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "dojang_request_seconds",
            "Time to answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


@dataclass(frozen=True, slots=True, eq=False)
class StateMeasures(Collector):
    """What the database says at the moment of asking."""

    storage: Storage
    clock: Clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All gauges; where the database is out of reach, only that it is."""
        up = GaugeMetricFamily("dojang_database_up", "Whether the database answers.")
        try:
            with self.storage.reading() as reading:
                gauges = self._gauges(reading, self.clock())
        except StorageError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from gauges

    def _gauges(self, reading: Reading, now: datetime) -> list[GaugeMetricFamily]:
        alarms = GaugeMetricFamily("dojang_export_alarms", "Alarms over mass export.")
        alarms.add_metric((), reading.access_log.alarm_count())
        outbox, chain = outbox_measures(reading, now), chain_measures(reading, now)
        return [*outbox, alarms, *chain, *log_measures(reading, now)]


@dataclass(frozen=True, slots=True, eq=False)
class RegisterMeasures(Collector):
    """Which registers can be read; a file that was replaced is read when it is asked for."""

    registers: Mapping[str, Callable[[], bool]]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """1 for each register that cannot be read, by credential type."""
        unreadable = GaugeMetricFamily(
            "dojang_register_unreadable",
            "Registers that cannot be read: what they attest is deferred.",
            labels=("register",),
        )
        for name, is_readable in sorted(self.registers.items()):
            unreadable.add_metric((name,), float(not is_readable()))
        yield unreadable


@dataclass(frozen=True, slots=True, eq=False)
class PlaceMeasures(Collector):
    """How many places agencies' status lists can give out."""

    left: Mapping[str, Callable[[], int | None]]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A number for each agency that has a list; nothing while the database is out of reach."""
        places = GaugeMetricFamily(
            "dojang_status_places_left",
            "Places in status lists that may be given out now.",
            labels=("agency",),
        )
        with suppress(StorageError):
            for agency, left in sorted(self.left.items()):
                count = left()
                if count is not None:
                    places.add_metric((agency,), count)
        yield places


@dataclass(frozen=True, slots=True)
class Exposition:
    """The page of measures: of all processes, of the database, and of registers in files.

    Args:
        registers: by credential type, whether its register can be read.
        running: of parts, folders, the worker and its jobs.
        places: by agency, how many places its status lists can give out.
    """

    storage: Storage
    clock: Clock
    folder: Path
    registers: Mapping[str, Callable[[], bool]] = field(default_factory=dict)
    running: Collector | None = None
    places: Mapping[str, Callable[[], int | None]] = field(default_factory=dict)

    def page(self) -> bytes:
        """In Prometheus' text format."""
        registry = CollectorRegistry()
        if any(self.folder.glob("*.db")):
            MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call] # of the library
        registry.register(StateMeasures(self.storage, self.clock))
        registry.register(RegisterMeasures(self.registers))
        if self.running is not None:
            registry.register(self.running)
        registry.register(PlaceMeasures(self.places))
        return generate_latest(registry)
