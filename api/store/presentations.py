"""The verifier's tables: requests for presentations, and what came of each, once."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from api.openid.asking import AskedRequest, Device, Reader, RequestForm, ResponseMode
from api.openid.outcome import Answered, AnswerKind
from api.ports.unfinished import ANSWER_BYTES, ROW_BYTES, Hold, UnfinishedKind
from api.store.proposals import proposals
from api.store.schema import Moment, metadata
from api.store.unfinished import SqlUnfinished
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json, parse_json
from verifier.credential.request import decode_request, encode_request

presentation_requests: Final = Table(
    "presentation_request",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("service", String(64), nullable=False),
    Column("round", String(64), nullable=False),
    Column("form", String(12), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("device", String(8), nullable=False),
    Column("response_uri", String(512), nullable=False),
    Column("application_date", Date, nullable=False),
    Column("consent_text", Text, nullable=False),
    Column("session_hash", LargeBinary(32), nullable=False),
    Column("randomness", LargeBinary(32), nullable=False),
    Column("decryption", LargeBinary(32)),
    Column("expires", Moment, nullable=False),
    Column("application", String(19)),
    Column("reader", String(12), nullable=False),
    Column("browser_hash", LargeBinary(32)),
    Index(None, "expires"),
    Index(None, "application"),
)
answers: Final = Table(
    "presentation_answer",
    metadata,
    Column("request", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("presentation_hash", LargeBinary(32)),
    Column("replay_key", LargeBinary(32), nullable=False),
    Column("response_code_hash", LargeBinary(32)),
    Column("basis", LargeBinary),
    Column("held", LargeBinary),
    UniqueConstraint("replay_key"),
    ForeignKeyConstraint(["request"], ["presentation_request.id"]),
)
_request: Final = presentation_requests.c
_MAX_RESULT: Final = 1 << 22
_FIND: Final = (
    select(presentation_requests, answers.c.kind)
    .outerjoin(answers, answers.c.request == _request.id)
    .where(_request.id == bindparam("name"))
)
_ANSWERED: Final = select(answers).where(answers.c.request == bindparam("name"))
_CLOSE: Final = (
    update(presentation_requests)
    .where(_request.id == bindparam("name"))
    .values(decryption=None, consent_text=bindparam("text"))
)


@dataclass(frozen=True, slots=True)
class SqlPresentations:
    """``api.openid.ports.Presentations`` in a transaction."""

    connection: Connection

    def add(self, asked: AskedRequest, held: Hold) -> None:
        """Keep a new request, without its text, until it is joined or ends."""
        key = (UnfinishedKind.REQUEST, asked.request.id)
        SqlUnfinished.of(self.connection).hold(key, held)
        row = {
            "id": asked.request.id,
            "request": encode_request(asked.request),
            "service": asked.service,
            "round": asked.round,
            "form": asked.form.value,
            "mode": asked.mode.value,
            "device": asked.device.value,
            "response_uri": asked.response_uri,
            "application_date": asked.application_date,
            "consent_text": "",
            "session_hash": asked.session_hash,
            "randomness": asked.randomness,
            "decryption": asked.decryption,
            "expires": asked.request.expires,
            "application": asked.application,
            "reader": asked.reader.value,
            "browser_hash": asked.browser_hash,
        }
        self.connection.execute(insert(presentation_requests), row)

    def find(self, name: str) -> AskedRequest | None:
        """A request by its id."""
        found = self.find_with_state(name)
        return None if found is None else found[0]

    def find_with_state(self, name: str) -> tuple[AskedRequest, bool] | None:
        """A request by its id, and whether it was answered."""
        row = self.connection.execute(_FIND, {"name": name}).mappings().one_or_none()
        if row is None:
            return None
        asked = AskedRequest(
            request=decode_request(row["request"]),
            service=row["service"],
            round=row["round"],
            form=RequestForm(row["form"]),
            mode=ResponseMode(row["mode"]),
            device=Device(row["device"]),
            response_uri=row["response_uri"],
            application_date=row["application_date"],
            consent_text=row["consent_text"],
            session_hash=row["session_hash"],
            randomness=row["randomness"],
            decryption=row["decryption"],
            application=row["application"],
            reader=Reader(row["reader"]),
            browser_hash=row["browser_hash"],
        )
        return asked, row["kind"] is not None

    def answered(self, name: str) -> Answered | None:
        """What came of a request; None while nothing did."""
        row: Any = self.connection.execute(_ANSWERED, {"name": name}).mappings().one_or_none()
        if row is None:
            return None
        result = parse_json(_unpacked(row["result"]), max_bytes=_MAX_RESULT)
        kind = AnswerKind(row["kind"])
        return Answered(**{**row, "kind": kind, "result": result})

    def settle(self, answered: Answered, consent_text: str) -> bool:
        """Keep an outcome and the text, burn the request and forget its key; False if it was burnt.

        Request and replay key are unique each: of two workers one is told that it came too late.
        """
        result = _packed(answered.result)
        row = {
            "request": answered.request,
            "kind": answered.kind.value,
            "at": answered.at,
            "result": result,
            "presentation_hash": answered.presentation_hash,
            "replay_key": answered.replay_key,
            "response_code_hash": answered.response_code_hash,
            "basis": answered.basis,
            "held": answered.held,
        }
        if not insert_if_new(self.connection, answers, row):
            return False
        size = (
            len(result)
            + len(consent_text.encode())
            + len(answered.basis or answered.held or b"")
            + ROW_BYTES
        )
        key = (UnfinishedKind.REQUEST, answered.request)
        if size > ANSWER_BYTES:
            SqlUnfinished.of(self.connection).grow(key, size - ANSWER_BYTES)
        self.connection.execute(_CLOSE, {"name": answered.request, "text": consent_text})
        return True

    def waiting(self, after: str, limit: int) -> Sequence[str]:
        """Ids of requests whose answer is held, in their order, from one after ``after``."""
        name = answers.c.request
        held = select(name).where(answers.c.kind == AnswerKind.RECORDING.value, name > after)
        return list(self.connection.scalars(held.order_by(name).limit(limit)))

    def settle_held(self, answered: Answered) -> bool:
        """Let an outcome take the place of an answer that was held; False where none is held."""
        here = (answers.c.request == answered.request) & (
            answers.c.kind == AnswerKind.RECORDING.value
        )
        values = {
            "kind": answered.kind.value,
            "result": _packed(answered.result),
            "basis": answered.basis,
            "held": None,
        }
        return self.connection.execute(update(answers).where(here).values(values)).rowcount == 1

    def spoil(self, name: str) -> bool:
        """Forget what an answer held, because it was relayed; False where it is joined already."""
        joined = select(proposals.c.request).where(proposals.c.request == name).exists()
        here = update(answers).where(answers.c.request == name, ~joined)
        result = _packed({"status": AnswerKind.RELAYED.value})
        gone = {"presentation_hash": None, "basis": None, "held": None}
        changed = here.values(kind=AnswerKind.RELAYED.value, result=result, **gone)
        return self.connection.execute(changed).rowcount > 0

    def forget_unanswered(self, before: datetime, limit: int) -> int:
        """Remove requests that ended unanswered before a moment; returns how many."""
        nobody = ~select(answers.c.request).where(answers.c.request == _request.id).exists()
        some = select(_request.id).where(_request.expires < before, nobody)
        few = some.order_by(_request.expires).limit(limit)
        old = delete(presentation_requests).where(_request.id.in_(few))
        return self.connection.execute(old).rowcount


def _packed(result: Mapping[str, Json]) -> bytes:
    """A result as it is kept: its words repeat, so that it shrinks to a quarter."""
    return zlib.compress(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())


def _unpacked(data: bytes) -> bytes:
    """A result's JSON; what was kept before results were packed begins with a brace."""
    if data[:1] == b"{":
        return data
    return zlib.decompressobj().decompress(data, _MAX_RESULT)
