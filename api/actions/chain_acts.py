"""Acts on chain as they are kept: what each changed, how far that had come, and doing it again.

A subject's steps only grow, on the chain as in the database, so that two numbers say whether the
chain lacks something of it.

    issuer/<id>               0 registered
    suspension/<id>           2n suspended for the n-th time, 2n+1 resumed
    accreditation/<digest>    3n accredited for the n-th time, 3n+1 withdrawn, 3n+2 as compromised
    key/<digest>              0 added, 1 ended, 2 ended as compromised
    status/<id>               the version

Logs are not among them: their anchors are kept with the logs.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

from api.ports.continuity import ChainAct
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.errors import EncodingError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import Ending, Issuer, TrustSnapshot

POINT_BYTES: Final = 64
ENDING_STEPS: Final = {Ending.ORDERLY: 1, Ending.COMPROMISED: 2}
"""Of a key, and of an accreditation counted from its beginning."""
SUSPENSION_STEPS: Final = 2
ACCREDITATION_STEPS: Final = 3
BOUNDARIES: Final = frozenset({"end_key", "withdraw", "suspend", "resume"})
"""Acts that divide what was anchored before them from what was anchored after."""


def issuer_subject(issuer: bytes) -> str:
    """An issuer's entry in the registry."""
    return f"issuer/{issuer.hex()}"


def suspension_subject(issuer: bytes) -> str:
    """An issuer's suspensions."""
    return f"suspension/{issuer.hex()}"


def accreditation_subject(issuer: bytes, credential_type: bytes) -> str:
    """An issuer's leave to issue a credential type."""
    return f"accreditation/{sha256(issuer + credential_type).hexdigest()}"


def key_subject(issuer: bytes, point: bytes) -> str:
    """A key of an issuer."""
    return f"key/{sha256(issuer + point).hexdigest()}"


def status_subject(status_list: bytes) -> str:
    """A status list."""
    return f"status/{status_list.hex()}"


def registered(issuer: bytes, at: datetime) -> ChainAct:
    """An issuer was entered."""
    return _act(issuer_subject(issuer), 0, "register_issuer", at, issuer=issuer.hex())


def key_added(issuer: bytes, point: bytes, at: datetime) -> ChainAct:
    """A key was added."""
    subject = key_subject(issuer, point)
    return _act(subject, 0, "add_key", at, issuer=issuer.hex(), point=point.hex())


def key_ended(issuer: bytes, point: bytes, ending: Ending, at: datetime) -> ChainAct:
    """A key was ended."""
    told: dict[str, Json] = {"issuer": issuer.hex(), "point": point.hex(), "ending": ending.value}
    return _act(key_subject(issuer, point), ENDING_STEPS[ending], "end_key", at, **told)


def accredited(issuer: bytes, credential_type: bytes, number: int, at: datetime) -> ChainAct:
    """Leave was given for the n-th time (0-based)."""
    subject = accreditation_subject(issuer, credential_type)
    told: dict[str, Json] = {"issuer": issuer.hex(), "credential_type": credential_type.hex()}
    return _act(subject, ACCREDITATION_STEPS * number, "accredit", at, **told)


def withdrawn(
    issuer: bytes, credential_type: bytes, number: int, ending: Ending, at: datetime
) -> ChainAct:
    """Leave that was given for the n-th time was withdrawn."""
    subject = accreditation_subject(issuer, credential_type)
    step = ACCREDITATION_STEPS * number + ENDING_STEPS[ending]
    told: dict[str, Json] = {
        "issuer": issuer.hex(),
        "credential_type": credential_type.hex(),
        "ending": ending.value,
    }
    return _act(subject, step, "withdraw", at, **told)


def suspended(issuer: bytes, number: int, at: datetime) -> ChainAct:
    """An issuer was suspended for the n-th time (0-based)."""
    step = SUSPENSION_STEPS * number
    return _act(suspension_subject(issuer), step, "suspend", at, issuer=issuer.hex())


