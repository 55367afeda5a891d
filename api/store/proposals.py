"""Proposals that decisions are made from, and what each claims for itself alone.

A person has one place in a round, and a copy of a credential serves one application: both are
unique keys, so that no order of tabs, workers and crashes gets past them.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
    update,
)

from api.ports.proposals import Claimed, Keeping, KeptProposal, SpentCopy
from api.ports.unfinished import UnfinishedKind
from api.store.schema import Moment, metadata
from api.store.unfinished import SqlUnfinished
from api.store.upsert import insert_if_new

proposals: Final = Table(
    "proposal",
    metadata,
    Column("application", String(19), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("proposal", LargeBinary, nullable=False),
    Column("attached", Moment, nullable=False),
    Column("decision", LargeBinary),
    Column("shown", LargeBinary),
    Column("basis", LargeBinary),
    UniqueConstraint("request"),
)
round_places: Final = Table(
    "round_place",
    metadata,
    Column("service", String(64), nullable=False),
    Column("round", String(64), nullable=False),
    Column("person", LargeBinary(32), nullable=False),
    Column("application", String(19)),
    PrimaryKeyConstraint("service", "round", "person"),
    Index(None, "application"),
)
"""``application`` is null where a decided one was destroyed: its place stays taken."""
spent_copies: Final = Table(
    "spent_copy",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("application", String(19)),
    Column("expires", Moment, nullable=False),
    Index(None, "application"),
    Index(None, "expires"),
)
"""``application`` is null where it was withdrawn or destroyed: the copy stays spent."""


class SqlProposals:
    """``api.ports.proposals.Proposals`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, number: str) -> KeptProposal | None:
        """The proposal of an application."""
        query = select(proposals).where(proposals.c.application == number)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else KeptProposal(**row)

    def keep(self, proposal: KeptProposal, claimed: Claimed) -> Keeping:
        """Keep the newest of an application, and take its place in the round and its copies."""
        number = proposal.application
        used = select(proposals.c.request).where(proposals.c.request == proposal.request)
        if self._connection.execute(used).first() is not None:
            return Keeping.USED
        # Sorted: two that claim the same things wait for each other in one order.
        if not all(self._take(claimed, person, number) for person in sorted(claimed.persons)):
            return Keeping.PERSON_TAKEN
        self._give_back(number, claimed.persons)
        copies = sorted(claimed.copies, key=lambda copy: copy.digest)
        if not all(self._spend(copy, number) for copy in copies):
            return Keeping.COPY_SPENT
        return Keeping.KEPT if self._put(proposal) else Keeping.USED

    def replace(self, proposal: KeptProposal, judged: bytes) -> bool:
        """Let what was judged again take its place; False where it is another or decided."""
        return self._change(proposal, {"proposal": judged})

    def decide(self, proposal: KeptProposal, decision: bytes) -> bool:
        """Keep the decision; False where it is another proposal now, or was decided before."""
        return self._change(proposal, {"decision": decision, "basis": None})

    def withdraw(self, number: str, at: datetime) -> None:
        """Remove what was proposed on an application, and free its place in the round."""
        self._remove(proposals.c.application == number, at)
        self._give_back(number, ())
        release_copies(self._connection, number)

    def forget_spent(self, before: datetime) -> int:
        """Remove copies that ended before a moment; returns how many."""
        old = delete(spent_copies).where(spent_copies.c.expires < before)
        return self._connection.execute(old).rowcount

    def _take(self, claimed: Claimed, person: bytes, number: str) -> bool:
        place = round_places.c
        row = {"service": claimed.service, "round": claimed.round, "person": person}
        if insert_if_new(self._connection, round_places, {**row, "application": number}):
            return True
        here = (
            (place.service == claimed.service)
            & (place.round == claimed.round)
            & (place.person == person)
        )
        holder = select(place.application).where(here)
        return self._connection.scalar(holder) == number

    def _give_back(self, number: str, but: tuple[bytes, ...]) -> None:
        """Free the places of an application, but those of some persons."""
        place = round_places.c
        own = (place.application == number) & place.person.not_in(but)
        self._connection.execute(delete(round_places).where(own))

    def _spend(self, copy: SpentCopy, number: str) -> bool:
        row = {"digest": copy.digest, "application": number, "expires": copy.expires}
        if insert_if_new(self._connection, spent_copies, row):
            return True
        holder = select(spent_copies.c.application).where(spent_copies.c.digest == copy.digest)
        return self._connection.scalar(holder) == number

    def _put(self, proposal: KeptProposal) -> bool:
        undecided = proposals.c.decision.is_(None)
        self._remove(
            (proposals.c.application == proposal.application) & undecided, proposal.attached
        )
        row = {
            "application": proposal.application,
            "request": proposal.request,
            "proposal": proposal.proposal,
            "attached": proposal.attached,
            "decision": None,
            "shown": proposal.shown,
            "basis": proposal.basis,
        }
        return insert_if_new(self._connection, proposals, row)

    def _remove(self, which: ColumnElement[bool], at: datetime) -> None:
        """Remove proposals; the requests behind them end soon, if they are unfinished."""
        former = delete(proposals).where(which).returning(proposals.c.request)
        unfinished = SqlUnfinished.of(self._connection)
        for request in self._connection.scalars(former).all():
            unfinished.end((UnfinishedKind.REQUEST, request), at)

    def _change(self, proposal: KeptProposal, values: dict[str, bytes | None]) -> bool:
        """Change a proposal that is still the one that was read, and not decided."""
        here = (
            (proposals.c.application == proposal.application)
            & (proposals.c.request == proposal.request)
            & (proposals.c.proposal == proposal.proposal)
            & proposals.c.decision.is_(None)
        )
        made = update(proposals).where(here).values(values)
        return self._connection.execute(made).rowcount > 0


def release_copies(connection: Connection, number: str) -> None:
    """Forget for which application copies were spent; spent they stay."""
    own = spent_copies.c.application == number
    connection.execute(update(spent_copies).where(own).values(application=None))
