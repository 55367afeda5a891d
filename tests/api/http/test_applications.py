"""Applications over HTTP: opened once, seen by who holds the secret, hostile bodies refused."""

import json
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.http.applications import NUMBER
from tests.api.databases import StillClock

PATH = "/api/v1/applications"
ORDER = {"service": "document-delivery"}
KEY = "kk7-x2_Zr5tYb8nQ4mV9cW1s"


def opened(people: TestClient, **headers: str) -> dict[str, str]:
    answer = people.post(PATH, json=ORDER, headers=headers)
    assert answer.status_code == 201
    made: dict[str, str] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{made['number']}"
    return made


def test_an_application_is_opened_and_seen_with_its_secret(people: TestClient) -> None:
    made = opened(people)
    assert re.fullmatch(NUMBER, made["number"])
    secret = made.pop("secret")
    answer = people.get(f"{PATH}/{made['number']}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    seen = answer.json()
    evidence = seen.pop("evidence")
    assert seen == made
    assert seen["date"] == "2026-11-20"
    assert (evidence["state"], evidence["index"], evidence["block"]) == ("waiting", None, None)
    assert json.loads(evidence["entry"])["number"] == made["number"]


def test_without_the_secret_nothing_is_told(people: TestClient) -> None:
    made = opened(people)
    place = f"{PATH}/{made['number']}"
    assert people.get(place).json()["code"] == "application.secret_required"
    assert people.get(place).headers["www-authenticate"].startswith("Bearer")
    wrong = {"Authorization": "Bearer " + "A" * 43}
    here = people.get(place, headers=wrong)
    nowhere = people.get(f"{PATH}/0000-0000-0000-0000", headers=wrong)
    assert (here.status_code, here.json()) == (404, nowhere.json())
    assert here.json()["code"] == "application.not_found"


def test_the_same_key_gives_the_same_application_and_secret(people: TestClient) -> None:
    first = opened(people, **{"Idempotency-Key": KEY})
    assert opened(people, **{"Idempotency-Key": KEY}) == first
    other = opened(people, **{"Idempotency-Key": KEY[::-1]})
    assert other["number"] != first["number"]
    assert other["secret"] != first["secret"]


def test_the_same_key_for_another_request_is_refused(people: TestClient) -> None:
    opened(people, **{"Idempotency-Key": KEY})
    answer = people.post(PATH, json={"service": "bulk-issuance"}, headers={"Idempotency-Key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.reused")


@pytest.mark.parametrize("key", ["short", "a" * 21, "a" * 65, "with space in the middle of it"])
def test_a_key_that_could_be_guessed_is_refused(people: TestClient, key: str) -> None:
    answer = people.post(PATH, json=ORDER, headers={"Idempotency-Key": key})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"service": "no-such-service"}, 404, "service.unknown"),
        ({"service": "document-delivery", "round": "1999"}, 404, "service.unknown"),
        ({"service": "youth-allowance", "round": "2022"}, 409, "service.closed"),
        ({**ORDER, "date": "2026-11-19"}, 409, "application.date_not_today"),
        ({**ORDER, "date": "yesterday"}, 422, "http.invalid_request"),
        ({**ORDER, "date": 1795132800}, 422, "http.invalid_request"),
        ({**ORDER, "date": "1795132800"}, 422, "http.invalid_request"),
        ({**ORDER, "date": "2026-11-20T00:00:00"}, 422, "http.invalid_request"),
        ({**ORDER, "date": "２０２６-11-20"}, 422, "http.invalid_request"),
        ({"service": ""}, 422, "http.invalid_request"),
        ({"service": None}, 422, "http.invalid_request"),
        ({"service": ["document-delivery"]}, 422, "http.invalid_request"),
        ({"service": "document-delivery\n"}, 422, "http.invalid_request"),
        ({"service": "document-delivery", "extra": 1}, 422, "http.invalid_request"),
        ([], 422, "http.invalid_request"),
        ("text", 422, "http.invalid_request"),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    people: TestClient, order: object, status: int, code: str
) -> None:
    answer = people.post(PATH, json=order)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_application_is_of_the_korean_day(people: TestClient, clock: StillClock) -> None:
    clock.now = clock.now.replace(hour=14, minute=59)
    assert opened(people)["date"] == "2026-11-20"
    clock.forward(minutes=1)
    assert opened(people)["date"] == "2026-11-21"
    clock.forward(days=41)
    answer = people.post(PATH, json=ORDER)
    assert answer.json()["code"] == "service.closed"
    clock.now -= timedelta(days=1)
    assert opened(people)["date"] == "2026-12-31"


HOSTILE = {
    "a name twice": (b'{"service":"document-delivery","service":"bulk-issuance"}', 400),
    "nested too deep": (b'{"service":' + b"[" * 40 + b"]" * 40 + b"}", 400),
    "endless nesting": (b"[" * 60_000, 400),
    "a huge number": (b'{"service":' + b"9" * 5000 + b"}", 400),
    "a huge exponent": (b'{"service":1e999}', 400),
    "not a number": (b'{"service":NaN}', 400),
    "a lone surrogate": (b'{"service":"\\ud800"}', 400),
    "no UTF-8": (b'{"service":"\xff"}', 400),
    "a byte order mark": (b'\xef\xbb\xbf{"service":"document-delivery"}', 400),
    "trailing text": (b'{"service":"document-delivery"} x', 400),
    "cut short": (b'{"service":"document', 400),
    "a NUL": (b'{"service":"a\\u0000b"}', 422),
    "direction marks": ('{"service":"a\u202eb"}'.encode(), 422),
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "too much": (b'{"service":"' + b"a" * 70_000 + b'"}', 413),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_body_is_refused_as_what_it_is(people: TestClient, case: str) -> None:
    body, status = HOSTILE[case]
    answer = people.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ('Application/JSON;charset="UTF-8"', 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=euc-kr", 415),
        ("application/problem+json", 415),
        ("", 415),
    ],
)
def test_only_json_is_taken(people: TestClient, content_type: str, status: int) -> None:
    body = json.dumps(ORDER).encode()
    answer = people.post(PATH, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
