"""A citizen's own identity step: from the choice to a token, and every way in which it ends."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.actions import identity_errors
from api.actions.ceremonies import challenge_of
from api.actions.errors import ActionError
from api.app import create_people_app
from api.http.problem_kinds import KINDS
from api.http.staff.cookies import CEREMONY, IDENTITY
from api.identity.provider import Client, OidcProvider
from api.observation.watching import NOBODY, Watched
from api.openid.citizen import CitizenDesk
from api.pages.citizen import RETURN, START
from contracts.evidence.encoding import b64u_encode
from tests.api.counter.site import PERSON, CounterSite
from tests.api.counter.test_offers import offered_by
from tests.api.counter.test_page import INLINE
from tests.api.databases import ORIGINS, StillClock
from tests.api.staff.office import API, Browser
from tests.simulators.oidc_provider import CLIENT, SECRET, OidcSimulator, serving
from tests.simulators.openid_trial import AGENCY, KIND, PRE_AUTHORIZED, SERVICE, error_of

FORM = {"choice": f"{AGENCY}/{KIND}", "service": SERVICE}
CLAIM, SCOPE = "register_id", "openid register"


@dataclass
class Town:
    """A site with an identity provider for citizens, and browsers at it."""

    site: CounterSite
    simulator: OidcSimulator
    client: TestClient

    def browser(self) -> Browser:
        return Browser(self.client)

    def leave(self, browser: Browser, lang: str = "ko", **changes: str) -> str:
        """Choose; returns where the page's link leads."""
        answer = browser.ask("POST", f"{START}?lang={lang}", data={**FORM, **changes})
        assert answer.status_code == 200, answer.text
        [address] = re.findall(r'<a class="go" href="([^"]+)" rel="noreferrer"', answer.text)
        return unescape(address)

    def come_back(self, browser: Browser, address: str) -> Any:
        """Follow the provider's redirect, which comes from another site."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == ORIGINS.people + RETURN
        return browser.ask("GET", f"{parts.path}?{parts.query}", headers={})

    def get(self, browser: Browser, lang: str = "ko") -> Any:
        """The whole step."""
        return self.come_back(browser, self.simulator.sign_in(self.leave(browser, lang)))


def start(site: CounterSite, simulator: OidcSimulator, **options: str) -> Town:
    issuer = simulator.issuer
    provider = OidcProvider(Client(issuer, CLIENT, SECRET, ORIGINS.people + RETURN, **options))
    assert site.parts.counters is not None
    desk = CitizenDesk(site.parts.counters.counter, site.parts.means, provider, issuer)
    counters = replace(site.parts.counters, citizens=desk)
    guard = create_people_app(replace(site.parts, counters=counters))
    return Town(site, simulator, TestClient(guard, base_url=ORIGINS.people))


@pytest.fixture
def simulator(clock: StillClock) -> Iterator[OidcSimulator]:
    with serving(OidcSimulator(lambda: int(clock().timestamp()))) as made:
        yield made


@pytest.fixture
def town(site: CounterSite, simulator: OidcSimulator) -> Town:
    return start(site, simulator)


def refused(answer: Any, status: int, code: str) -> None:
    """A plain page with that code, which offers nothing and is not kept."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert f'<p class="mono">{code}</p>' in answer.text
    assert KINDS[code].ko in answer.text
    assert "openid-credential-offer" not in answer.text


def told(answer: Any) -> dict[str, str]:
    """Link and transaction code, as a page shows them."""
    [link] = re.findall(r'href="(openid-credential-offer://[^"]+)"', answer.text)
    [digits] = re.findall(r'<p class="digits">(.*?)</p>', answer.text)
    return {"link": unescape(link), "tx_code": re.sub(r"\D", "", digits)}


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_citizen_gets_an_offer_and_a_wallet_takes_it(
    both: CounterSite, simulator: OidcSimulator, lang: str
) -> None:
    town = start(both, simulator)
    answer = town.get(town.browser(), lang)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert f'<html lang="{lang}">' in answer.text
    assert "<svg" in answer.text
    assert not re.search(INLINE, answer.text)
    agency = both.trial.openid.console.office.agencies[AGENCY]
    offered = offered_by(told(answer), agency.uri)
    wrong = "000000" if offered.tx_code != "000000" else "000001"
    assert error_of(both.wallet.token(offered, tx_code=wrong)) == (400, "invalid_grant")
    assert both.wallet.access(offered)
    assert both.acts() == [("credential.offer", "provider")]


def test_the_offer_is_for_the_person_whom_the_provider_names(town: Town) -> None:
    office = town.site.trial.openid.console.office
    for person in ("synthetic-2", "synthetic-3"):
        town.simulator.subject = person
        answer = town.get(town.browser())
        assert person not in answer.text
        offered = offered_by(told(answer), office.agencies[AGENCY].uri)
        assert town.site.wallet.access(offered)
    with office.storage.reading() as reading:
        entries = reading.acts.entries(5)
    with office.storage.work() as work:
        found = [work.issuing.offer(entry.object) for entry in entries]
    kept = {(one.identity.person, one.identity.method, one.identity.by) for one in found if one}
    issuer = town.simulator.issuer
    assert kept == {("synthetic-2", "oidc", issuer), ("synthetic-3", "oidc", issuer)}


