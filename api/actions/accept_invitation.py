"""Accept an invitation: a new account with its first passkey, or with a provider's subject.

The invitation is taken in the transaction that makes the account, so it makes one at most. The
account holds no role at first: the inviter's proposal to give those that the invitation names waits
for another administrator. Only the first two administrators, who have nobody to wait for, hold
theirs at once.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from api.actions.add_passkey import keep_passkey
from api.actions.ceremonies import Begun, begin, challenge_of, hash_token, take
from api.actions.invite_staff import check_still_good
from api.actions.keep_session import Entrance, begin_session
from api.actions.propose_act import ActOrder, keep_proposal, roles_detail
from api.actions.record_administration import CONSOLE, Deed, record_administration
from api.actions.recover_account import find_recovery, replace_account
from api.actions.staff_errors import InvitationRefusedError, SignInRefusedError
from api.ports.accounts import Account, AccountState
from api.ports.acts import ActKind
from api.ports.door import Attestation, Door, DoorError
from api.ports.means import Means
from api.ports.sessions import Ceremony, Invitation, Purpose
from api.ports.storage import Work
from contracts.evidence.encoding import Json

ACCOUNT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Joining:
    """What the browser needs to make a passkey, and the token for its cookie."""

    begun: Begun
    options: dict[str, Json] = field(repr=False)


def begin_joining(door: Door, invitation_token: str) -> Joining:
    """Begin an account for whoever holds an invitation's link.

    Raises:
        InvitationRefusedError: unknown, used or expired.
    """
    invitation = find_invitation(door.means, invitation_token)
    account = new_account(door.means, invitation)
    begun = begin(door.means, Purpose.JOIN, account=account.id, invitation=invitation.hash)
    options = door.passkeys.creation(account, challenge_of(begun.token), ())
    return Joining(begun, options)


def finish_joining(
    door: Door, token: str, answer: Attestation, label: str, old_session: str
) -> Entrance:
    """Make the account, and sign its owner in.

    Raises:
        SignInRefusedError: no such ceremony, or the passkey does not hold.
        InvitationRefusedError: used or expired meanwhile.
        PasskeyKnownError: the passkey is registered already.
    """
    means = door.means
    ceremony = take(means, token, Purpose.JOIN)
    try:
        made = door.passkeys.register(answer, challenge_of(token))
    except DoorError as error:
        raise SignInRefusedError("the new passkey does not hold") from error
    with means.storage.work() as work:
        account = join(work, means, ceremony)
        keep_passkey(work, means, account.id, made, label)
        session = begin_session(work, means, account.id, old_session)
    return Entrance(account, session, ceremony.next)


def find_invitation(means: Means, token: str) -> Invitation:
    """The invitation of a link.

    Raises:
        InvitationRefusedError: unknown, used or expired; which is not told.
        RecoveryWaitsError: it belongs to a recovery that is not confirmed, or waits.
    """
    with means.storage.reading() as reading:
        found = reading.sessions.invitation(hash_token("invitation", token))
        if found is None or found.expires <= means.now():
            raise InvitationRefusedError("no invitation has this token")
        if found.act:
            find_recovery(reading, found, means.now())
    return found


def join(work: Work, means: Means, ceremony: Ceremony) -> Account:
    """Use up the invitation and keep the account.

    Raises:
        InvitationRefusedError: used or expired, or not good any more.
        RecoveryWaitsError: it belongs to a recovery that is not confirmed, or waits.
    """
    work.accounts.alone()
    at = means.now()
    invitation = work.sessions.invitation(ceremony.invitation)
    if invitation is None or invitation.expires <= at:
        raise InvitationRefusedError("the invitation was used, or its time is over")
    account = _placed(work, means, invitation, _account(means, ceremony.account, invitation))
    if work.sessions.use(ceremony.invitation) is None:
        raise InvitationRefusedError("the invitation was used at the same moment")
    work.accounts.add(account)
    roles: list[Json] = [role.value for role in sorted(account.roles)]
    told: dict[str, Json] = {"invitation": invitation.id, "roles": roles}
    record_administration(work, Deed("account.join", account.id, account.id, told), at, means.rng)
    if invitation.roles and invitation.inviter != CONSOLE:
        order = ActOrder(ActKind.GRANT_ROLES, account.id, roles_detail(invitation.roles))
        keep_proposal(work, means, invitation.inviter, order)
    return account


def _placed(work: Work, means: Means, invitation: Invitation, account: Account) -> Account:
    """The account with its lineage: its inviter's, that of the one it replaces, or its own."""
    if invitation.act:
        recovery = find_recovery(work, invitation, means.now())
        return replace_account(work, means, recovery, account)
    check_still_good(work, invitation)
    inviter = work.accounts.find(invitation.inviter)
    return replace(account, lineage=inviter.lineage if inviter else account.id)


def new_account(means: Means, invitation: Invitation) -> Account:
    """The account that an invitation would make; nothing is kept."""
    return _account(means, means.rng(ACCOUNT_BYTES).hex(), invitation)


def _account(means: Means, identifier: str, invitation: Invitation) -> Account:
    is_first = invitation.inviter == CONSOLE
    return Account(
        identifier,
        invitation.name,
        invitation.person,
        AccountState.ACTIVE,
        invitation.roles if is_first else frozenset(),
        means.now(),
        invitation.inviter,
    )
