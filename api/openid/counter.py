"""The issuer's counter: offers after the identity step, and what becomes of credentials later.

Every act is kept in one transaction with its entry in the administrative log, with the look at the
person's record, and with the errand that publishes the status list. A person is named by the
register's id on the way in only; on the way out a credential is named by the id of its batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from api.actions.issuer_errors import (
    CardUncheckedError,
    CredentialRevokedError,
    CredentialStateError,
    CredentialUnknownError,
    IssuerNotEnrolledError,
    IssuerUnknownError,
    OtherPersonError,
    PersonUnknownError,
    TypeUnknownError,
)
from api.actions.note_access import note_access
from api.actions.record_administration import Deed, record_administration
from api.openid.agencies import Agency
from api.openid.console import CopyStatus
from api.openid.console_errands import publish_errand
from api.openid.errors import IdentityError, UnknownConfigurationError
from api.openid.granting import TX_CODES
from api.openid.identity import VerifiedIdentity, identify_at_desk
from api.openid.offering import MadeOffer, OfferOrder, make_offer
from api.openid.office import Office
from api.openid.ports import CopyRecord, OpenIdWork, RegisterShelf
from api.openid.register import NotInRegisterError, NotYetKnownError
from api.ports.access_log import PersonalAccess
from verifier.eligibility.dates import korean_day

SALT_BYTES: Final = 16
PERSON: Final = "person"


class Reason(StrEnum):
    """Why a credential is suspended, reinstated or revoked; nothing of the person's own story."""

    DEVICE_LOST = "device_lost"
    ENTITLEMENT_ENDED = "entitlement_ended"
    REGISTER_CORRECTED = "register_corrected"
    HOLDER_ASKED = "holder_asked"
    UNDER_INQUIRY = "under_inquiry"
    INQUIRY_ENDED = "inquiry_ended"


@dataclass(frozen=True, slots=True)
class Counter:
    """What a counter works with.

    Args:
        office: agencies, storage, keys, registers.
        shelf: where imported registers are kept.
        clock: whole seconds, UTC.
        alarm_reads: records somebody may read within an hour before an alarm is raised.
    """

    office: Office
    shelf: RegisterShelf
    clock: Callable[[], datetime]
    alarm_reads: int

    def agency(self, name: str) -> Agency:
        """An agency by its id.

        Raises:
            IssuerUnknownError: there is none.
        """
        if name not in self.office.agencies:
            raise IssuerUnknownError("there is no such issuer")
        return self.office.agencies[name]

    def enrolled(self, agency: Agency) -> bool:
        """Whether the agency has published a list here, the last step of enrolling."""
        with self.office.storage.reading() as reading:
            return reading.issuing.release(agency.status_uri(1)) is not None

    def note(self, work: OpenIdWork, clerk: str, subject: bytes, purpose: str) -> None:
        """Keep that a clerk looks at what an agency has of a person, in the transaction."""
        access = PersonalAccess(clerk, PERSON, subject.hex(), purpose, self.clock())
        note_access(work, access, self.alarm_reads, self.office.rng(SALT_BYTES))

    def record(self, work: OpenIdWork, deed: Deed) -> str:
        """Enter an act in the administrative log, in the transaction; returns the entry's id."""
        return record_administration(work, deed, self.clock(), self.office.rng)


@dataclass(frozen=True, slots=True)
class CounterOrder:
    """Who is at the counter, and what they get.

    Args:
        agency: id of the agency.
        person: the register's id.
        configurations: ids of credential types, each once.
        service: for which the claim ``person`` is made.
        card_checked: whether the clerk confirms that the identity card was checked.
    """

    agency: str
    person: str = field(repr=False)
    configurations: tuple[str, ...]
    service: str
    card_checked: bool


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """What a person holds of one batch; its id is random and says nothing."""

    id: str
    agency: str
    configuration: str
    issued: datetime
    expires: datetime
    copies: int
    status: CopyStatus


def offer_at_counter(counter: Counter, clerk: str, order: CounterOrder) -> MadeOffer:
    """Make an offer for somebody whose identity card was checked.

    Args:
        counter: the counter.
        clerk: id of the account that vouches for the identity step.
        order: who gets what.

    Returns:
        The offer with both secrets, which nobody can tell again.

    Raises:
        IssuerUnknownError: no such agency.
        CardUncheckedError: the card was not checked.
        TypeUnknownError: the agency does not issue that.
        PersonUnknownError: a register knows nobody of that id.
        IssuerNotEnrolledError: the agency is not in the registry.
    """
    agency, identity = _identified(counter, clerk, order)
    made = _make(counter, agency, identity, order)
    with counter.office.storage.work() as work:
        _keep(counter, work, clerk, made, "credential.offer")
    return made


def renew_at_counter(
    counter: Counter, clerk: str, credential: str, order: CounterOrder
) -> MadeOffer:
    """Offer new copies of a credential to its holder; the old ones stay good until they end.

    Raises:
        CredentialUnknownError: no credential of that id at this agency.
        OtherPersonError: it is not of the person whose card was checked, or of another type.
        CredentialRevokedError: all copies were revoked.
        IssuerUnknownError, CardUncheckedError, TypeUnknownError, PersonUnknownError,
            IssuerNotEnrolledError: as for an offer.
    """
    agency, identity = _identified(counter, clerk, order)
    made = _make(counter, agency, identity, order)
    subject = counter.office.subject(agency.id, order.person)
    with counter.office.storage.work() as work:
        copies = _copies(work, credential)
        first = copies[0]
        if (first.agency, first.subject, (first.configuration,)) != (
            agency.id,
            subject,
            order.configurations,
        ):
            raise OtherPersonError("the credential is another person's, or another one")
        if not _open(copies):
            raise CredentialRevokedError("what was revoked is not renewed")
        _keep(counter, work, clerk, made, "credential.renew")
    return made


