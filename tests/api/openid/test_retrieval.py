"""Fetching what others name: every address of every hop is looked at, and everything is bounded."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.openid.retrieval import (
    ForbiddenAddressError,
    HttpMirror,
    SafeFetcher,
    UnreachableError,
)
from tests.simulators.openid_trial import AGENCY, SimulatedWallet, Trial
from verifier.credential.bundle import decode_bundle
from verifier.credential.needs import needs_of

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)


def leads_to(*addresses: str) -> SafeFetcher:
    return SafeFetcher(resolver=lambda _host, _port: addresses, seconds=1)


class Answers(BaseHTTPRequestHandler):
    """What a hostile server may answer."""

    def do_GET(self) -> None:
        kind = self.path.strip("/").split("/")[0]
        if kind == "redirect":
            self.send_response(302)
            self.send_header("Location", self.path[len("/redirect/") :])
            self.end_headers()
        elif kind == "missing":
            self.send_error(404)
        else:
            self.send_response(200)
            if kind == "gzip":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self._body(kind)

    def _body(self, kind: str) -> None:
        self.wfile.write(b"x" * 5000 if kind == "long" else b"good")
        if kind == "slow":
            self.server.stalled.wait(5)  # type: ignore[attr-defined]  # set below

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        running.stalled = threading.Event()  # type: ignore[attr-defined]  # read above
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://localhost:{running.server_address[1]}"
        running.stalled.set()  # type: ignore[attr-defined]  # set above
        running.shutdown()
        thread.join()


def local(seconds: float = 5) -> SafeFetcher:
    return SafeFetcher(local=True, seconds=seconds)


@pytest.mark.parametrize(
    "address",
    [
        "http://other.test/",
        "ftp://other.test/",
        "file:///etc/passwd",
        "https://user:secret@other.test/",
        "https://user@other.test/",
        "https:///path",
        "https://other.test:0/",
        "https://other.test:99999/",
        "https://[::1/",
        "https://other.test/\r\nHost: inside",
        "https://other.test/\u00e9",
        "other.test",
        "",
        "https://other.test/" + "x" * 3000,
    ],
)
def test_an_address_of_another_form_is_not_called(address: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        leads_to("93.184.215.14").fetch(address, 100)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound, it is refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "not an address",
    ],
)
def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        leads_to(address).fetch("https://other.test/", 100)
    with pytest.raises(ForbiddenAddressError):
        leads_to("93.184.215.14", address).fetch("https://other.test/", 100)


def test_a_name_without_addresses_is_not_called() -> None:
    with pytest.raises(ForbiddenAddressError):
        leads_to().fetch("https://other.test/", 100)


def test_on_trial_plain_http_is_called_on_this_machine_only(server: str) -> None:
    assert local().fetch(server, 100) == b"good"
    with pytest.raises(ForbiddenAddressError):
        SafeFetcher().fetch(server, 100)
    outside = SafeFetcher(local=True, resolver=lambda _host, _port: ["93.184.215.14"])
    with pytest.raises(ForbiddenAddressError):
        outside.fetch("http://other.test/", 100)


def test_every_hop_is_looked_at(server: str) -> None:
    asked: list[str] = []

    def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if host == "localhost" else ["10.0.0.1"]

    fetcher = SafeFetcher(local=True, resolver=resolver)
    with pytest.raises(ForbiddenAddressError):
        fetcher.fetch(f"{server}/redirect/http://inside.test/", 100)
    assert asked == ["localhost", "inside.test"]
    with pytest.raises(ForbiddenAddressError):
        fetcher.fetch(f"{server}/redirect/file:///etc/passwd", 100)


@pytest.mark.parametrize(("redirects", "followed"), [(3, True), (4, False)])
def test_redirects_are_bounded(server: str, redirects: int, *, followed: bool) -> None:
    if followed:
        assert local().fetch(chained(server, redirects), 100) == b"good"
    else:
        with pytest.raises(UnreachableError):
            local().fetch(chained(server, redirects), 100)


def chained(server: str, redirects: int) -> str:
    """An address that redirects so many times to ``/good``."""
    return server + "/redirect/" * redirects + "/good"


@pytest.mark.parametrize("kind", ["missing", "long", "gzip", "redirect"])
def test_an_answer_that_is_not_as_asked_is_refused(server: str, kind: str) -> None:
    with pytest.raises(UnreachableError):
        local().fetch(f"{server}/{kind}", 4999 if kind == "long" else 100)


def test_a_body_at_the_bound_is_taken(server: str) -> None:
    assert len(local().fetch(f"{server}/long", 5000)) == 5000


def test_a_server_that_stalls_is_left(server: str) -> None:
    with pytest.raises(UnreachableError):
        local(0.2).fetch(f"{server}/slow", 100)


def test_a_closed_port_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        local().fetch("http://localhost:1/", 100)


def test_a_mirror_answers_none_for_everything_that_fails(server: str) -> None:
    mirror = HttpMirror(local(), {"other.test/log": server})
    assert mirror.tile("other.test/log", 0) is None
    assert mirror.tile("unknown.test/log", 0) is None
    assert mirror.status_list(f"{server}/missing", AT) is None
    found = mirror.status_list(f"{server}/good", AT)
    assert found is not None
    assert found.octets == b"good"


def test_whole_tiles_are_served_to_other_verifiers(wallet: SimulatedWallet) -> None:
    trial: Trial = wallet.trial
    path = f"/issuers/{AGENCY}/evidence"
    assert trial.http.get(f"{path}/0").status_code == 404
    wallet.obtain(copies=2)
    bundle = decode_bundle(trial.http.get(f"{path}/0").content)
    needs = needs_of([wallet.held[0][0]])
    [expected] = trial.openid.trust.material(needs, trial.ground.clock()).tiles
    assert [(tile.log, tile.index) for tile in bundle.tiles] == [expected]
    assert trial.http.get(f"{path}/1").status_code == 404
    assert trial.http.get("/issuers/nobody/evidence/0").status_code == 404
