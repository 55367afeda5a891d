from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.evidence.encoding import b64u_encode
from verifier.eligibility.catalogue import Catalogue, load_catalogue
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound
from verifier.services import read_service_file

SATISFYING: Mapping[str, Mapping[str, Any]] = {
    "resident-registration": {"registered_city": "KR-11", "age_19_to_34": True},
    "school-record": {"left_24_months_before": True, "enrolled_or_on_leave": False},
    "employment-insurance": {
        "no_work_beyond_26_hours_or_3_months": True,
        "no_work_beyond_30_hours_or_3_months": True,
    },
    "health-premium": {"income_below_150": True, "income_at_most_150": True},
    "benefit": {"no_basic_livelihood_or_near_poor": True},
    "programme-record": {"in_similar_programme": False, "former_recipient": False},
}

FactsMaker = Callable[..., list[VerifiedClaims]]


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def policy_2020(catalogue: Catalogue) -> PolicyRound:
    return catalogue.policy("youth-allowance", "2020")


@pytest.fixture
def policy_2023(catalogue: Catalogue) -> PolicyRound:
    return catalogue.policy("youth-allowance", "2023")


@pytest.fixture
def service_text() -> str:
    return read_service_file("youth-allowance.yaml").decode()


@pytest.fixture
def facts() -> FactsMaker:
    """Facts that satisfy every rule of a round, and changes to them by credential type."""

    def make(
        policy: PolicyRound,
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        issued_at: datetime | None = None,
        holder_keys: Mapping[str, bytes] | None = None,
    ) -> list[VerifiedClaims]:
        day = policy.round.opens.value
        return [
            VerifiedClaims(
                vct=kind.vct,
                issuer="urn:test:issuer",
                claims={
                    name: value
                    for name, value in {
                        "reference_date": day.isoformat(),
                        **SATISFYING[kind.id],
                        "person": b64u_encode(bytes(range(32))),
                        "person_service": policy.service.id,
                        **(changes or {}).get(kind.id, {}),
                    }.items()
                    if value is not ...
                },
                issued_at=issued_at or datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
                holder_key=(holder_keys or {}).get(kind.id, bytes(32)),
            )
            for kind in policy.credentials
        ]

    return make
