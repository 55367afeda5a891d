"""Places in an agency's log: two agencies that pool them cannot tell whose copies stand where."""

import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import combinations
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import text

from api.openid import log_places
from api.openid.anchoring import Anchoring
from api.openid.log_places import (
    SMALLEST_BLOCK,
    append_slice,
    close_blocks,
    draw_log_places,
)
from api.ports.logs import BlockState
from api.store.database import Database
from contracts.evidence.merkle import EMPTY_ROOT
from tests.api.databases import Databases, StillClock
from tests.architecture.sources import ROOT
from tests.simulators.issuer import Seeded
from tests.simulators.openid_trial import AGENCY, SMALL, SimulatedWallet, Trial, decoded
from verifier.credential.inclusion import credential_leaf

LOG, ENOUGH = f"issuer-{AGENCY}", 7
Places = list[list[int]]


def anchoring(trial: Trial) -> Anchoring:
    return trial.openid.anchoring


def indexes(wallet: SimulatedWallet, claim: str) -> list[int]:
    """Places in the log, or in the status list, of what a wallet holds."""
    payloads = [decoded(text) for text, _ in wallet.held]
    if claim == "log":
        return [one["evidence"]["index"] for one in payloads]
    return [one["status"]["status_list"]["idx"] for one in payloads]


def matched(first: Sequence[int], second: Sequence[int]) -> int:
    """How many people two agencies join, who take the nearest place for the same person's."""
    nearest = [min(second, key=lambda place: abs(place - shown)) for shown in first]
    return sum(second[person] == place for person, place in enumerate(nearest))


def nearer_than_strangers(places: Places) -> float:
    """How often two copies of one person are nearer than those of two people: 0.5 says nothing."""
    own = [abs(a - b) for copies in places for a, b in combinations(copies, 2)]
    others = [abs(a - b) for one, two in combinations(places, 2) for a in one for b in two]
    middle = median(others)
    return sum((d < middle) + (d == middle) / 2 for d in own) / len(own)


@pytest.mark.parametrize("claim", ["log", "status"])
def test_two_agencies_cannot_tell_whose_copies_stand_where(
    lite: Database, clock: StillClock, tmp_path: Path, claim: str
) -> None:
    trial = Trial.start(lite, clock, tmp_path, SMALL, Seeded(b"places"))
    filler = SimulatedWallet(trial)
    for _ in range(12):  # the period before, which says how large a block begins
        assert filler.obtain(copies=10).status_code == 200
    assert anchoring(trial).anchor_now(LOG, clock())
    people: Places = []
    for _ in range(12):
        wallet = SimulatedWallet(trial)
        assert wallet.obtain(copies=5).status_code == 200
        assert wallet.obtain(copies=5).status_code == 200, "another batch in the same period"
        people.append(indexes(wallet, claim))
    assert len({place for copies in people for place in copies}) == 120
    assert matched([c[0] for c in people], [c[1] for c in people]) <= 4, "of one batch"
    assert matched([c[0] for c in people], [c[5] for c in people]) <= 4, "of two batches"
    assert 0.42 < nearer_than_strangers(people) < 0.58


def test_copies_in_a_block_that_had_to_grow_are_spread_over_half_of_it_at_least(
    lite: Database,
) -> None:
    rng = Seeded(b"growing")
    with lite.work() as work:
        work.logs.open(LOG)
        people = [list(draw_log_places(work.logs, LOG, 0, 10, rng)) for _ in range(200)]
        [block] = work.logs.blocks(LOG)
    assert sorted({p for copies in people for p in copies}) != list(range(2000))
    assert block.size >= 2 * block.taken == 4000
    for so_far, copies in enumerate(people, start=1):
        assert max(copies) - min(copies) > 10
        assert max(copies) < max(SMALLEST_BLOCK, 8 * 10 * so_far)
    assert 0.42 < nearer_than_strangers(people[100:]) < 0.58


def test_every_leaf_stands_at_its_place_and_all_others_are_padding(
    both: Trial, clock: StillClock
) -> None:
    wallet = SimulatedWallet(both)
    for _ in range(3):
        wallet.obtain(copies=10)
    with both.ground.storage.reading() as reading:
        assert reading.logs.size(LOG) == 0
        assert reading.logs.taken_places() == {LOG: 30}
    assert anchoring(both).anchor_now(LOG, clock())
    leaves = {
        decoded(text)["evidence"]["index"]: credential_leaf(text.partition("~")[0])
        for text, _ in wallet.held
    }
    with both.ground.storage.work() as work:
        tree = work.logs.open(LOG)
        found = [tree.read(0, index) for index in range(tree.size)]
        assert tree.size % SMALLEST_BLOCK == 0
        assert work.logs.waiting(LOG, 0, tree.size) == {}
        assert work.logs.taken_places() == {}
        assert [one.state for one in work.logs.blocks(LOG)] == [BlockState.APPENDED]
    assert all(found[index] == leaf for index, leaf in leaves.items())
    assert len(set(found)) == len(found), "no padding is twice or nothing"
    assert EMPTY_ROOT not in found
    assert bytes(32) not in found
    wallet.obtain()
    assert min(indexes(wallet, "log")[30:]) >= tree.size