def test_the_transaction_code_is_in_no_address_and_the_page_tells_nobodys_id(town: Town) -> None:
    answer = town.get(town.browser())
    shown = told(answer)
    assert shown["tx_code"] not in shown["link"]
    assert shown["tx_code"] not in str(answer.request.url)
    assert "location" not in answer.headers
    assert PERSON not in answer.text


def test_the_journal_tells_neither_codes_nor_people(town: Town) -> None:
    watched = Watched(town.client.app, NOBODY, secrets.token_bytes)
    town.client = TestClient(watched, base_url=ORIGINS.people)
    with capture_logs() as lines:
        shown = told(town.get(town.browser()))
    assert [line["route"] for line in lines] == [START, RETURN]
    kept = [{k: v for k, v in line.items() if k not in _RANDOM} for line in lines]
    document = parse_qs(urlsplit(shown["link"]).query)["credential_offer"][0]
    code = json.loads(document)["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    for secret in (shown["tx_code"], code, PERSON, "state="):
        assert secret not in json.dumps(kept)


_RANDOM = {"request", "milliseconds"}


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_pages_hold_nothing_inline_and_offer_what_is_enrolled(town: Town, lang: str) -> None:
    browser = town.browser()
    choose = browser.ask("GET", f"{START}?lang={lang}")
    assert choose.headers["referrer-policy"] == "same-origin"
    assert f'value="{AGENCY}/{KIND}" required>' in choose.text
    assert "school/school-record" not in choose.text
    leave = browser.ask("POST", f"{START}?lang={lang}", data=FORM)
    for answer in (choose, leave):
        assert answer.headers["cache-control"] == "no-store"
        assert f'<html lang="{lang}">' in answer.text
        assert not re.search(INLINE, answer.text)


def test_without_a_provider_there_are_no_such_pages(site: CounterSite) -> None:
    browser = Browser(TestClient(create_people_app(site.parts), base_url=ORIGINS.people))
    assert browser.ask("GET", START).status_code == 404
    assert browser.ask("POST", START, data=FORM).status_code == 404
    assert browser.ask("GET", RETURN).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"choice": "school/school-record"}, 409, "identity.not_offered"),
        ({"choice": f"{AGENCY}/school-record"}, 409, "identity.not_offered"),
        ({"choice": f"nobody/{KIND}"}, 409, "identity.not_offered"),
        ({"service": "nothing"}, 409, "identity.not_offered"),
        ({"choice": AGENCY}, 422, "http.invalid_request"),
        ({"choice": f"{AGENCY}/{KIND}/{SERVICE}"}, 422, "http.invalid_request"),
        ({"service": "a/b"}, 422, "http.invalid_request"),
    ],
)
def test_a_choice_that_cannot_be_begins_nothing(
    town: Town, change: dict[str, str], status: int, code: str
) -> None:
    browser = town.browser()
    refused(browser.ask("POST", START, data={**FORM, **change}), status, code)
    assert browser.cookies == {}


def test_another_site_begins_nothing(town: Town) -> None:
    browser = town.browser()
    foreign = {"Origin": "https://evil.test"}
    refused(browser.ask("POST", START, headers=foreign, data=FORM), 403, "staff.foreign_origin")
    assert browser.cookies == {}


def stop(town: Town, browser: Browser, error: str) -> Any:
    query = parse_qs(urlsplit(town.leave(browser)).query)
    back = {"error": error, "state": query["state"][0], "iss": town.simulator.issuer}
    return browser.ask("GET", f"{RETURN}?{urlencode(back)}", headers={})


@pytest.mark.parametrize("error", ["access_denied", "consent_required"])
def test_a_citizen_who_stops_at_the_provider_is_told_so_plainly(town: Town, error: str) -> None:
    browser = town.browser()
    answer = stop(town, browser, error)
    assert answer.status_code == 200
    assert "불이익은 없습니다" in answer.text
    assert "openid-credential-offer" not in answer.text
    assert "/token" not in town.simulator.asked
    assert IDENTITY not in browser.cookies
    assert town.site.acts() == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("temporarily_unavailable", 503, "identity.unavailable"),
        ("invalid_request", 403, "identity.refused"),
        ("", 403, "identity.refused"),
    ],
)
def test_any_other_error_of_the_provider_is_a_refusal(
    town: Town, error: str, status: int, code: str
) -> None:
    refused(stop(town, town.browser(), error), status, code)


def test_stopping_under_another_state_stops_nothing_quietly(town: Town) -> None:
    browser = town.browser()
    town.leave(browser)
    back = f"{RETURN}?error=access_denied&state=other"
    refused(browser.ask("GET", back, headers={}), 403, "identity.refused")


def test_somebody_who_is_not_in_the_register_gets_nothing(town: Town) -> None:
    town.simulator.subject = "synthetic-9"
    refused(town.get(town.browser()), 403, "identity.not_registered")
    town.simulator.subject = "p" * 65
    refused(town.get(town.browser()), 403, "identity.not_registered")
    assert town.site.acts() == []


