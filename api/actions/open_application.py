"""Open an application: somebody asks a service to be checked, without saying who they are.

The row and the idempotency key are one transaction. It is unfinished until a presentation with an
accepted credential is joined with it, or an officer takes it up (``finish_application``): only then
is it entered in the evidence log. Unfinished it ends after 15 minutes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.actions.application_entry import (
    NUMBER_BYTES,
    SALT_BYTES,
    SECRET_BYTES,
    derive_secret,
    hash_key,
    hash_request,
    hash_secret,
    make_number,
)
from api.actions.errors import (
    ApplicationNotFoundError,
    DateNotTodayError,
    KeyReusedError,
    RoundClosedError,
    UnknownServiceRoundError,
)
from api.actions.forget_unfinished import with_room
from api.ports.applications import Application, Day
from api.ports.idempotency import KeptRequest
from api.ports.means import Means, korean_day
from api.ports.storage import Work
from api.ports.unfinished import LIFE, ROW_BYTES, Pool, hold
from contracts.evidence.encoding import b64u_encode
from verifier.eligibility.errors import UnknownServiceError
from verifier.eligibility.policy import PolicyRound

SCOPE: Final = "application.open"


@dataclass(frozen=True, slots=True)
class ApplicationOrder:
    """What an applicant asks for.

    Args:
        service: id of the catalogue.
        round: id of a round; None: the one that the day of the application belongs to.
        date: the day of the application; None: today in Korea.
        key: 22 to 64 URL-safe characters under which the request may be sent again. Whoever
            knows it can open the application: it must be random.
    """

    service: str
    round: str | None = None
    date: Day | None = None
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    """An application and the secret that opens it; nobody can tell the secret again."""

    application: Application
    secret: str = field(repr=False)


def open_application(means: Means, order: ApplicationOrder) -> OpenedApplication:
    """Keep an application durably.

    Returns:
        The application; the same one for the same key.

    Raises:
        UnknownServiceRoundError: no such service or round.
        RoundClosedError: the round does not take applications on that day.
        DateNotTodayError: another day than today, and no trial.
        KeyReusedError: the key stands for another request.
        ApplicationNotFoundError: the key stands for an application that was deleted.
        NoRoomError: too much was begun and not finished.
    """
    at = means.now()
    day = _day(means, order, at)
    policy = _policy(means, order, day)
    chosen = policy.round
    if not chosen.opens.value <= day <= chosen.closes.value:
        raise RoundClosedError(f"{order.service} {chosen.id} takes no applications on {day}")
    salt = means.rng(SALT_BYTES)
    secret = derive_secret(order.key, salt) if order.key else b64u_encode(means.rng(SECRET_BYTES))
    application = Application(
        number=make_number(means.rng(NUMBER_BYTES)),
        service=policy.service.id,
        round=chosen.id,
        service_digest=policy.service.digest,
        date=day,
        trial=day != korean_day(at),
        received=at,
        secret_hash=hash_secret(secret),
        salt=salt,
        ends=at + LIFE,
    )
    opened = OpenedApplication(application, secret)
    return with_room(means.storage, at, lambda: _keep(means, order, opened))


def _keep(means: Means, order: ApplicationOrder, opened: OpenedApplication) -> OpenedApplication:
    application, rows = opened.application, 1
    with means.storage.work() as work:
        if order.key:
            earlier = _earlier(work, order.key, _request(order, application), order)
            if earlier is not None:
                return earlier
            rows = 2
        held = hold(Pool.APPLICATIONS, rows * ROW_BYTES, application.received + LIFE)
        work.applications.add(application, held)
    return opened


def _policy(means: Means, order: ApplicationOrder, day: Day) -> PolicyRound:
    catalogue = means.catalogue
    try:
        if order.round is None:
            return catalogue.latest_policy(order.service, day)
        return catalogue.policy(order.service, order.round)
    except UnknownServiceError as error:
        raise UnknownServiceRoundError("no such service or round") from error


def _day(means: Means, order: ApplicationOrder, at: datetime) -> Day:
    today = korean_day(at)
    if order.date is None or order.date == today:
        return today
    if not means.trial:
        raise DateNotTodayError(f"applications are of the day they come in, {today}")
    return order.date


def _request(order: ApplicationOrder, application: Application) -> KeptRequest:
    told = order.date.isoformat() if order.date else ""
    return KeptRequest(
        scope=SCOPE,
        key_hash=hash_key(order.key or ""),
        request_hash=hash_request(order.service, order.round or "", told),
        resource=application.number,
        salt=application.salt,
        at=application.received,
    )


def _earlier(
    work: Work, key: str, request: KeptRequest, order: ApplicationOrder
) -> OpenedApplication | None:
    """What the key stands for already; None where it is new."""
    kept = work.kept_requests.keep(request)
    if kept is request:
        return None
    if kept.request_hash != request.request_hash:
        raise KeyReusedError(f"the key stands for another request of {order.service}")
    application = work.applications.find(kept.resource)
    if application is None or application.is_over(request.at):
        raise ApplicationNotFoundError("the application of this key was deleted")
    return OpenedApplication(application, derive_secret(key, kept.salt))
