"""Requests by value: their links may be longer than a QR holds, and are made all the same."""

import pytest

from api.http.qr import MAX_BYTES, fits_qr, qr_svg
from tests.simulators.openid_trial import Trial
from verifier.eligibility.catalogue import load_catalogue

SERVICES = sorted(load_catalogue().services)


@pytest.mark.parametrize("form", ["value", "plain", "reference"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_asks_in_every_form(trial: Trial, service: str, form: str) -> None:
    for mode in ("direct_post", "direct_post.jwt"):
        body = {"service": service, "form": form, "mode": mode}
        answer = trial.http.post("/openid4vp/requests", json=body)
        assert answer.status_code == 201, (service, form, mode)
        told = answer.json()
        assert (told["qr"] is not None) == (len(told["link"]) <= MAX_BYTES)
        assert told["qr"] or form != "reference"


def test_the_longest_link_that_fits_is_drawn() -> None:
    assert "<svg" in qr_svg("x" * MAX_BYTES)
    assert not fits_qr("x" * (MAX_BYTES + 1))
