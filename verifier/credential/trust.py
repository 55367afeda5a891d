"""What the registry and the logs say of a credential: whose key, issued when, with what leave.

``TrustMaterial`` is a snapshot with fetched evidence, checked once and indexed; judging one
credential then looks up a few entries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Self

from contracts.evidence.encoding import Json
from contracts.evidence.errors import ProofError
from contracts.evidence.names import credential_type_id, issuer_id, log_id
from contracts.evidence.receipt import Receipt
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Ending,
    Issuer,
    IssuerKey,
    Log,
    Period,
    TrustSnapshot,
)
from verifier.credential.bundle import EvidenceBundle
from verifier.credential.inclusion import (
    TILE_LEAVES,
    LeafTile,
    LogPlace,
    SoundTile,
    check_held_receipt,
    check_tile,
    open_tile,
)
from verifier.credential.keys import PublicKey, thumbprint
from verifier.credential.status_anchor import KnownStatusList, know_status_lists
from verifier.errors import (
    InclusionUnknownError,
    IssuanceTimeError,
    IssuerSuspendedError,
    KeyCompromisedError,
    KeyFormatError,
    KeyNotValidError,
    NotAccreditedError,
    PendingAnchorError,
    UnknownIssuerError,
    UnknownKeyError,
    UnknownLogError,
)

MAX_ANCHORING_DELAY: Final = timedelta(days=1)
MAX_ISSUER_CLOCK_LEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A key of the registry, ready for use, and whose it is (32-byte issuer id)."""

    issuer: bytes
    key: PublicKey
    record: IssuerKey


