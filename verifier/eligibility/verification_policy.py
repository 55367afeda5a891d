"""What a service's conditions mean to the verifier of its credentials."""

from verifier.credential.standing import PersonProof, Policy
from verifier.eligibility.policy import Conditions


def verification_policy(conditions: Conditions) -> Policy:
    """The verifier's policy under a service's conditions; all else stays at its strict default.

    ``accept_pending_anchor`` and the accepted proofs of one person are the service's to set.
    """
    proofs = frozenset(PersonProof(proof.value) for proof in conditions.one_person.value)
    return Policy(
        accept_pending_anchor=conditions.accept_pending_anchor.value, person_proofs=proofs
    )
