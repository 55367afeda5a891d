"""Opening an application on both engines: row, errand and key are one, and can be sent again."""

import re
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from api.actions.append_to_logs import LOG_APPEND
from api.actions.application_entry import application_entry, hash_secret, make_number
from api.actions.errors import (
    ApplicationNotFoundError,
    DateNotTodayError,
    KeyReusedError,
    RoundClosedError,
    UnknownServiceRoundError,
)
from api.actions.finish_application import finish_application
from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.actions.read_application import Evidence, read_application
from api.http.applications import NUMBER
from api.ports.means import Means, korean_day
from contracts.evidence.encoding import parse_canonical
from contracts.evidence.merkle import leaf_hash

ORDER = ApplicationOrder("document-delivery")
KEYED = replace(ORDER, key="kk7-x2_Zr5tYb8nQ4mV9cW1s")


def waiting(means: Means) -> int:
    with means.storage.reading() as reading:
        return sum(count.count for count in reading.outbox.counts())


def begun(means: Means) -> int:
    with means.storage.reading() as reading:
        return len(list(reading.connection.execute(text("SELECT id FROM unfinished"))))


def test_an_application_is_kept_and_gets_its_errand_when_it_is_finished(means: Means) -> None:
    opened = open_application(means, ORDER)
    number = opened.application.number
    view = read_application(means, number, opened.secret)
    assert view.application == opened.application
    assert (view.evidence, view.index, view.anchor) == (Evidence.WAITING, None, None)
    assert waiting(means) == 0
    for _ in range(2):
        with means.storage.work() as work:
            finish_application(work, number, means.now())
    with means.storage.reading() as reading:
        (count,) = reading.outbox.counts()
    assert (count.kind, count.count) == (LOG_APPEND, 1)
    assert read_application(means, number, opened.secret).application.ends is None


def test_without_a_round_the_open_one_is_taken_though_the_next_is_announced(means: Means) -> None:
    service = means.catalogue.service("document-delivery")
    [there] = service.rounds.values()
    day = korean_day(means.now())
    later = replace(
        there,
        id="next",
        notice=replace(there.notice, value=day),
        opens=replace(there.opens, value=there.closes.value + timedelta(days=1)),
        closes=replace(there.closes, value=there.closes.value + timedelta(days=9)),
    )
    both = replace(service, rounds={**service.rounds, "next": later})
    catalogue = replace(
        means.catalogue, services={**means.catalogue.services, "document-delivery": both}
    )
    opened = open_application(replace(means, catalogue=catalogue), ORDER)
    assert opened.application.round == there.id


def test_nothing_kept_tells_the_secret(means: Means) -> None:
    opened = open_application(means, KEYED)
    assert opened.application.secret_hash == hash_secret(opened.secret)
    assert opened.secret not in repr(opened)
    assert KEYED.key not in repr(KEYED)
    assert opened.secret.encode() not in application_entry(opened.application)


def test_the_entry_pins_the_rules_and_the_moment(means: Means) -> None:
    opened = open_application(means, ORDER)
    entry = parse_canonical(application_entry(opened.application))
    assert isinstance(entry, dict)
    assert entry["version"] == "dojang-application-v1"
    digest = means.catalogue.service("document-delivery").digest
    assert entry["service_digest"] == digest.hex()
    assert entry["received"] == "2026-11-20T07:00:00Z"


def test_a_changed_entry_has_another_leaf(means: Means) -> None:
    application = open_application(means, ORDER).application
    changed = replace(application, date=date(2026, 11, 21))
    assert leaf_hash(application_entry(changed)) != leaf_hash(application_entry(application))


def test_the_same_key_is_one_application(means: Means) -> None:
    first, second = open_application(means, KEYED), open_application(means, KEYED)
    assert (second.application, second.secret) == (first.application, first.secret)
    assert begun(means) == 1


def test_the_same_key_from_many_at_once_is_one_application(means: Means) -> None:
    results: list[OpenedApplication] = []
    threads = [
        threading.Thread(target=lambda: results.append(open_application(means, KEYED)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len({(result.application.number, result.secret) for result in results}) == 1
    assert begun(means) == 1


def test_a_key_for_another_request_is_refused_and_keeps_nothing(means: Means) -> None:
    open_application(means, KEYED)
    with pytest.raises(KeyReusedError):
        open_application(means, replace(KEYED, service="bulk-issuance"))
    assert begun(means) == 1


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (ApplicationOrder("nothing"), UnknownServiceRoundError),
        (replace(ORDER, round="1999"), UnknownServiceRoundError),
        (replace(ORDER, date=date(2026, 11, 19)), DateNotTodayError),
        (ApplicationOrder("youth-allowance", "2022"), RoundClosedError),
    ],
)
def test_what_cannot_be_applied_for_is_refused(
    means: Means, order: ApplicationOrder, error: type[Exception]
) -> None:
    with pytest.raises(error):
        open_application(means, order)
    assert begun(means) == 0


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        (date(2022, 3, 27), False),
        (date(2022, 3, 28), True),
        (date(2022, 4, 6), True),
        (date(2022, 4, 7), False),
    ],
)
def test_in_a_trial_the_day_is_chosen_within_the_period(
    means: Means, day: date, *, taken: bool
) -> None:
    trial = replace(means, trial=True)
    order = ApplicationOrder("youth-allowance", "2022", day)
    if not taken:
        with pytest.raises(RoundClosedError):
            open_application(trial, order)
        return
    application = open_application(trial, order).application
    assert (application.date, application.trial) == (day, True)


def test_an_application_of_today_is_no_trial(means: Means) -> None:
    order = replace(ORDER, date=date(2026, 11, 20))
    assert not open_application(replace(means, trial=True), order).application.trial


@pytest.mark.parametrize("secret", ["", "A" * 43, "é"])
def test_another_secret_opens_nothing(means: Means, secret: str) -> None:
    number = open_application(means, ORDER).application.number
    with pytest.raises(ApplicationNotFoundError):
        read_application(means, number, secret)
    with pytest.raises(ApplicationNotFoundError):
        read_application(means, "0000-0000-0000-0000", secret)


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_numbers_are_readable_and_differ_as_their_bytes_do(one: bytes, other: bytes) -> None:
    assert re.fullmatch(NUMBER, make_number(one))
    assert (make_number(one) == make_number(other)) is (one == other)
