"""Acts that protect, each with what must be there before and what holds after."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from api.actions.end_issuer_keys import END_KEY, key_errand
from api.openid.console_errands import ROTATE_KEY, rotate_errand
from api.openid.identity import IdentityMethod, VerifiedIdentity
from api.openid.offering import Offer, OfferState
from api.ports.accounts import Account, AccountState, Passkey, Role
from api.ports.acts import ActKind, ActState, TwoPersonAct
from api.ports.papers import Paper, PaperKind
from api.ports.sessions import Invitation, Session
from api.store.work import SqlWork
from contracts.evidence.encoding import canonical
from tests.api.databases import START
from verifier.eligibility.wording import Bilingual

OTHER = "b" * 32


@dataclass(frozen=True)
class Ids:
    """Ids of what one case is about."""

    number: int

    @property
    def account(self) -> str:
        return f"{self.number:032x}"

    @property
    def token(self) -> bytes:
        return bytes([self.number]) * 32

    @property
    def name(self) -> str:
        return f"{self.number:022x}"


ONE = Ids(99)


def account(one: "Ids") -> Account:
    roles = frozenset({Role.OFFICER, Role.ISSUER})
    return Account(one.account, "somebody", "person", AccountState.ACTIVE, roles, START)


def with_passkey(work: SqlWork, one: "Ids") -> None:
    work.accounts.add(account(one))
    work.accounts.add_passkey(
        Passkey(one.name, one.account, one.token, b"k", 0, backed_up=False, label="", made=START)
    )


def offer(one: "Ids") -> Offer:
    return Offer(
        id=one.name,
        agency="district",
        identity=VerifiedIdentity("person", IdentityMethod.DESK, "clerk", START),
        service="document-delivery",
        code_hash=one.token,
        tx_mac=one.token,
        made=START,
        expires=START,
        copies={},
        attempts=0,
        state=OfferState.OPEN,
    )


def act(one: "Ids") -> TwoPersonAct:
    kind = ActKind.REMOVE_ACCOUNT
    return TwoPersonAct(one.name, kind, one.account, b"{}", OTHER, START, START)


def paper(one: "Ids") -> Paper:
    return Paper(
        id=one.name,
        kind=PaperKind.CERTIFICATE,
        application=None,
        issuer=Bilingual("발급", "issuer"),
        issued=START,
        expires=None,
        salt=one.token,
        content_digest=one.token,
        file_digest=one.token,
        file=None,
        revoked=None,
    )


def begin_session(work: SqlWork, one: "Ids") -> None:
    work.accounts.add(account(one))
    work.sessions.begin(Session(one.token, one.account, START, START, START))


def invite(work: SqlWork, one: "Ids") -> None:
    work.sessions.invite(
        Invitation(one.token, one.name, "n", "p", frozenset({Role.OFFICER}), OTHER, START)
    )


def holds(work: SqlWork, one: "Ids", role: Role) -> bool:
    found = work.accounts.find(one.account)
    return found is not None and found.holds(role)


def passkeys(work: SqlWork, one: "Ids") -> list[Passkey]:
    return list(work.accounts.passkeys(one.account))


def is_revoked(work: SqlWork, one: "Ids") -> bool:
    found = work.papers.find(one.name)
    return found is not None and found.revoked == START


def waits(work: SqlWork, one: "Ids") -> bool:
    found = work.acts.find(one.name)
    return found is not None and found.state is ActState.WAITING


def offer_state(work: SqlWork, one: "Ids") -> OfferState | None:
    found = work.issuing.offer(one.name)
    return None if found is None else found.state


@dataclass(frozen=True)
class Case:
    """An act, what must be there for it, and what holds after it and not before."""

    kind: str
    prepare: Callable[[SqlWork, Ids], object]
    protect: Callable[[SqlWork, Ids], object]
    holds: Callable[[SqlWork, Ids], bool]


CASES = [
    Case(
        "account.removed",
        with_passkey,
        lambda work, one: work.accounts.remove(one.account),
        lambda work, one: not holds(work, one, Role.OFFICER) and not passkeys(work, one),
    ),
    Case(
        "role.withdrawn",
        lambda work, one: work.accounts.add(account(one)),
        lambda work, one: work.accounts.withdraw(one.account, Role.ISSUER),
        lambda work, one: holds(work, one, Role.OFFICER) and not holds(work, one, Role.ISSUER),
    ),
    Case(
        "passkey.removed",
        with_passkey,
        lambda work, one: work.accounts.remove_passkey(one.account, one.name),
        lambda work, one: not passkeys(work, one),
    ),
    Case(
        "passkey.suspended",
        with_passkey,
        lambda work, one: work.accounts.suspend_passkey(one.name, START),
        lambda work, one: [one.suspended for one in passkeys(work, one)] == [START],
    ),
    Case(
        "session.ended",
        begin_session,
        lambda work, one: work.sessions.end(one.token),
        lambda work, one: work.sessions.find(one.token) is None,
    ),
    Case(
        "session.ended",
        begin_session,
        lambda work, one: work.sessions.end_all(one.account),
        lambda work, one: work.sessions.find(one.token) is None,
    ),
    Case(
        "invitation.ended",
        invite,
        lambda work, one: work.sessions.use(one.token),
        lambda work, one: work.sessions.invitation(one.token) is None,
    ),
    Case(
        "act.ended",
        lambda work, one: work.acts.propose(act(one)),
        lambda work, one: work.acts.decide(
            replace(act(one), state=ActState.WITHDRAWN, decider=OTHER)
        ),
        lambda work, one: not waits(work, one),
    ),
    Case(
        "offer.ended",
        lambda work, one: work.issuing.add_offer(offer(one)),
        lambda work, one: work.issuing.keep_offer(replace(offer(one), state=OfferState.WITHDRAWN)),
        lambda work, one: offer_state(work, one) is OfferState.WITHDRAWN,
    ),
    Case(
        "paper.revoked",
        lambda work, one: work.papers.add(paper(one)),
        lambda work, one: work.papers.revoke(one.name, START),
        is_revoked,
    ),
    Case(
        "issuer_key.end_ordered",
        lambda _work, _one: None,
        lambda work, one: work.outbox.put(key_errand(one.name, canonical({"point": "00"}), START)),
        lambda work, one: [key for key, _ in work.outbox.waiting(END_KEY, one.name)] == [one.name],
    ),
    Case(
        "issuer_key.end_ordered",
        lambda _work, _one: None,
        lambda work, one: work.outbox.put(rotate_errand("district", 2 * one.token, START)),
        lambda work, one: len(work.outbox.waiting(ROTATE_KEY, (2 * one.token).hex())) == 1,
    ),
]
