"""A citizen's identity step in Chromium: to the provider and back without a script, accessible."""

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.app import Parts
from api.identity.provider import Client, OidcProvider
from api.openid.citizen import CitizenDesk
from api.pages.citizen import RETURN
from api.store.database import Database
from api.store.migration import migrate
from tests.api.counter.site import CounterSite
from tests.api.databases import StillClock
from tests.browser.test_counter_in_a_browser import served
from tests.browser.walking import walk
from tests.simulators.oidc_provider import CLIENT, SECRET, OidcSimulator, serving


def with_citizens(site: CounterSite, simulator: OidcSimulator) -> Callable[[str], Parts]:
    def parts_at(origin: str) -> Parts:
        assert site.parts.counters is not None
        provider = OidcProvider(Client(simulator.issuer, CLIENT, SECRET, origin + RETURN))
        counter = site.parts.counters.counter
        desk = CitizenDesk(counter, site.parts.means, provider, simulator.issuer)
        return replace(site.parts, counters=replace(site.parts.counters, citizens=desk))

    return parts_at


def visited(chromium: str, folder: Path, *, declines: bool) -> tuple[dict[str, Any], int]:
    """What the browser saw, and how many offers were made."""
    url = f"sqlite:///{folder / f'citizens-{secrets.token_hex(4)}.sqlite'}"
    migrate(url)
    clock = StillClock()
    with closing(Database(url, threads=8)) as storage:
        site = CounterSite.start(storage, clock, folder)
        made = OidcSimulator(lambda: int(clock().timestamp()), declines=declines)
        with serving(made) as simulator, served(with_citizens(site, simulator), "") as origin:
            seen = walk("citizen", chromium, origin)
        return seen, len(site.acts())


@pytest.mark.parametrize("declines", [False, True], ids=["goes on", "stops"])
def test_a_citizen_comes_back_with_an_offer_unless_they_stopped(
    chromium: str, tmp_path: Path, declines: bool
) -> None:
    seen, offers = visited(chromium, tmp_path, declines=declines)
    shown = int(not declines)
    assert seen["findings"] == []
    assert offers == 2 * shown
    for lang in ("ko", "en"):
        assert seen["steps"][lang] == {
            "lang": lang,
            "path": RETURN,
            "square": bool(shown),
            "digits": shown,
            "links": shown,
            "cookies": 0,
            "again": 0,
        }
