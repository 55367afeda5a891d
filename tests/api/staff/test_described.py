"""Staff's interface as one with many roles sees it: every answer is written down."""

from http import HTTPStatus
from http.cookies import SimpleCookie

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import Parts, create_people_app
from api.ports.accounts import Role
from tests.api.databases import ORIGINS
from tests.api.staff.office import API, HOME, Browser, Office

EXAMPLES = 8
LEAVING = {f"{API}/session": "DELETE", f"{API}/sessions": "DELETE"}
FEWEST_OPERATIONS = 30


def test_nothing_is_answered_that_is_not_written_down(parts: Parts, office: Office) -> None:
    guard = create_people_app(parts)
    schema = schemathesis.openapi.from_dict(
        TestClient(guard, base_url=ORIGINS.people).get("/openapi.json").json()
    )
    schema.app = guard
    person = office.administrator()
    office.give(person, Role.ISSUER, Role.OFFICER)
    person.browser.client = TestClient(guard, base_url=ORIGINS.people)
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        leaves = LEAVING.get(operation.path) == operation.method.upper()
        if not operation.path.startswith(API) or leaves:
            continue
        office.clock.forward(minutes=1)
        assert person.sign_in().status_code == 200
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            ask(operation.as_strategy(generation_mode=mode), person.browser)
        count += 1
    assert count >= FEWEST_OPERATIONS
    assert person.browser.get("/session").status_code == 200


def ask(strategy: SearchStrategy[Case], browser: Browser) -> None:
    """Send what the strategy makes from a page of ours, signed in."""

    @settings(
        max_examples=EXAMPLES,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def check(case: Case) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        case.cookies = {}
        told = {**HOME, "Cookie": cookies}
        answer = case.call(base_url=ORIGINS.people, headers=told)
        if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return  # refused before anything was read; the check knows no such refusal
        # Not every text of a schema is one line that can be shown, and that is told as 422.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    try:
        check()
    except Unsatisfiable:
        return  # an operation without input has no wrong input


def test_cookies_are_read_as_browsers_send_them(office: Office) -> None:
    person = office.administrator()
    jar = SimpleCookie("; ".join(person.browser.set))
    assert person.browser.session in {morsel.value for morsel in jar.values()}
