"""The ledger of destructions: chained lines that tell nobody's name, and what damage does to it."""

import fcntl
import os
import secrets
from pathlib import Path

import pytest

from api.operation import destruction_ledger
from api.operation.destruction_ledger import (
    MAX_LINE_BYTES,
    MAX_REASON,
    DestructionLedger,
    DestructionLedgerError,
)
from api.ports.destruction import RecordKind
from tests.api.databases import START

NUMBER = "AAAA-BBBB-CCCC-DDDD"
APPLICATION = RecordKind.APPLICATION


@pytest.fixture
def ledger(tmp_path: Path) -> DestructionLedger:
    return DestructionLedger(tmp_path / "destructions.jsonl", b"k" * 32, secrets.token_bytes)


def three(ledger: DestructionLedger) -> list[bytes]:
    for number in range(3):
        ledger.append(APPLICATION, f"{NUMBER}{number}", "request", START)
    return ledger.path.read_bytes().splitlines(keepends=True)


def test_a_record_is_known_again_by_its_key_only(ledger: DestructionLedger) -> None:
    ledger.append(APPLICATION, NUMBER, "request", START.replace(microsecond=7))
    assert ledger.digest(APPLICATION, NUMBER) in ledger.digests()
    assert ledger.digest(RecordKind.PRESENTATION, NUMBER) not in ledger.digests()
    other = DestructionLedger(ledger.path, b"o" * 32, secrets.token_bytes)
    assert other.digest(APPLICATION, NUMBER) not in other.digests()
    assert NUMBER.encode() not in ledger.path.read_bytes()


def test_the_same_destruction_makes_evidence_that_cannot_be_guessed(
    ledger: DestructionLedger,
) -> None:
    first = ledger.append(APPLICATION, NUMBER, "request", START)
    second = ledger.append(APPLICATION, NUMBER, "request", START)
    assert first.evidence() != second.evidence()
    assert NUMBER.encode() not in first.evidence()


def test_only_the_owner_may_read_it(ledger: DestructionLedger) -> None:
    three(ledger)
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_an_empty_ledger_goes_on_from_nothing(ledger: DestructionLedger) -> None:
    assert ledger.head().lines == 0
    assert ledger.digests() == frozenset()
    assert ledger.begins_with(ledger.head())


def test_a_ledger_begins_with_every_state_it_had(ledger: DestructionLedger, tmp_path: Path) -> None:
    three(ledger)
    head = ledger.head()
    ledger.append(APPLICATION, "one more", "request", START)
    assert ledger.begins_with(head)
    older = DestructionLedger(tmp_path / "older", ledger.key, secrets.token_bytes)
    older.path.write_bytes(b"".join(ledger.path.read_bytes().splitlines(keepends=True)[:2]))
    assert not older.begins_with(head)


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[1], lines[2]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[1].replace(b"request", b"wish"), lines[2]],
        lambda lines: [lines[0], b"{}\n", lines[2]],
    ],
    ids=["first gone", "middle gone", "swapped", "changed", "no line"],
)
def test_a_damaged_ledger_is_not_believed(ledger: DestructionLedger, damage: object) -> None:
    lines = three(ledger)
    ledger.path.write_bytes(b"".join(damage(lines)))  # type: ignore[operator] # a case of the table
    with pytest.raises(DestructionLedgerError):
        ledger.digests()
    with pytest.raises(DestructionLedgerError):
        ledger.append(APPLICATION, NUMBER, "request", START)


def test_a_line_costs_the_same_however_long_the_ledger_is(
    ledger: DestructionLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = os.pread

    def counted(descriptor: int, count: int, place: int) -> bytes:
        read.append(count)
        return whole(descriptor, count, place)

    for number in range(60):
        ledger.append(APPLICATION, f"{NUMBER}{number}", "request", START)
    monkeypatch.setattr(os, "pread", counted)
    length = ledger.path.stat().st_size
    # Whoever is new to the ledger, a command for example, reads no more than who wrote it.
    new = DestructionLedger(ledger.path, ledger.key, secrets.token_bytes)
    new.append(APPLICATION, NUMBER, "request", START)
    assert 0 < sum(read) <= 4 * (MAX_LINE_BYTES + 1) < length
    assert new.head().lines == 61


@pytest.mark.parametrize("gone", [59, 60])
def test_damage_at_the_end_of_a_long_ledger_is_seen_by_the_next_line(
    ledger: DestructionLedger, gone: int
) -> None:
    for number in range(61):
        ledger.append(APPLICATION, f"{NUMBER}{number}", "request", START)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join([*lines[:gone], b"{}\n", *lines[gone + 1 :]]))
    with pytest.raises(DestructionLedgerError):
        ledger.append(APPLICATION, NUMBER, "request", START)


def test_a_long_ledger_without_its_last_end_goes_on(ledger: DestructionLedger) -> None:
    for number in range(60):
        ledger.append(APPLICATION, f"{NUMBER}{number}", "r" * MAX_REASON, START)
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole[:-2])
    ledger.append(APPLICATION, NUMBER, "request", START)
    assert ledger.head().lines == 60


def test_a_line_waits_for_another_writer_for_a_while_only(
    ledger: DestructionLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destruction_ledger, "LOCK_SECONDS", 0.0)
    three(ledger)
    with ledger.path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="busy"):
            ledger.append(APPLICATION, NUMBER, "request", START)
    assert ledger.append(APPLICATION, NUMBER, "request", START)


def test_a_line_that_a_crash_cut_short_gives_way_to_the_next(ledger: DestructionLedger) -> None:
    lines = three(ledger)
    ledger.path.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    assert ledger.head().lines == 2
    ledger.append(APPLICATION, NUMBER, "request", START)
    assert ledger.head().lines == 3
    assert ledger.digest(APPLICATION, NUMBER) in ledger.digests()
