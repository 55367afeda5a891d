"""Status lists and places in logs at full size: what a batch of ten copies costs as they fill.

``python -m bench.status_lists [HOLDERS [places]]``: a hundred thousand holders by default. Most
holders are entered a thousand in a transaction: their status places and places in the log are drawn
by the product's own functions, their rows kept, the log sealed and the lists looked after, but
nothing is signed for them. With ``places`` only their status places are drawn and no rows are kept,
which shows a million holders in minutes; revoking is then of the few that have rows. At each tenth
of the way three figures are taken by themselves: drawing and keeping one holder's batch in a
transaction of its own, without signatures; ten batches issued whole, over HTTP with proofs and
signatures; ten persons whose ten copies are revoked, each with its lists signed and anchored anew
on a ledger in memory. CPU time of one thread on SQLite that does not wait for the disk; ratios are
to the first tenth.
"""

import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import event

from api.openid.agencies import IssuanceTerms
from api.openid.console import CopyStatus
from api.openid.log_places import draw_log_places
from api.openid.ports import Batch, CopyRecord
from api.openid.status_places import draw_status_places
from api.store.database import Database
from api.store.migration import migrate
from tests.api.databases import StillClock
from tests.simulators.openid_trial import AGENCY, KIND, SimulatedWallet, Trial

HOLDERS: Final = 100_000
COPIES: Final = 10
STEPS: Final = 10
TOGETHER: Final = 1000
SINGLE: Final = 200
WHOLE: Final = 10


def enter(trial: Trial, holders: range) -> None:
    """Draw the places of some holders in one transaction, and keep their rows."""
    office, at = trial.openid.console.office, trial.ground.clock()
    agency, count = office.agencies[AGENCY], COPIES * len(holders)
    expires = at + agency.terms.lifetime
    with trial.ground.storage.work() as work:
        tree = work.logs.open(agency.log)
        places = iter(draw_status_places(work, agency, count, expires, at))
        drawn = draw_log_places(work.logs, agency.log, tree.size, count, office.rng)
        indexes = iter(drawn)
        work.logs.add_waiting(agency.log, {index: secrets.token_bytes(32) for index in drawn})
        for holder in holders:
            name, subject = secrets.token_urlsafe(16), office.subject(agency.id, f"p-{holder}")
            batch = Batch(name, "offer", agency.id, KIND, secrets.token_bytes(32), at)
            copies = [
                CopyRecord(
                    agency=agency.id,
                    index=next(indexes),
                    batch=name,
                    configuration=KIND,
                    subject=subject,
                    status_list=(place := next(places)).number,
                    status_index=place.reference.index,
                    issued=at,
                    expires=expires,
                )
                for _ in range(COPIES)
            ]
            work.issuing.add_batch(batch, copies)


def draw_only(trial: Trial, holders: range) -> None:
    """Draw the status places of some holders, and keep nothing else of them."""
    agency, at = trial.openid.console.office.agencies[AGENCY], trial.ground.clock()
    with trial.ground.storage.work() as work:
        work.logs.open(agency.log)
        expires = at + agency.terms.lifetime
        draw_status_places(work, agency, COPIES * len(holders), expires, at)


def look_after(trial: Trial) -> None:
    """The worker's part: seal, and open lists."""
    at = trial.ground.clock()
    trial.openid.anchoring.anchor_now(f"issuer-{AGENCY}", at)
    trial.openid.console.look_after_lists(AGENCY, at)


def milliseconds(act: Callable[[int], object], count: int) -> float:
    """CPU time of each of some acts."""
    start = time.process_time()
    for number in range(count):
        act(number)
    return (time.process_time() - start) / count * 1000


def measure(trial: Trial, last: int, spare: int) -> tuple[float, ...]:
    """The three figures; single batches are of ``spare`` on, revoked are ``last`` and before."""

    def whole(_: int) -> None:
        answer = SimulatedWallet(trial).obtain(copies=COPIES)
        if answer.status_code != 200:  # it was issued
            raise RuntimeError(answer.text)

    def revoke(number: int) -> None:
        person = f"p-{last - number * 7}"
        trial.openid.console.mark(AGENCY, person, KIND, CopyStatus.REVOKED, trial.ground.clock())

    single = milliseconds(lambda n: enter(trial, range(spare + n, spare + n + 1)), SINGLE)
    figures = single, milliseconds(whole, WHOLE), milliseconds(revoke, WHOLE)
    look_after(trial)
    return figures


def run(trial: Trial, holders: int, *, places: bool) -> None:
    step, first = holders // STEPS, tuple[float, ...]()
    print("ms and ratio:    a batch's draw and rows   a batch issued whole   a person revoked")
    for number in range(STEPS):
        for start in range(number * step, (number + 1) * step, TOGETHER):
            fill = draw_only if places else enter
            fill(trial, range(start, min(start + TOGETHER, (number + 1) * step)))
            look_after(trial)
        filled, spare = (number + 1) * step, holders + number * SINGLE
        figures = measure(trial, spare + SINGLE - 1 if places else filled - 1, spare)
        first = first or figures
        told = (f"{now:12.2f} {now / then:6.2f}" for now, then in zip(figures, first, strict=True))
        print(f"{filled * COPIES:10} copies", *told, flush=True)
    with trial.ground.storage.reading() as reading:
        lists = reading.issuing.status_lists(AGENCY)
    print(f"{len(lists)} lists, {sum(one.drawn for one in lists)} places given out")


def main() -> None:
    holders = int(sys.argv[1]) if len(sys.argv) > 1 else HOLDERS
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite"
        migrate(url)
        with closing(Database(url)) as storage:
            event.listen(storage._writer, "connect", _without_waiting)  # noqa: SLF001 # a bench's
            trial = Trial.start(storage, StillClock(), Path(folder), IssuanceTerms())
            trial.openid.console.enrol(AGENCY, trial.ground.clock())
            run(trial, holders, places=sys.argv[2:] == ["places"])


def _without_waiting(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
