"""How work is spread and shown: ports that a command line fills with processes and a display."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias, TypeVar

A = TypeVar("A")
B = TypeVar("B")

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
