from collections.abc import Mapping
from datetime import date

import pytest

from verifier.eligibility.catalogue import Catalogue, parse_catalogue
from verifier.eligibility.errors import (
    ClaimMismatchError,
    ServiceFileError,
    ServiceSchemaError,
    UnknownServiceError,
)
from verifier.services import SERVICE_IDS, read_service_file

NAMES = ("schema.json", "credential-types.yaml", "median-income.yaml", "youth-allowance.yaml")


def build(changes: Mapping[str, tuple[str, str]], service_id: str = "youth-allowance") -> Catalogue:
    files = {name: read_service_file(name).decode() for name in NAMES}
    for name, (old, new) in changes.items():
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
    schema, types, medians, service = (files[name].encode() for name in NAMES)
    return parse_catalogue(schema, types, medians, {service_id: service})


def test_catalogue_as_shipped_is_read(catalogue: Catalogue) -> None:
    built = build({})
    assert built.credential_types == catalogue.credential_types
    assert built.services == {"youth-allowance": catalogue.service("youth-allowance")}


def test_service_under_another_id_is_refused() -> None:
    with pytest.raises(ServiceFileError, match="carries the id"):
        build({}, "citizen-poll")


TYPES = "credential-types.yaml"


DEFECTS: dict[str, tuple[str, str, str, type[ServiceFileError]]] = {
    "two types of one vct": (
        TYPES,
        "vct: urn:dojang:credential:school-record:1",
        "vct: urn:dojang:credential:benefit:1",
        ServiceFileError,
    ),
    "two types of one id": (TYPES, "- id: school-record", "- id: benefit", ServiceFileError),
    "a claim that stands twice": (
        TYPES,
        "- name: household_size",
        "- name: registered_city",
        ServiceFileError,
    ),
    "a claim with the name of a visible one": (
        TYPES,
        "- name: household_size",
        "- name: status",
        ServiceFileError,
    ),
    "no reference date": (TYPES, "  reference_date: {", "  day: {", ServiceFileError),
    "parameters without a statement": (
        TYPES,
        "        statement: age_between\n",
        "",
        ServiceSchemaError,
    ),
    "a vct that is a web address": (
        TYPES,
        "vct: urn:dojang:credential:benefit:1",
        "vct: https://example.org/benefit",
        ServiceSchemaError,
    ),
    "an unknown field of a claim": (
        TYPES,
        "statement: age_between",
        "statement: age_between\n        optional: true",
        ServiceSchemaError,
    ),
    "a claim of another bracket than the rule's": (
        TYPES,
        "minimum: 19, maximum: 34",
        "minimum: 19, maximum: 39",
        ClaimMismatchError,
    ),
    "an order over quota by a claim that nobody has": (
        "youth-allowance.yaml",
        "claim: premium_band",
        "claim: premium_amount",
        ClaimMismatchError,
    ),
    "an order over quota by a credential that is not asked for": (
        "youth-allowance.yaml",
        "    credential: health-premium\n    claim: premium_band",
        "    credential: voter\n    claim: voter",
        ClaimMismatchError,
    ),
    "an order over quota by a credential without a claim": (
        "youth-allowance.yaml",
        "    claim: premium_band\n",
        "",
        ServiceSchemaError,
    ),
    "a pseudonym that no credential holds": (
        "youth-allowance.yaml",
        "  pseudonym:\n    value: person\n",
        "  pseudonym:\n    value: voter\n",
        ClaimMismatchError,
    ),
    "no word on what a person is known by": (
        "youth-allowance.yaml",
        "  pseudonym:\n    value: person\n",
        "  pseudonyms:\n    value: person\n",
        ServiceSchemaError,
    ),
    "another claim as a pseudonym": (
        "youth-allowance.yaml",
        "  pseudonym:\n    value: person\n",
        "  pseudonym:\n    value: registered_city\n",
        ServiceSchemaError,
    ),
    "a value of a series that has no name": (
        TYPES,
        "        series: seoul-citizen-polls-2026\n",
        "",
        ServiceFileError,
    ),
    "a value that does not say for which series": (
        TYPES,
        "      - name: voter_series\n",
        "      - name: voter_sequence\n",
        ServiceFileError,
    ),
    "no word on credentials that are not anchored": (
        "youth-allowance.yaml",
        "  accept_pending_anchor:\n",
        "  accept_pending:\n",
        ServiceSchemaError,
    ),
    "a schema that is no schema": (
        "schema.json",
        '"type": "string"',
        '"type": "word"',
        ServiceSchemaError,
    ),
    "a schema that is no JSON": ("schema.json", "{", "", ServiceSchemaError),
    "a schema without definitions": ("schema.json", '"$defs"', '"defs"', ServiceSchemaError),
}


@pytest.mark.parametrize(("name", "old", "new", "error"), DEFECTS.values(), ids=DEFECTS.keys())
def test_catalogue_is_refused_with(
    name: str, old: str, new: str, error: type[ServiceFileError]
) -> None:
    with pytest.raises(error) as refused:
        build({name: (old, new)})
    assert type(refused.value) is error


def test_credential_type_is_found_by_its_vct(catalogue: Catalogue) -> None:
    assert catalogue.credential_type("urn:dojang:credential:benefit:1").id == "benefit"
    with pytest.raises(UnknownServiceError):
        catalogue.credential_type("urn:dojang:credential:benefit:2")


def test_unknown_service_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownServiceError):
        catalogue.service("youth-allowances")


def with_rounds(*rounds: tuple[str, str, str, str]) -> Catalogue:
    """The youth allowance with these rounds alone: id, notice, first and last day."""
    text = read_service_file("youth-allowance.yaml").decode()
    begin, end = text.index("rounds:"), text.index("conditions:")
    made = "".join(
        f'  - id: "{name}"\n    title: {{ ko: "{name}", en: "{name}" }}\n'
        + "".join(
            f"    {key}:\n      value: {day}\n      mark: A\n"
            "      assumption: { ko: 시험, en: test }\n"
            for key, day in zip(("notice", "opens", "closes"), days, strict=True)
        )
        for name, *days in rounds
    )
    files = {name: read_service_file(f"{name}.yaml") for name in SERVICE_IDS}
    files["youth-allowance"] = (text[:begin] + "rounds:\n" + made + text[end:]).encode()
    shared = ("schema.json", "credential-types.yaml", "median-income.yaml")
    return parse_catalogue(*(read_service_file(name) for name in shared), files)


@pytest.mark.parametrize(
    ("on", "round_id"),
    [
        ("2025-01-01", "2026"),
        ("2026-01-03", "2026"),
        ("2026-12-20", "2026"),
        ("2026-12-22", "2026"),
        ("2026-12-31", "2026"),
        ("2027-01-01", "2027"),
        ("2027-01-11", "2027"),
        ("2027-01-20", "2027-2"),
        ("2027-01-30", "2027-2"),
        ("2027-02-11", "2027-2"),
        ("2027-05-01", "2027-2"),
    ],
)
def test_the_round_is_the_one_that_a_day_belongs_to(on: str, round_id: str) -> None:
    catalogue = with_rounds(
        ("2027", "2026-12-21", "2027-01-11", "2027-01-29"),
        ("2026", "2026-01-02", "2026-01-05", "2026-12-31"),
        ("2027-2", "2026-12-21", "2027-01-15", "2027-02-10"),
        ("2028", "2027-12-01", "2028-01-01", "2028-02-01"),
    )
    policy = catalogue.latest_policy("youth-allowance", date.fromisoformat(on))
    assert policy.round.id == round_id
