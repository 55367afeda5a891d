"""Routes that wallets call: errors in the standards' JSON, raw bodies, no caching."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

from api.http.strict_json import StrictRoute
from api.openid.errors import (
    AccessError,
    MissingTokenError,
    NoStatusPlaceError,
    OpenIdError,
    UnknownResourceError,
)
from contracts.evidence.encoding import Json
from verifier.eligibility.errors import UnknownServiceError

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM_TYPE: Final = "application/x-www-form-urlencoded"
JSON_TYPE: Final = "application/json"
MAX_BODY: Final = 1 << 21
RETRY_SECONDS: Final = "60"
"""In how many seconds the worker has looked after status lists again."""
_BEARER: Final = "bearer"


class WalletRoute(StrictRoute):
    """A route whose errors are those of OAuth, OpenID4VCI and OpenID4VP.

    A body in JSON that a model describes is parsed strictly, as everywhere.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with the standards' errors as answers."""
        handle = super().get_route_handler()

        async def tell(request: Request) -> Response:
            try:
                return await handle(request)
            except OpenIdError as error:
                return error_answer(error)
            except UnknownServiceError:
                return error_answer(UnknownResourceError("there is no such service or round"))

        return tell


def error_answer(error: OpenIdError) -> JSONResponse:
    """An error as the standards want it told; the sentence holds nothing of the request.

    Who showed no token at all is told neither code nor sentence (RFC 6750 section 3.1).
    """
    told = {"error": error.error, "error_description": _ascii(str(error))}
    content = told if error.error else {}
    headers = dict(NO_STORE)
    if isinstance(error, NoStatusPlaceError):
        headers["Retry-After"] = RETRY_SECONDS
    if isinstance(error, AccessError):
        headers["WWW-Authenticate"] = f'Bearer error="{error.error}"' if error.error else "Bearer"
    return JSONResponse(content, error.status, headers)


def json_answer(content: dict[str, Json], status: int = 200) -> JSONResponse:
    """An answer that nobody may keep."""
    return JSONResponse(content, status, NO_STORE)


async def read_body(request: Request) -> bytes:
    """The body as sent, up to the bound; more is cut off and then refused as malformed."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BODY:
            return bytes(parts[: MAX_BODY + 1])
    return bytes(parts)


def content_type(request: Request) -> str:
    """The media type without parameters, in lower case."""
    return request.headers.get("content-type", "")[:200].partition(";")[0].strip().lower()


def bearer(request: Request) -> str | None:
    """The access token in the header (RFC 6750 section 2.1); None without."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == _BEARER else None


def access_token(request: Request) -> str:
    """The access token of a request that needs one.

    Raises:
        MissingTokenError: there is none, or another scheme.

    Not checked: the token.
    """
    token = bearer(request)
    if token is None:
        raise MissingTokenError("an access token is needed")
    return token


def _ascii(text: str) -> str:
    """RFC 6749 section 5.2 allows printable ASCII without quotes and backslash."""
    return "".join(c for c in text if " " <= c <= "~" and c not in '"\\')


Body = Annotated[bytes, Depends(read_body)]
ContentType = Annotated[str, Depends(content_type)]
Bearer = Annotated[str | None, Depends(bearer)]
AccessToken = Annotated[str, Depends(access_token)]
