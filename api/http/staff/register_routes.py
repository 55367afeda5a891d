"""Registers over JSON: look at a CSV file first, then let it take the place of a register."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from api.actions.keep_session import SignedIn
from api.http.bodies import read_bounded
from api.http.openapi import WITH_BODY, describe_problems
from api.http.problems import ProblemError
from api.http.staff.account_routes import DANGEROUS
from api.http.staff.counter_forms import DIGEST, KIND, RegisterAnswer, RowFault
from api.http.staff.door_routes import CHANGING, PREFIX
from api.http.staff.gate import Gate, StaffRoute
from api.openid.counter import Counter
from api.openid.issuing_agencies import RegisterLook, import_register, look_at_register
from api.ports.accounts import Role

LOOK: Final = f"{PREFIX}/registers/dry-run"
IMPORT: Final = f"{PREFIX}/registers/import"
MAX_REGISTER_BYTES: Final = 8 << 20
"""Longer files are laid beside the agencies' file by whoever operates the service."""
REGISTER_SECONDS: Final = 60.0
CSV: Final = "text/csv"
PER_MINUTE: Final = 6
"""Files that one address may send in a minute: reading one takes seconds."""
_PROBLEMS: Final = (
    "staff.role_missing",
    "issuer.type_unknown",
    "register.unreadable",
)
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {CSV: {"schema": {"type": "string"}}},
    }
}
_Kind = Annotated[
    str,
    Query(
        alias="type",
        pattern=KIND,
        description="Id of a credential type.",
        examples=["delivery-entitlement"],
    ),
]
_Digest = Annotated[
    str, Query(pattern=DIGEST, description="SHA-256 of the file, as the dry run told it.")
]


def register_routes(counter: Counter, gate: Gate) -> APIRouter:
    """``/api/v1/staff/registers``."""
    routes = APIRouter(route_class=StaffRoute, tags=["issuers"])

    @routes.post(
        LOOK,
        summary="Look at a register's file (CSV, UTF-8 or CP949) without taking it",
        operation_id="look_at_register",
        responses=describe_problems(*WITH_BODY, *CHANGING, *_PROBLEMS),
        openapi_extra=_BODY,
        dependencies=[gate.holding(Role.ISSUER)],
    )
    async def look(request: Request, kind: _Kind) -> RegisterAnswer:
        data = await _csv(gate, request)
        return _answer(kind, await run_in_threadpool(look_at_register, counter, kind, data))

    @routes.post(
        IMPORT,
        summary="Let a file that was looked at take the place of a register",
        operation_id="import_register",
        responses=describe_problems(
            *WITH_BODY,
            *DANGEROUS,
            *_PROBLEMS,
            "register.rows",
            "register.occupied",
            "register.changed",
        ),
        openapi_extra=_BODY,
    )
    async def take(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, recent=True)],
        kind: _Kind,
        digest: _Digest,
    ) -> RegisterAnswer:
        data, expected = await _csv(gate, request), bytes.fromhex(digest)
        clerk = who.account.id
        made = await run_in_threadpool(import_register, counter, clerk, kind, data, expected)
        return _answer(kind, made, taken=True)

    return routes


async def _csv(gate: Gate, request: Request) -> bytes:
    kind = request.headers.get("content-type", "")[:64].partition(";")[0].strip().lower()
    if kind != CSV:
        raise ProblemError("http.unsupported_media_type")
    address = request.client.host if request.client else ""
    wait = gate.rates.wait("register-file", address, PER_MINUTE)
    if wait:
        raise ProblemError("http.too_many_requests", {"Retry-After": str(wait)})
    return await read_bounded(request, MAX_REGISTER_BYTES, REGISTER_SECONDS)


def _answer(kind: str, look: RegisterLook, *, taken: bool = False) -> RegisterAnswer:
    return RegisterAnswer(
        type=kind,
        digest=look.digest.hex(),
        rows=look.rows,
        error_count=look.error_count,
        errors=[RowFault(line=e.line, column=e.column, problem=e.problem) for e in look.errors],
        encoding=look.encoding,
        taken=taken,
    )
