"""Acts of two people: proposed by one, confirmed by another, done once, recorded."""

import json
import secrets
import threading
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.confirm_act import confirm_act
from api.actions.deliver_outbox import Courier
from api.actions.end_issuer_keys import END_KEY, EndIssuerKeys, key_detail, key_name
from api.actions.propose_act import ActOrder, propose_act
from api.actions.record_administration import ADMINISTRATION_LOG
from api.actions.staff_errors import ActEndedError, SamePersonError
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ActKind, ActState
from api.ports.means import Means
from contracts.evidence.encoding import canonical, tagged_hash
from contracts.evidence.merkle import leaf_hash
from contracts.evidence.snapshot import Ending
from tests.api.databases import START, StillClock
from tests.api.staff.office import API, Office, Person
from tests.simulators.ledger import SimulatedLedger

ISSUER = sha256(b"synthetic issuer").digest()


def propose(person: Person, kind: ActKind, account: str) -> Any:
    return person.browser.post("/acts", {"kind": kind.value, "account": account})


def confirm(person: Person, act: str) -> Any:
    return person.browser.ask("PUT", f"{API}/acts/{act}/confirmation")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def three(office: Office) -> tuple[Person, Person, Person]:
    """Two administrators and a colleague."""
    first, second = office.administrator(), office.administrator()
    return first, second, office.colleague(first, Role.JUDGE)


