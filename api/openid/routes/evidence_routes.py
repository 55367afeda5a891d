"""Bulk tiles for other verifiers: 256 leaves at a time, so that nobody learns whom they check."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from api.openid.errors import UnknownResourceError
from api.openid.office import Office
from api.openid.routes.described import CHAINED, describe_wallet
from api.openid.routes.wallet_route import JSON_TYPE, WalletRoute
from api.openid.trusting import Trust
from verifier.credential.bundle import EvidenceBundle, encode_bundle

MAX_TILE: Final = 1 << 40


def evidence_routes(office: Office, trust: Trust, now: Callable[[], datetime]) -> APIRouter:
    """``/issuers/<agency>/evidence/<tile>``: a bundle with that one tile."""
    routes = APIRouter(route_class=WalletRoute, tags=["evidence"])

    @routes.get(
        "/issuers/{agency}/evidence/{number}",
        summary="A whole tile of an agency's log",
        responses=describe_wallet(404, problems=CHAINED),
    )
    def tile(agency: str, number: Annotated[int, Path(ge=0, le=MAX_TILE)]) -> Response:
        origin = office.log_keys.origin(office.agency(agency).log)
        found = trust.own_tile(origin, number, now())
        if found is None:
            raise UnknownResourceError("no anchored checkpoint reaches into that tile")
        return Response(encode_bundle(EvidenceBundle(tiles=(found,))), media_type=JSON_TYPE)

    return routes
