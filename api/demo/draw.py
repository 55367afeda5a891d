"""Numbers for synthetic data: the same seed gives the same numbers, on every machine."""

from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.evidence.encoding import tagged_hash

_TAG: Final = "dojang-demo-v1/synthetic"
_WORD: Final = 8


@dataclass(slots=True)
class Draw:
    """A stream of numbers made from SHA-256. It is predictable: never use it for secrets."""

    seed: str
    _count: int = 0
    _buffer: bytes = b""

    def below(self, bound: int) -> int:
        """A number with ``0 <= number < bound``; the bias is below 2^-32 for small bounds."""
        if len(self._buffer) < _WORD:
            counter = self._count.to_bytes(_WORD, "big")
            self._buffer = tagged_hash(_TAG, self.seed.encode(), counter)
            self._count += 1
        word, self._buffer = self._buffer[:_WORD], self._buffer[_WORD:]
        return int.from_bytes(word, "big") % bound

    def between(self, low: int, high: int) -> int:
        """A number with ``low <= number <= high``."""
        return low + self.below(high - low + 1)

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Put items into another order (Fisher and Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
