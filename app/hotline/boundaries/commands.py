"""An import makes a new edition of a kind and puts it in force; the former one stays, and the administrator may put it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result, transaction
from app.core.system import System
from app.core.tx import Tx
from app.errors import Conflict, IllFormed, Unseen
from app.hotline.boundaries.drawing import drawn, tolerance_for
from app.hotline.boundaries.fitting import ANSWERING, box_of_area, must_fit, must_lie_within, unit_for
from app.hotline.boundaries.geometry import Box, Shape, box_around, label_point
from app.hotline.boundaries.reading import Area, Reading, read
from app.hotline.reference import UnitName
from app.people.common import clean, done, log, take_turn, the_unit
from app.people.roles import require

KINDS = ("district", "street", "community", "grid")
KNOWN = """SELECT e.kind, min(b.west) AS west, min(b.south) AS south, max(b.east) AS east, max(b.north) AS north
FROM boundaries b JOIN boundary_editions e ON e.id = b.edition_id WHERE e.current GROUP BY e.kind"""
UNITS = "SELECT id, code, name, kind, parent_id, opened_at, closed_at FROM units WHERE closed_at IS NULL ORDER BY code"
NEXT = "SELECT coalesce(max(number), 0) + 1 AS number FROM boundary_editions WHERE kind = %s"
REPLACED = "UPDATE boundary_editions SET current = false WHERE kind = %s AND current RETURNING id"
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class ImportBoundaries:
    """`areas` are in WGS 84 as `reading.read` gave them, `outlines` how they are drawn; `reference`, `source` and `digest` tell what they
    were made of. `approval` is the number under which the map was approved for the public (审图号). `sure` imports what seems to be in
    another reference system."""

    actor: Actor
    name: str
    kind: str
    reference: str
    areas: tuple[Area, ...]
    outlines: tuple[Shape, ...]
    source: str
    digest: str
    approval: str = ""
    sure: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreEdition:
    """Puts an edition in force again, in place of the one that is."""

    actor: Actor
    edition_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawEdition:
    """Takes the edition out of force with none in its place: a first import that was wrong."""

    actor: Actor
    edition_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerFor:
    """Which unit answers for an area that no unit was found for; None for none."""

    actor: Actor
    boundary_id: int
    unit_id: int | None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would bring: the box and the unit of each area, and the units of that kind that no area is for."""

    boxes: tuple[Box, ...]
    units: tuple[int | None, ...]
    without: tuple[UnitName, ...]


def made(actor: Actor, name: str, kind: str, content: bytes, how: Reading, source: str, **more: Any) -> ImportBoundaries:
    """The command for a file. It is read and simplified before any transaction begins, since that takes seconds."""
    require(actor, "admin")
    if kind not in KINDS:
        raise IllFormed(f"类别须为 {'、'.join(KINDS)}。", f"The kind is one of {', '.join(KINDS)}.", {"kind": list(KINDS)})
    areas = read(content, how)
    tolerance = tolerance_for(box_around(box_of_area(area) for area in areas))
    outlines, digest = tuple(drawn([area.shape for area in areas], tolerance)), hashlib.sha256(content).hexdigest()
    return ImportBoundaries(actor, name, kind, how.reference, areas, outlines, source, digest, **more)


def foreseen(system: System, command: ImportBoundaries) -> dict[str, Any]:
    """What the import would answer, without importing; refused as the import would be."""
    require(command.actor, "admin")
    with transaction(system, command.actor) as tx:
        return {"kind": command.kind, "dry_run": True, **told(command, planned(tx, command))}


def handle_import(tx: Tx, command: ImportBoundaries) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    plan = planned(tx, command)
    edition_id, number = tx.system.ids.next(), tx.query(NEXT, (command.kind,))[0]["number"]
    tx.execute(REPLACED, (command.kind,))
    tx.insert("boundary_editions", edition_row(tx, command, edition_id, number))
    for row in boundary_rows(command, plan):
        tx.insert("boundaries", {"id": tx.system.ids.next(), "edition_id": edition_id, **row})
    log(tx, "import_boundaries", edition_id=edition_id, boundaries=command.kind, features=len(command.areas), digest=command.digest)
    return done("boundary-edition", edition_id, "current", number=number, **told(command, plan))


