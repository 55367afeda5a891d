"""The credential, deferred and notification endpoints' messages (OpenID4VCI 1.0, 8, 9, 11)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from api.openid.errors import (
    EncryptionParametersError,
    InvalidCredentialRequestError,
    InvalidNotificationIdError,
    InvalidNotificationRequestError,
    InvalidProofError,
    InvalidTransactionError,
)
from api.openid.secret_words import MAX_WORD
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

MAX_REQUEST_BYTES: Final = 1 << 18
LEAST_BATCH: Final = 2
MAX_DESCRIPTION: Final = 1000
_CONFIGURATION: Final = "credential_configuration_id"
_IDENTIFIER: Final = "credential_identifier"


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """A wallet's wish for copies of one credential; exactly one of the two names is given."""

    configuration: str | None
    identifier: str | None
    proofs: tuple[str, ...]


class WalletEvent(StrEnum):
    """What a wallet says became of what it was given (11.1)."""

    ACCEPTED = "credential_accepted"
    FAILURE = "credential_failure"
    DELETED = "credential_deleted"


@dataclass(frozen=True, slots=True)
class Notification:
    """A wallet's word about a batch."""

    id: str
    event: WalletEvent
    description: str


def batch_size(copies: int) -> int:
    """How many proofs a request may have, of an issuer that offers some copies: as announced.

    The standard knows no ``batch_size`` below 2 (12.2.4).
    """
    return max(copies, LEAST_BATCH)


def parse_credential_request(body: bytes, batch: int) -> CredentialRequest:
    """Read a credential request (8.2).

    Args:
        body: as sent.
        batch: how many proofs there may be, the ``batch_size`` of the issuer's metadata.

    Raises:
        InvalidCredentialRequestError: no object, or not exactly one of configuration id and
            identifier.
        InvalidProofError: no ``proofs`` of the one type ``jwt``, or more than ``batch``.
        EncryptionParametersError: an encrypted answer is asked for, which is not announced.
    """
    members = _members(body, InvalidCredentialRequestError)
    if "credential_response_encryption" in members:
        raise EncryptionParametersError("this issuer announces no encrypted answers")
    names = [members.get(_CONFIGURATION), members.get(_IDENTIFIER)]
    given = [name for name in names if name is not None]
    if len(given) != 1 or not isinstance(given[0], str) or not 0 < len(given[0]) <= MAX_WORD:
        raise InvalidCredentialRequestError(
            "exactly one of credential_configuration_id and credential_identifier is given"
        )
    if "proof" in members:
        raise InvalidCredentialRequestError("proofs, not proof, since OpenID4VCI 1.0")
    configuration = given[0] if names[0] is not None else None
    identifier = None if configuration is not None else given[0]
    return CredentialRequest(configuration, identifier, _proofs(members.get("proofs"), batch))


def parse_deferred_request(body: bytes) -> str:
    """Read a deferred credential request (9.1): the transaction id.

    Raises:
        InvalidTransactionError: there is none.
    """
    value = _members(body, InvalidTransactionError).get("transaction_id")
    if not isinstance(value, str) or not 0 < len(value) <= MAX_WORD:
        raise InvalidTransactionError("transaction_id is missing")
    return value


def parse_notification(body: bytes) -> Notification:
    """Read a notification (11.1).

    Raises:
        InvalidNotificationRequestError: malformed, an unknown event, or a description that is no
            text of the bounds.
        InvalidNotificationIdError: an id of impossible form.
    """
    members = _members(body, InvalidNotificationRequestError)
    name, text = members.get("notification_id"), members.get("event_description", "")
    if not isinstance(name, str):
        raise InvalidNotificationRequestError("notification_id is missing")
    if not 0 < len(name) <= MAX_WORD:
        raise InvalidNotificationIdError("no such notification id was given")
    if not isinstance(text, str) or len(text) > MAX_DESCRIPTION or not text.isascii():
        raise InvalidNotificationRequestError("event_description is a short text in ASCII")
    try:
        event = WalletEvent(str(members.get("event")))
    except ValueError as error:
        raise InvalidNotificationRequestError("an unknown event") from error
    return Notification(name, event, text)


def _members(body: bytes, failure: type[Exception]) -> dict[str, Json]:
    try:
        value = parse_json(body, max_bytes=MAX_REQUEST_BYTES)
    except EncodingError as error:
        raise failure(str(error)) from error
    if not isinstance(value, dict):
        raise failure("the body is no object")
    return value


def _proofs(value: Json, batch: int) -> tuple[str, ...]:
    texts = value.get("jwt") if isinstance(value, dict) else None
    if not isinstance(value, dict) or list(value) != ["jwt"] or not isinstance(texts, list):
        raise InvalidProofError("proofs has exactly one member, jwt, a list")
    if not 0 < len(texts) <= batch:
        raise InvalidProofError(f"there are 1 to {batch} proofs, the batch_size of the metadata")
    proofs = tuple(text for text in texts if isinstance(text, str))
    if len(proofs) < len(texts):
        raise InvalidProofError("a proof is a text")
    return proofs
