"""What is simulated: sizes, parties, and everybody's choices, which follow from a seed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voting.crypto.ceremony import check_registrar_rule
from voting.crypto.poll_context import PollShape
from voting.poll.errors import DefinitionError

MAX_VOTERS: Final = 1_000_000
REVOTING: Final = 10
"""Every tenth voter changes their mind once."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """t of n parties."""

    threshold: int
    parties: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate.

    Args:
        voters: how many people register and vote.
        options: m.
        choose: how many of them each voter chooses.
        trustees: who decrypts.
        registrars: who grants tokens.
        seed: of votes and scores; keys and ballots are random in any case.
        public_checks: whether a few ballots are opened in public.
    """

    voters: int
    options: int = 9
    choose: int = 3
    trustees: Quorum = Quorum(2, 3)
    registrars: Quorum = Quorum(3, 4)
    seed: str = "dojang"
    public_checks: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.voters <= MAX_VOTERS:
            raise DefinitionError(f"1 to {MAX_VOTERS} voters are simulated")
        PollShape(self.options, self.choose, self.choose, 10)
        check_registrar_rule(self.registrars.parties, self.registrars.threshold, self.dishonest)

    @property
    def dishonest(self) -> int:
        """f, the largest with ``f < t`` and ``2t > n + f``."""
        t, n = self.registrars.threshold, self.registrars.parties
        return min(t - 1, 2 * t - n - 1)

    def draw(self, label: str, below: int) -> int:
        """A number of 0..below-1 that follows from seed and label."""
        text = f"dojang simulation/{self.seed}/{label}".encode()
        return int.from_bytes(hashlib.sha256(text).digest(), "big") % below


def seeded_choices(plan: Plan) -> list[tuple[int, ...]]:
    """One vote vector per voter; earlier options are more popular than later ones."""
    return [_choice(plan, voter) for voter in range(plan.voters)]


def _choice(plan: Plan, voter: int) -> tuple[int, ...]:
    """Draw distinct options, option i (0-based) with weight 2m - i."""
    left = list(range(plan.options))
    chosen: set[int] = set()
    for pick in range(plan.choose):
        weights = [2 * plan.options - option for option in left]
        number = plan.draw(f"vote/{voter}/{pick}", sum(weights))
        at = 0
        while number >= weights[at]:
            number -= weights[at]
            at += 1
        chosen.add(left.pop(at))
    return tuple(int(option in chosen) for option in range(plan.options))


def check_choices(plan: Plan, choices: Sequence[Sequence[int]]) -> None:
    """Require one choice per voter; what it may hold is checked when it is sealed.

    Raises:
        DefinitionError: another number of choices than voters.
    """
    if len(choices) != plan.voters:
        raise DefinitionError(f"{len(choices)} choices for {plan.voters} voters")


def casts(choices: Sequence[tuple[int, ...]], voter: int) -> tuple[tuple[int, ...], ...]:
    """What one voter casts, the last one counting: every tenth first votes like the neighbour."""
    final = choices[voter]
    if voter % REVOTING:
        return (final,)
    return choices[(voter + 1) % len(choices)], final
