"""An offer that no wallet has used is withdrawn; any other says why it cannot be."""

import re
from typing import Any

import pytest

from api.ports.accounts import Role
from tests.api.counter.site import CounterSite, code_of, new_offer
from tests.api.counter.test_offers import offered_by
from tests.api.counter.test_page import FORM
from tests.api.staff.office import API, Person
from tests.simulators.openid_trial import AGENCY, Offered, error_of

OTHERS = sorted(set(Role) - {Role.ISSUER})


def made(site: CounterSite, clerk: Person) -> tuple[str, Offered]:
    told = clerk.browser.post("/offers", new_offer()).json()
    agency = site.trial.openid.console.office.agencies[AGENCY]
    return told["id"], offered_by(told, agency.uri)


def withdraw(person: Person, name: str, **options: Any) -> Any:
    return person.browser.ask("PUT", f"{API}/offers/{name}/withdrawal", **options)


def test_a_withdrawn_offer_gives_no_token_and_another_does(both: CounterSite) -> None:
    clerk, colleague = both.staff(Role.ISSUER), both.staff(Role.ISSUER)
    (name, offered), (_, other) = made(both, clerk), made(both, clerk)
    answer = withdraw(colleague, name)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"id": name, "agency": AGENCY, "state": "withdrawn"}
    assert error_of(both.wallet.token(offered)) == (400, "invalid_grant")
    assert both.wallet.access(other)
    assert both.acts().count(("credential.withdraw", colleague.account)) == 1


def test_an_offer_is_withdrawn_once(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    name, _ = made(site, clerk)
    assert withdraw(clerk, name).status_code == 200
    assert code_of(withdraw(clerk, name)) == (409, "offer.closed")
    assert site.acts().count(("credential.withdraw", clerk.account)) == 1


def test_an_offer_that_was_used_is_not_withdrawn(both: CounterSite) -> None:
    clerk = both.staff(Role.ISSUER)
    name, offered = made(both, clerk)
    assert both.wallet.access(offered)
    assert code_of(withdraw(clerk, name)) == (409, "offer.redeemed")
    assert both.acts() == [("credential.offer", clerk.account)]


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 409)])
def test_an_offer_whose_time_is_over_is_not_withdrawn(
    site: CounterSite, minutes: int, status: int
) -> None:
    clerk = site.staff(Role.ISSUER)
    name, _ = made(site, clerk)
    site.clock.forward(minutes=minutes)
    assert clerk.sign_in().status_code == 200
    answer = withdraw(clerk, name)
    assert answer.status_code == status
    assert status == 200 or code_of(answer) == (409, "offer.expired")


def test_an_offer_that_wrong_codes_locked_is_not_withdrawn(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    name, offered = made(site, clerk)
    wrong = "000000" if offered.tx_code != "000000" else "000001"
    for _ in range(5):
        site.wallet.token(offered, tx_code=wrong)
    assert code_of(withdraw(clerk, name)) == (409, "offer.closed")


def test_an_offer_that_is_not_there_is_not_withdrawn(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    assert code_of(withdraw(clerk, "A" * 22)) == (404, "offer.unknown")
    assert code_of(withdraw(clerk, "A" * 23)) == (404, "http.not_found")


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_withdraws(site: CounterSite, role: Role) -> None:
    person = site.staff(role) if role is not Role.ADMINISTRATOR else site.administrator
    name, offered = made(site, site.staff(Role.ISSUER))
    assert code_of(withdraw(person, name)) == (403, "staff.role_missing")
    page = person.browser.ask("POST", f"/staff/counter/offers/{name}/withdrawal")
    assert page.status_code == 403
    assert site.wallet.access(offered)


def test_another_site_withdraws_nothing(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    name, offered = made(site, clerk)
    foreign = {"Origin": "https://evil.test"}
    assert code_of(withdraw(clerk, name, headers=foreign)) == (403, "staff.foreign_origin")
    path = f"/staff/counter/offers/{name}/withdrawal"
    assert clerk.browser.ask("POST", path, headers=foreign).status_code == 403
    assert site.wallet.access(offered)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_page_that_hands_over_withdraws_as_well(site: CounterSite, lang: str) -> None:
    clerk = site.staff(Role.ISSUER)
    handover = clerk.browser.ask("POST", f"/staff/counter?lang={lang}", data=FORM).text
    [path] = re.findall(r'action="(/staff/counter/offers/[^"]+)"', handover)
    done = clerk.browser.ask("POST", path)
    assert (done.status_code, done.headers["location"]) == (
        303,
        f"/staff/counter?withdrawn=1&lang={lang}",
    )
    assert 'role="status"' in clerk.browser.ask("GET", done.headers["location"]).text
    assert 'role="status"' not in clerk.browser.ask("GET", "/staff/counter").text
    again = clerk.browser.ask("POST", path)
    assert again.status_code == 409
    assert "offer.closed" in again.text
