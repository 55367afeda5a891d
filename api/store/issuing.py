"""The issuer's tables: offers, access tokens, nonces, copies, deferrals, status lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)

from api.openid.credential_request import WalletEvent
from api.openid.identity import IdentityMethod, VerifiedIdentity
from api.openid.offering import Offer, OfferState
from api.openid.ports import Batch, CopyRecord, Deferral
from api.openid.token_request import Access
from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.credential_tables import batches, copies
from api.store.schema import Moment, metadata
from api.store.status_lists import SqlStatusLists
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json, canonical, parse_json

_POINT_BYTES: Final = 64

offers: Final = Table(
    "credential_offer",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agency", String(48), nullable=False),
    Column("person", String(64), nullable=False),
    Column("method", String(16), nullable=False),
    Column("identified_by", String(100), nullable=False),
    Column("identified_at", Moment, nullable=False),
    Column("service", String(64), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("tx_mac", LargeBinary(32), nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("copies", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    UniqueConstraint("code_hash"),
    Index(None, "expires"),
)
accesses: Final = Table(
    "access_token",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("offer", String(32), nullable=False),
    Column("agency", String(48), nullable=False),
    Column("client", String(256)),
    Column("identifiers", Text, nullable=False),
    Column("expires", Moment, nullable=False),
    Index(None, "expires"),
)
nonces: Final = Table(
    "used_nonce",
    metadata,
    Column("nonce_hash", LargeBinary(32), primary_key=True),
    Column("until", Moment, nullable=False),
    Index(None, "until"),
)
deferrals: Final = Table(
    "credential_deferral",
    metadata,
    Column("transaction_hash", LargeBinary(32), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("offer", String(32), nullable=False),
    Column("agency", String(48), nullable=False),
    Column("configuration", String(64), nullable=False),
    Column("points", LargeBinary, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("done", Boolean, nullable=False),
)
_copy: Final = copies.c
_COPIES: Final = copies


class SqlIssuing(SqlStatusLists):
    """``api.openid.ports.Issuing`` in a transaction."""

    def add_offer(self, offer: Offer) -> None:
        """Keep a new offer."""
        row = {
            "id": offer.id,
            "agency": offer.agency,
            "person": offer.identity.person,
            "method": offer.identity.method.value,
            "identified_by": offer.identity.by,
            "identified_at": offer.identity.at,
            "service": offer.service,
            "code_hash": offer.code_hash,
            "tx_mac": offer.tx_mac,
            "made": offer.made,
            "expires": offer.expires,
            **_changing(offer),
        }
        self._connection.execute(insert(offers), row)

    def offer(self, name: str) -> Offer | None:
        """An offer by its id, locked until the end."""
        return self._offer(offers.c.id == name)

    def offer_of_code(self, code_hash: bytes) -> Offer | None:
        """An offer by its code's hash, locked until the end."""
        return self._offer(offers.c.code_hash == code_hash)

    def keep_offer(self, offer: Offer) -> None:
        """Keep an offer's new state."""
        here = update(offers).where(offers.c.id == offer.id)
        self._connection.execute(here.values(_changing(offer)))
        if offer.state in {OfferState.WITHDRAWN, OfferState.LOCKED}:
            detail: dict[str, Json] = {"state": offer.state.value}
            self._protective.append(ProtectiveAct(ProtectionKind.OFFER_ENDED, offer.id, detail))

    def add_access(self, access: Access) -> None:
        """Keep a new access token's hash."""
        row = {
            "token_hash": access.token_hash,
            "offer": access.offer,
            "agency": access.agency,
            "client": access.client,
            "identifiers": canonical({**access.identifiers}).decode(),
            "expires": access.expires,
        }
        self._connection.execute(insert(accesses), row)

    def access(self, token_hash: bytes) -> Access | None:
        """An access token by its hash."""
        row = self._one(select(accesses).where(accesses.c.token_hash == token_hash))
        return (
            None if row is None else Access(**{**row, "identifiers": _mapping(row["identifiers"])})
        )

    def extend_access(self, access: Access) -> None:
        """Keep an access token's new end."""
        here = update(accesses).where(accesses.c.token_hash == access.token_hash)
        self._connection.execute(here.values(expires=access.expires))

    def burn_nonce(self, nonce_hash: bytes, until: datetime) -> bool:
        """Remember a used nonce; False if it was used before."""
        row = {"nonce_hash": nonce_hash, "until": until}
        return insert_if_new(self._connection, nonces, row)

    def add_batch(self, batch: Batch, copies: Sequence[CopyRecord]) -> None:
        """Keep what was issued."""
        row = {
            "id": batch.id,
            "offer": batch.offer,
            "agency": batch.agency,
            "configuration": batch.configuration,
            "notification_hash": batch.notification_hash,
            "made": batch.made,
            "event": batch.event and batch.event.value,
        }
        self._connection.execute(insert(batches), row)
        self._connection.execute(insert(_COPIES), [_copy_row(copy) for copy in copies])

    def batch_of(self, notification_hash: bytes) -> Batch | None:
        """A batch by its notification id's hash."""
        row = self._one(select(batches).where(batches.c.notification_hash == notification_hash))
        if row is None:
            return None
        return Batch(**{**row, "event": row["event"] and WalletEvent(row["event"])})

    def keep_event(self, batch: Batch) -> None:
        """Keep what a wallet said of a batch."""
        event = batch.event and batch.event.value
        self._connection.execute(
            update(batches).where(batches.c.id == batch.id).values(event=event)
        )

    def copies_of(self, agency: str, subject: bytes) -> Sequence[CopyRecord]:
        """All copies of a person, oldest first."""
        query = select(copies).where(_copy.agency == agency, _copy.subject == subject)
        rows = self._connection.execute(query.order_by(_copy.issued, _copy.index)).mappings()
        return [CopyRecord(**row) for row in rows]

    def first_issued(self, agency: str, index: int) -> datetime | None:
        """When the first copy from a place in the log on was issued."""
        here = select(_copy.issued).where(_copy.agency == agency, _copy.index >= index)
        query = here.order_by(_copy.index).limit(1)
        moment: datetime | None = self._connection.scalar(query)
        return moment

    def copies_in(self, batch: str) -> Sequence[CopyRecord]:
        """All copies that were issued together, oldest first."""
        query = select(copies).where(_copy.batch == batch).order_by(_copy.index)
        return [CopyRecord(**row) for row in self._connection.execute(query).mappings()]

    def add_deferral(self, deferral: Deferral) -> None:
        """Keep an issuance that waits."""
        row = {
            "transaction_hash": deferral.transaction_hash,
            "token_hash": deferral.token_hash,
            "offer": deferral.offer,
            "agency": deferral.agency,
            "configuration": deferral.configuration,
            "points": b"".join(deferral.points),
            "expires": deferral.expires,
            "done": deferral.done,
        }
        self._connection.execute(insert(deferrals), row)

    def deferral(self, transaction_hash: bytes) -> Deferral | None:
        """A waiting issuance by its transaction id's hash, locked until the end."""
        here = deferrals.c.transaction_hash == transaction_hash
        row = self._one(select(deferrals).where(here).with_for_update())
        if row is None:
            return None
        data = bytes(row["points"])
        points = tuple(data[at : at + _POINT_BYTES] for at in range(0, len(data), _POINT_BYTES))
        return Deferral(**{**row, "points": points})

    def end_deferral(self, transaction_hash: bytes) -> None:
        """Keep that a waiting issuance was made."""
        here = update(deferrals).where(deferrals.c.transaction_hash == transaction_hash)
        self._connection.execute(here.values(done=True))

    def end_open_offers(self) -> int:
        """Withdraw every offer that nobody has redeemed, and take back tokens; how many offers."""
        self._connection.execute(delete(accesses))
        still_open = update(offers).where(offers.c.state == OfferState.OPEN.value)
        ended = still_open.values(state=OfferState.WITHDRAWN.value)
        return self._connection.execute(ended).rowcount

    def forget(self, before: datetime, limit: int) -> int:
        """Remove nonces, tokens and offers that ended before a moment; returns how many rows."""
        ends = (
            (nonces, nonces.c.until),
            (accesses, accesses.c.expires),
            (offers, offers.c.expires),
        )
        removed = 0
        for table, end in ends:
            (key,) = table.primary_key
            some = select(key).where(end < before).order_by(end).limit(limit)
            removed += self._connection.execute(delete(table).where(key.in_(some))).rowcount
        return removed

    def _offer(self, where: Any) -> Offer | None:  # noqa: ANN401 - a condition of SQLAlchemy
        row = self._one(select(offers).where(where).with_for_update())
        if row is None:
            return None
        identity = VerifiedIdentity(
            row["person"], IdentityMethod(row["method"]), row["identified_by"], row["identified_at"]
        )
        return Offer(
            id=row["id"],
            agency=row["agency"],
            identity=identity,
            service=row["service"],
            code_hash=row["code_hash"],
            tx_mac=row["tx_mac"],
            made=row["made"],
            expires=row["expires"],
            copies=_mapping(row["copies"]),
            attempts=row["attempts"],
            state=OfferState(row["state"]),
        )

    def _one(self, query: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a query of SQLAlchemy
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else dict(row)


def _changing(offer: Offer) -> dict[str, Any]:
    copies = canonical({**offer.copies}).decode()
    return {"copies": copies, "attempts": offer.attempts, "state": offer.state.value}


def _copy_row(copy: CopyRecord) -> dict[str, Any]:
    return {
        "agency": copy.agency,
        "index": copy.index,
        "batch": copy.batch,
        "configuration": copy.configuration,
        "subject": copy.subject,
        "status_list": copy.status_list,
        "status_index": copy.status_index,
        "issued": copy.issued,
        "expires": copy.expires,
        "status": copy.status,
    }


def _mapping(text: str) -> dict[str, Any]:
    value = parse_json(text.encode())
    return value if isinstance(value, dict) else {}
