"""The file format of a trust snapshot: canonical JSON, version ``dojang-snapshot-v1``.

Bytes are lowercase hexadecimal, times RFC 3339 in UTC. A decoded snapshot is consistent in itself:
sequences without gaps, sizes and versions that grow, times that do not run backwards.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Final

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, format_time, parse_canonical
from contracts.evidence.errors import EncodingError, SnapshotError
from contracts.evidence.snapshot import (
    SNAPSHOT_VERSION,
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

MAX_SNAPSHOT_BYTES: Final = 64 << 20
MAX_ENTRIES: Final = 10_000_000
"""What a long life can bring; the bound on bytes is the one that is met first."""
POINT_BYTES: Final = 64
ADDRESS_BYTES: Final = 20


def encode_snapshot(snapshot: TrustSnapshot) -> bytes:
    """The canonical bytes of a snapshot."""
    return canonical(
        {
            "version": SNAPSHOT_VERSION,
            "chain": _identity_json(snapshot.identity),
            "head": _block_json(snapshot.head),
            "issuers": [_issuer_json(entry) for entry in snapshot.issuers],
            "logs": [_log_json(entry) for entry in snapshot.logs],
            "status_lists": [_status_json(entry) for entry in snapshot.status_lists],
        }
    )


def decode_snapshot(data: bytes) -> TrustSnapshot:
    """Parse a snapshot file.

    Raises:
        SnapshotError: not canonical JSON of this version, or contradicting itself.

    Not checked: that a chain ever said so. The file is trusted because of where it came from.
    """
    try:
        document = Document.of(parse_canonical(data, max_bytes=MAX_SNAPSHOT_BYTES), "snapshot")
        document.version(SNAPSHOT_VERSION)
        snapshot = TrustSnapshot(
            identity=_identity(document.document("chain")),
            head=_block(document.document("head")),
            issuers=tuple(document.items("issuers", _issuer, MAX_ENTRIES)),
            logs=tuple(document.items("logs", _log, MAX_ENTRIES)),
            status_lists=tuple(document.items("status_lists", _status, MAX_ENTRIES)),
        )
        document.close()
    except EncodingError as error:
        raise SnapshotError(str(error)) from error
    _check(snapshot)
    return snapshot


def _identity_json(identity: ChainIdentity) -> Json:
    return {
        "chain_id": identity.chain_id,
        "genesis": identity.genesis.hex(),
        "contracts": {name: address.hex() for name, address in identity.contracts},
    }


def _identity(document: Document) -> ChainIdentity:
    contracts = document.document("contracts")
    names = sorted(contracts.names())
    identity = ChainIdentity(
        chain_id=document.integer("chain_id", low=1),
        genesis=document.hash("genesis"),
        contracts=tuple((name, contracts.data(name, ADDRESS_BYTES)) for name in names),
    )
    document.close()
    return identity


def _block_json(block: Block) -> Json:
    return {"number": block.number, "hash": block.hash.hex(), "time": format_time(block.time)}


def _block(document: Document) -> Block:
    block = Block(document.integer("number"), document.hash("hash"), document.time("time"))
    document.close()
    return block


def _period_json(period: Period) -> dict[str, Json]:
    result: dict[str, Json] = {"from": format_time(period.start)}
    if period.end is not None and period.ending is not None:
        result |= {"until": format_time(period.end), "ending": period.ending.value}
    return result


def _period(document: Document) -> Period:
    start = document.time("from")
    if not document.has("until"):
        return Period(start)
    end, ending = document.time("until"), document.text("ending")
    if end < start or ending not in set(Ending):
        raise EncodingError(f"{document.place} is no period")
    return Period(start, end, Ending(ending))


def _issuer_json(issuer: Issuer) -> Json:
    return {
        "issuer": issuer.issuer.hex(),
        "keys": [{"point": key.point.hex(), **_period_json(key.period)} for key in issuer.keys],
        "accreditations": [
            {"credential_type": entry.credential_type.hex(), **_period_json(entry.period)}
            for entry in issuer.accreditations
        ],
        "suspensions": [_period_json(period) for period in issuer.suspensions],
    }


def _issuer(document: Document) -> Issuer:
    return Issuer(
        issuer=document.hash("issuer"),
        keys=tuple(document.items("keys", _issuer_key)),
        accreditations=tuple(document.items("accreditations", _accreditation)),
        suspensions=tuple(document.items("suspensions", _period)),
    )


def _issuer_key(document: Document) -> IssuerKey:
    return IssuerKey(document.data("point", POINT_BYTES), _period(document))


def _accreditation(document: Document) -> Accreditation:
    return Accreditation(document.hash("credential_type"), _period(document))


def _log_json(log: Log) -> Json:
    return {
        "log": log.log.hex(),
        "key": log.key.hex(),
        "checkpoints": [
            {
                "sequence": point.sequence,
                "size": point.size,
                "root": point.root.hex(),
                "block": point.block,
                "time": format_time(point.time),
            }
            for point in log.checkpoints
        ],
    }


def _log(document: Document) -> Log:
    return Log(
        log=document.hash("log"),
        key=document.hash("key"),
        checkpoints=tuple(document.items("checkpoints", _checkpoint, MAX_ENTRIES)),
    )


def _checkpoint(document: Document) -> AnchoredCheckpoint:
    return AnchoredCheckpoint(
        sequence=document.integer("sequence"),
        size=document.integer("size", low=1),
        root=document.hash("root"),
        block=document.integer("block"),
        time=document.time("time"),
    )


def _status_json(history: StatusHistory) -> Json:
    return {
        "status_list": history.status_list.hex(),
        "versions": [
            {
                "version": entry.version,
                "digest": entry.digest.hex(),
                "time": format_time(entry.time),
            }
            for entry in history.versions
        ],
    }


def _status(document: Document) -> StatusHistory:
    return StatusHistory(
        status_list=document.hash("status_list"),
        versions=tuple(document.items("versions", _status_version, MAX_ENTRIES)),
    )


def _status_version(document: Document) -> StatusVersion:
    return StatusVersion(
        version=document.integer("version"),
        digest=document.hash("digest"),
        time=document.time("time"),
    )


def _check(snapshot: TrustSnapshot) -> None:
    """Refuse a snapshot that no contract of ours could have produced."""
    _check_unique("issuer", [entry.issuer for entry in snapshot.issuers])
    _check_unique("log", [entry.log for entry in snapshot.logs])
    _check_unique("status list", [entry.status_list for entry in snapshot.status_lists])
    for issuer in snapshot.issuers:
        _check_issuer(issuer, snapshot.head.time)
    for log in snapshot.logs:
        if any(new.block < old.block for old, new in pairwise(log.checkpoints)) or any(
            point.block > snapshot.head.number for point in log.checkpoints[-1:]
        ):
            raise SnapshotError("a log's blocks run backwards or lie after the head")
        if [point.sequence for point in log.checkpoints] != list(range(len(log.checkpoints))):
            raise SnapshotError("a log's checkpoints are not numbered from 0 without a gap")
        if any(new.size <= old.size for old, new in pairwise(log.checkpoints)):
            raise SnapshotError("a log's checkpoints do not grow")
        _check_times(snapshot.head.time, [point.time for point in log.checkpoints])
    for history in snapshot.status_lists:
        if any(new.version <= old.version for old, new in pairwise(history.versions)):
            raise SnapshotError("a status list's versions do not grow")
        _check_times(snapshot.head.time, [entry.time for entry in history.versions])


def _check_issuer(issuer: Issuer, head: datetime) -> None:
    _check_unique("key", [key.point for key in issuer.keys])
    periods = [
        *(key.period for key in issuer.keys),
        *(entry.period for entry in issuer.accreditations),
        *issuer.suspensions,
    ]
    if any(max(period.start, period.end or period.start) > head for period in periods):
        raise SnapshotError("a period of an issuer lies after the head")


def _check_unique(what: str, ids: Iterable[bytes]) -> None:
    listed = list(ids)
    if len(set(listed)) != len(listed):
        raise SnapshotError(f"the snapshot names one {what} twice")


def _check_times(head: datetime, times: list[datetime]) -> None:
    if times != sorted(times) or (times and times[-1] > head):
        raise SnapshotError("block times run backwards or lie after the head")
