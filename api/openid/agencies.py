"""Who issues here: one credential issuer of OpenID4VCI for each agency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from verifier.eligibility.credential_types import CredentialType
from verifier.eligibility.wording import Bilingual

DEFAULT_COPIES: Final = 10
"""One-time copies in a batch, so that two verifiers cannot join what they saw."""


@dataclass(frozen=True, slots=True)
class IssuanceTerms:
    """How an agency issues: copies in a batch, how long they last, and how long codes do.

    ``status_entries`` are the places of a new status list, ``status_lists`` the most that there are
    at once: by default 16,777,216 copies whose end and objection period are not over.
    """

    copies: int = DEFAULT_COPIES
    lifetime: timedelta = timedelta(days=90)
    offer_lifetime: timedelta = timedelta(minutes=30)
    token_lifetime: timedelta = timedelta(minutes=10)
    deferral: timedelta = timedelta(days=14)
    tx_digits: int = 6
    tx_attempts: int = 5
    decoys: int = 2
    status_entries: int = 1 << 17
    status_lists: int = 128


@dataclass(frozen=True, slots=True)
class Agency:
    """An issuing agency.

    ``uri`` is at once the credential issuer identifier, the authorization server's issuer, and
    ``iss`` in its credentials; ``types`` are its credential configurations by id.
    """

    id: str
    uri: str
    title: Bilingual
    types: Mapping[str, CredentialType]
    terms: IssuanceTerms = IssuanceTerms()

    @property
    def log(self) -> str:
        """The name of its log within this service."""
        return f"issuer-{self.id}"

    @property
    def status_base(self) -> str:
        """What the addresses of its status lists begin with; a list's number follows."""
        return self.uri + "/status/"

    def status_uri(self, number: int) -> str:
        """Where a status list of this 1-based number is found."""
        return f"{self.status_base}{number}"

    def endpoint(self, name: str) -> str:
        """The address of one of its endpoints."""
        return f"{self.uri}/{name}"
