"""Nobody is two people: whatever one administrator invites cannot confirm what they propose."""

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from api.actions.append_to_logs import LOG_APPEND
from api.actions.confirm_act import confirm_act
from api.actions.invite_staff import invite_first_administrator, is_founded
from api.actions.propose_act import ActOrder, propose_act
from api.actions.staff_errors import RoleNeedsTwoError, SameLineageError
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ActKind
from api.ports.means import Means
from api.store.database import Database
from api.store.engines import open_migrator, parse_url
from api.store.migration import migrate
from tests.api.databases import START, Databases
from tests.api.staff.office import Office, Person
from tests.api.staff.test_acts import ISSUER, code, confirm, key_point, propose

SAME_LINEAGE = (403, "act.same_lineage")


def give(person: Person, account: str, *roles: str) -> Any:
    new = {"kind": "account.grant_roles", "account": account, "roles": list(roles)}
    return person.browser.post("/acts", new)


def waiting_for(person: Person, account: str) -> str:
    """The act on an account that waits, as somebody sees it."""
    acts = person.browser.get("/acts").json()
    found: str = next(one["id"] for one in acts if one["object"] == account)
    return found


def roles_of(person: Person) -> list[str]:
    found: list[str] = person.browser.get("/session").json()["roles"]
    return found


def make_administrator(proposer: Person, confirmer: Person, who: Person) -> None:
    act = propose(proposer, ActKind.GRANT_ADMINISTRATOR, who.account).json()
    assert confirm(confirmer, act["id"]).status_code == 200


def end_key(person: Person) -> str:
    key = {"issuer": ISSUER.hex(), "point": key_point().hex(), "ending": "compromised"}
    act: str = person.browser.post("/acts", {"kind": "issuer.revoke_key", "key": key}).json()["id"]
    return act


