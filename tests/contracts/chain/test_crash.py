"""kill -9 while anchoring: whatever was acknowledged is there afterwards."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contracts.chain.embedded import EmbeddedLedger
from contracts.evidence.snapshot import AnchoredCheckpoint
from tests.contracts.chain.anchoring_child import LOG, checkpoint

ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).with_name("anchoring_child.py")
SEED = 20_261_120
MAX_ACKNOWLEDGED = 12
PATIENCE_SECONDS = 60


def acknowledged(file: Path) -> list[tuple[int, int, str, int]]:
    """Complete lines only: the last may have been cut off by the kill."""
    text = file.read_text() if file.exists() else ""
    lines = [line.split() for line in text[: text.rfind("\n") + 1].splitlines()]
    return [(int(seq), int(size), root, int(block)) for seq, size, root, block in lines]


def run_and_kill(folder: Path, file: Path, wanted: int, delay: float) -> None:
    """Let a child acknowledge ``wanted`` more checkpoints, and kill it ``delay`` seconds later."""
    before = len(acknowledged(file))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, str(CHILD), folder, file], env=environment)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(acknowledged(file)) < before + wanted:
            assert child.poll() is None, "the child ended by itself"
            assert time.monotonic() < deadline, "the child acknowledges nothing"
            time.sleep(0.002)
        time.sleep(delay)
    finally:
        child.kill()
        child.wait()


def check_survivors(folder: Path, file: Path) -> None:
    with EmbeddedLedger(folder) as ledger:
        log = ledger.snapshot().log(LOG)
        kept = log.checkpoints if log is not None else ()
        told = acknowledged(file)
        assert [line_of(point) for point in kept[: len(told)]] == told
        # At most the act in flight was mined without having been acknowledged.
        assert len(kept) <= len(told) + 1
        for point in kept[-2:]:
            assert ledger.anchor(LOG, point.sequence, *checkpoint(point.sequence)) == point
        again = ledger.snapshot().log(LOG)
        assert (again.checkpoints if again is not None else ()) == kept
        for point in kept[len(told) :]:
            with file.open("a") as output:
                print(*line_of(point), file=output)


def line_of(point: AnchoredCheckpoint) -> tuple[int, int, str, int]:
    return point.sequence, point.size, point.root.hex(), point.block


def kill_repeatedly(folder: Path, times: int) -> None:
    rng = random.Random(SEED)  # noqa: S311 - moments of killing, not a secret
    chain, file = folder / "chain", folder / "acknowledged"
    identities = set()
    for _ in range(times):
        run_and_kill(chain, file, rng.randrange(MAX_ACKNOWLEDGED), rng.random() * 0.05)
        repair_cut_line(file)
        check_survivors(chain, file)
        with EmbeddedLedger(chain) as ledger:
            identities.add(ledger.identity())
    assert len(identities) == 1
    assert acknowledged(file)


def repair_cut_line(file: Path) -> None:
    """Drop a line that the kill cut off, so that the next child starts a new one."""
    if file.exists():
        text = file.read_text()
        file.write_text(text[: text.rfind("\n") + 1])


def test_three_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 3)


@pytest.mark.acceptance
def test_twenty_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 20)
