"""What the definitions may ask of a return and of a whistle, and what it means when the pack is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Engine

from app.clock import local
from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind, Loader
from app.core.root import Case, Root
from app.hotline.pack_facts import pack_of, rows_of
from app.hotline.reference import reference
from app.hotline.rule_facts import complained_unit_ids, known, ticket_rule_facts
from rules.tables import choose

CALLABLE = frozenset({"department", "vertical", "utility"})
REQUEST_COLUMNS = (
    "unit_id", "role", "round", "return_ground", "suggested_unit_id", "requested_at", "negotiated_at", "invited", "volunteers",
    "org_opinion_at", "justice_opinion_at", "decided_at", "decided_by", "lead_unit_id", "improper",
)  # fmt: skip
REQUEST_INSTANTS = frozenset({"requested_at", "negotiated_at", "org_opinion_at", "justice_opinion_at", "decided_at"})
REPORT_COLUMNS = ("unit_id", "caller_unit_id", "reason", "called_at", "reported_at", "reported_by", "helpful", "confirmed_at")
REPORT_INSTANTS = frozenset({"called_at", "reported_at", "confirmed_at"})
# Any file of the ticket that somebody of the unit has attached and nobody has removed.
ATTACHED_BY = """t.detached_at IS NULL AND EXISTS (
    SELECT 1 FROM user_roles r WHERE t.attached_by = 'user:' || r.user_id AND r.unit_id = {unit} AND r.until IS NULL)"""
EVIDENCE = f"SELECT 1 AS found FROM attachments t WHERE t.root_id = %(root)s AND {ATTACHED_BY.format(unit='%(unit)s')} LIMIT 1"


def requests_of(root: Root) -> Iterator[Case]:
    return (case for case in root.cases.values() if case.kind == "return-request")


def returns_asked(gather: Gather) -> int:
    """How often this unit has asked for this ticket, in any round; what it took back itself, or what became moot, does not count."""
    unit = gather.case.data["unit_id"]
    return sum(case.data["unit_id"] == unit and case.state != "cancelled" for case in requests_of(gather.root))


def returns_allowed(gather: Gather) -> int | None:
    """A pack that names no count sets none."""
    count: int | None = pack_of(gather).parameters.get("return_count")
    return count


def designated_may_return(gather: Gather) -> bool:
    """A designated unit may not return again, unless the pack says that it may."""
    return bool(pack_of(gather).parameters.get("designated_unit_may_return", False))


def return_grounds(gather: Gather) -> frozenset[str]:
    """A pack without this table takes any ground: the reason is asked for in any case."""
    return rows_of(gather, "return_grounds")


def return_evidence(gather: Gather) -> bool:
    """True when nothing is missing: the pack wants no evidence (as when it says nothing), or the unit has attached some."""
    if not pack_of(gather).parameters.get("return_needs_evidence", False):
        return True
    return bool(gather.tx.query(EVIDENCE, {"root": gather.case.root_id, "unit": gather.case.data["unit_id"]}))


def active_unit_ids(gather: Gather) -> frozenset[int]:
    return known(gather).active_units(gather.root.now)


def own_unit_kind(gather: Gather) -> str:
    unit = known(gather).units.get(gather.case.data["unit_id"] or 0)
    return unit.kind if unit else ""


def callable_unit_ids(gather: Gather) -> frozenset[int]:
    """Active departments that are neither complained of, nor the whistler itself, nor called already."""
    units = known(gather).units.values()
    called = {case.data["unit_id"] for case in gather.root.cases.values() if case.kind == "report-in" and case.open}
    barred = called | complained_unit_ids(gather) | {gather.case.data["unit_id"]}
    return frozenset(unit.id for unit in units if unit.kind in CALLABLE and unit.active(gather.root.now) and unit.id not in barred)


def invited_elsewhere(gather: Gather) -> frozenset[int]:
    """Units that another open request, or an open whistle, of the same ticket still needs."""
    found: set[int] = set()
    for case in gather.root.cases.values():
        if case.open and case.id != gather.case.id and case.kind == "return-request":
            found.update(case.data["invited"] or ())
        elif case.open and case.id != gather.case.id and case.kind == "report-in":
            found.add(case.data["unit_id"])
    return frozenset(found)


def directory_place(gather: Gather) -> dict[str, Any] | None:
    """Where in the directory the ticket lies, and which unit the directory names there today; None for a ticket without a category."""
    ticket, named = gather.root.top().data, known(gather)
    category = named.categories.get(ticket["category_id"] or 0)
    if category is None:
        return None
    street, table = named.area(ticket["street"]), pack_of(gather).tables.get("directory")
    asked = {"type": ticket["type"], "category": category.code, "street": street}
    choice = choose(table, asked, local(gather.root.now).date()) if table else None
    unit = named.unit_by_code.get(str(choice.result["unit"])) if choice else None
    return {"category_id": category.id, "street": street or None, "unit_id": unit.id if unit else None}


def first_unit_holds(gather: Gather) -> bool:
    """Whether the first unit has asked to return and, by the pack, answers for the ticket until that is decided; a silent pack does not
    bind it."""
    if not pack_of(gather).parameters.get("first_unit_responsible", False):
        return False
    first = gather.root.top().data["first_unit_id"]
    return any(case.open and case.data["unit_id"] == first for case in requests_of(gather.root))


def request_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    """own: the unit that asked; copied: one that was invited; lead, co: another unit on the ticket."""
    if actor.unit_id is None:
        return frozenset()
    if actor.unit_id == case.data["unit_id"]:
        return frozenset({"own"})
    standing = {relation for unit, relation in root.access if unit == actor.unit_id and relation in ("lead", "co")}
    return frozenset(standing | ({"copied"} if actor.unit_id in (case.data["invited"] or ()) else set()))


def report_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    """own: the department called; lead: the street that called it."""
    known_as = {case.data["unit_id"]: "own", case.data["caller_unit_id"]: "lead"}
    return frozenset({known_as[actor.unit_id]} if actor.unit_id in known_as else ())


def rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """The ticket's facts, seen from the unit that asked or was called."""
    unit = reference(engine, root.epoch).units.get(case.data["unit_id"] or 0)
    named = {"unit": unit.code, "unit_kind": unit.kind} if unit else {}
    return {**ticket_rule_facts(engine, root, root.top()), **named}


