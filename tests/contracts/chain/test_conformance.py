"""What every ledger promises: the simulator, the embedded chain and a node alike."""

from datetime import UTC, datetime

import pytest

from contracts.evidence.errors import EncodingError, LedgerRefusedError
from contracts.evidence.snapshot import (
    Log,
    StatusVersion,
)
from contracts.evidence.snapshot_file import decode_snapshot, encode_snapshot
from tests.contracts.chain.conftest import World

NO_ID = bytes(32)
ROOT = b"\xaa" * 32
OTHER_ROOT = b"\xab" * 32


def at(time: int) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def log_of(world: World, log: bytes) -> Log:
    found = world.ledger.snapshot().log(log)
    assert found is not None
    return found


def test_snapshot_names_the_chain_and_its_newest_block(world: World) -> None:
    time = world.later()
    world.new_issuer()
    snapshot = world.ledger.snapshot()
    assert snapshot.identity == world.ledger.identity()
    assert snapshot.head.time == at(time)
    assert [name for name, _ in snapshot.identity.contracts] == [
        "CheckpointLog",
        "IssuerRegistry",
        "StatusRegistry",
    ]


def test_snapshot_survives_its_file(world: World) -> None:
    issuer, log = world.new_issuer(), world.new_log()
    world.ledger.add_key(issuer, world.new_point())
    world.ledger.suspend(issuer)
    world.ledger.resume(issuer)
    world.ledger.anchor(log, 0, 1, ROOT)
    snapshot = world.ledger.snapshot()
    assert decode_snapshot(encode_snapshot(snapshot)) == snapshot


class TestLogs:
    def test_log_keeps_the_key_it_was_opened_with(self, world: World) -> None:
        log, key = world.new_id(), b"\x05" * 32
        world.ledger.open_log(log, key)
        world.ledger.open_log(log, key)  # A resend.
        assert log_of(world, log) == Log(log, key, ())

    def test_open_with_another_key_is_refused(self, world: World) -> None:
        log = world.new_log()
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.open_log(log, b"\x02" * 32)
        assert refused.value.reason == "LogAlreadyOpen"

    @pytest.mark.parametrize(("empty", "reason"), [("log", "EmptyIdentifier"), ("key", "EmptyKey")])
    def test_open_with_nothing_is_refused(self, world: World, empty: str, reason: str) -> None:
        log = NO_ID if empty == "log" else world.new_id()
        key = NO_ID if empty == "key" else b"\x01" * 32
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.open_log(log, key)
        assert refused.value.reason == reason

    def test_anchored_checkpoints_carry_number_and_block_time(self, world: World) -> None:
        log = world.new_log()
        first_time = world.later()
        first = world.ledger.anchor(log, 0, 7, ROOT)
        second_time = world.later()
        second = world.ledger.anchor(log, 1, 8, OTHER_ROOT)
        assert (first.sequence, first.size, first.root) == (0, 7, ROOT)
        assert (first.time, second.time) == (at(first_time), at(second_time))
        assert first.block < second.block
        assert log_of(world, log).checkpoints == (first, second)

    def test_logs_count_apart(self, world: World) -> None:
        log, other = world.new_log(), world.new_log()
        world.ledger.anchor(log, 0, 100, ROOT)
        assert world.ledger.anchor(other, 0, 1, ROOT).sequence == 0

    def test_anchor_again_gives_what_was_anchored(self, world: World) -> None:
        log = world.new_log()
        first = world.ledger.anchor(log, 0, 1, ROOT)
        world.later()
        world.ledger.anchor(log, 1, 2, OTHER_ROOT)
        world.later()
        assert world.ledger.anchor(log, 0, 1, ROOT) == first
        assert len(log_of(world, log).checkpoints) == 2

    @pytest.mark.parametrize(
        ("sequence", "size", "root", "reason"),
        [
            (0, 5, OTHER_ROOT, "SequenceMismatch"),
            (0, 6, ROOT, "SequenceMismatch"),
            (2, 6, ROOT, "SequenceMismatch"),
            (1, 5, ROOT, "SizeNotGrowing"),
            (1, 4, ROOT, "SizeNotGrowing"),
            (1, 1 << 48, ROOT, "SizeTooLarge"),
            (1, 6, NO_ID, "EmptyRoot"),
        ],
        ids=[
            "another root under a used number",
            "another size under a used number",
            "a gap",
            "the same size",
            "a smaller size",
            "a size beyond 48 bits",
            "an empty root",
        ],
    )
    def test_anchor_out_of_order_is_refused(
        self, world: World, sequence: int, size: int, root: bytes, reason: str
    ) -> None:
        log = world.new_log()
        first = world.ledger.anchor(log, 0, 5, ROOT)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.anchor(log, sequence, size, root)
        assert refused.value.reason == reason
        assert log_of(world, log).checkpoints == (first,)

    def test_anchor_of_the_largest_size_is_accepted(self, world: World) -> None:
        log = world.new_log()
        assert world.ledger.anchor(log, 0, (1 << 48) - 1, ROOT).size == (1 << 48) - 1

    def test_first_checkpoint_of_an_empty_log_is_refused(self, world: World) -> None:
        log = world.new_log()
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.anchor(log, 0, 0, ROOT)
        assert refused.value.reason == "SizeNotGrowing"

    def test_anchor_in_an_unopened_log_is_refused(self, world: World) -> None:
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.anchor(world.new_id(), 0, 1, ROOT)
        assert refused.value.reason == "LogNotOpen"

    @pytest.mark.parametrize("number", [-1, 1 << 64])
    def test_number_beyond_64_bits_is_refused(self, world: World, number: int) -> None:
        log = world.new_log()
        with pytest.raises(EncodingError):
            world.ledger.anchor(log, 0, number, ROOT)

    @pytest.mark.parametrize("length", [0, 31, 33])
    def test_root_of_another_length_is_refused(self, world: World, length: int) -> None:
        log = world.new_log()
        with pytest.raises(EncodingError):
            world.ledger.anchor(log, 0, 1, b"\x01" * length)


