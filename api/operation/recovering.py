"""Bring every halted log up from what was published: an explicit act of an operator."""

from collections.abc import Mapping
from datetime import datetime

from api.operation.continuity import Watch, agree_on_chain, compare_logs, recover_log


def recover_all(watch: Watch, at: datetime) -> Mapping[str, int]:
    """Compare all logs, and take from the published tiles what those behind lack.

    Returns:
        Leaves taken by log, for those that were halted.

    Raises:
        NotRecoverableError: the tiles do not lead to what was signed; that log stays halted.
        OtherChainError: it is another chain than the logs are on.
        LedgerUnavailableError: the chain cannot be asked.
    """
    agree_on_chain(watch.storage, watch.ledger.identity())
    with watch.storage.reading() as reading:
        names = list(reading.continuity.log_names())
    halted = [halt.log for halt in compare_logs(watch, names, at)]
    return {name: recover_log(watch, name, at) for name in halted}
