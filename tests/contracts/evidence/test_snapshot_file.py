"""The trust snapshot's file: read back unchanged, and refused when it contradicts itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.errors import SnapshotError
from contracts.evidence.names import credential_type_id, issuer_id, log_id, status_list_id
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
from contracts.evidence.snapshot_file import decode_snapshot, encode_snapshot


def at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC)


SNAPSHOT = TrustSnapshot(
    identity=ChainIdentity(4242, bytes(32), (("checkpoint_log", bytes(20)), ("x", b"x" * 20))),
    head=Block(9, b"h" * 32, at(9)),
    issuers=(
        Issuer(
            issuer_id("https://issuer.example"),
            (
                IssuerKey(b"k" * 64, Period(at(1), at(2), Ending.ORDERLY)),
                IssuerKey(b"l" * 64, Period(at(2))),
            ),
            (Accreditation(credential_type_id("urn:x"), Period(at(1))),),
            (Period(at(3), at(4), Ending.ORDERLY),),
        ),
    ),
    logs=(
        Log(
            log_id("log.example"),
            b"e" * 32,
            (
                AnchoredCheckpoint(0, 3, b"r" * 32, 5, at(5)),
                AnchoredCheckpoint(1, 8, b"s" * 32, 6, at(6)),
            ),
        ),
    ),
    status_lists=(
        StatusHistory(
            status_list_id("https://issuer.example/status"),
            (StatusVersion(0, b"d" * 32, at(5)), StatusVersion(1, b"e" * 32, at(6))),
        ),
    ),
)


def changed(change: Callable[[Any], object]) -> bytes:
    document = parse_json(encode_snapshot(SNAPSHOT))
    change(document)
    return canonical(document)


def test_snapshot_is_read_back_unchanged() -> None:
    assert decode_snapshot(encode_snapshot(SNAPSHOT)) == SNAPSHOT


def test_snapshot_finds_what_it_holds_and_nothing_else() -> None:
    assert SNAPSHOT.issuer(issuer_id("https://issuer.example")) == SNAPSHOT.issuers[0]
    assert SNAPSHOT.issuer(issuer_id("https://other.example")) is None
    assert SNAPSHOT.log(log_id("log.example")) == SNAPSHOT.logs[0]
    assert SNAPSHOT.log(log_id("other.example")) is None
    assert SNAPSHOT.status_list(bytes(32)) is None


@pytest.mark.parametrize(("index", "sequence"), [(0, 0), (2, 0), (3, 1), (7, 1)])
def test_first_covering_checkpoint_is_the_oldest_that_holds_the_leaf(
    index: int, sequence: int
) -> None:
    point = SNAPSHOT.logs[0].first_covering(index)
    assert point is not None
    assert point.sequence == sequence


def test_a_leaf_beyond_the_last_checkpoint_is_not_covered() -> None:
    assert SNAPSHOT.logs[0].first_covering(8) is None


def test_period_includes_its_start_and_excludes_its_end() -> None:
    period = Period(at(1), at(2), Ending.ORDERLY)
    assert [period.covers(at(hour)) for hour in (0, 1, 2)] == [False, True, False]
    assert Period(at(1)).covers(at(23))


CHANGES: dict[str, Callable[[Any], object]] = {
    "unknown version": lambda d: d.update(version="dojang-snapshot-v2"),
    "unknown member": lambda d: d.update(more=1),
    "missing member": lambda d: d.pop("logs"),
    "unknown member inside": lambda d: d["logs"][0].update(more=1),
    "gap in sequence": lambda d: d["logs"][0]["checkpoints"][1].update(sequence=2),
    "size does not grow": lambda d: d["logs"][0]["checkpoints"][1].update(size=3),
    "empty checkpoint": lambda d: d["logs"][0]["checkpoints"][0].update(size=0),
    "time runs backwards": lambda d: d["logs"][0]["checkpoints"][1].update(
        time="2026-01-01T04:00:00Z"
    ),
    "time after the head": lambda d: d["head"].update(time="2026-01-01T05:00:00Z"),
    "version does not grow": lambda d: d["status_lists"][0]["versions"][1].update(version=0),
    "issuer twice": lambda d: d["issuers"].append(d["issuers"][0]),
    "log twice": lambda d: d["logs"].append(d["logs"][0]),
    "list twice": lambda d: d["status_lists"].append(d["status_lists"][0]),
    "key twice": lambda d: d["issuers"][0]["keys"].append(d["issuers"][0]["keys"][0]),
    "key after the head": lambda d: d["issuers"][0]["keys"][1].update(
        {"from": "2026-01-01T10:00:00Z"}
    ),
    "end after the head": lambda d: d["issuers"][0]["suspensions"][0].update(
        until="2026-01-01T10:00:00Z"
    ),
    "block after the head": lambda d: d["head"].update(number=5),
    "blocks run backwards": lambda d: d["logs"][0]["checkpoints"][1].update(block=4),
    "period ends before it starts": lambda d: d["issuers"][0]["keys"][0].update(
        until="2026-01-01T00:00:00Z"
    ),
    "unknown ending": lambda d: d["issuers"][0]["keys"][0].update(ending="lost"),
    "end without ending": lambda d: d["issuers"][0]["keys"][0].pop("ending"),
    "ending without end": lambda d: d["issuers"][0]["keys"][0].pop("until"),
    "short point": lambda d: d["issuers"][0]["keys"][0].update(point="ab"),
    "upper case": lambda d: d["issuers"][0]["keys"][0].update(point="AB" * 64),
    "true as number": lambda d: d["head"].update(number=True),
    "negative number": lambda d: d["head"].update(number=-1),
    "chain id zero": lambda d: d["chain"].update(chain_id=0),
    "text as list": lambda d: d.update(logs="x"),
    "list as object": lambda d: d.update(chain=[]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_snapshot_refuses(change: Callable[[Any], object]) -> None:
    with pytest.raises(SnapshotError):
        decode_snapshot(changed(change))


def test_snapshot_refuses_another_spelling_of_the_same_document() -> None:
    with pytest.raises(SnapshotError):
        decode_snapshot(encode_snapshot(SNAPSHOT) + b"\n")
