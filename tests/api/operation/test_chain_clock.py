"""A wrong clock stops the sending of acts and loses none; blocks that it dated are taken back."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions.anchor_logs import LOG_ANCHOR, AnchorLogs, seal_log
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs, log_errand
from api.actions.deliver_outbox import Courier
from api.cli import main
from api.operation.chain_restoration import ChainRestoration
from api.operation.continuity import Watch
from api.operation.own_chain import look_at_clock
from api.operation.publication import Publication
from api.store.database import Database
from contracts.chain.block_clock import BlockClock
from contracts.chain.embedded import EmbeddedLedger
from contracts.chain.rolling_back import newest_before, roll_back
from contracts.evidence.names import log_id
from tests.api.databases import START, StillClock
from tests.simulators.log_keys import MemoryLogKeys

LOG = "applications"
YEARS = timedelta(days=50 * 365)


def anchored(ledger: EmbeddedLedger, keys: MemoryLogKeys) -> list[int]:
    """Years in which the log's checkpoints were anchored."""
    log = ledger.snapshot().log(log_id(keys.origin(LOG)))
    return [point.time.year for point in log.checkpoints] if log else []


def test_acts_wait_for_a_right_clock_and_wrong_ones_are_sent_again(
    storage: Database, clock: StillClock, tmp_path: Path
) -> None:
    keys, guard = MemoryLogKeys(), _guard(tmp_path, clock)

    def leaf(name: str) -> None:
        with storage.work() as work:
            work.outbox.put(log_errand(LOG, name, name.encode(), clock()))

    def work(ledger: EmbeddedLedger, until: int) -> None:
        handlers = {
            LOG_APPEND: AppendToLogs(storage),
            LOG_ANCHOR: AnchorLogs(storage, keys, ledger),
        }
        courier = Courier(storage, clock, "test", handlers)
        for _ in range(until):
            courier.deliver_outbox()
            seal_log(storage, keys, LOG, clock())
            clock.forward(minutes=11)

    def open_chain(*, guarded: bool) -> EmbeddedLedger:
        return EmbeddedLedger(tmp_path, guard, guard.check if guarded else None)

    leaf("first")
    with open_chain(guarded=True) as ledger:
        work(ledger, 3)
        assert anchored(ledger, keys) == [2026]
        clock.now += YEARS
        leaf("second")
        work(ledger, 3)
        assert anchored(ledger, keys) == [2026]
        assert look_at_clock(ledger.head, guard.check) == 1
        good = ledger.snapshot().head.number
    with open_chain(guarded=False) as ledger:  # as it was before there was a guard
        work(ledger, 3)
        assert anchored(ledger, keys) == [2026, 2076]
    clock.now -= YEARS
    assert newest_before(tmp_path, int(clock().timestamp())) == good
    roll_back(tmp_path, good)
    with open_chain(guarded=True) as ledger:
        assert look_at_clock(ledger.head, guard.check) == 0
        watch = Watch(storage, keys, ledger, Publication(tmp_path / "published"))
        assert sum(ChainRestoration(watch, clock).look(clock())) == 1
        assert anchored(ledger, keys) == [2026, 2026]
    with storage.reading() as reading:
        assert [anchor.time.year for anchor in reading.logs.anchors(LOG) if anchor.time] == [
            2026
        ] * 2


def _guard(folder: Path, clock: StillClock) -> BlockClock:
    """A guard whose steady clock stands at the right time, whatever the time of day is set to."""

    def steady() -> int:
        moment = clock()
        return int((moment - YEARS if moment > START + YEARS / 2 else moment).timestamp())

    return BlockClock(folder, lambda: int(clock().timestamp()), steady, lambda: "boot")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'd.sqlite'}")
    monkeypatch.setenv("DOJANG_CHAIN", str(tmp_path / "chain"))
    return tmp_path


def acts(folder: Path) -> list[tuple[str, str]]:
    with (
        closing(Database(f"sqlite:///{folder / 'd.sqlite'}")) as opened,
        opened.reading() as reading,
    ):
        return [(entry.act, entry.account) for entry in reading.acts.entries(9)]


def test_an_operator_takes_blocks_back_and_it_is_recorded(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with EmbeddedLedger(machine / "chain", lambda: int(START.timestamp())) as ledger:
        ledger.register_issuer(b"\x01" * 32)
        good = ledger.snapshot().head.number
    with EmbeddedLedger(machine / "chain", lambda: 1 << 33) as ledger:
        ledger.register_issuer(b"\x02" * 32)
        assert main(["chain", "roll-back", "--yes"]) == 1
        assert "ledger.unavailable" in capsys.readouterr().err
    assert main(["chain", "roll-back"]) == 1
    assert f"after {good} would go" in capsys.readouterr().out
    assert main(["chain", "roll-back", "--yes"]) == 0
    assert f"and is {good} of 2026" in capsys.readouterr().out
    assert main(["chain", "roll-back", "--to", "1", "--yes"]) == 1
    with EmbeddedLedger(machine / "chain") as ledger:
        assert ledger.snapshot().head.number == good
    assert acts(machine) == [("chain.roll_back", "console")]


def test_an_operator_confirms_the_clock_and_it_is_recorded(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with EmbeddedLedger(machine / "chain", lambda: int(START.timestamp())):
        pass
    told = {"version": "dojang-clock-v1", "wall": 1, "steady": 1, "boot": "another"}
    (machine / "chain" / "clock.json").write_text(json.dumps(told))
    assert main(["chain", "clock"]) == 1
    assert "no block is made" in capsys.readouterr().out
    assert main(["chain", "clock", "--confirm"]) == 0
    assert main(["chain", "clock"]) == 0
    assert acts(machine) == [("chain.confirm_clock", "console")]
