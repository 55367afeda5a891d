"""What is measured of a process, found without the library that counts.

That library decides at its import where it counts; so nothing that is imported before the folder of
measures is named may import it, and these are needed for health as well.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from api.identity.provider import OidcProvider
from api.openid.office import Office
from api.openid.status_places import count_free_places
from api.operation.clock_watch import ClockWatch
from api.operation.remote_ledger import RemoteLedger
from api.operation.worker_state import read_state
from api.pages.counter import CounterParts
from api.ports.door import Door
from api.store.register_files import FileRegister
from api.waiting.bulkhead import Bulkhead


def readable_registers(office: Office) -> Mapping[str, Callable[[], bool]]:
    """By credential type, whether its register can be read; of those that are files."""
    registers = office.registers
    return {k: r.is_readable for k, r in registers.items() if isinstance(r, FileRegister)}


def clock_shift(watch: ClockWatch, folder: Path) -> float:
    """By how much the time of day jumped, as this process or else the job worker found."""
    own, worker = watch.look(), read_state(folder)
    return own or (worker.clock_shift if worker is not None else 0.0)


def ways_out(ledger: RemoteLedger, door: Door, counters: CounterParts) -> list[Bulkhead]:
    """The ways to the neighbours that every process may call."""
    desk = counters.citizens
    providers = [door.provider, None if desk is None else desk.provider]
    ways = [one.calls for one in providers if isinstance(one, OidcProvider)]
    return [*ways, *([] if ledger.calls is None else [ledger.calls])]


def free_places(office: Office) -> Mapping[str, Callable[[], int | None]]:
    """By agency, how many places its status lists can give out."""
    return {name: partial(count_free_places, office, name) for name in office.agencies}
