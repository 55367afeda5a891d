"""Promises that are kept and broken, logs that grow and logs that fork."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from contracts.evidence.errors import (
    BrokenPromiseError,
    CheckpointError,
    EncodingError,
    ForkError,
    PromiseError,
)
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash, prove_consistency
from contracts.evidence.monitor import Monitor
from contracts.evidence.note import sign_note
from contracts.evidence.promise import Promise, open_promise, sign_promise

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
DEADLINE = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def log(*entries: bytes, key: Ed25519PrivateKey = KEY) -> LogWriter:
    writer = LogWriter("dojang.example/log", key)
    for entry in entries:
        writer.append(entry)
    return writer


def test_promise_is_read_back() -> None:
    writer = log()
    note = writer.promise(b"entry", DEADLINE)
    expected = Promise("dojang.example/log", leaf_hash(b"entry"), DEADLINE)
    assert open_promise(note, [writer.public_key]) == expected


def test_promise_by_another_key_is_refused() -> None:
    note = log(key=STRANGER).promise(b"entry", DEADLINE)
    with pytest.raises(CheckpointError):
        open_promise(note, [log().public_key])


def test_every_changed_byte_of_a_promise_is_refused() -> None:
    writer = log()
    note = writer.promise(b"entry", DEADLINE)
    for place in range(len(note)):
        changed = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
        with pytest.raises((CheckpointError, PromiseError)):
            open_promise(changed, [writer.public_key])


@pytest.mark.parametrize(
    "text",
    [
        "dojang-promise-v2\ndojang.example/log\n{leaf}\n2026-11-20T07:00:00Z\n",
        "dojang-promise-v1\ndojang.example/log\nAAAA\n2026-11-20T07:00:00Z\n",
        "dojang-promise-v1\ndojang.example/log\n{leaf}\n2026-11-20T07:00:00\n",
        "dojang-promise-v1\ndojang.example/log\n{leaf}\n2026-11-20T07:00:00Z\nmore\n",
    ],
    ids=["version", "short leaf", "time", "line"],
)
def test_signed_promises_of_another_form_are_refused(text: str) -> None:
    note = sign_note(text.format(leaf="A" * 43 + "="), "dojang.example/log", KEY)
    with pytest.raises(PromiseError):
        open_promise(note, [log().public_key])


def test_a_checkpoint_is_no_promise_and_a_promise_no_checkpoint() -> None:
    writer = log(b"entry")
    with pytest.raises(PromiseError):
        open_promise(writer.signed_checkpoint(), [writer.public_key])
    with pytest.raises(CheckpointError):
        open_checkpoint(writer.promise(b"entry", DEADLINE), [writer.public_key])


def test_promises_for_what_is_no_leaf_or_no_time_are_not_signed() -> None:
    with pytest.raises(PromiseError):
        sign_promise(Promise("a", b"short", DEADLINE), KEY)
    with pytest.raises(EncodingError):
        log().promise(b"entry", DEADLINE.replace(tzinfo=None))


def test_monitor_follows_a_log_that_grows() -> None:
    writer = log(b"a", b"b", b"c")
    monitor = Monitor.start(writer.signed_checkpoint(), [writer.public_key])
    writer.append(b"d")
    proof = prove_consistency(writer.tree, 3, 4)
    monitor = monitor.follow(writer.signed_checkpoint(), proof)
    assert monitor.last == writer.checkpoint()
    assert monitor.follow(writer.signed_checkpoint(), []).last == writer.checkpoint()


def test_monitor_refuses_a_log_that_changed_an_entry() -> None:
    writer = log(b"a", b"b", b"c")
    monitor = Monitor.start(writer.signed_checkpoint(), [writer.public_key])
    other = log(b"a", b"x", b"c", b"d")
    with pytest.raises(ForkError):
        monitor.follow(other.signed_checkpoint(), prove_consistency(other.tree, 3, 4))


def test_monitor_refuses_two_roots_for_one_size() -> None:
    monitor = Monitor.start(log(b"a").signed_checkpoint(), [log().public_key])
    with pytest.raises(ForkError):
        monitor.follow(log(b"b").signed_checkpoint(), [])


def test_monitor_refuses_a_log_that_went_back() -> None:
    monitor = Monitor.start(log(b"a", b"b").signed_checkpoint(), [log().public_key])
    with pytest.raises(ForkError):
        monitor.follow(log(b"a").signed_checkpoint(), [])


def test_monitor_refuses_another_log_even_under_its_own_key() -> None:
    other = LogWriter("dojang.example/other", KEY)
    other.append(b"a")
    keys = [log().public_key, other.public_key]
    monitor = Monitor.start(log(b"a").signed_checkpoint(), keys)
    with pytest.raises(ForkError):
        monitor.follow(other.signed_checkpoint(), [])


def test_monitor_refuses_what_the_log_did_not_sign() -> None:
    monitor = Monitor.start(log(b"a").signed_checkpoint(), [log().public_key])
    forged = sign_checkpoint(Checkpoint("dojang.example/log", 1, leaf_hash(b"a")), STRANGER)
    with pytest.raises(CheckpointError):
        monitor.follow(forged, [])


@pytest.mark.parametrize(
    ("entry", "late", "broken"),
    [(b"a", 1, False), (b"x", 0, False), (b"x", 1, True)],
    ids=["kept", "not due yet", "broken"],
)
def test_monitor_tells_a_promise_that_was_not_kept(entry: bytes, late: int, broken: bool) -> None:
    writer = log(b"a")
    monitor = Monitor.start(writer.signed_checkpoint(), [writer.public_key])
    promise = open_promise(writer.promise(entry, DEADLINE), [writer.public_key])
    moment = DEADLINE + timedelta(seconds=late)
    if broken:
        with pytest.raises(BrokenPromiseError):
            monitor.check_promises([promise], [leaf_hash(b"a")], moment)
    else:
        monitor.check_promises([promise], [leaf_hash(b"a")], moment)


def test_padding_fills_a_batch_with_leaves_of_nothing() -> None:
    writer = log(b"a", b"b", b"c")
    writer.pad(8, lambda count: b"p" * count)
    assert writer.tree.size == 8
    assert writer.tree.read(0, 7) == b"p" * 32
    writer.pad(8, lambda count: b"q" * count)
    assert writer.tree.size == 8
