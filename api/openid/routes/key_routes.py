"""An issuer's keys, for wallets that want to check what they were given (SD-JWT VC, section 5)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.openid.agencies import Agency
from api.openid.errors import UnknownResourceError
from api.openid.office import Office
from api.openid.routes.described import CHAINED, describe_wallet
from api.openid.routes.wallet_route import WalletRoute
from api.openid.trusting import Trust
from contracts.evidence.encoding import Json
from contracts.evidence.snapshot import Ending, IssuerKey
from verifier.credential.jws import ALGORITHM
from verifier.credential.keys import public_jwk, thumbprint

KEYS_PATH: Final = "/.well-known/jwt-vc-issuer"


def key_routes(office: Office, trust: Trust, now: Callable[[], datetime]) -> APIRouter:
    """``/.well-known/jwt-vc-issuer/issuers/<agency>``: the keys that the registry on chain knows.

    Keys replaced in order stay, because what they signed stays good; compromised ones do not.
    Whoever decides about somebody asks the registry, not the issuer.
    """
    routes = APIRouter(route_class=WalletRoute, tags=["OpenID4VCI"])

    @routes.get(
        f"{KEYS_PATH}/issuers/{{agency}}",
        summary="The issuer's keys",
        responses=describe_wallet(404, problems=CHAINED),
    )
    def keys(agency: str) -> JSONResponse:
        issuer = office.agency(agency)
        known = trust.issuer_keys(issuer.uri, now())
        if not known:
            raise UnknownResourceError("the registry does not know the issuer yet")
        return JSONResponse(_key_document(issuer, known))

    return routes


def _key_document(agency: Agency, known: tuple[IssuerKey, ...]) -> dict[str, Json]:
    keys: list[Json] = [
        {**public_jwk(key.point), "kid": thumbprint(key.point), "use": "sig", "alg": ALGORITHM}
        for key in known
        if key.period.ending is not Ending.COMPROMISED
    ]
    return {"issuer": agency.uri, "jwks": {"keys": keys}}
