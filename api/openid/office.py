"""The issuing office: agencies, store, keys and registers, and the secrets of the endpoints."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.openid.agencies import Agency
from api.openid.errors import InvalidTokenError, UnknownResourceError
from api.openid.office_secrets import OfficeSecrets
from api.openid.ports import IssuerKeys, IssuingReader, OpenIdStorage
from api.openid.register import PersonValues, Register
from api.openid.secret_words import MAX_WORD, TAG, word_hash
from api.openid.token_request import ACCESS, Access
from api.ports.log_keys import LogKeys
from contracts.evidence.encoding import tagged_hash
from verifier.credential.keys import Randomness

SUBJECT: Final = "subject"


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that issuing stands on; ``clock_shift`` as ``Ground.shift``."""

    agencies: Mapping[str, Agency]
    storage: OpenIdStorage
    keys: IssuerKeys
    registers: Mapping[str, Register]
    persons: PersonValues
    secrets: OfficeSecrets
    log_keys: LogKeys
    rng: Randomness
    clock_shift: Callable[[], float] = float

    def agency(self, name: str) -> Agency:
        """An agency by its id.

        Raises:
            UnknownResourceError: there is none.
        """
        if name not in self.agencies:
            raise UnknownResourceError("there is no such issuer")
        return self.agencies[name]

    def subject(self, agency: str, person: str) -> bytes:
        """The handle under which an agency keeps a person's copies, 32 bytes."""
        message = tagged_hash(TAG + SUBJECT, agency.encode(), person.encode())
        return hmac.digest(self.secrets.of(SUBJECT), message, "sha256")


def find_access(issuing: IssuingReader, agency: Agency, token: str | None, at: datetime) -> Access:
    """The access token of a request (RFC 6750).

    Raises:
        InvalidTokenError: none, unknown, too old, or of another agency.
    """
    if token is None or not 0 < len(token) <= MAX_WORD:
        raise InvalidTokenError("an access token is needed")
    access = issuing.access(word_hash(ACCESS, token))
    if access is None or access.agency != agency.id or at >= access.expires:
        raise InvalidTokenError("the access token is unknown or has expired")
    return access
