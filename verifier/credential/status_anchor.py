"""Believing a status list: signed by a registered key, and the newest version that was anchored."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from contracts.evidence.names import status_list_id
from contracts.evidence.snapshot import Ending, IssuerKey, StatusVersion, TrustSnapshot
from verifier.credential.bundle import FetchedStatusList
from verifier.credential.errors import (
    SignatureError,
)
from verifier.credential.keys import PublicKey
from verifier.credential.status import (
    Status,
    StatusReference,
    StatusToken,
    check_token_time,
    status_meaning,
)
from verifier.credential.status_cwt import parse_fetched_token
from verifier.credential.validity import CLOCK_TOLERANCE
from verifier.errors import (
    StatusDoubt,
    StatusUndeterminedError,
)

KeyRecord: TypeAlias = tuple[bytes, PublicKey, IssuerKey]
"""Issuer id (32 bytes), key, and the registry's entry of it."""


@dataclass(frozen=True, slots=True)
class AnchoredStatusList:
    """A status list signed by a registered key, with the versions that were anchored of it.

    ``issuer`` is the 32-byte id of the key's owner, ``digest`` the SHA-256 of the token. ``ttl``
    counts from ``fetched``, which is never later than the snapshot's head.
    """

    issuer: bytes
    digest: bytes
    token: StatusToken
    versions: tuple[StatusVersion, ...]
    fetched: datetime


@dataclass(frozen=True, slots=True)
class UnusableStatusList:
    """A status list that says nothing, and why."""

    doubt: StatusDoubt
    reason: str


KnownStatusList: TypeAlias = AnchoredStatusList | UnusableStatusList


def know_status_lists(
    fetched: Iterable[FetchedStatusList], keys: Mapping[str, KeyRecord], snapshot: TrustSnapshot
) -> dict[str, KnownStatusList]:
    """Check fetched status lists, by URI; one that cannot be believed keeps its reason."""
    known: dict[str, KnownStatusList] = {}
    for entry in fetched:
        try:
            known[entry.uri] = _know(entry, keys, snapshot)
        except StatusUndeterminedError as error:
            known[entry.uri] = UnusableStatusList(error.doubt, str(error))
    return known


def read_status(
    known: KnownStatusList | None, reference: StatusReference, issuer: bytes, at: datetime
) -> Status:
    """The status of a credential at a moment (section 8.3 of the draft; C-49, C-50).

    Args:
        known: the list that was fetched from the reference's URI; None if none was.
        reference: from the credential's ``status`` claim.
        issuer: id of the credential's issuer, 32 bytes, who must have signed the list.
        at: the moment of use.

    Raises:
        StatusUndeterminedError: with the doubt, whenever anything keeps the status from being
            known. An older version that is shown again ends here (``replaced``).
        StatusIndexError: the index lies outside the list.
    """
    if known is None:
        raise _doubt(StatusDoubt.UNAVAILABLE, "no status list was fetched")
    if isinstance(known, UnusableStatusList):
        raise _doubt(known.doubt, known.reason)
    if known.issuer != issuer:
        raise _doubt(StatusDoubt.SIGNATURE, "the status list is signed by another issuer")
    _check_age(known, at)
    _check_newest(known, at)
    return status_meaning(known.token.entries.value(reference.index))


def _know(
    entry: FetchedStatusList, keys: Mapping[str, KeyRecord], snapshot: TrustSnapshot
) -> AnchoredStatusList:
    """The list is inflated last: only what a registered issuer signed and anchored may cost."""
    token = parse_fetched_token(entry.token)
    facts = token.facts
    if facts.uri != entry.uri:
        raise _doubt(StatusDoubt.SUBJECT, "the status list's sub is another URI")
    if facts.kid not in keys:
        raise _doubt(StatusDoubt.SIGNATURE, "the status list is signed by no registered key")
    issuer, key, record = keys[facts.kid]
    try:
        token.signed.check(key)
    except SignatureError as error:
        raise _doubt(StatusDoubt.SIGNATURE, "the status list's signature is wrong") from error
    if not _in_force(record, facts.issued):
        raise _doubt(StatusDoubt.SIGNATURE, "the status list's key was not in force")
    history = snapshot.status_list(status_list_id(facts.uri))
    digest = hashlib.sha256(entry.octets).digest()
    versions = () if history is None else history.versions
    if digest not in {version.digest for version in versions}:
        raise _doubt(StatusDoubt.NOT_ANCHORED, "this version of the status list is not anchored")
    head = snapshot.head.time  # "fetched" may be anybody's word: it never makes a list younger.
    fetched = min(entry.fetched or head, head)
    return AnchoredStatusList(issuer, digest, token.inflate(), versions, fetched)


def _in_force(record: IssuerKey, issued: float) -> bool:
    if record.period.ending is Ending.COMPROMISED:
        return False
    moment = datetime.fromtimestamp(issued, UTC)
    return any(record.period.covers(m) for m in (moment, moment + CLOCK_TOLERANCE))


def _check_age(known: AnchoredStatusList, at: datetime) -> None:
    check_token_time(known.token, at)
    ttl = known.token.facts.ttl
    if ttl is not None and known.fetched.timestamp() + ttl <= at.timestamp():
        raise _doubt(StatusDoubt.TOO_OLD, "the status list was kept longer than its ttl")


def _check_newest(known: AnchoredStatusList, at: datetime) -> None:
    """Accept the newest version of that moment, and what was anchored within clock tolerance."""
    past = [version for version in known.versions if version.time <= at]
    soon = [v for v in known.versions if at < v.time <= at + CLOCK_TOLERANCE]
    if known.digest not in {version.digest for version in past[-1:] + soon}:
        raise _doubt(StatusDoubt.REPLACED, "another version of the status list is the newest")


def _doubt(doubt: StatusDoubt, message: str) -> StatusUndeterminedError:
    return StatusUndeterminedError(doubt, message)
