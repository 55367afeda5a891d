"""The verifier's desk: ask, let the wallet fetch it, take the answer, tell what came of it.

An answer is verified before anything is written; then its outcome is kept and the request burnt in
one transaction, so that of two workers who hold the same answer one is refused.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final

from api.actions.forget_unfinished import with_room
from api.openid.answer import WalletError, parse_answer
from api.openid.asking import (
    BROWSER,
    SESSION,
    AskedRequest,
    Asking,
    AskOrder,
    Device,
    Reader,
    RequestForm,
    ask,
)
from api.openid.desk import Desk
from api.openid.errors import AnsweredError, UnknownResourceError
from api.openid.judging import judge_answer
from api.openid.outcome import Answered, AnswerKind
from api.openid.ports import OpenIdWork
from api.openid.request_object import request_link, sign_request
from api.openid.secret_words import draw_word, word_hash
from api.openid.trail import error_result
from api.ports.unfinished import ANSWER_BYTES, LIFE, ROW_BYTES, Hold, Pool, hold
from verifier.credential.request import encode_request

RESPONSE_CODE: Final = "response-code"
MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A new request: what the page shows, and the secret by which it sees the outcome."""

    asking: Asking
    link: str


def open_request(desk: Desk, order: AskOrder, at: datetime) -> OpenedRequest:
    """Make and keep a request.

    Not checked: whether whoever asks may ask for the application (see ``api.openid.opening``).
    """
    plain = order.form is RequestForm.PLAIN
    asking = ask(order, None if plain else desk.identity.client_id, desk.base, at, desk.rng)
    with_room(desk.storage, at, lambda: _keep(desk, asking))
    place = f"{desk.base}/{asking.asked.request.id}"
    return OpenedRequest(asking, request_link(asking.asked, order.query, desk.identity, place))


def _keep(desk: Desk, asking: Asking) -> None:
    with desk.storage.work() as work:
        work.presentations.add(asking.asked, _room(asking))


def _room(asking: Asking) -> Hold:
    asked = asking.asked
    if asked.reader is Reader.OFFICER:
        return hold(Pool.STAFF, 0, asked.request.issued + LIFE)
    size = len(encode_request(asked.request)) + 3 * ROW_BYTES + ANSWER_BYTES
    return hold(Pool.APPLICATIONS, size, asked.request.issued + LIFE)


def fetch_request(desk: Desk, name: str, wallet_nonce: str | None, at: datetime) -> str:
    """The signed request object, for the wallet; it may fetch it again while it is open.

    Raises:
        UnknownResourceError: there is none of that name by reference.
        AnsweredError: it has expired or was answered.
    """
    asked = _open(desk, name, at)
    if asked.form is not RequestForm.REFERENCE:
        raise UnknownResourceError("there is no request of that name to fetch")
    query = desk.query(asked.service, asked.round, asked.application_date)
    return sign_request(asked, query, desk.identity, wallet_nonce)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the wallet is told: where to send the browser on the same device, if anywhere."""

    redirect_uri: str | None


def receive(desk: Desk, name: str, body: bytes, at: datetime) -> Receipt:
    """The response endpoint.

    A malformed answer, or one with another state, leaves the request open: only who has read the
    request can end it.

    Raises:
        UnknownResourceError: there is no such request.
        AnswerError: malformed, expired, or answered before.
    """
    asked = _open(desk, name, at)
    answer = parse_answer(body, asked)
    code = draw_word(desk.rng) if asked.device is Device.SAME else None
    code_hash = None if code is None else word_hash(RESPONSE_CODE, code)
    if isinstance(answer, WalletError):
        made = partial(_unanswered, asked, answer, at, code_hash)
    else:
        made = partial(judge_answer(desk, asked, answer, at).keep, desk, code_hash)
    text = desk.query(asked.service, asked.round, asked.application_date).consent_text(
        asked.application
    )
    if sha256(text.encode()).digest() != asked.request.consent:
        raise AnsweredError("the rules are other ones than those that were asked for")
    kept = with_room(desk.storage, at, lambda: _settle(desk, made, text))
    if not kept:
        raise AnsweredError("the request was answered before")
    return Receipt(None if code is None else f"{desk.base}/{name}/done#response_code={code}")


def _settle(desk: Desk, made: Callable[[OpenIdWork], Answered], text: str) -> bool:
    with desk.storage.work() as work:
        return work.presentations.settle(made(work), text)


@dataclass(frozen=True, slots=True)
class Shown:
    """A presentation, and what shows that it is one's own.

    That is the page's session, and on the same device the browser's own secret and the code that
    came back from the wallet.
    """

    request: str
    session: str = field(repr=False)
    response_code: str | None = field(default=None, repr=False)
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page sees: ``answered`` is None while the wallet has not answered."""

    asked: AskedRequest
    answered: Answered | None