@dataclass(frozen=True, slots=True)
class TrustMaterial:
    """A trust snapshot and the evidence that holds under it."""

    snapshot: TrustSnapshot
    issuers: Mapping[bytes, Issuer]
    keys: Mapping[tuple[bytes, str], RegisteredKey]
    logs: Mapping[bytes, Log]
    tiles: Mapping[tuple[bytes, int], SoundTile]
    receipts: Mapping[tuple[bytes, int], Receipt]
    status_lists: Mapping[str, KnownStatusList]

    @classmethod
    def assemble(cls, snapshot: TrustSnapshot, evidence: EvidenceBundle) -> Self:
        """Check fetched evidence against a snapshot and index both.

        Evidence that does not hold is left out, not raised: whoever supplied it proves nothing by
        it, and the credentials that needed it end as "cannot verify".
        """
        keys = _index_keys(snapshot)
        logs = {log.log: log for log in snapshot.logs}
        points = {kid: (key.issuer, key.key, key.record) for (_, kid), key in keys.items()}
        return cls(
            snapshot=snapshot,
            issuers=MappingProxyType({entry.issuer: entry for entry in snapshot.issuers}),
            keys=MappingProxyType(keys),
            logs=MappingProxyType(logs),
            tiles=MappingProxyType(_sound_tiles(evidence.tiles, logs)),
            receipts=MappingProxyType(_index_receipts(evidence.receipts)),
            status_lists=MappingProxyType(
                know_status_lists(evidence.status_lists, points, snapshot)
            ),
        )

    def issuer_key(self, issuer: str, kid: Json) -> RegisteredKey:
        """The key by which an issuer's token says it is signed (C-36, C-37).

        Args:
            issuer: the token's ``iss``, not yet authenticated.
            kid: the header's ``kid``: RFC 7638 thumbprint of the key.

        Raises:
            UnknownIssuerError: the registry does not know the issuer.
            UnknownKeyError: the issuer has no such key.
        """
        name = issuer_id(issuer)
        if name not in self.issuers:
            raise UnknownIssuerError("the issuer is not in the registry")
        if not isinstance(kid, str) or (name, kid) not in self.keys:
            raise UnknownKeyError("the issuer has no key of that thumbprint (kid)")
        return self.keys[name, kid]

    def checkpoint_of(self, place: LogPlace, at: datetime) -> AnchoredCheckpoint:
        """The first anchored checkpoint that covers a place, as known at ``at`` (C-39, C-40).

        Raises:
            UnknownLogError: no such log was opened.
            PendingAnchorError: no checkpoint anchored until ``at`` covers the place.
        """
        log = self.logs.get(_known_log_id(place.log))
        if log is None:
            raise UnknownLogError("the credential's log is not in the registry")
        checkpoint = log.first_covering(place.index)
        if checkpoint is None or checkpoint.time > at + MAX_ISSUER_CLOCK_LEAD:
            raise PendingAnchorError("the credential is not covered by an anchored checkpoint yet")
        return checkpoint

    def check_inclusion(self, leaf: bytes, place: LogPlace, checkpoint: AnchoredCheckpoint) -> None:
        """Check that a leaf stands at its place under that checkpoint (C-41, C-42).

        Raises:
            InclusionUnknownError: neither a sound tile nor a sound receipt is at hand.
            NotInLogError: a sound tile shows another leaf there.
        """
        name = _known_log_id(place.log)
        tile = self.tiles.get((name, place.index // TILE_LEAVES))
        receipt = self.receipts.get((name, place.index))
        if tile is not None and checkpoint.size in tile.checkpoints:
            check_tile(tile, leaf, place.index, checkpoint)
        elif receipt is not None:
            check_held_receipt(receipt, leaf, place, self.logs[name], checkpoint)
        else:
            raise InclusionUnknownError("no sound tile or receipt covers the credential's place")

    def next_checkpoint(self, log: str, moment: datetime) -> AnchoredCheckpoint | None:
        """The first checkpoint of a log anchored at or after a moment; None while there is none."""
        points = self.logs[_known_log_id(log)].checkpoints
        return next((point for point in points if point.time >= moment), None)


@dataclass(frozen=True, slots=True)
class Issuance:
    """What is known of how a credential was issued.

    ``time`` is the block time of ``checkpoint``; while that is None (not anchored yet, and the
    policy accepts that) it is the moment of checking. ``claimed`` is ``iat``.
    """

    time: datetime
    claimed: datetime
    log: str
    checkpoint: AnchoredCheckpoint | None


def judge_issuance(
    material: TrustMaterial, issuance: Issuance, registered: RegisteredKey, vct: str
) -> None:
    """Judge time, accreditation, suspension and key as of the issuance (C-43 to C-47).

    Raises:
        IssuanceTimeError: ``iat`` is not within one day before and five minutes after it.
        NotAccreditedError: no leave for that type then, or leave withdrawn as compromised.
        IssuerSuspendedError: suspended then.
        KeyCompromisedError: the key was withdrawn as compromised, whenever.
        KeyNotValidError: the key was not in force then. A key that was replaced in order stays
            good for what the log's first checkpoint after the end covers, if ``iat`` is not later
            than five minutes after the end: otherwise a log that is seldom anchored would keep
            the key alive.
    """
    lead = issuance.claimed - issuance.time
    if not -MAX_ANCHORING_DELAY <= lead <= MAX_ISSUER_CLOCK_LEAD:
        raise IssuanceTimeError("iat is too far from the time of anchoring")
    issuer = material.issuers[registered.issuer]
    wanted = credential_type_id(vct)
    leave = [a.period for a in issuer.accreditations if a.credential_type == wanted]
    if not any(_believed(period, issuance.time) for period in leave):
        raise NotAccreditedError("the issuer had no leave for this type when it issued it")
    if any(period.covers(issuance.time) for period in issuer.suspensions):
        raise IssuerSuspendedError("the issuer was suspended when it issued the credential")
    _judge_key(material, issuance, registered.record.period)


def _judge_key(material: TrustMaterial, issuance: Issuance, period: Period) -> None:
    if period.ending is Ending.COMPROMISED:
        raise KeyCompromisedError("the issuer's key was withdrawn as compromised")
    if period.covers(issuance.time):
        return
    if period.end is None or issuance.time < period.end or issuance.checkpoint is None:
        raise KeyNotValidError("the issuer's key was not in force at the time of issuance")
    last = material.next_checkpoint(issuance.log, period.end)
    if issuance.checkpoint != last or issuance.claimed >= period.end + MAX_ISSUER_CLOCK_LEAD:
        raise KeyNotValidError("the issuer's key had been replaced before the issuance")


@lru_cache(maxsize=256)
def _known_log_id(origin: str) -> bytes:
    """``log_id``: credentials come from few logs, and an origin has 255 characters at most."""
    return log_id(origin)


def _believed(period: Period, moment: datetime) -> bool:
    return period.covers(moment) and period.ending is not Ending.COMPROMISED


def _index_keys(snapshot: TrustSnapshot) -> dict[tuple[bytes, str], RegisteredKey]:
    keys: dict[tuple[bytes, str], RegisteredKey] = {}
    for issuer in snapshot.issuers:
        for record in issuer.keys:
            try:
                key = PublicKey.of(record.point)
            except KeyFormatError:
                continue  # A point off the curve signs nothing; the issuer's other keys still do.
            keys[issuer.issuer, thumbprint(record.point)] = RegisteredKey(
                issuer.issuer, key, record
            )
    return keys


def _sound_tiles(
    tiles: tuple[LeafTile, ...], logs: dict[bytes, Log]
) -> dict[tuple[bytes, int], SoundTile]:
    sound: dict[tuple[bytes, int], SoundTile] = {}
    for tile in tiles:
        if tile.log not in logs:
            continue
        try:
            sound[tile.log, tile.index] = open_tile(tile, logs[tile.log])
        except ProofError:
            continue  # See assemble: what needed this tile ends as "cannot verify".
    return sound


def _index_receipts(receipts: tuple[Receipt, ...]) -> dict[tuple[bytes, int], Receipt]:
    return {(log_id(r.note.partition("\n")[0]), r.index): r for r in receipts}
