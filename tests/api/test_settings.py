"""Settings by environment: defaults, overrides, secrets, and what is refused."""

from pathlib import Path

import pytest

from api.settings import Settings, example
from api.variables import Secret, SettingsError
from tests.architecture.sources import ROOT


def test_defaults_suit_one_machine() -> None:
    assert Settings.from_environment({}) == Settings()


def test_environment_overrides_settings() -> None:
    given = {"HOST": "::1", "PORT": "80", "DOJANG_CHAIN": "elsewhere", "DOJANG_TRIAL": "1"}
    settings = Settings.from_environment(given)
    assert (settings.host, settings.port, settings.chain) == ("::1", 80, Path("elsewhere"))
    assert settings.trial


@pytest.mark.parametrize(
    ("port", "others"), [("8000", (8001, 8002)), ("9000", (9001, 9002)), ("0", (0, 0))]
)
def test_the_other_two_ports_follow_the_first(port: str, others: tuple[int, int]) -> None:
    settings = Settings.from_environment({"PORT": port})
    assert (settings.ballot_port, settings.registration_port) == others


def test_database_and_keys_lie_beside_the_chain() -> None:
    settings = Settings.from_environment({"DOJANG_CHAIN": "/data/chain"})
    assert settings.keys == Path("/data/keys")
    assert settings.database.reveal() == "sqlite:////data/dojang.sqlite"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", ""),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80a"),
        ("PORT", "8 0"),
        ("PORT", "٨٠"),
        ("PORT", "9" * 5000),
        ("PORT", "65535"),
        ("HOST", ""),
        ("DOJANG_BALLOT_PORT", "x"),
        ("DOJANG_PEOPLE_ORIGIN", "https://dojang.example/"),
        ("DOJANG_PEOPLE_ORIGIN", "dojang.example"),
        ("DOJANG_PEOPLE_ORIGIN", "https://dojang.example; script-src *"),
        ("DOJANG_THREADS", "0"),
        ("DOJANG_TRIAL", "yes"),
        ("DOJANG_LOG_NAME", "Has Space"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("DOJANG_CHAIN", ""),
        ("DOJANG_TILES", "other.example/log"),
        ("DOJANG_TILES", "other.example/log=http://other.example/tiles"),
        ("DOJANG_TILES", "a/log=https://a.example,a/log=https://b.example"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert name in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "given",
    [
        {"PORT": "9000", "DOJANG_BALLOT_PORT": "9000"},
        {"DOJANG_PEOPLE_ORIGIN": "https://a.example", "DOJANG_BALLOT_ORIGIN": "https://a.example"},
    ],
    ids=["ports", "origins"],
)
def test_three_origins_must_be_three(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="differ"):
        Settings.from_environment(given)


def test_a_secret_comes_from_a_file_and_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://dojang:hidden@db/dojang\n")
    settings = Settings.from_environment({"DATABASE_URL_FILE": str(path)})
    assert settings.database.reveal() == "postgresql://dojang:hidden@db/dojang"
    assert "hidden" not in repr(settings)
    assert "hidden" not in f"{settings.database}"


def test_a_secret_is_given_once_and_its_file_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("sqlite:///a")
    both = {"DATABASE_URL": "sqlite:///b", "DATABASE_URL_FILE": str(path)}
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE"):
        Settings.from_environment(both)
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE"):
        Settings.from_environment({"DATABASE_URL_FILE": str(tmp_path / "missing")})


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"DATABASE_URL": "oracle://dojang:hidden@db"})
    assert "hidden" not in str(caught.value)


def test_secrets_are_equal_by_their_text_and_false_when_empty() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a")
    assert not Secret("")


def test_the_example_is_in_step_and_says_the_defaults() -> None:
    text = (ROOT / "docs" / "service.env.example").read_text(encoding="utf-8")
    assert text == example()
    lines = [line[1:].partition("=") for line in text.splitlines() if line.startswith("#")]
    told = {name: value for name, sign, value in lines if sign and name.isupper()}
    used = {name: value for name, value in told.items() if value or name == "DOJANG_PROXIES"}
    assert Settings.from_environment(used) == Settings()
