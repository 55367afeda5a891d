"""StatusRegistry.sol as typed Python.

Generated from the ABI by ``python -m contracts compile``: never edited by hand.
"""

from dataclasses import dataclass
from typing import Final

from contracts.chain.abi import Call, ContractError, ContractEvent, nothing


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
    """PublisherChanged(address,uint64)."""

    TOPIC = bytes.fromhex("088d03ab4162169953d092b4fbd9a7ffd7041670f8c2abdbe2fa6bdd0c777258")
    FIELDS = ("address indexed", "uint64")
    publisher: bytes
    time: int


@dataclass(frozen=True, slots=True)
class StatusPublished(ContractEvent):
    """StatusPublished(bytes32,uint64,bytes32,uint64)."""

    TOPIC = bytes.fromhex("3d9bc72556d96f9149eff066205adbf6befa675d4153329a19f88b78db503b9c")
    FIELDS = ("bytes32 indexed", "uint64 indexed", "bytes32", "uint64")
    status_list: bytes
    version: int
    digest: bytes
    time: int


@dataclass(frozen=True, slots=True)
class BlockTimeOutOfRange(ContractError):
    """BlockTimeOutOfRange(uint256)."""

    SELECTOR = bytes.fromhex("cc0c67e7")
    FIELDS = ("uint256",)
    time: int


@dataclass(frozen=True, slots=True)
class EmptyDigest(ContractError):
    """EmptyDigest(bytes32)."""

    SELECTOR = bytes.fromhex("7b9819f1")
    FIELDS = ("bytes32",)
    status_list: bytes


@dataclass(frozen=True, slots=True)
class EmptyIdentifier(ContractError):
    """EmptyIdentifier()."""

    SELECTOR = bytes.fromhex("b44dc4f0")
    FIELDS = ()


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
    """NotPublisher(address)."""

    SELECTOR = bytes.fromhex("e35593b5")
    FIELDS = ("address",)
    caller: bytes


@dataclass(frozen=True, slots=True)
class VersionMismatch(ContractError):
    """VersionMismatch(bytes32,uint64,uint64)."""

    SELECTOR = bytes.fromhex("0eb8a25e")
    FIELDS = ("bytes32", "uint64", "uint64")
    status_list: bytes
    expected: int
    given: int


@dataclass(frozen=True, slots=True)
class ZeroAddress(ContractError):
    """ZeroAddress()."""

    SELECTOR = bytes.fromhex("d92e233d")
    FIELDS = ()


@dataclass(frozen=True, slots=True)
class NewestResult:
    """What newest(bytes32) returns."""

    version: int
    time: int
    digest: bytes


class StatusRegistry:
    """Calls of StatusRegistry.sol."""

    NAME: Final = "StatusRegistry"
    EVENTS: Final[tuple[type[ContractEvent], ...]] = (
        OwnershipOffered,
        OwnershipTransferred,
        PublisherChanged,
        StatusPublished,
    )
    ERRORS: Final[tuple[type[ContractError], ...]] = (
        BlockTimeOutOfRange,
        EmptyDigest,
        EmptyIdentifier,
        NotOffered,
        NotOwner,
        NotPublisher,
        VersionMismatch,
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
    def newest(status_list: bytes) -> Call[NewestResult]:
        """newest(bytes32)."""
        return Call.of(
            "99f29055",
            (("bytes32", status_list),),
            ("uint64", "uint64", "bytes32"),
            NewestResult,
        )

    @staticmethod
    def offer_ownership(new_owner: bytes) -> Call[None]:
        """offerOwnership(address)."""
        return Call.of("8e3e92f2", (("address", new_owner),), (), nothing)

    @staticmethod
    def owner() -> Call[bytes]:
        """owner()."""
        return Call.of("8da5cb5b", (), ("address",), bytes)

    @staticmethod
    def pending_owner() -> Call[bytes]:
        """pendingOwner()."""
        return Call.of("e30c3978", (), ("address",), bytes)

    @staticmethod
    def publish(status_list: bytes, version: int, digest: bytes) -> Call[None]:
        """publish(bytes32,uint64,bytes32)."""
        return Call.of(
            "4080e14e",
            (("bytes32", status_list), ("uint64", version), ("bytes32", digest)),
            (),
            nothing,
        )

    @staticmethod
    def publisher() -> Call[bytes]:
        """publisher()."""
        return Call.of("8c72c54e", (), ("address",), bytes)

    @staticmethod
    def set_publisher(new_publisher: bytes) -> Call[None]:
        """setPublisher(address)."""
        return Call.of("cab63661", (("address", new_publisher),), (), nothing)
