"""Issuer and verifier over a database, a ledger in memory and a still clock, reached by HTTP."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwe
from joserfc.jwk import ECKey

from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.http.problems import add_problem_handlers
from api.openid.agencies import IssuanceTerms
from api.openid.assembly import Ground, Issuers, OpenId, assemble, demo_issuers
from api.openid.request_object import VerifierIdentity, certify
from api.ports.means import Means
from api.store.database import Database
from api.store.log_key_files import LogKeyFiles
from contracts.evidence.encoding import Json
from tests.simulators.issuer_keys import MemoryKeys
from tests.simulators.ledger import SimulatedLedger
from verifier.credential.jws import parse_jws, sign_jws
from verifier.credential.keys import Randomness, SigningKey, public_jwk
from verifier.credential.presentation import HeldCredential, bind
from verifier.eligibility.catalogue import load_catalogue

ORIGIN = "http://localhost:8000"
SERVICE, KIND, AGENCY = "document-delivery", "delivery-entitlement", "district"
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
START = datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC)


SMALL = IssuanceTerms(status_entries=1 << 12)
"""Terms with status lists that are prepared in no time."""


def on_terms(issuers: Issuers, terms: IssuanceTerms) -> Issuers:
    """The same agencies on other terms."""
    agencies = {name: replace(one, terms=terms) for name, one in issuers.agencies.items()}
    return replace(issuers, agencies=agencies)


@dataclass
class Trial:
    """One worker of the service. ``beside`` is another worker on the same database and chain."""

    openid: OpenId
    http: TestClient
    ground: Ground

    @classmethod
    def of(cls, ground: Ground, terms: IssuanceTerms = SMALL) -> "Trial":
        openid = assemble(ground, on_terms(demo_issuers(ground), terms), demo=True)
        return cls(openid, cls.over(openid), ground)

    @staticmethod
    def over(openid: OpenId) -> TestClient:
        """All that it answers to."""
        app = FastAPI()
        add_problem_handlers(app)
        for routes in openid.routes():
            app.include_router(routes)
        return TestClient(app, base_url=ORIGIN)

    @classmethod
    def start(
        cls,
        storage: Database,
        clock: Callable[[], datetime],
        folder: Path,
        terms: IssuanceTerms = SMALL,
        rng: Randomness = secrets.token_bytes,
    ) -> "Trial":
        ledger = SimulatedLedger(lambda: int(clock().timestamp()))
        key = SigningKey.generate(secrets.token_bytes)
        return cls.of(
            Ground(
                origin=ORIGIN,
                storage=storage,
                ledger=ledger,
                log_keys=LogKeyFiles(folder, "localhost/test"),
                issuer_keys=MemoryKeys(),
                catalogue=load_catalogue(),
                clock=clock,
                rng=rng,
                verifier=VerifierIdentity(key, certify(key, "test", "localhost", START)),
                secrets=(secrets.token_bytes(32), secrets.token_bytes(32)),
            ),
            terms,
        )

    def now(self) -> datetime:
        return self.ground.clock()

    def offer(
        self, kind: str = KIND, service: str = SERVICE, person: str = "synthetic-1"
    ) -> "Offered":
        body = {"type": kind, "service": service, "person": person}
        answer = self.http.post("/demo/openid/offers", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        document = json.loads(parse_qs(urlsplit(made["offer"]).query)["credential_offer"][0])
        code = document["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        return Offered(made["issuer"], document, code, made["tx_code"])

    def apply(self, service: str = SERVICE) -> OpenedApplication:
        """Somebody's application, as over JSON."""
        ground = self.ground
        means = Means(ground.storage, ground.catalogue, ground.clock, ground.rng)
        return open_application(means, ApplicationOrder(service))

    def ask(
        self, service: str = SERVICE, opened: OpenedApplication | None = None, **choice: str
    ) -> "Asked":
        """A request for an application, by its secret; to another device, unless it is chosen."""
        opened = opened or self.apply(service)
        body = {"application": opened.application.number, "device": "other", **choice}
        secret = {"Authorization": f"Bearer {opened.secret}"}
        return self.asked(self.http.post("/openid4vp/requests", json=body, headers=secret))

    def asked(self, answer: Any) -> "Asked":
        """A request as its answer tells it."""
        assert answer.status_code == 201, answer.text
        made = answer.json()
        fields = {n: v[0] for n, v in parse_qs(urlsplit(made["link"]).query).items()}
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        told = made["id"], made["session"], made["link"], self._parameters(fields)
        return Asked(*told, cookie, made)

    def look(self, asked: "Asked", code: str | None = None) -> Any:
        """The result's route, as the browser that asked calls it."""
        query = {} if code is None else {"response_code": code}
        headers = {"Authorization": f"Bearer {asked.session}", "Cookie": asked.cookie}
        path = f"/openid4vp/requests/{asked.id}/result"
        return self.http.get(path, params=query, headers={n: v for n, v in headers.items() if v})

    def result(self, asked: "Asked", code: str | None = None) -> dict[str, Any]:
        answer = self.look(asked, code)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def answer(self, asked: "Asked", body: Mapping[str, str]) -> Any:
        return self.http.post(f"/openid4vp/requests/{asked.id}/response", data=dict(body))

    def _parameters(self, fields: dict[str, str]) -> dict[str, Any]:
        if "request_uri" in fields:
            signed = self.http.get(fields["request_uri"]).text
            return dict(parse_jws(signed, max_bytes=1 << 20).payload)
        if "request" in fields:
            return dict(parse_jws(fields["request"], max_bytes=1 << 20).payload)
        structured = {"dcql_query", "client_metadata", "verifier_info"}
        return {n: json.loads(v) if n in structured else v for n, v in fields.items()}


