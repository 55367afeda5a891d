"""Which tests share a process of the run, and which begin first.

A file's tests stay together, because they share what its fixtures made; so do the files of a group,
which share something dearer or must not run at the same time. What takes longest begins first.
(pytest-xdist's own marks for groups do nothing under pytest 9.2, and it does not say so.)
"""

from typing import Any, Final

from xdist.scheduler import LoadScopeScheduling

GROUPS: Final = {
    "live services": (
        "tests/api/operation/test_kills.py",
        "tests/api/operation/test_one_citizen_under_kills.py",
        "tests/api/operation/test_full_disk.py",
        "tests/api/operation/test_marked_data.py",
        "tests/api/operation/test_backup_under_load.py",
        "tests/api/test_serving.py",
        "tests/peers/test_wallet.py",
    ),
    "demonstrations": (
        "tests/api/demo/test_allowance_tampering.py",
        "tests/api/demo/test_contest_tampering.py",
        "tests/api/demo/test_demo_command.py",
        "tests/api/demo/test_demo_trails.py",
        "tests/api/demo/test_poll_tampering.py",
        "tests/api/pages/test_trail_pages.py",
        "tests/browser/test_pages_in_a_browser.py",
    ),
    "second verifier": ("tests/peers/test_poll_verifier.py",),
    "documentation": ("tests/docs/test_documentation.py",),
    "described staff": ("tests/api/staff/test_described.py",),
    "described": ("tests/api/test_openapi.py",),
    "forge": ("tests/contracts/test_forge.py", "tests/contracts/test_slither.py"),
    "browser": (
        "tests/browser/test_papers_in_a_browser.py",
        "tests/browser/test_staff_in_a_browser.py",
        "tests/browser/test_counter_in_a_browser.py",
    ),
    "twin": ("tests/browser/test_twin.py", "tests/browser/test_twin_differential.py"),
}
"""The slowest first."""
_GROUP_OF: Final = {file: group for group, files in GROUPS.items() for file in files}
_ORDER: Final = {group: place for place, group in enumerate(GROUPS)}


def group_of(nodeid: str) -> str:
    """The group of a test, or its file where that is in none."""
    file = nodeid.partition("::")[0]
    return _GROUP_OF.get(file, file)


def place_of(nodeid: str) -> int:
    """How early a test begins: those of the slowest group first, those of no group last."""
    return _ORDER.get(group_of(nodeid), len(_ORDER))


class Together(LoadScopeScheduling):  # type: ignore[misc] # the package has no types
    """Deals out groups, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    @staticmethod
    def make(config: Any, log: Any) -> "Together":
        """A scheduler that keeps the order of collection."""
        config.option.loadscopereorder = False
        return Together(config, log)
