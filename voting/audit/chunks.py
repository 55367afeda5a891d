"""Checking a stretch of the board in a process of its own (check A-12, and the parts of A-18)."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from voting.crypto.ballot import Ballot, ballot_length, parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.elgamal import add
from voting.crypto.errors import CryptoError
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
        counted: places inside the chunk that count, 0-based from its start.
        rng: secure source of random bytes.
    """

    keys: ContextKeys
    first: int
    data: bytes = field(repr=False)
    counted: frozenset[int] = field(repr=False)
    rng: Rng = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """A ballot that fails a check of its own."""

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
    length = ballot_length(context.shape)
    parsed: list[tuple[int, Ballot]] = []
    failures: list[Failure] = []
    count = len(chunk.data) // length
    for place in range(count):
        data = chunk.data[place * length : (place + 1) * length]
        try:
            parsed.append((place, parse_ballot(data, context)))
        except CryptoError as error:
            failures.append(Failure(chunk.first + place, error.code, str(error)))
    if parsed:
        outcome = verify_batch(context, [ballot for _, ballot in parsed], chunk.rng)
        failures += [
            Failure(chunk.first + parsed[r.place][0], r.error.code, str(r.error))
            for r in outcome.refused
        ]
    options = context.shape.options
    counted = (b.ciphertext.truncate(options) for place, b in parsed if place in chunk.counted)
    total = PartialSum.of(add(counted, options), chunk.rng)
    failures.sort(key=lambda failure: failure.place)
    return ChunkOutcome(count, tuple(failures), total)
