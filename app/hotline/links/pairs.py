"""Linking and unlinking lock both tickets in the order of their ids, and both histories tell it; unlinking gives back what was held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.core.actors import Actor
from app.core.apply import Step
from app.core.bus import Result
from app.core.fire import CAUSED, act, by_actor, expect, result_of
from app.core.root import Case, Root
from app.core.tx import Tx
from app.core.visibility import sees
from app.errors import Unseen
from app.hotline.links.facts import STANDING

LIMIT = ("id", "case_id", "name", "level", "state", "budget")


class Acting(Protocol):
    """What a person says of a ticket."""

    @property
    def actor(self) -> Actor: ...
    @property
    def id(self) -> int: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def expected_version(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class LinkTickets:
    """`id` is linked to `main`: joined to it when both are about the same fact, else noted as a repeat of it or as similar."""

    actor: Actor
    id: int
    main: int
    kind: str
    reason: str
    expected_version: int | None = None
    key: str | None = None

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"main_ticket": self.main, "link_kind": self.kind, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class UnlinkTickets:
    """The link between the two ends, whichever of them was linked to the other."""

    actor: Actor
    id: int
    main: int
    reason: str
    expected_version: int | None = None
    key: str | None = None

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"main_ticket": self.main, "reason": self.reason}


def handle_link(tx: Tx, command: Acting) -> Result:
    main_id = command.fields.get("main_ticket")
    roots = both(tx, command.actor, command.id, main_id)
    root = roots[command.id]
    case = root.cases[command.id]
    expect(case, command.expected_version)
    before = picture(root, case)
    cause = by_actor(tx, root, case, "link", command.fields).label
    assert main_id is not None  # without it the definition has refused
    kind = command.fields["link_kind"]
    told(tx, roots[main_id], main_id, "link", {"joined_ticket": case.id, "link_kind": kind}, cause)
    row = {"id": tx.system.ids.next(), "kind": kind, "main_id": main_id, "other_id": case.id, "since": tx.now}
    tx.insert("links", {**row, "linked_by": command.actor.id, "snapshot": settled(before, root)})
    return result_of(root, case)


def handle_unlink(tx: Tx, command: Acting) -> Result:
    named = command.fields.get("main_ticket")
    roots = both(tx, command.actor, command.id, named)
    asked = roots[command.id].cases[command.id]
    expect(asked, command.expected_version)
    rows = tx.query(STANDING, {"one": command.id, "two": named}) if named else []
    joined, main_id = (rows[0]["other_id"], rows[0]["main_id"]) if rows else (command.id, named)
    fields = {**command.fields, **({"main_ticket": main_id} if named else {})}
    cause = by_actor(tx, roots[joined], roots[joined].cases[joined], "unlink", fields).label
    assert main_id is not None  # without a link between the two the definition has refused
    told(tx, roots[main_id], main_id, "unlink", {"joined_ticket": joined, "link_kind": rows[0]["kind"]}, cause)
    tx.update("links", rows[0]["id"], {"ended_at": tx.now, "ended_by": command.actor.id})
    return result_of(roots[command.id], asked)


def both(tx: Tx, actor: Actor, *ids: int | None) -> dict[int, Root]:
    """Locked in the order of ids, as everybody locks them who locks several. What one does not see is not there."""
    roots = {one: tx.root_of("ticket", one) for one in sorted({one for one in ids if one is not None})}
    if not all(sees(actor, root) for root in roots.values()):
        raise Unseen()
    return roots


def told(tx: Tx, root: Root, case_id: int, trigger: str, fields: Mapping[str, Any], cause: str) -> None:
    act(Step(tx, root, root.cases[case_id], trigger, fields, cause=cause, depth=1), CAUSED)


def picture(root: Root, case: Case) -> dict[str, Any]:
    """What stands now: the state, the unit, the shares, and which limits run."""
    shares = [share for share in root.cases.values() if share.kind == "assignment" and share.open]
    clocks = [clock for clock in root.clocks if clock.state != "stopped"]
    return {
        "state": case.state,
        "lead_unit_id": case.data["lead_unit_id"],
        "shares": [{"id": share.id, "state": share.state, **{name: share.data[name] for name in ("unit_id", "role")}} for share in shares],
        "clocks": [{**{name: getattr(clock, name) for name in LIMIT}, "due_at": shown(clock.due_at)} for clock in clocks],
    }


def settled(before: Mapping[str, Any], root: Root) -> dict[str, Any]:
    """The picture, with what each limit had consumed by the very instant at which it was held."""
    consumed = {clock.id: clock.consumed for clock in root.clocks}
    return {**before, "clocks": [{**clock, "consumed": consumed[clock["id"]]} for clock in before["clocks"]]}


def shown(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


# On a ticket these are done to two at once.
TOGETHER: Mapping[str, Callable[[Tx, Any], Result]] = {"link": handle_link, "unlink": handle_unlink}
HANDLERS: Mapping[Any, Any] = {LinkTickets: handle_link, UnlinkTickets: handle_unlink}
