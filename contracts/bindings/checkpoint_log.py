"""CheckpointLog.sol as typed Python.

Generated from the ABI by ``python -m contracts compile``: never edited by hand.
"""

from dataclasses import dataclass
from typing import Final

from contracts.chain.abi import Call, ContractError, ContractEvent, nothing


@dataclass(frozen=True, slots=True)
class CheckpointAnchored(ContractEvent):
    """CheckpointAnchored(bytes32,uint64,uint64,bytes32,uint64)."""

    TOPIC = bytes.fromhex("271692cf102c621b1310628fca86541964f7f2215a5274c7aac2af4caf361fef")
    FIELDS = ("bytes32 indexed", "uint64 indexed", "uint64", "bytes32", "uint64")
    log: bytes
    sequence: int
    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class LogOpened(ContractEvent):
    """LogOpened(bytes32,bytes32,uint64)."""

    TOPIC = bytes.fromhex("795a3bd7fa30f4e0986bd0fdafe339c4daf3d474ec24f2f5aba94141dc7a7baf")
    FIELDS = ("bytes32 indexed", "bytes32", "uint64")
    log: bytes
    key: bytes
    time: int


@dataclass(frozen=True, slots=True)
class OwnershipOffered(ContractEvent):
    """OwnershipOffered(address,address)."""

    TOPIC = bytes.fromhex("278a93ce3591db94ed65bf1107826228ec69e444fbe2006b25e1ba8f18955b7f")
    FIELDS = ("address indexed", "address indexed")
    owner: bytes
    new_owner: bytes


@dataclass(frozen=True, slots=True)
class OwnershipTransferred(ContractEvent):
    """OwnershipTransferred(address,address)."""

    TOPIC = bytes.fromhex("8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0")
    FIELDS = ("address indexed", "address indexed")
    previous_owner: bytes
    new_owner: bytes


@dataclass(frozen=True, slots=True)
class PublisherChanged(ContractEvent):
    """PublisherChanged(bytes32,address,uint64)."""

    TOPIC = bytes.fromhex("a09b00e339a47ad5ff2718e826fc2da9397853c57e270241b0555be7576a9736")
    FIELDS = ("bytes32 indexed", "address indexed", "uint64")
    log: bytes
    publisher: bytes
    time: int


@dataclass(frozen=True, slots=True)
class BlockTimeOutOfRange(ContractError):
    """BlockTimeOutOfRange(uint256)."""

    SELECTOR = bytes.fromhex("cc0c67e7")
    FIELDS = ("uint256",)
    time: int


@dataclass(frozen=True, slots=True)
class EmptyIdentifier(ContractError):
    """EmptyIdentifier()."""

    SELECTOR = bytes.fromhex("b44dc4f0")
    FIELDS = ()


@dataclass(frozen=True, slots=True)
class EmptyKey(ContractError):
    """EmptyKey(bytes32)."""

    SELECTOR = bytes.fromhex("897965d3")
    FIELDS = ("bytes32",)
    log: bytes


@dataclass(frozen=True, slots=True)
class EmptyRoot(ContractError):
    """EmptyRoot(bytes32)."""

    SELECTOR = bytes.fromhex("adb7478d")
    FIELDS = ("bytes32",)
    log: bytes


@dataclass(frozen=True, slots=True)
class LogAlreadyOpen(ContractError):
    """LogAlreadyOpen(bytes32,bytes32)."""

    SELECTOR = bytes.fromhex("06bfed87")
    FIELDS = ("bytes32", "bytes32")
    log: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class LogNotOpen(ContractError):
    """LogNotOpen(bytes32)."""

    SELECTOR = bytes.fromhex("806680f1")
    FIELDS = ("bytes32",)
    log: bytes


@dataclass(frozen=True, slots=True)
class NotOffered(ContractError):
    """NotOffered(address)."""

    SELECTOR = bytes.fromhex("d2923498")
    FIELDS = ("address",)
    caller: bytes


@dataclass(frozen=True, slots=True)
class NotOwner(ContractError):
    """NotOwner(address)."""

    SELECTOR = bytes.fromhex("245aecd3")
    FIELDS = ("address",)
    caller: bytes


@dataclass(frozen=True, slots=True)
class NotPublisher(ContractError):
    """NotPublisher(bytes32,address)."""

    SELECTOR = bytes.fromhex("f02cd7ac")
    FIELDS = ("bytes32", "address")
    log: bytes
    caller: bytes


