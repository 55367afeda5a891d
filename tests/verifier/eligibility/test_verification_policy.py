import pytest

from tests.simulators.issuer import answer, material
from tests.simulators.world import PATHS, World
from verifier.credential.standing import PersonProof, Policy
from verifier.credential.verification import verify
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.verification_policy import verification_policy
from verifier.errors import PendingAnchorError


def policy_of(catalogue: Catalogue, service_id: str) -> Policy:
    return verification_policy(catalogue.service(service_id).conditions)


def test_only_what_a_service_sets_differs_from_the_strict_defaults(catalogue: Catalogue) -> None:
    assert policy_of(catalogue, "youth-allowance") == Policy()
    assert policy_of(catalogue, "document-delivery") == Policy(
        accept_pending_anchor=True, person_proofs=frozenset({PersonProof.SAME_KEY})
    )


def test_a_credential_that_is_not_anchored_counts_where_the_service_says_so(
    catalogue: Catalogue,
) -> None:
    world = World()
    credential = world.issue()
    request, trust, now = world.request(), material(world.issuer), world.chain.now
    text = answer(credential, world.holder, request, PATHS, now)
    delivery = policy_of(catalogue, "document-delivery")
    verify({"work": [text]}, request, trust, now, delivery)
    with pytest.raises(PendingAnchorError):
        verify({"work": [text]}, request, trust, now, policy_of(catalogue, "citizen-poll"))
