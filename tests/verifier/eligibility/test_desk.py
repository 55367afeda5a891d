"""The desk that issues many copies: waiting days, agreements, and documents that are stopped."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.services.test_services import cases_of
from verifier.eligibility.cases import run_case
from verifier.eligibility.catalogue import Catalogue, load_catalogue
from verifier.eligibility.desk import (
    MAX_COPIES,
    OFFICER_CHECKS,
    CopyOrder,
    DeskTerms,
    copies_of_a_day,
    plan_copies,
    terms_of,
    waiting_days,
)
from verifier.eligibility.desk_cases import DeskCase, parse_desk_cases, run_desk_case
from verifier.eligibility.errors import DeskError, ServiceFileError
from verifier.eligibility.evaluation import Evaluation, evaluate
from verifier.eligibility.rendering import render_service
from verifier.services import read_service_file

TERMS = DeskTerms("bulk-issuance", with_agreement=100, without_agreement=20, per_further_day=20)
FILE = read_service_file("bulk-issuance.cases.yaml")
DESK_CASES = parse_desk_cases(FILE, load_catalogue().schema)


def order(reference: str = "a", paper: int = 1, *, restricted: bool = False) -> CopyOrder:
    return CopyOrder(reference, paper, 0, restricted)


@pytest.mark.parametrize("case", DESK_CASES, ids=lambda case: case.name)
def test_the_desk_answers_each_case_as_its_file_says(case: DeskCase) -> None:
    plan = run_desk_case(case, "bulk-issuance", load_catalogue())
    assert (plan.waiting_days, len(plan.for_officer)) == (case.waiting_days, case.stopped)
    assert len(plan.issued) + len(plan.for_officer) == len(case.orders)


def test_the_terms_are_the_values_of_the_file(catalogue: Catalogue) -> None:
    assert terms_of(catalogue.service("bulk-issuance")) == TERMS


@pytest.mark.parametrize(
    ("paper", "days"),
    [(0, 0), (1, 0), (20, 0), (21, 1), (40, 1), (41, 2), (60, 2), (61, 3), (2020, 100)],
)
def test_each_20_paper_copies_more_take_a_day_more(paper: int, days: int) -> None:
    assert waiting_days(paper, 20, 20) == days


@given(st.integers(0, 5000), st.integers(0, 200), st.integers(1, 200))
def test_waiting_days_are_as_few_as_hold_all_copies(paper: int, first: int, step: int) -> None:
    days = waiting_days(paper, first, step)
    assert first + days * step >= paper
    assert days == 0 or first + (days - 1) * step < paper


@pytest.mark.parametrize("numbers", [(-1, 20, 20), (1, -1, 20), (1, 20, 0)])
def test_impossible_numbers_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(DeskError):
        waiting_days(*numbers)


def test_a_document_about_a_restricted_subject_is_never_issued() -> None:
    orders = [order("a", 20), order("b", 500, restricted=True), order("c", 1)]
    plan = plan_copies(orders, TERMS, agreement=None, earlier_today=0)
    assert plan.issued == (orders[0], orders[2])
    assert plan.for_officer == ("b",)
    assert plan.waiting_days == 1


def test_whoever_asked_does_not_learn_that_somebody_is_protected() -> None:
    for sentence in (OFFICER_CHECKS.ko, OFFICER_CHECKS.en.lower()):
        assert not any(word in sentence for word in ("제한", "보호", "폭력", "restrict", "protect"))


def agreement(catalogue: Catalogue, name: str) -> Evaluation:
    (case,) = [case for case in cases_of("bulk-issuance") if case.name == name]
    return run_case(case, "bulk-issuance", catalogue).evaluation


def test_only_an_agreement_that_holds_gives_more_copies(catalogue: Catalogue) -> None:
    assert copies_of_a_day(TERMS, agreement(catalogue, "on the first day of the agreement")) == 100
    for name in ("a day before the agreement", "has no agreement to show"):
        assert copies_of_a_day(TERMS, agreement(catalogue, name)) == 20
    assert copies_of_a_day(TERMS, None) == 20


def test_an_evaluation_of_another_service_is_refused(catalogue: Catalogue) -> None:
    other = evaluate(
        catalogue.latest_policy("document-delivery", date(2026, 11, 20)), [], date(2026, 11, 20)
    )
    with pytest.raises(DeskError):
        copies_of_a_day(TERMS, other)


@pytest.mark.parametrize(
    ("orders", "earlier"),
    [([], 0), ([order(), order()], 0), ([order()], -1), ([order(str(n)) for n in range(1001)], 0)],
)
def test_a_request_that_no_desk_can_take_is_refused(orders: list[CopyOrder], earlier: int) -> None:
    with pytest.raises(DeskError):
        plan_copies(orders, TERMS, agreement=None, earlier_today=earlier)


@pytest.mark.parametrize(
    "parts", [("", 1, 0), ("a", 0, 0), ("a", -1, 2), ("a", 2, -1), ("a", MAX_COPIES, 1)]
)
def test_an_order_that_makes_no_sense_is_refused(parts: tuple[str, int, int]) -> None:
    with pytest.raises(DeskError):
        CopyOrder(*parts, restricted=False)
    CopyOrder("a", MAX_COPIES, 0, restricted=False)


def test_a_service_that_stops_nobody_has_no_desk(catalogue: Catalogue) -> None:
    service = catalogue.service("bulk-issuance")
    for other in (
        replace(service, stops=()),
        replace(service, limits=service.limits[:-1]),
        catalogue.service("youth-allowance"),
    ):
        with pytest.raises(ServiceFileError):
            terms_of(other)


@pytest.mark.parametrize("service_id", ["bulk-issuance", "document-delivery"])
def test_a_citizen_reads_what_is_not_handed_out(catalogue: Catalogue, service_id: str) -> None:
    policy = catalogue.latest_policy(service_id, date(2026, 11, 20))
    assert "주민등록법 제29조" in render_service(policy, "ko")
    assert "Resident Registration Act, article 29" in render_service(policy, "en")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'agreement: "on the last day of the agreement"', b'agreement: "no such case"'),
        (b'"one copy more than a day\'s"', b'"as many copies as need no further day"'),
        (b"{ paper: 21 }]", b"{ paper: -1 }]"),
        (b"waiting_days: 0", b"days: 0"),
    ],
)
def test_malformed_cases_of_a_desk_are_refused(old: bytes, new: bytes) -> None:
    assert old in FILE
    with pytest.raises(ServiceFileError):
        parse_desk_cases(FILE.replace(old, new, 1), load_catalogue().schema)