@dataclass(frozen=True, slots=True)
class SequenceMismatch(ContractError):
    """SequenceMismatch(bytes32,uint64,uint64)."""

    SELECTOR = bytes.fromhex("c14c343a")
    FIELDS = ("bytes32", "uint64", "uint64")
    log: bytes
    expected: int
    given: int


@dataclass(frozen=True, slots=True)
class SizeNotGrowing(ContractError):
    """SizeNotGrowing(bytes32,uint64,uint64)."""

    SELECTOR = bytes.fromhex("719ef680")
    FIELDS = ("bytes32", "uint64", "uint64")
    log: bytes
    current: int
    given: int


@dataclass(frozen=True, slots=True)
class SizeTooLarge(ContractError):
    """SizeTooLarge(bytes32,uint64)."""

    SELECTOR = bytes.fromhex("474b20e7")
    FIELDS = ("bytes32", "uint64")
    log: bytes
    given: int


@dataclass(frozen=True, slots=True)
class ZeroAddress(ContractError):
    """ZeroAddress()."""

    SELECTOR = bytes.fromhex("d92e233d")
    FIELDS = ()


@dataclass(frozen=True, slots=True)
class HeadResult:
    """What head(bytes32) returns."""

    publisher: bytes
    count: int
    size: int


class CheckpointLog:
    """Calls of CheckpointLog.sol."""

    NAME: Final = "CheckpointLog"
    EVENTS: Final[tuple[type[ContractEvent], ...]] = (
        CheckpointAnchored,
        LogOpened,
        OwnershipOffered,
        OwnershipTransferred,
        PublisherChanged,
    )
    ERRORS: Final[tuple[type[ContractError], ...]] = (
        BlockTimeOutOfRange,
        EmptyIdentifier,
        EmptyKey,
        EmptyRoot,
        LogAlreadyOpen,
        LogNotOpen,
        NotOffered,
        NotOwner,
        NotPublisher,
        SequenceMismatch,
        SizeNotGrowing,
        SizeTooLarge,
        ZeroAddress,
    )

    @staticmethod
    def constructor(first_owner: bytes) -> Call[None]:
        """constructor(address)."""
        return Call.of("", (("address", first_owner),), (), nothing)

    @staticmethod
    def accept_ownership() -> Call[None]:
        """acceptOwnership()."""
        return Call.of("79ba5097", (), (), nothing)

    @staticmethod
    def anchor(log: bytes, sequence: int, size: int, root: bytes) -> Call[None]:
        """anchor(bytes32,uint64,uint64,bytes32)."""
        return Call.of(
            "427dc920",
            (("bytes32", log), ("uint64", sequence), ("uint64", size), ("bytes32", root)),
            (),
            nothing,
        )

    @staticmethod
    def checkpoint(log: bytes, sequence: int) -> Call[bytes]:
        """checkpoint(bytes32,uint64)."""
        return Call.of("aa5a64ed", (("bytes32", log), ("uint64", sequence)), ("bytes32",), bytes)

    @staticmethod
    def head(log: bytes) -> Call[HeadResult]:
        """head(bytes32)."""
        return Call.of("f339e3b2", (("bytes32", log),), ("address", "uint64", "uint64"), HeadResult)

    @staticmethod
    def log_key(log: bytes) -> Call[bytes]:
        """logKey(bytes32)."""
        return Call.of("854d61a0", (("bytes32", log),), ("bytes32",), bytes)

    @staticmethod
    def offer_ownership(new_owner: bytes) -> Call[None]:
        """offerOwnership(address)."""
        return Call.of("8e3e92f2", (("address", new_owner),), (), nothing)

    @staticmethod
    def open(log: bytes, key: bytes, publisher: bytes) -> Call[None]:
        """open(bytes32,bytes32,address)."""
        return Call.of(
            "8066395c",
            (("bytes32", log), ("bytes32", key), ("address", publisher)),
            (),
            nothing,
        )

    @staticmethod
    def owner() -> Call[bytes]:
        """owner()."""
        return Call.of("8da5cb5b", (), ("address",), bytes)

    @staticmethod
    def pending_owner() -> Call[bytes]:
        """pendingOwner()."""
        return Call.of("e30c3978", (), ("address",), bytes)

    @staticmethod
    def set_publisher(log: bytes, publisher: bytes) -> Call[None]:
        """setPublisher(bytes32,address)."""
        return Call.of("4cd50d88", (("bytes32", log), ("address", publisher)), (), nothing)
