"""An agency's status lists: opened before they are needed, published, given back when all ended.

A list goes through these steps, each of which may be cut short and is then done again:

1. kept with a shuffled order of its places; nothing is given out yet;
2. signed, kept as a version, anchored on chain;
3. opened: from now on copies point to it, and any verifier can look it up;
4. full, or not: published again whenever an entry changed, once a day, and where the time it was
   signed at lies in the future;
5. when its last credential has ended and the time is over in which something that was shown may be
   judged again, its copies are gone, and it begins anew at 1 with every entry valid.

The chain knows the newest version of every list. Where it knows a newer one than the database, the
database was restored: versions go on from the chain's, and the list gives out no further place,
because some may have been given out that are not known here any more. A restore spends every list
that it finds, for the same reason (``spend_status_lists``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from api.openid.agencies import Agency
from api.openid.office import Office
from api.openid.ports import OpenIdWork, StatusListState, StatusRelease
from api.openid.status_places import places_left, reserve
from contracts.evidence.errors import LedgerRefusedError
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import status_list_id
from verifier.credential.places import shuffle_places
from verifier.credential.status import StatusList, StatusTerms, issue_status_token
from verifier.credential.validity import CLOCK_TOLERANCE

STATUS_BITS: Final = 2
LIST_LIFETIME: Final = timedelta(days=7)
LIST_TTL: Final = timedelta(hours=12)
LIST_RENEWAL: Final = timedelta(days=1)
OBJECTION: Final = timedelta(days=90)
"""60 days for an objection (Civil Petitions Treatment Act, article 35) and 30 to answer it."""
FORGOTTEN_COPIES: Final = 2000
"""Copies that one transaction removes, and what was issued with them."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
MAX_ROUNDS: Final = 8
"""Lists that are opened at one time; more than one only where restored ones are passed over."""


