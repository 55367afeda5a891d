"""Join a presentation with an application, over JSON."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, ConfigDict, Field

from api.http.applications import NUMBER
from api.http.browser_cookie import Browser
from api.http.openapi import JOINING, STORED, WITH_BODY, describe_problems
from api.http.papers import secret_of
from api.http.problems import ProblemError
from api.http.strict_json import StrictRoute
from api.openid.desk import Desk
from api.openid.errors import UnknownResourceError
from api.openid.joining import join_presentation
from api.openid.receiving import MAX_NAME, Shown
from api.ports.means import Means

MAX_WORD: Final = 128
_WORD: Final = r"^[A-Za-z0-9_-]+$"


class ShownPresentation(BaseModel):
    """A request for a presentation, and what shows that it is one's own."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(pattern=_WORD, max_length=MAX_NAME)
    session: str = Field(pattern=_WORD, max_length=MAX_WORD)
    response_code: str | None = Field(
        None,
        pattern=_WORD,
        max_length=MAX_WORD,
        description="Needed on the same device, from the browser that opened the request.",
    )


class Proposed(BaseModel):
    """What the rules propose; an officer decides."""

    model_config = ConfigDict(extra="forbid")
    outcome: str = Field(pattern="^(eligible|not_eligible|cannot_verify)$")


def join_routes(desk: Desk, means: Means) -> APIRouter:
    """``/api/v1/applications/{number}/presentation``."""
    routes = APIRouter(route_class=StrictRoute, tags=["applications"])

    @routes.put(
        "/api/v1/applications/{number}/presentation",
        summary="Join a checked presentation with the application that it was asked for",
        operation_id="join_presentation",
        responses=describe_problems(
            *WITH_BODY,
            *STORED,
            "application.secret_required",
            "application.not_found",
            "application.presentation_unknown",
            "application.other_presentation",
            *JOINING,
            "application.decided",
        ),
        openapi_extra={"security": [{"applicationSecret": []}]},
    )
    def join(
        number: Annotated[str, Path(pattern=NUMBER)],
        body: ShownPresentation,
        browser: Browser,
        authorization: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Proposed:
        shown = Shown(body.request, body.session, body.response_code, browser)
        secret = secret_of(authorization)
        try:
            return Proposed(outcome=join_presentation(desk, means, number, secret, shown))
        except UnknownResourceError as error:
            raise ProblemError("application.presentation_unknown") from error

    return routes
