"""Addresses that stand in wallets, on papers, in credentials and in others' programs stay.

Whoever moves code may move everything but these. Adding is free; each line that goes breaks
something outside that nobody here can mend.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from api.app import Parts, create_ballot_app, create_people_app, create_registration_app

PINNED: Final = {
    "in credentials and status lists": """
        GET /.well-known/jwt-vc-issuer/issuers/{agency}
        GET /issuers/{agency}/status/{number}
        GET /issuers/{agency}/evidence/{number}
    """,
    "in offers, and what wallets call (OpenID4VCI 1.0)": """
        GET /.well-known/openid-credential-issuer/issuers/{agency}
        GET /.well-known/oauth-authorization-server/issuers/{agency}
        GET /issuers/{agency}/.well-known/openid-credential-issuer
        GET /issuers/{agency}/.well-known/oauth-authorization-server
        POST /issuers/{agency}/token
        POST /issuers/{agency}/nonce
        POST /issuers/{agency}/credential
        POST /issuers/{agency}/deferred
        POST /issuers/{agency}/notification
    """,
    "in requests, and what wallets call (OpenID4VP 1.0)": """
        GET /openid4vp/requests/{name}
        POST /openid4vp/requests/{name}
        POST /openid4vp/requests/{name}/response
        GET /openid4vp/requests/{name}/done
    """,
    "what programs of applicants and agencies call": """
        POST /api/v1/applications
        GET /api/v1/applications/{number}
        DELETE /api/v1/applications/{number}
        PUT /api/v1/applications/{number}/presentation
        POST /api/v1/applications/{number}/receipt
        GET /api/v1/applications/{number}/decision
        POST /openid4vp/requests
        GET /openid4vp/requests/{name}/result
        POST /api/v1/documents/verify
        GET /openapi.json
    """,
    "on papers, in mails and in bookmarks": """
        GET /
        GET /verify
        POST /verify
        GET /staff
        GET /staff/sign-in
        GET /staff/sign-in/callback
        GET /staff/invitation
        GET /staff/counter
        GET /demo/{kind}/{path:path}
    """,
    "what watches over it": """
        GET /livez
        GET /readyz
    """,
}


def routes_of(app: Any) -> Iterator[str]:
    """Every method and path of an application, whatever stands around it."""
    while not hasattr(app, "routes"):
        app = app.app
    return _walk(app.routes)


def _walk(routes: Any) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
        for method in getattr(route, "methods", None) or ():
            yield f"{method} {route.path}"


@pytest.mark.parametrize("where", PINNED)
def test_addresses_that_others_hold_are_there(parts: Parts, where: str) -> None:
    pinned = {line.strip() for line in PINNED[where].strip().splitlines()}
    assert pinned <= set(routes_of(create_people_app(parts)))


def test_every_origin_says_whether_it_lives(parts: Parts) -> None:
    for create in (create_ballot_app, create_registration_app):
        assert {"GET /livez", "GET /readyz"} <= set(routes_of(create(parts)))