def planned(tx: Tx, command: ImportBoundaries) -> Plan:
    boxes = tuple(box_of_area(area) for area in command.areas)
    known = {row["kind"]: (row["west"], row["south"], row["east"], row["north"]) for row in tx.query(KNOWN)}
    if not command.sure:
        must_fit(command.reference, boxes, known)
    if command.kind != "district" and "district" in known:
        must_lie_within(command.areas, boxes, known["district"])
    units = [UnitName(**row) for row in tx.query(UNITS)]
    found = tuple(unit_for(area, command.kind, units) for area in command.areas)
    without = tuple(unit for unit in units if unit.kind in ANSWERING[command.kind] and unit.id not in found)
    return Plan(boxes, found, without)


def told(command: ImportBoundaries, plan: Plan) -> dict[str, Any]:
    """How many areas have found their unit, which have not, and which units are left without an area."""
    paired = zip(command.areas, plan.units, strict=True)
    unmatched = [{"code": area.code, "name": area.name} for area, unit in paired if unit is None and command.kind != "district"]
    extent = box_around(plan.boxes)
    return {
        "features": len(command.areas), "matched": sum(unit is not None for unit in plan.units), "extent": list(extent),
        "unmatched_count": len(unmatched), "unmatched": unmatched[:MOST_TOLD],
        "units_without": [{"code": unit.code, "name": unit.name} for unit in plan.without][:MOST_TOLD] if command.kind != "grid" else [],
    }  # fmt: skip


def edition_row(tx: Tx, command: ImportBoundaries, edition_id: int, number: int) -> dict[str, Any]:
    return {
        "id": edition_id, "kind": command.kind, "number": number, "name": clean("name", command.name), "reference": command.reference,
        "source": clean("source", command.source, most=200), "approval": clean("approval", command.approval) if command.approval else None,
        "digest": command.digest, "features": len(command.areas), "current": True, "imported_at": tx.now,
        "imported_by": command.actor.label,
    }  # fmt: skip


def boundary_rows(command: ImportBoundaries, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "code": area.code, "name": area.name, "unit_id": unit, "west": box[0], "south": box[1], "east": box[2], "north": box[3],
            "label": list(label_point(area.shape)), "outline": area.shape, "drawn": outline,
        }
        for area, unit, box, outline in zip(command.areas, plan.units, plan.boxes, command.outlines, strict=True)
    ]  # fmt: skip


def handle_restore(tx: Tx, command: RestoreEdition) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    edition = the_edition(tx, command.edition_id)
    if edition["current"]:
        raise Conflict("该版本正在使用。", "This edition is the one in force.")
    tx.execute(REPLACED, (edition["kind"],))
    tx.update("boundary_editions", command.edition_id, {"current": True})
    log(tx, "restore_boundaries", edition_id=command.edition_id, boundaries=edition["kind"], number=edition["number"])
    return done("boundary-edition", command.edition_id, "current", number=edition["number"])


def handle_withdraw(tx: Tx, command: WithdrawEdition) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    edition = the_edition(tx, command.edition_id)
    if not edition["current"]:
        raise Conflict("该版本未在使用。", "This edition is not in force.")
    tx.update("boundary_editions", command.edition_id, {"current": False})
    log(tx, "withdraw_boundaries", edition_id=command.edition_id, boundaries=edition["kind"], number=edition["number"])
    return done("boundary-edition", command.edition_id, "former", number=edition["number"])


def handle_answer(tx: Tx, command: AnswerFor) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    if not tx.query("SELECT 1 FROM boundaries WHERE id = %s", (command.boundary_id,)):
        raise Unseen()
    if command.unit_id is not None:
        the_unit(tx, command.unit_id)
    tx.update("boundaries", command.boundary_id, {"unit_id": command.unit_id})
    log(tx, "answer_for_boundary", unit_id=command.unit_id, boundary_id=command.boundary_id)
    return done("boundary", command.boundary_id, unit_id=command.unit_id)


def the_edition(tx: Tx, edition_id: int) -> dict[str, Any]:
    rows = tx.query("SELECT * FROM boundary_editions WHERE id = %s", (edition_id,))
    if not rows:
        raise Unseen("没有这个版本的边界。", "There is no such edition of boundaries.")
    return rows[0]


HANDLERS = {
    ImportBoundaries: handle_import, RestoreEdition: handle_restore, WithdrawEdition: handle_withdraw, AnswerFor: handle_answer,
}  # fmt: skip
