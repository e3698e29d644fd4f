"""What must be true of every database at rest, each said as one sentence; one that does not hold names the first rows that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.actors import SYSTEM
from app.core.anchors import Broken, verify
from app.core.bus import transaction
from app.core.system import System
from app.core.tx import Tx
from app.simulation.laws import LAWS
from rules.amounts import parse_amount
from rules.clocks import Ledger, project

SHOWN = 3
# Each law reads whole tables, so it takes its time and joins them as a whole.
PATIENT = """SELECT set_config('statement_timeout', '0', true), set_config('enable_seqscan', 'on', true),
set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)"""
STATES = """SELECT c.kind, c.workflow, c.workflow_version, c.state, c.open, count(*) AS n,
count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = c.id AND k.state <> 'stopped')) AS unclocked
FROM cases c GROUP BY 1, 2, 3, 4, 5"""
STEPS = """SELECT c.workflow, c.workflow_version, h.trigger, h.from_state, h.to_state, min(h.case_id) AS "case" FROM history h
JOIN cases c ON c.id = h.case_id WHERE h.trigger <> 'rung' GROUP BY 1, 2, 3, 4, 5"""
# A trigger may be quiet on one of its edges and count on another: what it did then lies between.
VERSIONS = """SELECT * FROM (SELECT c.id AS "case", c.version, count(h.seq) FILTER (WHERE NOT h.step = ANY(%(mixed)s)) AS sure,
count(h.seq) AS steps FROM cases c LEFT JOIN (SELECT x.case_id, x.seq, x.trigger,
r.workflow || '.' || r.workflow_version || '.' || x.trigger
AS step FROM history x JOIN cases r ON r.id = x.case_id) h ON h.case_id = c.id AND h.trigger <> 'rung' AND NOT h.step = ANY(%(quiet)s)
GROUP BY c.id) v WHERE version NOT BETWEEN sure AND steps"""
RUNNING = """SELECT id, pack, budget, consumed, anchored_at, running_since, due_at, provisional FROM clocks
WHERE state = 'running' AND budget IS NOT NULL"""
COUNTS = {"return-request": "return_count", "extension": "extension_count"}
ASKED_OFTEN = """SELECT c.kind, c.parent_id AS share, c.pack, count(*) AS n FROM cases c WHERE c.kind = 'return-request'
OR (c.kind = 'extension' AND c.state = 'granted') GROUP BY 1, 2, 3 HAVING count(*) > 1"""
ROWLESS = """SELECT c.id AS "case", c.kind FROM cases c
WHERE c.kind = %(kind)s AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.id = c.id)"""
REGISTERED = "SELECT id, upstream_number FROM tickets WHERE id = ANY(%s) OR registered_at >= %s"


@dataclass(frozen=True, slots=True)
class Finding:
    """`broken` is empty when the law holds."""

    law: str
    broken: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What should have come: for each arrival up to now its upstream number, "" for one of the own desk; and what did, by arrival."""

    since: Any
    numbers: Mapping[int, str]
    born: Mapping[int, int]


def check(system: System, planned: Planned | None = None) -> list[Finding]:
    """Every law in turn; without a plan nothing is asked about arrivals."""
    with transaction(system, SYSTEM) as tx:
        tx.query(PATIENT)
        findings = [Finding(law, said(tx.query(f"SELECT * FROM ({statement}) broken LIMIT {SHOWN}"))) for law, statement in LAWS.items()]
        findings += [Finding(law, said(find(tx))) for law, find in RECKONED.items()]
        if planned is not None:
            findings.insert(0, Finding("no ticket was lost and none came twice", said(lost(tx, planned))))
    return [*findings, Finding("every chain of history is intact", chained(system))]


def said(rows: Any) -> str:
    found = [row for row, _ in zip(rows, range(SHOWN), strict=False)]
    return "; ".join(", ".join(f"{name} {value}" for name, value in row.items()) for row in found)


