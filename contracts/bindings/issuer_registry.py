"""IssuerRegistry.sol as typed Python.

Generated from the ABI by ``python -m contracts compile``: never edited by hand.
"""

from dataclasses import dataclass
from typing import Final

from contracts.chain.abi import Call, ContractError, ContractEvent, nothing


@dataclass(frozen=True, slots=True)
class AccreditationWithdrawn(ContractEvent):
    """AccreditationWithdrawn(bytes32,bytes32,uint8,uint64)."""

    TOPIC = bytes.fromhex("f540145ccc1073135e99193158270b5c48ce24b27bba5dc94158db9347e11c3c")
    FIELDS = ("bytes32 indexed", "bytes32 indexed", "uint8", "uint64")
    issuer: bytes
    credential_type: bytes
    ending: int
    time: int


@dataclass(frozen=True, slots=True)
class Accredited(ContractEvent):
    """Accredited(bytes32,bytes32,uint64)."""

    TOPIC = bytes.fromhex("af80e4b705cfd097bd4dff13e37fd44aa1beb724012d43f197793880274f9fe2")
    FIELDS = ("bytes32 indexed", "bytes32 indexed", "uint64")
    issuer: bytes
    credential_type: bytes
    time: int


@dataclass(frozen=True, slots=True)
class IssuerRegistered(ContractEvent):
    """IssuerRegistered(bytes32,uint64)."""

    TOPIC = bytes.fromhex("708db2af063d763edc9a1ff0819be2d8edd8a3c7a3822d5ca81d07729c045d14")
    FIELDS = ("bytes32 indexed", "uint64")
    issuer: bytes
    time: int


@dataclass(frozen=True, slots=True)
class IssuerResumed(ContractEvent):
    """IssuerResumed(bytes32,uint64)."""

    TOPIC = bytes.fromhex("d4918d6a0071a2454d73d8e9c8706394a729c38e14984c880af837daabd2b6f0")
    FIELDS = ("bytes32 indexed", "uint64")
    issuer: bytes
    time: int


@dataclass(frozen=True, slots=True)
class IssuerSuspended(ContractEvent):
    """IssuerSuspended(bytes32,uint64)."""

    TOPIC = bytes.fromhex("c336ca89037fe840b972b39a2afae98350aa6e5d3ecdcf7bf58109698802b062")
    FIELDS = ("bytes32 indexed", "uint64")
    issuer: bytes
    time: int


@dataclass(frozen=True, slots=True)
class KeyAdded(ContractEvent):
    """KeyAdded(bytes32,bytes32,bytes32,bytes32,uint64)."""

    TOPIC = bytes.fromhex("84d500d8b8789ce781cc282db23457772642b3d2bebc07c96f02944becea4417")
    FIELDS = ("bytes32 indexed", "bytes32 indexed", "bytes32", "bytes32", "uint64")
    issuer: bytes
    key_id: bytes
    x: bytes
    y: bytes
    time: int


@dataclass(frozen=True, slots=True)
class KeyEnded(ContractEvent):
    """KeyEnded(bytes32,bytes32,uint8,uint64)."""

    TOPIC = bytes.fromhex("8c3532f1c0f2dd1e180047a1a55603c9fd493aadc262af5e4aa00114a9e2142a")
    FIELDS = ("bytes32 indexed", "bytes32 indexed", "uint8", "uint64")
    issuer: bytes
    key_id: bytes
    ending: int
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
class AccreditationAlreadyEnded(ContractError):
    """AccreditationAlreadyEnded(bytes32,bytes32,uint8)."""

    SELECTOR = bytes.fromhex("f82064ed")
    FIELDS = ("bytes32", "bytes32", "uint8")
    issuer: bytes
    credential_type: bytes
    ending: int


@dataclass(frozen=True, slots=True)
class AlreadyAccredited(ContractError):
    """AlreadyAccredited(bytes32,bytes32)."""

    SELECTOR = bytes.fromhex("3e7d3707")
    FIELDS = ("bytes32", "bytes32")
    issuer: bytes
    credential_type: bytes


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
class EndingMissing(ContractError):
    """EndingMissing()."""

    SELECTOR = bytes.fromhex("4991abfb")
    FIELDS = ()


@dataclass(frozen=True, slots=True)
class IssuerAlreadyRegistered(ContractError):
    """IssuerAlreadyRegistered(bytes32)."""

    SELECTOR = bytes.fromhex("7aa81aa7")
    FIELDS = ("bytes32",)
    issuer: bytes


@dataclass(frozen=True, slots=True)
class IssuerAlreadySuspended(ContractError):
    """IssuerAlreadySuspended(bytes32)."""

    SELECTOR = bytes.fromhex("510c48f9")
    FIELDS = ("bytes32",)
    issuer: bytes


@dataclass(frozen=True, slots=True)
class IssuerNotSuspended(ContractError):
    """IssuerNotSuspended(bytes32)."""

    SELECTOR = bytes.fromhex("6df93cde")
    FIELDS = ("bytes32",)
    issuer: bytes


@dataclass(frozen=True, slots=True)
class IssuerUnknown(ContractError):
    """IssuerUnknown(bytes32)."""

    SELECTOR = bytes.fromhex("c976b300")
    FIELDS = ("bytes32",)
    issuer: bytes


@dataclass(frozen=True, slots=True)
class KeyAlreadyEnded(ContractError):
    """KeyAlreadyEnded(bytes32,uint8)."""

    SELECTOR = bytes.fromhex("a10d1c7a")
    FIELDS = ("bytes32", "uint8")
    key_id: bytes
    ending: int


