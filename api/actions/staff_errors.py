"""Errors of staff's actions. None says whether an account exists.

ActionError
├── SignInRefusedError        not recognised at the door, whatever the reason
├── SessionEndedError         nobody is signed in with this token, or no longer
├── InvitationRefusedError    unknown, used or expired invitation
├── RoleNeedsTwoError         the administrator's role is granted by two people
├── AccountUnknownError       no such account, or it was removed
├── PasskeyUnknownError       the account has no such passkey
├── PasskeyKnownError         the passkey is registered already
├── LastPasskeyError          nobody could sign in any more
├── LastAdministratorError    nobody could administer any more
├── RoleMissingError          the act is not this role's
├── ActUnknownError           no such act
├── ActEndedError             the act was done, withdrawn or is too old
├── ActOccupiedError          somebody else proposed the same already
├── SamePersonError           two people are needed, and this is one
├── SameLineageError          two people are needed, and one may stand behind both
├── ActPointlessError         what the act would do holds already, or cannot be done
├── RecoveryNeedlessError     two administrators are left who can do without
├── RecoveryWaitsError        a recovery's link does not open yet
├── ProviderMissingError      there is no identity provider
└── ProviderSilentError       the identity provider gives no usable answer
"""

from api.actions.errors import ActionError


class SignInRefusedError(ActionError):
    """Not recognised; which of the checks failed is not told."""

    code = "staff.sign_in_refused"


class SessionEndedError(ActionError):
    """There is no session, or it ended by time, by its owner or with the account."""

    code = "staff.sign_in_required"


class InvitationRefusedError(ActionError):
    """The invitation is unknown, used, expired, or no longer good."""

    code = "staff.invitation_refused"


class RoleNeedsTwoError(ActionError):
    """The administrator's role is neither invited to nor granted by one person."""

    code = "staff.role_needs_two"


class AccountUnknownError(ActionError):
    """No account has this id, or it was removed."""

    code = "staff.account_unknown"


class PasskeyUnknownError(ActionError):
    """The account has no passkey of this id."""

    code = "staff.passkey_unknown"


class PasskeyKnownError(ActionError):
    """The passkey is registered already."""

    code = "staff.passkey_known"


class LastPasskeyError(ActionError):
    """The last passkey of an account stays."""

    code = "staff.last_passkey"


class LastAdministratorError(ActionError):
    """The last administrator stays."""

    code = "staff.last_administrator"


class RoleMissingError(ActionError):
    """The account does not hold the role that the act needs."""

    code = "staff.role_missing"


class ActUnknownError(ActionError):
    """There is no such act."""

    code = "act.unknown"


class ActEndedError(ActionError):
    """The act was done or withdrawn, or its time is over."""

    code = "act.ended"


class ActOccupiedError(ActionError):
    """Somebody else proposed the same: confirm theirs."""

    code = "act.occupied"


class SamePersonError(ActionError):
    """Whoever proposed an act cannot confirm it, with no account of theirs."""

    code = "act.same_person"


class SameLineageError(ActionError):
    """Both accounts come from invitations of one administrator, so one person may hold both."""

    code = "act.same_lineage"


class ActPointlessError(ActionError):
    """What the act would do holds already, or its object cannot take it."""

    code = "act.pointless"


class RecoveryNeedlessError(ActionError):
    """The administrators who are left can invite and remove together."""

    code = "staff.recovery_needless"


class RecoveryWaitsError(ActionError):
    """A recovery is not confirmed yet, or its waiting time is not over."""

    code = "staff.recovery_waits"


class ProviderMissingError(ActionError):
    """No identity provider is set up."""

    code = "staff.provider_missing"


class ProviderSilentError(ActionError):
    """The identity provider gives no usable answer now."""

    code = "staff.provider_unavailable"
