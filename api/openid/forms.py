"""``application/x-www-form-urlencoded`` bodies, read strictly: no parameter twice, bounded."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

from contracts.evidence.errors import EncodingError

MAX_FORM_BYTES: Final = 1 << 21
MAX_FIELDS: Final = 32


def parse_form(body: bytes, *, max_bytes: int = MAX_FORM_BYTES) -> Mapping[str, str]:
    """The parameters of a form body by name (RFC 6749 section 3.2: none may be repeated).

    Raises:
        EncodingError: longer than the bound, no UTF-8, a malformed pair, too many parameters, or
            one of them twice.
    """
    if len(body) > max_bytes:
        raise EncodingError(f"a form of {len(body)} bytes, at most {max_bytes} are read")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise EncodingError("the body is no form") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise EncodingError("a parameter stands twice in the form")
    return MappingProxyType(fields)
