"""What settings put together: the identity provider for citizens, and nothing without one."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.identity.provider import OidcProvider
from api.observation.metrics import Exposition
from api.observation.watching import NOBODY
from api.openid.agency_file import AGENCIES_VERSION
from api.openid.retrieval import HttpMirror
from api.operation.measure_sources import readable_registers
from api.pages.counter import CounterParts
from api.ports.means import Means
from api.settings import Settings
from api.store.database import Database
from api.variables import SettingsError
from api.wiring import system_clock, wire, wire_counters, wire_wallets
from tests.simulators.ledger import SimulatedLedger

PORTS = (8000, 8001, 8002)
ISSUER = "https://login.example/realms/citizens"
CITIZENS = {"DOJANG_CITIZEN_OIDC_ISSUER": ISSUER, "DOJANG_CITIZEN_OIDC_CLIENT": "dojang"}


def settings_of(folder: Path, **more: str) -> Settings:
    return Settings.from_environment({"DOJANG_CHAIN": str(folder / "chain"), **more})


def counters_of(settings: Settings, lite: Database, means: Means) -> CounterParts:
    ledger = SimulatedLedger(lambda: 0)
    wallets = wire_wallets(settings, means, lite, ledger, demo=False, ports=PORTS)
    return wire_counters(settings, means, wallets, PORTS, demo=False)


@pytest.mark.parametrize(("more", "status"), [({}, 404), (CITIZENS, 200)])
def test_the_pages_of_citizens_are_served_with_a_provider(
    tmp_path: Path, more: dict[str, str], status: int
) -> None:
    with wire(settings_of(tmp_path, **more), None, PORTS, NOBODY) as service:
        client = TestClient(service.by_port[8000], base_url="http://localhost:8000")
        assert client.get("/credentials").status_code == status
        assert client.get("/credentials/return").status_code == (403 if status == 200 else 404)
        for port in PORTS[1:]:
            other = TestClient(service.by_port[port], base_url=f"http://localhost:{port}")
            assert other.get("/credentials").status_code == 404


def test_the_provider_is_what_the_settings_say(
    tmp_path: Path, lite: Database, means: Means
) -> None:
    more = {
        **CITIZENS,
        "DOJANG_CITIZEN_OIDC_SECRET": "hidden",
        "DOJANG_CITIZEN_OIDC_CLAIM": "https://city.example/register_id",
        "DOJANG_CITIZEN_OIDC_SCOPE": "openid register",
        "DOJANG_PEOPLE_ORIGIN": "https://dojang.example",
    }
    settings = settings_of(tmp_path, **more)
    assert "hidden" not in repr(settings)
    desk = counters_of(settings, lite, means).citizens
    assert desk is not None
    assert isinstance(desk.provider, OidcProvider)
    client = desk.provider.client
    assert (client.issuer, client.name, client.secret) == (ISSUER, "dojang", "hidden")
    assert client.redirect == "https://dojang.example/credentials/return"
    assert (client.claim, client.scope) == ("https://city.example/register_id", "openid register")
    assert "hidden" not in repr(desk)


def test_the_provider_of_staff_is_not_the_citizens(
    tmp_path: Path, lite: Database, means: Means
) -> None:
    staff = {"DOJANG_OIDC_ISSUER": ISSUER, "DOJANG_OIDC_CLIENT": "dojang-staff"}
    assert counters_of(settings_of(tmp_path, **staff), lite, means).citizens is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOJANG_CITIZEN_OIDC_ISSUER", "http://login.example"),
        ("DOJANG_CITIZEN_OIDC_ISSUER", f"https://login.example/{'a' * 80}"),
        ("DOJANG_CITIZEN_OIDC_CLIENT", ""),
        ("DOJANG_CITIZEN_OIDC_CLAIM", ""),
        ("DOJANG_CITIZEN_OIDC_CLAIM", "two words"),
        ("DOJANG_CITIZEN_OIDC_SCOPE", "profile"),
        ("DOJANG_CITIZEN_OIDC_SCOPE", "openid  profile"),
        ("DOJANG_CITIZEN_OIDC_SCOPE", 'openid "'),
        ("DOJANG_CITIZEN_OIDC_SCOPE", "openidx"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**CITIZENS, name: value})


@pytest.mark.parametrize("missing", CITIZENS)
def test_issuer_and_client_are_set_together(missing: str) -> None:
    assert Settings.from_environment(CITIZENS).citizen_provider == ISSUER
    given = {name: value for name, value in CITIZENS.items() if name != missing}
    with pytest.raises(SettingsError, match="set together"):
        Settings.from_environment(given)


def test_other_services_tiles_are_fetched_where_the_settings_say(
    tmp_path: Path, lite: Database, means: Means
) -> None:
    told = "a.example/log=https://a.example/evidence,b.example/log=https://b.example/tiles"
    ledger = SimulatedLedger(lambda: 0)
    for given, found in [(told, {"a.example/log", "b.example/log"}), ("", set())]:
        settings = settings_of(tmp_path, **({"DOJANG_TILES": given} if given else {}))
        trust = wire_wallets(settings, means, lite, ledger, demo=False, ports=PORTS).trust
        assert isinstance(trust.mirror, HttpMirror)
        assert set(trust.mirror.tiles) == found


def test_one_register_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, lite: Database, means: Means
) -> None:
    title = {"ko": "[시험] 구청", "en": "[test] district office"}
    agency = {"id": "district", "title": title, "types": ["benefit", "resident-registration"]}
    (tmp_path / "agencies.json").write_text(
        json.dumps({"version": AGENCIES_VERSION, "agencies": [agency]})
    )
    (tmp_path / "benefit.csv").write_bytes(b"person,basic_livelihood,near_poor\n1,yes,maybe\n")
    people = "person,birth_date,city,district,household_size\n1,2000-05-05,KR-11,종로구,1\n"
    (tmp_path / "resident-registration.csv").write_text(people, encoding="cp949")
    settings = settings_of(tmp_path, DOJANG_AGENCIES=str(tmp_path / "agencies.json"))
    with capture_logs() as lines:
        ledger = SimulatedLedger(lambda: 0)
        wallets = wire_wallets(settings, means, lite, ledger, demo=False, ports=PORTS)
    assert [(line["kind"], line["line"], line["column"]) for line in lines] == [
        ("benefit", 2, "near_poor")
    ]
    page = (
        Exposition(lite, system_clock, tmp_path, readable_registers(wallets.console.office))
        .page()
        .decode()
    )
    assert 'dojang_register_unreadable{register="benefit"} 1.0' in page
    assert 'dojang_register_unreadable{register="resident-registration"} 0.0' in page
