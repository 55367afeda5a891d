"""Agencies at the counter: enrolled, keys replaced in order by one and as compromised by two."""

from api.ports.accounts import Role
from contracts.evidence.names import issuer_id
from contracts.evidence.snapshot import Ending
from tests.api.counter.site import CounterSite, code_of
from tests.api.staff.office import API
from tests.simulators.openid_trial import AGENCY


def endings(site: CounterSite) -> dict[bytes, Ending | None]:
    """How the agency's keys stand on chain."""
    uri = site.trial.openid.console.office.agencies[AGENCY].uri
    issuer = site.trial.ground.ledger.snapshot().issuer(issuer_id(uri))
    assert issuer is not None
    return {key.point: key.period.ending for key in issuer.keys}


def test_an_agency_is_enrolled_by_the_worker(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    assert clerk.browser.ask("PUT", f"{API}/issuers/school/enrolment").status_code == 202
    told = {one["id"]: one["enrolled"] for one in clerk.browser.get("/issuers").json()}
    assert (told["school"], told[AGENCY]) == (False, True)
    site.work()
    told = {one["id"]: one["enrolled"] for one in clerk.browser.get("/issuers").json()}
    assert told["school"]
    unknown = clerk.browser.ask("PUT", f"{API}/issuers/nobody/enrolment")
    assert code_of(unknown) == (404, "issuer.unknown")


def test_a_key_is_replaced_in_order_once(both: CounterSite) -> None:
    both.wallet.obtain(copies=3)
    clerk, old = both.staff(Role.ISSUER), both.point()
    for _ in range(2):
        answer = clerk.browser.post(f"/issuers/{AGENCY}/key-rotation")
        assert (answer.status_code, answer.json()["point"]) == (202, old.hex())
    both.clock.forward(minutes=1)
    both.work()
    assert both.point() != old
    assert endings(both)[old] is Ending.ORDERLY
    assert len(endings(both)) == 2
    assert both.acts() == [("issuer.rotate_key", clerk.account)]
    both.clock.forward(minutes=1)
    assert both.outcome() == "eligible"


def test_an_agency_that_is_not_enrolled_has_no_key_to_replace(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    answer = clerk.browser.post("/issuers/school/key-rotation")
    assert code_of(answer) == (409, "issuer.not_enrolled")


def test_a_compromised_key_is_ended_by_two_and_has_a_successor(site: CounterSite) -> None:
    site.wallet.obtain(copies=3)
    first, old = site.staff(Role.ISSUER), site.point()
    second = site.office.colleague(site.office.administrator(), Role.ISSUER)
    told = {one["id"]: one for one in first.browser.get("/issuers").json()}[AGENCY]
    key = {"issuer": told["issuer"], "point": told["point"], "ending": "compromised"}
    act = first.browser.post("/acts", {"kind": "issuer.revoke_key", "key": key}).json()["id"]
    path = f"{API}/acts/{act}/confirmation"
    assert code_of(first.browser.ask("PUT", path)) == (403, "act.same_person")
    site.work()
    assert endings(site)[old] is None
    assert second.browser.ask("PUT", path).status_code == 200
    site.clock.forward(minutes=1)
    site.work()
    assert endings(site)[old] is Ending.COMPROMISED
    assert endings(site)[site.point()] is None
    site.clock.forward(minutes=1)
    assert site.outcome() == "cannot_verify"
    site.wallet.held.clear()
    site.wallet.obtain()
    assert site.outcome() == "eligible"


def test_an_auditor_sees_agencies_and_changes_none(site: CounterSite) -> None:
    auditor = site.staff(Role.AUDITOR)
    assert auditor.browser.get("/issuers").status_code == 200
    answer = auditor.browser.ask("PUT", f"{API}/issuers/{AGENCY}/enrolment")
    assert code_of(answer) == (403, "staff.role_missing")
