"""The laws that the database alone can tell: each sentence stands over the statement that finds the rows breaking it."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.sweep import NOW
from app.simulation.laws_beside import LAWS_BESIDE
from app.simulation.laws_of_asking import LAWS_OF_ASKING
from app.simulation.laws_of_work import LAWS_OF_WORK

PASSED = """SELECT k.id AS clock_id, k.generation, r.rung->>'key' AS rung, (r.rung->>'at')::timestamptz AS due_at
FROM clocks k, jsonb_array_elements(k.rungs) WITH ORDINALITY AS r(rung, position) WHERE r.position <= k.rung_next"""
COMING = """SELECT k.id AS clock_id, k.state, coalesce(k.held_at, k.stopped_at) AS ended, r.rung->>'key' AS rung,
(r.rung->>'at')::timestamptz AS at, r.position FROM clocks k, jsonb_array_elements(k.rungs) WITH ORDINALITY AS r(rung, position)
WHERE r.position > k.rung_next"""

CORE_LAWS: Mapping[str, str] = {
    "every rung that was passed fired exactly once, and nothing else fired": f"""
        WITH passed AS ({PASSED})
        SELECT coalesce(p.clock_id, f.clock_id) AS clock, coalesce(p.rung, f.rung) AS rung
        FROM passed p FULL JOIN fires f ON (f.clock_id, f.generation, f.rung) = (p.clock_id, p.generation, p.rung)
        WHERE p.clock_id IS NULL OR f.clock_id IS NULL OR f.due_at <> p.due_at""",
    "no rung fired before it was due": "SELECT clock_id AS clock, rung, due_at, at FROM fires WHERE at < due_at",
    "no rung of a running clock is due and has not fired": f"""
        SELECT clock_id AS clock, rung, at FROM ({COMING}) c WHERE state = 'running' AND at <= {NOW}""",
    "no clock was stopped or held over a rung that was due": f"""
        SELECT clock_id AS clock, rung, at FROM ({COMING}) c WHERE state <> 'running' AND at <= ended""",
    "the next rung of a clock is the first that has not fired, and it has one only while it runs": """
        SELECT id AS clock, next_rung_at FROM clocks WHERE next_rung_at IS DISTINCT FROM
        CASE WHEN state = 'running' THEN (rungs->(rung_next::int)->>'at')::timestamptz END""",
    "the rungs of a clock that are still to come stand in the order of time": f"""
        SELECT clock_id AS clock, rung FROM (SELECT *, lag(at) OVER (PARTITION BY clock_id ORDER BY position) AS prior FROM ({COMING}) c) o
        WHERE prior > at""",
    "each fired rung left one row in the history of its case": """
        SELECT coalesce(a.case_id, b.case_id) AS "case", a.n AS fires, b.n AS told
        FROM (SELECT k.case_id, count(*) AS n FROM fires f JOIN clocks k ON k.id = f.clock_id GROUP BY 1) a
        FULL JOIN (SELECT case_id, count(*) AS n FROM history WHERE trigger = 'rung' GROUP BY 1) b USING (case_id)
        WHERE a.n IS DISTINCT FROM b.n""",
    "no clock was set aside by a failure": "SELECT id AS clock, failure FROM clocks WHERE set_aside_at IS NOT NULL",
    "the clocks of a case that has ended are stopped": """
        SELECT k.id AS clock, c.id AS "case", c.state FROM clocks k JOIN cases c ON c.id = k.case_id
        WHERE NOT c.open AND k.state <> 'stopped'""",
    "a stopped clock says when it stopped and whether it was late": """
        SELECT id AS clock FROM clocks WHERE state = 'stopped' AND (stopped_at IS NULL OR late IS NULL OR running_since IS NOT NULL
        OR late <> coalesce(coalesce(held_at, stopped_at) >= due_at, false))""",
    "a clock belongs to one case, and has one generation at a time, counted without a gap": """
        SELECT case_id AS "case", name, level FROM clocks GROUP BY 1, 2, 3
        HAVING max(generation) <> count(*) OR count(*) FILTER (WHERE state <> 'stopped') > 1""",
    "a case shows the smallest limit that runs, a window being none": """
        SELECT c.id AS "case", c.due_at, k.due FROM cases c
        LEFT JOIN (SELECT case_id, min(due_at) AS due FROM clocks WHERE state = 'running' AND name <> 'return_window_clock'
        GROUP BY 1) k ON k.case_id = c.id
        WHERE c.due_at IS DISTINCT FROM k.due""",
    "a ticket says when it ended if it has, and only then": """
        SELECT c.id AS ticket, c.state, t.closed_at FROM cases c JOIN tickets t ON t.id = c.id WHERE c.open <> (t.closed_at IS NULL)""",
    "a ticket has one open lead assignment at most": """
        SELECT c.parent_id AS ticket, count(*) AS leads FROM cases c JOIN assignments a ON a.id = c.id
        WHERE c.open AND a.role = 'lead' GROUP BY 1 HAVING count(*) > 1""",
    "a ticket that units work on has an open lead assignment of its lead unit": """
        SELECT c.id AS ticket, c.state FROM cases c JOIN tickets t ON t.id = c.id WHERE c.state IN ('dispatched', 'handling', 'replied')
        AND NOT EXISTS (SELECT 1 FROM cases s JOIN assignments a ON a.id = s.id
        WHERE s.parent_id = c.id AND s.open AND a.role = 'lead' AND a.unit_id = t.lead_unit_id)""",
    "no assignment is open under a ticket that has ended": """
        SELECT s.id AS assignment, c.state FROM cases s JOIN cases c ON c.id = s.parent_id
        WHERE s.kind = 'assignment' AND s.open AND NOT c.open""",
    "a unit with an open assignment may see its ticket": """
        SELECT s.id AS assignment, a.unit_id AS unit FROM cases s JOIN assignments a ON a.id = s.id WHERE s.open AND NOT EXISTS
        (SELECT 1 FROM case_access x WHERE (x.root_id, x.unit_id, x.relation) = (s.root_id, a.unit_id, a.role))""",
    "rounds are counted: one, and one more for each time of handling again": """
        SELECT t.id AS ticket, t.round, count(h.seq) AS again
        FROM tickets t LEFT JOIN history h ON h.case_id = t.id AND h.trigger = 'rehandle'
        WHERE NOT EXISTS (SELECT 1 FROM history o WHERE o.case_id = t.id AND o.trigger = 'reopen') GROUP BY t.id
        HAVING t.round <> 1 + count(h.seq)""",
    "no reaction is owed any more": "SELECT id, event, reaction, failure FROM outbox WHERE done_at IS NULL",
    "each step of a history begins where the one before ended": """
        SELECT case_id AS "case", seq FROM (SELECT case_id, seq, from_state, lag(to_state, 1, '') OVER w AS prior FROM history
        WINDOW w AS (PARTITION BY case_id ORDER BY seq)) h WHERE from_state <> prior""",
    "a case stands where its history ends": """
        SELECT c.id AS "case", c.state, h.to_state FROM cases c LEFT JOIN history h ON (h.case_id, h.seq) = (c.id, c.seq)
        WHERE h.to_state IS DISTINCT FROM c.state OR h.at IS DISTINCT FROM c.last_at""",
    "time goes forward in every history": """
        SELECT case_id AS "case", seq FROM (SELECT case_id, seq, at, lag(at) OVER w AS prior FROM history
        WINDOW w AS (PARTITION BY case_id ORDER BY seq)) h WHERE at < prior""",
    "what was caused names the step that caused it": """
        SELECT h.case_id AS "case", h.seq, h.cause FROM history h WHERE h.cause IS NOT NULL AND NOT EXISTS (SELECT 1 FROM history c
        WHERE (c.case_id, c.seq) = (split_part(h.cause, ':', 1)::bigint, split_part(h.cause, ':', 2)::int))""",
}

LAWS: Mapping[str, str] = {**CORE_LAWS, **LAWS_OF_WORK, **LAWS_OF_ASKING, **LAWS_BESIDE}
