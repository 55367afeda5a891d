"""Sessions: new at the door, hashed in the database, ended by time, by their owner, by removal."""

import pytest
from sqlalchemy import text

from api.actions.keep_session import hash_session
from api.http.staff.cookies import CEREMONY, SESSION
from api.store.database import Database
from tests.api.staff.office import API, Office

FLAGS = {"HttpOnly", "Secure", "Path=/", "SameSite=lax"}


def test_cookies_are_bound_to_the_host_and_kept_from_scripts(office: Office) -> None:
    person = office.administrator()
    person.sign_in()
    lines = {line.partition("=")[0]: set(line.split("; ")[1:]) for line in person.browser.set}
    assert lines.keys() == {SESSION, CEREMONY}
    for attributes in lines.values():
        assert attributes >= FLAGS
        assert not any(one.lower().startswith("domain") for one in attributes)


def test_a_planted_session_is_never_used(office: Office) -> None:
    person = office.administrator()
    planted = "A" * 43
    person.browser.cookies[SESSION] = planted
    assert person.sign_in().status_code == 200
    assert person.browser.session != planted
    person.browser.cookies = {SESSION: planted}
    assert person.browser.get("/session").status_code == 401


def test_signing_in_ends_the_session_that_the_browser_had(office: Office) -> None:
    person = office.administrator()
    before = person.browser.session
    assert person.sign_in().status_code == 200
    after = person.browser.session
    assert before != after
    person.browser.cookies[SESSION] = before
    assert person.browser.get("/session").status_code == 401
    person.browser.cookies[SESSION] = after
    assert person.browser.get("/session").status_code == 200


def test_the_database_holds_no_token(office: Office, lite: Database) -> None:
    person = office.administrator()
    person.browser.post("/sign-in/options", {})
    tokens = [person.browser.session.encode(), person.browser.cookies[CEREMONY].encode()]
    with lite.reading() as reading:
        tables = ("staff_session", "staff_ceremony", "staff_invitation")
        rows = [
            str(tuple(row)).encode()
            for table in tables
            for row in reading.connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 # our own names
        ]
    assert len(rows) >= 2
    assert not [token for token in tokens for row in rows if token in row]
    with office.means.storage.reading() as reading:
        assert reading.sessions.find(hash_session(person.browser.session)) is not None


def test_an_idle_session_ends(office: Office) -> None:
    person = office.administrator()
    for _ in range(3):
        office.clock.forward(minutes=29, seconds=59)
        assert person.browser.get("/session").status_code == 200
    office.clock.forward(minutes=30)
    assert person.browser.get("/session").json()["code"] == "staff.sign_in_required"


def test_a_session_ends_after_ten_hours_however_busy(office: Office) -> None:
    person = office.administrator()
    for _ in range(29):
        office.clock.forward(minutes=20)
        assert person.browser.get("/session").status_code == 200
    office.clock.forward(minutes=20)
    assert person.browser.get("/session").status_code == 401


def test_signing_out_ends_the_session_on_the_server(office: Office) -> None:
    person = office.administrator()
    token = person.browser.session
    assert person.browser.ask("DELETE", f"{API}/session").status_code == 204
    assert person.browser.session == ""
    person.browser.cookies[SESSION] = token
    assert person.browser.get("/session").status_code == 401


def test_signing_out_everywhere_ends_all_and_nobody_elses(office: Office) -> None:
    person, other = office.administrator(), office.administrator()
    first = person.browser.session
    person.browser.cookies = {}
    person.sign_in()
    assert person.browser.ask("DELETE", f"{API}/sessions").json() == {"sessions": 2}
    person.browser.cookies[SESSION] = first
    assert person.browser.get("/session").status_code == 401
    assert other.browser.get("/session").status_code == 200


@pytest.mark.parametrize("token", ["", "A" * 43, "A" * 5000, 'x"; y="z'])
def test_no_other_cookie_is_a_session(office: Office, token: str) -> None:
    stranger = office.stranger()
    headers = {"Cookie": f"{SESSION}={token}"}
    answer = stranger.browser.ask("GET", f"{API}/session", headers=headers)
    assert answer.status_code == 401


def test_dangerous_acts_need_the_person_again(office: Office) -> None:
    person = office.administrator()
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": ["judge"]}
    office.clock.forward(minutes=4, seconds=59)
    assert person.browser.post("/invitations", new).status_code == 201
    office.clock.forward(seconds=1)
    answer = person.browser.post("/invitations", new)
    assert (answer.status_code, answer.json()["code"]) == (403, "staff.verify_again")
    assert person.sign_in().status_code == 200
    assert person.browser.post("/invitations", new).status_code == 201
