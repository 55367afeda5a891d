"""The issuer's console: suspend, revoke, renew, rotate keys, publish the status list.

A status list is signed, kept with its version, and then anchored; the anchoring is idempotent, so
whatever was cut short is finished by publishing again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from typing import Final

from api.openid.agencies import Agency
from api.openid.errors import ConsoleError
from api.openid.granting import offer
from api.openid.issuing import STATUS_BITS, STATUS_ENTRIES
from api.openid.offering import MadeOffer, OfferOrder
from api.openid.office import Office
from api.openid.ports import CopyRecord, StatusRelease
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import credential_type_id, issuer_id, status_list_id
from contracts.evidence.snapshot import Ending
from verifier.credential.status import StatusList, StatusTerms, issue_status_token

LIST_LIFETIME: Final = timedelta(days=7)
LIST_TTL: Final = timedelta(hours=12)
LIST_RENEWAL: Final = timedelta(days=1)


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
        self.publish(agency_id, at)

    def is_enrolled(self, agency_id: str) -> bool:
        """Whether an agency has published a list here, which is the last step of enrolling."""
        uri = self.office.agency(agency_id).status_uri
        with self.office.storage.reading() as reading:
            return reading.issuing.release(uri) is not None

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
        self.publish(agency_id, at)
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
        """End a signing key, and let its successor take its place: it is in the registry first.

        A compromised key is withdrawn at once; nothing that it signed is believed any more. One
        that is replaced in order ends after the status list is signed anew, so that the list in
        force is always signed by a key in force. What was cut short is finished by asking again:
        a key that does not sign any more has no other successor.
        """
        agency = self.office.agency(agency_id)
        name = issuer_id(agency.uri)
        signs = self.office.keys.signer(agency.id).point == old
        if signs:
            self.ledger.add_key(name, self.office.keys.prepare(agency.id).point)
        if ending is Ending.COMPROMISED:
            self.ledger.end_key(name, old, ending)
        if signs:
            self.office.keys.adopt(agency.id)
        self.publish(agency_id, at)
        if ending is not Ending.COMPROMISED:
            self.ledger.end_key(name, old, ending)

    def publish(self, agency_id: str, at: datetime) -> StatusRelease:
        """Sign the status list as it stands, keep it as the next version, and anchor it.

        The version before is anchored first, in case that was cut short: versions leave no gap.
        Versions go on from the chain's, which may know more than a database that was restored. A
        log that is halted keeps no list from being published.
        """
        agency = self.office.agency(agency_id)
        with self.office.storage.reading() as reading:
            before = reading.issuing.release(agency.status_uri)
        anchored = self._anchored(agency)
        if before is not None and before.version > anchored:
            self.anchor(agency, before)
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)  # Writers of one agency follow each other.
            last = work.issuing.release(agency.status_uri)
            version = max(anchored, 0 if last is None else last.version) + 1
            made = StatusRelease(
                version, self._sign(agency, work.issuing.marked(agency.id), at), at
            )
            work.issuing.add_release(agency.status_uri, made)
        self.anchor(agency, made)
        return made

    def _anchored(self, agency: Agency) -> int:
        """The newest version of an agency's list on chain; 0 where there is none."""
        known = self.ledger.snapshot().status_list(status_list_id(agency.status_uri))
        return known.versions[-1].version if known and known.versions else 0

    def keep_fresh(self, agency_id: str, at: datetime) -> bool:
        """Publish again if the list is old; whether it was."""
        with self.office.storage.reading() as reading:
            last = reading.issuing.release(self.office.agency(agency_id).status_uri)
        if last is not None and at - last.made < LIST_RENEWAL:
            return False
        self.publish(agency_id, at)
        return True

    def anchor(self, agency: Agency, made: StatusRelease) -> None:
        """Anchor a version; again, if need be."""
        digest = sha256(made.token.encode("ascii")).digest()
        self.ledger.publish_status(status_list_id(agency.status_uri), made.version, digest)

    def _sign(self, agency: Agency, marked: Mapping[int, int], at: datetime) -> str:
        entries = StatusList.empty(STATUS_ENTRIES, STATUS_BITS).replace(marked)
        terms = StatusTerms(agency.uri, agency.status_uri, LIST_LIFETIME, LIST_TTL)
        return issue_status_token(entries, terms, self.office.keys.signer(agency.id), at)
