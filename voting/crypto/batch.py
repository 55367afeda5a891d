"""Checking many ballots at once; bad ones are found by halving and named with their check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voting.crypto.ballot import Ballot
from voting.crypto.ballot_transcript import Challenges, challenges_of
from voting.crypto.combination import equations_hold, tokens_hold
from voting.crypto.errors import CryptoError, OperandCountError, SubgroupError
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.subgroup import check_subgroup, points_outside
from voting.crypto.verification import VerifiedBallot, check_each_equation

MAX_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ballot of a batch that failed.

    Args:
        place: 0-based, in the order given.
        error: the first check that failed.
    """

    place: int
    error: CryptoError


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch.

    Args:
        verified: by 0-based place, in order.
        refused: by place, in order.
    """

    verified: tuple[tuple[int, VerifiedBallot], ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    place: int
    ballot: Ballot
    challenges: Challenges


def verify_batch(context: PollContext, ballots: Sequence[Ballot], rng: Rng) -> BatchOutcome:
    """Check ballots together: one subgroup check, one sum of points, one product of two pairings.

    Args:
        context: of the poll, the one they were parsed with.
        ballots: at least one, at most ``MAX_BATCH``; fixed before the weights are drawn from rng.
        rng: secure source of random bytes. A predictable one lets bad ballots cancel each other.

    Returns:
        Every ballot either verified or refused; a bad ballot is missed with probability at most
        2^-127 (one batch, subgroup check included).

    Raises:
        OperandCountError: for an empty or too large batch (G-05).
    """
    if not 0 < len(ballots) <= MAX_BATCH:
        raise OperandCountError(f"{len(ballots)} ballots, a batch has 1..{MAX_BATCH}")
    refused = _outside_subgroup(ballots, rng)
    outside = {refusal.place for refusal in refused}
    entries = [
        _Entry(place, ballot, challenges_of(context, ballot))
        for place, ballot in enumerate(ballots)
        if place not in outside
    ]
    refused += _failing(context, entries, rng)
    bad = {refusal.place for refusal in refused}
    verified = tuple(
        (entry.place, VerifiedBallot(entry.ballot, entry.challenges.code))
        for entry in entries
        if entry.place not in bad
    )
    return BatchOutcome(verified, tuple(sorted(refused, key=lambda refusal: refusal.place)))


def _outside_subgroup(ballots: Sequence[Ballot], rng: Rng) -> list[Refusal]:
    """Refuse the ballots with a point outside the subgroup (G-03)."""
    try:
        check_subgroup([point for ballot in ballots for point in ballot.points], rng)
    except SubgroupError as error:
        bad = [place for place, ballot in enumerate(ballots) if points_outside(ballot.points)]
        if not bad:
            raise  # Points of the subgroup cannot add up to one outside; never let this pass.
        return [Refusal(place, error) for place in bad]
    return []


def _failing(context: PollContext, entries: Sequence[_Entry], rng: Rng) -> list[Refusal]:
    """Halve until each bad ballot stands alone; every half gets fresh weights."""
    if not entries or _holds(context, entries, rng):
        return []
    if len(entries) == 1:
        return [_refusal(context, entries[0])]
    middle = len(entries) // 2
    return _failing(context, entries[:middle], rng) + _failing(context, entries[middle:], rng)


def _holds(context: PollContext, entries: Sequence[_Entry], rng: Rng) -> bool:
    ballots = [entry.ballot for entry in entries]
    challenges = [entry.challenges for entry in entries]
    return equations_hold(context, ballots, challenges, rng) and tokens_hold(context, ballots, rng)


def _refusal(context: PollContext, entry: _Entry) -> Refusal:
    """Name the check that the ballot fails; one that failed only in sum is refused all the same."""
    try:
        check_each_equation(context, entry.ballot, entry.challenges)
    except CryptoError as error:
        return Refusal(entry.place, error)
    return Refusal(entry.place, CryptoError("the combined check failed, but no single one"))
