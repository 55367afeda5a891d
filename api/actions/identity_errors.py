"""Errors of a citizen's own identity step; words in ``api.http.problem_kinds.identity``.

ActionError
├── NotOfferedError              no such credential is given without a desk, for that service
├── IdentityEndedError           the step was ended before, is too old, or began in another browser
├── IdentityRefusedError         what the identity provider answered does not hold
├── IdentityClaimError           the provider does not tell by what the registers know the person
├── NotRegisteredError           the register knows nobody whom the provider names
└── IdentityUnavailableError     the provider gives no usable answer
"""

from api.actions.errors import ActionError


class NotOfferedError(ActionError):
    """Nobody issues that here, for such a service, or the agency is not in the registry yet."""

    code = "identity.not_offered"


class IdentityEndedError(ActionError):
    """The step is unknown to this browser, was ended before, or is too old."""

    code = "identity.ended"


class IdentityRefusedError(ActionError):
    """State, issuer, code or token does not hold."""

    code = "identity.refused"


class IdentityClaimError(ActionError):
    """The provider knows the person, but not by what the registers know them."""

    code = "identity.claim_missing"


class NotRegisteredError(ActionError):
    """The register of that credential knows nobody whom the provider names."""

    code = "identity.not_registered"


class IdentityUnavailableError(ActionError):
    """The identity provider cannot be asked, or says something that cannot be used."""

    code = "identity.unavailable"
