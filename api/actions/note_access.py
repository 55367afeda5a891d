"""Keep who of the staff reads a personal record, before it is shown; and notice mass export.

More different records within an hour than the limit raise one alarm for that person and hour: a row
for the auditor, an entry in the administrative evidence log, and a measure.
"""

from datetime import timedelta
from typing import Final

from api.actions.append_to_logs import log_errand
from api.observation.journal import warn
from api.ports.access_log import ExportAlarm, PersonalAccess
from api.ports.storage import Work
from contracts.evidence.encoding import canonical, format_time

HOUR: Final = timedelta(hours=1)
ADMINISTRATION: Final = "administration"
ALARM_VERSION: Final = "dojang-export-alarm-v1"


def note_access(work: Work, access: PersonalAccess, limit: int, salt: bytes) -> bool:
    """Keep one look; call it in the transaction that reads the record.

    Args:
        work: the transaction.
        access: who, what, why, when.
        limit: different records a person may read within an hour (DOJANG_ALARM_READS).
        salt: 16 random bytes, so that the log's leaf cannot be guessed.

    Returns:
        Whether this look raised an alarm. The record may be shown all the same: a busy day is no
        crime, and somebody looks at it.
    """
    work.access_log.note(access)
    count = work.access_log.read_since(access.actor, access.at - HOUR)
    if count <= limit:
        return False
    hour = access.at.replace(minute=0, second=0, microsecond=0)
    alarm = ExportAlarm(access.actor, hour, count, access.at)
    if not work.access_log.raise_alarm(alarm):
        return False
    key = f"alarm-{access.actor}-{format_time(hour)}"
    work.outbox.put(log_errand(ADMINISTRATION, key, _entry(alarm, salt), access.at))
    warn("export.alarm", alarm="reads", count=count)
    return True


def _entry(alarm: ExportAlarm, salt: bytes) -> bytes:
    return canonical(
        {
            "version": ALARM_VERSION,
            "actor": alarm.actor,
            "hour": format_time(alarm.hour),
            "count": alarm.count,
            "salt": salt.hex(),
        }
    )
