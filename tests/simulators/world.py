"""One synthetic issuer, one holder, one anchored credential and the request for it."""

from datetime import timedelta

from tests.simulators.issuer import VCT, Chain, Seeded, SimulatedIssuer, answer, ask, material
from verifier.credential.issuance import Claim, Hidden, IssuedCredential
from verifier.credential.keys import SigningKey
from verifier.credential.request import PresentationRequest
from verifier.credential.standing import Policy
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import VerifiedPresentation, verify

CLAIMS: dict[str, Claim] = {
    "insured": Hidden(value=False),
    "hours": Hidden(12),
    "region": "[시험] 서울",
}
PATHS = [("insured",)]


class World:
    """One issuer, one holder, one anchored credential and one request for it."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.issuer = SimulatedIssuer(self.chain)
        self.holder = SigningKey.generate(Seeded(b"holder"))
        self.chain.wait(timedelta(minutes=1))

    def issue(self, **options: object) -> IssuedCredential:
        return self.issuer.issue(CLAIMS, self.holder, **options)  # type: ignore[arg-type]  # by name

    def anchored(self, **options: object) -> IssuedCredential:
        credential = self.issue(**options)
        self.chain.wait(timedelta(minutes=1))
        self.issuer.anchor()
        return credential

    def request(self) -> PresentationRequest:
        return ask(self.chain, [("work", VCT, PATHS)])

    def check(
        self,
        credential: IssuedCredential,
        trust: TrustMaterial | None = None,
        policy: Policy | None = None,
    ) -> VerifiedPresentation:
        request = self.request()
        text = answer(credential, self.holder, request, PATHS, self.chain.now)
        trust = trust or material(self.issuer)
        return verify({"work": [text]}, request, trust, self.chain.now, policy or Policy())
