"""A lost device is not the end, and the way back is nobody's alone and nobody's secret."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from api.actions.accept_invitation import join, new_account
from api.actions.confirm_act import confirm_act
from api.actions.errors import ActionError
from api.actions.recover_account import RECOVERY_USE, RECOVERY_WAIT, ask_recovery, open_recoveries
from api.actions.staff_errors import (
    AccountUnknownError,
    ActOccupiedError,
    RecoveryNeedlessError,
    RecoveryWaitsError,
    SamePersonError,
)
from api.actions.withdraw_act import withdraw_act
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ActKind
from api.ports.means import Means
from api.ports.sessions import Ceremony, Purpose
from api.staff_commands import recover_administrator
from tests.api.databases import START, StillClock
from tests.api.staff.office import API, Office, Person
from tests.api.staff.test_acts import code, confirm
from tests.api.staff.test_lineages import give, make_administrator

WAITS = (409, "staff.recovery_waits")
REFUSED = (404, "staff.invitation_refused")
DAYS = RECOVERY_WAIT.days


def act_of(office: Office) -> str:
    with office.means.storage.reading() as reading:
        (found,) = open_recoveries(reading, office.clock())
    return found.act.id


def waited(office: Office, confirmer: Person) -> None:
    """The other administrator confirms, and the waiting time passes."""
    assert confirm(confirmer, act_of(office)).status_code == 200
    office.clock.forward(days=DAYS)


def withdraw(person: Person, act: str) -> Any:
    return person.browser.ask("PUT", f"{API}/acts/{act}/withdrawal")


def test_machine_another_administrator_and_time_give_the_place_back(office: Office) -> None:
    first, lost = office.administrator(), office.administrator()
    office.give(lost, Role.OFFICER)
    token = ask_recovery(office.means, lost.account).token
    back = office.stranger()
    assert code(back.join(token)) == WAITS
    act = act_of(office)
    seen = next(one for one in first.browser.get("/acts").json() if one["id"] == act)
    assert (seen["proposer"], seen["refusal"], seen["opens"]) == ("console", None, None)
    assert confirm(first, act).json()["opens"] == "2026-11-23T07:00:00Z"
    office.clock.forward(days=DAYS, seconds=-1)
    assert code(back.join(token)) == WAITS
    office.clock.forward(seconds=1)
    assert back.join(token).status_code == 201
    assert back.browser.get("/session").json()["roles"] == ["administrator", "officer"]
    assert back.account != lost.account
    assert lost.sign_in().status_code == 403
    assert code(office.stranger().join(token)) == REFUSED
    first.sign_in()
    change = give(first, first.account, "judge").json()
    assert confirm(back, change["id"]).status_code == 200
    entries = first.browser.get("/administration").json()
    mine = [(one["act"], one["account"]) for one in entries if one["object"] in {act, lost.account}]
    assert ("act.propose", "console") in mine
    assert ("act.confirm", first.account) in mine
    assert ("account.recover", back.account) in mine


def test_the_lineage_goes_on_so_that_its_own_people_confirm_nothing(office: Office) -> None:
    first, lost = office.administrator(), office.administrator()
    puppet = office.colleague(lost, Role.ISSUER)
    token = ask_recovery(office.means, lost.account).token
    waited(office, first)
    back = office.stranger()
    assert back.join(token).status_code == 201
    make_administrator_alone = give(back, puppet.account, "officer").json()
    office.give(puppet, Role.ADMINISTRATOR)
    puppet.sign_in()
    assert code(confirm(puppet, make_administrator_alone["id"])) == (403, "act.same_lineage")


def test_whoever_signs_in_did_not_lose_the_account(office: Office) -> None:
    first, owner = office.administrator(), office.administrator()
    token = ask_recovery(office.means, owner.account).token
    waited(office, first)
    assert owner.sign_in().status_code == 200
    assert code(office.stranger().join(token)) == REFUSED
    assert owner.browser.get("/session").status_code == 200
    acts = [one["act"] for one in owner.browser.get("/administration").json()]
    assert acts.count("act.withdraw") == 1


def test_the_owner_is_shown_it_and_withdraws_it_with_one_click(office: Office) -> None:
    first, owner = office.administrator(), office.administrator()
    token = ask_recovery(office.means, owner.account, "[시험] 다른 사람", "X-9").token
    act = act_of(office)
    assert confirm(first, act).status_code == 200
    for lang, words in (("ko", "되찾기가 진행 중"), ("en", "is being recovered")):
        text = owner.browser.ask("GET", f"/staff?lang={lang}").text
        assert words in text
        assert "X-9" in text
    form = re.search(r'action="(/staff/acts/[^"?]+/withdrawal)', text)
    assert form
    assert owner.browser.ask("POST", form[1]).status_code == 303
    office.clock.forward(days=DAYS)
    assert code(office.stranger().join(token)) == REFUSED
    first.sign_in()
    assert code(confirm(first, act)) == (409, "act.ended")


def test_colleagues_without_the_role_neither_see_nor_confirm_it(office: Office) -> None:
    _, lost = office.administrator(), office.administrator()
    issuer = office.colleague(lost, Role.ISSUER)
    ask_recovery(office.means, lost.account)
    act = act_of(office)
    assert code(confirm(issuer, act)) == (404, "act.unknown")
    assert code(withdraw(issuer, act)) == (404, "act.unknown")
    assert "recovered" not in issuer.browser.ask("GET", "/staff?lang=en").text


def test_nobody_confirms_for_their_own_account_or_lineage(office: Office) -> None:
    first, lost = office.administrator(), office.administrator()
    heir = office.colleague(lost)
    make_administrator(first, lost, heir)
    ask_recovery(office.means, first.account)
    act = act_of(office)
    assert code(confirm(first, act)) == (403, "act.same_person")
    assert confirm(heir, act).status_code == 200


def test_it_serves_only_who_cannot_be_helped_otherwise(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    heir = office.colleague(second)
    make_administrator(first, second, heir)
    with pytest.raises(RecoveryNeedlessError):
        ask_recovery(office.means, second.account)
    with pytest.raises(AccountUnknownError):
        ask_recovery(office.means, office.colleague(first, Role.OFFICER).account)
    with pytest.raises(SamePersonError):
        ask_recovery(office.means, first.account, person="a-2")
    ask_recovery(office.means, first.account)
    with pytest.raises(ActOccupiedError):
        ask_recovery(office.means, first.account)


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_is_not_used_in_time_is_worth_nothing(office: Office, *, confirmed: bool) -> None:
    first, lost = office.administrator(), office.administrator()
    token = ask_recovery(office.means, lost.account).token
    act = act_of(office)
    if confirmed:
        confirm(first, act)
    office.clock.forward(days=3 + DAYS + RECOVERY_USE.days)
    assert code(office.stranger().join(token)) == REFUSED
    first.sign_in()
    if not confirmed:
        assert code(confirm(first, act)) == (409, "act.ended")
    assert ask_recovery(office.means, lost.account).token != token


def two(means: Means) -> list[Account]:
    people = [
        Account(
            letter * 32,
            "[시험]",
            letter,
            AccountState.ACTIVE,
            frozenset({Role.ADMINISTRATOR}),
            START,
            "console",
            letter * 32,
        )
        for letter in "ab"
    ]
    with means.storage.work() as work:
        for one in people:
            work.accounts.add(one)
    return people


def test_recovering_is_alike_on_both_engines(means: Means, clock: StillClock) -> None:
    first, lost = two(means)
    ask_recovery(means, lost.id)
    with means.storage.reading() as reading:
        (found,) = open_recoveries(reading, clock())
    assert (found.account, found.act.kind, found.opens) == (lost, ActKind.RECOVER_ACCOUNT, None)
    confirm_act(means, first.id, found.act.id)
    with means.storage.reading() as reading:
        (found,) = open_recoveries(reading, clock())
    assert found.opens == START + RECOVERY_WAIT
    withdraw_act(means, lost, found.act.id)
    with means.storage.reading() as reading:
        assert open_recoveries(reading, clock()) == []
        assert list(reading.sessions.invitations_of_acts()) == []


def test_withdrawing_and_using_at_once_do_not_both_happen(means: Means, clock: StillClock) -> None:
    first, lost = two(means)
    invited = ask_recovery(means, lost.id)
    with means.storage.reading() as reading:
        act = open_recoveries(reading, clock())[0].act
    confirm_act(means, first.id, act.id)
    clock.forward(days=DAYS)
    made = new_account(means, invited.invitation).id
    ceremony = Ceremony(b"h", Purpose.JOIN, made, invited.invitation.hash, "/staff", clock())
    ends, start = [], threading.Barrier(2)

    def joining() -> None:
        with means.storage.work() as work:
            join(work, means, ceremony)

    def attempt(what: Any) -> None:
        start.wait()
        try:
            what()
            ends.append("done")
        except ActionError as error:
            ends.append(error.code)

    threads = [
        threading.Thread(target=attempt, args=(what,))
        for what in (joining, lambda: withdraw_act(means, first, act.id))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends.remove("done")
    assert ends[0] in {"act.ended", "staff.invitation_refused"}
    with means.storage.reading() as reading:
        active = [one for one in reading.accounts.all() if one.holds(Role.ADMINISTRATOR)]
    assert len(active) == 2


def test_the_command_refuses_what_cannot_be_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'd.sqlite'}")
    monkeypatch.setenv("DOJANG_PEOPLE_ORIGIN", "https://dojang.example")
    assert recover_administrator("0" * 32, "", "") == 1
    assert "staff.account_unknown" in capsys.readouterr().err
    assert recover_administrator("0" * 32, "가\n나", "") == 2


def test_waiting_is_refused_before_a_device_makes_a_passkey(office: Office) -> None:
    _, lost = office.administrator(), office.administrator()
    token = ask_recovery(office.means, lost.account).token
    start = office.stranger().browser.post("/invitation/options", {"invitation": token})
    assert code(start) == (409, RecoveryWaitsError.code)
