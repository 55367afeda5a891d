"""The service's state of health: looked at in the background, told from memory.

Whoever asks is answered at once with what was last found and how old it is. What has not been found
out for too long is told as such: a part that hangs is no part that is well.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from api.actions.evidence_state import EvidenceState, evidence_state
from api.disk import find_room
from api.observation.journal import describe, warn
from api.ports.errors import StorageError
from api.ports.storage import Storage
from api.waiting.bulkhead import Bulkhead
from contracts.evidence.errors import EvidenceError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import ChainIdentity

LOOK_SECONDS: Final = 2.0
"""From the end of one look to the next."""
OLD_SECONDS: Final = 20.0
"""After so long without a new look at a part, nothing is known of it any more."""
T = TypeVar("T")


class DatabaseState(StrEnum):
    """What was found of the database."""

    READY = "ready"
    OTHER_SHAPE = "other_shape"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class HealthState:
    """What was found of each part.

    Args:
        database: whether it can be worked with.
        chain: None where it cannot be reached.
        checks: of each demonstration.
        disk: whether every folder takes what is written.
        evidence: whether what must reach the chain does; None where nobody can say.
        age: seconds since the oldest of these was looked at.
        clock: seconds by which the time of day jumped; 0 while it is trusted.
        silent: neighbours that did not answer when they were last asked.
    """

    database: DatabaseState
    chain: ChainIdentity | None
    checks: dict[str, bool]
    disk: bool = True
    evidence: EvidenceState | None = None
    age: float = 0.0
    clock: float = 0.0
    silent: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether requests can be answered; a chain out of reach only delays evidence."""
        return self.database is DatabaseState.READY and self.disk and all(self.checks.values())

    def to_json(self) -> dict[str, object]:
        """The state for machines; nothing secret, nobody's data."""
        chain, current = self.chain, self.evidence is EvidenceState.CURRENT
        is_well = self.ready and chain and current and not self.clock and not self.silent
        return {
            "status": "ready" if is_well else "degraded",
            "database": self.database.value,
            "evidence": "unknown" if self.evidence is None else self.evidence.value,
            "chain": None
            if chain is None
            else {
                "chain_id": chain.chain_id,
                "genesis": chain.genesis.hex(),
                "contracts": {name: "0x" + address.hex() for name, address in chain.contracts},
            },
            "disk": "free" if self.disk else "full",
            "clock_shift_seconds": round(self.clock),
            "silent": sorted(self.silent),
            "checks": self.checks,
            "age_seconds": round(self.age, 1),
        }


@dataclass(slots=True)
class Part(Generic[T]):
    """One part that is looked at again and again, in a thread of its own.

    Args:
        name: for the journal.
        look: finds its state, however long that takes.
        unknown: its state while nothing is known.
        ticks: seconds on a clock that only goes forward.
    """

    name: str
    look: Callable[[], T]
    unknown: T
    ticks: Callable[[], float] = time.monotonic
    _found: tuple[T, float] | None = None

    def refresh(self) -> None:
        """Look now."""
        found = self.look()
        self._found = found, self.ticks()

    def keep_looking(self, stop: threading.Event) -> None:
        """Look until it is stopped."""
        while True:
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001 - an old state becomes an unknown one
                warn("health.failed", kind=self.name, **describe(error))
            if stop.wait(LOOK_SECONDS):
                return

    def state(self) -> tuple[T, float]:
        """What was last found and how many seconds ago; once that is too old, nothing."""
        if self._found is None:
            return self.unknown, OLD_SECONDS
        found, at = self._found
        age = self.ticks() - at
        return (found if age < OLD_SECONDS else self.unknown), age


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at the parts that the service stands on.

    Args:
        storage: asked for its shape.
        revision: the shape that this program works with.
        ledger: asked for its identity.
        checks: what was found of each demonstration at start.
        folders: must take what is written.
        clock: says how long evidence waits.
        shift: seconds by which the time of day jumped.
        calls: ways to neighbours.
    """

    storage: Storage
    revision: str
    ledger: Ledger
    checks: dict[str, bool]
    folders: Sequence[Path] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    shift: Callable[[], float] = float
    calls: Sequence[Bulkhead] = ()
    _parts: "_Parts" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        made = _Parts(
            Part("database", self._database, DatabaseState.UNREACHABLE),
            Part("chain", self._chain, None),
            Part("disk", lambda: find_room(self.folders), None),
            Part("evidence", self._evidence, None),
            Part("clock", self.shift, 0.0),
        )
        object.__setattr__(self, "_parts", made)

    def watch(self) -> "Health":
        """Look in the background from now on, until the process ends."""
        self._parts.begin()
        return self

    def state(self) -> HealthState:
        """What was last found, from memory. Where nobody looks in the background, look now."""
        parts = self._parts
        if not parts.begun:
            for part in parts.all():
                part.refresh()
        database, first = parts.database.state()
        chain, second = parts.chain.state()
        disk, third = parts.disk.state()
        evidence, fourth = parts.evidence.state()
        clock, fifth = parts.clock.state()
        room, age = (
            disk is not None and all(disk.values()),
            max(first, second, third, fourth, fifth),
        )
        silent = tuple(way.name for way in self.calls if way.silence.is_known)
        return HealthState(database, chain, self.checks, room, evidence, age, clock, silent)

    def _database(self) -> DatabaseState:
        try:
            found = self.storage.revision()
        except StorageError:
            return DatabaseState.UNREACHABLE
        return DatabaseState.READY if found == self.revision else DatabaseState.OTHER_SHAPE

    def _evidence(self) -> EvidenceState | None:
        with suppress(StorageError), self.storage.reading() as reading:
            return evidence_state(reading, self.clock())
        return None

    def _chain(self) -> ChainIdentity | None:
        with suppress(EvidenceError):
            return self.ledger.identity()
        return None


@dataclass(slots=True)
class _Parts:
    database: Part[DatabaseState]
    chain: Part[ChainIdentity | None]
    disk: Part[Mapping[Path, bool] | None]
    evidence: Part[EvidenceState | None]
    clock: Part[float]
    begun: bool = False

    def all(self) -> "Sequence[Part[Any]]":
        return self.database, self.chain, self.disk, self.evidence, self.clock

    def begin(self) -> None:
        self.begun = True
        for part in self.all():
            threading.Thread(
                target=part.keep_looking, args=(threading.Event(),), name="health", daemon=True
            ).start()