def lost(tx: Tx, planned: Planned) -> Iterator[dict[str, Any]]:
    found = {row["id"]: row["upstream_number"] for row in tx.query(REGISTERED, (list(planned.born.values()), planned.since))}
    for n, number in planned.numbers.items():
        if n not in planned.born:
            yield {"arrival": n, "is": "missing"}
        elif found.get(planned.born[n], "absent") != (number or None):
            yield {"arrival": n, "ticket": planned.born[n], "number": found.get(planned.born[n], "absent")}
    known = set(planned.born.values())
    yield from ({"ticket": case_id, "is": "nobody's arrival"} for case_id in found if case_id not in known)
    if len(known) != len(planned.born):
        yield {"arrivals": len(planned.born), "tickets": len(known)}


def stranded(tx: Tx) -> Iterator[dict[str, Any]]:
    for row in tx.query(STATES):
        state = tx.system.registry.workflows[row["workflow"], row["workflow_version"]].states.get(row["state"])
        if state is None or state.final == row["open"] or (row["open"] and row["unclocked"] and state.owner is None):
            yield row


def strange(tx: Tx) -> Iterator[dict[str, Any]]:
    for row in tx.query(STEPS):
        flow = tx.system.registry.workflows[row["workflow"], row["workflow_version"]]
        leads = (edge.to or row["from_state"] for edge in flow.transitions if stands(edge, row))
        if row["to_state"] not in leads:
            yield row


def stands(edge: Any, row: Mapping[str, Any]) -> bool:
    return edge.trigger == row["trigger"] and row["from_state"] in edge.sources


def miscounted(tx: Tx) -> list[dict[str, Any]]:
    flows = tx.system.registry.workflows.values()
    edges = [(f"{flow.name}.{flow.version}.{edge.trigger}", edge) for flow in flows for edge in flow.transitions]
    quiet, loud = {step for step, edge in edges if edge.quiet}, {step for step, edge in edges if not edge.quiet}
    return tx.query(VERSIONS, {"quiet": sorted(quiet - loud), "mixed": sorted(quiet & loud)})


def misreckoned(tx: Tx) -> Iterator[dict[str, Any]]:
    """The stored due instant of every running limit, reckoned once more from budget and consumption."""
    for row in tx.query(RUNNING):
        ledger = Ledger(parse_amount(row["budget"]), parse_amount(row["consumed"]), row["anchored_at"], row["running_since"])
        again = project(ledger, tx.system.settings.calendar(row["pack"]), ())
        if not again.exhausted and (again.due_at, again.provisional) != (row["due_at"], row["provisional"]):
            yield {"clock": row["id"], "due": row["due_at"], "reckoned": again.due_at}


def rowless(tx: Tx) -> Iterator[dict[str, Any]]:
    for kind in tx.system.registry.kinds.values():
        yield from tx.query(ROWLESS.format(table=kind.table), {"kind": kind.name})


def overasked(tx: Tx) -> Iterator[dict[str, Any]]:
    """What a unit asks for more often than its pack lets it."""
    for row in tx.query(ASKED_OFTEN):
        allowed = tx.system.settings.pack(row["pack"]).parameters.get(COUNTS[row["kind"]])
        if allowed is not None and row["n"] > allowed:
            yield row


RECKONED: Mapping[str, Callable[[Tx], Iterable[dict[str, Any]]]] = {
    "every case is in a state of its definition, and somebody or some clock is answerable": stranded,
    "every step is an edge of the definition that the case is pinned to": strange,
    "every case has the row of its kind": rowless,
    "the version of a case counts the steps that are not quiet": miscounted,
    "no unit asked to return, and was given more time, more often than the pack lets it": overasked,
    "every running limit is due when its ledger says": misreckoned,
}


def chained(system: System) -> str:
    try:
        verify(system)
    except Broken as broken:
        return str(broken)
    return ""
