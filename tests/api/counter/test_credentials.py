"""Credentials at the counter: listed by opaque id, suspended, reinstated, revoked, renewed."""

from typing import Any

import pytest

from api.ports.accounts import Role
from tests.api.counter.site import PERSON, CounterSite, code_of
from tests.api.staff.office import API, Person
from tests.simulators.openid_trial import AGENCY, KIND, SERVICE


def held(clerk: Person, person: str = PERSON) -> list[dict[str, Any]]:
    answer = clerk.browser.post("/credentials/search", {"agency": AGENCY, "person": person})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def mark(clerk: Person, credential: str, status: str) -> Any:
    body = {"status": status, "reason": "device_lost"}
    return clerk.browser.ask("PUT", f"{API}/credentials/{credential}/status", json=body)


def test_credentials_are_listed_by_opaque_id_and_the_look_is_kept(both: CounterSite) -> None:
    both.wallet.obtain(copies=3)
    clerk = both.staff(Role.ISSUER)
    (one,) = held(clerk)
    assert (one["type"], one["copies"], one["status"]) == (KIND, 3, "valid")
    assert PERSON not in str(one)
    assert held(clerk, "synthetic-2") == []
    assert both.looks() == [(clerk.account, "credential.list")]


def test_a_credential_is_suspended_reinstated_and_revoked_for_good(both: CounterSite) -> None:
    both.wallet.obtain(copies=4)
    clerk = both.staff(Role.ISSUER)
    (one,) = held(clerk)
    assert both.outcome() == "eligible"
    for status, outcome in (
        ("suspended", "cannot_verify"),
        ("valid", "eligible"),
        ("revoked", "cannot_verify"),
    ):
        both.clock.forward(minutes=1)
        clerk.sign_in()
        assert mark(clerk, one["id"], status).json()["status"] == status
        both.work()
        both.clock.forward(minutes=1)
        assert both.outcome() == outcome
    assert code_of(mark(clerk, one["id"], "valid")) == (409, "credential.revoked")
    assert both.acts() == [("credential.mark", clerk.account)] * 3


def test_every_batch_of_a_lost_device_is_revoked(site: CounterSite) -> None:
    site.wallet.obtain(copies=2)
    site.wallet.obtain(copies=2)
    clerk = site.staff(Role.ISSUER)
    first, _ = held(clerk)
    assert mark(clerk, first["id"], "revoked").status_code == 200
    assert [one["status"] for one in held(clerk)] == ["revoked", "revoked"]


def test_another_persons_credential_stays_as_it_is(site: CounterSite) -> None:
    for person in (PERSON, "synthetic-2"):
        site.wallet.obtain("resident-registration", "youth-allowance", person=person)
    clerk = site.staff(Role.ISSUER)
    mark(clerk, held(clerk)[0]["id"], "revoked")
    assert [one["status"] for one in held(clerk, "synthetic-2")] == ["valid"]


def test_a_credential_that_stands_so_already_is_not_marked(site: CounterSite) -> None:
    site.wallet.obtain()
    clerk = site.staff(Role.ISSUER)
    name = held(clerk)[0]["id"]
    assert code_of(mark(clerk, name, "valid")) == (409, "credential.state")
    assert code_of(mark(clerk, "A" * 22, "revoked")) == (404, "credential.unknown")
    assert site.acts() == []


def test_marking_needs_somebody_who_was_seen_lately(site: CounterSite) -> None:
    site.wallet.obtain()
    clerk = site.staff(Role.ISSUER)
    name = held(clerk)[0]["id"]
    site.clock.forward(minutes=5)
    assert code_of(mark(clerk, name, "revoked")) == (403, "staff.verify_again")
    clerk.sign_in()
    assert mark(clerk, name, "revoked").status_code == 200


def renewal(**changes: object) -> dict[str, object]:
    order = {"agency": AGENCY, "person": PERSON, "type": KIND, "service": SERVICE}
    return {**order, "card_checked": True, **changes}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"person": "synthetic-3"}, (409, "credential.other_person")),
        ({"type": "benefit"}, (409, "credential.other_person")),
        ({"card_checked": False}, (409, "issuer.card_unchecked")),
    ],
)
def test_only_the_holder_renews(
    site: CounterSite, change: dict[str, object], refusal: tuple[int, str]
) -> None:
    site.wallet.obtain()
    clerk = site.staff(Role.ISSUER)
    path = f"/credentials/{held(clerk)[0]['id']}/renewal"
    assert code_of(clerk.browser.post(path, renewal(**change))) == refusal
    assert clerk.browser.post(path, renewal()).status_code == 201
    assert site.acts() == [("credential.renew", clerk.account)]


def test_what_was_revoked_is_not_renewed(site: CounterSite) -> None:
    site.wallet.obtain()
    clerk = site.staff(Role.ISSUER)
    name = held(clerk)[0]["id"]
    mark(clerk, name, "revoked")
    refused = clerk.browser.post(f"/credentials/{name}/renewal", renewal())
    assert code_of(refused) == (409, "credential.revoked")
