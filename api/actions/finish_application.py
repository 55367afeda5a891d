"""Finish an application: from now on it is kept, and it is entered in the evidence log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from api.actions.append_to_logs import log_errand
from api.actions.application_entry import APPLICATIONS_LOG, application_entry
from api.actions.errors import ApplicationNotFoundError
from api.ports.applications import Application
from api.ports.storage import Work


def finish_application(
    work: Work, number: str, at: datetime, requests: Sequence[str] = ()
) -> Application:
    """Keep an application, and requests that serve it, in the transaction of what finishes it.

    Args:
        work: the transaction.
        number: of the application.
        at: now.
        requests: ids of requests for presentations.

    Returns:
        The application, which ends no more.

    Raises:
        ApplicationNotFoundError: there is none, or it ended before it was finished.
    """
    application = work.applications.find(number)
    if application is None or application.is_over(at):
        raise ApplicationNotFoundError("the application has ended")
    was_unfinished = work.applications.finish(number, requests)
    if work.applications.find(number) is None:
        raise ApplicationNotFoundError("the application has ended")
    if was_unfinished:
        entry = application_entry(application)
        work.outbox.put(log_errand(APPLICATIONS_LOG, number, entry, at))
    return replace(application, ends=None)
