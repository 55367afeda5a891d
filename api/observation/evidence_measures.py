"""Measures of what must reach the chain: they grow while it does not, whatever is put off."""

from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from api.actions.anchor_logs import LOG_ANCHOR
from api.ports.logs import Anchor
from api.ports.storage import Reading


def outbox_measures(reading: Reading, now: datetime) -> list[GaugeMetricFamily]:
    """Errands that are not done: how many, since when the oldest is wanted, how often tried."""
    labels = ("kind", "state")
    count = GaugeMetricFamily("dojang_outbox_errands", "Errands by state.", labels=labels)
    age = GaugeMetricFamily(
        "dojang_outbox_oldest_seconds",
        "How long the oldest errand is wanted, however often it was put off.",
        labels=labels,
    )
    attempts = GaugeMetricFamily(
        "dojang_outbox_attempts", "Most attempts that an undone errand has had.", labels=labels
    )
    for entry in reading.outbox.counts():
        place = (entry.kind, entry.state.value)
        count.add_metric(place, entry.count)
        age.add_metric(place, seconds_since(entry.oldest, now))
        attempts.add_metric(place, entry.attempts)
    return [count, age, attempts]


def chain_measures(reading: Reading, now: datetime) -> list[GaugeMetricFamily]:
    """When the chain last answered, and since when it lacks what it had; none before a look."""
    silent = GaugeMetricFamily(
        "dojang_chain_silent_seconds", "Since the chain last answered the job worker."
    )
    behind = GaugeMetricFamily(
        "dojang_chain_behind_seconds", "Since the chain lacks what it had acknowledged; 0: not."
    )
    refused = GaugeMetricFamily(
        "dojang_chain_refused", "Subjects and logs that the chain refuses to take back."
    )
    sight = reading.continuity.chain_sight()
    if sight is not None:
        silent.add_metric((), seconds_since(sight.answered, now))
        behind.add_metric((), seconds_since(sight.behind, now) if sight.behind else 0.0)
        refused.add_metric((), sight.refused)
    return [silent, behind, refused]


def log_measures(reading: Reading, now: datetime) -> list[GaugeMetricFamily]:
    """Of each log: age of its last state on chain, what is not on chain and since when, halts."""
    age = GaugeMetricFamily(
        "dojang_anchor_age_seconds", "Age of the last state on chain.", labels=("log",)
    )
    waiting = GaugeMetricFamily(
        "dojang_log_waiting_seconds",
        "Since when the oldest signed state waits for the chain; 0: none does.",
        labels=("log",),
    )
    leaves = GaugeMetricFamily(
        "dojang_log_unanchored_leaves", "Leaves that are not on chain.", labels=("log",)
    )
    halted = GaugeMetricFamily("dojang_log_halted", "Logs that stand still.", labels=("log",))
    stands = {halt.log for halt in reading.continuity.halts()}
    drawn = reading.logs.taken_places()  # leaves that wait for the seal
    for log in sorted(stands | set(reading.continuity.log_names())):
        last, confirmed = reading.logs.last_anchor(log), reading.logs.last_confirmed(log)
        if confirmed is not None and confirmed.time is not None:
            age.add_metric((log,), seconds_since(confirmed.time, now))
        since = None if last is None or last.block is not None else _waits_since(reading, last)
        waiting.add_metric((log,), seconds_since(since, now) if since else 0.0)
        known = confirmed.size if confirmed else 0
        leaves.add_metric((log,), reading.logs.size(log) + drawn.get(log, 0) - known)
        halted.add_metric((log,), float(log in stands))
    return [age, waiting, leaves, halted]


def seconds_since(moment: datetime, now: datetime) -> float:
    """Seconds from a moment to now; 0 for a moment to come."""
    return max(0.0, (now - moment).total_seconds())


def _waits_since(reading: Reading, last: Anchor) -> datetime | None:
    """Since when a signed state waits: as long as its errand, or since the chain lost it."""
    sight = reading.continuity.chain_sight()
    if last.is_lost:
        return sight.behind if sight and sight.behind else last.time
    return reading.outbox.since(LOG_ANCHOR, f"{last.log}/{last.sequence}")
