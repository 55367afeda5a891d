"""How many copies at once, and how many in all."""

import secrets
from typing import Any

import pytest

from api.openid.agencies import Agency, IssuanceTerms
from api.openid.credential_request import batch_size
from api.openid.metadata import issuer_metadata
from tests.simulators.openid_trial import Offered, SimulatedWallet, body_with, error_of
from verifier.credential.keys import SigningKey
from verifier.eligibility.wording import Bilingual

_TITLE = Bilingual("[시험] 기관", "[test] agency")


def test_more_copies_than_the_batch_are_refused(wallet: SimulatedWallet) -> None:
    assert wallet.obtain(copies=10).status_code == 200
    for copies in (11, 70):
        refused = wallet.obtain(copies=copies)
        assert error_of(refused) == (400, "invalid_proof")
        assert " 10 " in refused.json()["error_description"]


@pytest.mark.parametrize("copies", [1, 2, 3, 100])
def test_the_batch_that_is_refused_beyond_is_the_one_announced(copies: int) -> None:
    agency = Agency("a", "https://a.example", _TITLE, {}, IssuanceTerms(copies=copies))
    announced: Any = issuer_metadata(agency)["batch_credential_issuance"]
    assert announced == {"batch_size": batch_size(copies)}


def test_copies_are_counted_over_requests(
    wallet: SimulatedWallet, offered: Offered, token: str
) -> None:
    def take(count: int) -> Any:
        keys = [SigningKey.generate(secrets.token_bytes) for _ in range(count)]
        proofs = [wallet.proof(offered.issuer, key) for key in keys]
        return wallet.request(offered, token, body_with(*proofs)), proofs

    assert take(6)[0].status_code == 200
    refused, proofs = take(5)
    assert error_of(refused) == (400, "invalid_credential_request")
    assert wallet.request(offered, token, body_with(*proofs[:4])).status_code == 200
    assert error_of(take(1)[0]) == (400, "credential_request_denied")
    assert error_of(take(2)[0]) == (400, "credential_request_denied")
