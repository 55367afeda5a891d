"""Offers and tokens: from an identified person to an access token in their wallet."""

from datetime import datetime
from typing import Final

from api.openid.agencies import Agency
from api.openid.errors import AuthorizationDetailsError, InvalidGrantError
from api.openid.nonces import make_nonce
from api.openid.offering import (
    CODE,
    MadeOffer,
    Offer,
    OfferOrder,
    make_offer,
    redeem,
)
from api.openid.office import Office
from api.openid.ports import Issuing
from api.openid.secret_words import draw_word, word_hash
from api.openid.token_request import (
    ACCESS,
    Access,
    TokenRequest,
    parse_token_request,
    token_response,
)
from contracts.evidence.encoding import Json, b64u_encode

TX_CODES: Final = "tx-codes"
NONCES: Final = "nonces"
_IDENTIFIER_BYTES: Final = 16


def offer(
    office: Office,
    agency_id: str,
    order: OfferOrder,
    at: datetime,
) -> MadeOffer:
    """Make and keep an offer for a person who was identified.

    Raises:
        UnknownResourceError: no such agency.
        UnknownConfigurationError: the agency does not issue that.
    """
    made = make_offer(
        office.agency(agency_id),
        order,
        pepper=office.secrets.of(TX_CODES),
        at=at,
        rng=office.rng,
    )
    with office.storage.work() as work:
        work.issuing.add_offer(made.offer)
    return made


def grant_token(office: Office, agency_id: str, body: bytes, at: datetime) -> dict[str, Json]:
    """The token endpoint: redeem an offer once, with the transaction code.

    A wrong transaction code is counted even though the answer is an error, so the transaction ends
    before the error is raised.

    Raises:
        TokenError: malformed, another grant type, or a grant that does not hold.
        UnknownResourceError: no such agency.
    """
    agency = office.agency(agency_id)
    request = parse_token_request(body)
    with office.storage.work() as work:
        granted = _redeem(office, agency, request, work.issuing, at)
    if isinstance(granted, InvalidGrantError):
        raise granted
    token, access = granted
    seconds = int(agency.terms.token_lifetime.total_seconds())
    return token_response(token, access, seconds, access.identifiers)


def give_nonce(office: Office, agency_id: str, at: datetime) -> dict[str, Json]:
    """The nonce endpoint.

    Raises:
        UnknownResourceError: no such agency.
    """
    agency = office.agency(agency_id)
    return {"c_nonce": make_nonce(office.secrets.of(NONCES), agency.id, at, office.rng)}


def _redeem(
    office: Office, agency: Agency, request: TokenRequest, issuing: Issuing, at: datetime
) -> tuple[str, Access] | InvalidGrantError:
    found = issuing.offer_of_code(word_hash(CODE, request.code))
    if found is None or found.agency != agency.id:
        return InvalidGrantError("the code was used, withdrawn or has expired")
    _check_details(found, request)
    kept, failure = redeem(
        found,
        request.tx_code,
        pepper=office.secrets.of(TX_CODES),
        attempts=agency.terms.tx_attempts,
        at=at,
    )
    if kept != found:
        issuing.keep_offer(kept)
    if failure is not None:
        return failure
    return _access(office, agency, kept, request, issuing, at)


def _check_details(found: Offer, request: TokenRequest) -> None:
    if not set(request.details) <= found.copies.keys():
        raise AuthorizationDetailsError("authorization_details ask for more than was offered")


def _access(
    office: Office,
    agency: Agency,
    redeemed: Offer,
    request: TokenRequest,
    issuing: Issuing,
    at: datetime,
) -> tuple[str, Access]:
    token = draw_word(office.rng)
    access = Access(
        token_hash=word_hash(ACCESS, token),
        offer=redeemed.id,
        agency=agency.id,
        client=request.client,
        identifiers={b64u_encode(office.rng(_IDENTIFIER_BYTES)): n for n in request.details},
        expires=at + agency.terms.token_lifetime,
    )
    issuing.add_access(access)
    return token, access
