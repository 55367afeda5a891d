"""The door: passkeys that hold, and every way in which one does not."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from api.actions.staff_errors import SignInRefusedError
from api.http.staff.cookies import CEREMONY
from api.ports.accounts import Role
from tests.api.staff.office import API, Browser, Office, Person
from tests.simulators.authenticator import Authenticator, Wrong

REFUSED = (403, SignInRefusedError.code)
WRONG = {
    "another origin": Wrong(origin="http://localhost:8001"),
    "a look-alike origin": Wrong(origin="http://localhost:8000.evil.test"),
    "another relying party": Wrong(relying_party="evil.test"),
    "the person not verified": Wrong(unverified=True),
    "the person not there": Wrong(absent=True),
    "in a frame of another site": Wrong(framed=True),
    "another challenge": Wrong(challenge=bytes(32)),
}


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_an_invited_person_joins_and_signs_in(office: Office) -> None:
    person = office.administrator()
    assert person.browser.get("/session").json()["roles"] == ["administrator"]
    joined = person.browser.session
    assert person.sign_in().json() == {"account": person.account, "next": "/staff"}
    assert person.browser.session != joined
    assert person.browser.get("/session").status_code == 200


@pytest.mark.parametrize("case", WRONG)
def test_a_sign_in_is_refused(office: Office, case: str) -> None:
    person = office.administrator()
    assert told(person.sign_in(WRONG[case])) == REFUSED
    assert person.sign_in().status_code == 200


@pytest.mark.parametrize("case", WRONG)
def test_a_registration_is_refused(office: Office, case: str) -> None:
    administrator = office.administrator()
    stranger = office.stranger()
    link = invite(administrator)
    assert told(stranger.join(link, WRONG[case])) == REFUSED
    assert stranger.join(link).status_code == 201


def test_the_types_of_ceremonies_are_not_exchanged(office: Office) -> None:
    person = office.administrator()
    assert told(person.sign_in(Wrong(kind="webauthn.create"))) == REFUSED
    stranger = office.stranger()
    assert told(stranger.join(invite(person), Wrong(kind="webauthn.get"))) == REFUSED


def test_another_key_does_not_sign_for_a_passkey(office: Office) -> None:
    person = office.administrator()
    assert told(person.sign_in(Wrong(key=office.stranger().device.key))) == REFUSED


def test_a_passkey_does_not_open_another_account(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    assert told(first.sign_in(Wrong(user=bytes.fromhex(second.account)))) == REFUSED


def test_an_answer_is_taken_once(office: Office) -> None:
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {})
    ceremony = person.browser.cookies[CEREMONY]
    answer = person.device.get(start.json()["public_key"])
    assert person.browser.post("/sign-in", answer).status_code == 200
    person.browser.cookies = {CEREMONY: ceremony}
    person.device.counter += 1
    assert told(person.browser.post("/sign-in", answer)) == REFUSED


def test_a_challenge_is_answered_once_even_by_a_new_signature(office: Office) -> None:
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    ceremony = person.browser.cookies[CEREMONY]
    assert person.browser.post("/sign-in", person.device.get(start)).status_code == 200
    person.browser.cookies[CEREMONY] = ceremony
    assert told(person.browser.post("/sign-in", person.device.get(start))) == REFUSED


def test_a_failed_answer_uses_the_challenge_up(office: Office) -> None:
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    wrong = person.device.get(start, Wrong(unverified=True))
    assert told(person.browser.post("/sign-in", wrong)) == REFUSED
    assert told(person.browser.post("/sign-in", person.device.get(start))) == REFUSED


def test_a_challenge_ends_after_five_minutes(office: Office) -> None:
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    office.clock.forward(minutes=4, seconds=59)
    assert person.browser.post("/sign-in", person.device.get(start)).status_code == 200
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    office.clock.forward(minutes=5)
    assert told(person.browser.post("/sign-in", person.device.get(start))) == REFUSED


def test_a_challenge_belongs_to_the_browser_that_asked(office: Office) -> None:
    person, thief = office.administrator(), office.stranger()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    answer = person.device.get(start)
    assert told(thief.browser.post("/sign-in", answer)) == REFUSED
    thief.browser.post("/sign-in/options", {})
    assert told(thief.browser.post("/sign-in", answer)) == REFUSED
    assert person.browser.post("/sign-in", answer).status_code == 200


def test_ceremonies_of_one_kind_do_not_end_another(office: Office) -> None:
    person = office.administrator()
    options = person.browser.post("/passkeys/options").json()["public_key"]
    answer = person.device.get({"challenge": options["challenge"], "rpId": "localhost"})
    assert told(person.browser.post("/sign-in", answer)) == REFUSED


def test_a_counter_that_goes_back_suspends_the_passkey_and_ends_sessions(office: Office) -> None:
    person = office.administrator()
    copy = Authenticator(
        person.device.origin, person.device.credential, person.device.key, 0, person.device.user
    )
    assert person.sign_in().status_code == 200
    assert person.sign_in().status_code == 200
    thief = Person(Browser(office.client), copy)
    assert told(thief.sign_in()) == REFUSED
    assert person.browser.get("/session").status_code == 401
    assert told(person.sign_in()) == REFUSED
    with office.means.storage.reading() as reading:
        acts = [entry.act for entry in reading.acts.entries(10)]
        assert "passkey.suspend" in acts
        assert reading.accounts.passkeys(person.account)[0].suspended is not None


def test_an_authenticator_that_does_not_count_is_taken(office: Office) -> None:
    person = office.administrator()
    for _ in range(2):
        person.device.counter = -1
        assert person.sign_in().status_code == 200


def test_a_second_passkey_opens_the_same_account(office: Office) -> None:
    person = office.administrator()
    other = Person(person.browser, Authenticator(person.device.origin), person.account)
    options = person.browser.post("/passkeys/options").json()["public_key"]
    assert len(options["excludeCredentials"]) == 1
    office.clock.now += timedelta(seconds=1)
    made = person.browser.post("/passkeys", other.device.create(options))
    assert made.status_code == 201
    assert other.sign_in().json()["account"] == person.account
    listed = person.browser.get("/passkeys").json()
    assert [entry["id"] for entry in listed][-1] == made.json()["id"]
    gone = person.browser.ask("DELETE", f"{API}/passkeys/{listed[0]['id']}")
    assert gone.status_code == 204
    assert told(person.sign_in()) == REFUSED
    last = person.browser.ask("DELETE", f"{API}/passkeys/{listed[1]['id']}")
    assert told(last) == (409, "staff.last_passkey")


def test_a_passkey_is_of_one_account(office: Office) -> None:
    first = office.administrator()
    second = Person(Browser(office.client), first.device)
    assert told(second.join(invite(first))) == (409, "staff.passkey_known")


def test_nobody_learns_whether_a_passkey_or_account_exists(office: Office) -> None:
    administrator = office.administrator()
    stranger = office.stranger()
    stranger.device.user = secrets.token_bytes(16)
    unknown = stranger.sign_in()
    known = administrator.sign_in(Wrong(key=stranger.device.key))
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())
    asked = [
        {name: value for name, value in entry.items() if name != "challenge"}
        for entry in (
            person.browser.post("/sign-in/options", {}).json()["public_key"]
            for person in (stranger, administrator)
        )
    ]
    assert asked[0] == asked[1]
    assert asked[0].get("allowCredentials", []) == []


def test_the_door_is_closed_for_a_while_to_who_knocks_too_often(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.http.staff.gate.DOOR_PER_MINUTE", 60)
    stranger = office.stranger()
    answers = [stranger.browser.post("/sign-in/options", {}) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert told(answers[60]) == (429, "http.too_many_requests")
    assert answers[60].headers["retry-after"] == "60"
    office.clock.forward(seconds=60)
    assert stranger.browser.post("/sign-in/options", {}).status_code == 200


@pytest.mark.parametrize("field", ["client_data", "authenticator_data", "signature", "user", "id"])
@pytest.mark.parametrize("value", ["AA", "e30", "W10", "bnVsbA", "A" * 400])
def test_rubbish_is_refused_and_never_an_error(office: Office, field: str, value: str) -> None:
    person = office.administrator()
    start = person.browser.post("/sign-in/options", {}).json()["public_key"]
    answer = person.browser.post("/sign-in", {**person.device.get(start), field: value})
    assert told(answer) == REFUSED


@pytest.mark.parametrize("value", ["AA", "oA", "gA", "o2NmbXRkbm9uZQ", "A" * 400])
def test_a_rubbish_attestation_is_refused(office: Office, value: str) -> None:
    administrator, stranger = office.administrator(), office.stranger()
    start = stranger.browser.post("/invitation/options", {"invitation": invite(administrator)})
    made = stranger.device.create(start.json()["public_key"])
    answer = stranger.browser.post("/invitation", {**made, "attestation": value})
    assert told(answer) == REFUSED


def invite(administrator: Person) -> str:
    """The token of a new invitation's link."""
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": [Role.JUDGE.value]}
    answer = administrator.browser.post("/invitations", new)
    assert answer.status_code == 201
    link: str = answer.json()["link"]
    return link.partition("#")[2]
