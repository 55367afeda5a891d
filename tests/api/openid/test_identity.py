"""The identity step ends in a register's id, and who vouches for it: an officer or a provider.

What an identity provider answers is tried in tests/api/staff/test_provider.py and, for citizens, in
tests/api/counter/test_citizens.py.
"""

import unicodedata
from datetime import UTC, datetime

import pytest

from api.openid.errors import IdentityError
from api.openid.identity import IdentityMethod, identify_at_desk, identify_by_provider
from api.ports.accounts import Subject

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
ISSUER = "https://login.test"


def test_a_provider_identifies_a_person() -> None:
    found = identify_by_provider(Subject(ISSUER, "synthetic-1"), AT)
    assert (found.person, found.method, found.by, found.at) == (
        "synthetic-1",
        IdentityMethod.OIDC,
        ISSUER,
        AT,
    )


@pytest.mark.parametrize(
    ("issuer", "subject"), [(ISSUER, ""), (ISSUER, "p" * 65), ("", "p"), ("i" * 101, "p")]
)
def test_what_is_no_id_of_a_register_identifies_nobody(issuer: str, subject: str) -> None:
    with pytest.raises(IdentityError):
        identify_by_provider(Subject(issuer, subject), AT)


def test_an_officer_must_have_checked_the_card() -> None:
    assert identify_at_desk("synthetic-1", "officer", card_checked=True, at=AT).by == "officer"
    with pytest.raises(IdentityError):
        identify_at_desk("synthetic-1", "officer", card_checked=False, at=AT)


@pytest.mark.parametrize(
    ("person", "officer"), [("", "officer"), ("p" * 65, "o"), ("p", ""), ("p", "o" * 101)]
)
def test_a_person_and_an_officer_have_short_names(person: str, officer: str) -> None:
    with pytest.raises(IdentityError):
        identify_at_desk(person, officer, card_checked=True, at=AT)


def test_one_id_written_in_two_forms_is_one_person() -> None:
    """Else whoever can be identified twice would have two values of everything derived from it."""
    composed, decomposed = (unicodedata.normalize(form, "김-1") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert identify_by_provider(Subject(ISSUER, decomposed), AT).person == composed
    with pytest.raises(IdentityError):
        identify_at_desk(decomposed, "T-1", card_checked=True, at=AT)
