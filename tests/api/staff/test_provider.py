"""Sign-in at an identity provider: honest, and every way in which its answer does not hold."""

import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jws
from joserfc.jwk import ECKey

from api.actions.invite_staff import InvitationOrder, invite_staff
from api.app import Parts, create_people_app
from api.http.staff.cookies import CEREMONY, SESSION
from api.identity.provider import Client, OidcProvider
from api.identity.provider_documents import MAX_BYTES, Documents, check_address
from api.pages.staff_door import CALLBACK
from api.ports.accounts import Role
from api.ports.acts import ActKind
from api.ports.door import Door, ProviderUnavailableError
from contracts.evidence.encoding import b64u_encode
from tests.api.databases import ORIGINS, StillClock
from tests.api.staff.office import API, Browser, Office, Person
from tests.simulators.oidc_provider import CLIENT, SECRET, OidcSimulator, serving

ORDER = InvitationOrder("[시험] 담당자", "P-1", frozenset({Role.OFFICER}))


@pytest.fixture
def simulator(clock: StillClock) -> Iterator[OidcSimulator]:
    with serving(OidcSimulator(lambda: int(clock().timestamp()))) as made:
        yield made


@pytest.fixture
def ticks() -> list[float]:
    return [0.0]


@pytest.fixture
def city(
    parts: Parts, simulator: OidcSimulator, clock: StillClock, ticks: list[float]
) -> Iterator[Office]:
    """An office with a provider."""
    assert parts.door is not None
    client = Client(simulator.issuer, CLIENT, SECRET, ORIGINS.people + CALLBACK)
    provider = OidcProvider(client, ticks=lambda: ticks[0])
    door = Door(parts.means, parts.door.passkeys, provider)
    guard = create_people_app(replace(parts, door=door))
    with TestClient(guard, base_url=ORIGINS.people) as served:
        yield Office(served, parts.means, clock)


def leave(person: Person, **start: str) -> str:
    """Go to the provider; returns its address."""
    answer = person.browser.post("/provider/options", start)
    assert answer.status_code == 200, answer.text
    location: str = answer.json()["location"]
    return location


def come_back(person: Person, address: str) -> Any:
    """Follow the provider's redirect."""
    parts = urlsplit(address)
    return person.browser.ask("GET", f"{parts.path}?{parts.query}", headers={})


def joined(city: Office, simulator: OidcSimulator) -> Person:
    """Somebody whose account is opened by the provider."""
    invited = invite_staff(city.means, city.administrator().account, ORDER)
    person = city.stranger()
    address = leave(person, invitation=invited.token)
    answer = come_back(person, simulator.sign_in(address))
    assert answer.status_code == 303
    person.browser.cookies.clear()
    return person


def test_an_invited_person_joins_and_signs_in(city: Office, simulator: OidcSimulator) -> None:
    person = joined(city, simulator)
    answer = come_back(person, simulator.sign_in(leave(person, next="/staff/passkeys")))
    assert answer.headers["location"] == "/staff/passkeys?lang=ko"
    assert person.browser.get("/session").json()["roles"] == []
    with city.means.storage.reading() as reading:
        account = next(one for one in reading.accounts.all() if not one.roles)
        acts = [one for one in reading.acts.newest(9) if one.object == account.id]
    [act] = acts
    assert act.kind is ActKind.GRANT_ROLES
    assert account.lineage == account.inviter == act.proposer
    assert CEREMONY not in person.browser.cookies


def test_a_subject_that_nobody_invited_is_refused(city: Office, simulator: OidcSimulator) -> None:
    person = joined(city, simulator)
    simulator.subject = "synthetic-2"
    answer = come_back(person, simulator.sign_in(leave(person)))
    assert answer.status_code == 403
    assert "staff.sign_in_refused" in answer.text
    assert SESSION not in person.browser.cookies


def test_a_subject_opens_one_account(city: Office, simulator: OidcSimulator) -> None:
    joined(city, simulator)
    invited = invite_staff(city.means, city.administrator().account, ORDER)
    other = city.stranger()
    answer = come_back(other, simulator.sign_in(leave(other, invitation=invited.token)))
    assert answer.status_code == 403
    assert other.join(invited.token).status_code == 201


