"""For every test: the cases that hypothesis looks at, and in which process and order they run.

The same cases on every machine, no deadlines; ``HYPOTHESIS_PROFILE=search`` looks for new ones.
"""

import gc
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.scheduling import Together, place_of

settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Together:
    """Tests that share something run in one process."""
    return Together.make(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: place_of(item.nodeid))


def pytest_collection_finish() -> None:
    """What was imported stays: it need not be looked at again whenever memory is tidied up."""
    gc.collect()
    gc.freeze()
