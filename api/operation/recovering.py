"""After a restore: what is as it was, what was mended, what is left. An operator's one command.

Every step may be cut short and done again; what is mended already is told as being in order. Keys
are looked at before anything else, when the database is opened: one that is missing stops there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from api.actions.invite_staff import administrators
from api.openid.assembly import OpenId
from api.openid.console_errands import enrol_errand, publish_errand
from api.operation.continuity import (
    ContinuityError,
    Watch,
    agree_on_chain,
    compare_logs,
    known_logs,
    recover_log,
)
from api.operation.publication import Publication
from api.operation.put_back import Marks, compare_put_back
from contracts.evidence.errors import EvidenceError
from contracts.evidence.names import issuer_id, status_list_id
from contracts.evidence.snapshot import TrustSnapshot
from verifier.eligibility.wording import Bilingual


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and whether something is left to a person."""

    text: Bilingual
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is looked at.

    Args:
        watch: database, keys, chain, published logs.
        marks: by which a database that was put back is noticed.
        wallets: the agencies.
        again: what the ledger had and the database lacked when it was opened, by kind.
    """

    watch: Watch
    marks: Marks
    wallets: OpenId
    again: Mapping[str, int]


def recover(recovery: Recovery, at: datetime) -> Iterator[Finding]:
    """Mend what a restore left, step by step, and tell of each.

    Raises:
        OtherChainError: it is another chain than the logs are on.
        LedgerUnavailableError: the chain cannot be asked.
        StorageError: the database does not answer.
    """
    watch = recovery.watch
    agree_on_chain(watch.storage, watch.ledger.identity())
    yield from _protection(recovery)
    if not recovery.marks.agree():
        compare_put_back(watch, recovery.marks, at)
        yield _found("logs.compared")
    yield from _logs(watch, at)
    yield from _accounts(watch)
    yield from _agencies(recovery, at)


def _protection(recovery: Recovery) -> Iterator[Finding]:
    with recovery.watch.storage.reading() as reading:
        keys = sum(not key.erased for key in reading.known_keys.all())
    yield _found("keys", keys)
    if not recovery.again:
        yield _found("nothing.again")
    for kind, count in sorted(recovery.again.items()):
        ko, en = _AGAIN.get(kind, (kind, kind))
        yield Finding(Bilingual(f"다시 했습니다: {ko} {count}건", f"done again: {en}, {count}"))


def _logs(watch: Watch, at: datetime) -> Iterator[Finding]:
    names = known_logs(watch)
    halted = {halt.log: halt.code for halt in compare_logs(watch, names, at)}
    for name in names:
        step = partial(_recover, watch, name, at) if name in halted else partial(_show, watch, name)
        try:
            yield from step()
        except (ContinuityError, EvidenceError, OSError) as error:
            # One log's failure is its own: the others are mended all the same.
            code = halted.get(name, str(getattr(error, "code", "log.unpublished")))
            yield _open("log.stands", name, code)


def _recover(watch: Watch, name: str, at: datetime) -> Iterator[Finding]:
    taken = recover_log(watch, name, at)
    yield _found("log.recovered", name, taken)
    yield from _show(watch, name)


def _show(watch: Watch, name: str) -> Iterator[Finding]:
    """Published files that were lost are written again, from a log that goes on."""
    with watch.storage.reading() as reading:
        last = reading.logs.last_anchor(name)
        if last is None:
            return
        was = watch.published.checkpoint(name)
        if isinstance(watch.published, Publication):
            watch.published.publish(reading.logs, last)
    yield _found("log.goes_on" if was else "log.published_again", name, last.size)


def _accounts(watch: Watch) -> Iterator[Finding]:
    with watch.storage.reading() as reading:
        known = reading.accounts.all()
        left = len(administrators(known))
        waiting = len(reading.sessions.invitations())
    # A service that never had staff lacks nobody.
    is_well = left or waiting or not known
    yield _found("accounts", left, waiting) if is_well else _open("accounts.none")


def _agencies(recovery: Recovery, at: datetime) -> Iterator[Finding]:
    console = recovery.wallets.console
    snapshot = recovery.watch.ledger.snapshot()
    for agency in console.office.agencies.values():
        on_chain = snapshot.issuer(issuer_id(agency.uri)) is not None
        enrolled = console.is_enrolled(agency.id)
        if not (on_chain or enrolled):
            yield _found("agency.none", agency.id)
            continue
        make = publish_errand if enrolled else enrol_errand
        with recovery.watch.storage.work() as work:
            work.outbox.put(make(agency.id, console.office.rng, at))
        with recovery.watch.storage.reading() as reading:
            lists = reading.issuing.status_lists(agency.id)
        newest = [_version(snapshot, agency.status_uri(one.number)) for one in lists]
        yield _found("agency.lists", agency.id, len(lists), max(newest, default=0))
        if not _key_in_force(recovery, snapshot, agency.id):
            yield _open("agency.key", agency.id)


def _version(snapshot: TrustSnapshot, uri: str) -> int:
    known = snapshot.status_list(status_list_id(uri))
    return known.versions[-1].version if known and known.versions else 0


def _key_in_force(recovery: Recovery, snapshot: TrustSnapshot, agency_id: str) -> bool:
    office = recovery.wallets.console.office
    issuer = snapshot.issuer(issuer_id(office.agencies[agency_id].uri))
    point = office.keys.signer(agency_id).point
    return issuer is not None and any(
        key.point == point and key.period.end is None for key in issuer.keys
    )


def _found(code: str, *values: object) -> Finding:
    ko, en = _SENTENCES[code]
    return Finding(Bilingual(ko.format(*values), en.format(*values)))


def _open(code: str, *values: object) -> Finding:
    ko, en = _SENTENCES[code]
    return Finding(Bilingual(ko.format(*values), en.format(*values)), is_open=True)


_AGAIN: Final = {
    "application": ("파기한 신청", "applications that were destroyed"),
    "presentation": ("파기한 제출", "presentations that were destroyed"),
    "account.removed": ("없앤 계정", "accounts that were removed"),
    "role.withdrawn": ("거둔 역할", "roles that were withdrawn"),
    "passkey.removed": ("지운 패스키", "passkeys that were removed"),
    "passkey.suspended": ("정지한 패스키", "passkeys that were suspended"),
    "session.ended": ("끝낸 로그인", "sessions that were ended"),
    "invitation.ended": ("쓴 초대", "invitations that were used"),
    "act.ended": ("끝난 두 사람 승인", "proposals of two people that were ended"),
    "offer.ended": ("거둔 제안", "offers that were withdrawn"),
    "credential.marked": ("증명의 상태", "statuses of credentials"),
    "paper.revoked": ("취소한 문서", "papers that were revoked"),
    "issuer_key.end_ordered": ("끝내기로 한 발급 키", "ends of issuers' keys"),
    "key.named": ("바뀌거나 지운 비밀", "secrets that were replaced or erased"),
}
_SENTENCES: Final = {
    "keys": (
        "키: 데이터베이스가 아는 키 {0}개가 모두 그대로 있습니다.",
        "keys: all {0} that the database knows are there and unchanged.",
    ),
    "nothing.again": (
        "대장: 데이터베이스에 빠진 것이 없습니다.",
        "ledger: the database lacks nothing of it.",
    ),
    "logs.compared": (
        "모든 기록을 비교했습니다. 데이터베이스가 되돌려졌거나 처음 시작합니다.",
        "all logs were compared: the database was put back, or begins.",
    ),
    "log.recovered": (
        "기록 {0}: 게시된 사본에서 잎 {1}개를 가져왔고, 이어집니다.",
        "log {0}: {1} leaves taken from the published tiles; it goes on.",
    ),
    "log.goes_on": (
        "기록 {0}: 게시된 것, 체인, 데이터베이스가 같습니다(잎 {1}개).",
        "log {0}: published, chain and database agree ({1} leaves).",
    ),
    "log.published_again": (
        "기록 {0}: 사라진 게시 사본을 다시 썼습니다(잎 {1}개).",
        "log {0}: the published copy was lost and is written again ({1} leaves).",
    ),
    "log.stands": (
        "기록 {0}: 멈춰 있습니다({1}). 게시된 사본을 되찾아 놓고 다시 실행하십시오.",
        "log {0}: stands still ({1}). Put its published files back and run this again.",
    ),
    "accounts": (
        "계정: 관리자 {0}명, 열린 초대 {1}건.",
        "accounts: {0} administrators, {1} open invitations.",
    ),
    "accounts.none": (
        "계정: 관리자가 없습니다. dojang admin invite 로 초대하십시오.",
        "accounts: there is no administrator; invite with dojang admin invite.",
    ),
    "agency.none": (
        "기관 {0}: 등록된 적이 없습니다.",
        "agency {0}: was never enrolled.",
    ),
    "agency.lists": (
        "기관 {0}: 상태 목록 {1}개, 체인의 최신 판 {2}. 작업 프로세스가 새로 게시합니다.",
        "agency {0}: {1} status lists, newest version on chain {2}; the job worker publishes anew.",
    ),
    "agency.key": (
        "기관 {0}: 서명 키가 등록부에 없거나 끝났습니다. 키를 교체하십시오.",
        "agency {0}: its signing key is not in the registry or has ended; replace it.",
    ),
}
