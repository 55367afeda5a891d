"""The table of waits is what the program does, and every wait of the program is in it."""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RECORD: Final = ROOT / "docs/decisions/0019-waiting.md"
ROWS: Final = re.findall(
    r"^\| [^|]+ \| `(api\.[\w.]+)` \| `(\w+) = ([\d.]+)` \|", RECORD.read_text(), re.MULTILINE
)
WAITS: Final = re.compile(
    r"create_connection\(|getaddrinfo\(|AF_UNIX|\.settimeout\(|timeout=|lock_in_time\(|LOCK_EX|urlopen|httpx"
    r"|subprocess\.|\.acquire\(|Semaphore\("
)
"""What waits, or could."""
WITHIN: Final = {
    # The bulkhead, the turn and the one place of HTTP: bounded by whoever uses them.
    "api/waiting/bulkhead.py": "api.waiting.bounds",
    "api/waiting/http.py": "api.identity.provider_documents",
    "api/waiting/turn.py": "api.waiting.turn",
    "api/identity/provider.py": "api.identity.provider_documents",
    "api/identity/provider_documents.py": "api.identity.provider_documents",
    "api/openid/retrieval.py": "api.openid.retrieval",
    "api/operation/remote_ledger.py": "api.operation.remote_ledger",
    "api/operation/door_messages.py": "api.operation.remote_ledger",
    "api/operation/chain_door.py": "api.operation.chain_door",
    "api/store/engines.py": "api.store.engines",
    "api/store/bounded_connection.py": "api.waiting.bounds",
    "api/store/group_commit.py": "api.store.engines",
    "api/store/locks.py": "api.store.engines",
    "api/store/database.py": "api.waiting.bounds",
    "api/operation/destruction_ledger.py": "api.operation.destruction_ledger",
    "api/operation/publication.py": "api.operation.publication",
    "api/store/database_mark.py": "api.store.database_mark",
    "api/observation/metrics_page.py": "api.observation.metrics_page",
    # Never wait: a listening socket that is not blocking, options of connections and browsers.
    "api/identity/passkeys.py": "api.http.guard",
    "api/serving.py": "api.operation.supervising",
    "api/http/connection.py": "api.http.guard",
}
"""Under which line of the table each file's waits stand."""
PLAYED: Final = ("api/demo/", "api/openid/demo_commands.py")
"""Commands of the demonstrations: nobody else waits for them."""


def test_each_line_says_what_the_program_does() -> None:
    assert len(ROWS) == 16
    for module, name, value in ROWS:
        assert getattr(import_module(module), name) == float(value), (module, name)


def test_every_wait_of_the_program_is_in_the_table() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "api").rglob("*.py")
        if WAITS.search(path.read_text())
    }
    found = {path for path in found if not path.startswith(PLAYED)}
    assert found <= set(WITHIN), "a wait that is in no line of docs/decisions/0019-waiting.md"
    listed = {module for module, _, _ in ROWS}
    assert set(WITHIN.values()) <= listed
