"""Reads of returns: what was said, to whom it may be told; what was decided before; what is offered to the directory; figures by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.values import shown
from app.core.actors import Actor
from app.core.root import Case
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.cases import Showing
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.returns.facts import ATTACHED_BY
from app.hotline.shown import category_of, hides, person_of, told, unit_of

WORDS = """SELECT case_id, part, at, actor_id, unit_id, reason, statement, opinion_of, opinion FROM return_words
WHERE root_id = ANY(%(roots)s) AND case_id = ANY(%(ids)s) ORDER BY case_id, seq"""
# The files by which the unit that asks shows that it is right: those that its guard counts.
EVIDENCE = f"""SELECT q.id, t.id FROM return_requests q JOIN attachments t ON t.root_id = q.root_id
WHERE q.id = ANY(%(ids)s) AND {ATTACHED_BY.format(unit="q.unit_id")} ORDER BY q.id, t.id"""
# Whose affair a request is: the unit that asked, and those that were invited; and who of them is still to speak.
OF_REQUESTS: Mapping[str, str] = {
    "party": "(x.unit_id = %(party)s OR %(party)s = ANY(x.invited))",
    "position_of": """c.open AND %(position_of)s = ANY(x.invited) AND NOT EXISTS (SELECT 1 FROM return_words w
        WHERE w.root_id = x.root_id AND w.case_id = x.id AND w.part = 'position' AND w.unit_id = %(position_of)s)""",
}
OF_REPORTS: Mapping[str, str] = {
    "party": "%(party)s IN (x.unit_id, x.caller_unit_id)",
    "caller": "x.caller_unit_id = %(caller)s",
}
PRECEDENTS = """SELECT r.id, c.state, r.decided_at, r.unit_id, r.lead_unit_id, r.return_ground, r.role, r.improper, t.id, t.number,
    t.category_id, c.pack
FROM return_requests r JOIN cases c ON c.id = r.id JOIN tickets t ON t.id = r.root_id
WHERE r.decided_at IS NOT NULL AND {where} ORDER BY r.decided_at DESC, r.id DESC LIMIT %(rows)s"""
CATEGORY = "SELECT t.category_id FROM tickets t WHERE t.id = %(ticket)s AND {seen}"
PROPOSALS = """SELECT p.id, p.category_id, p.street, p.unit_id, p.case_id, p.state, p.at, p.closed_at, p.installed
FROM directory_proposals p WHERE p.id < %(after)s AND (%(state)s::text IS NULL OR p.state = %(state)s)
AND (%(request)s::bigint IS NULL OR p.case_id = %(request)s) ORDER BY p.id DESC LIMIT %(rows)s"""
FIGURES = """SELECT unit_id, what, count(*) FROM (
    SELECT unit_id, 'asked' AS what, requested_at AS at FROM return_requests
    UNION ALL SELECT r.unit_id, c.state, r.decided_at FROM return_requests r JOIN cases c ON c.id = r.id WHERE r.decided_at IS NOT NULL
    UNION ALL SELECT unit_id, 'called', called_at FROM report_ins
    UNION ALL SELECT unit_id, 'helpful', confirmed_at FROM report_ins WHERE helpful
    UNION ALL SELECT unit_id, kind, at FROM merits) counted
WHERE (%(from)s::timestamptz IS NULL OR at >= %(from)s) AND (%(to)s::timestamptz IS NULL OR at < %(to)s) GROUP BY 1, 2"""
# The name of a figure, and what is counted for it.
COUNTED = {
    "asked": ("asked",), "upheld": ("upheld",), "rejected": ("rejected",), "designated": ("designated",), "improper": ("improper_return",),
    "volunteered": ("volunteer",), "whistles": ("whistle",), "called": ("called",), "reported_in": ("report_in", "report_in_late"),
    "late": ("report_in_late",), "missed": ("report_in_missed",), "helpful": ("helpful",),
}  # fmt: skip


def is_party(actor: Actor, case: Case) -> bool:
    return sees_all(actor) or not actor.units.isdisjoint({case.data["unit_id"], *(case.data["invited"] or ())})


def words_of(showing: Showing, case: Case, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Everything said, for the centre, the unit that asked and those who were invited; another unit reads only what it said itself."""
    actor, hidden = showing.actor, hides(showing.root.top().data, showing.actor)
    party = is_party(actor, case)
    return [
        {
            "part": part, "at": shown(at), "unit": unit_of(showing.named, unit), "opinion_of": opinion_of,
            "by": person_of(showing.named, actor_id or None) if sees_all(actor) or unit in actor.units else None,
            "words": told(reason or statement or opinion, hidden),
        }
        for part, at, actor_id, unit, reason, statement, opinion_of, opinion in rows
        if party or unit in actor.units
    ]  # fmt: skip


def ground_of(system: System, pack: str, code: str) -> dict[str, Any]:
    """The ground in the words of the pack that the case is pinned to; the code alone where the pack has no such table."""
    table = system.settings.pack(pack).tables.get("return_grounds")
    row = next((row for row in table.rows if row.id == code), None) if table else None
    return {"code": code, "zh": row.give["zh"] if row else code, "en": row.give["en"] if row else code}


