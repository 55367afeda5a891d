"""The ledger of a service that remembers: what the chain acknowledged, and what it must not forget.

Every act that the chain took is kept in the database, so that it can be put back where the chain
loses it (an old copy of the chain was put back, or a reorganisation). Until it is back, a snapshot
is not believed where it says less than was acknowledged: a key that was ended, leave that was
withdrawn and an issuer that was suspended stay so, and a status list whose newer version is missing
says nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from api.actions import chain_acts
from api.actions.chain_acts import ACCREDITATION_STEPS, ENDING_STEPS, SUSPENSION_STEPS
from api.ports.continuity import ChainAct, ContinuityReader
from api.ports.means import Clock, whole_second
from api.ports.storage import Storage
from contracts.evidence.document import Document
from contracts.evidence.encoding import parse_canonical
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    Issuer,
    Period,
    StatusVersion,
    TrustSnapshot,
)


@dataclass(frozen=True, slots=True)
class AcknowledgedLedger:
    """``contracts.evidence.ledger.Ledger`` over another one. Anchors are kept by who sends them."""

    chain: Ledger
    storage: Storage
    clock: Clock

    def identity(self) -> ChainIdentity:
        """Which chain this is."""
        return self.chain.identity()

    def head(self) -> Block:
        """The newest block."""
        return self.chain.head()

    def snapshot(self) -> TrustSnapshot:
        """What the chain says now, and what it must not forget."""
        snapshot = self.chain.snapshot()
        with self.storage.reading() as reading:
            return remember(reading.continuity, snapshot)

    def register_issuer(self, issuer: bytes) -> None:
        """Enter an issuer in the registry."""
        at = self._now()
        self.chain.register_issuer(issuer)
        self._keep(chain_acts.registered(issuer, at))

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        """Let an issuer issue a credential type."""
        at = self._now()
        self.chain.accredit(issuer, credential_type)
        level = self._level(chain_acts.accreditation_subject(issuer, credential_type))
        number, ended = divmod(-1 if level is None else level, ACCREDITATION_STEPS)
        if ended:
            self._keep(chain_acts.accredited(issuer, credential_type, number + 1, at))

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        """End an accreditation."""
        self.chain.withdraw(issuer, credential_type, ending)
        level = self._level(chain_acts.accreditation_subject(issuer, credential_type)) or 0
        number = level // ACCREDITATION_STEPS
        self._keep(chain_acts.withdrawn(issuer, credential_type, number, ending, self._now()))

    def suspend(self, issuer: bytes) -> None:
        """Stop an issuer for the time being."""
        at = self._now()
        self.chain.suspend(issuer)
        level = self._level(chain_acts.suspension_subject(issuer))
        number, ended = divmod(-1 if level is None else level, SUSPENSION_STEPS)
        if ended:
            self._keep(chain_acts.suspended(issuer, number + 1, at))

    def resume(self, issuer: bytes) -> None:
        """End a suspension."""
        self.chain.resume(issuer)
        level = self._level(chain_acts.suspension_subject(issuer))
        if level is not None:
            number = level // SUSPENSION_STEPS
            self._keep(chain_acts.resumed(issuer, number, self._now()))

    def add_key(self, issuer: bytes, point: bytes) -> None:
        """Add an ES256 key."""
        at = self._now()
        self.chain.add_key(issuer, point)
        self._keep(chain_acts.key_added(issuer, point, at))

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        """End a key."""
        self.chain.end_key(issuer, point, ending)
        self._keep(chain_acts.key_ended(issuer, point, ending, self._now()))

    def open_log(self, log: bytes, key: bytes) -> None:
        """Open a log with the key that signs its notes."""
        self.chain.open_log(log, key)

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a log's next checkpoint."""
        return self.chain.anchor(log, sequence, size, root)

    def publish_status(self, status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        """Publish the digest of a status list's next version."""
        found = self.chain.publish_status(status_list, version, digest)
        self._keep(chain_acts.status_published(status_list, version, digest, found.time))
        return found

    def _now(self) -> datetime:
        """Beginnings are kept with the time before the act, ends with the time after it."""
        return whole_second(self.clock())

    def _level(self, subject: str) -> int | None:
        with self.storage.reading() as reading:
            return reading.continuity.chain_level(subject)

    def _keep(self, act: ChainAct) -> None:
        level = self._level(act.subject)
        if level is None or level < act.step:
            with self.storage.work() as work:
                work.continuity.add_chain_act(act)


def remember(known: ContinuityReader, snapshot: TrustSnapshot) -> TrustSnapshot:
    """A snapshot that says no less than was acknowledged; see the module."""
    levels = chain_acts.levels_of(snapshot)
    missing = [act for act in known.chain_endings() if act.step > levels.get(act.subject, -1)]
    behind = {
        history.status_list
        for history in snapshot.status_lists
        if (known.chain_level(chain_acts.status_subject(history.status_list)) or 0)
        > history.versions[-1].version
    }
    if not missing and not behind:
        return snapshot
    issuers = {issuer.issuer: issuer for issuer in snapshot.issuers}
    for act in missing:
        told = Document.of(parse_canonical(act.arguments), "act")
        name = told.hash("issuer")
        if name in issuers:
            issuers[name] = _ended(issuers[name], act, told)
    lists = (one for one in snapshot.status_lists if one.status_list not in behind)
    return replace(snapshot, issuers=tuple(issuers.values()), status_lists=tuple(lists))


def _ended(issuer: Issuer, act: ChainAct, told: Document) -> Issuer:
    """An issuer with an end that its chain forgot, from the time on at which it was."""
    if act.act == "end_key":
        point, ending = told.data("point", chain_acts.POINT_BYTES), chain_acts.ending_of(told)
        keys = [
            replace(key, period=_end(key.period, ending, act.at)) if key.point == point else key
            for key in issuer.keys
        ]
        return replace(issuer, keys=tuple(keys))
    if act.act == "withdraw":
        kind, ending = told.hash("credential_type"), chain_acts.ending_of(told)
        listed = [*issuer.accreditations]
        places = [n for n, entry in enumerate(listed) if entry.credential_type == kind]
        number = act.step // ACCREDITATION_STEPS
        if number < len(places):
            entry = listed[places[number]]
            listed[places[number]] = replace(entry, period=_end(entry.period, ending, act.at))
        return replace(issuer, accreditations=tuple(listed))
    number, periods = act.step // SUSPENSION_STEPS, [*issuer.suspensions]
    if act.act == "suspend" and number == len(periods):
        periods.append(Period(act.at))
    elif act.act == "resume" and number < len(periods):
        periods[number] = _end(periods[number], Ending.ORDERLY, act.at)
    return replace(issuer, suspensions=tuple(periods))


def _end(period: Period, ending: Ending, at: datetime) -> Period:
    if period.ending is not None and ENDING_STEPS[period.ending] >= ENDING_STEPS[ending]:
        return period
    end = at if period.end is None else period.end
    return Period(period.start, max(end, period.start), ending)