def test_an_answer_is_taken_by_the_browser_that_left_and_once(
    city: Office, simulator: OidcSimulator
) -> None:
    person, victim = joined(city, simulator), city.stranger()
    back = simulator.sign_in(leave(person))
    leave(victim)
    assert come_back(victim, back).status_code == 403
    ceremony = person.browser.cookies[CEREMONY]
    assert come_back(person, back).status_code == 303
    again = Person(Browser(city.client, {CEREMONY: ceremony}), person.device)
    assert come_back(again, back).status_code == 403


def test_a_stolen_code_is_worth_nothing_without_its_verifier(
    city: Office, simulator: OidcSimulator
) -> None:
    person, thief = joined(city, simulator), city.stranger()
    code = parse_qs(urlsplit(simulator.sign_in(leave(person))).query)["code"][0]
    own = parse_qs(urlsplit(leave(thief)).query)
    back = f"{CALLBACK}?code={code}&state={own['state'][0]}&iss={simulator.issuer}"
    assert thief.browser.ask("GET", back, headers={}).status_code in {403, 503}
    assert SESSION not in thief.browser.cookies


def test_state_is_looked_at_before_anything_is_asked(
    city: Office, simulator: OidcSimulator
) -> None:
    person = joined(city, simulator)
    back = simulator.sign_in(leave(person))
    before = len(simulator.asked)
    assert come_back(person, back.replace("state=", "state=x")).status_code == 403
    assert len(simulator.asked) == before
    assert SESSION not in person.browser.cookies


