"""An OpenID Connect provider over loopback: honest, or wrong in one chosen way."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey

from contracts.evidence.encoding import b64u_encode

CLIENT, SECRET = "dojang-test", "a secret: with & marks"


@dataclass
class OidcSimulator:
    """The provider's state; tests change it.

    Args:
        now: seconds since 1970.
        subject: who signs in next.
        claims: members of the ID token that replace honest ones; None takes one away.
        documents: members of the discovery document that replace honest ones.
        broken: paths that answer with these bytes.
        declines: whether the person says no.
    """

    now: Callable[[], int]
    issuer: str = ""
    subject: str = "synthetic-1"
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, bytes] = field(default_factory=dict)
    signer: Callable[[dict[str, Any], bytes], str] | None = None
    asked: list[str] = field(default_factory=list)
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)
    declines: bool = False

    def sign_in(self, address: str) -> str:
        """What the person's browser does at the provider; returns where it is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        if self.declines:
            no = {"error": "access_denied", "state": query["state"], "iss": self.issuer}
            return f"{query['redirect_uri']}?{urlencode(no)}"
        code = b64u_encode(sha256(address.encode()).digest())
        self.waiting[code] = query
        told = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(told)}"

    def answer(self, path: str) -> dict[str, Any] | None:
        """A document of the provider."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
                **self.documents,
            }
        if path == "/keys":
            return {"keys": [{**self.key.as_dict(private=False), "use": "sig"}]}
        return None

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """A token for a code; each is good once, for its client and its verifier."""
        query = self.waiting.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        if query is None or authorization != f"Basic {known}":
            return None
        challenge = b64u_encode(sha256(form.get("code_verifier", "").encode()).digest())
        if challenge != query["code_challenge"] or form["redirect_uri"] != query["redirect_uri"]:
            return None
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.token(query)}

    def token(self, query: dict[str, str]) -> str:
        """The ID token for an authorization request."""
        honest = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": self.now() + 300,
            "iat": self.now(),
            "auth_time": self.now(),
            "nonce": query["nonce"],
        }
        claims = {k: v for k, v in {**honest, **self.claims}.items() if v is not None}
        payload = json.dumps(claims).encode()
        header = {"alg": "ES256", "kid": self.key.kid, **self.header}
        if self.signer is not None:
            return self.signer(header, payload)
        return jws.serialize_compact(header, payload, self.key)


@contextmanager
def serving(simulator: OidcSimulator) -> Iterator[OidcSimulator]:
    """Serve it on a port that the system chooses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            simulator.asked.append(self.path)
            if self.path.startswith("/authorize?"):
                self._send_back(simulator.sign_in(simulator.issuer + self.path))
                return
            self._send(self.path, simulator.answer(self.path))

        def do_POST(self) -> None:
            simulator.asked.append(self.path)
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            told = simulator.exchange(form, self.headers.get("Authorization", ""))
            self._send(self.path, told)

        def _send_back(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, path: str, document: dict[str, Any] | None) -> None:
            body = simulator.broken.get(path, json.dumps(document).encode())
            self.send_response(200 if document is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 # its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    simulator.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield simulator
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
