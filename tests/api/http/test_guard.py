"""What is refused before anything is understood: names, sizes, rates, slow bodies; and headers."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import Parts, create_ballot_app, create_people_app, create_registration_app
from api.http.guard import MAX_BODY_BYTES, Guard
from api.observation.watching import GONE, Watched
from tests.api.databases import ORIGINS

PATH = "/api/v1/applications"
ORDER = {"service": "document-delivery"}


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_the_service_goes_by_the_names_of_this_machine(people: TestClient, host: str) -> None:
    assert people.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:8001", "", "a b"])
def test_another_name_is_refused(people: TestClient, host: str) -> None:
    answer = people.get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "http.misdirected_request")
    assert people.get("/livez", headers={"Host": host}).status_code == 200


def test_too_many_headers_are_refused(people: TestClient) -> None:
    few = {f"x-{n}": "1" for n in range(40)}
    assert people.get("/livez", headers=few).status_code == 200
    many = {f"x-{n}": "1" for n in range(70)}
    assert people.get("/livez", headers=many).json()["code"] == "http.headers_too_large"
    assert people.get("/livez", headers={"x": "a" * 20_000}).status_code == 431
    assert people.get("/livez?" + "a" * 5000).status_code == 431


def test_a_body_is_measured_before_it_is_read(people: TestClient) -> None:
    too_long = {"Content-Length": str(MAX_BODY_BYTES + 1), "Content-Type": "application/json"}
    answer = people.post(PATH, content=b"{}", headers=too_long)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("length", ["-1", "x", "1" * 20])
def test_a_length_that_is_none_is_refused(people: TestClient, length: str) -> None:
    answer = people.post(PATH, content=b"{}", headers={"Content-Length": length})
    assert answer.status_code == 400


def test_a_compressed_body_is_refused(people: TestClient) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert people.post(PATH, content=b"{}", headers=headers).status_code == 415


def test_too_many_requests_are_told_when_to_come_back(parts: Parts) -> None:
    few = TestClient(create_people_app(replace(parts, writes=2, reads=3)), base_url=ORIGINS.people)
    assert [few.post(PATH, json=ORDER).status_code for _ in range(3)] == [201, 201, 429]
    assert [few.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = few.post(PATH, json=ORDER)
    assert answer.json()["code"] == "http.too_many_requests"
    assert answer.headers["retry-after"] == "60"
    assert few.get("/livez").status_code == 200


def exchange(guard: ASGIApp, messages: list[Message], headers: dict[bytes, bytes]) -> list[Message]:
    """Speak ASGI to a guard; a receive beyond the messages waits for ever."""
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost:8000"), *headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    return sent


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def guarded(parts: Parts, seconds: float = 5) -> tuple[Guard, list[bytes]]:
    """A guard before an application that notes the bodies it gets."""
    seen: list[bytes] = []

    async def note(_scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guard = create_people_app(parts)
    return replace(guard, app=note, limits=replace(guard.limits, body_seconds=seconds)), seen


def test_a_body_in_pieces_arrives_whole(parts: Parts) -> None:
    guard, seen = guarded(parts)
    pieces = [part(b"ab", more=True), part(b"cd", more=False)]
    sent = exchange(guard, pieces, {b"transfer-encoding": b"chunked"})
    assert (sent[0]["status"], seen) == (204, [b"abcd"])


def test_a_body_that_does_not_come_is_given_up(parts: Parts) -> None:
    guard, seen = guarded(parts, seconds=0.01)
    sent = exchange(guard, [part(b"ab", more=True)], {b"content-length": b"4"})
    assert (sent[0]["status"], seen) == (408, [])


def test_a_body_that_grows_too_large_is_given_up(parts: Parts) -> None:
    guard, seen = guarded(parts)
    pieces = [part(b"a" * 40_000, more=True), part(b"a" * 40_000, more=True)]
    sent = exchange(guard, pieces, {b"transfer-encoding": b"chunked"})
    assert (sent[0]["status"], seen) == (413, [])


def test_a_client_that_goes_away_is_not_answered(parts: Parts) -> None:
    guard, seen = guarded(parts)
    pieces = [part(b"a", more=True), {"type": "http.disconnect"}]
    assert exchange(guard, pieces, {b"content-length": b"4"}) == []
    assert seen == []


class Counted:
    """An observer that keeps the statuses it saw."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:  # noqa: ARG002 - the port's
        self.statuses.append(status)


