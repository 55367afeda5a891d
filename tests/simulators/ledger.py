"""A ledger in memory that keeps the contracts' rules: for tests of what stands above a chain.

Written from the interfaces in ``contracts/src`` and not from the adapters, so that the conformance
suite compares two independent readings of the same rules.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from contracts.evidence.errors import EncodingError, LedgerRefusedError
from contracts.evidence.snapshot import (
    Accreditation,
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    Issuer,
    IssuerKey,
    Log,
    Period,
    StatusHistory,
    StatusVersion,
    TrustSnapshot,
)

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
NO_ID = bytes(32)
END_OF_TIME = 253_402_300_800
IDENTITY = ChainIdentity(
    chain_id=31_337,
    genesis=hashlib.sha256(b"simulated genesis").digest(),
    contracts=(
        ("CheckpointLog", b"\x01" * 20),
        ("IssuerRegistry", b"\x02" * 20),
        ("StatusRegistry", b"\x03" * 20),
    ),
)


@dataclass
class _Issuer:
    keys: dict[bytes, Period] = field(default_factory=dict)
    accreditations: list[Accreditation] = field(default_factory=list)
    suspensions: list[Period] = field(default_factory=list)


@dataclass
class _Log:
    key: bytes
    checkpoints: list[AnchoredCheckpoint] = field(default_factory=list)


class SimulatedLedger:
    """``contracts.evidence.ledger.Ledger`` in memory; every act that changes something is a block.

    Args:
        clock: seconds since 1970; a block gets its time, or its parent's if that is later.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._issuers: dict[bytes, _Issuer] = {}
        self._key_owners: dict[bytes, bytes] = {}
        self._logs: dict[bytes, _Log] = {}
        self._status: dict[bytes, list[StatusVersion]] = {}
        self._blocks = [clock()]

    def identity(self) -> ChainIdentity:
        return IDENTITY

    def head(self) -> Block:
        return self._head()

    def snapshot(self) -> TrustSnapshot:
        return TrustSnapshot(
            identity=IDENTITY,
            head=self._head(),
            issuers=tuple(
                Issuer(
                    name,
                    tuple(IssuerKey(point, period) for point, period in state.keys.items()),
                    tuple(state.accreditations),
                    tuple(state.suspensions),
                )
                for name, state in self._issuers.items()
            ),
            logs=tuple(
                Log(name, state.key, tuple(state.checkpoints)) for name, state in self._logs.items()
            ),
            status_lists=tuple(StatusHistory(n, tuple(v)) for n, v in self._status.items()),
        )

    def register_issuer(self, issuer: bytes) -> None:
        _check_lengths(issuer)
        if issuer == NO_ID:
            raise LedgerRefusedError("EmptyIdentifier")
        if issuer not in self._issuers:
            self._mine()
            self._issuers[issuer] = _Issuer()

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        _check_lengths(issuer, credential_type)
        state = self._known(issuer)
        if credential_type == NO_ID:
            raise LedgerRefusedError("EmptyIdentifier")
        newest = _newest(state, credential_type)
        if newest is None or state.accreditations[newest].period.end is not None:
            period = Period(self._mine())
            state.accreditations.append(Accreditation(credential_type, period))

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        _check_lengths(issuer, credential_type)
        state = self._known(issuer)
        newest = _newest(state, credential_type)
        if newest is None:
            raise LedgerRefusedError("NotAccredited")
        entry = state.accreditations[newest]
        period = self._ended(entry.period, ending, "AccreditationAlreadyEnded")
        state.accreditations[newest] = replace(entry, period=period)

    def suspend(self, issuer: bytes) -> None:
        _check_lengths(issuer)
        state = self._known(issuer)
        if not state.suspensions or state.suspensions[-1].end is not None:
            state.suspensions.append(Period(self._mine()))

    def resume(self, issuer: bytes) -> None:
        _check_lengths(issuer)
        state = self._known(issuer)
        if state.suspensions and state.suspensions[-1].end is None:
            start = state.suspensions[-1].start
            state.suspensions[-1] = Period(start, self._mine(), Ending.ORDERLY)

    def add_key(self, issuer: bytes, point: bytes) -> None:
        _check_lengths(issuer, point=point)
        state = self._known(issuer)
        if not is_on_p256(point):
            raise LedgerRefusedError("KeyNotOnCurve")
        if point in self._key_owners:
            if self._key_owners[point] != issuer or state.keys[point].end is not None:
                raise LedgerRefusedError("KeyAlreadyUsed")
            return
        self._key_owners[point] = issuer
        state.keys[point] = Period(self._mine())

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        _check_lengths(issuer, point=point)
        state = self._known(issuer)
        if point not in state.keys:
            raise LedgerRefusedError("KeyUnknown")
        state.keys[point] = self._ended(state.keys[point], ending, "KeyAlreadyEnded")

    def open_log(self, log: bytes, key: bytes) -> None:
        _check_lengths(log, key)
        if log == NO_ID:
            raise LedgerRefusedError("EmptyIdentifier")
        if key == NO_ID:
            raise LedgerRefusedError("EmptyKey")
        if log not in self._logs:
            self._mine()
            self._logs[log] = _Log(key)
        elif self._logs[log].key != key:
            raise LedgerRefusedError("LogAlreadyOpen")

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        _check_lengths(log, root)
        _check_numbers(sequence, size)
        if log not in self._logs:
            raise LedgerRefusedError("LogNotOpen")
        points = self._logs[log].checkpoints
        if sequence < len(points) and (points[sequence].size, points[sequence].root) == (
            size,
            root,
        ):
            return points[sequence]
        if sequence != len(points):
            raise LedgerRefusedError("SequenceMismatch")
        if size <= (points[-1].size if points else 0):
            raise LedgerRefusedError("SizeNotGrowing")
        if size >= 1 << 48:
            raise LedgerRefusedError("SizeTooLarge")
        if root == NO_ID:
            raise LedgerRefusedError("EmptyRoot")
        time = self._mine()
        points.append(AnchoredCheckpoint(sequence, size, root, len(self._blocks) - 1, time))
        return points[-1]

    def publish_status(self, status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        _check_lengths(status_list, digest)
        _check_numbers(version)
        if status_list == NO_ID:
            raise LedgerRefusedError("EmptyIdentifier")
        versions = self._status.get(status_list, [])
        for published in versions:
            if (published.version, published.digest) == (version, digest):
                return published
        if version != len(versions) + 1:
            raise LedgerRefusedError("VersionMismatch")
        if digest == NO_ID:
            raise LedgerRefusedError("EmptyDigest")
        published = StatusVersion(version, digest, self._mine())
        self._status[status_list] = [*versions, published]
        return published

    def _known(self, issuer: bytes) -> _Issuer:
        if issuer not in self._issuers:
            raise LedgerRefusedError("IssuerUnknown")
        return self._issuers[issuer]

    def _ended(self, period: Period, ending: Ending, refusal: str) -> Period:
        if period.ending == ending:
            return period
        if period.ending is Ending.COMPROMISED:
            raise LedgerRefusedError(refusal)
        now = self._mine()
        return Period(period.start, period.end or now, ending)

    def _mine(self) -> datetime:
        time = max(self._clock(), self._blocks[-1])
        if not 0 < time < END_OF_TIME:
            raise LedgerRefusedError("BlockTimeOutOfRange")
        self._blocks.append(time)
        return datetime.fromtimestamp(time, UTC)

    def _head(self) -> Block:
        number = len(self._blocks) - 1
        digest = hashlib.sha256(b"simulated block" + number.to_bytes(8, "big")).digest()
        return Block(number, digest, datetime.fromtimestamp(self._blocks[-1], UTC))


def is_on_p256(point: bytes) -> bool:
    """Whether 64 bytes are a point of P-256 with reduced coordinates (SEC 2, section 2.4.2)."""
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    if x >= P256_PRIME or y >= P256_PRIME:
        return False
    return (y * y - (x * x * x - 3 * x + P256_B)) % P256_PRIME == 0


def _newest(state: _Issuer, credential_type: bytes) -> int | None:
    indices = [
        index
        for index, entry in enumerate(state.accreditations)
        if entry.credential_type == credential_type
    ]
    return indices[-1] if indices else None


def _check_lengths(*words: bytes, point: bytes | None = None) -> None:
    if any(len(word) != 32 for word in words) or (point is not None and len(point) != 64):
        raise EncodingError("an argument has the wrong length")


def _check_numbers(*numbers: int) -> None:
    if any(not 0 <= number < 1 << 64 for number in numbers):
        raise EncodingError("a number does not fit 64 bits")
