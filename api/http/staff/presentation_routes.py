"""Presentations for a case, for officers: ask, join what was shown, read the numbered trail."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.actions.keep_session import SignedIn
from api.http.applications import NUMBER, SECRET
from api.http.openapi import JOINING, WITH_BODY, describe_problems
from api.http.problems import ProblemError
from api.http.qr import qr_svg
from api.http.staff.door_routes import CHANGING, INSIDE, PREFIX
from api.http.staff.forms import NAME22
from api.http.staff.gate import Gate, StaffRoute
from api.openid.case_asking import CaseDesk, ask_for_case, join_case, read_trail
from api.openid.errors import UnknownResourceError
from api.openid.receiving import OpenedRequest, Shown
from api.ports.accounts import Role
from contracts.evidence.encoding import format_time
from verifier.eligibility.wording import Bilingual

PLACE: Final = "/applications/{number}"
_EXAMPLE_NUMBER: Final = "7K3M-X9QT-0A2B-HV5N"
_PROBLEMS: Final = ("staff.role_missing", "application.not_found")
_Number = Annotated[str, Path(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])]


class ComparisonWord(BaseModel):
    """What the officer's screen and the wallet both show: a request passed on shows another."""

    model_config = ConfigDict(extra="forbid")
    ko: str = Field(examples=["소나무 42"])
    en: str = Field(examples=["pine 42"])


class RequestAnswer(BaseModel):
    """A request for the applicant's wallet; the session lets the officer join what is shown."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(pattern=NAME22)
    link: str = Field(description="The request (OpenID4VP 1.0), for the wallet.")
    qr: str = Field(description="The link as SVG.")
    session: str = Field(pattern=SECRET)
    consent: str = Field(description="What the wallet's owner is told, in Korean and English.")
    word: ComparisonWord
    expires: str


class ShownAnswer(BaseModel):
    """A request that the applicant's wallet has answered."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(pattern=NAME22)
    session: str = Field(pattern=SECRET)


class JoinedAnswer(BaseModel):
    """What the rules propose now."""

    model_config = ConfigDict(extra="forbid")
    outcome: str = Field(pattern="^(eligible|not_eligible|cannot_verify)$")


class TrailAnswer(BaseModel):
    """What was asked, checked and found. No claim's value is in it."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(pattern=NAME22)
    answered_at: str
    outcome: str
    credentials: list[dict[str, Any]]  # Any: see api.openid.trail
    learned: list[dict[str, Any]]
    trail: list[dict[str, Any]] = Field(description="Numbered steps, each with a code and words.")


def presentation_routes(cases: CaseDesk, gate: Gate) -> APIRouter:
    """``/api/v1/staff/applications/<number>``: requests, presentation and trail."""
    routes = APIRouter(prefix=PREFIX, route_class=StaffRoute, tags=["staff"])

    @routes.post(
        f"{PLACE}/requests",
        status_code=201,
        summary="Ask the applicant's wallet for what the rules need, and nothing more",
        operation_id="ask_for_application",
        responses=describe_problems(*CHANGING, *_PROBLEMS, "application.decided"),
    )
    def ask(who: Annotated[SignedIn, gate.holding(Role.OFFICER)], number: _Number) -> RequestAnswer:
        return _request(ask_for_case(cases, who.account.id, number))

    @routes.put(
        f"{PLACE}/presentation",
        summary="Join what the applicant's wallet has shown with the application",
        operation_id="join_presentation_as_officer",
        responses=describe_problems(
            *WITH_BODY,
            *CHANGING,
            *_PROBLEMS,
            "application.presentation_unknown",
            "application.other_presentation",
            *JOINING,
            "application.decided",
        ),
    )
    def join(
        who: Annotated[SignedIn, gate.holding(Role.OFFICER)], number: _Number, shown: ShownAnswer
    ) -> JoinedAnswer:
        seen = Shown(shown.request, shown.session)
        try:
            return JoinedAnswer(outcome=join_case(cases, who.account.id, number, seen))
        except UnknownResourceError as error:
            raise ProblemError("application.presentation_unknown") from error

    @routes.get(
        f"{PLACE}/trail",
        summary="The numbered trail of what was shown; the look is kept",
        operation_id="read_trail",
        responses=describe_problems(*INSIDE, *_PROBLEMS, "application.no_proposal"),
    )
    def trail(who: Annotated[SignedIn, gate.holding(Role.OFFICER)], number: _Number) -> TrailAnswer:
        result = read_trail(cases, who.account.id, number)
        return TrailAnswer.model_validate({name: result[name] for name in TrailAnswer.model_fields})

    return routes


def _request(opened: OpenedRequest) -> RequestAnswer:
    asked = opened.asking.asked
    word = asked.word or Bilingual("", "")
    return RequestAnswer(
        request=asked.request.id,
        link=opened.link,
        qr=qr_svg(opened.link),
        session=opened.asking.session,
        consent=asked.consent_text,
        word=ComparisonWord(ko=word.ko, en=word.en),
        expires=format_time(asked.request.expires),
    )
