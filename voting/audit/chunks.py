"""Checking a stretch of the board in a process of its own (A-12, A-24, and the parts of A-18)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from voting.crypto.ballot import Ballot, ballot_length, ordinates_length, parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.elgamal import add
from voting.crypto.errors import CryptoError, OrdinateError
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.randomness import Rng
from voting.poll.tally import PartialSum

FEWEST: Final = 250
MOST: Final = 5000
_CHUNKS: Final = 8
"""So many at least, as far as there are ballots: for as many processes at a time."""


def chunk_ballots(ballots: int) -> int:
    """How many ballots are checked together: more cost less each, and more memory at a time."""
    return min(MOST, max(FEWEST, -(-ballots // _CHUNKS)))


@dataclass(frozen=True, slots=True)
class ContextKeys:
    """What a context is made from: only bytes and numbers, so that it can cross processes."""

    poll_id: bytes
    shape: PollShape
    option_keys: tuple[bytes, ...]
    token_key: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive ballots.

    Args:
        keys: of the poll.
        first: place of the first ballot, 0-based.
        data: whole ballots, joined.
        ordinates: those of all their points, joined; None where the record has none.
        counted: places inside the chunk that count, 0-based from its start.
        rng: secure source of random bytes.
    """

    keys: ContextKeys
    first: int
    data: bytes = field(repr=False)
    ordinates: bytes | None = field(repr=False)
    counted: frozenset[int] = field(repr=False)
    rng: Rng = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """A ballot that fails a check of its own, A-12, or ordinates that fail A-24."""

    check: str
    place: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What a chunk gave.

    Args:
        ballots: how many there were.
        failures: by place.
        counted: the sum of the counted ballots.
    """

    ballots: int
    failures: tuple[Failure, ...]
    counted: PartialSum


@lru_cache(maxsize=4)
def _context(keys: ContextKeys) -> PollContext:
    return make_context(keys.poll_id, keys.shape, keys.option_keys, keys.token_key)


def check_chunk(chunk: Chunk) -> ChunkOutcome:
    """Parse and verify all ballots of a chunk and add up those that count.

    A ballot that parses but does not verify is added all the same: the sum is a check of its own.
    """
    context = _context(chunk.keys)
    parsed, failures = _parse(chunk, context)
    if parsed:
        outcome = verify_batch(context, [ballot for _, ballot in parsed], chunk.rng)
        failures += [
            _failure("A-12", chunk.first + parsed[refusal.place][0], refusal.error)
            for refusal in outcome.refused
        ]
    options = context.shape.options
    counted = (b.ciphertext.truncate(options) for place, b in parsed if place in chunk.counted)
    total = PartialSum.of(add(counted, options), chunk.rng)
    failures.sort(key=lambda failure: failure.place)
    return ChunkOutcome(len(chunk.data) // ballot_length(context.shape), tuple(failures), total)


def _parse(chunk: Chunk, context: PollContext) -> tuple[list[tuple[int, Ballot]], list[Failure]]:
    """All ballots that can be read, with their places in the chunk, and what is wrong."""
    parsed: list[tuple[int, Ballot]] = []
    failures: list[Failure] = []
    for place, (data, ordinates) in enumerate(_items(chunk, context)):
        where = chunk.first + place
        try:
            ballot, misfit = _read(data, ordinates, context)
        except CryptoError as error:
            failures.append(_failure("A-12", where, error))
            continue
        parsed.append((place, ballot))
        if misfit is not None:
            failures.append(_failure("A-24", where, misfit))
    return parsed, failures


def _items(chunk: Chunk, context: PollContext) -> Iterator[tuple[bytes, bytes | None]]:
    """Each ballot with its ordinates, where there are any."""
    length, beside = ballot_length(context.shape), ordinates_length(context.shape)
    for i in range(len(chunk.data) // length):
        data = chunk.data[i * length : (i + 1) * length]
        known = chunk.ordinates
        yield data, None if known is None else known[i * beside : (i + 1) * beside]


def _read(
    data: bytes, ordinates: bytes | None, context: PollContext
) -> tuple[Ballot, OrdinateError | None]:
    """A ballot, whatever its ordinates are; and that they do not fit, if they do not."""
    try:
        return parse_ballot(data, context, ordinates), None
    except OrdinateError as error:
        return parse_ballot(data, context), error


def _failure(check: str, place: int, error: CryptoError) -> Failure:
    return Failure(check, place, error.code, str(error))