def look(desk: Desk, shown: Shown, reader: Reader) -> Progress:
    """What came of a request, for whoever opened it.

    On the same device the page needs the response code as well, which only the browser has that the
    wallet was used in: else an attacker could have a victim answer the attacker's request. Where
    that code comes from another browser than the one that asked, the answer was relayed: it is
    taken out, and nobody is told what was in it.

    Args:
        desk: the verifier's.
        shown: the request, and what shows that it is one's own.
        reader: as whom. What was asked for an application is told to its applicant or to officers,
            as it was opened; what was asked for none is told to nobody but that it ended.

    Raises:
        UnknownResourceError: no such request for this reader, or the session or browser is another.
    """
    with desk.storage.reading() as reading:
        known = len(shown.request) <= MAX_NAME
        asked = reading.presentations.find(shown.request) if known else None
        answered = reading.presentations.answered(shown.request) if asked is not None else None
    if asked is None:
        raise UnknownResourceError("there is no such request in this session")
    is_own = _is_own(asked, shown)
    came_back = _came_back(answered, shown)
    if came_back and not is_own:
        with desk.storage.work() as work:
            work.presentations.spoil(shown.request)
    if not is_own or asked.reader not in {reader, Reader.NOBODY}:
        raise UnknownResourceError("there is no such request in this session")
    if answered is None or answered.kind is AnswerKind.RELAYED:
        return Progress(asked, answered)
    if answered.response_code_hash is not None and not came_back:
        return Progress(asked, None)
    if asked.reader is Reader.NOBODY:
        answered = replace(answered, result={"status": answered.kind.value})
    return Progress(asked, answered)


def _is_own(asked: AskedRequest, shown: Shown) -> bool:
    """Whether session and, on the same device, browser are those that opened the request."""
    session = hmac.compare_digest(asked.session_hash, word_hash(SESSION, shown.session))
    if asked.browser_hash is None:
        return session and asked.device is Device.OTHER
    browser = hmac.compare_digest(asked.browser_hash, word_hash(BROWSER, shown.browser))
    return session and browser


def _came_back(answered: Answered | None, shown: Shown) -> bool:
    """Whether the code is the one that the wallet sent the browser back with."""
    if answered is None or answered.response_code_hash is None:
        return False
    given = word_hash(RESPONSE_CODE, shown.response_code or "")
    return hmac.compare_digest(given, answered.response_code_hash)


def _open(desk: Desk, name: str, at: datetime) -> AskedRequest:
    with desk.storage.reading() as reading:
        found = reading.presentations.find_with_state(name) if len(name) <= MAX_NAME else None
    if found is None:
        raise UnknownResourceError("there is no such request")
    asked, answered = found
    if answered or not asked.request.issued <= at < asked.request.expires:
        raise AnsweredError("the request has expired or was answered before")
    return asked


def _unanswered(
    asked: AskedRequest,
    answer: WalletError,
    at: datetime,
    code_hash: bytes | None,
    _work: OpenIdWork,
) -> Answered:
    return Answered(
        request=asked.request.id,
        kind=AnswerKind.REFUSED if answer.refused else AnswerKind.WALLET_ERROR,
        at=at,
        result=error_result(asked, answer, at),
        presentation_hash=None,
        replay_key=asked.request.replay_key(),
        response_code_hash=code_hash,
    )
