"""Play the allowance demonstration: issue, anchor, apply, check, decide, round by round."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from api.demo.allowance.issuing import LIFETIME, IssuerDesk, Subject
from api.demo.allowance.record import AllowanceRecord, Judgement, judge
from api.demo.allowance.source import AllowanceSource, CastApplication
from api.demo.making import Stage
from api.demo.notary import Notary
from contracts.evidence.encoding import Json
from contracts.evidence.tiles import read_tile
from verifier.credential.bundle import (
    EvidenceBundle,
    FetchedStatusList,
    PresentationFile,
    encode_presentation,
)
from verifier.credential.inclusion import LeafTile, TilePath
from verifier.credential.keys import SigningKey, thumbprint
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.request import PresentationRequest, consent_nonce, encode_request
from verifier.credential.verification import BurntNonces
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.decision import decide
from verifier.eligibility.disclosure import plan
from verifier.eligibility.evaluation import Outcome
from verifier.eligibility.queries import request_queries

AUDIENCE: Final = "redirect_uri:https://agency.demo.dojang.example/answers"
OFFICER: Final = "[시험] 담당자 / [test] officer"
SUSPENDED, REVOKED = 2, 1
ACCOMPLICE: Final = "99"


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """A credential in a wallet with the key it is bound to and its place in the status list."""

    text: str
    key: SigningKey
    desk: IssuerDesk
    status_index: int


@dataclass(slots=True)
class AllowancePlay:
    """The demonstration in progress."""

    stage: Stage
    source: AllowanceSource
    credentials: Notary
    office: Notary
    desks: dict[str, IssuerDesk]
    wallets: dict[str, dict[str, HeldCopy]] = field(default_factory=dict)
    burnt: BurntNonces = field(default_factory=BurntNonces)
    _service_secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def record(self) -> AllowanceRecord:
        """The files so far."""
        return AllowanceRecord(self.stage.folder, self.source, self.stage.run)

    def play(self) -> None:
        """Every round, then the keys and logs."""
        self._enrol()
        for round_id in self.source.days:
            self._issue(round_id)
            judged = [self._apply(entry) for entry in self.source.of_round(round_id)]
            self._decide(round_id, judged)
        self._write_keys()
        self.credentials.write()
        self.office.write()

    def _enrol(self) -> None:
        first = min(self.source.days.values())
        self.stage.tell("발급기관을 체인에 등록합니다", "entering the issuers in the registry")
        self.stage.clock.set(self.source.moment(_round_of(self.source, first), 8))
        for desk in self.desks.values():
            desk.enrol()
        listed: list[Json] = [_issuer_json(desk) for desk in self.desks.values()]
        self.stage.folder.write_json("issuers.json", listed)
        self.office.seal("source.json", "issuers.json")

    def _issue(self, round_id: str) -> None:
        """Issue everybody's credentials, anchor them in one batch, publish the status lists."""
        entries = self.source.of_round(round_id)
        self.stage.tell(
            f"{round_id}: 증명 {4 * len(entries)}개를 발급하고 한 번에 체인에 남깁니다",
            f"{round_id}: issuing {4 * len(entries)} credentials, anchored in one batch",
        )
        at = self.source.moment(round_id, 9)
        self.stage.clock.set(at)
        for entry in entries:
            self.wallets[entry.id] = self._credentials(entry, at)
        self.stage.clock.set(self.source.moment(round_id, 10))
        self.credentials.anchor()
        self._publish(list(self.desks.values()), self.source.moment(round_id, 10))
        self.stage.clock.set(self.source.moment(round_id, 11))
        self._publish(self._mark(entries), self.source.moment(round_id, 11))

    def _credentials(self, entry: CastApplication, at: datetime) -> dict[str, HeldCopy]:
        wallet: dict[str, HeldCopy] = {}
        for kind, register in entry.register().items():
            key = SigningKey.generate(secrets.token_bytes)
            foreign = entry.case == "mixed" and kind == "health-premium"
            person = self._person(ACCOMPLICE if foreign else entry.person)
            short = entry.case == "expired" and kind == "health-premium"
            lifetime = timedelta(hours=1) if short else LIFETIME
            rogue = entry.case == "unaccredited" and kind == "school-record"
            desk = self.desks[self.source.issuer_of(kind, accredited=not rogue).id]
            made, index = desk.issue(
                Subject(register, person, self.source.service, key.point, lifetime), at
            )
            wallet[kind] = HeldCopy(made.text, key, desk, index)
            self.stage.folder.write(f"credentials/{entry.id}/{kind}.sd-jwt", made.text.encode())
        return wallet

    def _mark(self, entries: list[CastApplication]) -> list[IssuerDesk]:
        """Suspend and revoke what the cast wants; returns the desks whose list changed."""
        changed: list[IssuerDesk] = []
        for case, kind, value in (
            ("suspended", "employment-insurance", SUSPENDED),
            ("revoked", "resident-registration", REVOKED),
        ):
            for entry in entries:
                if entry.case == case:
                    held = self.wallets[entry.id][kind]
                    held.desk.mark(held.status_index, value)
                    changed.append(held.desk)
        return changed

    def _publish(self, desks: list[IssuerDesk], at: datetime) -> None:
        for desk in desks:
            token = desk.publish_status(at)
            path = f"status/{desk.cast.id}/{len(desk.tokens)}.jwt"
            self.stage.folder.write(path, token.encode("ascii"))

    def _apply(self, entry: CastApplication) -> tuple[CastApplication, Judgement]:
        """Ask, answer, check online, write and anchor."""
        place = self.source.of_round(entry.round).index(entry)
        asked_at = self.source.moment(entry.round, 14) + timedelta(minutes=6 * place)
        self.stage.tell(
            f"신청 {entry.id}: {entry.shows.ko}", f"application {entry.id}: {entry.shows.en}"
        )
        self.stage.clock.set(asked_at)
        if entry.case == "replayed":
            self._copy_used_answer(entry)
        else:
            request = self._ask(entry, asked_at)
            self._answer(entry, request, asked_at + timedelta(minutes=1))
        self.stage.clock.set(asked_at + timedelta(minutes=2))
        judgement = judge(self.record, entry, self.stage.ledger.snapshot(), self.burnt)
        self.burnt = judgement.burnt
        self._write(entry, "outcome.json", judgement.document)
        names = ("consent.txt", "consent-proof.json", "request.json", "presentation.json")
        self.office.seal(*(self.record.path(entry, name) for name in (*names, "outcome.json")))
        return entry, judgement

    def _ask(self, entry: CastApplication, at: datetime) -> PresentationRequest:
        policy = self.record.policy(entry)
        asked = plan(policy)
        consent = f"{asked.text('ko')}\n\n{asked.text('en')}\n".encode()
        randomness, name = secrets.token_bytes(32), f"{self.stage.run}-{entry.id}"
        digest = sha256(consent).digest()
        request = PresentationRequest(
            id=name,
            audience=AUDIENCE,
            nonce=consent_nonce(name, digest, randomness),
            queries=request_queries(policy, self._issuers()),
            issued=at,
            expires=at + timedelta(minutes=4),
            consent=digest,
        )
        self.stage.folder.write(self.record.path(entry, "consent.txt"), consent)
        self._write(entry, "consent-proof.json", {"randomness": randomness.hex()})
        self.stage.folder.write(self.record.path(entry, "request.json"), encode_request(request))
        return request

    def _issuers(self) -> dict[str, str]:
        """Whose values show a person again: of each type the issuer that has leave."""
        types = {cast.type for cast in self.source.issuers}
        return {kind: self.source.issuer_of(kind, accredited=True).uri for kind in types}

    def _answer(self, entry: CastApplication, request: PresentationRequest, at: datetime) -> None:
        """The wallet discloses what is asked, and nothing more, under one nonce."""
        answers: dict[str, tuple[str, ...]] = {}
        for query in request.queries:
            held = self.wallets[entry.id][query.id]
            chosen = HeldCredential.of(held.text).select(query.claims)
            answers[query.id] = (bind(chosen, request.nonce, request.audience, at, held.key),)
        file = PresentationFile(answers, self._evidence(entry))
        path = self.record.path(entry, "presentation.json")
        self.stage.folder.write(path, encode_presentation(file))

    def _evidence(self, entry: CastApplication) -> EvidenceBundle:
        """Whole tiles and whole status lists: no issuer learns whose credential is checked."""
        log = self.credentials.log
        tile = LeafTile(
            log=log.log_id,
            index=0,
            leaves=read_tile(log.tree, 0, 0, log.tree.size),
            paths=tuple(TilePath(point.size, ()) for point in self.credentials.anchored),
        )
        missing = "school" if entry.case == "no_status" else ""
        lists = [
            FetchedStatusList(desk.cast.status_uri, desk.tokens[-1])
            for desk in self.desks.values()
            if desk.cast.id != missing
        ]
        return EvidenceBundle(tiles=(tile,), status_lists=tuple(lists))

    def _copy_used_answer(self, entry: CastApplication) -> None:
        used = next(one for one in self.source.of_round(entry.round) if one.case == "plain")
        for name in ("consent.txt", "consent-proof.json", "request.json", "presentation.json"):
            data = self.stage.folder.read(self.record.path(used, name))
            self.stage.folder.write(self.record.path(entry, name), data)

    def _decide(self, round_id: str, judged: list[tuple[CastApplication, Judgement]]) -> None:
        """A named officer decides next morning, where something can be decided."""
        at = self.source.moment(round_id, 10) + timedelta(days=1)
        self.stage.clock.set(at)
        for entry, judgement in judged:
            proposal = judgement.proposal
            if proposal is None or proposal.outcome is Outcome.CANNOT_VERIFY:
                continue
            decision = decide(proposal, proposal.outcome, OFFICER, at=at, rng=secrets.token_bytes)
            path = self.record.path(entry, "decision.json")
            self.stage.folder.write(path, decision.canonical())
            self.office.seal(path)

    def _person(self, person: str) -> bytes:
        """The value by which one service knows a person: HMAC by the register port."""
        return hmac.digest(self._service_secret, person.encode(), "sha256")

    def _write(self, entry: CastApplication, name: str, value: Json) -> None:
        self.stage.folder.write_json(self.record.path(entry, name), value)

    def _write_keys(self) -> None:
        """Test keys only: they let anybody try to tamper with this folder."""
        issuers: dict[str, Json] = {n: f"{d.key.secret:064x}" for n, d in self.desks.items()}
        holders: dict[str, Json] = {
            name: {kind: f"{held.key.secret:064x}" for kind, held in wallet.items()}
            for name, wallet in self.wallets.items()
        }
        self.stage.folder.write_json("keys/issuers.json", {"test_only": True, "es256": issuers})
        self.stage.folder.write_json("keys/holders.json", {"test_only": True, "es256": holders})


def make_play(stage: Stage, source: AllowanceSource) -> AllowancePlay:
    """Open the logs and set up the issuers' desks."""
    credentials = Notary("credentials", stage.run, stage.ledger, stage.folder)
    office = Notary("office", stage.run, stage.ledger, stage.folder)
    kinds = load_catalogue().credential_types
    desks = {
        cast.id: IssuerDesk(cast, kinds[cast.type], credentials, stage.ledger)
        for cast in source.issuers
    }
    return AllowancePlay(stage, source, credentials, office, desks)


def _round_of(source: AllowanceSource, day: object) -> str:
    return next(name for name, value in source.days.items() if value == day)


def _issuer_json(desk: IssuerDesk) -> Json:
    return {
        "id": desk.cast.id,
        "name": dict(desk.cast.name.as_json()),
        "iss": desk.cast.uri,
        "type": desk.kind.vct,
        "title": dict(desk.kind.title.as_json()),
        "accredited": desk.cast.accredited,
        "kid": thumbprint(desk.key.point),
    }
