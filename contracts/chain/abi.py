"""Calls, results, events and errors of a contract as values; the generated bindings use it.

Every type that our contracts take or give is one static 32-byte word. ``eth_abi`` does the coding;
what it would silently repair (a short ``bytes32`` is padded) is refused here first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Self, TypeVar

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_abi.exceptions import EncodingError as AbiEncodingError
from eth_utils.address import to_canonical_address

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import EncodingError

T = TypeVar("T")
Value = bytes | int | bool

ADDRESS_BYTES: Final = 20
SELECTOR_BYTES: Final = 4
_INDEXED: Final = " indexed"
_LENGTHS: Final = {"bytes32": HASH_BYTES, "address": ADDRESS_BYTES}


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call of a contract function: its data, and how its result is read."""

    data: bytes
    outputs: tuple[str, ...]
    build: Callable[..., T]

    @classmethod
    def of(
        cls,
        selector: str,
        arguments: Sequence[tuple[str, Value]],
        outputs: tuple[str, ...],
        build: Callable[..., T],
    ) -> Self:
        """The call of a selector (hexadecimal) with typed arguments.

        Raises:
            EncodingError: an argument of the wrong length or range.
        """
        types = [name for name, _ in arguments]
        values = [value for _, value in arguments]
        return cls(bytes.fromhex(selector) + encode_words(types, values), outputs, build)

    def result(self, data: bytes) -> T:
        """The typed result.

        Raises:
            EncodingError: the data is not what the ABI says, trailing bytes included.
        """
        return self.build(*decode_words(self.outputs, data))


class _Record:
    """A dataclass whose fields are the parameters, in the order of their types in ``FIELDS``."""

    __slots__ = ()
    FIELDS: ClassVar[tuple[str, ...]]

    @classmethod
    def _build(cls, values: Sequence[Value]) -> Self:
        return cls(*values)


class ContractEvent(_Record):
    """An event; subclasses are generated."""

    __slots__ = ()
    TOPIC: ClassVar[bytes]

    @classmethod
    def parse(cls, topics: Sequence[bytes], data: bytes) -> Self:
        """The event of a log entry.

        Raises:
            EncodingError: another event, or not what the ABI says.
        """
        indexed = [field.removesuffix(_INDEXED) for field in cls.FIELDS if _INDEXED in field]
        plain = [field for field in cls.FIELDS if _INDEXED not in field]
        if not topics or topics[0] != cls.TOPIC or len(topics) != 1 + len(indexed):
            raise EncodingError(f"the log entry is no {cls.__name__}")
        from_topics = iter(decode_words(indexed, b"".join(topics[1:])))
        from_data = iter(decode_words(plain, data))
        sources = [from_topics if _INDEXED in field else from_data for field in cls.FIELDS]
        return cls._build([next(source) for source in sources])


class ContractError(_Record):
    """A custom error; subclasses are generated."""

    __slots__ = ()
    SELECTOR: ClassVar[bytes]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The error of revert data.

        Raises:
            EncodingError: another error, or not what the ABI says.
        """
        if data[:SELECTOR_BYTES] != cls.SELECTOR:
            raise EncodingError(f"the revert data is no {cls.__name__}")
        return cls._build(decode_words(cls.FIELDS, data[SELECTOR_BYTES:]))


def nothing() -> None:
    """The result of a function that returns nothing."""


def encode_words(types: Sequence[str], values: Sequence[Value]) -> bytes:
    """The ABI encoding of arguments.

    Raises:
        EncodingError: a value of the wrong length or range.
    """
    for name, value in zip(types, values, strict=True):
        length = _LENGTHS.get(name)
        if length is not None and not (isinstance(value, bytes) and len(value) == length):
            raise EncodingError(f"an argument of type {name} has {length} bytes")
    try:
        return encode(types, values)
    except AbiEncodingError as error:
        raise EncodingError(f"an argument does not fit its type: {error}") from error


def decode_words(types: Sequence[str], data: bytes) -> tuple[Value, ...]:
    """Decode static words; addresses become 20 bytes.

    Raises:
        EncodingError: wrong length, or padding that is not zero.
    """
    if len(data) != HASH_BYTES * len(types):
        raise EncodingError(f"expected {len(types)} words, got {len(data)} bytes")
    try:
        values = decode(types, data)
    except DecodingError as error:
        raise EncodingError(f"a word does not fit its type: {error}") from error
    return tuple(
        to_canonical_address(value) if name == "address" else value
        for name, value in zip(types, values, strict=True)
    )
