"""Invitations: they make one account, in time, in the name of somebody who may invite."""

import pytest

from api.actions.change_roles import withdraw_role
from api.actions.invite_staff import (
    InvitationOrder,
    invite_first_administrator,
    invite_staff,
)
from api.actions.keep_session import forget_sessions
from api.actions.staff_errors import RoleNeedsTwoError
from api.ports.accounts import Account, AccountState, Role
from api.ports.means import Means
from tests.api.databases import START
from tests.api.staff.office import Office

REFUSED = (404, "staff.invitation_refused")
ORDER = InvitationOrder("[시험] 새 사람", "N-1", frozenset({Role.JUDGE}))


def test_an_invitation_makes_one_account(office: Office) -> None:
    administrator = office.administrator()
    token = invite_staff(office.means, administrator.account, ORDER).token
    first, second = office.stranger(), office.stranger()
    assert first.join(token).status_code == 201
    answer = second.join(token)
    assert (answer.status_code, answer.json()["code"]) == REFUSED
    assert len(administrator.browser.get("/accounts").json()) == 2


def test_two_who_begin_at_once_do_not_both_get_in(office: Office) -> None:
    administrator = office.administrator()
    token = invite_staff(office.means, administrator.account, ORDER).token
    people = office.stranger(), office.stranger()
    starts = [
        person.browser.post("/invitation/options", {"invitation": token}).json()["public_key"]
        for person in people
    ]
    answers = [
        person.browser.post("/invitation", person.device.create(start))
        for person, start in zip(people, starts, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [201, 404]
    assert len(administrator.browser.get("/accounts").json()) == 2


@pytest.mark.parametrize(("hours", "status"), [(47.99, 201), (48, 404)])
def test_an_invitation_is_good_for_two_days(office: Office, hours: float, status: int) -> None:
    token = invite_staff(office.means, office.administrator().account, ORDER).token
    office.clock.forward(hours=hours)
    assert office.stranger().join(token).status_code == status


def test_an_invitation_that_expires_at_the_door_makes_no_account(office: Office) -> None:
    token = invite_staff(office.means, office.administrator().account, ORDER).token
    office.clock.forward(hours=47, minutes=59)
    person = office.stranger()
    start = person.browser.post("/invitation/options", {"invitation": token}).json()
    office.clock.forward(minutes=1)
    answer = person.browser.post("/invitation", person.device.create(start["public_key"]))
    assert (answer.status_code, answer.json()["code"]) == REFUSED


def test_an_unknown_invitation_is_refused_like_a_used_one(office: Office) -> None:
    answer = office.stranger().join("A" * 43)
    assert (answer.status_code, answer.json()["code"]) == REFUSED


def test_an_invitation_ends_with_its_inviters_office(office: Office) -> None:
    administrator = office.administrator()
    token = invite_staff(office.means, administrator.account, ORDER).token
    with office.means.storage.work() as work:
        assert work.accounts.withdraw(administrator.account, Role.ADMINISTRATOR)
    assert office.stranger().join(token).status_code == 404


def test_one_administrator_makes_no_administrators(office: Office) -> None:
    administrator = office.administrator()
    colleague = office.colleague(administrator, Role.JUDGE)
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": ["judge", "administrator"]}
    answer = administrator.browser.post("/invitations", new)
    assert (answer.status_code, answer.json()["code"]) == (409, "staff.role_needs_two")
    with pytest.raises(RoleNeedsTwoError):
        withdraw_role(office.means, administrator.account, colleague.account, Role.ADMINISTRATOR)


def test_the_command_line_invites_the_first_two_administrators_only(office: Office) -> None:
    waiting = [
        invite_first_administrator(office.means, "[시험] 관리자", f"W-{number}").token
        for number in range(3)
    ]
    assert office.stranger().join(waiting[0]).status_code == 201
    assert office.stranger().join(waiting[1]).status_code == 201
    assert office.stranger().join(waiting[2]).status_code == 404
    with pytest.raises(RoleNeedsTwoError):
        invite_first_administrator(office.means, "[시험] 관리자", "W-4")


def test_the_link_holds_its_token_where_no_server_sees_it(office: Office) -> None:
    new = {"name": "[시험] 새 사람", "person": "N-1", "roles": ["judge"]}
    link = office.administrator().browser.post("/invitations", new).json()["link"]
    page, _, token = link.partition("#")
    assert (page, len(token)) == ("http://localhost:8000/staff/invitation", 43)


def test_what_ended_is_forgotten_and_nothing_else(office: Office) -> None:
    administrator = office.administrator()
    invite_staff(office.means, administrator.account, ORDER)
    office.stranger().browser.post("/sign-in/options", {})
    assert forget_sessions(office.means.storage, office.clock()) == 0
    office.clock.forward(minutes=6)
    assert forget_sessions(office.means.storage, office.clock()) == 1
    office.clock.forward(hours=10)
    assert forget_sessions(office.means.storage, office.clock()) == 1
    office.clock.forward(hours=48)
    assert forget_sessions(office.means.storage, office.clock()) == 1


def test_accounts_are_kept_alike_on_both_engines(means: Means) -> None:
    account = Account(
        "a" * 32,
        "[시험] 가",
        "P-1",
        AccountState.ACTIVE,
        frozenset(Role),
        START,
        "console",
        "a" * 32,
    )
    with means.storage.work() as work:
        work.accounts.alone()
        work.accounts.add(account)
    with means.storage.reading() as reading:
        assert reading.accounts.find(account.id) == account
        assert list(reading.accounts.all()) == [account]
    invited = invite_staff(means, account.id, ORDER)
    with means.storage.work() as work:
        assert work.sessions.use(invited.invitation.hash) == invited.invitation
        assert work.sessions.use(invited.invitation.hash) is None
        work.accounts.remove(account.id)
        found = work.accounts.find(account.id)
    assert found is not None
    assert (found.state, found.roles) == (AccountState.REMOVED, frozenset())
