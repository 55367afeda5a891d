"""Record an administrative act: a row, and a leaf in the log ``administration``, as one.

The entry names nobody: accounts by their random ids, and what was said besides by a digest under a
random salt. Erasing the row's detail leaves the leaf meaningless.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.actions.append_to_logs import log_errand
from api.ports.acts import AdministrativeEntry
from api.ports.means import Randomness
from api.ports.storage import Work
from contracts.evidence.encoding import Json, b64u_encode, canonical, format_time, tagged_hash

ADMINISTRATION_LOG: Final = "administration"
ENTRY_VERSION: Final = "dojang-administration-v1"
CONSOLE: Final = "console"
"""Stands for whoever has the machine itself."""
ID_BYTES: Final = 16
_DETAIL: Final = "dojang-administration-v1/detail"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done.

    Args:
        act: as ``role.grant``.
        account: id of who did it.
        object: id of what it was done to.
        detail: what else belongs to it; names nobody.
    """

    act: str
    account: str
    object: str
    detail: dict[str, Json] = field(default_factory=dict)


def record_administration(work: Work, deed: Deed, at: datetime, rng: Randomness) -> str:
    """Keep what was done, and let it enter the evidence log; returns the entry's id."""
    identifier = b64u_encode(rng(ID_BYTES))
    detail = canonical({**deed.detail, "salt": b64u_encode(rng(ID_BYTES))})
    entry = canonical(
        {
            "version": ENTRY_VERSION,
            "id": identifier,
            "act": deed.act,
            "account": deed.account,
            "object": deed.object,
            "time": format_time(at),
            "digest": tagged_hash(_DETAIL, detail).hex(),
        }
    )
    kept = AdministrativeEntry(identifier, deed.act, deed.account, deed.object, at, detail, entry)
    work.acts.record(kept)
    work.outbox.put(log_errand(ADMINISTRATION_LOG, identifier, entry, at))
    return identifier
