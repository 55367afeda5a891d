import pytest

from verifier.eligibility.cases import parse_cases, run_case
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.errors import AttestationError, ServiceFileError, ServiceSchemaError

HEAD = """
format: dojang-cases-v1
service: youth-allowance
synthetic: { ko: 지어냄, en: invented }
applicant:
  resident: { birth_date: 1995-05-05, city: KR-11, district: 종로구, household_size: 1 }
  school: { left_on: 2016-02-20 }
  work: { jobs: [] }
  income: { household_won: 1500000, household_size: 1, premium_band: 3 }
cases:
"""
ELIGIBLE = '- { name: a, round: "2020", on: 2020-03-30, outcome: eligible }\n'


def test_case_that_comes_out_as_named_is_as_expected(catalogue: Catalogue) -> None:
    (case,) = parse_cases((HEAD + ELIGIBLE).encode(), catalogue.schema)
    assert run_case(case, "youth-allowance", catalogue).as_expected


WRONG = {
    "another outcome": ", but: { school: { left_on: still-enrolled } }, outcome: eligible",
    "another reason": (
        ", but: { school: { left_on: still-enrolled } }, outcome: not_eligible, because: [age]"
    ),
    "one reason too few": (
        ", but: { resident: { city: KR-26, birth_date: 1980-01-01 } }, "
        "outcome: not_eligible, because: [age]"
    ),
    "a missing credential taken for a failure": (
        ", without: [school-record], outcome: not_eligible, because: [schooling]"
    ),
}


@pytest.mark.parametrize("rest", WRONG.values(), ids=WRONG.keys())
def test_case_that_names_is_not_as_expected(rest: str, catalogue: Catalogue) -> None:
    text = HEAD + f'- {{ name: a, round: "2020", on: 2020-03-30{rest} }}\n'
    (case,) = parse_cases(text.encode(), catalogue.schema)
    assert not run_case(case, "youth-allowance", catalogue).as_expected


REFUSED: dict[str, tuple[str, type[ServiceFileError]]] = {
    "two cases of one name": (ELIGIBLE + ELIGIBLE, ServiceFileError),
    "no outcome": ('- { name: a, round: "2020", on: 2020-03-30 }', ServiceSchemaError),
    "an outcome without reasons": (
        ELIGIBLE.replace("outcome: eligible", "outcome: not_eligible"),
        ServiceSchemaError,
    ),
    "reasons for being eligible": (
        ELIGIBLE.replace("outcome: eligible", "outcome: eligible, because: [age]"),
        ServiceSchemaError,
    ),
    "an unknown register": (
        ELIGIBLE.replace("outcome", "but: { tax: {} }, outcome"),
        ServiceSchemaError,
    ),
}


@pytest.mark.parametrize(("cases", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_cases_are_refused_with(
    cases: str, error: type[ServiceFileError], catalogue: Catalogue
) -> None:
    with pytest.raises(error) as refused:
        parse_cases((HEAD + cases).encode(), catalogue.schema)
    assert type(refused.value) is error


def test_case_without_a_register_that_its_round_needs_is_refused(catalogue: Catalogue) -> None:
    text = HEAD + '- { name: a, round: "2024", on: 2024-03-11, outcome: eligible }\n'
    (case,) = parse_cases(text.encode(), catalogue.schema)
    with pytest.raises(ServiceFileError, match="lacks"):
        run_case(case, "youth-allowance", catalogue)


def test_case_on_a_day_without_a_median_income_is_refused(catalogue: Catalogue) -> None:
    text = HEAD + ELIGIBLE.replace("2020-03-30", "2027-03-30")
    (case,) = parse_cases(text.encode(), catalogue.schema)
    with pytest.raises(AttestationError):
        run_case(case, "youth-allowance", catalogue)
