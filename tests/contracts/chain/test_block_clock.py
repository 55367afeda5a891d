"""A wrong clock dates no block, silence is not doubted, and what was dated wrong is taken back."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.chain.block_clock import ABSENCE, BEHIND, CLOCK_FILE, STEP, BlockClock
from contracts.chain.embedded import EmbeddedLedger
from contracts.chain.rolling_back import newest_before, roll_back
from contracts.chain.store import ChainStore
from contracts.evidence.errors import LedgerClockError, LedgerIdentityError, LedgerUnavailableError
from tests.contracts.chain.conftest import START

YEAR = 365 * 86_400
LOG = b"\x01" * 32
ROOT = b"\xaa" * 32


@dataclass
class Machine:
    """A machine whose clocks a test sets."""

    wall: int = START
    steady: int = 1000
    boot: str = "first"
    known: int = 0
    made: list[BlockClock] = field(default_factory=list)

    def pass_time(self, seconds: int) -> None:
        self.wall += seconds
        self.steady += seconds

    def restart(self, off: int) -> None:
        """It was off for a while; the steady clock begins anew."""
        self.wall += off
        self.steady, self.boot = 5, self.boot + "+"

    def clock(self, folder: Path) -> BlockClock:
        return BlockClock(
            folder,
            lambda: self.wall,
            lambda: self.steady,
            lambda: self.boot,
            lambda: self.known,
        )

    def open(self, folder: Path) -> EmbeddedLedger:
        clock = self.clock(folder)
        self.made.append(clock)
        return EmbeddedLedger(folder, clock, clock.check, demonstration=False)


def anchor(ledger: EmbeddedLedger) -> int:
    log = ledger.snapshot().log(LOG)
    if log is None:
        ledger.open_log(LOG, ROOT)
    sequence = len(log.checkpoints) if log else 0
    return int(ledger.anchor(LOG, sequence, sequence + 1, ROOT).time.timestamp())


@pytest.mark.parametrize("wrong", [50 * YEAR, YEAR, 86_400, STEP + 1, -STEP - 1, -86_400])
def test_a_clock_that_was_set_dates_no_block_and_the_right_one_does(
    tmp_path: Path, wrong: int
) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        anchor(ledger)
        before = ledger.snapshot()
        machine.pass_time(60)
        machine.wall += wrong
        with pytest.raises(LedgerClockError):
            anchor(ledger)
        assert ledger.snapshot() == before
        machine.wall -= wrong
        assert anchor(ledger) == machine.wall


@pytest.mark.parametrize("wrong", [50 * YEAR, 86_400])
def test_a_restart_of_the_service_makes_a_wrong_clock_no_better(tmp_path: Path, wrong: int) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        anchor(ledger)
    machine.pass_time(60)
    machine.wall += wrong
    with machine.open(tmp_path) as ledger:
        with pytest.raises(LedgerClockError):
            anchor(ledger)
        machine.wall -= wrong
        assert anchor(ledger) == machine.wall


@pytest.mark.parametrize("weeks", [10, 150])
def test_silence_is_never_doubted(tmp_path: Path, weeks: int) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        anchor(ledger)
        machine.pass_time(weeks * 7 * 86_400)
        assert anchor(ledger) == machine.wall
    machine.pass_time(weeks * 7 * 86_400)
    with machine.open(tmp_path) as ledger:
        assert anchor(ledger) == machine.wall


@pytest.mark.parametrize(("off", "believed"), [(0, True), (ABSENCE - 60, True), (50 * YEAR, False)])
def test_a_machine_may_be_off_for_a_year_and_not_for_fifty(
    tmp_path: Path, off: int, *, believed: bool
) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        anchor(ledger)
    machine.restart(off)
    with machine.open(tmp_path) as ledger:
        if believed:
            assert anchor(ledger) == machine.wall
            return
        with pytest.raises(LedgerClockError):
            anchor(ledger)
        machine.clock(tmp_path).confirm()
        assert anchor(ledger) == machine.wall


def test_a_chain_from_before_is_compared_with_its_head_and_the_database(tmp_path: Path) -> None:
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        anchor(ledger)
    machine = Machine(wall=START + 50 * YEAR)
    with machine.open(tmp_path) as ledger:
        with pytest.raises(LedgerClockError):
            anchor(ledger)
        machine.known = machine.wall - 86_400
        assert anchor(ledger) == machine.wall


def test_a_clock_that_was_set_back_waits_for_its_chain(tmp_path: Path) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        newest = anchor(ledger)
    machine.restart(-BEHIND - 1)
    with machine.open(tmp_path) as ledger:
        with pytest.raises(LedgerClockError, match="behind"):
            anchor(ledger)
        machine.clock(tmp_path).confirm()
        with pytest.raises(LedgerClockError, match="behind"):
            anchor(ledger)
        machine.pass_time(60)
        assert anchor(ledger) == newest
        machine.pass_time(BEHIND)
        assert anchor(ledger) > newest


def test_no_chain_is_begun_under_a_clock_that_the_database_contradicts(tmp_path: Path) -> None:
    machine = Machine(wall=START + 50 * YEAR, known=START)
    with pytest.raises(LedgerClockError):
        machine.open(tmp_path / "chain")
    machine.wall = START + 60
    with machine.open(tmp_path / "chain") as ledger:
        assert anchor(ledger) == machine.wall


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"wall":"x","steady":1,"boot":""}'])
def test_a_damaged_note_says_nothing(tmp_path: Path, data: bytes) -> None:
    machine = Machine()
    with machine.open(tmp_path) as ledger:
        anchor(ledger)
    (tmp_path / CLOCK_FILE).write_bytes(data)
    with machine.open(tmp_path) as ledger:
        assert anchor(ledger) == machine.wall


def test_a_demonstrations_chain_sets_its_clock_and_serves_nothing_else(tmp_path: Path) -> None:
    with EmbeddedLedger(tmp_path, lambda: START, demonstration=True) as ledger:
        anchor(ledger)
    with pytest.raises(LedgerIdentityError, match="demonstration"):
        Machine().open(tmp_path)
    with EmbeddedLedger(tmp_path, lambda: START + 50 * YEAR) as ledger:
        assert anchor(ledger) == START + 50 * YEAR


def poisoned(folder: Path) -> tuple[Machine, int]:
    """A chain of which two blocks were dated fifty years ahead, as it could be before the guard."""
    machine = Machine()
    with machine.open(folder) as ledger:
        for _ in range(3):
            anchor(ledger)
            machine.pass_time(60)
        good = ledger.snapshot().head.number
    with EmbeddedLedger(folder, lambda: machine.wall + 50 * YEAR) as ledger:
        anchor(ledger)
        ledger.register_issuer(ROOT)
    return machine, good


def test_wrong_blocks_are_taken_back_and_their_acts_sent_again(tmp_path: Path) -> None:
    machine, good = poisoned(tmp_path)
    with machine.open(tmp_path) as ledger:
        identity, wrong = ledger.identity(), ledger.snapshot()
        with pytest.raises(LedgerClockError):
            anchor(ledger)
    assert newest_before(tmp_path, machine.wall) == good
    done = roll_back(tmp_path, good)
    assert (done.before.number, done.after.number) == (good + 2, good)
    with closing(ChainStore(tmp_path / "chain.sqlite")) as store:
        entries = store.entries([address for _, address in identity.contracts], good + 2)
        assert max(entry.block for entry in entries) <= good
    with machine.open(tmp_path) as ledger:
        found = ledger.snapshot()
        assert ledger.identity() == identity
        log = found.log(LOG)
        assert (found.head.number, len(log.checkpoints) if log else 0) == (good, 3)
        assert found.issuers == ()
        assert anchor(ledger) == machine.wall
        ledger.register_issuer(ROOT)
        again = ledger.snapshot()
    assert again.head.number == wrong.head.number
    assert len(again.issuers) == 1
    with machine.open(tmp_path) as ledger:
        assert ledger.snapshot() == again
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("account.key", "deployment.json"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    (copy / "account.key").chmod(0o600)
    (copy / "chain.sqlite").write_bytes(done.copy.read_bytes())
    with EmbeddedLedger(copy, lambda: START) as ledger:
        assert ledger.snapshot() == wrong


def test_the_same_act_at_the_same_moment_may_be_sent_again(tmp_path: Path) -> None:
    """The new block has the number, the parent and the transaction of the one that is gone."""
    machine, good = poisoned(tmp_path)
    roll_back(tmp_path, good)
    with EmbeddedLedger(tmp_path, lambda: machine.wall + 50 * YEAR) as ledger:
        anchor(ledger)
        ledger.register_issuer(ROOT)
        assert ledger.snapshot().head.number == good + 2


@pytest.mark.parametrize("number", [-1, 2])
def test_the_contracts_are_not_rolled_back(tmp_path: Path, number: int) -> None:
    machine, good = poisoned(tmp_path)
    with pytest.raises(LedgerIdentityError):
        roll_back(tmp_path, number)
    with pytest.raises(LedgerIdentityError):
        roll_back(tmp_path, good + 2)
    with machine.open(tmp_path) as ledger:
        assert ledger.snapshot().head.number == good + 2


def test_a_chain_that_is_open_or_not_there_is_not_rolled_back(tmp_path: Path) -> None:
    with pytest.raises(LedgerIdentityError):
        roll_back(tmp_path, 5)
    _, good = poisoned(tmp_path)
    with EmbeddedLedger(tmp_path, lambda: START), pytest.raises(LedgerUnavailableError):
        roll_back(tmp_path, good)
