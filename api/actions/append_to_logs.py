"""Append to evidence logs: errands of kind ``log.append`` become leaves, each exactly once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.deliver_outbox import Failure
from api.ports import log_names
from api.ports.errors import LogHaltedError
from api.ports.outbox import Errand, LeasedErrand
from api.ports.storage import Storage
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError
from contracts.evidence.merkle import leaf_hash

LOG_APPEND: Final = log_names.LOG_APPEND


def log_errand(log: str, key: str, entry: bytes, due: datetime) -> Errand:
    """The errand that enters something in a log.

    Args:
        log: the log's name within the service, without a slash.
        key: names the entry within the log; at most 90 characters.
        entry: what the leaf stands for; only its leaf hash is kept.
        due: not before this moment.
    """
    payload = canonical({"log": log, "leaf": leaf_hash(entry).hex()})
    return Errand(LOG_APPEND, f"{log}/{key}", payload, due)


@dataclass(frozen=True, slots=True)
class AppendToLogs:
    """The handler of ``log.append``: one transaction for a batch of each log."""

    storage: Storage

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Append what is not in its log yet, in the order of the errands."""
        by_log: dict[str, list[_Entry]] = defaultdict(list)
        failures = {}
        for errand in errands:
            try:
                log, leaf = parse_append(errand.payload)
            except EncodingError:
                failures[errand.id] = Failure("log.malformed", lasting=True)
            else:
                by_log[log].append((errand.id, errand.key.removeprefix(f"{log}/"), leaf))
        for log, leaves in by_log.items():
            try:
                self._append(log, leaves)
            except LogHaltedError as error:
                failures |= {number: Failure(error.code) for number, _, _ in leaves}
        return failures

    def _append(self, log: str, leaves: "Sequence[_Entry]") -> None:
        with self.storage.work() as work:
            tree = work.logs.open(log)
            for _, key, leaf in leaves:
                if work.logs.place(log, key) is None:
                    work.logs.enter(log, key, tree.append(leaf))
            work.logs.keep(log, tree)


_Entry = tuple[int, str, bytes]
"""An errand's id, the entry's key and its leaf."""


def parse_append(payload: bytes) -> tuple[str, bytes]:
    """The log and the leaf of such an errand.

    Raises:
        EncodingError: no payload of ``log_errand``.
    """
    document = Document.of(parse_canonical(payload), LOG_APPEND)
    log, leaf = document.text("log"), document.hash("leaf")
    document.close()
    return log, leaf
