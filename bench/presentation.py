"""Presentations verified and stored durably in a second: one credential, request made before.

Two worker processes of sixteen threads, as the service has by default, take answers
(``direct_post``) from one database; each answer is on disk when the call returns. Making requests
and answers is not counted. The bar is 400 a second on two cores, in the median of three runs;
``python -m bench.presentation [count]``. DATABASE_URL names another database than a SQLite file in
a temporary folder.
"""

import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlencode

from api.openid.asking import AskOrder, RequestForm, ResponseMode
from api.openid.assembly import Ground
from api.openid.receiving import open_request, receive
from api.store.database import Database
from api.store.migration import migrate
from tests.simulators.openid_trial import KIND, SERVICE, SimulatedWallet, Trial
from verifier.credential.presentation import HeldCredential, bind

BAR = 400
WORKERS = 2
THREADS = 16
RUNS = 3
COPIES = 10


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def prepare(trial: Trial, count: int) -> list[tuple[str, bytes]]:
    """Requests, and what is posted to each; copies are shown again, as no wallet would."""
    wallet = SimulatedWallet(trial)
    wallet.obtain(copies=COPIES)
    desk = trial.openid.desk
    query = desk.query(SERVICE, None, now().date())
    order = AskOrder(query, RequestForm.REFERENCE, ResponseMode.DIRECT_POST)
    paths = query.queries[0].claims
    chosen = [(HeldCredential.of(text).select(paths), key) for text, key in wallet.held]
    made = []
    for number in range(count):
        asked = open_request(desk, order, now()).asking.asked
        text, key = chosen[number % COPIES]
        shown = bind(text, asked.request.nonce, asked.request.audience, now(), key)
        form = {"vp_token": json.dumps({KIND: [shown]}), "state": asked.state}
        made.append((asked.request.id, urlencode(form).encode()))
    return made


def work(
    ground: Ground,
    url: str,
    answers: list[tuple[str, bytes]],
    gate: Event,
    told: "multiprocessing.Queue[float | None]",
) -> None:
    """One worker: its own connections, its own snapshot; nothing shared but the database."""
    with closing(Database(url)) as storage:
        trial = Trial.of(replace(ground, storage=storage))
        told.put(None)
        gate.wait()
        start = usage(resource.RUSAGE_SELF)
        with ThreadPoolExecutor(THREADS) as threads:
            desk = trial.openid.desk
            list(threads.map(lambda one: receive(desk, one[0], one[1], now()), answers))
        told.put(usage(resource.RUSAGE_SELF) - start)


def usage(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def measure(count: int, folder: Path) -> dict[str, float]:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite'}"
    migrate(url)
    with closing(Database(url)) as storage:
        trial = Trial.start(storage, now, folder)
        answers = prepare(trial, count)
        if trial.openid.demonstration is not None:
            trial.openid.demonstration.anchor(now())
        ground = trial.ground
    context = multiprocessing.get_context("fork")
    gate, told = context.Event(), context.Queue()
    parts = [answers[number::WORKERS] for number in range(WORKERS)]
    workers = [context.Process(target=work, args=(ground, url, p, gate, told)) for p in parts]
    for worker in workers:
        worker.start()
    for _ in workers:
        told.get(timeout=60)
    start = time.perf_counter()
    gate.set()
    cpu = sum(told.get(timeout=600) for _ in workers)
    wall = time.perf_counter() - start
    for worker in workers:
        worker.join()
    with closing(Database(url)) as storage, storage.reading() as reading:
        kept = [reading.presentations.answered(name) for name, _ in answers]
        if any(one is None or one.result["outcome"] != "eligible" for one in kept):
            raise SystemExit("an answer was not kept as it should be")
    return {"per_second_wall": count / wall, "ms_cpu_each": cpu / count * 1000, "wall": wall}


def main(count: int = 2000) -> int:
    runs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
            runs.append(measure(count, Path(folder)))
    speeds, costs = ([run[name] for run in runs] for name in ("per_second_wall", "ms_cpu_each"))
    speed, each = statistics.median(speeds), statistics.median(costs)
    told = ", ".join(f"{one:.0f}" for one in sorted(speeds))
    held = "holds" if speed >= BAR else "MISSED"
    print(f"presentations: {speed:.0f}/s wall with {WORKERS} workers ({told}), bar {BAR}: {held}")
    print(f"  CPU {each:.2f} ms each, so {WORKERS * 1000 / each:.0f}/s of {WORKERS} free cores")
    return int(speed < BAR)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
