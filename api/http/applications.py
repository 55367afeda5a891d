"""Applications over JSON: open one, and look at it with its secret; nobody has an account."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.actions.application_entry import application_entry
from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.actions.read_application import ApplicationView, read_application
from api.actions.withdraw_application import withdraw_application
from api.http.openapi import ALWAYS, STORED, WITH_BODY, describe_problems
from api.http.problems import ProblemError
from api.http.strict_json import StrictRoute
from api.http.text import only_iso_day
from api.ports.applications import Application, Day
from api.ports.means import Means
from contracts.evidence.encoding import format_time

NUMBER: Final = r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$"
IDENTIFIER: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"
KEY: Final = r"^[A-Za-z0-9_-]{22,64}$"
SECRET: Final = r"^[A-Za-z0-9_-]{43}$"  # noqa: S105 # a pattern, not a secret
_EXAMPLE_NUMBER: Final = "7K3M-X9QT-0A2B-HV5N"
_EXAMPLE_SECRET: Final = "q0Y1vJ3m5sT7x9Zb2dF4hK6nP8rU0wA1cE3gI5kM7oQ"  # noqa: S105 # made up
_OPENING: Final = describe_problems(
    *WITH_BODY,
    *STORED,
    "service.unknown",
    "service.closed",
    "application.date_not_today",
    "application.not_found",
    "idempotency.reused",
)
_READING: Final = describe_problems(
    *ALWAYS, *STORED, "application.secret_required", "application.not_found"
)
_WITHDRAWING: Final = describe_problems(
    *ALWAYS,
    *STORED,
    "application.secret_required",
    "application.not_found",
    "application.decided",
)
_BEARER: Final = "Bearer "
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="application"'}


class NewApplication(BaseModel):
    """What is applied for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"service": "document-delivery"}]}
    )
    service: str = Field(pattern=IDENTIFIER, description="Id of the service.")
    round: str | None = Field(
        None, pattern=IDENTIFIER, description="Id of a round; by default the newest."
    )
    date: Annotated[
        Day | None,
        BeforeValidator(only_iso_day),
        Field(description="Day of the application; another than today in trials only."),
    ] = None


class ApplicationAnswer(BaseModel):
    """An application as it was received."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])
    service: str = Field(examples=["document-delivery"])
    round: str = Field(examples=["2026"])
    service_digest: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 under a domain tag over the service's rules as they were.",
    )
    date: Day
    trial: bool = Field(description="The day was chosen for a trial: nothing follows from it.")
    received: str = Field(examples=["2026-11-22T01:23:45Z"])
    state: str = Field(examples=["open"])


class OpenedAnswer(ApplicationAnswer):
    """A new application with its secret, which nobody can tell again."""

    secret: str = Field(pattern=SECRET, examples=[_EXAMPLE_SECRET])


class EvidenceAnswer(BaseModel):
    """How far the application's entry in the evidence log has come."""

    model_config = ConfigDict(extra="forbid")
    state: str = Field(pattern="^(waiting|logged|anchored)$")
    entry: str = Field(description="The entry: the log holds its leaf hash (RFC 9162) only.")
    index: int | None = Field(description="0-based place in the log.")
    checkpoint: str | None = Field(description="The signed checkpoint that covers it, on chain.")
    block: int | None
    block_time: str | None


class ViewedAnswer(ApplicationAnswer):
    """An application with its evidence."""

    evidence: EvidenceAnswer


def application_routes(means: Means) -> APIRouter:
    """``/api/v1/applications``."""
    routes = APIRouter(
        prefix="/api/v1/applications", route_class=StrictRoute, tags=["applications"]
    )

    @routes.post(
        "",
        status_code=201,
        summary="Open an application",
        operation_id="open_application",
        responses=_OPENING,
    )
    def post(
        new: NewApplication,
        response: Response,
        idempotency_key: Annotated[
            str,
            Header(
                pattern=KEY,
                description="Random, at least 128 bits: the same key gives the same application, "
                "and its secret, for a day. Keep it as secret as the application's.",
            ),
        ] = "",
    ) -> OpenedAnswer:
        key = idempotency_key or None
        order = ApplicationOrder(new.service, new.round, new.date, key)
        opened = open_application(means, order)
        response.headers["Location"] = f"/api/v1/applications/{opened.application.number}"
        return _opened(opened)

    @routes.get(
        "/{number}",
        summary="Look at an application",
        operation_id="read_application",
        responses=_READING,
        openapi_extra={"security": [{"applicationSecret": []}]},
    )
    def get(
        number: Annotated[str, Path(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])],
        authorization: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> ViewedAnswer:
        return _viewed(read_application(means, number, _secret(authorization)))

    _add_withdrawal(routes, means)
    return routes


def _add_withdrawal(routes: APIRouter, means: Means) -> None:
    @routes.delete(
        "/{number}",
        status_code=204,
        summary="Withdraw an application that is not decided",
        description="Its place in the round is free again; a second time changes nothing.",
        operation_id="withdraw_application",
        responses=_WITHDRAWING,
        openapi_extra={"security": [{"applicationSecret": []}]},
    )
    def withdraw(
        number: Annotated[str, Path(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])],
        authorization: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> None:
        withdraw_application(means, number, _secret(authorization))


def _secret(authorization: str) -> str:
    secret = authorization.removeprefix(_BEARER)
    if not authorization.startswith(_BEARER) or not secret.isascii():
        raise ProblemError("application.secret_required", _CHALLENGE)
    return secret


def _fields(application: Application) -> dict[str, object]:
    return {
        "number": application.number,
        "service": application.service,
        "round": application.round,
        "service_digest": application.service_digest.hex(),
        "date": application.date,
        "trial": application.trial,
        "received": format_time(application.received),
        "state": application.state.value,
    }


def _opened(opened: OpenedApplication) -> OpenedAnswer:
    return OpenedAnswer.model_validate({**_fields(opened.application), "secret": opened.secret})


def _viewed(view: ApplicationView) -> ViewedAnswer:
    anchor = view.anchor
    evidence = {
        "state": view.evidence.value,
        "entry": application_entry(view.application).decode("utf-8"),
        "index": view.index,
        "checkpoint": anchor.note if anchor else None,
        "block": anchor.block if anchor else None,
        "block_time": format_time(anchor.time) if anchor and anchor.time else None,
    }
    return ViewedAnswer.model_validate({**_fields(view.application), "evidence": evidence})
