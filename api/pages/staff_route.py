"""Pages of staff: refusals are pages too, and whoever must sign in is led to the door."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates

from api.actions.errors import ActionError
from api.http.languages import preferred_language
from api.http.problem_kinds import KINDS
from api.http.problems import ProblemError
from api.http.staff.gate import READS, check_declared

TEMPLATES: Final = Jinja2Templates(Path(__file__).parents[1] / "templates")
SIGN_IN: Final = "/staff/sign-in"
HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""Without a referrer's policy of its own a form would be sent with ``Origin: null`` (Fetch)."""
_TO_THE_DOOR: Final = frozenset({"staff.sign_in_required", "staff.verify_again"})


class StaffPage(APIRoute):
    """``APIRouter(route_class=StaffPage)``: says who may use it, and tells refusals as pages."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - the framework's own
        super().__init__(path, endpoint, **options)
        check_declared(self)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with refusals as pages."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                answer = await handle(request)
            except (ProblemError, ActionError) as error:
                answer = _refusal(request, error.code)
            except RequestValidationError:
                answer = _refusal(request, "http.invalid_request")
            for name, value in HEADERS.items():
                answer.headers[name] = value
            return answer

        return shown


def language(request: Request) -> str:
    """Korean, unless the address or the browser asks for English."""
    told = request.query_params.get("lang", "")
    accepted = preferred_language(request.headers.get("accept-language", ""))
    return told if told in {"ko", "en"} else accepted


def page(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    """A page in the language of the request."""
    told = {"lang": language(request), "path": request.url.path, **context}
    return TEMPLATES.TemplateResponse(request, template, told, status_code=status)


def see_other(path: str, request: Request) -> Response:
    """Go on to a path of ours, in the same language, after something was done."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}lang={language(request)}", status_code=303)


def _refusal(request: Request, code: str) -> Response:
    if code in _TO_THE_DOOR:
        here = request.url.path if request.method in READS else "/staff"
        query = urlencode({"next": here, "lang": language(request)}, quote_via=quote)
        again = "&again=1" if code == "staff.verify_again" else ""
        return RedirectResponse(f"{SIGN_IN}?{query}{again}", status_code=303)
    kind = KINDS[code]
    return page(request, "staff_refused.html", {"kind": kind}, kind.status)
