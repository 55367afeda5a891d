"""How routes that wallets call are described: the standards' errors beside our problems."""

from typing import Any, Final

from api.http.openapi import ALWAYS, STORED, Responses, describe_problems
from api.openid.errors import InvalidTokenError, OpenIdError
from api.openid.routes.wallet_route import JSON_TYPE

BEARING: Final[dict[str, Any]] = {"security": [{"walletAccessToken": []}]}
"""For routes that need an access token."""
CHAINED: Final = ("ledger.unavailable",)
"""What a request that needs the chain can meet."""
_ARRIVING: Final = (
    "http.request_timeout",
    "http.content_too_large",
    "http.unsupported_media_type",
)
_WORD: Final = {"type": "string", "pattern": "^[a-z_]+$"}
_SENTENCE: Final = {
    "type": "string",
    "description": "For developers, in English (RFC 6749 section 5.2).",
}
_CHALLENGE: Final = {
    "WWW-Authenticate": {
        "description": 'Bearer error="invalid_token"; Bearer alone if there was no token, '
        "and then the body is an empty object.",
        "schema": {"type": "string"},
    }
}
_UNAUTHORIZED: Final = 401
_TOLD: Final = {
    400: "An error code of the standard",
    401: "No good access token (RFC 6750)",
    404: "There is nothing of that name",
    503: "Not now; the same request may be sent again",
}


def describe_wallet(
    *statuses: int,
    media: str = JSON_TYPE,
    status: int = 200,
    problems: tuple[str, ...] = (),
    errors: tuple[type[OpenIdError], ...] = (),
) -> Responses:
    """The ``responses`` of a route.

    Args:
        statuses: with which the standards' errors are told: 400, 401, 404, 503.
        media: type of the good answer; empty where it has no body.
        status: of the good answer.
        problems: further problems than those that every request can meet.
        errors: the standards' errors that are told with 400, for their codes.
    """
    described = describe_problems(*ALWAYS, *_ARRIVING, *STORED, "http.not_found", *problems)
    classes: tuple[type[OpenIdError], ...] = (*errors, InvalidTokenError)
    for told in statuses:
        entry = described.setdefault(told, {"description": _TOLD[told], "content": {}})
        codes = [error.error for error in classes if error.status == told]
        entry["content"] = {JSON_TYPE: {"schema": _error(told, codes)}, **entry["content"]}
        if told == _UNAUTHORIZED:
            entry["headers"] = _CHALLENGE
    if media:
        schema = {"type": "object"} if media == JSON_TYPE else {"type": "string"}
        described[status] = {"description": "Done", "content": {media: {"schema": schema}}}
    return described


def _error(status: int, codes: list[str]) -> dict[str, Any]:
    """An error's schema; any word where no codes are named."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [] if status == _UNAUTHORIZED else ["error"],
        "properties": {
            "error": {"type": "string", "enum": codes} if codes else _WORD,
            "error_description": _SENTENCE,
        },
    }


def takes(media: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """The ``requestBody`` of a route that reads its body itself."""
    return {"requestBody": {"required": required, "content": {media: {"schema": schema}}}}


def fields(*needed: str, **others: dict[str, Any]) -> dict[str, Any]:
    """An object of texts; the standards let a wallet send more, which is ignored."""
    texts = {name: {"type": "string", "minLength": 1} for name in needed}
    return {"type": "object", "required": [*needed], "properties": {**texts, **others}}
