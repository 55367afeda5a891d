"""Pages of staff: led to the door and back to our own pages only, refusals told, nothing inline."""

import re

import pytest

from api.actions.ceremonies import HOME, own_path
from api.actions.invite_staff import InvitationOrder, invite_staff
from api.ports.accounts import Role
from tests.api.staff.office import Office

FOREIGN = [
    "https://evil.test/staff",
    "//evil.test/staff",
    "/staff//evil.test",
    "/staff/../../evil",
    "/staff\\@evil.test",
    "/\\evil.test",
    "/staff@evil.test",
    "/staffevil",
    "javascript:alert(1)",
    "staff",
    "",
    "/",
    "/staff/\r\nSet-Cookie:a=b",
    "/staff/%0d%0a",
    "/staff/" + "a" * 600,
]
OWN = ["/staff", "/staff/acts", "/staff?lang=en", "/staff/accounts?lang=ko"]


@pytest.mark.parametrize("text", FOREIGN)
def test_nobody_is_sent_to_another_place_after_signing_in(office: Office, text: str) -> None:
    person = office.administrator()
    assert own_path(text) == HOME
    start = person.browser.post("/sign-in/options", {"next": text})
    if start.status_code == 200:
        entered = person.browser.post("/sign-in", person.device.get(start.json()["public_key"]))
        assert entered.json()["next"] == HOME
    page = person.browser.ask("GET", "/staff/sign-in", params={"next": text})
    assert re.findall(r'data-next="([^"]*)"', page.text) == [HOME]


@pytest.mark.parametrize("text", OWN)
def test_people_come_back_to_where_they_were(office: Office, text: str) -> None:
    person = office.administrator()
    assert own_path(text) == text
    assert person.sign_in(next_=text).json()["next"] == text


def test_who_is_not_signed_in_is_led_to_the_door(office: Office) -> None:
    answer = office.stranger().browser.ask("GET", "/staff/acts?lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/staff/sign-in?next=%2Fstaff%2Facts&lang=en"


@pytest.mark.parametrize("path", ["/staff", "/staff/passkeys", "/staff/accounts", "/staff/acts"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_pages_hold_nothing_inline_and_are_not_kept(office: Office, path: str, lang: str) -> None:
    person = office.administrator()
    answer = person.browser.ask("GET", f"{path}?lang={lang}")
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_names_are_told_as_text(office: Office) -> None:
    administrator = office.administrator()
    order = InvitationOrder("<img src=x>&\"'", "P-1", frozenset({Role.JUDGE}))
    person = office.stranger()
    person.join(invite_staff(office.means, administrator.account, order).token)
    for who, path in ((administrator, "/staff/accounts"), (person, "/staff")):
        text = who.browser.ask("GET", path).text
        assert "<img src=x>" not in text
        assert "&lt;img src=x&gt;" in text


def test_two_people_act_by_forms(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    colleague = office.colleague(first, Role.JUDGE)
    form = {"kind": "account.remove", "account": colleague.account}
    assert first.browser.ask("POST", "/staff/acts", data=form).status_code == 422
    form["sure"] = "yes"
    answer = first.browser.ask("POST", "/staff/acts", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/acts?lang=ko")
    act = first.browser.get("/acts").json()[0]["id"]
    own = first.browser.ask("POST", f"/staff/acts/{act}/confirmation")
    assert own.status_code == 403
    assert "act.same_person" in own.text
    done = second.browser.ask("POST", f"/staff/acts/{act}/confirmation")
    assert done.status_code == 303
    assert colleague.browser.get("/session").status_code == 401


def test_a_dangerous_form_leads_to_the_door_first(office: Office) -> None:
    person = office.administrator()
    office.clock.forward(minutes=5)
    form = {"name": "[시험] 새 사람", "person": "N-1", "roles": "judge"}
    answer = person.browser.ask("POST", "/staff/invitations", data=form)
    assert answer.headers["location"] == "/staff/sign-in?next=%2Fstaff&lang=ko&again=1"
    person.sign_in()
    made = person.browser.ask("POST", "/staff/invitations", data=form)
    assert made.status_code == 201
    assert re.search(r"/staff/invitation#[A-Za-z0-9_-]{43}", made.text)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "person": "N-1", "roles": "judge"},
        {"name": "가\u202e나", "person": "N-1", "roles": "judge"},
        {"name": "가", "person": "N 1", "roles": "judge"},
        {"name": "가", "person": "N-1"},
        {"name": "가", "person": "N-1", "roles": "emperor"},
        {"name": "가", "person": "N-1", "roles": "administrator"},
    ],
)
def test_a_form_that_cannot_be_is_refused_as_a_page(office: Office, form: dict[str, str]) -> None:
    answer = office.administrator().browser.ask("POST", "/staff/invitations", data=form)
    assert answer.status_code in {409, 422}
    assert answer.headers["content-type"].startswith("text/html")
    assert form["person"] not in answer.text


def test_signing_out_by_form(office: Office) -> None:
    person = office.administrator()
    assert person.browser.ask("POST", "/staff/sign-out").status_code == 303
    assert person.browser.session == ""
    person.sign_in()
    assert person.browser.ask("POST", "/staff/sign-out-everywhere").status_code == 303
    assert person.browser.get("/session").status_code == 401
