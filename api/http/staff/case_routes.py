"""Cases over JSON, for officers; certificates on paper, for issuers."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.actions.decide_application import DecisionOrder, decide_application
from api.actions.issue_certificate import (
    CertificateOrder,
    Registry,
    issue_certificate,
    revoke_paper,
)
from api.actions.issue_paper import PaperDesk
from api.actions.keep_session import SignedIn
from api.actions.read_case import read_case
from api.http.applications import NUMBER
from api.http.openapi import ALWAYS, STORED, WITH_BODY, describe_problems
from api.http.papers import PDF, file_answer
from api.http.staff.account_routes import DANGEROUS
from api.http.staff.door_routes import INSIDE, PREFIX
from api.http.staff.forms import NAME22, PERSON
from api.http.staff.gate import Gate, StaffRoute
from api.http.text import LongText, ShortText
from api.ports.accounts import Role
from contracts.evidence.encoding import format_time
from verifier.eligibility.evaluation import Outcome

KIND: Final = r"^[a-z][a-z0-9-]{0,59}$"
_EXAMPLE_NUMBER: Final = "7K3M-X9QT-0A2B-HV5N"
_Number = Annotated[str, Path(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])]
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "The PDF",
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class NewDecision(BaseModel):
    """What an officer decides; "cannot verify" is no decision."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["eligible", "not_eligible"]
    written_reason: LongText | None = Field(
        None, description="Needed where the decision departs from the proposal."
    )


class NewCertificate(BaseModel):
    """A certificate for somebody whose identity card an officer has seen."""

    model_config = ConfigDict(extra="forbid")
    kind: str = Field(pattern=KIND, description="Id of a credential type.")
    person: str = Field(pattern=PERSON, description="The person's id in the register.")
    holder: ShortText


class CaseAnswer(BaseModel):
    """What the rules propose on an application."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(pattern=NUMBER)
    attached: str
    decided: bool
    proposal: dict[str, Any]


class DecisionAnswer(BaseModel):
    """A decision that was taken."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(pattern=NUMBER)
    outcome: str
    decided_at: str
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


def case_routes(desk: PaperDesk, registry: Registry | None, gate: Gate) -> APIRouter:
    """``/api/v1/staff``: cases, certificates and revocations."""
    routes = APIRouter(prefix=PREFIX, route_class=StaffRoute, tags=["staff"])
    _add_cases(routes, desk, gate)
    _add_revocation(routes, desk, gate)
    if registry is not None:
        _add_certificates(routes, desk, registry, gate)
    return routes


def _add_cases(routes: APIRouter, desk: PaperDesk, gate: Gate) -> None:
    place = "/applications/{number}"
    problems = ("staff.role_missing", "application.not_found", "application.no_proposal")

    @routes.get(
        f"{place}/proposal",
        summary="What the rules propose on an application",
        operation_id="read_case",
        responses=describe_problems(*INSIDE, *problems),
    )
    def case(who: Annotated[SignedIn, gate.holding(Role.OFFICER)], number: _Number) -> CaseAnswer:
        seen = read_case(desk.means, who.account.id, number, desk.alarm_reads)
        return CaseAnswer(
            number=number,
            attached=format_time(seen.attached),
            decided=seen.decided,
            proposal=dict(seen.proposal),
        )

    @routes.post(
        f"{place}/decision",
        status_code=201,
        summary="Decide on an application",
        operation_id="decide_application",
        responses=describe_problems(
            *WITH_BODY,
            *DANGEROUS,
            *problems,
            "application.decided",
            "application.withdrawn",
            "application.evidence_changed",
            "application.evidence_undetermined",
            "application.reason_missing",
            "paper.unprintable",
            "paper.unavailable",
        ),
    )
    def decide(
        who: Annotated[SignedIn, gate.holding(Role.OFFICER, recent=True)],
        number: _Number,
        new: NewDecision,
    ) -> DecisionAnswer:
        order = DecisionOrder(number, Outcome(new.outcome), new.written_reason or "")
        made = decide_application(desk, who.account, order)
        return DecisionAnswer(
            number=number,
            outcome=made.outcome.value,
            decided_at=format_time(made.decided_at),
            digest=made.digest().hex(),
        )


def _add_revocation(routes: APIRouter, desk: PaperDesk, gate: Gate) -> None:
    @routes.put(
        "/documents/{paper}/revocation",
        status_code=204,
        summary="Revoke a document",
        operation_id="revoke_document",
        responses=describe_problems(*DANGEROUS, "staff.role_missing", "paper.unknown"),
    )
    def revoke(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, Role.OFFICER, recent=True)],
        paper: Annotated[str, Path(pattern=NAME22)],
    ) -> None:
        revoke_paper(desk, who.account.id, paper)


def _add_certificates(routes: APIRouter, desk: PaperDesk, registry: Registry, gate: Gate) -> None:
    @routes.post(
        "/certificates",
        status_code=201,
        summary="Issue a certificate on paper; no copy of the file is kept",
        operation_id="issue_certificate",
        response_class=Response,
        responses={
            **describe_problems(
                *ALWAYS,
                *STORED,
                *WITH_BODY,
                *DANGEROUS,
                "staff.role_missing",
                "paper.not_in_register",
                "paper.register_pending",
                "paper.unprintable",
                "paper.unavailable",
            ),
            **_FILE,
        },
    )
    def certificate(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, recent=True)], new: NewCertificate
    ) -> Response:
        order = CertificateOrder(new.kind, new.person, new.holder)
        return file_answer(issue_certificate(desk, registry, who.account.id, order), 201)
