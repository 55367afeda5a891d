"""Whether an answer answers what was asked (stages 1 and 9 of ``verifier/SPEC.md``)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts.evidence.encoding import Json
from verifier.credential.pseudonym import check_pseudonym
from verifier.credential.request import CredentialQuery, PresentationRequest, find_claim
from verifier.errors import (
    CredentialTypeError,
    RequestedClaimError,
    RequestTimeError,
    UnansweredError,
)


def check_request(
    answers: Mapping[str, Sequence[str]], request: PresentationRequest, at: datetime
) -> None:
    """Stage 1: the request is open, and each of its queries has one answer (C-54, C-55).

    Raises:
        RequestTimeError: before ``issued`` or at or after ``expires``.
        UnansweredError: a query without its one answer, or an answer nobody asked for.
    """
    if not request.issued <= at < request.expires:
        raise RequestTimeError("the request is not open at this moment")
    if answers.keys() != {query.id for query in request.queries}:
        raise UnansweredError("the answers are not those to the request's queries")
    if any(len(presentations) != 1 for presentations in answers.values()):
        raise UnansweredError("a query is answered by exactly one presentation")


def check_answer(claims: dict[str, Json], query: CredentialQuery) -> None:
    """Stage 9: type, claims and pseudonym are those asked for (C-56, C-57, C-63 to C-65).

    Raises:
        CredentialTypeError: another ``vct``.
        RequestedClaimError: a claim that was asked for is not disclosed.
        PseudonymFormError: a pseudonym was asked for, and the value is no canonical 32 bytes.
        PseudonymScopeError: it was made for another service or series.
        PseudonymIssuerError: it is another issuer's.

    Not checked: that nothing more was disclosed. That is the holder's choice.
    """
    if claims["vct"] != query.vct:
        raise CredentialTypeError("the credential is of another type than asked for")
    for path in query.claims:
        if not find_claim(claims, path):
            raise RequestedClaimError("a claim that was asked for is not disclosed")
    if query.pseudonym is not None:
        check_pseudonym(claims, query.pseudonym)
