"""Who may use a route: roles declared on every one, and changing requests from our pages only."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.app import Parts, create_people_app
from api.http.staff.gate import Gate, StaffRoute, requirements_of
from api.pages.counter import all_counter_routes
from api.pages.staff import staff_routes
from api.pages.staff_route import StaffPage
from api.ports.accounts import Role
from tests.api.databases import ORIGINS
from tests.api.staff.office import API, HOME, Office

AT_THE_DOOR = {
    f"{API}/invitation/options",
    f"{API}/invitation",
    f"{API}/sign-in/options",
    f"{API}/sign-in",
    f"{API}/provider/options",
    "/staff/sign-in",
    "/staff/sign-in/callback",
    "/staff/invitation",
}
"""The only routes of staff that nobody needs to be signed in for."""
FEWEST_ROUTES = 45
ELSEWHERE = {"api.http.staff.case_routes"}
"""Routes of staff that come with papers."""
NAMES = {
    "account": "0" * 32,
    "role": "judge",
    "act": "A" * 22,
    "passkey": "A" * 22,
    "paper": "A" * 22,
    "credential": "A" * 22,
    "offer": "A" * 22,
    "agency": "district",
    "number": "AAAA-AAAA-AAAA-AAAA",
}
"""One of each thing that a route's address names."""


def routes_of(app: FastAPI) -> Iterator[BaseRoute]:
    """All routes of an application, those of its routers included."""
    left: list[BaseRoute] = list(app.routes)
    while left:
        route = left.pop()
        yield route
        included = getattr(route, "original_router", None)
        left += getattr(included, "routes", []) or getattr(route, "routes", None) or []


def staff_routes_of(parts: Parts) -> list[APIRoute]:
    app: Any = create_people_app(parts)
    while not isinstance(app, FastAPI):
        app = app.app  # what stands before it
    return [
        route
        for route in routes_of(app)
        if isinstance(route, APIRoute) and route.path.startswith((API, "/staff"))
    ]


def test_every_staff_route_declares_who_may_use_it(parts: Parts) -> None:
    found = staff_routes_of(parts)
    assert len(found) >= FEWEST_ROUTES
    for route in found:
        assert isinstance(route, StaffRoute | StaffPage), route.path
        declared = requirements_of(route)
        assert len(declared) == 1, route.path
        assert declared[0].public == (route.path in AT_THE_DOOR), route.path
        assert declared[0].public or declared[0].roles, route.path


def test_every_staff_route_but_the_door_refuses_who_is_not_signed_in(
    parts: Parts, office: Office
) -> None:
    stranger = office.stranger()
    for route in staff_routes_of(parts):
        if route.path in AT_THE_DOOR:
            continue
        path = route.path.format(**NAMES)
        for method in sorted(route.methods):
            answer = stranger.browser.ask(method, path, json={})
            wanted = 401 if path.startswith(API) else 303
            assert answer.status_code == wanted, (method, path)


def test_a_route_that_says_nothing_cannot_be_made() -> None:
    for kind in (StaffRoute, StaffPage):
        with pytest.raises(ValueError, match="does not say who"):
            APIRouter(route_class=kind).add_api_route("/api/v1/staff/new", lambda: None)


def test_a_requirement_of_no_role_cannot_be_made(parts: Parts) -> None:
    gate = Gate(parts.means, ORIGINS.people, parts.rates)
    with pytest.raises(ValueError, match="names a role"):
        gate.holding()


def test_all_routers_together_are_served(parts: Parts) -> None:
    assert parts.door is not None
    assert parts.counters is not None
    routers = staff_routes(parts.door, ORIGINS.people, parts.rates)
    routers += all_counter_routes(parts.counters, parts.means, ORIGINS.people, parts.rates)
    made = sum(len(router.routes) for router in routers)
    assert made == len(
        [r for r in staff_routes_of(parts) if r.endpoint.__module__ not in ELSEWHERE]
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.AUDITOR}))
def test_other_roles_see_no_accounts(office: Office, role: Role) -> None:
    administrator = office.administrator()
    person = office.colleague(administrator, role)
    answer = person.browser.get("/accounts")
    assert (answer.status_code, answer.json()["code"]) == (403, "staff.role_missing")
    assert person.browser.ask("GET", "/staff/accounts").status_code == 403
    assert administrator.browser.get("/accounts").status_code == 200


def test_an_auditor_looks_and_changes_nothing(office: Office) -> None:
    auditor = office.colleague(office.administrator(), Role.AUDITOR)
    assert auditor.browser.get("/accounts").status_code == 200
    assert auditor.browser.get("/administration").status_code == 200
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": ["judge"]}
    assert auditor.browser.post("/invitations", new).status_code == 403
    path = f"{API}/accounts/{auditor.account}/roles/issuer"
    assert auditor.browser.ask("DELETE", path).status_code == 403
    new = {"kind": "account.grant_roles", "account": auditor.account, "roles": ["issuer"]}
    assert auditor.browser.post("/acts", new).status_code == 403


def test_a_role_that_is_taken_is_gone_at_once(office: Office) -> None:
    administrator = office.administrator()
    auditor = office.colleague(administrator, Role.AUDITOR)
    path = f"{API}/accounts/{auditor.account}/roles/auditor"
    assert administrator.browser.ask("DELETE", path).json()["roles"] == []
    assert auditor.browser.get("/accounts").status_code == 403


FOREIGN = {
    "another site": {"Origin": "https://evil.test"},
    "another port of this machine": {"Origin": "http://localhost:8001"},
    "the ballot's page": {"Origin": ORIGINS.ballot, "Sec-Fetch-Site": "same-site"},
    "a page that hides": {"Origin": "null"},
    "nobody says": {},
    "a same-site page": {"Origin": ORIGINS.people, "Sec-Fetch-Site": "same-site"},
    "a cross-site page": {"Origin": ORIGINS.people, "Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("case", FOREIGN)
def test_requests_of_other_pages_change_nothing(office: Office, case: str) -> None:
    administrator = office.administrator()
    headers: Mapping[str, str] = FOREIGN[case]
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": ["judge"]}
    answer = administrator.browser.ask("POST", f"{API}/invitations", headers=headers, json=new)
    assert (answer.status_code, answer.json()["code"]) == (403, "staff.foreign_origin")
    page = administrator.browser.ask("POST", "/staff/sign-out", headers=headers)
    assert page.status_code == 403
    assert administrator.browser.get("/session").status_code == 200


@pytest.mark.parametrize("case", FOREIGN)
def test_no_changing_route_takes_requests_of_other_pages(
    parts: Parts, office: Office, case: str
) -> None:
    administrator = office.administrator()
    for route in staff_routes_of(parts):
        path = route.path.format(**NAMES)
        for method in sorted(route.methods - {"GET", "HEAD"}):
            answer = administrator.browser.ask(method, path, headers=FOREIGN[case], json={})
            assert answer.status_code in {403, 415, 422}, (method, path)
    assert administrator.browser.get("/session").status_code == 200
    assert administrator.browser.session


def test_signing_somebody_in_from_another_page_is_refused(office: Office) -> None:
    """Otherwise a victim would work in the attacker's account."""
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    answer = person.device.get(start)
    headers = {"Origin": "https://evil.test"}
    refused = person.browser.ask("POST", f"{API}/sign-in", headers=headers, json=answer)
    assert refused.json()["code"] == "staff.foreign_origin"
    assert person.browser.ask("POST", f"{API}/sign-in", HOME, json=answer).status_code == 200
