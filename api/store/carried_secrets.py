"""Secrets by which people are known again: they outlast a change of the service's origin.

The keys folder has a folder of issuers' keys for each origin. The master secret and the secret of
person values once lay in it too, so that a service under another port or name made new ones, and
everybody was somebody else to it. They are taken over once from there.
"""

from pathlib import Path

from api.ports.errors import OtherOriginError
from api.store.key_register import KeyRegister
from api.store.secret_files import SecretFiles
from verifier.credential.keys import Randomness


def carried_secret(
    keys: Path, rng: Randomness, register: KeyRegister, origin_folder: str, name: str
) -> bytes:
    """A secret of 32 bytes in the keys folder itself.

    Args:
        keys: the keys folder.
        rng: source of randomness.
        register: what the database knows of that folder.
        origin_folder: of the present origin, within it.
        name: the secret's.

    Raises:
        OtherOriginError: it lies in folders of several other origins: nobody knows which is meant.
        KeysMissingError, KeyErasedError: as for ``SecretFiles.secret``.
    """
    files = SecretFiles(keys, rng, register)
    if not register.is_known(name) and not (keys / name).exists():
        held = register.held_in_folders(name)
        if held:
            files.keep(name, SecretFiles(keys, rng).secret(_one_of(held, origin_folder, name)))
    return files.secret(name)


def _one_of(held: list[str], origin_folder: str, name: str) -> str:
    own = f"{origin_folder}/{name}"
    if own in held:
        return own
    if len(held) > 1:
        raise OtherOriginError(
            f"{name} lies in the folders of several origins, and none is of this one; "
            f"copy the right one to {name}: {', '.join(held)}"
        )
    return held[0]