CLAIMS: dict[str, tuple[dict[str, Any], bool]] = {
    "as it should be": ({}, True),
    "an audience of several with azp": ({"aud": [CLIENT, "x"], "azp": CLIENT}, True),
    "expired within leeway": ({"exp": -59}, True),
    "expired": ({"exp": -60}, False),
    "no expiry": ({"exp": None}, False),
    "an expiry of text": ({"exp": "9999999999"}, False),
    "issued tomorrow": ({"iat": 61}, False),
    "issued long ago": ({"iat": -90_000}, False),
    "not good yet": ({"nbf": 61}, False),
    "another issuer": ({"iss": "https://evil.test"}, False),
    "no issuer": ({"iss": None}, False),
    "another audience": ({"aud": "other"}, False),
    "no audience": ({"aud": None}, False),
    "several audiences without azp": ({"aud": [CLIENT, "x"]}, False),
    "given to another client": ({"azp": "other"}, False),
    "another nonce": ({"nonce": "other"}, False),
    "no nonce": ({"nonce": None}, False),
    "seen long ago": ({"auth_time": -361}, False),
    "nobody says when seen": ({"auth_time": None}, False),
    "no subject": ({"sub": None}, False),
    "an empty subject": ({"sub": ""}, False),
    "a subject of numbers": ({"sub": 7}, False),
    "an endless subject": ({"sub": "s" * 256}, False),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims(city: Office, simulator: OidcSimulator, case: str) -> None:
    claims, holds = CLAIMS[case]
    person = joined(city, simulator)
    times = {"exp", "iat", "nbf", "auth_time"}
    simulator.claims = {
        name: value + simulator.now() if name in times and isinstance(value, int) else value
        for name, value in claims.items()
    }
    answer = come_back(person, simulator.sign_in(leave(person)))
    assert answer.status_code == (303 if holds else 403)
    assert (SESSION in person.browser.cookies) == holds


def unsigned(header: dict[str, Any], payload: bytes) -> str:
    told = json.dumps({**header, "alg": "none"}).encode()
    return f"{b64u_encode(told)}.{b64u_encode(payload)}."


def under_the_public_key(simulator: OidcSimulator, header: dict[str, Any], payload: bytes) -> str:
    told = json.dumps({**header, "alg": "HS256"}).encode()
    signed = f"{b64u_encode(told)}.{b64u_encode(payload)}"
    mac = hmac.digest(simulator.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{b64u_encode(mac)}"


@pytest.mark.parametrize(
    "forge", ["unsigned", "HMAC under the public key", "another key", "an embedded key", "rubbish"]
)
def test_a_forged_signature_is_refused(city: Office, simulator: OidcSimulator, forge: str) -> None:
    person = joined(city, simulator)
    other = ECKey.generate_key("P-256", {"kid": "k1"})

    def sign(header: dict[str, Any], payload: bytes) -> str:
        if forge == "unsigned":
            return unsigned(header, payload)
        if forge == "HMAC under the public key":
            return under_the_public_key(simulator, header, payload)
        if forge == "rubbish":
            return "a.b.c"
        told = {**header, "jwk": other.as_dict(private=False)} if "embedded" in forge else header
        return jws.serialize_compact(told, payload, other)

    simulator.signer = sign
    answer = come_back(person, simulator.sign_in(leave(person)))
    assert answer.status_code == 403
    assert SESSION not in person.browser.cookies


def test_a_new_key_of_the_provider_is_fetched_but_not_again_and_again(
    city: Office, simulator: OidcSimulator, ticks: list[float]
) -> None:
    person = joined(city, simulator)
    simulator.key = ECKey.generate_key("P-256", {"kid": "k2"})
    assert come_back(person, simulator.sign_in(leave(person))).status_code == 403
    assert simulator.asked.count("/keys") == 1
    ticks[0] = 60.0
    assert come_back(person, simulator.sign_in(leave(person))).status_code == 303
    assert simulator.asked.count("/keys") == 2


BROKEN: dict[str, tuple[dict[str, Any], dict[str, bytes]]] = {
    "another issuer": ({"issuer": "https://evil.test"}, {}),
    "no token endpoint": ({"token_endpoint": None}, {}),
    "plain HTTP elsewhere": ({"token_endpoint": "http://evil.test/token"}, {}),
    "a file": ({"jwks_uri": "file:///etc/passwd"}, {}),
    "credentials in an address": ({"jwks_uri": "https://a:b@evil.test/"}, {}),
    "no JSON": ({}, {"/keys": b"<html>"}),
    "a list": ({}, {"/keys": b"[]"}),
    "endless": ({}, {"/keys": b" " * (MAX_BYTES + 1)}),
    "rubbish keys": ({}, {"/keys": b'{"keys":[{"kty":"EC","crv":"P-256","x":1,"y":2}]}'}),
}


def test_a_long_answer_is_not_read_to_its_end(simulator: OidcSimulator) -> None:
    """Even where it would be read well: the members are honest, the rest is space."""
    path = "/.well-known/openid-configuration"
    honest = json.dumps(simulator.answer(path)).encode()
    simulator.broken = {path: honest + b" " * (MAX_BYTES - len(honest))}
    assert Documents().get(simulator.issuer + path)["issuer"] == simulator.issuer
    simulator.broken = {path: simulator.broken[path] + b" "}
    with pytest.raises(ProviderUnavailableError, match="too long"):
        Documents().get(simulator.issuer + path)


@pytest.mark.parametrize("case", BROKEN)
def test_a_provider_that_says_nonsense_is_unavailable(
    city: Office, simulator: OidcSimulator, case: str
) -> None:
    simulator.documents, simulator.broken = BROKEN[case]
    answer = city.stranger().browser.post("/provider/options", {})
    assert (answer.status_code, answer.json()["code"]) == (503, "staff.provider_unavailable")


def test_an_answer_of_another_issuer_is_refused(city: Office, simulator: OidcSimulator) -> None:
    person = joined(city, simulator)
    back = simulator.sign_in(leave(person))
    wrong = back.replace(f"iss={simulator.issuer.replace(':', '%3A').replace('/', '%2F')}", "iss=x")
    assert wrong != back
    assert come_back(person, wrong).status_code == 403


def test_a_person_whom_the_provider_refuses_is_refused(
    city: Office, simulator: OidcSimulator
) -> None:
    person = joined(city, simulator)
    state = parse_qs(urlsplit(leave(person)).query)["state"][0]
    before = len(simulator.asked)
    back = f"{CALLBACK}?error=access_denied&state={state}"
    assert person.browser.ask("GET", back, headers={}).status_code == 403
    assert len(simulator.asked) == before


def test_without_a_provider_there_is_none(office: Office) -> None:
    answer = office.stranger().browser.post("/provider/options", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "staff.provider_missing")
    assert office.stranger().browser.ask("GET", f"{CALLBACK}?code=a&state=b").status_code == 404
    assert API in answer.request.url.path


@pytest.mark.parametrize(
    "address",
    ["http://evil.test", "https://", "ftp://a", "https://a b", "https://a/#x", "https://a:0/"],
)
def test_addresses_that_are_not_called(address: str) -> None:
    with pytest.raises(ProviderUnavailableError):
        check_address(address)
