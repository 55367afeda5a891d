"""Checking one ballot: a parsed ballot goes in, a verified one comes out (checks B-05 to B-09)."""

from dataclasses import dataclass

from voting.crypto.ballot import Ballot
from voting.crypto.ballot_transcript import (
    Challenges,
    challenges_of,
    complete_responses,
    quadratic_sum,
)
from voting.crypto.combination import equations_hold, tokens_hold
from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import (
    BallotError,
    BallotSignatureError,
    BallotTokenError,
    BitEquationError,
    OptionEquationError,
    RandomnessEquationError,
)
from voting.crypto.group import G1, SECOND_GENERATOR, G1Point
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.tokens import token_holds
from voting.crypto.transcript import ORDER


@dataclass(frozen=True, slots=True)
class VerifiedBallot:
    """A ballot that passed every check of its own; only ``verify_*`` of this package makes one.

    Not checked: what only the board knows (double codes, double A, sequence, time).

    Args:
        ballot: as parsed.
        code: its tracking code, 32 bytes.
    """

    ballot: Ballot
    code: bytes

    def votes(self, context: PollContext) -> Ciphertext:
        """The part of the ciphertext that is added up: options without slack."""
        return self.ballot.ciphertext.truncate(context.shape.options)


def verify_ballot(context: PollContext, ballot: Ballot, rng: Rng) -> VerifiedBallot:
    """Check one ballot.

    Args:
        context: of the poll, the one it was parsed with.
        ballot: parsed.
        rng: secure source of random bytes, for the weights of the combined equations.

    Raises:
        SubgroupError: a point outside the subgroup (G-03).
        BallotError: the first failing check (B-05 to B-09), in the order signature, token, proof.
    """
    for point in ballot.points:
        G1.in_subgroup(point)
    challenges = challenges_of(context, ballot)
    proved = equations_hold(context, [ballot], [challenges], rng)
    if not proved or not tokens_hold(context, [ballot], rng):
        check_each_equation(context, ballot, challenges)
        raise BallotError("the combined check failed, but no single one")
    return VerifiedBallot(ballot, challenges.code)


def check_each_equation(context: PollContext, ballot: Ballot, challenges: Challenges) -> None:
    """Check equation by equation, without randomness: slower, but it names what is wrong.

    Args:
        context: of the poll.
        ballot: every point in the subgroup.
        challenges: of the ballot.

    Raises:
        BallotError: the first failing check (B-05 to B-09).
    """
    _check_signature(ballot, challenges)
    if not token_holds(context.poll_id, G1.encode(ballot.key), ballot.token, context.token_key):
        raise BallotTokenError("the registrars signed no token for this ballot key")
    _check_randomness(ballot, challenges)
    _check_options(context, ballot, challenges)
    _check_bits(context, ballot, challenges)


def _linear(point: G1Point, factor: int, other: G1Point) -> G1Point:
    return G1.multiply(point, factor) + other


def _check_signature(ballot: Ballot, challenges: Challenges) -> None:
    left = G1.multiply(G1.generator, ballot.signature)
    if left != _linear(ballot.key, challenges.c, ballot.nonce):
        raise BallotSignatureError("the ballot's signature does not hold under its key")


def _check_randomness(ballot: Ballot, challenges: Challenges) -> None:
    left = G1.multiply(G1.generator, ballot.z)
    if left != _linear(ballot.ciphertext.a, challenges.x, ballot.announcement.a):
        raise RandomnessEquationError("zG is not xA + A'")


def _check_options(context: PollContext, ballot: Ballot, challenges: Challenges) -> None:
    responses = complete_responses(context, ballot.responses, challenges.x)
    pairs = zip(ballot.ciphertext.b, ballot.announcement.b, strict=True)
    rows = zip(context.keys, responses, pairs, strict=True)
    for place, (key, f, (b, announced)) in enumerate(rows, 1):
        left = G1.combine([G1.generator, key], [f, ballot.z])
        if left != _linear(b, challenges.x, announced):
            raise OptionEquationError(f"component {place} does not fit its response")


def _check_bits(context: PollContext, ballot: Ballot, challenges: Challenges) -> None:
    x, y = challenges.x, challenges.y
    total = quadratic_sum(complete_responses(context, ballot.responses, x), x, y)
    left = G1.combine([G1.generator, SECOND_GENERATOR], [total % ORDER, ballot.t])
    if left != _linear(ballot.c1, x, ballot.c0):
        raise BitEquationError("the votes are not shown to be bits")
