"""``dojang admin``: what only whoever has the machine may do, because nobody can sign in yet."""

import sys
from collections.abc import Callable
from contextlib import closing
from typing import Final

from pydantic import TypeAdapter, ValidationError

from api.actions.errors import ActionError
from api.actions.invite_staff import Invited, invite_first_administrator
from api.actions.recover_account import RECOVERY_WAIT, ask_recovery
from api.http.staff.account_routes import invitation_link
from api.http.staff.forms import Person
from api.http.text import ShortText
from api.opening import open_database
from api.origins import Origins
from api.ports.errors import StorageError
from api.ports.means import Means
from api.settings import Settings
from api.variables import SettingsError
from api.wiring import wire_means

DONE, FAILED, MISUSED = 0, 1, 2
_NAME: Final = TypeAdapter[str](ShortText)
_PERSON: Final = TypeAdapter[str](Person)


def invite_administrator(name: str, person: str) -> int:
    """Print an invitation's link for one of the first two administrators.

    Returns:
        0, or 1 where it cannot be made, or 2 for a name or number that cannot be used.
    """
    try:
        order = (_NAME.validate_python(name), _PERSON.validate_python(person))
    except ValidationError:
        sys.stderr.write("dojang: a name is one line of text, a number letters and digits\n")
        return MISUSED
    return _print_link(lambda means: invite_first_administrator(means, *order))


def recover_administrator(account: str, name: str, person: str) -> int:
    """Print a link that opens once another administrator confirmed, and the waiting time passed.

    Args:
        account: id of the administrator's account whose passkeys are lost.
        name: of who shall have it; empty for the same person.
        person: their staff number; empty for the same person.

    Returns:
        0, or 1 where it cannot be asked for, or 2 for a name or number that cannot be used.
    """
    try:
        told = (name and _NAME.validate_python(name), person and _PERSON.validate_python(person))
    except ValidationError:
        sys.stderr.write("dojang: a name is one line of text, a number letters and digits\n")
        return MISUSED
    ended = _print_link(lambda means: ask_recovery(means, account, *told))
    if ended == DONE:
        sys.stderr.write(
            f"dojang: the link opens {RECOVERY_WAIT.days} days after an administrator of the other "
            f"lineage confirmed it at /staff/acts, and is shown only now\n"
        )
    return ended


def _print_link(invite: Callable[[Means], Invited]) -> int:
    try:
        settings = Settings.from_environment()
        origin = _people_origin(settings)
        with closing(open_database(settings)) as storage:
            invited = invite(wire_means(settings, storage))
    except (SettingsError, StorageError, ActionError) as error:
        sys.stderr.write(f"dojang: {error} ({error.code})\n")
        return FAILED
    sys.stdout.write(f"{invitation_link(origin, invited.token)}\n")
    return DONE


def _people_origin(settings: Settings) -> str:
    """Where the running service is, as far as settings say.

    Raises:
        SettingsError: the system chose the port, so nobody knows.
    """
    if not settings.people_origin and not settings.port:
        raise SettingsError("DOJANG_PEOPLE_ORIGIN or PORT says where the service is")
    return Origins.of(settings, (settings.port, 0, 0)).people
