"""A served product and a browser to visit it with."""

from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.demonstrations import allowance, contest

__all__ = ["allowance", "chromium", "contest"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that ``make`` found or installed; its absence is a failure, not a skip."""
    stamp = ROOT / ".setup" / "chromium"
    assert stamp.is_file(), "run `make test`: it finds or installs a Chromium first"
    path = stamp.read_text(encoding="utf-8").strip()
    assert Path(path).is_file(), f"{path} is gone: remove .setup/chromium and run `make test`"
    return path
