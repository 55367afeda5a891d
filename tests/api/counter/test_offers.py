"""Offers at the counter: after the identity step only, told once, and each look kept."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from api.ports.accounts import Role
from tests.api.counter.site import PERSON, CounterSite, code_of, new_offer
from tests.simulators.openid_trial import AGENCY, PRE_AUTHORIZED, Offered

OTHERS = sorted(set(Role) - {Role.ISSUER})


def offered_by(answer: dict[str, str], issuer: str) -> Offered:
    document = json.loads(parse_qs(urlsplit(answer["link"]).query)["credential_offer"][0])
    code = document["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    return Offered(issuer, document, code, answer["tx_code"])


def test_an_offer_made_at_the_counter_gives_a_token(both: CounterSite) -> None:
    clerk = both.staff(Role.ISSUER)
    answer = clerk.browser.post("/offers", new_offer())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["qr"].startswith("<svg")
    assert answer.headers["cache-control"] == "no-store"
    agency = both.trial.openid.console.office.agencies[AGENCY]
    assert both.wallet.access(offered_by(told, agency.uri))
    assert both.acts() == [("credential.offer", clerk.account)]
    assert both.looks() == [(clerk.account, "credential.offer")]


def test_an_offer_tells_nothing_of_the_person(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    assert PERSON not in clerk.browser.post("/offers", new_offer()).text


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"card_checked": False}, (409, "issuer.card_unchecked")),
        ({"person": "synthetic-9"}, (404, "issuer.person_unknown")),
        ({"agency": "nobody"}, (404, "issuer.unknown")),
        ({"types": ["school-record"]}, (409, "issuer.type_unknown")),
        ({"types": ["benefit", "benefit"]}, (409, "issuer.type_unknown")),
        ({"types": []}, (422, "http.invalid_request")),
        ({"person": "가나다"}, (422, "http.invalid_request")),
        ({"agency": "school", "types": ["school-record"]}, (409, "issuer.not_enrolled")),
    ],
)
def test_an_offer_that_cannot_be_is_refused_and_leaves_nothing(
    site: CounterSite, change: dict[str, object], refusal: tuple[int, str]
) -> None:
    clerk = site.staff(Role.ISSUER)
    assert code_of(clerk.browser.post("/offers", new_offer(**change))) == refusal
    assert site.acts() == []


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_issues(site: CounterSite, role: Role) -> None:
    person = site.staff(role) if role is not Role.ADMINISTRATOR else site.administrator
    refused = (403, "staff.role_missing")
    search = {"agency": AGENCY, "person": PERSON}
    for path, body in (("/offers", new_offer()), ("/credentials/search", search)):
        assert code_of(person.browser.post(path, body)) == refused
    assert code_of(person.browser.post(f"/issuers/{AGENCY}/key-rotation")) == refused
    status = {"status": "revoked", "reason": "device_lost"}
    path = f"/api/v1/staff/credentials/{'A' * 22}/status"
    assert code_of(person.browser.ask("PUT", path, json=status)) == refused
    assert person.browser.ask("GET", "/staff/counter").status_code == 403
    assert site.acts() == []


def test_an_offer_from_another_site_is_refused(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    headers = {"Origin": "https://evil.test"}
    path = "/api/v1/staff/offers"
    answer = clerk.browser.ask("POST", path, headers=headers, json=new_offer())
    assert code_of(answer) == (403, "staff.foreign_origin")
    assert clerk.browser.ask("POST", path, json=new_offer()).status_code == 201


def test_reading_many_records_raises_the_alarm(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    for number in range(101):
        search = {"agency": AGENCY, "person": f"nobody-{number}"}
        assert clerk.browser.post("/credentials/search", search).json() == []
    with site.storage.reading() as reading:
        assert [alarm.actor for alarm in reading.access_log.alarms(5)] == [clerk.account]