def request_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    return requests_more([(showing, case)])[case.id]


def requests_more(found: Sequence[tuple[Showing, Case]]) -> dict[int, Mapping[str, Any]]:
    """What the view of a request says beside its columns, for many at once."""
    if not found:
        return {}
    ids = {"ids": [case.id for _, case in found], "roots": [case.root_id for _, case in found]}
    with reading(found[0][0].system) as connection:
        words, files = by_case(run(connection, WORDS, ids)), by_case(run(connection, EVIDENCE, ids))
    return {case.id: request_told(showing, case, words.get(case.id, ()), files.get(case.id, ())) for showing, case in found}


def by_case(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows that begin with the id of their case, without it."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for case_id, *rest in rows:
        found.setdefault(case_id, []).append(tuple(rest))
    return found


def request_told(
    showing: Showing, case: Case, words: Sequence[tuple[Any, ...]], files: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    """By the pack, the first unit answers until the decision. `evidence` are ids of the ticket's attachments."""
    row, named = case.data, showing.named
    first = showing.root.top().data["first_unit_id"] if showing.root.top().kind == "ticket" else None
    binds = bool(showing.system.settings.pack(case.pack).parameters.get("first_unit_responsible", False))
    return {
        "ground": ground_of(showing.system, case.pack, row["return_ground"]),
        "invited": [unit_of(named, unit) for unit in row["invited"] or ()],
        "volunteers": [unit_of(named, unit) for unit in row["volunteers"] or ()],
        "first_unit": unit_of(named, first),
        "first_unit_answers": binds and case.open and first == row["unit_id"],
        "evidence": [id for id, in files] if is_party(showing.actor, case) else [],
        "words": words_of(showing, case, words),
    }


def branch_of(named: Reference, category_id: int | None) -> list[int]:
    """The second level of the tree above a category, with all below it: what one directory line is about."""
    path = named.path(category_id)
    return named.subtree(path[min(1, len(path) - 1)].id) if path else []


def precedents(system: System, actor: Actor, asked: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    """Decided requests of the same branch, newest first: facts only. `asked` may have `ticket`, `category` and `unit`, as ids."""
    condition, seen = predicate(actor, "c.root_id")
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        category = asked.get("category")
        if asked.get("ticket") is not None:
            found = run(connection, CATEGORY.format(seen=predicate(actor, "t.id")[0]), {"ticket": asked["ticket"], **seen})
            category = found[0][0] if found else None
        where, given = [condition], {**seen, "rows": limit}
        if asked.get("ticket") is not None or category is not None:
            where.append("t.category_id = ANY(%(branch)s)")
            given["branch"] = branch_of(named, category)
        if asked.get("unit") is not None:
            where.append("%(unit)s IN (r.unit_id, r.lead_unit_id)")
            given["unit"] = asked["unit"]
        rows = run(connection, PRECEDENTS.format(where=" AND ".join(where)), given)
    return [precedent(system, named, row) for row in rows]


def precedent(system: System, named: Reference, row: tuple[Any, ...]) -> dict[str, Any]:
    request, decision, at, unit, lead, ground, role, improper, ticket, number, category, pack = row
    return {
        "request": request, "decision": decision, "decided_at": shown(at), "unit": unit_of(named, unit), "got_by": unit_of(named, lead),
        "ground": ground_of(system, pack, ground), "role": role, "improper": improper, "ticket": {"id": ticket, "number": number},
        "category": category_of(named, category),
    }  # fmt: skip


def proposals(system: System, asked: Mapping[str, Any], after: int, limit: int) -> list[dict[str, Any]]:
    """Newest first; one more than asked for tells that there is more. `asked` may name a `state` and a `request`."""
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        rows = run(connection, PROPOSALS, {**asked, "after": after, "rows": limit + 1})
    return [
        {
            "id": number, "category": category_of(named, category), "street": street, "unit": unit_of(named, unit), "request": request,
            "street_unit": street_of(named, street), "state": now, "at": shown(at), "closed_at": shown(closed_at), "installed": installed,
        }
        for number, category, street, unit, request, now, at, closed_at, installed in rows
    ]  # fmt: skip


def street_of(named: Reference, code: str | None) -> dict[str, Any] | None:
    """The unit that a street's code of the directory is; none for a row that holds everywhere."""
    unit = named.unit_by_code.get(code or "")
    return unit_of(named, unit.id if unit else None)


def figures(system: System, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By unit, from `from` (included) to `to` (excluded): returns by the day they were asked or decided, merits by the day they were
    earned. `reported_in` holds the late ones, which `late` tells once more."""
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        rows = run(connection, FIGURES, {"from": asked.get("from"), "to": asked.get("to")})
    counted: dict[int, dict[str, int]] = {}
    for unit, what, number in rows:
        counted.setdefault(unit, {})[what] = number
    return [
        {"unit": unit_of(named, unit), **{name: sum(found.get(what, 0) for what in parts) for name, parts in COUNTED.items()}}
        for unit, found in sorted(counted.items(), key=lambda item: named.units[item[0]].code)
    ]
