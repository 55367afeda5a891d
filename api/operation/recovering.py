"""Bring every halted log up from what was published: an explicit act of an operator."""

from collections.abc import Mapping
from datetime import datetime

from api.operation.continuity import Watch, agree_on_chain, compare_logs, known_logs, recover_log


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
    halted = [halt.log for halt in compare_logs(watch, known_logs(watch), at)]
    return {name: recover_log(watch, name, at) for name in halted}
