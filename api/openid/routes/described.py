"""How routes that wallets call are described: the standards' errors beside our problems."""

from typing import Any, Final

from api.http.openapi import ALWAYS, STORED, Responses, describe_problems
from api.openid.routes.wallet_route import JSON_TYPE

BEARING: Final[dict[str, Any]] = {"security": [{"walletAccessToken": []}]}
"""For routes that need an access token."""
_ARRIVING: Final = (
    "http.request_timeout",
    "http.content_too_large",
    "http.unsupported_media_type",
)
_WORD: Final = {"type": "string", "pattern": "^[a-z_]+$"}
_ERROR: Final[dict[str, Any]] = {
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["error"],
        "properties": {
            "error": _WORD,
            "error_description": {
                "type": "string",
                "description": "For developers, in English (RFC 6749 section 5.2).",
            },
        },
    }
}
_TOLD: Final = {
    400: "An error code of the standard",
    401: "No good access token (RFC 6750)",
    404: "There is nothing of that name",
}


def describe_wallet(
    *statuses: int, media: str = JSON_TYPE, status: int = 200, problems: tuple[str, ...] = ()
) -> Responses:
    """The ``responses`` of a route.

    Args:
        statuses: with which the standards' errors are told: 400, 401, 404.
        media: type of the good answer; empty where it has no body.
        status: of the good answer.
        problems: further problems than those that every request can meet.
    """
    described = describe_problems(*ALWAYS, *_ARRIVING, *STORED, "http.not_found", *problems)
    for told in statuses:
        entry = described.setdefault(told, {"description": _TOLD[told], "content": {}})
        entry["content"] = {JSON_TYPE: _ERROR, **entry["content"]}
    if media:
        schema = {"type": "object"} if media == JSON_TYPE else {"type": "string"}
        described[status] = {"description": "Done", "content": {media: {"schema": schema}}}
    return described


def takes(media: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """The ``requestBody`` of a route that reads its body itself."""
    return {"requestBody": {"required": required, "content": {media: {"schema": schema}}}}


def fields(*needed: str, **others: dict[str, Any]) -> dict[str, Any]:
    """An object of texts; the standards let a wallet send more, which is ignored."""
    texts = {name: {"type": "string", "minLength": 1} for name in needed}
    return {"type": "object", "required": [*needed], "properties": {**texts, **others}}
