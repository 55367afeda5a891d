"""Offers without a login, for trying any wallet: in demonstration mode only."""

from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.openid.demonstration import DEFAULT_PERSON, DEFAULT_SERVICE, Demonstration
from api.openid.offering import offer_document, offer_uri
from api.openid.routes.described import describe_wallet
from api.openid.routes.wallet_route import WalletRoute, json_answer

_PROBLEMS: Final = (
    "http.malformed_json",
    "http.invalid_request",
    "service.unknown",
    "issuer.person_unknown",
    "ledger.unavailable",
)
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]


class DemoOfferBody(BaseModel):
    """Which credential, for which service, and which of the invented people gets it."""

    model_config = ConfigDict(extra="forbid")

    type: _Name
    service: _Name = DEFAULT_SERVICE
    person: _Name = DEFAULT_PERSON


def demo_routes(demonstration: Demonstration) -> APIRouter:
    """``/demo/openid/offers``."""
    routes = APIRouter(route_class=WalletRoute, tags=["demonstration"])

    @routes.post(
        "/demo/openid/offers",
        summary="Offer a synthetic credential",
        status_code=201,
        responses=describe_wallet(400, status=201, problems=_PROBLEMS),
    )
    def offer(body: DemoOfferBody) -> JSONResponse:
        agency, made = demonstration.offer(body.type, body.service, body.person)
        return json_answer(
            {
                "offer": offer_uri(offer_document(agency, made)),
                "tx_code": made.tx_code,
                "issuer": agency.uri,
                "synthetic": True,
            },
            201,
        )

    return routes