@dataclass(frozen=True, slots=True)
class StatusLists:
    """What the lists are looked after with.

    Args:
        office: agencies, storage, keys.
        ledger: the chain.
        objection: how long after its end a credential that was shown may be judged again.
    """

    office: Office
    ledger: Ledger
    objection: timedelta = OBJECTION

    def look_after(self, agency_id: str, at: datetime) -> bool:
        """What the worker does every minute; whether anything was published.

        Raises:
            LedgerError: the chain does not answer or refuses; what is due is done the next time.
        """
        agency = self.office.agency(agency_id)
        if not self._is_clock_doubted():  # by a clock ahead everything would be over
            self._forget(agency, at)
        done = self._publish_due(agency, at)
        for _ in range(MAX_ROUNDS):
            if not self._prepare(agency):
                break
            done = self._publish_due(agency, at) or done
        return done

    def publish_due(self, agency_id: str, at: datetime) -> bool:
        """Publish lists that changed or that are a day old; whether there were any."""
        return self._publish_due(self.office.agency(agency_id), at)

    def publish(self, agency_id: str, at: datetime) -> tuple[StatusRelease, ...]:
        """Sign every list as it stands, keep it as the next version, and anchor it."""
        agency = self.office.agency(agency_id)
        self._prepare(agency)
        return tuple(self._publish(agency, one.number, at) for one in self._lists(agency))

    def is_open(self, agency_id: str) -> bool:
        """Whether an agency has published a list here, which is the last step of enrolling."""
        uri = self.office.agency(agency_id).status_uri(1)
        with self.office.storage.reading() as reading:
            return reading.issuing.release(uri) is not None

    def _lists(self, agency: Agency) -> Sequence[StatusListState]:
        with self.office.storage.reading() as reading:
            return reading.issuing.status_lists(agency.id)

    def _publish_due(self, agency: Agency, at: datetime) -> bool:
        """Publish lists that changed, that nobody can look up yet, or that are a day old.

        One that was signed by a clock that ran ahead is believed by nobody (C-49), and its day
        would not be over for as long: it is signed anew as soon as the clock is right. While the
        clock is doubted, it may be the list that is right.
        """
        until = _NEVER if self._is_clock_doubted() else at + CLOCK_TOLERANCE
        since = at - LIST_RENEWAL
        with self.office.storage.reading() as reading:
            due = reading.issuing.due_lists(agency.id, agency.status_uri, since, until)
        for number in due:
            self._publish(agency, number, at)
        return bool(due)

    def _is_clock_doubted(self) -> bool:
        return abs(self.office.clock_shift()) > CLOCK_TOLERANCE.total_seconds()

    def _prepare(self, agency: Agency) -> bool:
        """Keep a new list, if too few places are left and there may be another; whether it was.

        The order is shuffled before the transaction, which nobody then waits for.
        """
        if not self._needs_list(agency, self._lists(agency)):
            return False
        order = shuffle_places(range(agency.terms.status_entries), self.office.rng)
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)
            known = work.issuing.status_lists(agency.id)
            if not self._needs_list(agency, known):
                return False
            number = known[-1].number + 1 if known else 1
            made = StatusListState(agency.id, number, agency.terms.status_entries)
            work.issuing.add_status_list(made, order)
        return True

    def _needs_list(self, agency: Agency, known: Sequence[StatusListState]) -> bool:
        waits = any(one.opened is None and one.drawn < one.entries for one in known)
        room = len(known) < agency.terms.status_lists
        return not waits and room and places_left(known) < reserve(agency)

    def _publish(self, agency: Agency, number: int, at: datetime) -> StatusRelease:
        """Publish a list's next version; the one before is anchored first: versions leave no gap.

        Raises:
            LedgerRefusedError: the contract refuses for another reason than that it is ahead.
        """
        uri = agency.status_uri(number)
        with self.office.storage.reading() as reading:
            before = reading.issuing.release(uri)
        known = 0
        if before is not None and before.anchored is None:
            known = self._anchor(uri, before, at)
        made = self._sign(agency, number, known, at)
        known = self._anchor(uri, made, at)
        if known:
            made = self._sign(agency, number, known, at)
            if self._anchor(uri, made, at):
                raise LedgerRefusedError("another publisher is ahead of this one")
        self._open(agency, number, at)
        return made

    def _sign(self, agency: Agency, number: int, known: int, at: datetime) -> StatusRelease:
        """Keep the next version: after ours, and after the chain's, where that is ahead."""
        uri = agency.status_uri(number)
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)  # Writers of one agency follow each other.
            one = work.issuing.status_list(agency.id, number)
            last = work.issuing.release(uri)
            version = max(known, 0 if last is None else last.version) + 1
            token = self._token(agency, one, work, at)
            made = StatusRelease(version, token, at)
            work.issuing.add_release(uri, made)
            if known:
                one = _spent(one, at + agency.terms.lifetime)
            work.issuing.keep_status_list(replace(one, published=one.changes))
        return made

    def _anchor(self, uri: str, made: StatusRelease, at: datetime) -> int:
        """Anchor a version, and those before it that the chain lacks.

        Returns:
            0; or the chain's newest version, where that is no older and not this one.
        """
        name = status_list_id(uri)
        try:
            self._send(uri, made, at)
        except LedgerRefusedError:
            history = self.ledger.snapshot().status_list(name)
            newest = history.versions[-1].version if history else 0
            if newest >= made.version:
                return newest
            for version in range(newest + 1, made.version + 1):
                with self.office.storage.reading() as reading:
                    lacking = reading.issuing.release(uri, version)
                if lacking is None:
                    raise
                self._send(uri, lacking, at)
        return 0

    def _send(self, uri: str, made: StatusRelease, at: datetime) -> None:
        digest = sha256(made.token.encode("ascii")).digest()
        self.ledger.publish_status(status_list_id(uri), made.version, digest)
        with self.office.storage.work() as work:
            work.issuing.confirm_release(uri, made.version, at)

    def _open(self, agency: Agency, number: int, at: datetime) -> None:
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)
            one = work.issuing.status_list(agency.id, number)
            if one.opened is None:
                work.issuing.keep_status_list(replace(one, opened=at))

    def _forget(self, agency: Agency, at: datetime) -> None:
        """Remove copies that nothing depends on any more, and let lists without any begin anew."""
        with self.office.storage.work() as work:
            work.issuing.forget_copies(agency.id, at - self.objection, FORGOTTEN_COPIES)
        for one in self._lists(agency):
            if one.ends is None and one.drawn >= one.entries:
                self._end_spent(agency, one.number, at)
            if self._is_over(one, at):
                self._give_back(agency, one.number, at)

    def _end_spent(self, agency: Agency, number: int, at: datetime) -> None:
        """Say when what may point to a list that a restore spent has ended, known or not."""
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)
            one = work.issuing.status_list(agency.id, number)
            work.issuing.keep_status_list(_spent(one, at + agency.terms.lifetime))

    def _give_back(self, agency: Agency, number: int, at: datetime) -> None:
        order = shuffle_places(range(agency.terms.status_entries), self.office.rng)
        with self.office.storage.work() as work:
            work.logs.lock(agency.log)
            one = work.issuing.status_list(agency.id, number)
            if self._is_over(one, at) and not work.issuing.has_copies(agency.id, number):
                fresh = replace(one, entries=agency.terms.status_entries)
                work.issuing.give_back(fresh, order)

    def _is_over(self, one: StatusListState, at: datetime) -> bool:
        return one.drawn > 0 and one.ends is not None and one.ends + self.objection < at

    def _token(self, agency: Agency, one: StatusListState, work: OpenIdWork, at: datetime) -> str:
        marked = work.issuing.marked(agency.id, one.number)
        entries = StatusList.empty(one.entries, STATUS_BITS).replace(marked)
        terms = StatusTerms(agency.uri, agency.status_uri(one.number), LIST_LIFETIME, LIST_TTL)
        return issue_status_token(entries, terms, self.office.keys.signer(agency.id), at)


def _spent(one: StatusListState, ends: datetime) -> StatusListState:
    """A list that gives nothing out until everything that may point to it has ended."""
    return replace(one, drawn=one.entries, ends=ends if one.ends is None else max(one.ends, ends))
