"""What a wallet posts to the response endpoint (OpenID4VP 1.0 section 8)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.openid.asking import AskedRequest, ResponseMode
from api.openid.encryption import decrypt
from api.openid.errors import InvalidAnswerError
from api.openid.forms import parse_form
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

MAX_VP_TOKEN: Final = 1 << 20
MAX_ANSWERS: Final = 16
MAX_PRESENTATIONS: Final = 16
MAX_ERROR: Final = 64
ACCESS_DENIED: Final = "access_denied"
WALLET_ERRORS: Final = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        ACCESS_DENIED,
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "invalid_client",
        "vp_formats_not_supported",
        "invalid_request_uri_method",
        "invalid_transaction_data",
        "wallet_unavailable",
    }
)
"""RFC 6749 section 4.1.2.1 and OpenID4VP 1.0 section 8.5; any other is kept as ``other``."""
OTHER_ERROR: Final = "other"
_CLEAR_RESPONSES: Final = frozenset({"vp_token", "id_token", "code", "presentation_submission"})
"""Parameters of a response in the clear, which stand nowhere beside an encrypted one."""


@dataclass(frozen=True, slots=True)
class WalletAnswer:
    """Presentations by query id, unverified."""

    presentations: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WalletError:
    """The wallet says no: the citizen refused, or the wallet could not. ``error`` is known."""

    error: str

    @property
    def refused(self) -> bool:
        """Whether the citizen refused."""
        return self.error == ACCESS_DENIED


def parse_answer(body: bytes, asked: AskedRequest) -> WalletAnswer | WalletError:
    """Read an answer to a request.

    Raises:
        InvalidAnswerError: no form, another mode than asked for, another state, or a ``vp_token``
            that is not an object of lists of presentations.
        AnswerDecryptionError: encrypted otherwise than asked for.

    Not checked: the presentations.
    """
    try:
        fields = parse_form(body)
    except EncodingError as error:
        raise InvalidAnswerError(str(error)) from error
    if "error" in fields:
        return _error(fields, asked)
    if asked.mode is ResponseMode.DIRECT_POST_JWT:
        members = _open(fields, asked)
        if "error" in members:
            return _error(members, asked)
        _check_state(members.get("state"), asked)
        return WalletAnswer(_presentations(members.get("vp_token")))
    if "response" in fields or "vp_token" not in fields:
        raise InvalidAnswerError("an unencrypted vp_token was asked for")
    _check_state(fields.get("state"), asked)
    return WalletAnswer(_presentations(_json(fields["vp_token"])))


def _open(fields: Mapping[str, str], asked: AskedRequest) -> Mapping[str, Json]:
    """The parameters inside an encrypted response (8.3.1).

    Parameters that are not known are ignored (8.2). Some wallets repeat ``state`` beside the
    response: there it must be the request's as well.
    """
    if asked.decryption is None or "response" not in fields or fields.keys() & _CLEAR_RESPONSES:
        raise InvalidAnswerError("an encrypted response was asked for, and nothing in the clear")
    if "state" in fields:
        _check_state(fields["state"], asked)
    return decrypt(fields["response"], asked.decryption)


def _error(members: Mapping[str, Json], asked: AskedRequest) -> WalletError:
    """An error may come unencrypted in either mode (8.5 and 8.3)."""
    _check_state(members.get("state"), asked)
    if "vp_token" in members or "response" in members:
        raise InvalidAnswerError("an answer is an error or a vp_token")
    word = members["error"]
    if not isinstance(word, str) or not 0 < len(word) <= MAX_ERROR:
        raise InvalidAnswerError("error is no word of the standard's form")
    return WalletError(word if word in WALLET_ERRORS else OTHER_ERROR)


def _check_state(state: Json, asked: AskedRequest) -> None:
    given = state if isinstance(state, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), asked.state.encode()):
        raise InvalidAnswerError("the state is not the request's")


def _presentations(value: Json) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not 0 < len(value) <= MAX_ANSWERS:
        raise InvalidAnswerError("vp_token is an object by query id, not empty")
    return {name: _texts(entry) for name, entry in value.items()}


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_PRESENTATIONS:
        raise InvalidAnswerError("the presentations of a query are a list, not empty")
    texts = tuple(item for item in value if isinstance(item, str))
    if len(texts) < len(value) or not all(text.isascii() and text for text in texts):
        raise InvalidAnswerError("a presentation is a text")
    return texts


def _json(text: str) -> Json:
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"), max_bytes=MAX_VP_TOKEN)
    except EncodingError as error:
        raise InvalidAnswerError(f"vp_token: {error}") from error
