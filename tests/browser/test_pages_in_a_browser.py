"""The served pages in a real browser, in both languages, on a phone and on a desk."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.browser.walking import walk


def test_pages_have_no_errors_fit_the_screen_and_are_accessible(
    chromium: str, allowance: Path, contest: Path, tmp_path: Path
) -> None:
    (tmp_path / "allowance").symlink_to(allowance)
    (tmp_path / "contest").symlink_to(contest)
    environment = os.environ | {"PORT": "0", "DOJANG_CHAIN": str(tmp_path / "chain")}
    command = [sys.executable, "-m", "api.cli", "serve", "--demo", str(tmp_path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        address = re.search(r"http://\S+", service.stderr.readline())
        assert address is not None
        try:
            urls = [f"{address[0]}/?lang=ko", f"{address[0]}/?lang=en"]
            seen = walk("visit", chromium, *urls)
        finally:
            service.terminate()
    assert seen == []