def test_an_answer_is_taken_by_the_browser_that_left_and_once(town: Town) -> None:
    browser, other, nobody = town.browser(), town.browser(), town.browser()
    back = town.simulator.sign_in(town.leave(browser))
    town.leave(other)
    refused(town.come_back(other, back), 403, "identity.refused")
    refused(town.come_back(nobody, back), 403, "identity.ended")
    kept = dict(browser.cookies)
    assert town.come_back(browser, back).status_code == 200
    assert IDENTITY not in browser.cookies
    refused(town.come_back(browser, back), 403, "identity.ended")
    refused(town.come_back(Browser(town.client, kept), back), 403, "identity.ended")
    assert len(town.site.acts()) == 1


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 403)])
def test_the_step_ends_with_its_time(town: Town, seconds: int, status: int) -> None:
    browser = town.browser()
    address = town.leave(browser)
    town.site.clock.forward(seconds=seconds)
    answer = town.come_back(browser, town.simulator.sign_in(address))
    assert answer.status_code == status
    if status != 200:
        refused(answer, 403, "identity.ended")


def test_a_step_of_staff_is_none_of_a_citizen_and_the_other_way_round(town: Town) -> None:
    begun = Browser(town.client)
    assert begun.post("/sign-in/options", {"next": "/staff"}).status_code == 200
    mixed = Browser(town.client, {IDENTITY: f"{begun.cookies[CEREMONY]}.ko"})
    refused(mixed.ask("GET", f"{RETURN}?code=a&state=b", headers={}), 403, "identity.ended")
    citizen = town.browser()
    town.leave(citizen)
    token = citizen.cookies[IDENTITY].partition(".")[0]
    staff = Browser(town.client, {CEREMONY: token})
    device = town.site.administrator.device
    options = begun.post("/sign-in/options", {"next": "/staff"}).json()["public_key"]
    options["challenge"] = b64u_encode(challenge_of(token))
    answer = staff.ask("POST", f"{API}/sign-in", json=device.get(options))
    assert (answer.status_code, answer.json()["code"]) == (403, "staff.sign_in_refused")


WRONG: dict[str, Callable[[int], dict[str, Any]]] = {
    "another nonce": lambda _: {"nonce": "other"},
    "another audience": lambda _: {"aud": "other"},
    "another issuer": lambda _: {"iss": "https://evil.test"},
    "expired": lambda now: {"exp": now - 60},
    "no subject": lambda _: {"sub": None},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_token_that_does_not_hold_gives_nothing(town: Town, case: str) -> None:
    town.simulator.claims = WRONG[case](town.simulator.now())
    refused(town.get(town.browser()), 403, "identity.refused")
    town.simulator.claims = {}
    assert town.get(town.browser()).status_code == 200


def test_the_claim_that_is_set_up_names_the_person(
    site: CounterSite, simulator: OidcSimulator
) -> None:
    town = start(site, simulator, claim=CLAIM, scope=SCOPE)
    simulator.subject, simulator.claims = "opaque-7", {CLAIM: PERSON}
    browser = town.browser()
    address = town.leave(browser)
    assert parse_qs(urlsplit(address).query)["scope"] == [SCOPE]
    assert town.come_back(browser, simulator.sign_in(address)).status_code == 200


@pytest.mark.parametrize("value", [None, "", 7, ["synthetic-1"], "p" * 256])
def test_a_claim_that_is_missing_is_told_so(
    site: CounterSite, simulator: OidcSimulator, value: object
) -> None:
    """The subject alone, though the register knows it, does not stand in for the claim."""
    town = start(site, simulator, claim=CLAIM)
    simulator.subject, simulator.claims = PERSON, {CLAIM: value}
    refused(town.get(town.browser()), 403, "identity.claim_missing")
    assert site.acts() == []


def test_a_provider_that_says_nonsense_is_unavailable(town: Town) -> None:
    town.simulator.documents = {"issuer": "https://evil.test"}
    browser = town.browser()
    refused(browser.ask("POST", START, data=FORM), 503, "identity.unavailable")
    assert browser.cookies == {}


def test_nobody_begins_again_and_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.citizen.STEPS_PER_MINUTE", 20)
    for _ in range(20):
        town.leave(town.browser())
    answer = town.browser().ask("POST", START, data=FORM)
    refused(answer, 429, "http.too_many_requests")
    assert int(answer.headers["retry-after"]) >= 1
    assert town.browser().ask("GET", RETURN).status_code == 429
    town.site.clock.forward(minutes=1)
    assert town.leave(town.browser())


def test_the_cookie_is_for_this_host_alone(town: Town) -> None:
    browser = town.browser()
    town.leave(browser)
    [line] = browser.set
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=300"):
        assert word in line
    assert line.startswith("__Host-")


def test_every_refusal_has_its_words() -> None:
    classes = {
        entry.code
        for entry in vars(identity_errors).values()
        if isinstance(entry, type) and issubclass(entry, ActionError) and entry is not ActionError
    }
    assert len(classes) == 6
    assert classes <= set(KINDS)
