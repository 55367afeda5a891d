"""Withdraw an application before it is decided: nothing is proposed on it, its place is free."""

from api.actions.errors import ApplicationNotFoundError
from api.actions.paper_errors import DecidedError
from api.actions.read_application import read_application
from api.ports.applications import ApplicationState
from api.ports.means import Means


def withdraw_application(means: Means, number: str, secret: str) -> None:
    """Withdraw it, for the holder of its secret; a second time changes nothing.

    The same person may apply again in the round. Copies of credentials that were shown stay spent.

    Raises:
        ApplicationNotFoundError: no such application, or not its secret.
        DecidedError: an officer has decided already; then there is the right to object.
    """
    read_application(means, number, secret)
    with means.storage.work() as work:
        application = work.applications.hold(number)
        if application is None:
            raise ApplicationNotFoundError("no such application")
        if application.state is ApplicationState.DECIDED:
            raise DecidedError("an officer has decided already")
        work.proposals.withdraw(number, means.now())
        work.applications.close(number, ApplicationState.WITHDRAWN)
