"""Sign staff in by an identity provider, or accept an invitation that way."""

from dataclasses import dataclass, field

from api.actions.accept_invitation import find_invitation, join, new_account
from api.actions.ceremonies import Begun, begin, own_path, provider_secrets, take
from api.actions.keep_session import Entrance, begin_session
from api.actions.sign_in_staff import active
from api.actions.staff_errors import (
    ProviderMissingError,
    ProviderSilentError,
    SignInRefusedError,
)
from api.ports.accounts import Account, Subject
from api.ports.door import (
    Door,
    DoorError,
    IdentityProvider,
    ProviderAnswer,
    ProviderUnavailableError,
)
from api.ports.means import Means
from api.ports.sessions import Ceremony, Purpose
from api.ports.storage import Work


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where to send the browser, and the token for its cookie."""

    begun: Begun
    address: str = field(repr=False)


def begin_at_provider(door: Door, next_: str, invitation_token: str | None = None) -> Leaving:
    """Begin a sign-in at the provider.

    Raises:
        ProviderMissingError: there is none.
        ProviderSilentError: it gives no usable answer.
        InvitationRefusedError: an invitation is told, and it is unknown, used or expired.
    """
    provider, means = _provider(door), door.means
    facts: dict[str, object] = {"next": own_path(next_)}
    if invitation_token is not None:
        invitation = find_invitation(means, invitation_token)
        facts |= {
            "invitation": invitation.hash,
            "account": new_account(means, invitation).id,
        }
    begun = begin(means, Purpose.PROVIDER, **facts)
    try:
        return Leaving(begun, provider.address(provider_secrets(begun.token)))
    except ProviderUnavailableError as error:
        raise ProviderSilentError("the identity provider cannot be asked") from error


def finish_at_provider(
    door: Door, token: str, answer: ProviderAnswer, old_session: str
) -> Entrance:
    """Recognise who came back, and begin a session under a new token.

    Raises:
        SignInRefusedError: whatever the reason.
        InvitationRefusedError: used or expired meanwhile.
        ProviderMissingError: there is none.
        ProviderSilentError: it gives no usable answer.
    """
    provider, means = _provider(door), door.means
    ceremony = take(means, token, Purpose.PROVIDER)
    try:
        subject = provider.identify(answer, provider_secrets(token), means.now())
    except DoorError as error:
        raise SignInRefusedError("the provider's answer does not hold") from error
    except ProviderUnavailableError as error:
        raise ProviderSilentError("the identity provider cannot be asked") from error
    with means.storage.work() as work:
        account = _account(work, means, ceremony, subject)
        session = begin_session(work, means, account.id, old_session)
    return Entrance(account, session, ceremony.next)


def _account(work: Work, means: Means, ceremony: Ceremony, subject: Subject) -> Account:
    if not ceremony.invitation:
        known = work.accounts.of_subject(subject)
        if known is None:
            raise SignInRefusedError("no account has this subject")
        return active(work, known)
    account = join(work, means, ceremony)
    if not work.accounts.add_subject(account.id, subject):
        raise SignInRefusedError("the subject opens another account")
    return account


def _provider(door: Door) -> IdentityProvider:
    if door.provider is None:
        raise ProviderMissingError("no identity provider is set up")
    return door.provider
