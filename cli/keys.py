"""The keys that seal personal values: which there are, a new one with everything sealed anew, and the end of an old one."""

from __future__ import annotations

import click

from app.core import file_rotation
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.key_use import keys_in_use
from app.core.secrets import KeyInUse, KeyUnknown
from app.core.system import System
from app.errors import Refused
from app.hotline.commands import ResealCitizens
from app.hotline.restrictions.commands import ResealRestrictions
from app.notices.commands import ResealAddresses
from app.people.drafts import ResealDrafts
from app.people.second_factor import ResealSecondFactors
from cli import stores


@click.group()
def command() -> None:
    """Keys for personal values and attachments."""


@command.command("list")
def list_() -> None:
    """Every key in the key folder; the last one seals."""
    with stores.system("keys list") as system:
        in_use, current = keys_in_use(system), system.keyring.current_id()
        for key_id in system.keyring.key_ids():
            print(f"key {key_id}: {'seals' if key_id == current else 'still named by rows' if key_id in in_use else 'may be retired'}")


@command.command()
def rotate() -> None:
    """Make a new key and seal everything anew under it. Interrupted, `keys reseal` goes on."""
    with stores.system("keys rotate") as system:
        print(f"key {system.keyring.add_key()} seals from now on")
        reseal_all(system)


@command.command()
def reseal() -> None:
    """Seal everything anew under the newest key: what an interrupted rotation left, or what was written meanwhile."""
    with stores.system("keys reseal") as system:
        reseal_all(system)


@command.command()
@click.argument("key_id", type=int)
def retire(key_id: int) -> None:
    """Remove an old key that nothing names any more. What a backup holds under it cannot be opened without that file."""
    with stores.system("keys retire") as system:
        try:
            system.keyring.retire(key_id, keys_in_use(system))
        except KeyInUse as error:
            raise Refused(f"密钥 {key_id} 仍在使用。", f"Key {key_id} is still in use.") from error
        except KeyUnknown as error:
            raise Refused(f"没有密钥 {key_id}。", f"There is no key {key_id}.") from error
    print(f"key {key_id} retired")


def reseal_all(system: System) -> None:
    for command in (ResealCitizens, ResealAddresses, ResealRestrictions, ResealSecondFactors, ResealDrafts):
        after: int | None = 0
        while after is not None:
            after = execute(system, command(SYSTEM, after))
    file_rotation.reseal(system)
    print(f"sealed under key {system.keyring.current_id()}; named by rows: {', '.join(map(str, sorted(keys_in_use(system))))}")