def test_one_administrators_two_invented_people_end_no_key(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    puppets = [office.invited(first, Role.ISSUER, person=f"INVENTED-{n}") for n in range(2)]
    for puppet in puppets:
        assert roles_of(puppet) == []
        waiting = waiting_for(first, puppet.account)
        assert code(confirm(first, waiting)) == (403, "act.same_person")
        assert confirm(second, waiting).status_code == 200
    act = end_key(puppets[0])
    assert code(confirm(puppets[1], act)) == SAME_LINEAGE
    other = office.colleague(second, Role.ISSUER)
    assert confirm(other, act).status_code == 200


def test_nobody_gives_oneself_a_role_alone(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    puppet = office.colleague(first)
    make_administrator(first, second, puppet)
    for proposer, confirmer in ((first, puppet), (puppet, first)):
        act = give(proposer, first.account, "issuer", "officer").json()
        assert act["roles"] == ["issuer", "officer"]
        assert code(confirm(proposer, act["id"])) == (403, "act.same_person")
        assert code(confirm(confirmer, act["id"])) == SAME_LINEAGE
        assert roles_of(first) == ["administrator"]
        confirmer.browser.ask("PUT", f"/api/v1/staff/acts/{act['id']}/withdrawal")
    act = give(first, first.account, "officer").json()
    assert confirm(second, act["id"]).status_code == 200
    assert roles_of(first) == ["administrator", "officer"]


def test_a_long_chain_of_invitations_is_still_one_administrators(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    chain = [first]
    for _ in range(3):
        chain.append(office.colleague(chain[-1]))
        make_administrator(chain[-2], second, chain[-1])
    victim = office.colleague(second)
    act = propose(chain[-1], ActKind.REMOVE_ACCOUNT, victim.account).json()
    for one in chain[:-1]:
        assert code(confirm(one, act["id"])) == SAME_LINEAGE
    assert confirm(second, act["id"]).status_code == 200


def test_a_lineage_outlives_its_head(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    heirs = [office.colleague(first) for _ in range(2)]
    for heir in heirs:
        make_administrator(first, second, heir)
    act = propose(heirs[0], ActKind.REMOVE_ACCOUNT, first.account).json()
    assert confirm(second, act["id"]).status_code == 200
    act = give(heirs[0], heirs[0].account, "officer").json()
    assert code(confirm(heirs[1], act["id"])) == SAME_LINEAGE


def test_a_number_in_other_letters_is_the_same_person(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    twin = office.colleague(second, Role.ADMINISTRATOR, person="a-1")
    act = give(first, first.account, "officer").json()
    assert code(confirm(twin, act["id"])) == (403, "act.same_person")


def test_who_was_invited_by_nobody_knows_whom_confirms_nothing(means: Means) -> None:
    people = [
        Account(letter * 32, "[시험]", letter, AccountState.ACTIVE, frozenset(Role), START)
        for letter in "ab"
    ]
    with means.storage.work() as work:
        for one in people:
            work.accounts.add(one)
    act = propose_act(means, people[0], ActOrder(ActKind.REMOVE_ACCOUNT, people[1].id))
    with pytest.raises(SameLineageError):
        confirm_act(means, people[1].id, act.id)


def test_the_administrators_role_is_not_among_those_given(office: Office) -> None:
    first, _ = office.administrator(), office.administrator()
    colleague = office.colleague(first)
    assert give(first, colleague.account, "administrator").status_code == 422
    assert give(first, colleague.account).status_code == 422
    form = {"kind": "account.grant_roles", "account": colleague.account, "roles": "administrator"}
    assert first.browser.ask("POST", "/staff/acts", data=form).status_code == 409


def test_roles_that_are_held_are_pointless(office: Office) -> None:
    first = office.administrator()
    colleague = office.colleague(first, Role.JUDGE)
    assert code(give(first, colleague.account, "judge")) == (409, "act.pointless")
    act = give(first, colleague.account, "judge", "auditor")
    assert act.status_code == 201


def test_acts_and_pages_say_who_may_not_confirm_and_why(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    heir = office.colleague(first)
    make_administrator(first, second, heir)
    victim = office.colleague(first)
    act = propose(heir, ActKind.REMOVE_ACCOUNT, victim.account).json()
    seen = {
        who.account: next(
            one["refusal"] for one in who.browser.get("/acts").json() if one["id"] == act["id"]
        )
        for who in (first, second, heir)
    }
    assert seen == {
        first.account: "act.same_lineage",
        second.account: None,
        heir.account: "act.same_person",
    }
    button = f'action="/staff/acts/{act["id"]}/confirmation'
    for lang, sentence in (
        ("ko", "같은 관리자의 초대에서 나왔습니다"),
        ("en", "invitations of the same"),
    ):
        page = first.browser.ask("GET", f"/staff/acts?lang={lang}").text
        assert sentence in page
        assert button not in page
        assert "[시험] 담당자" in page
        assert button in second.browser.ask("GET", f"/staff/acts?lang={lang}").text


def test_the_command_line_founds_two_lineages_and_never_a_third(office: Office) -> None:
    first = invite_first_administrator(office.means, "[시험] 관리자", "A-1")
    again = invite_first_administrator(office.means, "[시험] 관리자", "a-1")
    for invited in (first, again):
        assert office.stranger().join(invited.token).status_code == 201
    with office.means.storage.reading() as reading:
        assert not is_founded(reading.accounts.all())
    other = office.stranger()
    invited = invite_first_administrator(office.means, "[시험] 관리자", "B-1")
    assert other.join(invited.token).status_code == 201
    with office.means.storage.work() as work:
        work.accounts.remove(other.account)
    with pytest.raises(RoleNeedsTwoError):
        invite_first_administrator(office.means, "[시험] 관리자", "C-1")


@pytest.fixture
def old(databases: Databases, engine: str) -> str:
    """A database of the time when accounts did not say who had invited them."""
    url = databases.empty(engine)
    migrate(url, "0008")
    database = open_migrator(parse_url(url))
    with database.begin() as connection:
        for account, inviter in (
            ("a", "console"),
            ("b", "console"),
            ("c", "a"),
            ("d", "c"),
            ("e", ""),
        ):
            enter(connection, account, inviter)
    database.dispose()
    return url


def enter(connection: Any, account: str, inviter: str) -> None:
    at = START if connection.dialect.name == "postgresql" else START.replace(tzinfo=None)
    row = {"id": account * 32, "name": "[시험]", "person": account, "state": "active", "made": at}
    names = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO staff_account ({', '.join(row)}) VALUES ({names})"), row)  # noqa: S608 # names of this file
    detail = f'{{"invitation":"i-{account}"}}' if inviter else ""
    by = inviter if inviter == "console" else inviter * 32
    for act, who, what, said in (
        ("account.invite", by, f"i-{account}", "{}"),
        ("account.join", account * 32, account * 32, detail),
    ):
        entry = {"id": f"{act[8:]}-{account}", "act": act, "account": who, "object": what}
        entry |= {"at": at, "detail": said.encode(), "entry": b"{}"}
        names = ", ".join(f":{name}" for name in entry)
        columns = ", ".join(entry)
        statement = f"INSERT INTO administrative_entry ({columns}) VALUES ({names})"  # noqa: S608 # as above
        connection.execute(text(statement), entry)


def test_lineages_of_older_databases_are_read_from_what_was_recorded(old: str) -> None:
    migrate(old)
    with closing(Database(old)) as storage, storage.reading() as reading:
        found = {one.id[0]: (one.inviter[:7], one.lineage[:1]) for one in reading.accounts.all()}
    assert found == {
        "a": ("console", "a"),
        "b": ("console", "b"),
        "c": ("a" * 7, "a"),
        "d": ("c" * 7, "a"),
        "e": ("", ""),
    }


def test_giving_roles_is_recorded_as_any_act(office: Office) -> None:
    first, second = office.administrator(), office.administrator()
    colleague = office.invited(first, Role.JUDGE)
    assert confirm(second, waiting_for(second, colleague.account)).status_code == 200
    acts = [entry["act"] for entry in first.browser.get("/administration").json()]
    assert acts.count("act.propose") == acts.count("act.confirm") == 1
    with office.means.storage.reading() as reading:
        assert {one.kind for one in reading.outbox.counts()} == {LOG_APPEND}
