"""An answer is checked under the service's own conditions, not under the verifier's defaults."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.evidence.encoding import b64u_encode
from tests.simulators.issuer import Chain, Seeded, SimulatedIssuer, answer, ask, material
from verifier.check import CheckedAnswer, Obstacle, Question, check
from verifier.credential.issuance import Claim, Hidden
from verifier.credential.keys import SigningKey
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.dates import korean_day
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.queries import request_queries
from verifier.eligibility.sourcing import Sourced
from verifier.errors import PendingAnchorError, RevokedError


def poll_policy(*, accept_pending_anchor: bool) -> PolicyRound:
    policy = load_catalogue().latest_policy("citizen-poll", date(2026, 11, 20))
    conditions = policy.service.conditions
    pending = Sourced(accept_pending_anchor, conditions.accept_pending_anchor.sourcing)
    changed = replace(conditions, accept_pending_anchor=pending)
    return replace(policy, service=replace(policy.service, conditions=changed))


def check_one(policy: PolicyRound, *, anchored: bool) -> CheckedAnswer:
    """The answer with one synthetic credential, before or after its log was anchored."""
    chain = Chain()
    (query,) = request_queries(policy, {"voter": SimulatedIssuer.iss})
    issuer = SimulatedIssuer(chain, vct=query.vct)
    holder = SigningKey.generate(Seeded(b"holder"))
    claims: dict[str, Claim] = {str(path[0]): Hidden(value=True) for path in query.claims}
    claims |= {
        "voter": Hidden(b64u_encode(bytes(32))),
        "voter_series": Hidden(policy.pseudonym.scope),
    }
    credential = issuer.issue(claims, holder)
    if anchored:
        issuer.anchor()
    request = ask(chain, [(query.id, query.vct, query.claims)])
    question = Question(request, policy, material(issuer), chain.now, korean_day(chain.now))
    text = answer(credential, holder, request, query.claims, chain.now)
    return check({query.id: [text]}, question)


@pytest.mark.parametrize(
    ("accepted", "anchored", "codes"),
    [
        (True, False, []),
        (False, False, ["evidence.pending_anchor"]),
        (False, True, []),
    ],
)
def test_a_credential_not_anchored_yet_counts_where_the_service_says_so(
    *, accepted: bool, anchored: bool, codes: list[str]
) -> None:
    checked = check_one(poll_policy(accept_pending_anchor=accepted), anchored=anchored)
    assert [obstacle.code for obstacle in checked.obstacles.values()] == codes
    assert all(obstacle.undetermined for obstacle in checked.obstacles.values())
    assert len(checked.facts) == 1 - len(codes)


def test_what_is_wrong_is_told_apart_from_what_cannot_be_determined() -> None:
    errors = {PendingAnchorError("x"): True, RevokedError("x"): False}
    assert {error: Obstacle.of(error).undetermined for error in errors} == errors
