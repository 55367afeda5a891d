"""All parameters of a contest in one frozen value, fixed before voting opens."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import MAX_SAFE_INTEGER, Json, canonical, tagged_hash
from contracts.evidence.errors import EncodingError
from voting.contest.awards import CITY_TIERS, MAX_TIERS, Tier, check_tiers
from voting.contest.blend import BlendRules
from voting.contest.criteria import JudgingRules
from voting.contest.entries import Round
from voting.contest.figures import in_range
from voting.contest.naming import Edition, version_of
from voting.contest.ranking import TIE_RULES
from voting.errors import RulesError

MAX_ROUNDS: Final = 10
CITY_ROUNDS: Final = (Round("paper", "paper", 18), Round("interview", "interview", 9))
"""The rounds of the 2020 contest (City of Seoul, 2020-12-03)."""


@dataclass(frozen=True, slots=True)
class ContestRules:
    """The rules of one contest; every default is a choice the organiser can change.

    Args:
        rounds: expert rounds before the poll, each sending on fewer entries; may be empty.
        judging: criteria, sheets, trimming.
        blend: method and weights.
        ties: rules out of ``TIE_RULES``, each at most once, the first one first.
        tiers: prizes, best first.
        turnout_floor: with fewer voters the poll does not count; None for no floor.
        edition: of the documents; new contests are of the newest one.
    """

    rounds: tuple[Round, ...] = CITY_ROUNDS
    judging: JudgingRules = field(default_factory=JudgingRules)
    blend: BlendRules = field(default_factory=BlendRules)
    ties: tuple[str, ...] = TIE_RULES
    tiers: tuple[Tier, ...] = CITY_TIERS
    turnout_floor: int | None = None
    edition: Edition = Edition.SECOND

    def __post_init__(self) -> None:
        _check_rounds(self.rounds)
        check_tiers(self.tiers)
        if len(set(self.ties)) != len(self.ties) or not set(self.ties) <= set(TIE_RULES):
            raise RulesError(f"tie rules are some of {TIE_RULES}, each at most once")
        if self.turnout_floor is not None and not in_range(self.turnout_floor, 1, MAX_SAFE_INTEGER):
            raise RulesError("a turnout floor is at least one voter")

    def to_json(self) -> dict[str, Json]:
        """The document that is frozen and anchored; ``turnout_floor`` only where there is one."""
        floor: dict[str, Json] = (
            {} if self.turnout_floor is None else {"turnout_floor": self.turnout_floor}
        )
        return floor | {
            "version": version_of("rules", self.edition),
            "rounds": [one.to_json() for one in self.rounds],
            "judging": self.judging.to_json(),
            "blend": self.blend.to_json(),
            "ties": list[Json](self.ties),
            "tiers": [tier.to_json() for tier in self.tiers],
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``; nothing is filled in by default.

        Raises:
            EncodingError: another version, unknown or missing members, or wrong types.
            RulesError: a parameter out of range or contradicting another one.
            TextError: a title that cannot be shown.
        """
        part = Document.of(value, "rules")
        edition = _read_edition(part)
        rules = cls(
            tuple(part.items("rounds", Round.read, MAX_ROUNDS)),
            JudgingRules.read(part.document("judging")),
            BlendRules.read(part.document("blend")),
            _read_ties(part.values("ties", len(TIE_RULES))),
            tuple(part.items("tiers", Tier.read, MAX_TIERS)),
            part.integer("turnout_floor") if part.has("turnout_floor") else None,
            edition,
        )
        part.close()
        return rules

    def rules_hash(self) -> bytes:
        """32 bytes that stand for every parameter."""
        return tagged_hash(version_of("rules", self.edition), canonical(self.to_json()))


def _read_edition(part: Document) -> Edition:
    editions = {version_of("rules", edition): edition for edition in Edition}
    edition = editions.get(part.text("version"))
    if edition is None:
        raise EncodingError(f"rules are of one of the versions {', '.join(editions)}")
    return edition


def _check_rounds(rounds: tuple[Round, ...]) -> None:
    if len(rounds) > MAX_ROUNDS or len({one.id for one in rounds}) != len(rounds):
        raise RulesError(f"at most {MAX_ROUNDS} rounds with different ids")
    if any(later.advance >= earlier.advance for earlier, later in pairwise(rounds)):
        raise RulesError("each round sends on fewer entries than the one before")


def _read_ties(values: list[Json]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise RulesError("tie rules are given by name")
    return tuple(str(value) for value in values)
