"""How problems are described in the OpenAPI document."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from api.http.problem_kinds import KINDS
from api.http.problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]


class Fault(BaseModel):
    """One thing that is wrong in a request."""

    model_config = ConfigDict(extra="forbid")
    pointer: str = Field(description="Where, as a JSON pointer under body, query or header.")
    kind: str = Field(description="What is wrong there.")


class Problem(BaseModel):
    """A problem (RFC 9457). `code` is stable; `detail` is a sentence in Korean or English."""

    model_config = ConfigDict(extra="forbid")
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    detail: str
    errors: list[Fault] = Field(default_factory=list)


def describe_problems(*codes: str) -> Responses:
    """The ``responses`` of a route that can meet these problems, with an example of each."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[KINDS[code].status].append(code)
    return {status: _response(status, told) for status, told in sorted(by_status.items())}


def complete_document(document: dict[str, Any], origin: str) -> None:
    """Add to a framework's document what it does not know of, and take out what is not so.

    A path that does not fit is told as not found, so the framework's own 422 is never answered;
    routes with other parameters name theirs.
    """
    document["servers"] = [{"url": origin}]
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operation in (entry for path in document["paths"].values() for entry in path.values()):
        if _FOREIGN in str(operation["responses"].get("422", "")):
            del operation["responses"]["422"]
    for model in (Problem, Fault):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    parts["securitySchemes"] = {
        "applicationSecret": {
            "type": "http",
            "scheme": "bearer",
            "description": "The secret that came with the application.",
        },
        "walletAccessToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "The access token that a wallet got at the token endpoint.",
        },
    }


_FOREIGN: Final = "#/components/schemas/HTTPValidationError"
ALWAYS: Final = (
    "http.bad_request",
    "http.misdirected_request",
    "http.too_many_requests",
    "http.headers_too_large",
    "http.internal_error",
)
"""What any request can meet."""
WITH_BODY: Final = (
    *ALWAYS,
    "http.malformed_json",
    "http.request_timeout",
    "http.content_too_large",
    "http.unsupported_media_type",
    "http.invalid_request",
)
"""What a request with a JSON body can meet."""
JOINING: Final = (
    "application.person_applied",
    "application.copy_spent",
    "application.round_over",
    "application.recording",
    "application.withdrawn",
    "application.evidence_undetermined",
)
"""Problems of a presentation that was checked, and cannot stand behind this application."""
STORED: Final = ("storage.unavailable", "storage.full")
"""What a request that needs the database can meet."""


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    examples = {
        code: {
            "value": {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "code": code,
                "detail": KINDS[code].en,
            }
        }
        for code in codes
    }
    return {
        "description": " / ".join(KINDS[code].en for code in codes),
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
        },
    }