def test_two_people_make_an_administrator(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    assert act["state"] == "waiting"
    assert colleague.browser.get("/accounts").status_code == 403
    done = confirm(second, act["id"]).json()
    assert (done["state"], done["decider"]) == ("done", second.account)
    assert colleague.browser.get("/accounts").status_code == 200


def test_who_proposes_does_not_confirm(office: Office) -> None:
    first, _, colleague = three(office)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    assert code(confirm(first, act["id"])) == (403, "act.same_person")
    assert colleague.browser.get("/accounts").status_code == 403


def test_a_second_account_of_the_same_person_does_not_confirm(office: Office) -> None:
    first, second, colleague = three(office)
    twin = office.colleague(first, Role.ISSUER, person="A-1")
    with office.means.storage.work() as work:
        work.accounts.grant(twin.account, Role.ADMINISTRATOR, START)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    assert code(confirm(twin, act["id"])) == (403, "act.same_person")
    assert confirm(second, act["id"]).status_code == 200


def test_other_roles_neither_propose_nor_confirm_nor_see(office: Office) -> None:
    first, second, _ = three(office)
    issuer = office.colleague(first, Role.ISSUER)
    assert code(propose(issuer, ActKind.REMOVE_ACCOUNT, second.account)) == (
        403,
        "staff.role_missing",
    )
    act = propose(first, ActKind.REMOVE_ACCOUNT, second.account).json()
    assert code(confirm(issuer, act["id"])) == (404, "act.unknown")
    assert issuer.browser.get("/acts").json() == []
    assert len(first.browser.get("/acts").json()) == 1


def test_a_proposal_ends_after_three_days(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    office.clock.forward(hours=72)
    second.sign_in()
    assert code(confirm(second, act["id"])) == (409, "act.ended")
    first.sign_in()
    again = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    assert again["id"] != act["id"]
    office.clock.forward(hours=71, minutes=59)
    second.sign_in()
    assert confirm(second, again["id"]).status_code == 200


def test_proposing_and_confirming_twice_is_doing_it_once(office: Office) -> None:
    first, second, colleague = three(office)
    acts = [propose(first, ActKind.REMOVE_ACCOUNT, colleague.account).json() for _ in range(2)]
    assert acts[0] == acts[1]
    other = propose(second, ActKind.REMOVE_ACCOUNT, colleague.account)
    assert code(other) == (409, "act.occupied")
    done = [confirm(second, acts[0]["id"]).json() for _ in range(2)]
    assert done[0] == done[1]
    third = office.means.rng(16).hex()
    assert code(propose(first, ActKind.REMOVE_ACCOUNT, third)) == (409, "act.pointless")
    entries = [entry["act"] for entry in first.browser.get("/administration").json()]
    assert entries.count("act.confirm") == 1
    assert entries.count("act.propose") == 1


def test_a_withdrawn_act_is_not_confirmed(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.REMOVE_ACCOUNT, colleague.account).json()
    gone = second.browser.ask("PUT", f"{API}/acts/{act['id']}/withdrawal")
    assert gone.json()["state"] == "withdrawn"
    assert code(confirm(second, act["id"])) == (409, "act.ended")
    assert colleague.browser.get("/session").status_code == 200


def test_a_proposer_who_lost_the_role_proposed_nothing(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    with office.means.storage.work() as work:
        work.accounts.withdraw(first.account, Role.ADMINISTRATOR)
    assert code(confirm(second, act["id"])) == (403, "staff.role_missing")


def test_a_removed_account_is_out_at_once_and_for_good(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.REMOVE_ACCOUNT, colleague.account).json()
    assert confirm(second, act["id"]).status_code == 200
    assert colleague.browser.get("/session").status_code == 401
    assert colleague.sign_in().status_code == 403
    path = f"{API}/accounts/{colleague.account}/roles/judge"
    assert code(first.browser.ask("DELETE", path)) == (404, "staff.account_unknown")


def test_two_administrators_of_different_lineages_stay(office: Office) -> None:
    first, second, colleague = three(office)
    office.give(colleague, Role.ADMINISTRATOR)
    away = propose(first, ActKind.REMOVE_ACCOUNT, second.account).json()
    assert code(confirm(second, away["id"])) == (409, "staff.last_administrator")
    other = propose(first, ActKind.REMOVE_ACCOUNT, first.account).json()
    assert confirm(second, other["id"]).status_code == 200
    with office.means.storage.reading() as reading:
        left = [one for one in reading.accounts.all() if one.holds(Role.ADMINISTRATOR)]
    assert {one.id for one in left} == {second.account, colleague.account}


def test_what_is_recorded_names_nobody_and_enters_the_log(office: Office) -> None:
    first, second, colleague = three(office)
    act = propose(first, ActKind.GRANT_ADMINISTRATOR, colleague.account).json()
    confirm(second, act["id"])
    entries = first.browser.get("/administration").json()
    acts = [entry["act"] for entry in entries]
    assert set(acts) == {
        "account.invite",
        "account.join",
        "passkey.add",
        "act.propose",
        "act.confirm",
    }
    storage = office.means.storage
    courier = Courier(storage, office.clock, "test", {LOG_APPEND: AppendToLogs(storage)})
    assert courier.deliver_outbox().done == len(entries)
    with storage.reading() as reading:
        assert reading.logs.size(ADMINISTRATION_LOG) == len(entries)
        tile = reading.logs.tile(ADMINISTRATION_LOG, f"tile/0/000.p/{len(entries)}") or b""
        tile = tile or reading.logs.tile(ADMINISTRATION_LOG, "tile/0/000") or b""
    for entry in entries:
        assert leaf_hash(entry["entry"].encode()) in tile
        told = json.loads(entry["entry"])
        assert told["digest"] == digest_of(entry["detail"])
        assert "[시험]" not in entry["entry"] + entry["detail"]
        assert told.keys() == {"version", "id", "act", "account", "object", "time", "digest"}


def digest_of(detail: str) -> str:
    return tagged_hash("dojang-administration-v1/detail", detail.encode()).hex()


def key_point() -> bytes:
    numbers = generate_private_key(SECP256R1()).public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def test_two_issuers_end_a_key_on_chain(office: Office) -> None:
    administrator = office.administrator()
    first = office.colleague(administrator, Role.ISSUER)
    second = office.colleague(office.administrator(), Role.ISSUER)
    point = key_point()
    ledger = SimulatedLedger(lambda: int(office.clock().timestamp()))
    ledger.register_issuer(ISSUER)
    ledger.add_key(ISSUER, point)
    key = {"issuer": ISSUER.hex(), "point": point.hex(), "ending": "compromised"}
    act = first.browser.post("/acts", {"kind": "issuer.revoke_key", "key": key}).json()
    assert act["object"] == key_name(ISSUER, point)
    assert code(confirm(administrator, act["id"])) == (404, "act.unknown")
    assert confirm(second, act["id"]).json()["state"] == "done"
    courier = Courier(office.means.storage, office.clock, "test", {END_KEY: EndIssuerKeys(ledger)})
    assert courier.deliver_outbox().done == 1
    assert ledger.snapshot().issuers[0].keys[0].period.ending is Ending.COMPROMISED


def test_the_end_of_a_key_waits_for_a_registry_that_does_not_know_it(office: Office) -> None:
    administrator = office.administrator()
    first = office.colleague(administrator, Role.ISSUER)
    second = office.colleague(office.administrator(), Role.ISSUER)
    key = {"issuer": ISSUER.hex(), "point": key_point().hex(), "ending": "compromised"}
    act = first.browser.post("/acts", {"kind": "issuer.revoke_key", "key": key}).json()
    confirm(second, act["id"])
    ledger = SimulatedLedger(lambda: int(office.clock().timestamp()))
    storage = office.means.storage
    handlers = {END_KEY: EndIssuerKeys(ledger), LOG_APPEND: AppendToLogs(storage)}
    courier = Courier(storage, office.clock, "test", handlers)
    for _ in range(30):
        assert courier.deliver_outbox().dead == 0
        office.clock.forward(minutes=5)
    ledger.register_issuer(ISSUER)
    ledger.add_key(ISSUER, bytes.fromhex(key["point"]))
    assert courier.deliver_outbox().done == 1
    assert ledger.snapshot().issuers[0].keys[0].period.ending is Ending.COMPROMISED


@pytest.mark.parametrize(
    "new",
    [
        {"kind": "issuer.revoke_key", "account": "0" * 32},
        {"kind": "account.remove"},
        {"kind": "account.remove", "account": "0" * 31},
        {"kind": "everything", "account": "0" * 32},
        {"kind": "issuer.revoke_key", "key": {"issuer": "00", "point": "", "ending": "no"}},
    ],
)
def test_an_act_without_its_object_is_refused(office: Office, new: dict[str, object]) -> None:
    answer = office.administrator().browser.post("/acts", new)
    assert (answer.status_code, answer.json()["code"]) == (422, "http.invalid_request")


def issuer_of_own_lineage(letter: str) -> Account:
    roles, key = frozenset({Role.ISSUER}), letter * 32
    return Account(key, "[시험]", letter, AccountState.ACTIVE, roles, START, "console", key)


def test_acts_are_done_alike_on_both_engines(means: Means, clock: StillClock) -> None:
    people = [issuer_of_own_lineage(letter) for letter in "ab"]
    with means.storage.work() as work:
        for one in people:
            work.accounts.add(one)
    point = key_point()
    detail = key_detail(ISSUER, point, Ending.ORDERLY)
    order = ActOrder(ActKind.REVOKE_ISSUER_KEY, key_name(ISSUER, point), {**detail})
    act = propose_act(means, people[0], order)
    assert propose_act(means, people[0], order) == act
    with pytest.raises(SamePersonError):
        confirm_act(means, people[0].id, act.id)
    done = confirm_act(means, people[1].id, act.id)
    assert confirm_act(means, people[1].id, act.id) == done
    assert done.state is ActState.DONE
    with means.storage.reading() as reading:
        assert reading.acts.find(act.id) == done
        assert list(reading.acts.newest(5)) == [done]
    late = propose_act(means, people[1], order)
    clock.forward(hours=72)
    with pytest.raises(ActEndedError):
        confirm_act(means, people[0].id, late.id)
    assert canonical({**detail}) == done.detail
    assert secrets.compare_digest(done.detail, late.detail)


def test_two_who_confirm_at_once_do_it_once(means: Means) -> None:
    people = [issuer_of_own_lineage(letter) for letter in "abc"]
    with means.storage.work() as work:
        for one in people:
            work.accounts.add(one)
    point = key_point()
    detail = key_detail(ISSUER, point, Ending.ORDERLY)
    order = ActOrder(ActKind.REVOKE_ISSUER_KEY, key_name(ISSUER, point), {**detail})
    act = propose_act(means, people[0], order)
    ends: list[str] = []
    start = threading.Barrier(2)

    def confirming(who: str) -> None:
        start.wait()
        try:
            ends.append(confirm_act(means, who, act.id).state.value)
        except ActEndedError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=confirming, args=(one.id,)) for one in people[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["act.ended", "done"]
    with means.storage.reading() as reading:
        assert [one.act for one in reading.acts.entries(9)].count("act.confirm") == 1
        assert {one.kind: one.count for one in reading.outbox.counts()}[END_KEY] == 1
