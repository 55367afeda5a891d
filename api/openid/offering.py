"""Credential offers: made after somebody was identified, redeemed once with the code on paper.

OpenID4VCI 1.0 sections 4.1 (offer) and 6.1 (token request).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit

from api.openid.agencies import Agency
from api.openid.errors import InvalidGrantError, OfferFormError, UnknownConfigurationError
from api.openid.identity import VerifiedIdentity
from api.openid.secret_words import draw_tx_code, draw_word, tx_code_mac, word_hash
from contracts.evidence.encoding import Json, b64u_encode, canonical, parse_json
from contracts.evidence.errors import EncodingError
from verifier.credential.keys import Randomness

PRE_AUTHORIZED: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
SCHEME: Final = "openid-credential-offer://"
CODE: Final = "code"
MAX_CONFIGURATIONS: Final = 16
_ID_BYTES: Final = 16


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    REDEEMED = "redeemed"
    LOCKED = "locked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as kept: codes only as hashes, the person by the register's id.

    ``copies`` says how many copies of each configuration may still be taken.
    """

    id: str
    agency: str
    identity: VerifiedIdentity
    service: str
    code_hash: bytes
    tx_mac: bytes
    made: datetime
    expires: datetime
    copies: Mapping[str, int]
    attempts: int = 0
    state: OfferState = OfferState.OPEN

    def take(self, configuration: str, count: int) -> "Offer":
        """The offer after copies were taken; never fewer than none (the caller checks)."""
        return replace(
            self, copies={**self.copies, configuration: self.copies[configuration] - count}
        )


@dataclass(frozen=True, slots=True)
class OfferOrder:
    """Who gets what: configuration ids (1 to 16, each once), and for which service.

    The claim ``person`` is made for that service alone.
    """

    identity: VerifiedIdentity
    configurations: tuple[str, ...]
    service: str


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer with the two secrets that leave the service once: in the QR, and on paper."""

    offer: Offer
    code: str
    tx_code: str

    def __repr__(self) -> str:
        return f"MadeOffer({self.offer.id})"


def make_offer(
    agency: Agency, order: OfferOrder, *, pepper: bytes, at: datetime, rng: Randomness
) -> MadeOffer:
    """Make an offer for a person who was identified.

    Args:
        agency: who issues.
        order: whom the identity step found, and what they get.
        pepper: 32 secret bytes that transaction codes are hidden with.
        at: now, whole seconds.
        rng: source of randomness.

    Raises:
        UnknownConfigurationError: none, too many, one twice, or one that the agency lacks.
    """
    configurations = order.configurations
    if not 0 < len(configurations) <= MAX_CONFIGURATIONS or len(set(configurations)) < len(
        configurations
    ):
        raise UnknownConfigurationError("an offer names 1 to 16 configurations, each once")
    if not set(configurations) <= agency.types.keys():
        raise UnknownConfigurationError("the agency does not issue that")
    name, code = b64u_encode(rng(_ID_BYTES)), draw_word(rng)
    tx_code = draw_tx_code(agency.terms.tx_digits, rng)
    offer = Offer(
        id=name,
        agency=agency.id,
        identity=order.identity,
        service=order.service,
        code_hash=word_hash(CODE, code),
        tx_mac=tx_code_mac(pepper, name, tx_code),
        made=at,
        expires=at + agency.terms.offer_lifetime,
        copies=dict.fromkeys(configurations, agency.terms.copies),
    )
    return MadeOffer(offer, code, tx_code)


def redeem(
    offer: Offer, tx_code: str, *, pepper: bytes, attempts: int, at: datetime
) -> tuple[Offer, InvalidGrantError | None]:
    """Try to redeem an offer with the transaction code.

    Returns:
        The offer as it stands afterwards, which the caller keeps in either case, and why it was
        not redeemed, or None if it was.
    """
    if offer.state is not OfferState.OPEN or at >= offer.expires:
        return offer, InvalidGrantError("the code was used, withdrawn or has expired")
    if hmac.compare_digest(tx_code_mac(pepper, offer.id, tx_code), offer.tx_mac):
        return replace(offer, state=OfferState.REDEEMED), None
    tried = offer.attempts + 1
    state = OfferState.LOCKED if tried >= attempts else OfferState.OPEN
    return replace(offer, attempts=tried, state=state), InvalidGrantError(
        "the transaction code is wrong"
    )


def offer_document(agency: Agency, made: MadeOffer) -> dict[str, Json]:
    """The credential offer object (4.1.1)."""
    tx_code: dict[str, Json] = {
        "length": agency.terms.tx_digits,
        "input_mode": "numeric",
        "description": "종이에 적힌 확인번호 / the number on the paper you were given",
    }
    grant: Json = {"pre-authorized_code": made.code, "tx_code": tx_code}
    return {
        "credential_issuer": agency.uri,
        "credential_configuration_ids": list(made.offer.copies),
        "grants": {PRE_AUTHORIZED: grant},
    }


def offer_uri(document: dict[str, Json]) -> str:
    """The offer by value, as shown in a QR."""
    return f"{SCHEME}?credential_offer={quote(canonical(document).decode(), safe='')}"


@dataclass(frozen=True, slots=True)
class ParsedOffer:
    """What a wallet reads from an offer; ``tx_code`` says whether one must be entered."""

    issuer: str
    configurations: tuple[str, ...]
    code: str | None
    tx_code: bool


def parse_offer(data: bytes) -> ParsedOffer:
    """Read a credential offer object, as a wallet does (4.1.1). Unknown members are ignored.

    Raises:
        OfferFormError: it breaks a rule of the standard.
    """
    try:
        value = parse_json(data)
    except EncodingError as error:
        raise OfferFormError(str(error)) from error
    if not isinstance(value, dict):
        raise OfferFormError("an offer is an object")
    issuer, names = value.get("credential_issuer"), value.get("credential_configuration_ids")
    if not isinstance(issuer, str) or urlsplit(issuer).scheme != "https":
        raise OfferFormError("credential_issuer is an https address")
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise OfferFormError("credential_configuration_ids is a list of ids, not empty")
    texts = tuple(str(name) for name in names)
    if len(set(texts)) < len(texts):
        raise OfferFormError("a configuration stands twice")
    code, asks = _grant(value.get("grants", {}))
    return ParsedOffer(issuer, texts, code, asks)


def _grant(grants: Json) -> tuple[str | None, bool]:
    if not isinstance(grants, dict):
        raise OfferFormError("grants is an object")
    if PRE_AUTHORIZED not in grants:
        return None, False
    grant = grants[PRE_AUTHORIZED]
    code = grant.get("pre-authorized_code") if isinstance(grant, dict) else None
    if not isinstance(grant, dict) or not isinstance(code, str) or not code:
        raise OfferFormError("the grant has no pre-authorized_code")
    if "tx_code" in grant:
        _check_tx_code(grant["tx_code"])
    return code, "tx_code" in grant


def _check_tx_code(asked: Json) -> None:
    if not isinstance(asked, dict):
        raise OfferFormError("tx_code is an object")
    if asked.get("input_mode", "numeric") not in {"numeric", "text"}:
        raise OfferFormError("tx_code.input_mode is numeric or text")
    length, text = asked.get("length", 1), asked.get("description", "")
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise OfferFormError("tx_code.length is a positive number")
    if not isinstance(text, str) or len(text) > _MAX_DESCRIPTION:
        raise OfferFormError("tx_code.description has at most 300 characters")


_MAX_DESCRIPTION: Final = 300
