"""A synthetic world in memory: a registry, issuers with logs and status lists, and wallets.

Nothing here is mocked: everything is issued, anchored and shown with the product's own code, only
the chain is a list of what it would say. Time is moved by hand, randomness comes from a seed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.merkle import Tree, prove_inclusion
from contracts.evidence.names import credential_type_id, issuer_id, log_id, status_list_id
from contracts.evidence.receipt import Receipt
from contracts.evidence.snapshot import (
    Accreditation,
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    Issuer,
    IssuerKey,
    Log,
    Period,
    StatusHistory,
    StatusVersion,
    TrustSnapshot,
)
from verifier.credential.bundle import EvidenceBundle, FetchedStatusList
from verifier.credential.inclusion import TILE_LEAVES, LeafTile, LogPlace, make_tile
from verifier.credential.issuance import Claim, Copy, CredentialOrder, IssuedCredential, issue
from verifier.credential.keys import SigningKey
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.request import (
    ClaimPath,
    CredentialQuery,
    PresentationRequest,
    consent_nonce,
)
from verifier.credential.status import (
    StatusList,
    StatusReference,
    StatusTerms,
    issue_status_token,
)
from verifier.credential.trust import TrustMaterial

GENESIS = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
AUDIENCE = "https://verifier.test"
VCT = "https://dojang.test/credentials/insurance"
LIST_SIZE = 1024


@dataclass
class Seeded:
    """Randomness that is the same in every run."""

    seed: bytes = b"synthetic"
    count: int = 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        stream = hashlib.shake_256(self.seed + self.count.to_bytes(8, "big"))
        return stream.digest(size)


@dataclass
class Chain:
    """What the registry would say; ``now`` is moved by hand."""

    now: datetime = GENESIS
    rng: Seeded = field(default_factory=Seeded)
    issuers: dict[str, Issuer] = field(default_factory=dict)
    logs: dict[str, Log] = field(default_factory=dict)
    status: dict[str, StatusHistory] = field(default_factory=dict)

    def wait(self, time: timedelta) -> None:
        self.now += time

    def snapshot(self) -> TrustSnapshot:
        return TrustSnapshot(
            identity=ChainIdentity(31337, bytes(32), (("registry", bytes(20)),)),
            head=Block(1, bytes(32), self.now),
            issuers=tuple(self.issuers.values()),
            logs=tuple(self.logs.values()),
            status_lists=tuple(self.status.values()),
        )


@dataclass
class SimulatedIssuer:
    """A synthetic issuer: "[test] ..." with a key, a log of its own and one status list."""

    chain: Chain
    iss: str = "https://issuer.test/insurance"
    vct: str = VCT
    key: SigningKey = field(init=False)
    log_key: Ed25519PrivateKey = field(init=False)
    tree: Tree = field(default_factory=Tree)
    entries: StatusList = field(default_factory=lambda: StatusList.empty(LIST_SIZE, 2))
    token: str = ""
    used: int = 0

    def __post_init__(self) -> None:
        self.key = SigningKey.generate(self.chain.rng)
        self.log_key = Ed25519PrivateKey.from_private_bytes(self.chain.rng(32))
        start = Period(self.chain.now)
        self.chain.issuers[self.iss] = Issuer(
            issuer_id(self.iss),
            (IssuerKey(self.key.point, start),),
            (Accreditation(credential_type_id(self.vct), start),),
            (),
        )
        public = self.log_key.public_key().public_bytes_raw()
        self.chain.logs[self.origin] = Log(log_id(self.origin), public, ())
        self.publish_status()

    @property
    def origin(self) -> str:
        return self.iss.removeprefix("https://") + "/log"

    @property
    def list_uri(self) -> str:
        return self.iss + "/status/1"

    @property
    def record(self) -> Issuer:
        return self.chain.issuers[self.iss]

    def change(self, **parts: object) -> None:
        """Change the registry's entry of this issuer."""
        self.chain.issuers[self.iss] = replace(self.record, **parts)  # type: ignore[arg-type]  # by name

    def end_key(self, ending: Ending, *, successor: bool = True) -> SigningKey:
        """End the current key now, and go on with a new one; returns the old one."""
        old, now = self.key, self.chain.now
        keys = [
            replace(k, period=Period(k.period.start, now, ending)) if k.point == old.point else k
            for k in self.record.keys
        ]
        if successor:
            self.key = SigningKey.generate(self.chain.rng)
            keys.append(IssuerKey(self.key.point, Period(now)))
        self.change(keys=tuple(keys))
        return old

    def withdraw(self, ending: Ending) -> None:
        """End the accreditation now."""
        ended = [
            replace(a, period=Period(a.period.start, self.chain.now, ending))
            for a in self.record.accreditations
        ]
        self.change(accreditations=tuple(ended))

    def issue(
        self,
        claims: Mapping[str, Claim],
        holder: SigningKey,
        *,
        key: SigningKey | None = None,
        issued: datetime | None = None,
        status: bool = True,
        decoys: int = 2,
    ) -> IssuedCredential:
        """Issue one credential and append its leaf to the log; nothing is anchored yet."""
        moment = issued or self.chain.now
        index = self.used * 7 % LIST_SIZE
        self.used += 1
        order = CredentialOrder(
            issuer=self.iss,
            vct=self.vct,
            claims=claims,
            issued=moment,
            expires=moment + timedelta(days=180),
            decoys=decoys,
        )
        copy = Copy(
            holder.point,
            StatusReference(self.list_uri, index) if status else None,
            LogPlace(self.origin, self.tree.size),
        )
        issued_credential = issue(order, copy, key or self.key, self.chain.rng)
        self.tree.append(issued_credential.leaf)
        return issued_credential

    def pad(self, count: int) -> None:
        """Append random leaves."""
        self.tree.extend(self.chain.rng(32) for _ in range(count))

    def anchor(self) -> AnchoredCheckpoint:
        """Anchor the log as it stands."""
        log = self.chain.logs[self.origin]
        number = len(log.checkpoints)
        point = AnchoredCheckpoint(
            number, self.tree.size, self.tree.root(), number + 1, self.chain.now
        )
        self.chain.logs[self.origin] = replace(log, checkpoints=(*log.checkpoints, point))
        return point

    def set_status(self, credential: IssuedCredential, value: int) -> None:
        """Change a credential's status and publish the list."""
        payload = HeldCredential.of(credential.text).sd_jwt.jws.payload
        index = payload["status"]["status_list"]["idx"]  # type: ignore[index,call-overload]  # ours
        assert isinstance(index, int)
        self.entries = self.entries.replace({index: value})
        self.publish_status()

    def publish_status(self) -> str:
        """Sign the status list as it stands and anchor the token's digest."""
        terms = StatusTerms(self.iss, self.list_uri, timedelta(days=7), timedelta(hours=12))
        self.token = issue_status_token(self.entries, terms, self.key, self.chain.now)
        name = status_list_id(self.list_uri)
        history = self.chain.status.get(self.list_uri, StatusHistory(name, ()))
        digest = hashlib.sha256(self.token.encode()).digest()
        version = StatusVersion(len(history.versions), digest, self.chain.now)
        self.chain.status[self.list_uri] = replace(history, versions=(*history.versions, version))
        return self.token

    def tiles(self) -> tuple[LeafTile, ...]:
        """All tiles of the log, with the paths that verifiers need."""
        log = self.chain.logs[self.origin]
        size = log.checkpoints[-1].size if log.checkpoints else 0
        return tuple(make_tile(self.tree, log, i) for i in range(-(-size // TILE_LEAVES)))

    def receipt(self, credential: IssuedCredential) -> Receipt:
        """The receipt of a credential under the first checkpoint that covers it."""
        index = credential.evidence.index
        point = self.chain.logs[self.origin].first_covering(index)
        assert point is not None
        note = sign_checkpoint(Checkpoint(self.origin, point.size, point.root), self.log_key)
        return Receipt(index, prove_inclusion(self.tree, index, point.size), note)

    def evidence(self) -> EvidenceBundle:
        """Everything a verifier fetches for this issuer's credentials."""
        lists = (FetchedStatusList(self.list_uri, self.token, self.chain.now),)
        return EvidenceBundle(self.tiles(), (), lists)


def material(*issuers: SimulatedIssuer, extra: EvidenceBundle | None = None) -> TrustMaterial:
    """The trust material of some issuers on one chain, with everything fetched."""
    bundles = [issuer.evidence() for issuer in issuers] + ([extra] if extra else [])
    bundle = EvidenceBundle(
        tuple(tile for b in bundles for tile in b.tiles),
        tuple(receipt for b in bundles for receipt in b.receipts),
        tuple(status for b in bundles for status in b.status_lists),
    )
    return TrustMaterial.assemble(issuers[0].chain.snapshot(), bundle)


def ask(
    chain: Chain, queries: Iterable[tuple[str, str, Sequence[ClaimPath]]]
) -> PresentationRequest:
    """A request for credentials: (query id, vct, paths)."""
    consent = hashlib.sha256("[시험] 동의문 (synthetic)".encode()).digest()
    return PresentationRequest(
        id="request-1",
        audience=AUDIENCE,
        nonce=consent_nonce("request-1", consent, bytes(32)),
        queries=tuple(CredentialQuery(i, vct, tuple(paths)) for i, vct, paths in queries),
        issued=chain.now,
        expires=chain.now + timedelta(minutes=10),
        consent=consent,
    )


def answer(
    credential: IssuedCredential,
    holder: SigningKey,
    request: PresentationRequest,
    paths: Sequence[ClaimPath],
    at: datetime,
) -> str:
    """What a wallet sends: the chosen claims, bound to the request."""
    chosen = HeldCredential.of(credential.text).select(paths)
    return bind(chosen, request.nonce, request.audience, at, holder)
