from collections.abc import Mapping

import pytest

from verifier.eligibility.catalogue import Catalogue, parse_catalogue
from verifier.eligibility.errors import (
    ClaimMismatchError,
    ServiceFileError,
    ServiceSchemaError,
    UnknownServiceError,
)
from verifier.services import read_service_file

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

PSEUDONYM = "  pseudonym: {{ value: {}, mark: F, source: public-notices }}\n"

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
        "  accept_pending_anchor:\n",
        PSEUDONYM.format("voter") + "  accept_pending_anchor:\n",
        ClaimMismatchError,
    ),
    "a pseudonym that several credentials hold": (
        "youth-allowance.yaml",
        "  accept_pending_anchor:\n",
        PSEUDONYM.format("person") + "  accept_pending_anchor:\n",
        ClaimMismatchError,
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


def test_latest_policy_is_that_of_the_last_notice(catalogue: Catalogue) -> None:
    assert catalogue.latest_policy("youth-allowance").round.id == "2026"
