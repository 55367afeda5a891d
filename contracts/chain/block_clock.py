"""Whether the system's clock may date a block of the embedded chain.

A block's time is at least its parent's, so one block under a clock that is far ahead dates every
later one. Before a block is made the time of day is compared with what cannot be set by hand: a
clock that only goes forward, whose start of the machine is known by name, and what was seen before.
Seen moments lie in the chain's folder, so that a restart of the service changes nothing.

    within one start of the machine   the time of day went forward as the steady clock did
    after a new start                 it is not more than ``ABSENCE`` after what was seen last
    always                            it is not before the newest block

Silence alone is never doubted: while the machine runs, the steady clock went forward with it, and a
machine may be off for more than a year. A clock that is wrong from the first block on, or that a
restarted machine has wrong by less than ``ABSENCE``, is not found here.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contracts.chain.files import write_durably
from contracts.evidence.encoding import Json, canonical
from contracts.evidence.errors import LedgerClockError, LedgerIdentityError

CLOCK_FILE: Final = "clock.json"
CLOCK_VERSION: Final = "dojang-clock-v1"
STEP: Final = 3600
"""Seconds that the time of day may be set ahead or back while the machine runs."""
BEHIND: Final = 600
"""Seconds by which the newest block may be later than the time of day."""
ABSENCE: Final = 400 * 86_400
"""Seconds that a machine may have been off before its clock is asked about."""
SAVE: Final = 60
"""Seconds between two notes of what was seen."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
Seconds = Callable[[], int]


def steady_seconds() -> int:
    """Seconds on a clock that nobody sets; where it can, it goes on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return int(time.monotonic() if clock is None else time.clock_gettime(clock))


def boot_name() -> str:
    """The name of this start of the machine; empty where the system gives none."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def system_seconds() -> int:
    """The time of day, seconds since 1970."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Seen:
    """A moment that was believed: time of day, steady clock, and which start of the machine."""

    wall: int
    steady: int
    boot: str


@dataclass(slots=True)
class BlockClock:
    """The time of day, and whether it may date a block. Safe for threads.

    Args:
        folder: the chain's; ``clock.json`` in it holds what was seen last.
        wall: the time of day.
        steady: a clock that nobody sets.
        boot: names this start of the machine.
        known: the newest time that is known from elsewhere, as from the database; 0 for none. It
            serves where the folder holds nothing yet.
    """

    folder: Path
    wall: Seconds = system_seconds
    steady: Seconds = steady_seconds
    boot: Callable[[], str] = boot_name
    known: Seconds = lambda: 0
    _seen: Seen | None = None
    _saved: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self) -> int:
        """The time of day, as it is."""
        return self.wall()

    def check(self, head: int) -> int:
        """The time for a block after one of the time ``head``, which is 0 for the first.

        Raises:
            LedgerClockError: the clock is in doubt; no block may be made.
        """
        with self._lock:
            now = Seen(self.wall(), self.steady(), self.boot())
            doubt = self._doubt(now, head)
            if doubt:
                self._seen = self._read()  # somebody may have confirmed it meanwhile
                doubt = self._doubt(now, head)
            if doubt:
                raise LedgerClockError(doubt)
            self._keep(now)
            return now.wall

    def doubt(self, head: int = 0) -> str:
        """What speaks against the clock; empty where nothing does. Nothing is noted.

        Args:
            head: time of the newest block, if it is known.
        """
        with self._lock:
            return self._doubt(Seen(self.wall(), self.steady(), self.boot()), head)

    def confirm(self) -> None:
        """Believe the clock as it is now; a chain that is ahead of it is not mended by this.

        Raises:
            LedgerIdentityError: there is no chain.
        """
        if not self.folder.is_dir():
            raise LedgerIdentityError("the folder holds no chain")
        with self._lock:
            self._saved = None
            self._keep(Seen(self.wall(), self.steady(), self.boot()))

    def _doubt(self, now: Seen, head: int) -> str:
        """What speaks against the clock; empty where nothing does."""
        if self._seen is None:
            self._seen = self._read()
        seen = self._seen
        if now.wall < head - BEHIND:
            return f"the clock is {head - now.wall} seconds behind the newest block"
        if seen is not None and seen.boot and seen.boot == now.boot:
            step = (now.wall - seen.wall) - (now.steady - seen.steady)
            return f"the clock was set by {step:+d} seconds" if abs(step) > STEP else ""
        newest = max(head, seen.wall if seen else self.known())
        if newest and now.wall - newest > ABSENCE:
            return f"the clock is {now.wall - newest} seconds after anything that was seen"
        return ""

    def _keep(self, now: Seen) -> None:
        self._seen = now
        if self._saved is None or abs(now.steady - self._saved) >= SAVE:
            told: dict[str, Json] = {"version": CLOCK_VERSION, "boot": now.boot}
            told |= {"wall": now.wall, "steady": now.steady}
            write_durably(self.folder / CLOCK_FILE, canonical(told), 0o600)
            self._saved = now.steady

    def _read(self) -> Seen | None:
        """What was seen last; a file that cannot be read says nothing."""
        try:
            told = json.loads((self.folder / CLOCK_FILE).read_bytes()[:1024])
            return Seen(int(told["wall"]), int(told["steady"]), str(told["boot"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
