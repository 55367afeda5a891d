"""Cost of a ballot of 9/3 on one core, as a ratio to one G1 multiplication in the same run.

``python -m bench.ballot [--json]``. Every figure is CPU time and the median of several runs; the
unit, one arkworks G1 multiplication by a full scalar, is measured right before and after each, so
that a busy machine slows both. Every ballot is different, parsed from bytes, and fully checked.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from voting.crypto.ballot import Ballot, ballot_length, ordinates_of, parse_ballot
from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.batch import verify_batch
from voting.crypto.group import G1, G2
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.randomness import random_scalar
from voting.crypto.tokens import token_point
from voting.crypto.verification import verify_ballot

RNG = secrets.token_bytes
OPTIONS, CHOICES = 9, 3
BATCHES = (10, 100, 1000)
REPEATS = 5
UNIT_MULTIPLICATIONS = 200
TARGETS = {
    "verify alone": 44.0,
    "verify, batch of 1000": 17.0,
    "verify, batch of 1000, stored points": 11.0,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: CPU milliseconds per ballot and the ratio to one G1 multiplication."""

    name: str
    milliseconds: float
    ratio: float
    target: float | None


def poll() -> tuple[PollContext, int]:
    """A context with keys of known secrets, and the registrars' secret."""
    keys = [G1.encode(G1.multiply(G1.generator, random_scalar(RNG))) for _ in range(OPTIONS)]
    secret = random_scalar(RNG)
    shape = PollShape(OPTIONS, CHOICES, CHOICES, 10)
    return make_context(RNG(32), shape, keys, G2.encode(G2.multiply(G2.generator, secret))), secret


def voter(context: PollContext, token_secret: int) -> VoterKey:
    """A ballot key with its token."""
    secret = random_scalar(RNG)
    public = G1.encode(G1.multiply(G1.generator, secret))
    token = G1.multiply(token_point(context.poll_id, public), token_secret)
    return VoterKey(secret, public, G1.encode(token))


def make(context: PollContext, owner: VoterKey) -> bytes:
    """Seal and cast three random options."""
    chosen: set[int] = set()
    while len(chosen) < CHOICES:
        chosen.add(secrets.randbelow(OPTIONS))
    choice = Choice(tuple(int(i in chosen) for i in range(OPTIONS)), 1, 0)
    sealed = seal(context, choice, owner.public, seed=bytes(32), rng=RNG)
    return cast(context, sealed, owner, RNG)


def unit() -> float:
    """CPU seconds of one G1 multiplication by a random scalar, conversions included."""
    point = G1.multiply(G1.generator, random_scalar(RNG))
    scalars = [random_scalar(RNG) for _ in range(UNIT_MULTIPLICATIONS)]
    started = time.process_time()
    for scalar in scalars:
        G1.multiply(point, scalar)
    return (time.process_time() - started) / UNIT_MULTIPLICATIONS


def measure(name: str, ballots: int, work: Callable[[], object]) -> Row:
    """The median of several runs, each with its own unit measured around it."""
    runs = []
    for _ in range(REPEATS):
        before, started = unit(), time.process_time()
        work()
        spent = (time.process_time() - started) / ballots
        around = (before + unit()) / 2
        runs.append((spent / around, spent))
    ratio, spent = sorted(runs)[len(runs) // 2]
    return Row(name, spent * 1000, ratio, TARGETS.get(name))


def alone(context: PollContext, leaves: Sequence[bytes]) -> None:
    for leaf in leaves:
        verify_ballot(context, parse_ballot(leaf, context), RNG)


def together(context: PollContext, parse: Callable[[int], Ballot], size: int) -> None:
    outcome = verify_batch(context, [parse(i) for i in range(size)], RNG)
    assert len(outcome.verified) == size  # noqa: S101 - a benchmark of refused ballots is none


def rows() -> list[Row]:
    """All figures."""
    context, token_secret = poll()
    voters = [voter(context, token_secret) for _ in range(max(BATCHES))]
    leaves = [make(context, owner) for owner in voters]
    caches = [ordinates_of(parse_ballot(leaf, context)) for leaf in leaves]
    result = [
        measure("make", 20, lambda: [make(context, owner) for owner in voters[:20]]),
        measure("verify alone", 20, lambda: alone(context, leaves[:20])),
    ]
    for size in BATCHES:
        name = f"verify, batch of {size}"
        plain = _parser(context, leaves, [None] * len(leaves))
        stored = _parser(context, leaves, caches)
        result.append(measure(name, size, _batch(context, plain, size)))
        result.append(measure(f"{name}, stored points", size, _batch(context, stored, size)))
    return result


def _parser(
    context: PollContext, leaves: Sequence[bytes], caches: Sequence[bytes | None]
) -> Callable[[int], Ballot]:
    return lambda i: parse_ballot(leaves[i], context, caches[i])


def _batch(context: PollContext, parse: Callable[[int], Ballot], size: int) -> Callable[[], None]:
    return lambda: together(context, parse, size)


def main() -> int:
    parser = argparse.ArgumentParser(description="cost of a ballot of nine options, three choices")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = rows()
    length = ballot_length(PollShape(OPTIONS, CHOICES, CHOICES, 10))
    if wanted.json:
        print(json.dumps({"bytes": length, "rows": [asdict(row) for row in found]}, indent=1))
    else:
        print(f"ballot of {OPTIONS}/{CHOICES}: {length} bytes")
        for row in found:
            limit = f"   at most {row.target:.0f}" if row.target else ""
            print(f"{row.name:40} {row.milliseconds:8.2f} ms {row.ratio:7.1f} G1{limit}")
    return int(any(row.target is not None and row.ratio > row.target for row in found))


if __name__ == "__main__":
    sys.exit(main())
