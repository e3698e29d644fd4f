"""The verbs of a ticket that are more than one transition, and the one door through which people act on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.api.problems import ill_formed
from app.api.words import Words
from app.core.actors import Actor
from app.core.birth import unborn
from app.core.bus import Result
from app.core.fire import by_actor, expect, result_of, seen_root
from app.core.secrets import key_id_of
from app.core.tx import Tx
from app.core.visibility import CENTRE
from app.errors import Forbidden, Unseen
from app.hotline.callbacks.calls import as_call
from app.hotline.citizens import SEALED, citizen_row, opened, seal_code, seal_shown, tracking_code
from app.hotline.links.pairs import TOGETHER
from app.hotline.reference import reference
from app.hotline.registration import demand, may_look, respoken
from app.hotline.shares import meant
from app.people.unmasking import RecordUnmasking, handle_record_unmasking

# Who was copied in, called to a meeting or asked about a return does not handle the ticket; `own` is a hall that registered it.
HANDLES = "SELECT 1 FROM case_access WHERE root_id = %s AND unit_id = ANY(%s) AND relation IN ('lead', 'co', 'sub', 'own')"
WORKS_ON = CENTRE | {"unit_clerk", "handler", "unit_lead"}
CITIZEN = "SELECT * FROM citizens WHERE id = %s"
TO_RESEAL = "SELECT id, citizen_id, anonymous, tracking_sealed, citizen_shown FROM tickets WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE"
RESEAL_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Register:
    """A new ticket. `fields` are those of the birth edge; `citizen` and `location` stand beside the definition."""

    actor: Actor
    fields: Mapping[str, Any]
    citizen: Mapping[str, Any] = field(default_factory=dict)
    location: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ActOn:
    """A person does something to a ticket, or through it to the own unit's share."""

    actor: Actor
    id: int
    trigger: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Unmask:
    """Open hidden values of a ticket's citizen. The reason is recorded in the same transaction that reads them."""

    actor: Actor
    ticket_id: int
    fields: tuple[str, ...]
    reason: str
    key: None = None


@dataclass(frozen=True, slots=True)
class ResealCitizens:
    """The sealed values of the next tickets after an id are sealed, and hashed, under the current key."""

    actor: Actor
    after: int
    key: None = None


def handle_register(tx: Tx, command: Register) -> Result:
    root = tx.blank_root()
    tx.take_time(root)
    known_category(tx, root.epoch, command.fields)
    own = command.actor.unit_id if command.actor.kind == "user" else None
    row = demand(tx, root.now, command.fields, command.citizen, command.location, own)
    case = unborn(tx, root, "ticket", row, None)
    tx.hold(root)
    case.created_at = case.last_at = root.now
    by_actor(tx, root, case, case.workflow.birth, command.fields)
    may_look(root, reference(tx.system.engine, root.epoch), command.actor)
    return result_of(root, case)


def handle_act_on(tx: Tx, command: ActOn) -> Result:
    if command.trigger in TOGETHER:
        return TOGETHER[command.trigger](tx, command)
    root = seen_root(tx, "ticket", command.id)
    ticket = root.cases[command.id]
    expect(ticket, command.expected_version)
    known_category(tx, root.epoch, command.fields)
    case = meant(tx, root, ticket, command.actor, command.trigger)
    fields = as_call(command.fields) if case.kind == "callback" else command.fields
    by_actor(tx, root, case, command.trigger, fields)
    respoken(ticket)
    return result_of(root, ticket)


def known_category(tx: Tx, epoch: int, fields: Mapping[str, Any]) -> None:
    """A new ticket, or a new class for an old one, names a category that is in force today."""
    wanted = fields.get("category")
    if wanted is None:
        return
    found = reference(tx.system.engine, epoch).categories.get(wanted)
    if found is None or not found.valid(tx.now):
        raise ill_formed({"category": [Words("没有此事项分类，或已停用。", "There is no such category, or it is no longer in use.")]})


def handle_unmask(tx: Tx, command: Unmask) -> Result:
    unknown = sorted(set(command.fields) - set(SEALED))
    if unknown or not command.fields:
        raise ill_formed({"fields": [Words("没有可查看的此项信息。", f"The hidden values are {', '.join(SEALED)}.")]})
    if command.actor.roles.isdisjoint(WORKS_ON):
        raise Forbidden("您的角色不能查看诉求人信息。", "Your role may not see who the citizen is.")
    for name in command.fields:
        handle_record_unmasking(tx, RecordUnmasking(command.actor, command.ticket_id, name, command.reason))
    if command.actor.roles.isdisjoint(CENTRE) and not tx.query(HANDLES, (command.ticket_id, sorted(command.actor.units))):
        raise Forbidden("诉求人信息只向承办单位公开。", "Who the citizen is is told to the units that handle the ticket.")
    rows = tx.query("SELECT citizen_id, confidential FROM tickets WHERE id = %s", (command.ticket_id,))
    if not rows:
        raise Unseen()
    if rows[0]["confidential"] and command.actor.roles.isdisjoint(CENTRE):
        raise Forbidden("保密工单的诉求人身份不向承办单位公开。", "Who the citizen of a confidential ticket is stays inside the centre.")
    values = opened(tx.system.keyring, tx.query(CITIZEN, (rows[0]["citizen_id"],))[0], command.fields)
    return Result(command.ticket_id, "ticket", command.ticket_id, "", 0, detail={"citizen": values})


def handle_reseal(tx: Tx, command: ResealCitizens) -> int | None:
    """The id to go on after, None when there is nothing left."""
    rows = tx.query(TO_RESEAL, (command.after, RESEAL_AT_ONCE))
    current = tx.system.keyring.current_id()
    for row in rows:
        if key_id_of(row["citizen_shown"]) != current:
            reseal(tx, row)
    return rows[-1]["id"] if len(rows) == RESEAL_AT_ONCE else None


def reseal(tx: Tx, row: dict[str, Any]) -> None:
    keyring, citizen_id = tx.system.keyring, row["citizen_id"]
    code = tracking_code(keyring, row)
    values = opened(keyring, tx.query(CITIZEN, (citizen_id,))[0], SEALED)
    given = {name: value for name, value in values.items() if value is not None}
    tx.update("citizens", citizen_id, citizen_row(keyring, citizen_id, given))
    fresh = {
        "tracking_sealed": seal_code(keyring, citizen_id, code),
        "tracking_hash": keyring.lookup("tracking", code),
        "citizen_shown": seal_shown(keyring, citizen_id, given, row["anonymous"]),
    }
    tx.update("tickets", row["id"], fresh)


HANDLERS = {Register: handle_register, ActOn: handle_act_on, Unmask: handle_unmask, ResealCitizens: handle_reseal}
