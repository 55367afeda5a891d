"""The verifier's desk: ask, let the wallet fetch it, take the answer, tell what came of it.

An answer is verified before anything is written; then its outcome is kept and the request burnt in
one transaction, so that of two workers who hold the same answer one is refused.
"""

import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from api.actions.check_eligibility import CheckedAnswer, EligibilityCheck, check_eligibility
from api.actions.forget_unfinished import with_room
from api.openid.answer import WalletAnswer, WalletError, parse_answer
from api.openid.asking import (
    BROWSER,
    SESSION,
    AskedRequest,
    Asking,
    AskOrder,
    Device,
    Reader,
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
from api.ports.unfinished import ANSWER_BYTES, LIFE, ROW_BYTES, Hold, Pool, hold
from verifier.credential.keys import Randomness
from verifier.credential.needs import Needs, needs_of, together
from verifier.credential.request import encode_request
from verifier.eligibility.catalogue import Catalogue
from verifier.errors import RejectedError, RequestTimeError, UnansweredError

RESPONSE_CODE: Final = "response-code"
MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that asking stands on.

    Args:
        base: where requests are, without trailing slash.
        identity: who asks.
        catalogue: the services.
        issuers: by credential type, the one issuer whose values show a person again.
        storage: the database.
        trust: what credentials are checked against.
        rng: source of randomness.
        trial: allows unsigned requests for another device, with which wallets are tried.
    """

    base: str
    identity: VerifierIdentity
    catalogue: Catalogue
    issuers: Mapping[str, str]
    storage: OpenIdStorage
    trust: TrustSource
    rng: Randomness
    trial: bool = False

    def query(self, service: str, round_id: str | None, on: date) -> RuledQuery:
        """The query of a service's round, or of the one that a day belongs to.

        Raises:
            UnknownServiceError: there is no such service or round.
        """
        if round_id is None:
            return RuledQuery(self.catalogue.latest_policy(service, on), self.issuers)
        return RuledQuery(self.catalogue.policy(service, round_id), self.issuers)


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
    size = len(encode_request(asked.request)) + len(asked.response_uri) + ROW_BYTES + ANSWER_BYTES
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
        answered = _unanswered(asked, answer, at, code_hash)
    else:
        answered = _check(desk, asked, answer, at, code_hash)
    text = desk.query(asked.service, asked.round, asked.application_date).consent_text(
        asked.application
    )
    if sha256(text.encode()).digest() != asked.request.consent:
        raise AnsweredError("the rules are other ones than those that were asked for")
    kept = with_room(desk.storage, at, lambda: _settle(desk, answered, text))
    if not kept:
        raise AnsweredError("the request was answered before")
    return Receipt(None if code is None else f"{desk.base}/{name}/done#response_code={code}")


def _settle(desk: Desk, answered: Answered, text: str) -> bool:
    with desk.storage.work() as work:
        return work.presentations.settle(answered, text)


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
