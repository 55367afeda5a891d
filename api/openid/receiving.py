"""The verifier's desk: ask, let the wallet fetch it, take the answer, tell what came of it.

An answer is verified before anything is written; then its outcome is kept and the request burnt in
one transaction, so that of two workers who hold the same answer one is refused.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api.actions.check_eligibility import CheckedAnswer, EligibilityCheck, check_eligibility
from api.openid.answer import WalletAnswer, WalletError, parse_answer
from api.openid.asking import (
    SESSION,
    AskedRequest,
    Asking,
    AskOrder,
    Device,
    RequestForm,
    RuledQuery,
    ask,
)
from api.openid.errors import AnsweredError, InvalidAnswerError, UnknownResourceError
from api.openid.outcome import Answered, AnswerKind
from api.openid.ports import OpenIdStorage, TrustSource
from api.openid.request_object import VerifierIdentity, request_link, sign_request
from api.openid.secret_words import draw_word, word_hash
from api.openid.trail import checked_result, error_result
from verifier.credential.keys import Randomness
from verifier.credential.needs import Needs, needs_of, together
from verifier.eligibility.catalogue import Catalogue
from verifier.errors import RejectedError, RequestTimeError, UnansweredError

RESPONSE_CODE: Final = "response-code"
MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that asking stands on. ``base`` is where requests are, without trailing slash."""

    base: str
    identity: VerifierIdentity
    catalogue: Catalogue
    storage: OpenIdStorage
    trust: TrustSource
    rng: Randomness

    def query(self, service: str, round_id: str | None, on: date) -> RuledQuery:
        """The query of a service's round, or of the one that a day belongs to.

        Raises:
            UnknownServiceError: there is no such service or round.
        """
        if round_id is None:
            return RuledQuery(self.catalogue.latest_policy(service, on))
        return RuledQuery(self.catalogue.policy(service, round_id))


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A new request: what the page shows, and the secret by which it sees the outcome."""

    asking: Asking
    link: str


def open_request(desk: Desk, order: AskOrder, at: datetime) -> OpenedRequest:
    """Make and keep a request."""
    plain = order.form is RequestForm.PLAIN
    asking = ask(order, None if plain else desk.identity.client_id, desk.base, at, desk.rng)
    with desk.storage.work() as work:
        work.presentations.add(asking.asked)
    place = f"{desk.base}/{asking.asked.request.id}"
    return OpenedRequest(asking, request_link(asking.asked, order.query, desk.identity, place))


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
        answered = _unanswered(asked, answer, at, code_hash)
    else:
        answered = _check(desk, asked, answer, at, code_hash)
    with desk.storage.work() as work:
        kept = work.presentations.settle(answered)
    if not kept:
        raise AnsweredError("the request was answered before")
    return Receipt(None if code is None else f"{desk.base}/{name}/done#response_code={code}")


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page sees: ``answered`` is None while the wallet has not answered."""

    asked: AskedRequest
    answered: Answered | None


def look(desk: Desk, name: str, session: str, response_code: str | None) -> Progress:
    """What came of a request, for the page that made it.

    On the same device the page needs the response code as well, which only the browser has that the
    wallet was used in: else an attacker could have a victim answer the attacker's request.

    Raises:
        UnknownResourceError: no such request, or the session is another's.
    """
    with desk.storage.reading() as reading:
        asked = reading.presentations.find(name) if len(name) <= MAX_NAME else None
        answered = reading.presentations.answered(name) if asked is not None else None
    if asked is None or not hmac.compare_digest(asked.session_hash, word_hash(SESSION, session)):
        raise UnknownResourceError("there is no such request in this session")
    if answered is not None and answered.response_code_hash is not None:
        given = word_hash(RESPONSE_CODE, response_code or "")
        if not hmac.compare_digest(given, answered.response_code_hash):
            return Progress(asked, None)
    return Progress(asked, answered)


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
    asked: AskedRequest, answer: WalletError, at: datetime, code_hash: bytes | None
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


def _check(
    desk: Desk, asked: AskedRequest, answer: WalletAnswer, at: datetime, code_hash: bytes | None
) -> Answered:
    query = desk.query(asked.service, asked.round, asked.application_date)
    checked = _verify(desk, asked, query, answer, at)
    return Answered(
        request=asked.request.id,
        kind=AnswerKind.CHECKED,
        at=at,
        result=checked_result(asked, query, checked, at),
        presentation_hash=checked.presentation_hash,
        replay_key=checked.replay_key,
        response_code_hash=code_hash,
    )


def _verify(
    desk: Desk, asked: AskedRequest, query: RuledQuery, answer: WalletAnswer, at: datetime
) -> CheckedAnswer:
    material = desk.trust.material(_needs(answer), at)
    check = EligibilityCheck(
        request=asked.request,
        policy=query.policy,
        material=material,
        at=at,
        application_date=asked.application_date,
    )
    try:
        return check_eligibility(answer.presentations, check)
    except UnansweredError as error:
        raise InvalidAnswerError("the answers are not those to the request's queries") from error
    except RequestTimeError as error:
        raise AnsweredError("the request has expired") from error


def _needs(answer: WalletAnswer) -> Needs:
    """What to fetch; a malformed presentation needs nothing, and is refused when it is checked."""
    found = []
    for text in (text for texts in answer.presentations.values() for text in texts):
        with suppress(RejectedError):
            found.append(needs_of([text]))
    return together(found)
