"""The OpenAPI documents: complete, and true of what the service answers (schemathesis)."""

import json
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from api.app import Parts, create_ballot_app, create_people_app, create_registration_app
from api.http.guard import Guard
from api.http.problem_kinds import KINDS
from tests.api.databases import ORIGINS

CREATE = {
    "people": (create_people_app, ORIGINS.people),
    "ballot": (create_ballot_app, ORIGINS.ballot),
    "registration": (create_registration_app, ORIGINS.registration),
}
EXAMPLES = 10
MORE_EXAMPLES = 60
FEWER_EXAMPLES = 5
"""For routes that ask who one is first: most of what a stranger sends is refused alike."""
OF_STRANGERS = [positive_data_acceptance, negative_data_rejection]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
WALLETS = ("/issuers/", "/.well-known/", "/openid4vp/", "/demo/openid/")
"""What wallets call: raw bodies, and a well-formed request of a stranger is told 400."""


def document_of(guard: Guard, origin: str) -> dict[str, Any]:
    made: dict[str, Any] = TestClient(guard, base_url=origin).get("/openapi.json").json()
    return made


@pytest.fixture(params=sorted(CREATE))
def described(request: pytest.FixtureRequest, parts: Parts) -> tuple[Guard, dict[str, Any]]:
    create, origin = CREATE[request.param]
    guard = create(parts)
    return guard, document_of(guard, origin)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_document_is_openapi_3_1_and_knows_its_origin(
    described: tuple[Guard, dict[str, Any]],
) -> None:
    document = described[1]
    assert document["openapi"].startswith("3.1")
    assert document["servers"][0]["url"] in {
        ORIGINS.people,
        ORIGINS.ballot,
        ORIGINS.registration,
    }
    assert len(operations(document)) >= 2


def test_every_operation_tells_its_problems_with_examples(
    described: tuple[Guard, dict[str, Any]],
) -> None:
    for path, method, operation in operations(described[1]):
        assert operation["summary"], path
        assert operation["operationId"], path
        told = {status for status in operation["responses"] if int(status) >= 400}
        assert {"431", "500"} <= told, (path, method)
        for status in told:
            for media, content in operation["responses"][status]["content"].items():
                if media != "application/problem+json":
                    continue
                for code, example in content["examples"].items():
                    assert KINDS[code].status == int(status)
                    assert example["value"]["code"] == code


def test_examples_of_bodies_are_accepted(parts: Parts) -> None:
    guard = create_people_app(parts)
    document = document_of(guard, ORIGINS.people)
    client = TestClient(guard, base_url=ORIGINS.people)
    examples = document["components"]["schemas"]["NewApplication"]["examples"]
    for example in examples:
        assert client.post("/api/v1/applications", json=example).status_code == 201


def test_document_holds_no_default_problem_of_the_framework(
    described: tuple[Guard, dict[str, Any]],
) -> None:
    document = described[1]
    assert "HTTPValidationError" not in json.dumps(document)
    for path, _, operation in operations(document):
        if path.startswith(WALLETS):
            continue  # their routes read bodies themselves
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        takes = places - {"path"} or "requestBody" in operation
        assert ("422" in operation["responses"]) == bool(takes), path


@pytest.mark.parametrize(
    "examples", [EXAMPLES, pytest.param(MORE_EXAMPLES, marks=pytest.mark.acceptance)]
)
def test_nothing_is_answered_that_is_not_written_down(
    described: tuple[Guard, dict[str, Any]], examples: int
) -> None:
    guard, document = described
    origin = document["servers"][0]["url"]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = guard
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        told = document["paths"][operation.path][operation.method]
        takes_something = told.get("parameters") or "requestBody" in told
        for mode in MODES if takes_something else MODES[:1]:
            asks_who = operation.path.startswith((*WALLETS, "/api/v1/staff"))
            most = FEWER_EXAMPLES * examples // EXAMPLES if asks_who else examples
            ask(operation.as_strategy(generation_mode=mode), origin, most)
        count += 1
    assert count == len(operations(document))


def ask(strategy: SearchStrategy[Case], origin: str, most: int) -> None:
    """Send what the strategy makes, and check what comes back against the document."""

    @settings(
        max_examples=most,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def check(case: Case) -> None:
        answer = case.call(base_url=origin)
        if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return  # refused before anything was read; the check knows no such refusal
        wallets = case.path.startswith(WALLETS)
        case.validate_response(answer, excluded_checks=OF_STRANGERS if wallets else ())

    try:
        check()
    except Unsatisfiable:
        return  # an operation without input has no wrong input