@dataclass(frozen=True, slots=True)
class KeyAlreadyUsed(ContractError):
    """KeyAlreadyUsed(bytes32,bytes32,uint8)."""

    SELECTOR = bytes.fromhex("7b747f50")
    FIELDS = ("bytes32", "bytes32", "uint8")
    key_id: bytes
    issuer: bytes
    ending: int


@dataclass(frozen=True, slots=True)
class KeyNotOnCurve(ContractError):
    """KeyNotOnCurve(bytes32,bytes32)."""

    SELECTOR = bytes.fromhex("5d7b81c3")
    FIELDS = ("bytes32", "bytes32")
    x: bytes
    y: bytes


@dataclass(frozen=True, slots=True)
class KeyUnknown(ContractError):
    """KeyUnknown(bytes32,bytes32)."""

    SELECTOR = bytes.fromhex("33979325")
    FIELDS = ("bytes32", "bytes32")
    issuer: bytes
    key_id: bytes


@dataclass(frozen=True, slots=True)
class NotAccredited(ContractError):
    """NotAccredited(bytes32,bytes32)."""

    SELECTOR = bytes.fromhex("83cddc19")
    FIELDS = ("bytes32", "bytes32")
    issuer: bytes
    credential_type: bytes


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
class ZeroAddress(ContractError):
    """ZeroAddress()."""

    SELECTOR = bytes.fromhex("d92e233d")
    FIELDS = ()


@dataclass(frozen=True, slots=True)
class AccreditationResult:
    """What accreditation(bytes32,bytes32) returns."""

    start: int
    end: int
    ending: int


@dataclass(frozen=True, slots=True)
class IssuerStateResult:
    """What issuerState(bytes32) returns."""

    registered_at: int
    suspended_since: int


@dataclass(frozen=True, slots=True)
class KeyStateResult:
    """What keyState(bytes32) returns."""

    issuer: bytes
    start: int
    end: int
    ending: int


class IssuerRegistry:
    """Calls of IssuerRegistry.sol."""

    NAME: Final = "IssuerRegistry"
    EVENTS: Final[tuple[type[ContractEvent], ...]] = (
        AccreditationWithdrawn,
        Accredited,
        IssuerRegistered,
        IssuerResumed,
        IssuerSuspended,
        KeyAdded,
        KeyEnded,
        OwnershipOffered,
        OwnershipTransferred,
    )
    ERRORS: Final[tuple[type[ContractError], ...]] = (
        AccreditationAlreadyEnded,
        AlreadyAccredited,
        BlockTimeOutOfRange,
        EmptyIdentifier,
        EndingMissing,
        IssuerAlreadyRegistered,
        IssuerAlreadySuspended,
        IssuerNotSuspended,
        IssuerUnknown,
        KeyAlreadyEnded,
        KeyAlreadyUsed,
        KeyNotOnCurve,
        KeyUnknown,
        NotAccredited,
        NotOffered,
        NotOwner,
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
    def accredit(issuer: bytes, credential_type: bytes) -> Call[None]:
        """accredit(bytes32,bytes32)."""
        return Call.of("b26bbcfb", (("bytes32", issuer), ("bytes32", credential_type)), (), nothing)

    @staticmethod
    def accreditation(issuer: bytes, credential_type: bytes) -> Call[AccreditationResult]:
        """accreditation(bytes32,bytes32)."""
        return Call.of(
            "9f83940e",
            (("bytes32", issuer), ("bytes32", credential_type)),
            ("uint64", "uint64", "uint8"),
            AccreditationResult,
        )

    @staticmethod
    def add_key(issuer: bytes, x: bytes, y: bytes) -> Call[None]:
        """addKey(bytes32,bytes32,bytes32)."""
        return Call.of(
            "9bc72f81",
            (("bytes32", issuer), ("bytes32", x), ("bytes32", y)),
            (),
            nothing,
        )

    @staticmethod
    def end_key(issuer: bytes, x: bytes, y: bytes, ending: int) -> Call[None]:
        """endKey(bytes32,bytes32,bytes32,uint8)."""
        return Call.of(
            "407998f2",
            (("bytes32", issuer), ("bytes32", x), ("bytes32", y), ("uint8", ending)),
            (),
            nothing,
        )

    @staticmethod
    def issuer_state(issuer: bytes) -> Call[IssuerStateResult]:
        """issuerState(bytes32)."""
        return Call.of("1a4fe8c5", (("bytes32", issuer),), ("uint64", "uint64"), IssuerStateResult)

    @staticmethod
    def key_state(key_id: bytes) -> Call[KeyStateResult]:
        """keyState(bytes32)."""
        return Call.of(
            "9e751c87",
            (("bytes32", key_id),),
            ("bytes32", "uint64", "uint64", "uint8"),
            KeyStateResult,
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
    def register(issuer: bytes) -> Call[None]:
        """register(bytes32)."""
        return Call.of("e1fa8e84", (("bytes32", issuer),), (), nothing)

    @staticmethod
    def resume(issuer: bytes) -> Call[None]:
        """resume(bytes32)."""
        return Call.of("fa7a2962", (("bytes32", issuer),), (), nothing)

    @staticmethod
    def suspend(issuer: bytes) -> Call[None]:
        """suspend(bytes32)."""
        return Call.of("b1c4235d", (("bytes32", issuer),), (), nothing)

    @staticmethod
    def withdraw(issuer: bytes, credential_type: bytes, ending: int) -> Call[None]:
        """withdraw(bytes32,bytes32,uint8)."""
        return Call.of(
            "c355cab4",
            (("bytes32", issuer), ("bytes32", credential_type), ("uint8", ending)),
            (),
            nothing,
        )
