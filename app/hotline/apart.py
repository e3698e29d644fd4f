"""Cases under a ticket that are some units' own affair: another one learns that they are there, not what was said in them."""

from __future__ import annotations

from typing import Any

import psycopg

from app.api.values import shown
from app.core.actors import Actor
from app.core.file_transfer import listed
from app.core.root import Root
from app.core.system import System
from app.core.visibility import sees_all
from app.errors import Unseen
from app.hotline.queries import reading, run

APART = frozenset({"extension", "return-request", "report-in", "co-request", "supervision", "conference"})
# The tables are known by their names: a later feature may have brought them.
CONCERNED = """SELECT id FROM extensions WHERE root_id = %(root)s AND unit_id = ANY(%(units)s)
UNION ALL SELECT id FROM co_requests WHERE root_id = %(root)s AND unit_id = ANY(%(units)s)
UNION ALL SELECT id FROM return_requests WHERE root_id = %(root)s AND (unit_id = ANY(%(units)s) OR invited && %(units)s::bigint[])
UNION ALL SELECT id FROM report_ins WHERE root_id = %(root)s AND (unit_id = ANY(%(units)s) OR caller_unit_id = ANY(%(units)s))
UNION ALL SELECT id FROM supervisions WHERE root_id = %(root)s AND (unit_id = ANY(%(units)s) OR co_unit_ids && %(units)s::bigint[])
UNION ALL SELECT id FROM conferences WHERE root_id = %(root)s AND unit_ids && %(units)s::bigint[]"""
FILE = "SELECT c.kind, c.id, c.root_id FROM attachments t JOIN cases c ON c.id = t.case_id WHERE t.id = %(file)s"


def cases_of(connection: psycopg.Connection[Any], actor: Actor, root_id: int) -> frozenset[int]:
    """Those under this root that are this unit's affair. The centre is concerned with all, and is not asked."""
    if sees_all(actor):
        return frozenset()
    return frozenset(row[0] for row in run(connection, CONCERNED, {"root": root_id, "units": sorted(actor.units)}))


def may_open(system: System, actor: Actor, attachment_id: int) -> None:
    """Raises Unseen for a file of such a case. What the door of files says of all others stays as it is."""
    if sees_all(actor):
        return
    with reading(system) as connection:
        for kind, case, root in run(connection, FILE, {"file": attachment_id}):
            if kind in APART and case not in cases_of(connection, actor, root):
                raise Unseen()


def files_of(system: System, actor: Actor, root: Root) -> list[dict[str, Any]]:
    """The files of a ticket and of all under it, without those of another unit's own affairs."""
    root_id = root.top().id
    found = listed(system, actor, root_id)
    if not sees_all(actor) and any(root.cases[file.case_id].kind in APART for file in found if file.case_id in root.cases):
        with reading(system) as connection:
            mine = cases_of(connection, actor, root_id)
        found = [file for file in found if root.cases[file.case_id].kind not in APART or file.case_id in mine]
    return [
        {
            "id": file.id, "case": file.case_id, "kind": file.kind, "name": file.name, "media_type": file.media_type, "size": file.size,
            "attached_by": file.attached_by, "attached_at": shown(file.attached_at),
        }
        for file in found
    ]  # fmt: skip