def held_by(counter: Counter, clerk: str, agency_id: str, person: str) -> list[HeldCredential]:
    """What somebody holds of an agency, oldest first; that the clerk looked is kept.

    Raises:
        IssuerUnknownError: no such agency.
    """
    agency = counter.agency(agency_id)
    subject = counter.office.subject(agency.id, person)
    with counter.office.storage.work() as work:
        counter.note(work, clerk, subject, "credential.list")
        copies = work.issuing.copies_of(agency.id, subject)
    batches: dict[str, list[CopyRecord]] = {}
    for copy in copies:
        batches.setdefault(copy.batch, []).append(copy)
    return [_held(name, found) for name, found in batches.items()]


def mark_credential(
    counter: Counter, clerk: str, credential: str, status: CopyStatus, reason: Reason
) -> HeldCredential:
    """Suspend, reinstate or revoke what somebody holds of one type: every copy of every batch.

    Copies of one type stand for one right, and a lost device holds all of them. The status list is
    published by an errand, within seconds.

    Raises:
        CredentialUnknownError: no credential of that id.
        CredentialRevokedError: all copies were revoked: a revocation is for good.
        CredentialStateError: there is nothing to reinstate, or they stand so already.
    """
    with counter.office.storage.work() as work:
        first = _copies(work, credential)[0]
        # Two clerks at one credential follow each other: the second decides on what it finds.
        # A log that is halted keeps nobody from revoking.
        work.logs.lock(counter.agency(first.agency).log)
        counter.note(work, clerk, first.subject, "credential.mark")
        alike = [
            copy
            for copy in work.issuing.copies_of(first.agency, first.subject)
            if copy.configuration == first.configuration
        ]
        changed = _to_change(alike, status)
        work.issuing.mark(first.agency, [copy.index for copy in changed], int(status))
        told = {"status": status.name.lower(), "reason": reason.value}
        counter.record(work, Deed("credential.mark", clerk, credential, {**told}))
        work.outbox.put(publish_errand(first.agency, counter.office.rng, counter.clock()))
        return _held(credential, work.issuing.copies_in(credential))


def _to_change(copies: Sequence[CopyRecord], status: CopyStatus) -> list[CopyRecord]:
    """Copies that take a new status.

    Raises:
        CredentialRevokedError: all were revoked.
        CredentialStateError: none is in another status, or none is suspended.
    """
    open_ones = _open(copies)
    if not open_ones:
        raise CredentialRevokedError("every copy was revoked, for good")
    changed = [copy for copy in open_ones if copy.status != status]
    if not changed:
        raise CredentialStateError("every copy stands so already")
    return changed


def _identified(
    counter: Counter, clerk: str, order: CounterOrder
) -> tuple[Agency, VerifiedIdentity]:
    agency = counter.agency(order.agency)
    if not order.card_checked:
        raise CardUncheckedError("the identity card was not checked")
    if not set(order.configurations) <= agency.types.keys():
        raise TypeUnknownError("the agency does not issue that")
    if not counter.enrolled(agency):
        raise IssuerNotEnrolledError("the agency is not in the registry yet")
    at = counter.clock()
    for kind in order.configurations:
        look_up(counter.office, kind, order.person, at)
    try:
        return agency, identify_at_desk(order.person, clerk, card_checked=True, at=at)
    except IdentityError as error:
        raise PersonUnknownError("no register's id looks like this") from error


def look_up(office: Office, kind: str, person: str, at: datetime) -> None:
    """Somebody of that id is in the register; what it says of them is asked at issuance.

    Raises:
        PersonUnknownError: the register knows nobody of that id.
    """
    try:
        office.registers[kind].entry(person, korean_day(at))
    except NotInRegisterError as error:
        raise PersonUnknownError("the register knows nobody of that id") from error
    except NotYetKnownError:
        return  # issuance is deferred then


def _make(
    counter: Counter, agency: Agency, identity: VerifiedIdentity, order: CounterOrder
) -> MadeOffer:
    office = counter.office
    try:
        return make_offer(
            agency,
            OfferOrder(identity, order.configurations, order.service),
            pepper=office.secrets.of(TX_CODES),
            at=counter.clock(),
            rng=office.rng,
        )
    except UnknownConfigurationError as error:
        raise TypeUnknownError("an offer names 1 to 16 types, each once") from error


def _keep(counter: Counter, work: OpenIdWork, clerk: str, made: MadeOffer, act: str) -> None:
    offer = made.offer
    subject = counter.office.subject(offer.agency, offer.identity.person)
    counter.note(work, clerk, subject, act)
    work.issuing.add_offer(offer)
    counter.record(work, Deed(act, clerk, offer.id, {"agency": offer.agency}))


def _copies(work: OpenIdWork, credential: str) -> Sequence[CopyRecord]:
    copies = work.issuing.copies_in(credential)
    if not copies:
        raise CredentialUnknownError("no credential has this id")
    return copies


def _open(copies: Sequence[CopyRecord]) -> list[CopyRecord]:
    return [copy for copy in copies if copy.status != CopyStatus.REVOKED]


def _held(name: str, copies: Sequence[CopyRecord]) -> HeldCredential:
    first = copies[0]
    statuses = {CopyStatus(copy.status) for copy in copies}
    return HeldCredential(
        id=name,
        agency=first.agency,
        configuration=first.configuration,
        issued=first.issued,
        expires=first.expires,
        copies=len(copies),
        status=min(statuses, key=[*_MILDEST].index),
    )


_MILDEST: Final = (CopyStatus.VALID, CopyStatus.SUSPENDED, CopyStatus.REVOKED)
"""Copies of a batch stand alike; were one better off than the others, that one is told."""