@pytest.mark.parametrize(
    ("last", "status"),
    [({"type": "http.disconnect"}, GONE), (part(b"bcd", more=False), 204)],
)
def test_a_client_that_goes_away_is_no_failure_of_the_service(
    parts: Parts, last: Message, status: int
) -> None:
    guard, _ = guarded(parts)
    counted = Counted()
    watched = Watched(guard, counted, bytes)
    exchange(watched, [part(b"a", more=True), last], {b"content-length": b"4"})
    assert counted.statuses == [status]


def test_a_client_that_went_away_is_told_so_even_if_a_route_answers(parts: Parts) -> None:
    async def answering(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    for message, status in (({"type": "http.disconnect"}, GONE), (part(b"", more=False), 400)):
        counted = Counted()
        guard = replace(guarded(parts)[0], app=answering)
        exchange(Watched(guard, counted, bytes), [message], {})
        assert counted.statuses == [status]


def test_silence_of_the_service_is_its_failure(parts: Parts) -> None:
    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    counted = Counted()
    exchange(Watched(replace(guarded(parts)[0], app=silent), counted, bytes), [], {})
    assert counted.statuses == [500]


def test_every_answer_forbids_foreign_code(parts: Parts) -> None:
    for create, origin in (
        (create_people_app, ORIGINS.people),
        (create_ballot_app, ORIGINS.ballot),
        (create_registration_app, ORIGINS.registration),
    ):
        client = TestClient(create(parts), base_url=origin)
        for path in ("/", "/livez", "/static/dojang.css", "/nothing"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert "strict-transport-security" not in headers


def test_an_origin_under_tls_says_to_stay_there(parts: Parts) -> None:
    origins = replace(ORIGINS, people="https://dojang.example")
    client = TestClient(
        create_people_app(replace(parts, origins=origins)), base_url="https://dojang.example"
    )
    assert "max-age=31536000" in client.get("/").headers["strict-transport-security"]
    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 421


def test_only_the_ballot_page_may_read_the_registration(parts: Parts) -> None:
    client = TestClient(create_registration_app(parts), base_url=ORIGINS.registration)
    asked = {"Origin": ORIGINS.ballot, "Access-Control-Request-Method": "POST"}
    allowed = client.options("/api/v1/anything", headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == ORIGINS.ballot
    assert "access-control-allow-credentials" not in allowed.headers
    assert client.get("/livez", headers={"Origin": ORIGINS.ballot}).headers[
        "access-control-allow-origin"
    ] == (ORIGINS.ballot)
    for foreign in (ORIGINS.people, "https://evil.example", "null"):
        answer = client.options("/api/v1/anything", headers={**asked, "Origin": foreign})
        assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in client.get("/").headers["vary"]


def test_the_other_origins_may_be_read_by_nobody_else(parts: Parts) -> None:
    for create, origin in (
        (create_people_app, ORIGINS.people),
        (create_ballot_app, ORIGINS.ballot),
    ):
        client = TestClient(create(parts), base_url=origin)
        answer = client.get("/livez", headers={"Origin": ORIGINS.registration})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-credential-issuer/issuers/district",
        "/issuers/district/status/1",
        "/issuers/district/token",
        "/openid4vp/requests/some/response",
    ],
)
def test_a_wallet_may_be_a_page_of_any_origin(people: TestClient, path: str) -> None:
    foreign = {"Origin": "https://wallet.example"}
    asked = foreign | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = people.options(path, headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    answer = people.get(path, headers=foreign)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/staff", PATH, "/openid4vp/requests", "/demo/openid/offers"]
)
def test_what_no_wallet_calls_is_read_by_own_pages_only(people: TestClient, path: str) -> None:
    asked = {"Origin": "https://wallet.example", "Access-Control-Request-Method": "POST"}
    for answer in (people.options(path, headers=asked), people.get(path, headers=asked)):
        assert "access-control-allow-origin" not in answer.headers


def test_the_ballot_page_may_reach_the_registration_and_nothing_else(parts: Parts) -> None:
    client = TestClient(create_ballot_app(parts), base_url=ORIGINS.ballot)
    policy = client.get("/").headers["content-security-policy"]
    assert f"connect-src 'self' {ORIGINS.registration};" in policy


def test_pages_where_nothing_is_open_say_so_in_both_languages(parts: Parts) -> None:
    for create, origin in (
        (create_ballot_app, ORIGINS.ballot),
        (create_registration_app, ORIGINS.registration),
    ):
        client = TestClient(create(parts), base_url=origin)
        assert "열려 있는 투표가 없습니다" in client.get("/").text
        english = client.get("/?lang=en").text
        assert "No poll is open" in english
        assert ORIGINS.people in english
        assert "<script" not in english
        assert client.get("/api/v1/applications").status_code == 404
