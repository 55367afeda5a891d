"""Settings by environment: defaults, overrides, and what is refused."""

from pathlib import Path

import pytest

from api.settings import Settings, SettingsError


def test_defaults_suit_one_machine() -> None:
    assert Settings.from_environment({}) == Settings("127.0.0.1", 8000, Path("var/chain"))


def test_environment_overrides_every_setting() -> None:
    given = {"HOST": "::1", "PORT": "0", "DOJANG_CHAIN": "elsewhere"}
    assert Settings.from_environment(given) == Settings("::1", 0, Path("elsewhere"))


@pytest.mark.parametrize("port", ["", "-1", "65536", "80a", "8 0"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment({"PORT": port})
