"""What the standards let an endpoint answer with: one class per error code.

``error`` is the standard's word and goes over the wire; ``code`` is ours and stable.

OpenIdError
├── TokenError                            RFC 6749 section 5.2, OpenID4VCI 6.3
│   ├── InvalidTokenRequestError          invalid_request
│   ├── UnsupportedGrantTypeError         unsupported_grant_type
│   ├── InvalidGrantError                 invalid_grant
│   └── AuthorizationDetailsError         invalid_authorization_details, RFC 9396 section 5
├── AccessError                           RFC 6750 section 3.1
│   ├── MissingTokenError                 no error code
│   └── InvalidTokenError                 invalid_token
├── CredentialError                       OpenID4VCI 8.3.1.2
│   ├── InvalidCredentialRequestError     invalid_credential_request
│   ├── UnknownConfigurationError         unknown_credential_configuration
│   ├── UnknownIdentifierError            unknown_credential_identifier
│   ├── InvalidProofError                 invalid_proof
│   ├── InvalidNonceError                 invalid_nonce
│   ├── EncryptionParametersError         invalid_encryption_parameters
│   ├── CredentialRequestDeniedError      credential_request_denied
│   ├── NoStatusPlaceError                temporarily_unavailable (RFC 6749's word), with 503
│   └── InvalidTransactionError           invalid_transaction_id, 9.3
├── NotificationError                     OpenID4VCI 11.3
│   ├── InvalidNotificationIdError        invalid_notification_id
│   └── InvalidNotificationRequestError   invalid_notification_request
├── AnswerError                           what a wallet sent to the response endpoint
│   ├── InvalidAnswerError                invalid_request: malformed, wrong state, wrong mode
│   ├── AnswerDecryptionError             invalid_request: the JWE cannot be opened
│   └── AnsweredError                     invalid_request: closed, or answered before
├── UnknownResourceError                  no such offer, request or agency
├── QueryFormError                        a DCQL query that is none
├── OfferFormError                        a credential offer that is none
├── ConsoleError                          an act of the issuer's console that cannot be done
└── IdentityError                         nobody was identified
"""

from typing import ClassVar


class OpenIdError(Exception):
    """An answer of the standards that is not the one the caller hoped for."""

    code: ClassVar[str] = "openid"
    error: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400


class TokenError(OpenIdError):
    """The token endpoint gives no token."""

    code = "openid.token"


class InvalidTokenRequestError(TokenError):
    """The request lacks a parameter, has one twice, or one that must not be there."""

    code = "openid.token.invalid_request"
    error = "invalid_request"


class UnsupportedGrantTypeError(TokenError):
    """The grant type is not the pre-authorised code."""

    code = "openid.token.unsupported_grant_type"
    error = "unsupported_grant_type"


class InvalidGrantError(TokenError):
    """The code is unknown, used or too old, or the transaction code is wrong."""

    code = "openid.token.invalid_grant"
    error = "invalid_grant"


class AuthorizationDetailsError(TokenError):
    """The authorization details are malformed, of an unknown type, or were not offered."""

    code = "openid.token.authorization_details"
    error = "invalid_authorization_details"


class AccessError(OpenIdError):
    """The caller may not do this."""

    code = "openid.access"
    status = 401


class MissingTokenError(AccessError):
    """The request has no access token: it is told that one is needed, and of no error."""

    code = "openid.access.missing_token"
    error = ""


class InvalidTokenError(AccessError):
    """The access token is unknown, too old, or for another issuer."""

    code = "openid.access.invalid_token"
    error = "invalid_token"


class CredentialError(OpenIdError):
    """The credential endpoint gives no credential."""

    code = "openid.credential"


class InvalidCredentialRequestError(CredentialError):
    """The request is malformed, or asks for more copies than are left."""

    code = "openid.credential.invalid_request"
    error = "invalid_credential_request"


class UnknownConfigurationError(CredentialError):
    """The configuration is unknown here."""

    code = "openid.credential.unknown_configuration"
    error = "unknown_credential_configuration"


class UnknownIdentifierError(CredentialError):
    """The credential identifier was never given with this token."""

    code = "openid.credential.unknown_identifier"
    error = "unknown_credential_identifier"


class InvalidProofError(CredentialError):
    """A proof of possession is missing, malformed, one too many, not believed, or has no nonce."""

    code = "openid.credential.invalid_proof"
    error = "invalid_proof"


class InvalidNonceError(CredentialError):
    """A proof's nonce is not ours, too old, or was used before."""

    code = "openid.credential.invalid_nonce"
    error = "invalid_nonce"


class EncryptionParametersError(CredentialError):
    """An encrypted response was asked for, which this issuer does not announce."""

    code = "openid.credential.encryption"
    error = "invalid_encryption_parameters"


class CredentialRequestDeniedError(CredentialError):
    """The register does not bear it out, or all copies were taken."""

    code = "openid.credential.denied"
    error = "credential_request_denied"


class NoStatusPlaceError(CredentialError):
    """The agency's status lists have no free place now; nothing was burnt: it may be sent again."""

    code = "openid.credential.no_status_place"
    error = "temporarily_unavailable"
    status = 503


class InvalidTransactionError(CredentialError):
    """No deferred issuance of that id waits for this token."""

    code = "openid.credential.transaction"
    error = "invalid_transaction_id"


class NotificationError(OpenIdError):
    """A notification cannot be taken."""

    code = "openid.notification"


class InvalidNotificationIdError(NotificationError):
    """The id was not given with a credential of this token."""

    code = "openid.notification.id"
    error = "invalid_notification_id"


class InvalidNotificationRequestError(NotificationError):
    """The notification is malformed."""

    code = "openid.notification.request"
    error = "invalid_notification_request"


class AnswerError(OpenIdError):
    """What a wallet sent is not taken as the answer to a request."""

    code = "openid.answer"


class InvalidAnswerError(AnswerError):
    """Malformed, of another mode, or with another state than the request's."""

    code = "openid.answer.invalid"


class AnswerDecryptionError(AnswerError):
    """The encrypted answer cannot be opened with the request's key."""

    code = "openid.answer.decryption"


class AnsweredError(AnswerError):
    """The request has expired or was answered before."""

    code = "openid.answer.closed"


class UnknownResourceError(OpenIdError):
    """There is nothing of that name, or the caller may not know of it."""

    code = "openid.unknown"
    error = "not_found"
    status = 404


class QueryFormError(OpenIdError):
    """A DCQL query breaks the rules of OpenID4VP 1.0 section 6."""

    code = "openid.dcql"


class OfferFormError(OpenIdError):
    """A credential offer breaks the rules of OpenID4VCI 1.0 section 4.1.1."""

    code = "openid.offer"


class ConsoleError(OpenIdError):
    """The issuer's console cannot do this."""

    code = "openid.console"
    status = 409


class IdentityError(OpenIdError):
    """The identity step did not identify anybody."""

    code = "openid.identity"
    status = 403
