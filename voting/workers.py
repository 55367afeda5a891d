"""How work is spread and shown: the ports, and a pool of processes that fills one of them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final, Protocol, TypeAlias, TypeVar

A = TypeVar("A")
B = TypeVar("B")

AHEAD: Final = 2
"""Items in work or waiting for each process."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many of how many are done."""


class Workers(Protocol):
    """Applies a picklable function to items, in any number of processes, results in order."""

    def __call__(self, work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """Apply ``work``; only a few items are taken ahead."""


def in_this_process(work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """One after the other."""
    return map(work, items)


def silent(done: int, total: int) -> None:
    """No progress display."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Work spread over processes, a few items ahead of what was taken."""

    pool: ProcessPoolExecutor
    ahead: int

    def __call__(self, work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """See ``Workers``."""
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(self.pool.submit(work, item))
            if len(waiting) >= self.ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def processes(count: int) -> Iterator[Workers]:
    """Fresh processes for as long as the context lasts; one means this process itself."""
    if count == 1:
        yield in_this_process
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield Processes(pool, AHEAD * count)
