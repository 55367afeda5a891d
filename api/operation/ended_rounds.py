"""End rounds that are over: erase the secret by which their applicants could be told apart.

A round is over when its period to apply is, and after it the time to object, to decide on the
objection, and to extend that once. Then nobody can apply any more, and nothing needs to be joined.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from api.openid.basis import round_name
from api.openid.ports import KeptScopeSecret
from api.openid.scope_secrets import Scope, scope_name
from api.operation.destroying import Record, destroy
from api.operation.destruction_ledger import DestructionLedger
from api.ports.destruction import RecordKind
from api.store.database import Database
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.dates import korean_day
from verifier.eligibility.policy import Objection

BY_END: Final = "round_over"


def end_rounds(
    storage: Database, ledger: DestructionLedger, catalogue: Catalogue, at: datetime
) -> int:
    """Erase the secrets of rounds that are over, and the digests made with them.

    The ledger of destructions has a line for each, so that no backup brings one back. A round that
    the catalogue does not know any more is left alone: its end is not known.

    Returns:
        How many secrets were erased, and how many copies of credentials were forgotten that have
        ended and that nobody can show again.
    """
    over = set(_over(catalogue, korean_day(at)))
    with storage.reading() as reading:
        kept = [name for name in over if _is_kept(reading.scope_secrets.find(name))]
    for name in sorted(kept):
        destroy(storage, ledger, Record(RecordKind.SCOPE_SECRET, name, BY_END), at)
    with storage.work() as work:
        return len(kept) + work.proposals.forget_spent(at)


def _is_kept(secret: KeptScopeSecret | None) -> bool:
    return secret is not None and secret.sealed is not None


def _over(catalogue: Catalogue, today: date) -> Iterator[str]:
    for service in catalogue.services.values():
        for chosen in service.rounds.values():
            if chosen.closes.value + _longest(service.objection) < today:
                yield scope_name(Scope.ROUND, round_name(service.id, chosen.id))


def _longest(objection: Objection) -> timedelta:
    periods = (objection.file_within, objection.decided_within, objection.extended_by)
    return timedelta(days=sum(period.value for period in periods))