def test_leaves_are_appended_in_slices_and_what_was_cut_short_goes_on(
    lite: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = Trial.start(lite, clock, tmp_path)
    wallet = SimulatedWallet(trial)
    wallet.obtain(copies=10)
    with lite.work() as work:
        close_blocks(work.logs, LOG)
    monkeypatch.setattr(log_places, "SLICE", 24)
    with lite.work() as work:
        assert append_slice(work.logs, LOG, 0, secrets.token_bytes) == 24
    wallet.obtain(copies=10)
    assert min(indexes(wallet, "log")[10:]) >= SMALLEST_BLOCK, "the closed block gives out nothing"
    monkeypatch.undo()
    assert anchoring(trial).anchor_now(LOG, clock())
    check_leaves(lite, [text for text, _ in wallet.held])


def test_a_log_that_grew_without_blocks_goes_on_behind_its_leaves(
    lite: Database, clock: StillClock, tmp_path: Path
) -> None:
    trial = Trial.start(lite, clock, tmp_path)
    wallet = SimulatedWallet(trial)
    before = [secrets.token_bytes(32) for _ in range(7)]
    with lite.work() as work:
        tree = work.logs.open(LOG)
        for leaf in before:
            tree.append(leaf)
        work.logs.keep(LOG, tree)
    wallet.obtain(copies=10)
    assert min(indexes(wallet, "log")) >= 7
    assert anchoring(trial).anchor_now(LOG, clock())
    with lite.work() as work:
        tree = work.logs.open(LOG)
        assert tree.size == SMALLEST_BLOCK * 2 or tree.size == SMALLEST_BLOCK
        assert [tree.read(0, index) for index in range(7)] == before
    check_leaves(lite, [text for text, _ in wallet.held])


def test_a_block_below_what_was_published_gives_out_no_place(
    lite: Database, clock: StillClock, tmp_path: Path
) -> None:
    """As after a restore: the log was brought up to a size beyond the block's beginning."""
    trial = Trial.start(lite, clock, tmp_path)
    wallet = SimulatedWallet(trial)
    wallet.obtain(copies=3)
    with lite.work() as work:
        tree = work.logs.open(LOG)
        for _ in range(SMALLEST_BLOCK):
            tree.append(secrets.token_bytes(32))
        work.logs.keep(LOG, tree)
    wallet.obtain(copies=10)
    assert min(indexes(wallet, "log")[3:]) >= SMALLEST_BLOCK
    assert anchoring(trial).anchor_now(LOG, clock())
    check_leaves(lite, [text for text, _ in wallet.held[3:]])


def test_a_block_that_is_large_enough_is_followed_by_another(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_places, "LARGEST_BLOCK", 128)
    rng = Seeded(b"large")
    with lite.work() as work:
        work.logs.open(LOG)
        drawn = [p for _ in range(30) for p in draw_log_places(work.logs, LOG, 0, 10, rng)]
        blocks = work.logs.blocks(LOG)
    assert len(set(drawn)) == 300
    assert [one.size for one in blocks[1:]] == [128] * (len(blocks) - 1)
    assert [one.base for one in blocks[1:]] == [one.end for one in blocks[:-1]]
    assert all(2 * one.taken <= one.size for one in blocks)


def test_a_killed_issuer_leaves_no_place_without_a_leaf(
    databases: Databases, engine: str, tmp_path: Path
) -> None:
    url = databases.migrated(engine)
    texts = kill_after(url, tmp_path, ENOUGH)
    assert len(texts) >= ENOUGH
    with closing(Database(url)) as storage:
        with storage.reading() as reading:
            size = reading.logs.size(LOG)
            rows = reading.connection.execute(text('SELECT "index" FROM credential_copy'))
            places = {row.index for row in rows}
            waiting = set(reading.logs.waiting(LOG, 0, 1 << 40))
        assert {decoded(one)["evidence"]["index"] for one in texts} <= places
        assert {place for place in places if place >= size} == waiting
        with storage.work() as work:
            close_blocks(work.logs, LOG)
            append_slice(work.logs, LOG, 0, secrets.token_bytes)
        check_leaves(storage, texts)


def kill_after(url: str, folder: Path, count: int) -> list[str]:
    """Let a process issue until it has answered so often, then kill it; what it gave out."""
    command = [sys.executable, "-m", "tests.api.openid.restless_issuer", url, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


def check_leaves(storage: Database, texts: Sequence[str]) -> None:
    """Every credential's leaf stands in the log at the credential's place."""
    with storage.work() as work:
        tree = work.logs.open(LOG)
        for one in texts:
            token = one.partition("~")[0]
            assert tree.read(0, decoded(one)["evidence"]["index"]) == credential_leaf(token)
