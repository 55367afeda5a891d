"""Checks A-09 (roots), A-11 to A-14, A-24: order, every ballot, doubles, sequence numbers."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contracts.evidence.merkle import Tree, leaf_hash
from voting.audit.checkpoints import BoardState
from voting.audit.chunks import FEWEST, Chunk, ContextKeys, check_chunk, chunk_ballots
from voting.audit.findings import Book, Finding
from voting.audit.means import Means
from voting.crypto.ballot import ballot_length, ordinates_length
from voting.crypto.elgamal import Ciphertext, add
from voting.crypto.errors import BallotError
from voting.crypto.poll_context import PollContext, PollShape
from voting.crypto.randomness import Rng
from voting.errors import VotingError
from voting.poll import record
from voting.poll.board import Taken
from voting.poll.definition import PollDefinition
from voting.poll.errors import RecordError
from voting.poll.leaf import read_leaf
from voting.poll.record import Folder
from voting.poll.tally import CountedSet

_JUDGED: Final = {"A-12": record.BALLOTS, "A-24": record.ORDINATES}


@dataclass(slots=True)
class Scan:
    """What one pass over the board's bytes gave, without any curve."""

    tree: Tree = field(default_factory=Tree, repr=False)
    leaves: set[bytes] = field(default_factory=set, repr=False)
    taken: Taken = field(default_factory=Taken, repr=False)
    counted: CountedSet = field(default_factory=CountedSet, repr=False)


def scan_board(context: PollContext, folder: Folder, state: BoardState | None, book: Book) -> Scan:
    """A-09 (roots), A-11, A-13 and A-14 in one pass over the bytes of all ballots."""
    scan = Scan()
    roots = {} if state is None else {point.size: point.root for point in state.checkpoints}
    for check in ("A-12", "A-13", "A-14", *(("A-11",) if roots else ())):
        book.look(check)
    before = b""
    for index, data in enumerate(_ballots(context, folder, book)):
        where, leaf = f"{record.BALLOTS}[{index}]", leaf_hash(data)
        scan.tree.append(leaf)
        scan.leaves.add(leaf)
        if roots and before >= leaf:
            book.add("A-11", where, "a batch is not in strictly ascending order of leaf hashes")
        _note_ballot(context, scan, index, data, book)
        ends = index + 1 in roots
        if ends and scan.tree.root() != roots[index + 1]:
            book.add("A-09", where, "the ballots so far do not give the signed root")
        before = b"" if ends else leaf
    if state is None and scan.tree.size:
        book.add("A-09", record.BALLOTS, "no final checkpoint vouches for these ballots")
    if state is not None and scan.tree.size != state.final.size:
        book.add("A-09", record.BALLOTS, "there are other ballots than the final checkpoint says")
    return scan


def _note_ballot(context: PollContext, scan: Scan, index: int, data: bytes, book: Book) -> None:
    where = f"{record.BALLOTS}[{index}]"
    try:
        leaf = read_leaf(context, data)
    except BallotError:
        return  # A-12 names it when it parses every ballot; nothing else can be read from it.
    if leaf.code in scan.taken.codes or leaf.randomness in scan.taken.randomness:
        book.add("A-13", where, "this code, or this first component, stands on the board before")
    if (leaf.key, leaf.sequence) in scan.taken.casts:
        book.add("A-14", where, "this key used this sequence number before")
    scan.taken.add(leaf)
    scan.counted.add(index, leaf.key, leaf.sequence)


def _ballots(context: PollContext, folder: Folder, book: Book) -> Iterator[bytes]:
    """All ballots, as a stream; bytes that are no whole ballot are noted."""
    length = ballot_length(context.shape)
    try:
        for block in folder.blocks(record.BALLOTS, length * FEWEST):
            whole = len(block) // length * length
            yield from (block[at : at + length] for at in range(0, whole, length))
            if whole < len(block):
                book.add("A-12", record.BALLOTS, "the last ballot is cut off")
    except RecordError as error:
        book.add("A-12", record.BALLOTS, error)


def check_ballots(
    definition: PollDefinition, folder: Folder, scan: Scan, means: Means, book: Book
) -> Ciphertext:
    """A-12 and A-24: every ballot by itself; returns the sum of those that count."""
    keys = ContextKeys(
        definition.poll_id(),
        definition.shape,
        definition.trustees.keys,
        definition.registrars.key,
    )
    done, total = 0, add((), definition.shape.options)
    together = chunk_ballots(scan.tree.size)
    ordinates = _ordinates(definition.shape, folder, (scan.tree.size, together), book)
    pairs = _pairs(definition.shape, folder, together, ordinates, book)
    chunks = _chunks(keys, pairs, scan.counted.places(), means.rng)
    try:
        for outcome in means.workers(check_chunk, chunks):
            for one in outcome.failures:
                where = f"{_JUDGED[one.check]}[{one.place}]"
                book.note(Finding(one.check, where, one.code, one.message))
            total = add((total, outcome.counted.total()), definition.shape.options)
            done += outcome.ballots
            means.progress(done, scan.tree.size)
    except VotingError as error:
        book.add("A-12", record.BALLOTS, error)
    text = "the file was not the same when it was read again"
    book.expect("A-12", record.BALLOTS, holds=done == scan.tree.size, otherwise=text)
    return total


def _ordinates(
    shape: PollShape, folder: Folder, sizes: tuple[int, int], book: Book
) -> Iterator[bytes] | None:
    """A-24 for the whole file: what lies beside so many ballots at a time; None if it is wrong.

    ``sizes``: all ballots, and how many at a time.
    """
    place, (ballots, together) = record.ORDINATES, sizes
    each = ordinates_length(shape)
    try:
        length = folder.length(place)
    except RecordError:
        return None  # It is not there; one that is linked is a finding of A-01.
    text = f"{length} bytes, the ordinates of {ballots} ballots are {ballots * each}"
    book.expect("A-24", place, holds=length == ballots * each, otherwise=text)
    return folder.blocks(place, each * together) if length == ballots * each else None


def _pairs(
    shape: PollShape,
    folder: Folder,
    together: int,
    ordinates: Iterator[bytes] | None,
    book: Book,
) -> Iterator[tuple[bytes, bytes | None]]:
    """So many whole ballots at a time, and their ordinates while there are enough of these."""
    length, each = ballot_length(shape), ordinates_length(shape)
    for block in folder.blocks(record.BALLOTS, length * together):
        count = len(block) // length
        beside = None if ordinates is None else _next(ordinates)
        if beside is not None and len(beside) != count * each:
            book.add("A-24", record.ORDINATES, "the file was not the same when it was read again")
            ordinates, beside = None, None
        if count:
            yield block[: count * length], beside


def _next(blocks: Iterator[bytes]) -> bytes:
    """The next block; nothing at the end, and where the file cannot be read any more."""
    try:
        return next(blocks, b"")
    except RecordError:
        return b""


def _chunks(
    keys: ContextKeys,
    pairs: Iterator[tuple[bytes, bytes | None]],
    counted: list[int],
    rng: Rng,
) -> Iterator[Chunk]:
    length, first = ballot_length(keys.shape), 0
    for data, ordinates in pairs:
        count = len(data) // length
        low, high = bisect_left(counted, first), bisect_left(counted, first + count)
        places = frozenset(place - first for place in counted[low:high])
        yield Chunk(keys, first, data, ordinates, places, rng)
        first += count
