"""Read an application: only who holds its secret can."""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from api.actions.application_entry import APPLICATIONS_LOG, hash_secret
from api.actions.errors import ApplicationNotFoundError
from api.ports.applications import Application
from api.ports.logs import Anchor
from api.ports.means import Means


class Evidence(StrEnum):
    """How far an application's log entry has come."""

    WAITING = "waiting"
    LOGGED = "logged"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application with the state of its evidence; index and anchor once there are any."""

    application: Application
    evidence: Evidence
    index: int | None
    anchor: Anchor | None


def read_application(means: Means, number: str, secret: str) -> ApplicationView:
    """The application with this number, for the holder of its secret.

    Raises:
        ApplicationNotFoundError: no such number, not its secret, or nobody finished it in time;
            all take the same time.
    """
    given = hash_secret(secret)
    with means.storage.reading() as reading:
        application = reading.applications.find(number)
        if application is not None and application.is_over(means.now()):
            application = None
        kept = application.secret_hash if application else bytes(len(given))
        if not hmac.compare_digest(given, kept) or application is None:
            raise ApplicationNotFoundError("no application has this number and secret")
        index = reading.logs.place(APPLICATIONS_LOG, number)
        anchor = None if index is None else reading.logs.anchor_over(APPLICATIONS_LOG, index)
    if index is None:
        return ApplicationView(application, Evidence.WAITING, None, None)
    state = Evidence.LOGGED if anchor is None else Evidence.ANCHORED
    return ApplicationView(application, state, index, anchor)
