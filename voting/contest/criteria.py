"""What judges look at, and how their sheets become expert scores: parameters of a contest."""

from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json
from voting.contest.figures import in_range
from voting.contest.naming import Title, is_identifier
from voting.contest.panel import MAX_JUDGES
from voting.errors import RulesError

MAX_CRITERIA: Final = 20
MAX_WEIGHT: Final = 1000
MAX_SCORE: Final = 1000


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing judges look at, with its weight among the others (1 to ``MAX_WEIGHT``)."""

    id: str
    title: Title
    weight: int = 1

    def __post_init__(self) -> None:
        if not is_identifier(self.id) or not in_range(self.weight, 1, MAX_WEIGHT):
            raise RulesError(f"a criterion has an id and a weight of 1 to {MAX_WEIGHT}")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"id": self.id, "title": self.title.to_json(), "weight": self.weight}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: a missing member, or one of the wrong type.
            RulesError: a malformed id, or a weight out of range.
        """
        return cls(part.text("id"), Title.read(part.document("title")), part.integer("weight"))


CITY_CRITERIA: Final = (
    Criterion("creativity", Title("창의성", "creativity")),
    Criterion("effort", Title("노력도", "effort")),
    Criterion("utility", Title("효용성", "utility")),
    Criterion("ripple_effect", Title("파급성", "ripple effect")),
)
"""The four criteria of the 2020 contest (City of Seoul, 2020-12-03); equal weights are assumed."""


@dataclass(frozen=True, slots=True)
class JudgingRules:
    """How sheets become expert scores.

    Args:
        criteria: 1 to ``MAX_CRITERIA``, distinct ids.
        max_score: integer scores run from 0 to this.
        trimming: leave out the highest and the lowest judge of a case that at least five judged.
        min_sheets: with fewer admitted sheets the expert part is void.
        min_scores: with fewer judges (abstentions) on any one case the expert part is void.
        tie_criterion: the criterion whose mean decides ties after the expert mean.
    """

    criteria: tuple[Criterion, ...] = CITY_CRITERIA
    max_score: int = 100
    trimming: bool = False
    min_sheets: int = 3
    min_scores: int = 1
    tie_criterion: str = "utility"

    def __post_init__(self) -> None:
        ids = {criterion.id for criterion in self.criteria}
        if not 0 < len(self.criteria) <= MAX_CRITERIA or len(ids) != len(self.criteria):
            raise RulesError(f"1 to {MAX_CRITERIA} criteria with different ids are needed")
        if self.tie_criterion not in ids:
            raise RulesError("the criterion that decides ties is none of the criteria")
        if not in_range(self.max_score, 1, MAX_SCORE):
            raise RulesError(f"the highest score is 1 to {MAX_SCORE}")
        if not in_range(self.min_sheets, 1, MAX_JUDGES):
            raise RulesError(f"min_sheets is 1 to {MAX_JUDGES}")
        if not in_range(self.min_scores, 1, self.min_sheets):
            raise RulesError("min_scores is 1 to min_sheets")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "criteria": [criterion.to_json() for criterion in self.criteria],
            "max_score": self.max_score,
            "trimming": self.trimming,
            "min_sheets": self.min_sheets,
            "min_scores": self.min_scores,
            "tie_criterion": self.tie_criterion,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members, or one of the wrong type.
            RulesError: a parameter out of range.
        """
        rules = cls(
            tuple(part.items("criteria", Criterion.read, MAX_CRITERIA)),
            part.integer("max_score"),
            part.boolean("trimming"),
            part.integer("min_sheets"),
            part.integer("min_scores"),
            part.text("tie_criterion"),
        )
        part.close()
        return rules
