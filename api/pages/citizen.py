"""``/credentials``: a citizen chooses, is identified at a provider, and takes an offer to a wallet.

No script is needed, and no form is sent on to the provider: browsers check where a form ends up
(CSP ``form-action``), so the citizen follows a link that says where it leads.
"""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from api.actions.errors import ActionError
from api.http.problem_kinds import KINDS
from api.http.problems import ProblemError
from api.http.qr import qr_svg
from api.http.staff.cookies import clear_identity_step, identity_step, set_identity_step
from api.http.staff.counter_forms import KIND, NAME
from api.http.staff.gate import Gate
from api.openid.citizen import (
    CitizenDesk,
    Stopped,
    Wish,
    begin_identity_step,
    finish_identity_step,
)
from api.openid.offering import MadeOffer, offer_document, offer_uri
from api.pages.choices import choices_at, services_of
from api.pages.verify import language as asked_language
from api.ports.door import ProviderAnswer
from api.ports.means import KOREA

TEMPLATES: Final = Jinja2Templates(Path(__file__).parents[1] / "templates")
START: Final = "/credentials"
RETURN: Final = f"{START}/return"
STEPS_PER_MINUTE: Final = 6000
"""Identity steps that one address may begin or end in a minute: many people share a carrier's."""
MAX_PARAMETER: Final = 2048
_MAX_CHOICE: Final = 120
_GROUP: Final = 3
_Parameter = Annotated[str, Query(max_length=MAX_PARAMETER)]


class CitizenPage(APIRoute):
    """Tells refusals as pages, keeps nothing, and takes the cookie when the step has ended."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with refusals as pages."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                answer = await handle(request)
            except ProblemError as error:
                answer = _refusal(request, error.code)
                answer.headers.update(error.headers or {})
            except ActionError as error:
                answer = _refusal(request, error.code)
            except RequestValidationError:
                answer = _refusal(request, "http.invalid_request")
            answer.headers["Cache-Control"] = "no-store"
            if request.url.path == RETURN:
                clear_identity_step(answer)
            return answer

        return shown


def citizen_pages(desk: CitizenDesk, gate: Gate, *, trial: bool) -> APIRouter:
    """All pages of the identity step; ``trial`` says that everybody here is invented."""
    routes = APIRouter(route_class=CitizenPage, include_in_schema=False)
    counted = Depends(_counting(gate))

    @routes.get(START)
    def choose(request: Request) -> Response:
        told = {
            "choices": [choice for choice in choices_at(desk.counter) if choice.enrolled],
            "services": services_of(desk.means),
            "trial": trial,
        }
        answer = _page(request, "citizen_choose.html", told)
        # Without a referrer's policy of its own the form would be sent with ``Origin: null``.
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    @routes.post(START, dependencies=[counted])
    def leave(
        request: Request,
        choice: Annotated[str, Form(max_length=_MAX_CHOICE, pattern=f"{NAME[:-1]}/{KIND[1:]}")],
        service: Annotated[str, Form(pattern=KIND)],
    ) -> Response:
        agency, _, kind = choice.partition("/")
        departure = begin_identity_step(desk, Wish(agency, kind, service))
        told = {**_titles(desk, agency, kind), "address": departure.address}
        answer = _page(request, "citizen_leave.html", {**told, "host": urlsplit(desk.name).netloc})
        set_identity_step(answer, departure.begun.token, language(request))
        return answer

    @routes.get(RETURN, dependencies=[counted])
    def come_back(
        request: Request,
        state: _Parameter = "",
        code: _Parameter = "",
        error: _Parameter = "",
        iss: Annotated[str | None, Query(max_length=MAX_PARAMETER)] = None,
    ) -> Response:
        answer = ProviderAnswer(code, state, iss, error)
        made = finish_identity_step(desk, identity_step(request)[0], answer)
        if isinstance(made, Stopped):
            return _page(request, "citizen_stopped.html", {})
        return _page(request, "citizen_offer.html", {**_offered(desk, made), "trial": trial})

    return routes


def language(request: Request) -> str:
    """As the address says, then as the step began, then as the browser prefers."""
    began = identity_step(request)[1]
    if "lang" not in request.query_params and began in {"ko", "en"}:
        return began
    return asked_language(request)


def _counting(gate: Gate) -> Callable[[Request], None]:
    def count(request: Request) -> None:
        gate.check_origin(request)
        address = request.client.host if request.client else ""
        wait = gate.rates.wait("identity", address, STEPS_PER_MINUTE)
        if wait:
            raise ProblemError("http.too_many_requests", {"Retry-After": str(wait)})

    return count


def _offered(desk: CitizenDesk, made: MadeOffer) -> dict[str, object]:
    """Both secrets, for this one page; the transaction code is in no address."""
    agency, code = desk.counter.agency(made.offer.agency), made.tx_code
    link = offer_uri(offer_document(agency, made))
    [kind] = made.offer.copies
    return {
        **_titles(desk, agency.id, kind),
        "qr": Markup(qr_svg(link)),  # noqa: S704 # our own drawing; the link is only its dots
        "link": link,
        "code": [code[at : at + _GROUP] for at in range(0, len(code), _GROUP)],
        "until": made.offer.expires.astimezone(KOREA).strftime("%H:%M"),
    }


def _titles(desk: CitizenDesk, agency: str, kind: str) -> dict[str, object]:
    found = desk.counter.agency(agency)
    return {"title": found.types[kind].title, "issuer": found.title}


def _page(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    """A page; its other language is the start's, because an ended step cannot be asked again."""
    told = {"lang": language(request), "path": START, **context}
    return TEMPLATES.TemplateResponse(request, template, told, status_code=status)


def _refusal(request: Request, code: str) -> Response:
    kind = KINDS[code]
    return _page(request, "citizen_refused.html", {"kind": kind}, kind.status)
