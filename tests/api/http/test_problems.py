"""Problems: stable codes, both languages, no value of the request repeated."""

import re
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient

from api.actions import errors as action_errors
from api.http.problem_kinds import AREAS, KINDS
from api.ports.errors import StorageUnavailableError
from api.store.database import Database


def test_no_code_stands_twice_and_each_is_told_whole() -> None:
    listed = [kind for area in AREAS for kind in area]
    assert len(listed) == len(KINDS)
    for kind in listed:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", kind.code)
        assert HTTPStatus(kind.status).value >= 400
        assert re.search("[가-힣]", kind.ko)
        assert kind.ko.endswith(".")
        assert not re.search("[가-힣]", kind.en)
        assert kind.en.endswith(".")


def test_every_refusal_of_an_action_has_its_words() -> None:
    classes = [
        entry
        for entry in vars(action_errors).values()
        if isinstance(entry, type)
        and issubclass(entry, action_errors.ActionError)
        and entry is not action_errors.ActionError
    ]
    assert len(classes) >= 5
    assert {entry.code for entry in classes} <= set(KINDS)


@pytest.mark.parametrize(("asked", "told"), [("", "ko"), ("en", "en"), ("en-US,en;q=0.9", "en")])
def test_the_sentence_is_in_the_language_asked_for(
    people: TestClient, asked: str, told: str
) -> None:
    answer = people.get("/nothing", headers={"Accept-Language": asked})
    kind = KINDS["http.not_found"]
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == told
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "http.not_found",
        "detail": kind.ko if told == "ko" else kind.en,
    }


def test_a_wrong_method_tells_the_right_ones(people: TestClient) -> None:
    answer = people.delete("/api/v1/applications")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    answer = people.put("/livez")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["code"] == "http.method_not_allowed"


def test_head_is_answered_where_get_is_and_nowhere_else(people: TestClient) -> None:
    for path in ("/", "/livez", "/static/seal.svg", "/openapi.json"):
        answer, full = people.head(path), people.get(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(full.content))
    answer = people.head("/api/v1/applications")
    assert (answer.status_code, answer.content) == (405, b"")


def test_a_fault_is_told_by_place_and_kind_and_not_by_value(people: TestClient) -> None:
    body = {"service": "SECRET!", "made up <b>": 1, "round": 5}
    answer = people.post("/api/v1/applications", json=body)
    assert answer.status_code == 422
    assert "SECRET" not in answer.text
    assert "made up" not in answer.text
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers == {"/body/service", "/body/*", "/body/round"}


def test_a_database_out_of_reach_is_told_as_passing(
    people: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_database: Database) -> None:
        raise StorageUnavailableError("it is gone")

    monkeypatch.setattr(Database, "work", fail)
    answer = people.post("/api/v1/applications", json={"service": "document-delivery"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "storage.unavailable"
    assert int(answer.headers["retry-after"]) > 0


def test_an_unforeseen_error_is_told_without_its_text(
    people: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_database: Database) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Database, "work", fail)
    quiet = TestClient(people.app, base_url=str(people.base_url), raise_server_exceptions=False)
    answer = quiet.post("/api/v1/applications", json={"service": "document-delivery"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "http.internal_error"
    assert "a secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
