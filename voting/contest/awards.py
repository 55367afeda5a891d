"""Tiers and prize money, in whole won, never more than the tiers provide.

An entry's tier follows from the positions its rank occupies: ``k`` entries that share rank ``r``
occupy positions ``r`` to ``r + k - 1``. If all of these lie in one tier, each gets that tier. If
they cross a boundary (between two tiers, or to no prize), no rule may pick among equals: the
entries are marked ``needs_decision``, the money of the positions in question is reserved, and the
organiser decides (a draw in public, a joint decision) on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json
from voting.contest.entries import MAX_ENTRIES
from voting.contest.figures import in_range
from voting.contest.naming import Title, is_identifier
from voting.contest.ranking import Place
from voting.errors import AwardsError, RulesError

MAX_TIERS: Final = 20
MAX_AMOUNT_WON: Final = 10**12
AWARDED: Final = "awarded"
NO_PRIZE: Final = "no_prize"
NEEDS_DECISION: Final = "needs_decision"


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of prizes: how many places, and the money for each in won (0 for an honour)."""

    id: str
    title: Title
    places: int
    amount: int

    def __post_init__(self) -> None:
        if not is_identifier(self.id):
            raise RulesError("a tier's id has 1 to 64 characters of a-z, 0-9, - and _")
        if not in_range(self.places, 1, MAX_ENTRIES) or not in_range(
            self.amount, 0, MAX_AMOUNT_WON
        ):
            raise RulesError(f"tier {self.id}: places or amount out of range")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "id": self.id,
            "title": self.title.to_json(),
            "places": self.places,
            "amount": self.amount,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: a missing member, or one of the wrong type.
            RulesError: a number out of range.
        """
        title = Title.read(part.document("title"))
        return cls(part.text("id"), title, part.integer("places"), part.integer("amount"))


CITY_TIERS: Final = (
    Tier("grand", Title("최우수", "grand prize"), 1, 2_000_000),
    Tier("excellence", Title("우수", "excellence"), 3, 1_500_000),
    Tier("merit", Title("장려", "merit"), 5, 500_000),
)
"""The prizes of 2020, 9,000,000 won in all (City of Seoul, 2020-12-03)."""


@dataclass(frozen=True, slots=True)
class Award:
    """What an entry gets.

    Args:
        entry: its id.
        outcome: ``awarded``, ``no_prize`` or ``needs_decision``.
        tier: id of the tier awarded, else None.
        between: tier ids in question for ``needs_decision`` (None stands for no prize).
        amount: won to pay out.
        withheld: won of the tier that is not paid because money is not allowed.
    """

    entry: str
    outcome: str
    tier: str | None = None
    between: tuple[str | None, ...] = ()
    amount: int = 0
    withheld: int = 0

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "entry": self.entry,
            "outcome": self.outcome,
            "tier": self.tier,
            "between": list[Json](self.between),
            "amount": self.amount,
            "withheld": self.withheld,
        }


@dataclass(frozen=True, slots=True)
class Awards:
    """All awards and where every won of the budget is.

    Args:
        awards: in the order of the ranking.
        budget: what the tiers provide in all.
        paid: what is paid out.
        withheld: tiers awarded without money because it is not allowed.
        reserved: positions that need a decision.
        unclaimed: positions nobody came to (fewer entries than places).
    """

    awards: tuple[Award, ...]
    budget: int
    paid: int
    withheld: int
    reserved: int
    unclaimed: int

    def __post_init__(self) -> None:
        parts = (self.paid, self.withheld, self.reserved, self.unclaimed)
        if min(parts) < 0 or sum(parts) != self.budget:
            raise AwardsError(f"prizes of {parts} won do not add up to {self.budget} won")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "awards": [award.to_json() for award in self.awards],
            "budget": self.budget,
            "paid": self.paid,
            "withheld": self.withheld,
            "reserved": self.reserved,
            "unclaimed": self.unclaimed,
        }


def check_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers, best first.

    Raises:
        RulesError: none, too many, two with one id, more places than entries can be, or a lower
            tier that is worth more than a higher one.
    """
    if not 0 < len(tiers) <= MAX_TIERS or len({tier.id for tier in tiers}) != len(tiers):
        raise RulesError(f"1 to {MAX_TIERS} tiers with different ids are needed")
    if sum(tier.places for tier in tiers) > MAX_ENTRIES:
        raise RulesError(f"the tiers have more than {MAX_ENTRIES} places")
    if any(better.amount < worse.amount for better, worse in pairwise(tiers)):
        raise RulesError("a lower tier is worth more than a higher one")
    return tuple(tiers)


def award(
    tiers: Sequence[Tier], places: Sequence[Place], money_allowed: Mapping[str, bool]
) -> Awards:
    """Give out the prizes.

    Args:
        tiers: best first (``check_tiers``).
        places: the ranking, best first.
        money_allowed: for every entry, whether it may be paid.

    Raises:
        AwardsError: if the parts did not add up to the budget.
    """
    ladder: list[Tier | None] = [tier for tier in tiers for _ in range(tier.places)]
    budget = _worth(ladder)
    ladder += [None] * max(0, len(places) - len(ladder))
    awards: list[Award] = []
    reserved = 0
    for _, sharing in groupby(places, key=lambda place: place.rank):
        group = list(sharing)
        positions = ladder[len(awards) : len(awards) + len(group)]
        awards += _share_out(group, positions, money_allowed)
        reserved += _worth(positions) if awards[-1].outcome == NEEDS_DECISION else 0
    return Awards(
        awards=tuple(awards),
        budget=budget,
        paid=sum(one.amount for one in awards),
        withheld=sum(one.withheld for one in awards),
        reserved=reserved,
        unclaimed=_worth(ladder[len(awards) :]),
    )


def _share_out(
    group: Sequence[Place], positions: Sequence[Tier | None], money_allowed: Mapping[str, bool]
) -> list[Award]:
    """The awards of entries that share one rank and occupy these positions."""
    tier = positions[0]
    between = tuple(dict.fromkeys(None if one is None else one.id for one in positions))
    if len(between) > 1:
        return [Award(place.entry, NEEDS_DECISION, between=between) for place in group]
    if tier is None:
        return [Award(place.entry, NO_PRIZE) for place in group]
    return [_prize(place.entry, tier, allowed=money_allowed[place.entry]) for place in group]


def _prize(entry: str, tier: Tier, *, allowed: bool) -> Award:
    if allowed:
        return Award(entry, AWARDED, tier.id, amount=tier.amount)
    return Award(entry, AWARDED, tier.id, withheld=tier.amount)


def _worth(positions: Sequence[Tier | None]) -> int:
    return sum(tier.amount for tier in positions if tier is not None)
