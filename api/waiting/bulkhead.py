"""Calls to one neighbour, kept apart from the calls to every other.

A call runs in a thread of its own, and there are never more of them than the neighbour has slots.
Whoever waits for one waits so long and no longer; where no slot is free, or the neighbour is
silent, nobody waits at all. A call that is given up keeps its slot until it ends by its own
deadline.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

from api.waiting.silence import REST_SECONDS, Silence

SLOTS: Final = 4
T = TypeVar("T")


class NeighbourError(Exception):
    """A neighbour was not asked, or did not answer in time."""

    code: ClassVar[str] = "neighbour.unavailable"


class NeighbourBusyError(NeighbourError):
    """As many calls as may be are on their way to it."""

    code = "neighbour.busy"


class NeighbourSilentError(NeighbourError):
    """It does not answer now."""

    code = "neighbour.silent"


@dataclass(slots=True)
class Call(Generic[T]):
    """A call that is on its way."""

    begun: float
    _done: threading.Event = field(default_factory=threading.Event)
    _value: list[T] = field(default_factory=list)
    _error: BaseException | None = None

    def run(self, work: Callable[[], T]) -> bool:
        """Do it; whether it came to a value."""
        try:
            self._value.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            self._error = error
        return self._error is None

    def end(self) -> None:
        """Wake whoever waits."""
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; whether it has ended."""
        return self._done.wait(max(0.0, seconds))

    def result(self) -> T:
        """What it came to, once it has ended; what it raised is raised."""
        if self._error is not None:
            raise self._error
        return self._value[0]


class Bulkhead:
    """The way to one neighbour. Shared by all threads of a process."""

    def __init__(
        self,
        name: str,
        seconds: float,
        slots: int = SLOTS,
        rest: float = REST_SECONDS,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it; nothing is called yet.

        Args:
            name: of the neighbour, for threads' names.
            seconds: how long somebody waits for an answer; calls end by themselves about then.
            slots: calls that may be on their way at once.
            rest: seconds for which the neighbour is left alone after it did not answer.
            ticks: seconds on a clock that only goes forward.
        """
        self.name, self.seconds, self.slots = name, seconds, slots
        self.silence = Silence(rest, ticks)
        self._ticks = ticks
        self._free = threading.BoundedSemaphore(slots)

    def ask(self, work: Callable[[], T]) -> T:
        """Call, and wait for the answer.

        Raises:
            NeighbourError: it was not asked, or there was no answer in time.
            BaseException: whatever the call raises.
        """
        return self.answer(self.begin(work), self.seconds)

    def begin(self, work: Callable[[], T]) -> Call[T]:
        """Call without waiting.

        Raises:
            NeighbourError: it was not asked.
        """
        if not self._free.acquire(blocking=False):
            raise NeighbourBusyError(self.name)
        if not self.silence.may_ask():
            self._free.release()
            raise NeighbourSilentError(self.name)
        call = Call[T](self._ticks())
        runner = threading.Thread(
            target=self._run, args=(call, work), name=f"to-{self.name}", daemon=True
        )
        try:
            runner.start()
        except RuntimeError:  # the system gives no thread
            self.silence.unheard()
            self._free.release()
            raise NeighbourBusyError(self.name) from None
        return call

    def answer(self, call: Call[T], seconds: float) -> T:
        """The answer of a call, waited for so long at most.

        Raises:
            NeighbourSilentError: there was none in time.
            BaseException: whatever the call raises.
        """
        if not call.wait(seconds):
            self.silence.unheard()
            raise NeighbourSilentError(self.name)
        return call.result()

    def _run(self, call: Call[T], work: Callable[[], T]) -> None:
        is_done = call.run(work)
        self._free.release()
        # A failure that took half of the time that is waited for is none that was answered.
        if is_done or self._ticks() - call.begun < self.seconds / 2:
            self.silence.heard()
        else:
            self.silence.unheard()
        call.end()
