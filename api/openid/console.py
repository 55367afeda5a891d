"""The issuer's console: suspend, revoke, renew, rotate keys, publish status lists.

A status list is signed, kept with its version, and then anchored; the anchoring is idempotent, so
whatever was cut short is finished by publishing again (``api.openid.status_lists``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from api.openid.errors import ConsoleError
from api.openid.granting import offer
from api.openid.offering import MadeOffer, OfferOrder
from api.openid.office import Office
from api.openid.ports import CopyRecord, StatusRelease
from api.openid.status_lists import OBJECTION, StatusLists
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import credential_type_id, issuer_id
from contracts.evidence.snapshot import Ending


class CopyStatus(IntEnum):
    """Values in the status list."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2


@dataclass(frozen=True, slots=True)
class Console:
    """The office with its access to the chain."""

    office: Office
    ledger: Ledger
    objection: timedelta = OBJECTION

    @property
    def lists(self) -> StatusLists:
        """The agencies' status lists."""
        return StatusLists(self.office, self.ledger, self.objection)

    def enrol(self, agency_id: str, at: datetime) -> None:
        """Enter an agency in the registry with its key and leave, and publish its status list.

        Everything is idempotent: it may be done at every start.
        """
        agency = self.office.agency(agency_id)
        name = issuer_id(agency.uri)
        self.ledger.register_issuer(name)
        self.ledger.add_key(name, self.office.keys.signer(agency.id).point)
        for kind in agency.types.values():
            self.ledger.accredit(name, credential_type_id(kind.vct))
        self.lists.look_after(agency_id, at)

    def is_enrolled(self, agency_id: str) -> bool:
        """Whether an agency has published a list here, which is the last step of enrolling."""
        return self.lists.is_open(agency_id)

    def copies(self, agency_id: str, person: str) -> tuple[CopyRecord, ...]:
        """All copies that a person got from an agency."""
        agency = self.office.agency(agency_id)
        subject = self.office.subject(agency.id, person)
        with self.office.storage.reading() as reading:
            return tuple(reading.issuing.copies_of(agency.id, subject))

    def mark(
        self, agency_id: str, person: str, configuration: str, status: CopyStatus, at: datetime
    ) -> int:
        """Suspend, revoke or reinstate every copy of a person's credential; publish at once.

        Returns:
            How many copies were changed.

        Raises:
            ConsoleError: the person has none, or all were revoked: a revocation is for good.
        """
        agency = self.office.agency(agency_id)
        subject = self.office.subject(agency.id, person)
        with self.office.storage.work() as work:
            copies = work.issuing.copies_of(agency.id, subject)
            open_ones = [
                copy.index
                for copy in copies
                if copy.configuration == configuration and copy.status != CopyStatus.REVOKED
            ]
            if not open_ones:
                raise ConsoleError("there is no copy that could be changed")
            work.issuing.mark(agency.id, open_ones, int(status))
        self.lists.publish_due(agency_id, at)
        return len(open_ones)

    def renew(self, agency_id: str, order: OfferOrder, at: datetime) -> MadeOffer:
        """Offer new copies to somebody who has some; the old ones stay good until they end."""
        if not self.copies(agency_id, order.identity.person):
            raise ConsoleError("there is nothing to renew")
        return offer(self.office, agency_id, order, at)

    def rotate(self, agency_id: str, ending: Ending, at: datetime) -> None:
        """Replace the key that an agency signs with now; see ``replace_key``."""
        self.replace_key(agency_id, self.office.keys.signer(agency_id).point, ending, at)

    def replace_key(self, agency_id: str, old: bytes, ending: Ending, at: datetime) -> None:
        """End a signing key, and let its successor take its place.

        A compromised key is withdrawn at once, whatever becomes of the rest; nothing that it signed
        is believed any more. One that is replaced in order ends after the status list is signed
        anew, so that the list in force is always signed by a key in force. What was cut short is
        finished by asking again: a key that does not sign any more has no other successor.
        """
        agency = self.office.agency(agency_id)
        name = issuer_id(agency.uri)
        signs = self.office.keys.signer(agency.id).point == old
        if ending is Ending.COMPROMISED:
            self.ledger.end_key(name, old, ending)
        if signs:
            self.ledger.add_key(name, self.office.keys.prepare(agency.id).point)
            self.office.keys.adopt(agency.id)
        self.publish(agency_id, at)
        if ending is not Ending.COMPROMISED:
            self.ledger.end_key(name, old, ending)

    def publish(self, agency_id: str, at: datetime) -> tuple[StatusRelease, ...]:
        """Sign every status list as it stands, keep it as its next version, and anchor it."""
        return self.lists.publish(agency_id, at)

    def look_after_lists(self, agency_id: str, at: datetime) -> bool:
        """Open, publish and give back status lists as is due; whether anything was published."""
        return self.lists.look_after(agency_id, at)
