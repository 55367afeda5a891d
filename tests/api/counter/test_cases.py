"""Officers ask for an application's own rules and day, join what was shown, read the trail."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.ports.accounts import Role
from tests.api.counter.site import CounterSite, code_of
from tests.api.staff.office import API, Person
from tests.simulators.openid_trial import SERVICE, Asked
from verifier.credential.jws import parse_jws

NOBODY = "AAAA-AAAA-AAAA-AAAA"


def apply(site: CounterSite, service: str = SERVICE) -> str:
    made = site.office.client.post("/api/v1/applications", json={"service": service})
    number: str = made.json()["number"]
    return number


def ask(site: CounterSite, officer: Person, number: str) -> Asked:
    answer = officer.browser.post(f"/applications/{number}/requests")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["qr"].startswith("<svg")
    place = parse_qs(urlsplit(told["link"]).query)["request_uri"][0]
    signed = site.office.client.get(place).text
    parameters = dict(parse_jws(signed, max_bytes=1 << 20).payload)
    return Asked(told["request"], told["session"], told["link"], parameters, told=told)


def join(officer: Person, number: str, asked: Asked) -> Any:
    body = {"request": asked.id, "session": asked.session}
    return officer.browser.ask("PUT", f"{API}/applications/{number}/presentation", json=body)


def test_an_officer_asks_joins_and_reads_the_numbered_trail(both: CounterSite) -> None:
    both.wallet.obtain()
    officer, number = both.staff(Role.OFFICER), apply(both)
    asked = ask(both, officer, number)
    assert both.wallet.show(asked).status_code == 200
    assert join(officer, number, asked).json() == {"outcome": "eligible"}
    told = officer.browser.get(f"/applications/{number}/trail").json()
    assert (told["request"], told["outcome"]) == (asked.id, "eligible")
    assert [step["number"] for step in told["trail"]] == list(range(1, len(told["trail"]) + 1))
    with both.storage.reading() as reading:
        looks = reading.access_log.of_subject("application", number, 9)
    assert {(one.actor, one.purpose) for one in looks} == {
        (officer.account, purpose) for purpose in ("case.ask", "case.join", "case.trail")
    }


def test_a_request_of_a_later_day_is_for_the_applications_day(site: CounterSite) -> None:
    """An officer who asked once has taken the application up: it does not end any more."""
    officer, number, other = site.staff(Role.OFFICER), apply(site), apply(site)
    ask(site, officer, number)
    site.clock.forward(days=1)
    officer.sign_in()
    late = officer.browser.post(f"/applications/{other}/requests")
    assert code_of(late) == (404, "application.not_found")
    asked = ask(site, officer, number)
    with site.storage.reading() as reading:
        application = reading.applications.find(number)
    with site.trial.ground.storage.reading() as reading:
        found = reading.presentations.find(asked.id)
    assert application is not None
    assert found is not None
    assert found.application_date == application.date


def test_what_was_shown_for_one_application_serves_no_other(site: CounterSite) -> None:
    site.wallet.obtain()
    officer, number, other = site.staff(Role.OFFICER), apply(site), apply(site)
    foreign = apply(site, "youth-allowance")
    asked = ask(site, officer, number)
    early = join(officer, number, asked)
    assert code_of(early) == (409, "application.other_presentation")
    site.wallet.show(asked)
    assert code_of(join(officer, foreign, asked)) == (409, "application.other_presentation")
    assert join(officer, number, asked).status_code == 200
    assert code_of(join(officer, other, asked)) == (409, "application.other_presentation")


def test_the_wallet_sees_the_case_and_the_officers_word(site: CounterSite) -> None:
    officer, number = site.staff(Role.OFFICER), apply(site)
    asked = ask(site, officer, number)
    assert asked.shown["application"] == number
    assert asked.shown["comparison_word"] == asked.told["word"]
    assert number in asked.told["consent"]


def test_an_officers_request_is_told_by_the_case_alone_where_each_look_is_kept(
    site: CounterSite,
) -> None:
    """The session would else read the result past the access log."""
    site.wallet.obtain()
    officer, number = site.staff(Role.OFFICER), apply(site)
    asked = ask(site, officer, number)
    site.wallet.show(asked)
    assert site.trial.look(asked).status_code == 404
    assert join(officer, number, asked).status_code == 200
    assert site.trial.look(asked).status_code == 404


def test_officers_and_applicants_join_only_what_each_opened(site: CounterSite) -> None:
    site.wallet.obtain(copies=2)
    opened = site.trial.apply()
    officer, number = site.staff(Role.OFFICER), opened.application.number
    theirs, officers = site.trial.ask(opened=opened), ask(site, officer, number)
    for asked in (theirs, officers):
        assert site.wallet.show(asked).status_code == 200
    assert code_of(join(officer, number, theirs)) == (404, "application.presentation_unknown")
    body = {"request": officers.id, "session": officers.session}
    place, bearer = f"/api/v1/applications/{number}/presentation", f"Bearer {opened.secret}"
    client = site.office.client
    answer = client.put(place, json=body, headers={"Authorization": bearer})
    assert code_of(answer) == (404, "application.presentation_unknown")


def test_without_its_session_nothing_is_joined(site: CounterSite) -> None:
    site.wallet.obtain()
    officer, number = site.staff(Role.OFFICER), apply(site)
    asked = ask(site, officer, number)
    site.wallet.show(asked)
    stolen = Asked(asked.id, "A" * 43, asked.link, asked.parameters)
    refused = join(officer, number, stolen)
    assert code_of(refused) == (404, "application.presentation_unknown")


def test_an_application_that_is_none_is_told_so(site: CounterSite) -> None:
    officer = site.staff(Role.OFFICER)
    unknown = officer.browser.post(f"/applications/{NOBODY}/requests")
    assert code_of(unknown) == (404, "application.not_found")
    number = apply(site)
    bare = officer.browser.get(f"/applications/{number}/trail")
    assert code_of(bare) == (409, "application.no_proposal")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.ADMINISTRATOR}))
def test_nobody_else_asks_or_reads(site: CounterSite, role: Role) -> None:
    person, number = site.staff(role), apply(site)
    refused = (403, "staff.role_missing")
    assert code_of(person.browser.post(f"/applications/{number}/requests")) == refused
    assert code_of(person.browser.get(f"/applications/{number}/trail")) == refused
    asked = Asked("A" * 22, "A" * 43, "", {})
    assert code_of(join(person, number, asked)) == refused
    with site.storage.reading() as reading:
        assert reading.access_log.of_subject("application", number, 9) == []
