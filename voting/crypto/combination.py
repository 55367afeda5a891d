"""All equations of any number of ballots as one sum that must be the neutral element.

Each equation is multiplied by its own fresh 128-bit weight (Bellare, Garay, Rabin, EUROCRYPT 1998);
a sum in which one equation fails is the neutral element with probability 2^-128. The weights must
be drawn after the ballots are fixed. The points' subgroup must have been checked: outside of it the
probability would be that of the cofactor's smallest prime.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from voting.crypto.ballot import Ballot
from voting.crypto.ballot_transcript import Challenges, complete_responses, quadratic_sum
from voting.crypto.group import G1, SECOND_GENERATOR, G1Point
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.tokens import draw_weights, token_point, tokens_hold_together
from voting.crypto.transcript import ORDER

_SINGLE_EQUATIONS: Final = 3


@dataclass(slots=True)
class _Sum:
    """A sum, filled ballot by ballot and therefore mutable; terms of fixed points are merged."""

    points: list[G1Point] = field(default_factory=list)
    scalars: list[int] = field(default_factory=list)
    generator: int = 0
    second: int = 0
    keys: list[int] = field(default_factory=list)


def equations_hold(
    context: PollContext, ballots: Sequence[Ballot], challenges: Sequence[Challenges], rng: Rng
) -> bool:
    """Whether signature and proof equations (B-05, B-07 to B-09) hold for all ballots.

    Args:
        context: of the poll.
        ballots: at least one, every point in the subgroup.
        challenges: of each ballot.
        rng: secure source of random bytes.
    """
    total = _Sum(keys=[0] * len(context.keys))
    for ballot, challenge in zip(ballots, challenges, strict=True):
        count = len(context.keys) + _SINGLE_EQUATIONS
        _add_ballot(total, context, ballot, challenge, iter(draw_weights(rng, count)))
    points = [*total.points, G1.generator, SECOND_GENERATOR, *context.keys]
    fixed = [-total.generator, -total.second, *(-key for key in total.keys)]
    scalars = [*total.scalars, *(scalar % ORDER for scalar in fixed)]
    return G1.combine(points, scalars) == G1.identity()


def tokens_hold(context: PollContext, ballots: Sequence[Ballot], rng: Rng) -> bool:
    """Whether all tokens verify (B-06): two sums of points and one product of two pairings."""
    tokens = [ballot.token for ballot in ballots]
    hashes = [token_point(context.poll_id, G1.encode(ballot.key)) for ballot in ballots]
    return tokens_hold_together(hashes, tokens, context.token_key, rng)


def _add_ballot(
    total: _Sum,
    context: PollContext,
    ballot: Ballot,
    challenges: Challenges,
    weights: Iterator[int],
) -> None:
    """Add ``w (right side - left side)`` of each equation: half of the scalars stay short."""
    x = challenges.x
    f = complete_responses(context, ballot.responses, x)
    signed, randomness, bits = next(weights), next(weights), next(weights)
    options = list(weights)
    total.generator += (
        signed * ballot.signature
        + randomness * ballot.z
        + bits * quadratic_sum(f, x, challenges.y)
        + sum(w * response for w, response in zip(options, f, strict=True))
    )
    total.second += bits * ballot.t
    total.keys = [k + w * ballot.z for k, w in zip(total.keys, options, strict=True)]
    announced, sealed = ballot.announcement, ballot.ciphertext
    total.points += [ballot.nonce, announced.a, ballot.c0, *announced.b]
    total.scalars += [signed, randomness, bits, *options]
    total.points += [ballot.key, sealed.a, ballot.c1, *sealed.b]
    total.scalars += [signed * challenges.c % ORDER, randomness * x % ORDER, bits * x % ORDER]
    total.scalars += [w * x % ORDER for w in options]
