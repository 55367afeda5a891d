"""Checking many ballots for the board at once, in a process of its own.

A board under load hands stretches of ballots to other processes; what it answers, and in which
order checks count, stays the same (``Board.receive_judged``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.crypto.ballot import Ballot, ordinates_of, parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.errors import CryptoError
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.poll.definition import PollDefinition


@dataclass(frozen=True, slots=True)
class Intake:
    """Hostile bytes that want to be ballots; at most ``voting.crypto.batch.MAX_BATCH``."""

    definition: PollDefinition
    ballots: tuple[bytes, ...] = field(repr=False)
    rng: Rng = field(repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """Bytes and what came of their own checks; only ``judge`` makes one.

    Args:
        data: as they came.
        error: the first check that they fail; None for a sound ballot.
        ordinates: those of a sound ballot's points, which a record has beside it; else empty.
    """

    data: bytes = field(repr=False)
    error: CryptoError | None
    ordinates: bytes = field(repr=False)


def judge(intake: Intake) -> tuple[Judged, ...]:
    """Parse and verify ballots together, in the order given.

    Not checked: what only the board knows (double codes, double A, sequence, time).
    """
    context = intake.definition.context()
    errors: dict[int, CryptoError] = {}
    parsed = _parse(context, intake.ballots, errors)
    if parsed:
        places = list(parsed)
        outcome = verify_batch(context, list(parsed.values()), intake.rng)
        errors |= {places[refusal.place]: refusal.error for refusal in outcome.refused}
    return tuple(
        Judged(data, errors[place], b"")
        if place in errors
        else Judged(data, None, ordinates_of(parsed[place]))
        for place, data in enumerate(intake.ballots)
    )


def _parse(
    context: PollContext, ballots: Sequence[bytes], errors: dict[int, CryptoError]
) -> dict[int, Ballot]:
    parsed = {}
    for place, data in enumerate(ballots):
        try:
            parsed[place] = parse_ballot(data, context)
        except CryptoError as error:
            errors[place] = error
    return parsed