def kinds(engine: Engine) -> tuple[Kind, Kind]:
    request = Kind(
        name="return-request", family="ticket", plural="return-requests", table="return_requests", columns=REQUEST_COLUMNS,
        instants=REQUEST_INSTANTS, relations=request_relations, rule_facts=partial(rule_facts, engine),
        facts={
            "active_unit_ids": active_unit_ids, "complained_unit_ids": complained_unit_ids, "invited_elsewhere": invited_elsewhere,
            "directory_place": directory_place,
        },
    )  # fmt: skip
    report = Kind(
        name="report-in", family="ticket", plural="report-ins", table="report_ins", columns=REPORT_COLUMNS, instants=REPORT_INSTANTS,
        relations=report_relations, rule_facts=partial(rule_facts, engine), facts={"invited_elsewhere": invited_elsewhere},
    )  # fmt: skip
    return request, report


# What guards of the two older kinds ask of this part.
LENT: Mapping[str, Mapping[str, Loader]] = {
    "ticket": {"first_unit_holds": first_unit_holds},
    "assignment": {
        "returns_asked": returns_asked, "returns_allowed": returns_allowed, "designated_may_return": designated_may_return,
        "return_grounds": return_grounds, "return_evidence": return_evidence, "active_unit_ids": active_unit_ids,
        "own_unit_kind": own_unit_kind, "callable_unit_ids": callable_unit_ids,
    },
}  # fmt: skip
