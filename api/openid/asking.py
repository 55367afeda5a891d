"""Asking for presentations: what a service's rules need, and nothing more can be said.

A request is made from a ``RuledQuery``, which holds the rules of a round and no list of papers or
claims: there is no place where one that the rules do not need could be entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from api.actions.errors import RoundClosedError
from api.openid.comparison import comparison_word
from api.openid.dcql import parse_dcql
from api.openid.secret_words import draw_word, word_hash
from contracts.evidence.encoding import HASH_BYTES, Json, b64u_encode
from verifier.credential.keys import Randomness, SigningKey
from verifier.credential.request import CredentialQuery, PresentationRequest, consent_nonce
from verifier.eligibility.dates import korean_day
from verifier.eligibility.disclosure import DisclosurePlan, plan
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.queries import request_queries
from verifier.eligibility.wording import Bilingual

REQUEST_LIFETIME: Final = timedelta(minutes=10)
SESSION: Final = "session"
BROWSER: Final = "browser"
_ID_BYTES: Final = 16


class RequestForm(StrEnum):
    """How the request reaches the wallet."""

    REFERENCE = "reference"
    """Signed, fetched from ``request_uri``."""
    VALUE = "value"
    """Signed, inside the link."""
    PLAIN = "plain"
    """Unsigned, inside the link, with a ``redirect_uri:`` client id."""


class ResponseMode(StrEnum):
    """How the wallet answers (OpenID4VP 1.0, 8.2 and 8.3.1)."""

    DIRECT_POST = "direct_post"
    DIRECT_POST_JWT = "direct_post.jwt"


class Device(StrEnum):
    """Where the wallet is: beside the page, or on another device that reads a QR."""

    SAME = "same"
    OTHER = "other"


class Reader(StrEnum):
    """Who is told what came of a request, fixed when it is opened."""

    APPLICANT = "applicant"
    """Whoever showed the application's secret when the request was opened."""
    OFFICER = "officer"
    """Officers, by the case; each look is kept."""
    NOBODY = "nobody"
    """It is for no application: it is told that it ended, and nothing else."""


@dataclass(frozen=True, slots=True)
class RuledQuery:
    """The query of a round, wholly made from its rules.

    ``issuers`` says by credential type whose values show a person again; nobody who asks chooses.
    """

    policy: PolicyRound
    issuers: Mapping[str, str]

    @property
    def plan(self) -> DisclosurePlan:
        """What is asked, claim by claim, and for which rule."""
        return plan(self.policy)

    @property
    def queries(self) -> tuple[CredentialQuery, ...]:
        """What the answer must contain."""
        return request_queries(self.policy, self.issuers)

    def dcql(self, application_date: date) -> dict[str, Json]:
        """The ``dcql_query``; the day is named only if the rules want facts of that very day."""
        wanted = self.policy.service.conditions.attested_on_application_date.value
        document = self.plan.to_dcql(application_date if wanted else None)
        parse_dcql(document)
        return document

    def check_open(self, day: date) -> None:
        """Check that the round takes applications on a day.

        Raises:
            RoundClosedError: it does not.
        """
        chosen = self.policy.round
        if not chosen.opens.value <= day <= chosen.closes.value:
            raise RoundClosedError(f"{self.policy.service.id} {chosen.id} is closed on {day}")

    def consent_text(self, application: str | None) -> str:
        """The text shown before, in both languages, for which application it is asked included.

        Its hash is in the request's nonce, so what the wallet signs is for that application alone.
        """
        texts = (self.plan.text("ko"), self.plan.text("en"))
        if application is None:
            return "\n\n".join(texts) + "\n"
        ko = f"신청번호: {application}. 이 번호가 본인의 신청이 아니면 보내지 마십시오."
        en = f"Application: {application}. Send nothing if this is not your own application."
        return f"{ko}\n{texts[0]}\n\n{en}\n{texts[1]}\n"


@dataclass(frozen=True, slots=True)
class AskOrder:
    """What the page that asks may choose: the round, and how wallet and page talk.

    ``application`` is the number of the application that it is made for, ``application_date`` that
    application's day (today's without), ``reader`` who is told what comes of it; that they may ask
    for the application is checked by the caller. ``browser`` is a secret that the browser holds
    already, 43 characters of base64url, or empty.
    """

    query: RuledQuery
    form: RequestForm = RequestForm.REFERENCE
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    device: Device = Device.SAME
    application: str | None = None
    application_date: date | None = None
    reader: Reader = Reader.NOBODY
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """A request as kept. ``decryption`` is the secret scalar of its key, 32 bytes, until answered.

    ``randomness`` proves the consent (``prove_consent``); ``consent_text`` is what was shown.
    ``browser_hash`` binds a request on the same device to the browser that opened it.
    """

    request: PresentationRequest
    service: str
    round: str
    form: RequestForm
    mode: ResponseMode
    device: Device
    response_uri: str
    application_date: date
    consent_text: str
    session_hash: bytes = field(repr=False)
    randomness: bytes = field(repr=False)
    decryption: bytes | None = field(repr=False)
    application: str | None = None
    reader: Reader = Reader.NOBODY
    browser_hash: bytes | None = field(default=None, repr=False)

    @property
    def state(self) -> str:
        """The verifier's own handle, which the wallet sends back."""
        return self.request.state or ""

    @property
    def word(self) -> Bilingual | None:
        """What both screens show for comparison; None where it is for no application."""
        if self.application is None:
            return None
        return comparison_word(self.application, self.request.nonce)


@dataclass(frozen=True, slots=True)
class Asking:
    """A new request and the secrets of the page, and of the browser, that asked.

    ``browser`` is empty where the wallet is on another device.
    """

    asked: AskedRequest
    session: str = field(repr=False)
    browser: str = field(default="", repr=False)


def ask(order: AskOrder, client_id: str | None, base: str, at: datetime, rng: Randomness) -> Asking:
    """Make a request.

    Args:
        order: what is asked and how.
        client_id: of a signed request; None for a plain one, whose client id is its address.
        base: where requests are answered, without a trailing slash.
        at: now, whole seconds.
        rng: source of randomness.
    """
    name, session = b64u_encode(rng(_ID_BYTES)), draw_word(rng)
    response_uri = f"{base}/{name}/response"
    browser = (order.browser or draw_word(rng)) if order.device is Device.SAME else ""
    text = order.query.consent_text(order.application)
    digest, randomness = sha256(text.encode()).digest(), rng(HASH_BYTES)
    request = PresentationRequest(
        id=name,
        audience=client_id if client_id is not None else f"redirect_uri:{response_uri}",
        nonce=consent_nonce(name, digest, randomness),
        queries=order.query.queries,
        issued=at,
        expires=at + REQUEST_LIFETIME,
        consent=digest,
        state=draw_word(rng),
    )
    encrypted = order.mode is ResponseMode.DIRECT_POST_JWT
    secret = SigningKey.generate(rng).secret.to_bytes(HASH_BYTES, "big") if encrypted else None
    policy = order.query.policy
    asked = AskedRequest(
        request=request,
        service=policy.service.id,
        round=policy.round.id,
        form=order.form,
        mode=order.mode,
        device=order.device,
        response_uri=response_uri,
        application_date=order.application_date or korean_day(at),
        consent_text=text,
        session_hash=word_hash(SESSION, session),
        randomness=randomness,
        decryption=secret,
        application=order.application,
        reader=order.reader,
        browser_hash=word_hash(BROWSER, browser) if browser else None,
    )
    return Asking(asked, session, browser)
