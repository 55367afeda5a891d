"""Doing again what the ledger says was done, in a database that was put back."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import and_, delete, select, update

from api.ports.accounts import AccountState, Role
from api.ports.acts import ActState
from api.ports.destruction import RecordKind
from api.ports.outbox import Errand
from api.ports.protection import Protection, ProtectionKind, ProtectiveAct
from api.store.accounts import accounts, passkeys
from api.store.acts import acts
from api.store.issuing import offers
from api.store.sessions import invitations, sessions
from api.store.work import SqlWork
from contracts.evidence.encoding import b64u_decode

PAGE: Final = 500
"""Ids that are read at once."""


def catch_up(
    work: SqlWork, protection: Protection, destroyed: frozenset[bytes] = frozenset()
) -> Mapping[str, int]:
    """Do what the ledger has after this database's place in it.

    Args:
        work: the transaction.
        protection: the ledger.
        destroyed: digests of records that were looked for already.

    Returns:
        How many records were destroyed again, and acts done again, by kind; an act that the
        database knew already is not counted.

    Raises:
        DestructionLedgerError: the ledger is damaged, older than the database, or its key is
            another one.
    """
    since = work.protection.position(locked=True)
    tail = protection.tail(since)
    if tail.end == since:
        return {}
    done = Counter[str]()
    _destroy(work, protection, tail.digests - destroyed, done)
    for act in tail.acts:
        done[act.kind.value] += _AGAIN[act.kind](work, act)
    work.protection.keep(tail.end)
    return {kind: count for kind, count in done.items() if count}


def _destroy(
    work: SqlWork, protection: Protection, digests: frozenset[bytes], done: Counter[str]
) -> None:
    if not digests:
        return
    for kind in RecordKind:
        after = ""
        while page := work.destruction.subjects(kind, after, PAGE):
            named = [one for one in page if protection.digest(kind, one) in digests]
            done[kind.value] += sum(work.destruction.destroy(kind, one) for one in named)
            after = page[-1]


def _remove_account(work: SqlWork, act: ProtectiveAct) -> int:
    active = and_(accounts.c.id == act.subject, accounts.c.state != AccountState.REMOVED.value)
    found = work.connection.execute(select(accounts.c.id).where(active)).first()
    work.sessions.end_all(act.subject)
    work.accounts.remove(act.subject)
    return int(found is not None)


def _withdraw_role(work: SqlWork, act: ProtectiveAct) -> int:
    return int(work.accounts.withdraw(act.subject, Role(str(act.detail["role"]))))


def _remove_passkey(work: SqlWork, act: ProtectiveAct) -> int:
    gone = delete(passkeys).where(passkeys.c.id == act.subject)
    return work.connection.execute(gone).rowcount


def _suspend_passkey(work: SqlWork, act: ProtectiveAct) -> int:
    here = and_(passkeys.c.id == act.subject, passkeys.c.suspended.is_(None))
    return work.connection.execute(update(passkeys).where(here).values(suspended=_at(act))).rowcount


def _end_session(work: SqlWork, act: ProtectiveAct) -> int:
    gone = delete(sessions).where(sessions.c.hash == b64u_decode(act.subject))
    return work.connection.execute(gone).rowcount


def _end_invitation(work: SqlWork, act: ProtectiveAct) -> int:
    gone = delete(invitations).where(invitations.c.hash == b64u_decode(act.subject))
    return work.connection.execute(gone).rowcount


def _end_act(work: SqlWork, act: ProtectiveAct) -> int:
    """What was confirmed is done again by lines of its own; its proposal waits for nobody."""
    here = and_(acts.c.id == act.subject, acts.c.state == ActState.WAITING.value)
    ended = update(acts).where(here).values(state=ActState.WITHDRAWN.value)
    return work.connection.execute(ended).rowcount


def _end_offer(work: SqlWork, act: ProtectiveAct) -> int:
    here = and_(offers.c.id == act.subject, offers.c.state == "open")
    ended = update(offers).where(here).values(state=str(act.detail["state"]))
    return work.connection.execute(ended).rowcount


def _mark_copies(work: SqlWork, act: ProtectiveAct) -> int:
    places = act.detail["places"]
    if not isinstance(places, list):
        return 0
    found = [(int(str(one[0])), int(str(one[1]))) for one in places if isinstance(one, list)]
    number, status = int(str(act.detail["list"])), int(str(act.detail["status"]))
    return work.issuing.mark_again(act.subject, number, found, status)


def _revoke_paper(work: SqlWork, act: ProtectiveAct) -> int:
    return int(work.papers.revoke(act.subject, _at(act)))


def _order_end(work: SqlWork, act: ProtectiveAct) -> int:
    """Put the errand again; on chain it is done once."""
    payload = b64u_decode(str(act.detail["payload"]))
    return int(work.outbox.put(Errand(str(act.detail["errand"]), act.subject, payload, _at(act))))


def _name_key(work: SqlWork, act: ProtectiveAct) -> int:
    return work.known_keys.do_again(act.subject, act.detail)


def _at(act: ProtectiveAct) -> datetime:
    return datetime.fromisoformat(str(act.detail["at"]))


_AGAIN: Final[dict[ProtectionKind, Callable[[SqlWork, ProtectiveAct], int]]] = {
    ProtectionKind.ACCOUNT_REMOVED: _remove_account,
    ProtectionKind.ROLE_WITHDRAWN: _withdraw_role,
    ProtectionKind.PASSKEY_REMOVED: _remove_passkey,
    ProtectionKind.PASSKEY_SUSPENDED: _suspend_passkey,
    ProtectionKind.SESSION_ENDED: _end_session,
    ProtectionKind.INVITATION_ENDED: _end_invitation,
    ProtectionKind.ACT_ENDED: _end_act,
    ProtectionKind.OFFER_ENDED: _end_offer,
    ProtectionKind.CREDENTIAL_MARKED: _mark_copies,
    ProtectionKind.PAPER_REVOKED: _revoke_paper,
    ProtectionKind.KEY_END_ORDERED: _order_end,
    ProtectionKind.KEY_NAMED: _name_key,
}
