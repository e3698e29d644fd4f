"""What the pages of a supervised matter, an instruction and a conference show beside their own columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.api.values import shown, shown_due
from app.core.file_transfer import listed
from app.core.root import Case
from app.hotline.cases import Showing, concerned, told_time
from app.hotline.queries import reading, run
from app.hotline.shown import hides, person_of, told, unit_of
from app.supervision.lights import light_of
from app.supervision.queries import records

SENT = """
SELECT c.id, c.state, s.unit_id, s.report_due_at, s.reported_at, (SELECT k.id FROM clocks k
    WHERE k.root_id = c.root_id AND k.case_id = c.id AND k.name = 'supervision_clock' AND k.state = 'running' LIMIT 1)
FROM supervisions s JOIN cases c ON c.id = s.id
WHERE s.instruction_id = %(id)s ORDER BY c.id"""
PAPER = "SELECT title, reference_number FROM instructions WHERE id = %(id)s"
LISTS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "co_unit_ids": ("co_units", unit_of), "unit_ids": ("units", unit_of), "people_ids": ("people", person_of),
}  # fmt: skip


def supervision_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    return {
        **named_lists(showing, case),
        "light": light_of(showing.system, case.pack, case.state, case.data, showing.root.now),
        "instruction": paper_of(showing, case.data["instruction_id"]),
        "reports": words(showing, case, "supervision_reports"),
        "summonses": words(showing, case, "summons"),
        "attachments": attachments(showing, case) if concerned(showing.actor, case.data) else [],
    }


def instruction_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    return {
        **named_lists(showing, case),
        "endorsed": [
            {**row, "endorser_person": person_of(showing.named, row["endorser_person"])} for row in words(showing, case, "endorsements")
        ],
        "reports": words(showing, case, "supervision_reports"),
        "supervisions": sent(showing, case),
        "attachments": attachments(showing, case),
    }


def conference_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    whole = concerned(showing.actor, case.data)
    tasks = [task for task in case.data["tasks"] or () if whole or task["unit_id"] in showing.actor.units]
    return {
        **named_lists(showing, case),
        "tasks": [task_line(showing, task) for task in tasks],
        "overdue_tasks": sum(late(task["due_at"], showing) for task in tasks if task["done_at"] is None),
        "minutes": words(showing, case, "conference_minutes"),
        "attachments": attachments(showing, case) if concerned(showing.actor, case.data) else [],
    }


def task_line(showing: Showing, task: Mapping[str, Any]) -> dict[str, Any]:
    line = {name: told_time(name, value) for name, value in task.items() if name != "unit_id"}
    return {**line, "unit": unit_of(showing.named, task["unit_id"])}


def late(due_at: str, showing: Showing) -> bool:
    return due_at <= showing.root.now.isoformat()


def named_lists(showing: Showing, case: Case) -> dict[str, Any]:
    """Units and people of a list with their names."""
    found: dict[str, Any] = {}
    for column, (name, of) in LISTS.items():
        if column in case.data:
            found[name] = [of(showing.named, each) for each in case.data[column] or ()]
    return found


def words(showing: Showing, case: Case, table: str) -> list[dict[str, Any]]:
    """Of a confidential ticket a unit reads no names here either."""
    top = showing.root.top()
    hidden = top.kind == "ticket" and hides(top.data, showing.actor)
    rows = records(showing.system, case.id, table) if concerned(showing.actor, case.data) else []
    return [
        {**{name: told(value, hidden) if isinstance(value, str) and name != "at" else value for name, value in row.items()},
         "actor": person_of(showing.named, row["actor"])} for row in rows
    ]  # fmt: skip


def paper_of(showing: Showing, instruction_id: int | None) -> dict[str, Any] | None:
    """By which paper the matter came about; the paper itself is the centre's."""
    if instruction_id is None:
        return None
    with reading(showing.system) as connection:
        title, number = run(connection, PAPER, {"id": instruction_id})[0]
    return {"id": instruction_id, "title": title, "reference_number": number}


def sent(showing: Showing, case: Case) -> list[dict[str, Any]]:
    with reading(showing.system) as connection:
        found = run(connection, SENT, {"id": case.id})
    return [
        {
            "id": matter, "state": state, "unit": unit_of(showing.named, unit), "report_due_at": shown_due(due),
            "reported_at": shown(reported), "clock": clock,
        } for matter, state, unit, due, reported, clock in found
    ]  # fmt: skip


def attachments(showing: Showing, case: Case) -> list[dict[str, Any]]:
    files = listed(showing.system, showing.actor, case.root_id)
    return [
        {"id": file.id, "kind": file.kind, "name": file.name, "media_type": file.media_type, "size": file.size,
         "attached_at": shown(file.attached_at)} for file in files if file.case_id == case.id
    ]  # fmt: skip
