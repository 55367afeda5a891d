"""Agencies from a file: what is taken, and every reason to refuse."""

import json
import unicodedata
from datetime import timedelta
from typing import Any

import pytest

from api.openid.agency_file import AgencyFileError, parse_agencies
from verifier.eligibility.catalogue import load_catalogue

TYPES = load_catalogue().credential_types
AGENCY: dict[str, Any] = {
    "id": "district",
    "title": {"ko": "[시험] 구청", "en": "[test] district office"},
    "types": ["resident-registration", "benefit"],
    "copies": 5,
    "lifetime_days": 30,
}


def read(*agencies: Any, **more: Any) -> Any:
    document = {"version": "dojang-agencies-v1", "agencies": list(agencies), **more}
    return parse_agencies(json.dumps(document).encode(), "https://city.test", TYPES)


def test_an_agency_is_read() -> None:
    agency = read(AGENCY)["district"]
    assert agency.uri == "https://city.test/issuers/district"
    assert list(agency.types) == ["resident-registration", "benefit"]
    assert (agency.terms.copies, agency.terms.lifetime) == (5, timedelta(days=30))


def test_a_title_of_a_mac_is_brought_to_the_form_that_everybody_else_writes() -> None:
    title = {"ko": unicodedata.normalize("NFD", "[시험] 구청"), "en": "[test] district office"}
    assert read({**AGENCY, "title": title})["district"].title.ko == "[시험] 구청"


def test_terms_have_defaults() -> None:
    plain = {n: v for n, v in AGENCY.items() if n not in {"copies", "lifetime_days"}}
    assert read(plain)["district"].terms.copies == 10


@pytest.mark.parametrize(
    "change",
    [
        {"id": "District"},
        {"id": "a/b"},
        {"id": ""},
        {"title": {"ko": "구청"}},
        {"title": {"ko": "구청", "en": " "}},
        {"title": {"ko": "구청", "en": "x", "fr": "x"}},
        {"types": []},
        {"types": ["other"]},
        {"types": [7]},
        {"copies": 0},
        {"copies": 101},
        {"copies": True},
        {"lifetime_days": 0},
        {"secret": "x"},
    ],
)
def test_an_agency_that_breaks_one_rule_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AgencyFileError):
        read({**AGENCY, **change})


def test_agencies_do_not_share_ids_or_types() -> None:
    other = {**AGENCY, "id": "school", "types": ["school-record"]}
    assert list(read(AGENCY, other)) == ["district", "school"]
    for clash in ({"id": "district"}, {"types": ["benefit"]}):
        with pytest.raises(AgencyFileError):
            read(AGENCY, {**other, **clash})


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"version":"dojang-agencies-v2","agencies":[]}']
)
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(AgencyFileError):
        parse_agencies(data, "https://city.test", TYPES)
    with pytest.raises(AgencyFileError):
        read()
