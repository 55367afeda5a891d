"""The files of verifier/services as they are shipped."""

from collections import Counter

import pytest
from jsonschema import Draft202012Validator

from contracts.evidence.encoding import parse_json
from verifier.eligibility.cases import Case, parse_cases, run_case
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.evaluation import Outcome
from verifier.eligibility.sourcing import lint
from verifier.eligibility.strict_yaml import parse_yaml
from verifier.services import SERVICE_IDS, read_service_file

FILES = [
    "credential-types.yaml",
    "median-income.yaml",
    *(f"{name}.yaml" for name in SERVICE_IDS),
    *(f"{name}.cases.yaml" for name in SERVICE_IDS),
]
SOURCED_FILES = ["median-income.yaml", *(f"{name}.yaml" for name in SERVICE_IDS)]


def cases_of(service_id: str) -> tuple[Case, ...]:
    return parse_cases(read_service_file(f"{service_id}.cases.yaml"), load_catalogue().schema)


CASES = {
    f"{service_id}: {case.name}": (service_id, case)
    for service_id in SERVICE_IDS
    for case in cases_of(service_id)
}


@pytest.mark.parametrize("name", ["schema.json", "decision-schema.json"])
def test_schema_is_json_schema_2020_12(name: str) -> None:
    schema = parse_json(read_service_file(name))
    assert isinstance(schema, dict)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", FILES)
def test_file_satisfies_the_schema_as_an_editor_would_check_it(name: str) -> None:
    schema = parse_json(read_service_file("schema.json"))
    assert isinstance(schema, dict)
    Draft202012Validator(schema).validate(parse_yaml(read_service_file(name)))


@pytest.mark.parametrize("name", SOURCED_FILES)
def test_every_value_has_a_source_or_is_marked_as_an_assumption(name: str) -> None:
    assert lint(parse_yaml(read_service_file(name))) == ()


@pytest.mark.parametrize(("service_id", "case"), CASES.values(), ids=CASES.keys())
def test_case(service_id: str, case: Case) -> None:
    result = run_case(case, service_id, load_catalogue())
    assert (result.evaluation.outcome, result.because) == (case.outcome, case.because)
    assert result.as_expected


@pytest.mark.parametrize("service_id", SERVICE_IDS)
def test_cases_refuse_somebody_for_every_rule_of_every_round(service_id: str) -> None:
    refused = Counter(
        (case.round_id, rule_id)
        for case in cases_of(service_id)
        if case.outcome is Outcome.NOT_ELIGIBLE
        for rule_id in case.because
    )
    catalogue = load_catalogue()
    for round_id in catalogue.service(service_id).rounds:
        for rule in catalogue.policy(service_id, round_id).rules:
            assert refused[round_id, rule.id], (round_id, rule.id)


@pytest.mark.parametrize("service_id", SERVICE_IDS)
def test_cases_find_somebody_eligible_in_every_round(service_id: str) -> None:
    eligible = {case.round_id for case in cases_of(service_id) if case.outcome is Outcome.ELIGIBLE}
    assert eligible == set(load_catalogue().service(service_id).rounds)


def test_issuers_and_agency_are_labelled_as_tests() -> None:
    catalogue = load_catalogue()
    names = [kind.issuer for kind in catalogue.credential_types.values()]
    names += [service.agency for service in catalogue.services.values()]
    assert all(name.ko.startswith("[시험] ") and name.en.startswith("[test] ") for name in names)


def test_no_claim_is_named_after_what_must_never_be_in_a_credential() -> None:
    forbidden = {"name", "birth", "address", "number", "amount", "employer", "school_name", "wage"}
    for kind in load_catalogue().credential_types.values():
        for claim in kind.claims:
            assert not forbidden & set(claim.split("_")), claim
