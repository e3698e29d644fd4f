"""A restriction is proposed from a ticket of that number; the number goes from seal to seal and stands in no history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.fire import birth, result_of, seen_root
from app.core.masking import mask_phone
from app.core.secrets import Keyring, key_id_of, place
from app.core.tx import Tx
from app.errors import Conflict, Refused, Unseen
from app.hotline.citizens import opened, raw
from app.hotline.restrictions.access import may_open
from app.people.unmasking import RecordUnmasking, handle_record_unmasking

TABLE, RESEAL_AT_ONCE = "caller_restrictions", 500
CITIZEN = "SELECT * FROM citizens WHERE id = %s"
STANDING = f"SELECT 1 FROM {TABLE} WHERE phone_hash = ANY(%s) AND effect = %s AND ended_at IS NULL"
SEALED = f"SELECT id, phone_sealed FROM {TABLE} WHERE id = %s"
TO_RESEAL = f"SELECT id, phone_sealed FROM {TABLE} WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE"


@dataclass(frozen=True, slots=True)
class ProposeRestriction:
    """The number is the one that called, or else the one that was left."""

    actor: Actor
    ticket: int
    ground: str
    effect: str
    until: datetime
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRestricted:
    """See the whole number; the reason is recorded in the same transaction."""

    actor: Actor
    id: int
    reason: str
    key: None = None


@dataclass(frozen=True, slots=True)
class ResealRestrictions:
    """The next sealed numbers after an id are sealed, and hashed, under the current key."""

    actor: Actor
    after: int
    key: None = None


def handle_propose(tx: Tx, command: ProposeRestriction) -> Result:
    may_open(command.actor)
    root = seen_root(tx, "ticket", command.ticket)
    numbers = opened(tx.system.keyring, tx.query(CITIZEN, (root.top().data["citizen_id"],))[0], ("calling_number", "phone"))
    number = numbers["calling_number"] or numbers["phone"]
    if number is None:
        raise Refused("此工单没有来电号码，不能限制。", "This ticket has no telephone number that could be restricted.")
    if tx.query(STANDING, (tx.system.keyring.lookups("phone", number), command.effect)):
        raise Conflict("该号码已有同样的限制措施（待审批或生效中）。", "The same effect on this number stands already, proposed or active.")
    told = {"from_ticket": command.ticket, "restriction_ground": command.ground, "restriction_effect": command.effect}
    row = {"ticket_id": command.ticket, "ground": command.ground, "effect": command.effect, "proposed_by": command.actor.id}
    fields = {**told, "restricted_until": command.until, "reason": command.reason}
    case = birth(tx, "caller-restriction", fields, {**row, "restricted_until": command.until})
    case.data.update(seals(tx.system.keyring, case.id, number))
    return result_of(tx.roots[case.root_id], case)


def seals(keyring: Keyring, case_id: int, number: str) -> dict[str, bytes]:
    return {
        "phone_hash": keyring.lookup("phone", number),
        "phone_sealed": keyring.seal(number, place(TABLE, "phone_sealed", case_id)),
        "shown_sealed": keyring.seal(mask_phone(number), place(TABLE, "shown_sealed", case_id)),
    }


def handle_open(tx: Tx, command: OpenRestricted) -> Result:
    may_open(command.actor)
    handle_record_unmasking(tx, RecordUnmasking(command.actor, command.id, "restricted_phone", command.reason))
    rows = tx.query(SEALED, (command.id,))
    if not rows:
        raise Unseen()
    return Result(command.id, "caller-restriction", command.id, "", 0, detail={"phone": number_of(tx.system.keyring, rows[0])})


def number_of(keyring: Keyring, row: Mapping[str, Any]) -> str:
    return keyring.open_text(raw(row["phone_sealed"]), place(TABLE, "phone_sealed", row["id"]))


def handle_reseal(tx: Tx, command: ResealRestrictions) -> int | None:
    """The id to go on after, None when there is nothing left."""
    rows = tx.query(TO_RESEAL, (command.after, RESEAL_AT_ONCE))
    for row in rows:
        if key_id_of(row["phone_sealed"]) != tx.system.keyring.current_id():
            tx.update(TABLE, row["id"], seals(tx.system.keyring, row["id"], number_of(tx.system.keyring, row)))
    return rows[-1]["id"] if len(rows) == RESEAL_AT_ONCE else None


HANDLERS: Mapping[Any, Any] = {ProposeRestriction: handle_propose, OpenRestricted: handle_open, ResealRestrictions: handle_reseal}
