"""Errors of an issuer's counter; each has its words in ``api.http.problem_kinds.issuers``.

ActionError
├── IssuerUnknownError        no agency of that id issues here
├── TypeUnknownError          the agency does not issue that, or it stands twice
├── IssuerNotEnrolledError    the agency is not in the registry on chain yet
├── CardUncheckedError        nobody confirmed that the identity card was checked
├── PersonUnknownError        the register knows nobody of that id
├── CredentialUnknownError    no credential of that id
├── CredentialRevokedError    a revocation is for good
├── CredentialStateError      the credential stands otherwise than the act needs
├── OtherPersonError          the credential is another person's
├── OfferUnknownError         no offer of that id
├── OfferRedeemedError        a wallet has used the offer
├── OfferExpiredError         the offer's time is over
├── OfferClosedError          the offer was withdrawn or locked before
├── RegisterUnreadableError   the file is no register of that kind
├── RegisterRowsError         rows cannot be taken, so nothing is
├── RegisterOccupiedError     another file is being taken at this moment
└── RegisterChangedError      the file is not the one that was looked at before
"""

from api.actions.errors import ActionError


class IssuerUnknownError(ActionError):
    """No agency of that id issues here."""

    code = "issuer.unknown"


class TypeUnknownError(ActionError):
    """The agency does not issue that, or it stands twice in the order."""

    code = "issuer.type_unknown"


class IssuerNotEnrolledError(ActionError):
    """The agency is not in the registry on chain: what it issued could not be believed."""

    code = "issuer.not_enrolled"


class CardUncheckedError(ActionError):
    """Nobody confirmed that the identity card was checked."""

    code = "issuer.card_unchecked"


class PersonUnknownError(ActionError):
    """The register knows nobody of that id."""

    code = "issuer.person_unknown"


class CredentialUnknownError(ActionError):
    """No credential has this id."""

    code = "credential.unknown"


class CredentialRevokedError(ActionError):
    """All copies were revoked, which is for good."""

    code = "credential.revoked"


class CredentialStateError(ActionError):
    """No copy stands as the act needs it."""

    code = "credential.state"


class OtherPersonError(ActionError):
    """The credential is not of the person whose card was checked."""

    code = "credential.other_person"


class OfferUnknownError(ActionError):
    """No offer has this id."""

    code = "offer.unknown"


class OfferRedeemedError(ActionError):
    """A wallet has used the offer, so that there is nothing left to withdraw."""

    code = "offer.redeemed"


class OfferExpiredError(ActionError):
    """The offer's time is over."""

    code = "offer.expired"


class OfferClosedError(ActionError):
    """The offer was withdrawn before, or locked by wrong transaction codes."""

    code = "offer.closed"


class RegisterUnreadableError(ActionError):
    """The file is no register of that kind."""

    code = "register.unreadable"


class RegisterRowsError(ActionError):
    """Some rows cannot be taken; nothing is taken in part."""

    code = "register.rows"


class RegisterOccupiedError(ActionError):
    """Another file is being taken at this moment."""

    code = "register.occupied"


class RegisterChangedError(ActionError):
    """The file is another one than was looked at before."""

    code = "register.changed"
