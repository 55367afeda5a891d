"""Reading hostile JSON documents member by member: wrong types and unknown members are refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self, TypeVar

from contracts.evidence.encoding import MAX_SAFE_INTEGER, Json, parse_hash, parse_time
from contracts.evidence.errors import EncodingError

T = TypeVar("T")

MAX_TEXT: Final = 4096
MAX_ITEMS: Final = 100_000


@dataclass(slots=True)
class Document:
    """An object of which every member is taken exactly once; ``close`` refuses what is left.

    Every method raises ``EncodingError`` naming the place; values are never part of the message.
    """

    place: str
    _members: dict[str, Json] = field(repr=False)

    @classmethod
    def of(cls, value: Json, place: str) -> Self:
        """Take a value that must be an object; ``place`` names it in errors."""
        if not isinstance(value, dict):
            raise EncodingError(f"{place} is no object")
        return cls(place, dict(value))

    def take(self, name: str) -> Json:
        """Any value of a member that must be there."""
        if name not in self._members:
            raise EncodingError(f"{self.place} lacks {name}")
        return self._members.pop(name)

    def has(self, name: str) -> bool:
        """Whether an optional member is there and not yet taken."""
        return name in self._members

    def names(self) -> list[str]:
        """The members not yet taken."""
        return list(self._members)

    def text(self, name: str, limit: int = MAX_TEXT) -> str:
        """A string of at most ``limit`` characters."""
        value = self.take(name)
        if not isinstance(value, str) or len(value) > limit:
            raise EncodingError(f"{self.place}.{name} is no text of at most {limit} characters")
        return value

    def integer(self, name: str, low: int = 0, high: int = MAX_SAFE_INTEGER) -> int:
        """An integer with ``low <= value <= high``."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise EncodingError(f"{self.place}.{name} is no integer from {low} to {high}")
        return value

    def boolean(self, name: str) -> bool:
        """True or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise EncodingError(f"{self.place}.{name} is neither true nor false")
        return value

    def hash(self, name: str) -> bytes:
        """32 bytes as lowercase hexadecimal."""
        return self._read(name, parse_hash)

    def data(self, name: str, length: int) -> bytes:
        """``length`` bytes as lowercase hexadecimal."""

        def parse(text: str) -> bytes:
            if len(text) != 2 * length or text.strip("0123456789abcdef"):
                raise EncodingError(f"expected {length} bytes in lowercase hexadecimal")
            return bytes.fromhex(text)

        return self._read(name, parse)

    def time(self, name: str) -> datetime:
        """A time as ``format_time`` writes it."""
        return self._read(name, parse_time)

    def document(self, name: str) -> "Document":
        """A nested object."""
        return Document.of(self.take(name), f"{self.place}.{name}")

    def items(self, name: str, read: Callable[["Document"], T], limit: int = MAX_ITEMS) -> list[T]:
        """A list of objects, each read by ``read`` and closed afterwards."""
        result: list[T] = []
        for index, value in enumerate(self.values(name, limit)):
            item = Document.of(value, f"{self.place}.{name}[{index}]")
            result.append(read(item))
            item.close()
        return result

    def values(self, name: str, limit: int = MAX_ITEMS) -> list[Json]:
        """A list of anything."""
        value = self.take(name)
        if not isinstance(value, list) or len(value) > limit:
            raise EncodingError(f"{self.place}.{name} is no list of at most {limit}")
        return value

    def version(self, expected: str) -> None:
        """The member ``version``, which must be exactly the expected one."""
        if self.text("version") != expected:
            raise EncodingError(f"{self.place} is not of version {expected}")

    def close(self) -> None:
        """Refuse members that nobody asked for."""
        if self._members:
            raise EncodingError(f"{self.place} has {len(self._members)} unknown member(s)")

    def _read(self, name: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(self.text(name))
        except EncodingError as error:
            raise EncodingError(f"{self.place}.{name}: {error}") from error
