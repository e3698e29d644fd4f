"""Asking for a co-unit, and adding one from the request: the share and the answer in one transaction, each by its own definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actors import Actor
from app.core.birth import unborn
from app.core.bus import Result
from app.core.fire import by_actor, expect, result_of, seen_root
from app.core.root import Case, Root
from app.core.tx import Tx
from app.errors import Refused
from app.hotline.co_requests.facts import KIND


@dataclass(frozen=True, slots=True)
class AskForUnit:
    """The lead unit of a ticket wishes for another unit. `fields` are `wished_unit` and `reason`."""

    actor: Actor
    ticket_id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class GrantUnit:
    """The centre adds the unit that was wished for, or the one named as `helping_unit`, and the request is answered by that."""

    actor: Actor
    id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    key: str | None = None


def handle_ask(tx: Tx, command: AskForUnit) -> Result:
    root = seen_root(tx, "ticket", command.ticket_id)
    ticket, unit = root.top(), command.actor.unit_id
    fields = {**command.fields, "unit": unit, "round": ticket.data["round"]}
    case = unborn(tx, root, KIND, {"unit_id": unit}, share_of(root, unit) or ticket)
    by_actor(tx, root, case, case.workflow.birth, fields)
    return result_of(root, case)


def share_of(root: Root, unit: int | None) -> Case | None:
    """The newest lead share of this unit, whether or not it has ended: the definition says why nothing is asked for any more."""
    shares = (case for case in root.cases.values() if case.kind == "assignment" and case.data["role"] == "lead")
    return max((share for share in shares if share.data["unit_id"] == unit), key=lambda share: share.id, default=None)


def handle_grant(tx: Tx, command: GrantUnit) -> Result:
    root = seen_root(tx, KIND, command.id)
    case = root.cases[command.id]
    expect(case, command.expected_version)
    fields = {"helping_unit": case.data["wished_unit_id"], **command.fields}
    # A request that was answered already, by this very unit's share perhaps, is refused below by its own definition.
    if case.open:
        add(tx, root, fields)
    by_actor(tx, root, case, "grant", fields)
    return result_of(root, case)


def add(tx: Tx, root: Root, fields: Mapping[str, Any]) -> None:
    """The ticket's own step, with its own rules; what it says of the co-units it says here of the one that is added."""
    words = {"instructions": fields["instructions"]} if fields.get("instructions") else {}
    try:
        by_actor(tx, root, root.top(), "add_units", {"co_units": [fields["helping_unit"]], **words})
    except Refused as refused:
        errors = refused.extra.get("errors", {})
        refused.extra |= {"errors": {name.replace("co_units", "helping_unit"): said for name, said in errors.items()}} if errors else {}
        raise


HANDLERS = {AskForUnit: handle_ask, GrantUnit: handle_grant}
