"""Routes that take JSON: the body must be what it says it is, and is parsed strictly."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.http.problems import ProblemError
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

_TYPES: Final = {"application/json", "application/json;charset=utf-8"}
_MAX_TYPE: Final = 64


class StrictRequest(Request):
    """A request whose JSON names no member twice, is not deep, and holds no endless number."""

    async def json(self) -> Json:
        """The body.

        Raises:
            ProblemError: it is no such JSON.
        """
        try:
            return parse_json(await self.body())
        except EncodingError as error:
            raise ProblemError("http.malformed_json") from error


class StrictRoute(APIRoute):
    """``APIRouter(route_class=StrictRoute)``: for routes whose body is JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind a check of the content type."""
        handle = super().get_route_handler()
        has_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            if has_body:
                _check_type(request.headers.get("content-type", ""))
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def is_json(content_type: str) -> bool:
    """Whether a content type is that of JSON in UTF-8."""
    return content_type[:_MAX_TYPE].replace(" ", "").replace('"', "").lower() in _TYPES


def _check_type(content_type: str) -> None:
    if not is_json(content_type):
        raise ProblemError("http.unsupported_media_type")
