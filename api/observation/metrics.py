"""Measures for Prometheus, gathered over processes through files of a folder.

Labels are route templates, methods, statuses, kinds of errands and names of logs: closed sets, none
of them anybody's data. prometheus-client decides when it is imported whether it works over
processes: ``gather_in`` comes before this module in each process of ``dojang serve``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

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
        errands = GaugeMetricFamily(
            "dojang_outbox_errands", "Errands by state.", labels=("kind", "state")
        )
        age = GaugeMetricFamily(
            "dojang_outbox_oldest_seconds",
            "How long the oldest errand is due.",
            labels=("kind", "state"),
        )
        for entry in reading.outbox.counts():
            errands.add_metric((entry.kind, entry.state.value), entry.count)
            age.add_metric((entry.kind, entry.state.value), _since(entry.oldest, now))
        alarms = GaugeMetricFamily("dojang_export_alarms", "Alarms over mass export.")
        alarms.add_metric((), reading.access_log.alarm_count())
        return [errands, age, alarms, *_logs(reading, now)]


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


def _logs(reading: Reading, now: datetime) -> list[GaugeMetricFamily]:
    anchored = GaugeMetricFamily(
        "dojang_anchor_age_seconds", "Age of the last state on chain.", labels=("log",)
    )
    behind = GaugeMetricFamily(
        "dojang_log_unanchored_leaves", "Leaves that are not on chain.", labels=("log",)
    )
    halted = GaugeMetricFamily("dojang_log_halted", "Logs that stand still.", labels=("log",))
    stands = {halt.log for halt in reading.continuity.halts()}
    for log in sorted(stands | set(reading.continuity.log_names())):
        last = reading.logs.last_anchor(log)
        known = last.size if last and last.block is not None else 0
        if last and last.time is not None:
            anchored.add_metric((log,), _since(last.time, now))
        behind.add_metric((log,), reading.logs.size(log) - known)
        halted.add_metric((log,), float(log in stands))
    return [anchored, behind, halted]


def _since(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


@dataclass(frozen=True, slots=True)
class Exposition:
    """The page of measures: of all processes, of the database, and of registers in files.

    Args:
        registers: by credential type, whether its register can be read.
    """

    storage: Storage
    clock: Clock
    folder: Path
    registers: Mapping[str, Callable[[], bool]] = field(default_factory=dict)

    def page(self) -> bytes:
        """In Prometheus' text format."""
        registry = CollectorRegistry()
        if any(self.folder.glob("*.db")):
            MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call] # of the library
        registry.register(StateMeasures(self.storage, self.clock))
        registry.register(RegisterMeasures(self.registers))
        return generate_latest(registry)