class TestStatusLists:
    def test_published_versions_stand_in_order(self, world: World) -> None:
        name = world.new_id()
        first_time = world.later()
        world.ledger.publish_status(name, 1, ROOT)
        second_time = world.later()
        world.ledger.publish_status(name, 2, OTHER_ROOT)
        history = world.ledger.snapshot().status_list(name)
        assert history is not None
        assert history.versions == (
            StatusVersion(1, ROOT, at(first_time)),
            StatusVersion(2, OTHER_ROOT, at(second_time)),
        )

    def test_publish_again_gives_what_stands(self, world: World) -> None:
        name = world.new_id()
        first = world.ledger.publish_status(name, 1, ROOT)
        world.ledger.publish_status(name, 2, OTHER_ROOT)
        world.later()
        assert world.ledger.publish_status(name, 1, ROOT) == first

    @pytest.mark.parametrize(
        ("version", "digest", "reason"),
        [
            (1, OTHER_ROOT, "VersionMismatch"),
            (0, ROOT, "VersionMismatch"),
            (3, OTHER_ROOT, "VersionMismatch"),
            (2, NO_ID, "EmptyDigest"),
        ],
        ids=["another digest", "a step back", "a gap", "an empty digest"],
    )
    def test_publish_out_of_order_is_refused(
        self, world: World, version: int, digest: bytes, reason: str
    ) -> None:
        name = world.new_id()
        world.ledger.publish_status(name, 1, ROOT)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.publish_status(name, version, digest)
        assert refused.value.reason == reason

    def test_first_version_other_than_one_is_refused(self, world: World) -> None:
        name = world.new_id()
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.publish_status(name, 2, ROOT)
        assert refused.value.reason == "VersionMismatch"
        assert world.ledger.snapshot().status_list(name) is None

    def test_publish_for_the_empty_id_is_refused(self, world: World) -> None:
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.publish_status(NO_ID, 1, ROOT)
        assert refused.value.reason == "EmptyIdentifier"
