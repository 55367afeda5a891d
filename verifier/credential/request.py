"""What a verifier asks for, as a value and as a file, and the consent that its nonce proves.

The file is JSON whose member ``version`` is ``dojang-request-v1``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from contracts.evidence.document import Document
from contracts.evidence.encoding import (
    HASH_BYTES,
    Json,
    b64u_decode,
    b64u_encode,
    canonical,
    evidence_hash,
    format_time,
    parse_json,
)
from contracts.evidence.errors import EncodingError
from verifier.credential.keys import Randomness
from verifier.errors import (
    RequestFormError,
)

REQUEST_VERSION: Final = "dojang-request-v1"
MAX_QUERIES: Final = 16
MAX_CLAIMS: Final = 64
MAX_PATH: Final = 16

ClaimPath: TypeAlias = tuple[str | int | None, ...]
"""A claim's place: member name, 0-based index of an element, or None for every element."""


@dataclass(frozen=True, slots=True)
class PseudonymQuery:
    """A claim by which one person is known again, with all that its value depends on.

    Args:
        claim: name of the claim, 32 bytes in base64url.
        scope_claim: name of the claim that says what the value was made for.
        scope: what it must have been made for: a service, or a series of polls.
        issuer: the one issuer (``iss``) whose values count; two would know one person twice.
    """

    claim: str
    scope_claim: str
    scope: str
    issuer: str


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One credential that is asked for: an id unique in its request, its type, its claims.

    ``pseudonym`` is what the person must be known by; its two claims are asked for like others.
    """

    id: str
    vct: str
    claims: tuple[ClaimPath, ...]
    pseudonym: PseudonymQuery | None = None


@dataclass(frozen=True, slots=True)
class PresentationRequest:
    """What one verifier asks of one holder, once.

    ``consent`` is the SHA-256 of the text that was shown; None where no consent is asked for.
    ``state`` is the verifier's own handle and is echoed, never interpreted.
    """

    id: str
    audience: str
    nonce: str
    queries: tuple[CredentialQuery, ...]
    issued: datetime
    expires: datetime
    consent: bytes | None = None
    state: str | None = None

    def replay_key(self) -> bytes:
        """The 32 bytes to burn once this request was answered."""
        return evidence_hash("request", self.id.encode("utf-8"), self.nonce.encode("utf-8"))


def consent_nonce(request_id: str, consent: bytes, randomness: bytes) -> str:
    """A nonce that proves what was consented to, to whoever later sees its three parts.

    Args:
        request_id: the request's id.
        consent: SHA-256 of the text as shown, 32 bytes.
        randomness: 32 random bytes, kept with the record of consent.

    Raises:
        RequestFormError: a part has another length.
    """
    if len(consent) != HASH_BYTES or len(randomness) != HASH_BYTES:
        raise RequestFormError("consent hash and randomness have 32 bytes each")
    return b64u_encode(evidence_hash("consent", request_id.encode(), consent, randomness))


def fresh_nonce(rng: Randomness) -> str:
    """A nonce of 256 bits that proves nothing but freshness."""
    return b64u_encode(rng(HASH_BYTES))


def prove_consent(request: PresentationRequest, randomness: bytes) -> None:
    """Check that a request's nonce was made from its id and the consent text it names.

    Raises:
        RequestFormError: it names no consent, or the nonce was made from something else.
    """
    if request.consent is None:
        raise RequestFormError("the request asks for no consent")
    if consent_nonce(request.id, request.consent, randomness) != request.nonce:
        raise RequestFormError("the nonce does not prove this consent")


def encode_request(request: PresentationRequest) -> bytes:
    """The canonical bytes of a request's file."""
    return canonical(
        {
            "version": REQUEST_VERSION,
            "id": request.id,
            "audience": request.audience,
            "nonce": request.nonce,
            "credentials": [_query_json(query) for query in request.queries],
            "issued": format_time(request.issued),
            "expires": format_time(request.expires),
            **({} if request.consent is None else {"consent": b64u_encode(request.consent)}),
            **({} if request.state is None else {"state": request.state}),
        }
    )


def decode_request(data: bytes) -> PresentationRequest:
    """Parse a request's file.

    Raises:
        RequestFormError: not JSON of this version, an unknown member, no query or too many, two
            queries of one id, an empty text, or an end before the beginning.
    """
    try:
        document = Document.of(parse_json(data), "request")
        document.version(REQUEST_VERSION)
        request = PresentationRequest(
            id=_text(document, "id"),
            audience=_text(document, "audience"),
            nonce=_text(document, "nonce"),
            queries=tuple(document.items("credentials", _query, MAX_QUERIES)),
            issued=document.time("issued"),
            expires=document.time("expires"),
            consent=b64u_decode(document.text("consent")) if document.has("consent") else None,
            state=document.text("state") if document.has("state") else None,
        )
        document.close()
    except EncodingError as error:
        raise RequestFormError(str(error)) from error
    _check(request)
    return request


def find_claim(claims: Json, path: Sequence[str | int | None]) -> list[Json]:
    """All values at a path; none if the path leads nowhere."""
    found = [claims]
    for step in path:
        found = [value for item in found for value in _step(item, step)]
    return found


def _step(item: Json, step: str | int | None) -> list[Json]:
    if isinstance(step, str):
        return [item[step]] if isinstance(item, dict) and step in item else []
    if not isinstance(item, list):
        return []
    if step is None:
        return item
    return item[step : step + 1]


def _query_json(query: CredentialQuery) -> Json:
    asked: dict[str, Json] = {
        "id": query.id,
        "vct": query.vct,
        "claims": [list(path) for path in query.claims],
    }
    if query.pseudonym is not None:
        asked["pseudonym"] = {
            "claim": query.pseudonym.claim,
            "scope_claim": query.pseudonym.scope_claim,
            "scope": query.pseudonym.scope,
            "issuer": query.pseudonym.issuer,
        }
    return asked


def _query(document: Document) -> CredentialQuery:
    paths = tuple(_path(value) for value in document.values("claims", MAX_CLAIMS))
    pseudonym = _pseudonym(document.document("pseudonym")) if document.has("pseudonym") else None
    return CredentialQuery(_text(document, "id"), _text(document, "vct"), paths, pseudonym)


def _pseudonym(document: Document) -> PseudonymQuery:
    names = ("claim", "scope_claim", "scope", "issuer")
    found = PseudonymQuery(*(_text(document, name) for name in names))
    document.close()
    return found


def _path(value: Json) -> ClaimPath:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_PATH:
        raise EncodingError(f"a claim's path has 1 to {MAX_PATH} steps")
    steps: list[str | int | None] = []
    for step in value:
        if isinstance(step, bool) or not (step is None or isinstance(step, (str, int))):
            raise EncodingError("a step is a name, an index or null")
        if isinstance(step, int) and step < 0:
            raise EncodingError("an index is not negative")
        steps.append(step)
    return tuple(steps)


def _text(document: Document, name: str) -> str:
    value = document.text(name)
    if not value:
        raise EncodingError(f"{document.place}.{name} is empty")
    return value


def _check(request: PresentationRequest) -> None:
    ids = [query.id for query in request.queries]
    if not ids or len(set(ids)) != len(ids):
        raise RequestFormError("a request has queries with different ids")
    if request.expires <= request.issued:
        raise RequestFormError("a request ends after it begins")
    if request.consent is not None and len(request.consent) != HASH_BYTES:
        raise RequestFormError("a consent hash has 32 bytes")