def resumed(issuer: bytes, number: int, at: datetime) -> ChainAct:
    """The n-th suspension of an issuer ended."""
    step = SUSPENSION_STEPS * number + 1
    return _act(suspension_subject(issuer), step, "resume", at, issuer=issuer.hex())


def status_published(status_list: bytes, version: int, digest: bytes, at: datetime) -> ChainAct:
    """A version of a status list was published."""
    told: dict[str, Json] = {
        "status_list": status_list.hex(),
        "version": version,
        "digest": digest.hex(),
    }
    return _act(status_subject(status_list), version, "publish_status", at, **told)


def acts_of(snapshot: TrustSnapshot) -> Iterator[ChainAct]:
    """Every act that a snapshot shows, without the logs. The end of a period is shown once.

    A period that ended in order and was found compromised later shows its compromised end alone.
    """
    for issuer in snapshot.issuers:
        yield from _acts_of_issuer(issuer, snapshot.head.time)
    for history in snapshot.status_lists:
        for version in history.versions:
            yield status_published(
                history.status_list, version.version, version.digest, version.time
            )


def _acts_of_issuer(issuer: Issuer, head: datetime) -> Iterator[ChainAct]:
    name = issuer.issuer
    periods = [key.period for key in issuer.keys] + [
        leave.period for leave in issuer.accreditations
    ]
    yield registered(name, min((period.start for period in periods), default=head))
    for key in issuer.keys:
        yield key_added(name, key.point, key.period.start)
        if key.period.end is not None and key.period.ending is not None:
            yield key_ended(name, key.point, key.period.ending, key.period.end)
    counted: dict[bytes, int] = {}
    for entry in issuer.accreditations:
        number = counted[entry.credential_type] = counted.get(entry.credential_type, -1) + 1
        period = entry.period
        yield accredited(name, entry.credential_type, number, period.start)
        if period.end is not None and period.ending is not None:
            yield withdrawn(name, entry.credential_type, number, period.ending, period.end)
    for number, period in enumerate(issuer.suspensions):
        yield suspended(name, number, period.start)
        if period.end is not None:
            yield resumed(name, number, period.end)


def levels_of(snapshot: TrustSnapshot) -> dict[str, int]:
    """How far each subject has come on a chain."""
    levels: dict[str, int] = {}
    for act in acts_of(snapshot):
        levels[act.subject] = max(levels.get(act.subject, -1), act.step)
    return levels


def do_again(ledger: Ledger, act: ChainAct) -> None:
    """Do an act, which changes nothing where it holds already.

    Raises:
        EncodingError: it is none of those above.
        LedgerError: the chain refused, or could not be reached.
    """
    told = Document.of(parse_canonical(act.arguments), "act")
    match act.act:
        case "register_issuer":
            ledger.register_issuer(told.hash("issuer"))
        case "suspend":
            ledger.suspend(told.hash("issuer"))
        case "resume":
            ledger.resume(told.hash("issuer"))
        case "add_key":
            ledger.add_key(told.hash("issuer"), told.data("point", POINT_BYTES))
        case "end_key":
            point = told.data("point", POINT_BYTES)
            ledger.end_key(told.hash("issuer"), point, ending_of(told))
        case "accredit":
            ledger.accredit(told.hash("issuer"), told.hash("credential_type"))
        case "withdraw":
            kind = told.hash("credential_type")
            ledger.withdraw(told.hash("issuer"), kind, ending_of(told))
        case "publish_status":
            version = told.integer("version")
            ledger.publish_status(told.hash("status_list"), version, told.hash("digest"))
        case _:
            raise EncodingError("an unknown act on chain")


def ending_of(told: Document) -> Ending:
    """The member ``ending``.

    Raises:
        EncodingError: no such ending.
    """
    text = told.text("ending")
    if text not in {ending.value for ending in Ending}:
        raise EncodingError("an unknown ending")
    return Ending(text)


def _act(subject: str, step: int, act: str, at: datetime, **told: Json) -> ChainAct:
    return ChainAct(subject, step, act, canonical(told), at)
