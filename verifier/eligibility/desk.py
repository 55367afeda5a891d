"""The desk that issues many copies at once: what it hands out, when, and what it does not hand out.

Three rules, all of them values of the service's file: so many copies need no further day, so many
paper copies stand for each further day of waiting, and documents about a restricted subject are
stopped (주민등록법 제29조). A document that is stopped goes to an officer, and whoever asked for it
reads the same sentence as for every other reason: that somebody is protected must not show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier.eligibility.errors import DeskError, ServiceFileError
from verifier.eligibility.evaluation import Evaluation, Outcome
from verifier.eligibility.policy import Service
from verifier.eligibility.wording import Bilingual

WITH_AGREEMENT: Final = "with-agreement"
WITHOUT_AGREEMENT: Final = "without-agreement"
FURTHER_DAY: Final = "one-more-day-for-each"
RESTRICTED_SUBJECT: Final = "restricted-subject"
MAX_COPIES: Final = 10_000
MAX_ORDERS: Final = 1_000
MAX_REFERENCE_CHARACTERS: Final = 120

OFFICER_CHECKS: Final = Bilingual(
    "담당자가 직접 확인한 뒤 알려 드립니다.",
    "An officer checks this one by hand and will tell you.",
)
"""What is said of every document that is not handed out, whatever the reason."""


@dataclass(frozen=True, slots=True)
class DeskTerms:
    """The numbers of a service: copies of a day, and paper copies of each further day."""

    service_id: str
    with_agreement: int
    without_agreement: int
    per_further_day: int


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """Copies of one document about one subject.

    Args:
        reference: the document in the agency's records, without personal data.
        paper: copies on paper, which alone make anybody wait.
        electronic: copies as electronic documents.
        restricted: whether the register restricts who may get documents about the subject.

    Raises:
        DeskError: no reference, no copy, or a number out of range.
    """

    reference: str
    paper: int
    electronic: int
    restricted: bool

    def __post_init__(self) -> None:
        if not 0 < len(self.reference) <= MAX_REFERENCE_CHARACTERS:
            raise DeskError("an order names its document")
        if self.paper < 0 or self.electronic < 0:
            raise DeskError("a number of copies is not negative")
        if not 0 < self.paper + self.electronic <= MAX_COPIES:
            raise DeskError(f"1 to {MAX_COPIES} copies of a document can be ordered")


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """What becomes of a request.

    ``issued`` is ready after ``waiting_days`` further working days; 0 means on the same day.
    ``for_officer`` are the references that were stopped, for the officer only.
    """

    issued: tuple[CopyOrder, ...]
    for_officer: tuple[str, ...]
    waiting_days: int


def terms_of(service: Service) -> DeskTerms:
    """The terms in a service's file.

    Raises:
        ServiceFileError: a limit that the desk needs is missing or zero, or the file does not say
            that documents about restricted subjects are stopped.
    """
    limits = {limit.id: limit.at.value for limit in service.limits}
    if RESTRICTED_SUBJECT not in {stop.id for stop in service.stops}:
        raise ServiceFileError(f"{service.id} does not stop documents about restricted subjects")
    try:
        terms = DeskTerms(
            service.id, limits[WITH_AGREEMENT], limits[WITHOUT_AGREEMENT], limits[FURTHER_DAY]
        )
    except KeyError as error:
        raise ServiceFileError(f"{service.id} has no limit {error}") from error
    if not min(terms.with_agreement, terms.without_agreement, terms.per_further_day):
        raise ServiceFileError(f"{service.id}: the desk's limits are positive")
    return terms


def copies_of_a_day(terms: DeskTerms, agreement: Evaluation | None) -> int:
    """How many copies need no further day: more of them for a firm whose agreement holds.

    Args:
        terms: of the service.
        agreement: the rules applied to what the firm showed; None if it showed nothing. One that
            is not eligible, or cannot be verified, counts as none.

    Raises:
        DeskError: it is an evaluation of another service.
    """
    if agreement is None:
        return terms.without_agreement
    if agreement.service_id != terms.service_id:
        raise DeskError("this is an evaluation of another service")
    eligible = agreement.outcome is Outcome.ELIGIBLE
    return terms.with_agreement if eligible else terms.without_agreement


def waiting_days(paper: int, of_a_day: int, per_further_day: int) -> int:
    """The further working days until so many paper copies are ready.

    Args:
        paper: paper copies of one kind of document that one applicant ordered on one working day,
            all requests together (민원 처리에 관한 법률 시행령 제12조 제5항 counts them so, and
            electronic ones not).
        of_a_day: copies that need no further day.
        per_further_day: each further day stands for so many, a day begun counting in full.

    Raises:
        DeskError: a negative number of copies, or a day that stands for none.
    """
    if paper < 0 or of_a_day < 0 or per_further_day < 1:
        raise DeskError("copies are not negative, and a further day stands for at least one")
    return -(-max(0, paper - of_a_day) // per_further_day)


def plan_copies(
    orders: Sequence[CopyOrder],
    terms: DeskTerms,
    *,
    agreement: Evaluation | None,
    earlier_today: int,
) -> DeskPlan:
    """Decide what the desk hands out of a request, and after how many further days.

    Args:
        orders: at most ``MAX_ORDERS`` documents of one kind, each about another subject.
        terms: of the service.
        agreement: as for ``copies_of_a_day``.
        earlier_today: paper copies that the same applicant was given on the same working day.

    Raises:
        DeskError: no order, too many, a document ordered twice, or a wrong evaluation or number.

    Not checked: whether the applicant may have the documents at all, which the officer judges.
    """
    references = [order.reference for order in orders]
    if not 0 < len(orders) <= MAX_ORDERS or len(set(references)) < len(orders):
        raise DeskError(f"a request is for 1 to {MAX_ORDERS} documents, each once")
    if earlier_today < 0:
        raise DeskError("a number of copies is not negative")
    issued = tuple(order for order in orders if not order.restricted)
    paper = sum(order.paper for order in issued)
    days = 0
    if paper:
        of_a_day = copies_of_a_day(terms, agreement)
        days = waiting_days(earlier_today + paper, of_a_day, terms.per_further_day)
    stopped = tuple(order.reference for order in orders if order.restricted)
    return DeskPlan(issued, stopped, days)
