"""The identity step that a citizen does alone: at an identity provider, then an offer of their own.

The provider recognises the person and calls them by the register's own id; the register is looked
at before anything is offered. The browser that left is the one that must come back, once and soon
(``api.actions.ceremonies``), so that nobody gets an offer made for somebody else.
"""

from dataclasses import dataclass, field
from typing import Final

from api.actions.ceremonies import Begun, begin, provider_secrets, take
from api.actions.identity_errors import (
    IdentityClaimError,
    IdentityEndedError,
    IdentityRefusedError,
    IdentityUnavailableError,
    NotOfferedError,
    NotRegisteredError,
)
from api.actions.issuer_errors import PersonUnknownError
from api.actions.record_administration import Deed
from api.actions.staff_errors import SignInRefusedError
from api.openid.agencies import Agency
from api.openid.counter import Counter, look_up
from api.openid.errors import IdentityError
from api.openid.granting import TX_CODES
from api.openid.identity import VerifiedIdentity, identify_by_provider
from api.openid.offering import MadeOffer, OfferOrder, make_offer
from api.ports.accounts import Subject
from api.ports.door import (
    ClaimMissingError,
    DoorError,
    IdentityProvider,
    ProviderAnswer,
    ProviderDeclinedError,
    ProviderUnavailableError,
)
from api.ports.means import Means
from api.ports.sessions import Purpose

PROVIDER: Final = "provider"
"""Stands in the administrative log for the identity step that no officer did."""
ACT: Final = "credential.offer"
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class CitizenDesk:
    """What citizens identify themselves with.

    Args:
        counter: of the agencies that issue.
        means: where what began in a browser is kept, and the catalogue.
        provider: of identities; what it calls somebody is the register's own id.
        name: the provider's address, which the page tells.
    """

    counter: Counter
    means: Means
    provider: IdentityProvider
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen chose: agency, credential type, and the service it is for, each by its id."""

    agency: str
    configuration: str
    service: str

    def told(self) -> str:
        """As it is kept until the citizen comes back; ids hold no slash."""
        return f"{self.agency}/{self.configuration}/{self.service}"

    @classmethod
    def of(cls, text: str) -> "Wish":
        """The wish that was kept."""
        agency, configuration, service = text.split("/", _PARTS - 1)
        return cls(agency, configuration, service)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the token for its cookie."""

    begun: Begun
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The citizen did not go on at the provider; nothing was looked at and nothing issued."""


def begin_identity_step(desk: CitizenDesk, wish: Wish) -> Departure:
    """Begin in one browser.

    Raises:
        NotOfferedError: no agency issues that here now, or there is no such service.
        IdentityUnavailableError: the provider gives no usable answer.
    """
    _agency(desk, wish)
    begun = begin(desk.means, Purpose.CITIZEN, next=wish.told())
    try:
        return Departure(begun, desk.provider.address(provider_secrets(begun.token)))
    except ProviderUnavailableError as error:
        raise IdentityUnavailableError("the identity provider cannot be asked") from error


def finish_identity_step(
    desk: CitizenDesk, token: str, answer: ProviderAnswer
) -> MadeOffer | Stopped:
    """Recognise who came back, and make the offer they left for.

    Args:
        desk: the desk.
        token: of the browser's cookie.
        answer: what the provider sent by way of the browser; unchecked.

    Returns:
        The offer with both secrets, which nobody can tell again; or that the citizen stopped.

    Raises:
        IdentityEndedError: begun in another browser, ended before, or too long ago.
        IdentityRefusedError: the provider's answer does not hold.
        IdentityClaimError: it does not tell by what the registers know the person.
        IdentityUnavailableError: the provider gives no usable answer.
        NotRegisteredError: the register knows nobody whom the provider names.
        NotOfferedError: the agency does not issue that any more.
    """
    wish = _left_for(desk, token)
    try:
        subject = desk.provider.identify(answer, provider_secrets(token), desk.means.now())
    except ProviderDeclinedError:
        return Stopped()
    except ClaimMissingError as error:
        raise IdentityClaimError("the provider does not tell the id in the register") from error
    except DoorError as error:
        raise IdentityRefusedError("the provider's answer does not hold") from error
    except ProviderUnavailableError as error:
        raise IdentityUnavailableError("the identity provider cannot be asked") from error
    return _offer(desk, wish, subject)


def _left_for(desk: CitizenDesk, token: str) -> Wish:
    try:
        return Wish.of(take(desk.means, token, Purpose.CITIZEN).next)
    except SignInRefusedError as error:
        raise IdentityEndedError("the step is not this browser's, or has ended") from error


def _offer(desk: CitizenDesk, wish: Wish, subject: Subject) -> MadeOffer:
    """Keep an offer for somebody who is in the register."""
    counter, office = desk.counter, desk.counter.office
    made = make_offer(
        _agency(desk, wish),
        OfferOrder(_registered(desk, wish, subject), (wish.configuration,), wish.service),
        pepper=office.secrets.of(TX_CODES),
        at=counter.clock(),
        rng=office.rng,
    )
    with office.storage.work() as work:
        work.issuing.add_offer(made.offer)
        told = {"agency": wish.agency, "method": made.offer.identity.method.value}
        counter.record(work, Deed(ACT, PROVIDER, made.offer.id, {**told}))
    return made


def _registered(desk: CitizenDesk, wish: Wish, subject: Subject) -> VerifiedIdentity:
    at = desk.counter.clock()
    try:
        identity = identify_by_provider(subject, at)
        look_up(desk.counter.office, wish.configuration, identity.person, at)
    except (IdentityError, PersonUnknownError) as error:
        raise NotRegisteredError("the register knows nobody whom the provider names") from error
    return identity


def _agency(desk: CitizenDesk, wish: Wish) -> Agency:
    """The agency of a wish, if it can be fulfilled."""
    agency = desk.counter.office.agencies.get(wish.agency)
    known = wish.service in desk.means.catalogue.services
    if agency is None or wish.configuration not in agency.types or not known:
        raise NotOfferedError("no agency issues that here, or there is no such service")
    if not desk.counter.enrolled(agency):
        raise NotOfferedError("the agency is not in the registry yet")
    return agency