@dataclass(frozen=True)
class Offered:
    """An offer as a wallet has it."""

    issuer: str
    document: dict[str, Any]
    code: str
    tx_code: str


@dataclass(frozen=True)
class Asked:
    """A request as page and wallet have it; ``cookie`` is the browser's, on the same device."""

    id: str
    session: str
    link: str
    parameters: dict[str, Any]
    cookie: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, Any]:
        """What the wallet can show of the application that asks."""
        [info] = self.parameters["verifier_info"]
        assert info["format"] == "dojang-application-v1"
        data: dict[str, Any] = info["data"]
        return data


@dataclass
class SimulatedWallet:
    """A wallet by hand, on the product's own primitives; the independent one is in tests/peers."""

    trial: Trial
    held: list[tuple[str, SigningKey]] = field(default_factory=list)

    def token(self, offered: Offered, **changes: str | None) -> Any:
        form = {
            "grant_type": PRE_AUTHORIZED,
            "pre-authorized_code": offered.code,
            "tx_code": offered.tx_code,
            **changes,
        }
        data = {name: value for name, value in form.items() if value is not None}
        return self.trial.http.post(f"{offered.issuer}/token", data=data)

    def access(self, offered: Offered, **changes: str | None) -> str:
        answer = self.token(offered, **changes)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def nonce(self, issuer: str) -> str:
        nonce: str = self.trial.http.post(f"{issuer}/nonce").json()["c_nonce"]
        return nonce

    def proof(
        self,
        issuer: str,
        key: SigningKey,
        *,
        header: Mapping[str, Json] | None = None,
        without: str = "",
        **claims: Json,
    ) -> str:
        head: dict[str, Json] = {"typ": "openid4vci-proof+jwt", "jwk": public_jwk(key.point)}
        body: dict[str, Json] = {"aud": issuer, "iat": int(self.trial.now().timestamp())}
        if "nonce" not in claims:
            body["nonce"] = self.nonce(issuer)
        head = {
            n: v for n, v in {**head, **(header or {})}.items() if v is not None and n != without
        }
        return sign_jws(head, {n: v for n, v in {**body, **claims}.items() if n != without}, key)

    def request(
        self, offered: Offered, token: str | None, body: Json, path: str = "credential"
    ) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.trial.http.post(f"{offered.issuer}/{path}", json=body, headers=headers)

    def obtain(
        self, kind: str = KIND, service: str = SERVICE, copies: int = 1, person: str = "synthetic-1"
    ) -> Any:
        offered = self.trial.offer(kind, service, person)
        keys = [SigningKey.generate(secrets.token_bytes) for _ in range(copies)]
        nonce = self.nonce(offered.issuer)
        proofs: list[Json] = [self.proof(offered.issuer, key, nonce=nonce) for key in keys]
        body: Json = {"credential_configuration_id": kind, "proofs": {"jwt": proofs}}
        answer = self.request(offered, self.access(offered), body)
        if answer.status_code == 200:
            texts = [one["credential"] for one in answer.json()["credentials"]]
            self.held += list(zip(texts, keys, strict=True))
        return answer

    def vp_token(self, asked: Asked) -> dict[str, Json]:
        """Answers to every query, each with a copy that is then used up."""
        parameters = asked.parameters
        answers: dict[str, Json] = {}
        for query in parameters["dcql_query"]["credentials"]:
            vct = query["meta"]["vct_values"][0]
            one = next(
                h for h in self.held if HeldCredential.of(h[0]).sd_jwt.jws.payload["vct"] == vct
            )
            self.held.remove(one)
            text, key = one
            chosen = HeldCredential.of(text).select(
                [tuple(claim["path"]) for claim in query["claims"]]
            )
            at = self.trial.now()
            bound = bind(chosen, parameters["nonce"], parameters["client_id"], at, key)
            answers[query["id"]] = [bound]
        return answers

    def body(self, asked: Asked, vp_token: Json) -> dict[str, str]:
        """The form that carries an answer, encrypted if that was asked for."""
        state = asked.parameters["state"]
        if asked.parameters["response_mode"] == "direct_post":
            return {"vp_token": json.dumps(vp_token), "state": state}
        return {"response": self.encrypt(asked, {"vp_token": vp_token, "state": state})}

    def encrypt(self, asked: Asked, payload: Json, enc: str = "A256GCM", **header: Any) -> str:
        jwk = asked.parameters["client_metadata"]["jwks"]["keys"][0]
        key = ECKey.import_key({n: jwk[n] for n in ("kty", "crv", "x", "y")})
        registry = jwe.JWERegistry(algorithms=["ECDH-ES", enc, "DEF"], strict_check_header=False)
        protected = {"alg": "ECDH-ES", "enc": enc, "kid": jwk["kid"], **header}
        return jwe.encrypt_compact(protected, json.dumps(payload).encode(), key, registry=registry)

    def show(self, asked: Asked) -> Any:
        return self.trial.answer(asked, self.body(asked, self.vp_token(asked)))


def error_of(answer: Any) -> tuple[int, str]:
    """Status and the standard's word of a refusal."""
    return answer.status_code, answer.json()["error"]


def refuse_and_stay_open(holder: SimulatedWallet, asked: Asked, body: dict[str, str]) -> None:
    """An answer is refused, and the right one is taken afterwards."""
    assert error_of(holder.trial.answer(asked, body)) == (400, "invalid_request")
    assert holder.show(asked).status_code == 200


def decoded(text: str) -> dict[str, Any]:
    """The issuer's payload of a credential."""
    payload: dict[str, Any] = parse_jws(text.split("~", maxsplit=1)[0], max_bytes=1 << 20).payload
    return payload


def body_with(*proofs: str, **more: Json) -> dict[str, Json]:
    """A credential request with some proofs."""
    return {"credential_configuration_id": KIND, "proofs": {"jwt": [*proofs]}, **more}
