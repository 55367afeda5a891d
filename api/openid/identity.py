"""The identity step before anything is issued: at a desk, or by an OpenID Connect provider.

Both end in a ``VerifiedIdentity``, the only thing an offer is made for. The demonstration has one
of its own, and says so wherever it is shown.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from api.openid.errors import IdentityError
from api.ports.accounts import Subject

MAX_PERSON: Final = 64
MAX_OFFICER: Final = 100


class IdentityMethod(StrEnum):
    """How somebody was identified."""

    DESK = "desk"
    OIDC = "oidc"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """Who was identified, how, by whom (an officer or a provider), and when.

    ``person`` is the register's own id, never a resident number. It is in normalisation form C, as
    registers hold it: two ways to write one id would be two people to all that is derived from it.
    """

    person: str
    method: IdentityMethod
    by: str
    at: datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.person) <= MAX_PERSON or not 0 < len(self.by) <= MAX_OFFICER:
            raise IdentityError("a person's id and who vouches for it are short texts")
        if not unicodedata.is_normalized("NFC", self.person):
            raise IdentityError("a person's id is in Unicode normalisation form C")


def identify_at_desk(
    person: str, officer: str, *, card_checked: bool, at: datetime
) -> VerifiedIdentity:
    """An officer looked at the identity card and found the person in the register.

    Raises:
        IdentityError: the officer did not confirm that the card was checked, or left a name out.
    """
    if not card_checked:
        raise IdentityError("the officer has not confirmed that the identity card was checked")
    return VerifiedIdentity(person, IdentityMethod.DESK, officer, at)


def identify_by_provider(subject: Subject, at: datetime) -> VerifiedIdentity:
    """An identity provider recognised somebody, and calls them by the register's own id.

    What the provider answered was checked before (``api.ports.door.IdentityProvider``). Whether a
    register knows the id is not looked at here.

    Raises:
        IdentityError: what it calls them is no id of a register.
    """
    person = unicodedata.normalize("NFC", subject.subject)
    return VerifiedIdentity(person, IdentityMethod.OIDC, subject.issuer, at)
