"""Passkeys of an account: add another, forget one. The last way in stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from api.actions.ceremonies import Begun, begin, challenge_of, take
from api.actions.record_administration import ID_BYTES, Deed, record_administration
from api.actions.staff_errors import (
    LastPasskeyError,
    PasskeyKnownError,
    PasskeyUnknownError,
    SignInRefusedError,
)
from api.ports.accounts import Account, Passkey
from api.ports.door import Attestation, Door, DoorError, NewCredential
from api.ports.means import Means
from api.ports.sessions import Purpose
from api.ports.storage import Work
from contracts.evidence.encoding import Json, b64u_encode

MOST_PASSKEYS: Final = 10


@dataclass(frozen=True, slots=True)
class Adding:
    """What the browser needs to make another passkey, and the token for its cookie."""

    begun: Begun
    options: dict[str, Json] = field(repr=False)


def begin_adding(door: Door, account: Account) -> Adding:
    """Begin another passkey for who is signed in."""
    known = passkeys_of(door.means, account.id)
    begun = begin(door.means, Purpose.ADD_PASSKEY, account=account.id)
    return Adding(begun, door.passkeys.creation(account, challenge_of(begun.token), known))


def finish_adding(
    door: Door, token: str, account: Account, answer: Attestation, label: str
) -> Passkey:
    """Keep another passkey.

    Raises:
        SignInRefusedError: no such ceremony of this account, or the passkey does not hold.
        PasskeyKnownError: it is registered already, or there are too many.
    """
    means = door.means
    if take(means, token, Purpose.ADD_PASSKEY).account != account.id:
        raise SignInRefusedError("the ceremony belongs to another account")
    try:
        made = door.passkeys.register(answer, challenge_of(token))
    except DoorError as error:
        raise SignInRefusedError("the new passkey does not hold") from error
    with means.storage.work() as work:
        work.accounts.alone()
        if len(work.accounts.passkeys(account.id)) >= MOST_PASSKEYS:
            raise PasskeyKnownError(f"an account has at most {MOST_PASSKEYS} passkeys")
        return keep_passkey(work, means, account.id, made, label)


def passkeys_of(means: Means, account: str) -> Sequence[Passkey]:
    """The passkeys of an account."""
    with means.storage.reading() as reading:
        return reading.accounts.passkeys(account)


def remove_passkey(means: Means, account: str, passkey: str) -> None:
    """Forget a passkey.

    Raises:
        PasskeyUnknownError: the account has none of this id.
        LastPasskeyError: it has no other that works.
    """
    with means.storage.work() as work:
        work.accounts.alone()
        others = [one for one in work.accounts.passkeys(account) if one.id != passkey]
        if not work.accounts.remove_passkey(account, passkey):
            raise PasskeyUnknownError("the account has no such passkey")
        if not any(one.suspended is None for one in others):
            raise LastPasskeyError("it is the last passkey that works")
        deed = Deed("passkey.remove", account, passkey)
        record_administration(work, deed, means.now(), means.rng)


def keep_passkey(
    work: Work, means: Means, account: str, made: NewCredential, label: str
) -> Passkey:
    """Keep a checked passkey and record it.

    Raises:
        PasskeyKnownError: it is registered already, with whomever.
    """
    at = means.now()
    passkey = Passkey(
        id=b64u_encode(means.rng(ID_BYTES)),
        account=account,
        credential=made.credential,
        public_key=made.public_key,
        counter=made.counter,
        backed_up=made.backed_up,
        label=label,
        made=at,
    )
    if not work.accounts.add_passkey(passkey):
        raise PasskeyKnownError("this passkey is registered already")
    record_administration(work, Deed("passkey.add", account, passkey.id), at, means.rng)
    return passkey
