"""Reading a root case into memory: one statement locks it, a second one, after the lock is held, reads everything under it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from app.core.registry import Kind, Registry
from app.core.root import Case, Clock, Root
from workflows.definition import Workflow

Line = tuple[str, Any]
LOCK = "SELECT id FROM cases WHERE id = (SELECT root_id FROM cases WHERE id = $1) FOR UPDATE"

NOW = """SELECT 'now', json_build_array(greatest(coalesce(frozen_at, clock_timestamp() + shift), {floor}),
       clock_timestamp(), epoch, encode(salt, 'hex'))::text FROM installation"""

CASE_COLUMNS = (
    "id", "kind", "parent_id", "root_id", "workflow", "workflow_version", "pack", "state", "version", "seq", "head_hash",
    "created_at", "last_at", "due_at", "open",
)  # fmt: skip
CLOCK_COLUMNS = (
    "id", "case_id", "name", "level", "generation", "state", "budget", "consumed", "fixed_due_at", "anchored_at", "running_since",
    "held_at", "due_at", "provisional", "rungs", "rung_next", "next_rung_at", "stopped_at", "late", "pack", "rule_table",
    "rule_row",
)  # fmt: skip
# Nobody asks a stopped clock for its rungs, and they are most of its bytes.
CLOCK_VALUES = ", ".join(CLOCK_COLUMNS).replace("rungs,", "CASE WHEN state <> 'stopped' THEN rungs END,")
CLOCK_INSTANTS = tuple(
    CLOCK_COLUMNS.index(name)
    for name in ("fixed_due_at", "anchored_at", "running_since", "held_at", "due_at", "next_rung_at", "stopped_at")
)


@lru_cache(maxsize=64)
def bundle_sql(tables: tuple[tuple[str, str, tuple[str, ...]], ...], root: str) -> str:
    """One statement for a family of kinds; `root` is the SQL of the root's id, $1 being the id of the case asked for."""
    parts = [
        NOW.format(floor=f"(SELECT max(last_at) FROM cases WHERE root_id = {root})"),
        f"SELECT 'case', json_build_array({', '.join(CASE_COLUMNS)})::text FROM cases WHERE root_id = {root}",
        f"SELECT 'clock', json_build_array({CLOCK_VALUES})::text FROM clocks WHERE root_id = {root}",
        f"SELECT 'access', json_build_array(unit_id, relation, root_id)::text FROM case_access WHERE root_id = {root}",
    ]
    for kind, table, columns in tables:
        chosen = ", ".join(columns)
        parts.append(f"SELECT '{kind}', json_build_array(id, {chosen})::text FROM {table} WHERE root_id = {root}")
    return " UNION ALL ".join(parts)


def bundle_for(registry: Registry, kind: str) -> str:
    tables = tuple((k.name, k.table, k.columns) for k in registry.family(kind))
    is_root = registry.kinds[kind].family == kind
    return bundle_sql(tables, "$1" if is_root else "(SELECT root_id FROM cases WHERE id = $1)")


def bundle_many(registry: Registry, kind: str) -> str:
    """The same for many roots of a kind at once; $1 is the array of their ids."""
    return bundle_sql(tuple((k.name, k.table, k.columns) for k in registry.family(kind)), "ANY($1)")


def instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def read_case(row: list[Any], workflows: Mapping[tuple[str, int], Workflow]) -> Case:
    return Case(
        row[0], row[1], row[2], row[3], workflows[row[4], row[5]], row[6], row[7], row[8], row[9], bytes.fromhex(row[10][2:]),
        moment(row[11]), moment(row[12]), instant(row[13]), row[14],
    )  # fmt: skip


def read_clock(row: list[Any]) -> Clock:
    for index in CLOCK_INSTANTS:
        if row[index] is not None:
            row[index] = datetime.fromisoformat(row[index])
    clock = Clock(*row)
    clock.rungs = clock.rungs or []
    return clock


def read_data(kind: Kind, row: list[Any]) -> dict[str, Any]:
    data = dict(zip(kind.columns, row[1:], strict=True))
    for name in kind.instants:
        if data[name] is not None:
            data[name] = datetime.fromisoformat(data[name])
    return data


def read_root(registry: Registry, rows: list[tuple[bytes | None, ...]]) -> Root:
    """The rows of a bundle as a Root."""
    return assembled(registry, decoded(rows))


def read_roots(registry: Registry, rows: list[tuple[bytes | None, ...]]) -> dict[int, Root]:
    """The rows of a bundle of many roots, each by its id."""
    lines = decoded(rows)
    head = [line for line in lines if line[0] == "now"]
    root_of = {body[0]: body[3] for tag, body in lines if tag == "case"}
    parts: dict[int, list[Line]] = {root: list(head) for root in root_of.values()}
    for tag, body in lines:
        if tag == "access":
            parts[body[2]].append((tag, body))
        elif tag != "now":
            parts[root_of[body[1] if tag == "clock" else body[0]]].append((tag, body))
    return {root: assembled(registry, part) for root, part in parts.items()}


def decoded(rows: list[tuple[bytes | None, ...]]) -> list[Line]:
    return [(tag.decode(), orjson.loads(body)) for tag, body in rows if tag and body]


def assembled(registry: Registry, lines: list[Line]) -> Root:
    """Feature rows come after their cases, whatever order the union gave them."""
    head = next(body for tag, body in lines if tag == "now")
    root = Root(moment(head[0]), moment(head[1]), head[2], head[3])
    for tag, body in lines:
        if tag == "case":
            root.cases[body[0]] = read_case(body, registry.workflows)
    for tag, body in lines:
        if tag == "clock":
            root.clocks.append(read_clock(body))
        elif tag == "access":
            root.access.add((body[0], body[1]))
        elif tag in registry.kinds:
            root.cases[body[0]].data = read_data(registry.kinds[tag], body)
    return root
