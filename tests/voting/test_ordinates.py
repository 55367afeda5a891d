"""What lies beside the ballots reaches each of them, however many are checked together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import pytest

from tests.simulators.poll import RNG, audited, simulated
from voting.audit.board import Scan, check_ballots
from voting.audit.chunks import MOST, Chunk
from voting.audit.findings import Book, Verdict
from voting.audit.means import Means
from voting.crypto.ballot import ballot_length, ordinates_length
from voting.poll import record
from voting.poll.errors import RecordError
from voting.poll.record import MemoryFolder

A = TypeVar("A")
B = TypeVar("B")
POLL = simulated()
SHAPE = POLL.definition.shape
LENGTH, BESIDE = ballot_length(SHAPE), ordinates_length(SHAPE)


def numbered(count: int, length: int) -> bytes:
    return b"".join(number.to_bytes(length, "big") for number in range(count))


def pairs_of(chunk: Chunk) -> Iterator[tuple[int, int]]:
    """The numbers of each ballot and of what lies beside it."""
    assert chunk.ordinates is not None
    for at in range(len(chunk.data) // LENGTH):
        data = chunk.data[at * LENGTH : (at + 1) * LENGTH]
        beside = chunk.ordinates[at * BESIDE : (at + 1) * BESIDE]
        yield int.from_bytes(data, "big"), int.from_bytes(beside, "big")


SIZES = [0, 1, 249, 250, 251, 2000, 2001, 8 * MOST - 1, 8 * MOST + 1]


@pytest.mark.parametrize("stray", [0, 1, LENGTH - 1])
@pytest.mark.parametrize("count", SIZES)
def test_every_ballot_is_checked_with_its_own_ordinates(count: int, stray: int) -> None:
    """No ballot here is one, which A-12 says of each; what matters is what came beside it."""
    board = numbered(count, LENGTH) + bytes(stray)
    folder = MemoryFolder({record.BALLOTS: board, record.ORDINATES: numbered(count, BESIDE)})
    seen: list[int] = []

    def compare(work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        for chunk in items:
            assert isinstance(chunk, Chunk)
            found = list(pairs_of(chunk))
            assert all(ballot == beside for ballot, beside in found)
            assert found[0][0] == chunk.first
            seen.extend(ballot for ballot, _ in found)
            yield work(chunk)

    book, scan = Book(), Scan()
    scan.tree.extend(number.to_bytes(32, "big") for number in range(count))
    check_ballots(POLL.definition, folder, scan, Means(RNG, compare), book)
    assert seen == list(range(count))
    assert dict(book.verdicts())["A-24"] is Verdict.HOLDS
    assert {finding.check for finding in book.findings} == ({"A-12"} if count else set())


@dataclass
class ChangingFolder:
    """A record whose ordinates change once their length was asked for and their hash taken."""

    honest: MemoryFolder
    change: Callable[[Iterator[bytes]], Iterator[bytes]]
    read: int = 0

    def names(self) -> Sequence[str]:
        return self.honest.names()

    def length(self, name: str) -> int:
        return self.honest.length(name)

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        blocks = self.honest.blocks(name, size)
        if name != record.ORDINATES:
            return blocks
        self.read += 1
        return blocks if self.read == 1 else self.change(blocks)


def gone(_: bytes) -> bytes:
    raise RecordError("gone")


def vanished(blocks: Iterator[bytes]) -> Iterator[bytes]:
    return map(gone, blocks)


def cut(blocks: Iterator[bytes]) -> Iterator[bytes]:
    return (block[:-1] for block in blocks)


CHANGES: Sequence[Callable[[Iterator[bytes]], Iterator[bytes]]] = [
    vanished,
    cut,
    lambda blocks: islice(blocks, 0),
]


@pytest.mark.parametrize("change", CHANGES, ids=["vanished", "cut", "emptied"])
def test_ordinates_that_change_while_they_are_read_are_one_finding(
    change: Callable[[Iterator[bytes]], Iterator[bytes]],
) -> None:
    report = audited(ChangingFolder(MemoryFolder(POLL.files), change))
    assert [finding.check for finding in report.findings] == ["A-24"]
    assert (report.counted, report.ballots) == (25, 28)
