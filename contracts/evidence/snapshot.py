"""The trust snapshot: what a chain said at one block, as a value and as a file.

A check that is given a snapshot needs no network: who may issue what and with which keys, which
checkpoints were anchored when, which status lists are the newest. Nothing in it is signed: whoever
checks gets the file from a node that they trust, or makes it themselves.

The file is canonical JSON whose first member to look at is ``version``: ``dojang-snapshot-v1``.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.evidence.note import LogKey

SNAPSHOT_VERSION: Final = "dojang-snapshot-v1"


class Ending(StrEnum):
    """How a period ended: what follows for what was done inside it."""

    ORDERLY = "orderly"
    """What was done before the end stays good."""
    COMPROMISED = "compromised"
    """Nothing that was done in the period is believed any more."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time from ``start`` (included) to ``end`` (excluded); ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None = None
    ending: Ending | None = None

    def covers(self, at: datetime) -> bool:
        """Whether ``at`` lies in the period. How it ended is not looked at."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """An ES256 public key of an issuer: 64 bytes, x | y big-endian; and when it is good."""

    point: bytes
    period: Period


@dataclass(frozen=True, slots=True)
class Accreditation:
    """Leave to issue one credential type; the type is 32 bytes, see ``credential_type_id``."""

    credential_type: bytes
    period: Period


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer's history; ``issuer`` is 32 bytes, see ``issuer_id``. Lists are oldest first."""

    issuer: bytes
    keys: tuple[IssuerKey, ...]
    accreditations: tuple[Accreditation, ...]
    suspensions: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class AnchoredCheckpoint:
    """A checkpoint on chain: 0-based sequence number, leaves, root, block and block time."""

    sequence: int
    size: int
    root: bytes
    block: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Log:
    """An anchored log: 32-byte id, Ed25519 key for its signed notes, checkpoints oldest first."""

    log: bytes
    key: bytes
    checkpoints: tuple[AnchoredCheckpoint, ...]

    def log_key(self, origin: str) -> LogKey:
        """The key of this log under its name."""
        return LogKey(origin, self.key)

    def first_covering(self, index: int) -> AnchoredCheckpoint | None:
        """The oldest anchored checkpoint that holds leaf ``index``; None while none does."""
        place = bisect_right(self.checkpoints, index, key=lambda point: point.size)
        return self.checkpoints[place] if place < len(self.checkpoints) else None


@dataclass(frozen=True, slots=True)
class StatusVersion:
    """One published version of a status list: SHA-256 of the token, and its block time."""

    version: int
    digest: bytes
    time: datetime


@dataclass(frozen=True, slots=True)
class StatusHistory:
    """A status list on chain: 32-byte id (see ``status_list_id``), versions oldest first."""

    status_list: bytes
    versions: tuple[StatusVersion, ...]


@dataclass(frozen=True, slots=True)
class ChainIdentity:
    """Which chain this is: chain id, genesis hash, contract addresses (20 bytes each) by name."""

    chain_id: int
    genesis: bytes
    contracts: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block: number, 32-byte hash, time."""

    number: int
    hash: bytes
    time: datetime


@dataclass(frozen=True, slots=True)
class TrustSnapshot:
    """Everything that offline checks take from a chain, as it stood at ``head``."""

    identity: ChainIdentity
    head: Block
    issuers: tuple[Issuer, ...]
    logs: tuple[Log, ...]
    status_lists: tuple[StatusHistory, ...]

    def issuer(self, issuer: bytes) -> Issuer | None:
        """The issuer of that id; None if the registry does not know it."""
        return next((entry for entry in self.issuers if entry.issuer == issuer), None)

    def log(self, log: bytes) -> Log | None:
        """The log of that id; None if it was never opened."""
        return next((entry for entry in self.logs if entry.log == log), None)

    def status_list(self, status_list: bytes) -> StatusHistory | None:
        """The status list of that id; None if no version was published."""
        return next((e for e in self.status_lists if e.status_list == status_list), None)
