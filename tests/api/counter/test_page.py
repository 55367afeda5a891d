"""The counter's page: nothing inline, and the code of an offer told once."""

import re

import pytest

from api.ports.accounts import Role
from tests.api.counter.site import PERSON, CounterSite
from tests.simulators.openid_trial import AGENCY, KIND, SERVICE

FORM = {"choice": f"{AGENCY}/{KIND}", "service": SERVICE, "person": PERSON, "card": "yes"}
INLINE = r"<script(?![^>]*src=)|<style|\son\w+=|style="


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_clerk_hands_a_credential_over(site: CounterSite, lang: str) -> None:
    clerk = site.staff(Role.ISSUER)
    start = clerk.browser.ask("GET", f"/staff/counter?lang={lang}")
    assert start.status_code == 200
    made = clerk.browser.ask("POST", f"/staff/counter?lang={lang}", data=FORM)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    for page in (start.text, made.text):
        assert not re.search(INLINE, page)
        assert f'<html lang="{lang}">' in page
    assert re.search(r'<p class="digits"><span>\d{3}</span><span>\d{3}</span></p>', made.text)
    assert "<svg" in made.text
    assert PERSON not in made.text
    assert site.acts() == [("credential.offer", clerk.account)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"card": ""}, 409),
        ({"person": "synthetic-9"}, 404),
        ({"choice": "school/school-record"}, 409),
        ({"choice": "district"}, 422),
        ({"person": "<b>"}, 422),
    ],
)
def test_a_form_that_cannot_be_is_refused_as_a_page(
    site: CounterSite, change: dict[str, str], status: int
) -> None:
    clerk = site.staff(Role.ISSUER)
    answer = clerk.browser.ask("POST", "/staff/counter", data={**FORM, **change})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<svg" not in answer.text
    assert site.acts() == []


def test_an_agency_that_is_not_enrolled_cannot_be_chosen(site: CounterSite) -> None:
    text = site.staff(Role.ISSUER).browser.ask("GET", "/staff/counter").text
    assert 'value="school/school-record" required disabled' in text
    assert f'value="{AGENCY}/{KIND}" required>' in text
