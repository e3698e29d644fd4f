"""A citizen's name and numbers are sealed before they reach a row; what is shown without a reason is only ever the masked picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.masking import last_four, mask_id_number, mask_name, mask_phone, normalise_phone
from app.core.secrets import Keyring, place

SEALED = ("name", "phone", "calling_number", "id_number")
MASKS = {"name": mask_name, "phone": mask_phone, "calling_number": mask_phone, "id_number": mask_id_number}
HASHES = {"phone": ("phone_hash", "phone_tail_hash"), "calling_number": ("calling_hash", "calling_tail_hash")}


def plain(citizen: Mapping[str, Any]) -> dict[str, str]:
    """The values that were really given, telephone numbers in their one spelling. Raises NotAPhone."""
    given = {name: str(citizen[name]).strip() for name in SEALED if citizen.get(name)}
    return {name: normalise_phone(value) if name in HASHES else value for name, value in given.items()}


def citizen_row(keyring: Keyring, citizen_id: int, given: Mapping[str, str]) -> dict[str, Any]:
    """All columns of `citizens`; a value that was not given is NULL."""
    row: dict[str, Any] = {"id": citizen_id}
    for name in SEALED:
        column = f"{name}_sealed"
        row[column] = keyring.seal(given[name], place("citizens", column, citizen_id)) if name in given else None
    for name, (whole, tail) in HASHES.items():
        row[whole] = keyring.lookup("phone", given[name]) if name in given else None
        row[tail] = keyring.lookup("phone_tail", last_four(given[name])) if name in given else None
    return row


def seal_shown(keyring: Keyring, citizen_id: int, given: Mapping[str, str], anonymous: bool) -> bytes:
    """Who wants to stay unnamed is shown without a name, even a masked one."""
    shown = {name: MASKS[name](value) for name, value in given.items() if not (anonymous and name == "name")}
    return keyring.seal(orjson.dumps(shown), place("tickets", "citizen_shown", citizen_id))


def shown(keyring: Keyring, row: Mapping[str, Any]) -> dict[str, str]:
    """The masked picture kept with a ticket's row."""
    blob = raw(row["citizen_shown"])
    picture: dict[str, str] = orjson.loads(keyring.open(blob, place("tickets", "citizen_shown", row["citizen_id"])))
    return picture


def opened(keyring: Keyring, row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str | None]:
    """The real values of a row of `citizens`. Only after the reason has been recorded."""
    columns = {name: row[f"{name}_sealed"] for name in names}
    return {
        name: keyring.open_text(raw(blob), place("citizens", f"{name}_sealed", row["id"])) if blob else None
        for name, blob in columns.items()
    }


def seal_code(keyring: Keyring, citizen_id: int, code: str) -> bytes:
    return keyring.seal(code, place("tickets", "tracking_sealed", citizen_id))


def tracking_code(keyring: Keyring, row: Mapping[str, Any]) -> str:
    return keyring.open_text(raw(row["tracking_sealed"]), place("tickets", "tracking_sealed", row["citizen_id"]))


def raw(blob: Any) -> bytes:
    """A row that was read as JSON writes bytes in PostgreSQL's hexadecimal form."""
    return bytes.fromhex(blob[2:]) if isinstance(blob, str) else bytes(blob)
