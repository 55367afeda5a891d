"""Is the process alive, and is everything it needs at hand?"""

from typing import Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.health import Health
from api.http.openapi import describe_problems

NO_STORE: Final = {"Cache-Control": "no-store"}
_ALIVE_PROBLEMS: Final = describe_problems("http.headers_too_large", "http.internal_error")
_READY_PROBLEMS: Final = describe_problems(
    "http.headers_too_large", "http.too_many_requests", "http.internal_error"
)


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")
    status: str = Field(examples=["alive"])


class Chain(BaseModel):
    """Which chain this is."""

    model_config = ConfigDict(extra="forbid")
    chain_id: int
    genesis: str
    contracts: dict[str, str]


class Ready(BaseModel):
    """What was last found; `chain` is null where the chain cannot be reached.

    `evidence` says whether what must reach the chain does: `late` where it has waited for half an
    hour or the chain has not answered for a quarter, `behind` where the chain lost what it had,
    `halted` while a log stands still.
    """

    model_config = ConfigDict(extra="forbid")
    status: str = Field(pattern="^(ready|degraded)$", examples=["ready"])
    database: str = Field(pattern="^(ready|other_shape|unreachable)$", examples=["ready"])
    evidence: str = Field(pattern="^(current|late|behind|halted|unknown)$", examples=["current"])
    chain: Chain | None
    disk: str = Field(pattern="^(free|full)$", examples=["free"])
    clock_shift_seconds: int = Field(
        description="By how much the time of day jumped; 0 while it is trusted."
    )
    silent: list[str] = Field(description="Neighbours that did not answer when last asked.")
    checks: dict[str, bool]
    age_seconds: float = Field(ge=0, description="Since the oldest of these was looked at.")


def health_routes(health: Health) -> APIRouter:
    """``/livez`` without any look-up, ``/readyz`` with database, chain and disk from memory.

    Both are answered by the event loop: no thread, no lock, no neighbour. They answer while every
    thread waits for something.

    A chain that cannot be reached degrades the service; it does not stop it, so ``/readyz`` answers
    503 only when nothing useful can be served.
    """
    routes = APIRouter(tags=["health"])

    @routes.get(
        "/livez",
        summary="The process answers",
        operation_id="livez",
        response_model=Alive,
        responses=_ALIVE_PROBLEMS,
    )
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get(
        "/readyz",
        summary="Everything the service needs is at hand",
        operation_id="readyz",
        response_model=Ready,
        responses={
            **_READY_PROBLEMS,
            503: {"model": Ready, "description": "Nothing can be served."},
        },
    )
    async def readyz(response: Response) -> dict[str, object]:
        response.headers.update(NO_STORE)
        state = health.state()
        response.status_code = 200 if state.ready else 503
        return state.to_json()

    return routes
