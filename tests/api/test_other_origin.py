"""A start under another port or name: everybody stays who they were, and all goes on."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from api.openid.assembly import MASTER, PERSONS
from api.ports.errors import KeysMissingError, OtherOriginError
from api.ports.means import Means
from api.settings import Settings
from api.store.carried_secrets import carried_secret
from api.store.database import Database
from api.store.key_register import KeyRegister
from api.store.secret_files import SecretFiles
from api.wiring import wire_wallets
from tests.api.databases import StillClock
from tests.simulators.issuer_keys import MemoryKeys
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.openid_trial import AGENCY, SimulatedWallet, Trial
from verifier.credential.sdjwt import parse_sd_jwt

NAME = "openid-test.key"


@pytest.fixture
def both(storage: Database, clock: StillClock, tmp_path: Path) -> Trial:
    return Trial.start(storage, clock, tmp_path)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def before(storage: Database, keys: Path, *folders: str) -> None:
    """Secrets as they lay when each origin had its own."""
    for folder in folders:
        register = KeyRegister(storage).within(folder)
        SecretFiles(keys / folder, secrets.token_bytes, register).secret(NAME)
    KeyRegister(storage).settle()


def carried(storage: Database, keys: Path, folder: str) -> bytes:
    return carried_secret(keys, secrets.token_bytes, KeyRegister(storage), folder, NAME)


def read(path: Path) -> bytes:
    return bytes.fromhex(path.read_text())


def test_a_secret_is_one_for_all_origins(storage: Database, keys: Path) -> None:
    first = carried(storage, keys, "openid-a")
    assert carried(storage, keys, "openid-b") == first == read(keys / NAME)


@pytest.mark.parametrize("origin", ["openid-a", "openid-b"])
def test_a_secret_of_before_is_taken_over(storage: Database, keys: Path, origin: str) -> None:
    before(storage, keys, "openid-a")
    assert carried(storage, keys, origin) == read(keys / "openid-a" / NAME)
    KeyRegister(storage).settle()
    (keys / NAME).unlink()
    with pytest.raises(KeysMissingError):
        carried(storage, keys, origin)


def test_of_several_the_present_origins_is_taken_or_none(storage: Database, keys: Path) -> None:
    before(storage, keys, "openid-a", "openid-b")
    with pytest.raises(OtherOriginError, match=r"openid-a/.*openid-b/"):
        carried(storage, keys, "openid-c")
    assert not (keys / NAME).exists()
    assert carried(storage, keys, "openid-b") == read(keys / "openid-b" / NAME)
    assert carried(storage, keys, "openid-a") == read(keys / "openid-b" / NAME), "once for all"


def test_settings_of_another_port_find_the_same_secrets(
    means: Means, lite: Database, tmp_path: Path
) -> None:
    settings = Settings.from_environment({"DOJANG_CHAIN": str(tmp_path / "chain")})
    ledger = SimulatedLedger(lambda: 0)
    offices = [
        wire_wallets(
            settings, means, lite, ledger, demo=True, ports=(port, port + 1, port + 2)
        ).console.office
        for port in (8000, 9000)
    ]
    [(first, persons), (second, again)] = [(one.secrets.of("x"), one.persons) for one in offices]
    assert (first, persons) == (second, again)
    assert {path.name for path in settings.keys.glob("*.key")} >= {MASTER, PERSONS}
    uris = {one.agency(AGENCY).uri for one in offices}
    assert uris == {f"http://localhost:{port}/issuers/district" for port in (8000, 9000)}


def test_a_person_is_known_again_under_another_origin_and_all_goes_on(both: Trial) -> None:
    ground = replace(both.ground, origin="http://localhost:9000", issuer_keys=MemoryKeys())
    other = Trial.of(ground)
    shown = []
    for trial in (both, other):
        wallet = SimulatedWallet(trial)
        assert wallet.obtain("voter", "citizen-poll").status_code == 200
        assert wallet.obtain().status_code == 200
        claims = [dict(parse_sd_jwt(text).reveal()) for text, _ in wallet.held]
        shown.append((claims[0]["voter"], claims[1]["person"]))
        asked = trial.ask()
        assert wallet.show(asked).status_code == 200
        assert trial.result(asked)["outcome"] == "eligible"
    assert shown[0] == shown[1]


def test_what_was_sealed_with_another_secret_is_told_as_not_now(both: Trial) -> None:
    """As in a database that two origins had written to before."""
    wallet = SimulatedWallet(both)
    assert wallet.obtain("voter", "citizen-poll").status_code == 200
    _, persons = both.ground.secrets
    other = Trial.of(replace(both.ground, secrets=(secrets.token_bytes(32), persons)))
    refused = SimulatedWallet(other).obtain("voter", "citizen-poll")
    assert (refused.status_code, refused.json()["code"]) == (503, "storage.unavailable")
    assert refused.headers["Retry-After"]
