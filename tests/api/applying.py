"""Applications that are finished, as if something was shown for them: for good, and logged."""

from api.actions.finish_application import finish_application
from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.ports.means import Means

ORDER = ApplicationOrder("document-delivery")


def apply_for_good(means: Means, order: ApplicationOrder = ORDER) -> OpenedApplication:
    """Open one and finish it."""
    opened = open_application(means, order)
    with means.storage.work() as work:
        application = finish_application(work, opened.application.number, means.now())
    return OpenedApplication(application, opened.secret)
