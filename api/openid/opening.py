"""Open a request for a presentation: for which application, and who will be told what comes of it.

Both are fixed here and cannot be chosen afterwards: what somebody answered for one application
serves no other and is read by nobody else.
"""

from dataclasses import dataclass, field

from api.actions.paper_errors import DecidedError, OtherPresentationError, UnsignedRequestError
from api.actions.read_application import read_application
from api.openid.asking import AskOrder, Device, Reader, RequestForm, ResponseMode
from api.openid.desk import Desk
from api.openid.receiving import OpenedRequest, open_request
from api.ports.applications import Application, ApplicationState
from api.ports.means import Means, korean_day


@dataclass(frozen=True, slots=True)
class Way:
    """How wallet and page talk; ``browser`` is what the browser holds already, or empty."""

    form: RequestForm = RequestForm.REFERENCE
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    device: Device = Device.SAME
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mine:
    """An application in the hands of its applicant; ``named`` is the service and round if named."""

    number: str
    secret: str = field(repr=False)
    named: tuple[str | None, str | None] = (None, None)


def open_for_applicant(desk: Desk, means: Means, mine: Mine, way: Way) -> OpenedRequest:
    """Ask for what an application needs; whoever holds its secret is told what comes of it.

    Raises:
        ApplicationNotFoundError: no such application, or not its secret.
        DecidedError: an officer has decided already.
        OtherPresentationError: a service or round is named that is not the application's.
        UnsignedRequestError: an unsigned request for another device, outside of trials.
    """
    application = read_application(means, mine.number, mine.secret).application
    own = (application.service, application.round)
    if any(name is not None and name != fact for name, fact in zip(mine.named, own, strict=True)):
        raise OtherPresentationError("the application is for another service or round")
    if way.device is Device.OTHER and way.form is RequestForm.PLAIN and not desk.trial:
        raise UnsignedRequestError("nobody vouches for what an unsigned request shows")
    return _open(desk, means, application, Reader.APPLICANT, way)


def open_for_officer(desk: Desk, means: Means, application: Application) -> OpenedRequest:
    """Ask for what a case needs; officers alone are told, by the case.

    The request is for the application's own day and rules, whenever it is made.

    Raises:
        DecidedError: it was decided.

    Not checked: that an officer asks, which the caller also keeps a trace of.
    """
    return _open(desk, means, application, Reader.OFFICER, Way(device=Device.OTHER))


def open_for_nobody(
    desk: Desk, means: Means, service: str, round_id: str | None, way: Way
) -> OpenedRequest:
    """Ask without an application, on the same device: only that it ended is told, to this browser.

    Raises:
        UnknownServiceError: there is no such service or round.
        RoundClosedError: the round takes no applications today.
    """
    at = means.now()
    query = desk.query(service, round_id, korean_day(at))
    query.check_open(korean_day(at))
    order = AskOrder(query, way.form, way.mode, Device.SAME, browser=way.browser)
    return open_request(desk, order, at)


def _open(
    desk: Desk, means: Means, application: Application, reader: Reader, way: Way
) -> OpenedRequest:
    if application.state is ApplicationState.DECIDED:
        raise DecidedError("it was decided before")
    order = AskOrder(
        desk.query(application.service, application.round, application.date),
        form=way.form,
        mode=way.mode,
        device=way.device,
        application=application.number,
        application_date=application.date,
        reader=reader,
        browser=way.browser,
    )
    return open_request(desk, order, means.now())
