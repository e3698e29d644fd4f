"""The laws of the units' work: returns, extensions, pauses, suspensions, departments that are called in, cards."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.sweep import NOW

# What stands still while a ticket is suspended, or joined to another.
STILL = "('total_clock', 'sign_clock', 'handle_clock', 'first_contact_clock', 'interim_reply_clock', 'return_window_clock', 'pause_clock')"

LAWS_OF_WORK: Mapping[str, str] = {
    "what is asked beside a share ends with it": """
        SELECT c.id AS "case", c.kind, s.state FROM cases c JOIN cases s ON s.id = c.parent_id
        WHERE c.kind IN ('return-request', 'extension', 'report-in', 'co-request') AND c.open AND NOT s.open""",
    "a unit that was designated asks no more to return": """
        SELECT h.case_id AS share FROM history h JOIN assignments a ON a.id = h.case_id WHERE a.designated AND h.trigger = 'request_return'
        AND NOT EXISTS (SELECT 1 FROM history d WHERE d.case_id = h.case_id AND d.trigger = 'be_designated' AND d.seq > h.seq)""",
    "a return is decided by another than who asked, and designated only on both opinions": """
        SELECT c.id AS request, c.state FROM cases c JOIN return_requests r ON r.id = c.id JOIN history h ON h.case_id = c.id AND h.seq = 1
        WHERE c.state IN ('upheld', 'rejected', 'designated') AND (r.decided_by IS NULL OR r.decided_at IS NULL
        OR h.actor = 'user:' || r.decided_by OR (c.state = 'designated' AND (r.org_opinion_at IS NULL OR r.justice_opinion_at IS NULL)))""",
    "no extension goes past the city's deadline": """
        SELECT x.id AS extension, x.granted_until, t.upstream_due_at FROM extensions x JOIN tickets t ON t.id = x.root_id
        WHERE x.granted_until > t.upstream_due_at""",
    "an extension is granted or refused by another than who asked": """
        SELECT c.id AS extension, c.state FROM cases c JOIN extensions x ON x.id = c.id WHERE c.state IN ('granted', 'refused')
        AND (x.decided_by IS NULL OR x.decided_by = x.requested_by OR (c.state = 'granted') <> (x.granted_until IS NOT NULL))""",
    "nothing that should stand still runs while a ticket is suspended or joined to another": f"""
        SELECT k.id AS clock, k.name, c.state FROM clocks k JOIN cases s ON s.id = k.case_id JOIN cases c ON c.id = k.root_id
        JOIN tickets t ON t.id = c.id WHERE k.state = 'running' AND k.level <> 'upstream' AND s.kind IN ('ticket', 'assignment')
        AND ((c.state = 'suspended' AND k.name IN {STILL})
        OR (t.merged_into IS NOT NULL AND (k.name = 'dispatch_clock' OR (s.kind = 'assignment' AND k.name IN {STILL}))))""",
    "a suspended ticket has a plan's date ahead of it": f"""
        SELECT c.id AS ticket, t.suspended_until FROM cases c JOIN tickets t ON t.id = c.id
        WHERE (c.state = 'suspended') <> (t.suspended_at IS NOT NULL) OR (c.state = 'suspended' AND t.suspended_until <= {NOW})""",
    "nothing is held at work without a reason": """
        SELECT k.id AS clock, k.name FROM clocks k JOIN cases s ON s.id = k.case_id LEFT JOIN assignments a ON a.id = s.id
        JOIN cases c ON c.id = k.root_id JOIN tickets t ON t.id = c.id WHERE k.state = 'held' AND t.merged_into IS NULL
        AND c.state <> 'suspended' AND ((s.kind = 'ticket' AND k.name = 'dispatch_clock')
        OR (s.kind = 'assignment' AND s.state IN ('assigned', 'handling') AND a.paused_at IS NULL))""",
    "a paused share's limit stands still": """
        SELECT a.id AS share, k.name FROM assignments a JOIN clocks k ON k.case_id = a.id
        WHERE a.paused_at IS NOT NULL AND k.state = 'running' AND k.name IN ('handle_clock', 'interim_reply_clock')""",
    "a share stands still if and only if its ticket does": """
        SELECT s.id AS share, c.state FROM cases s JOIN assignments a ON a.id = s.id JOIN cases c ON c.id = s.root_id
        JOIN tickets t ON t.id = c.id WHERE s.open AND (a.held_at IS NOT NULL) <> (c.state = 'suspended' OR t.merged_into IS NOT NULL)""",
    "who reports in is late if and only if the limit was over": """
        SELECT m.case_id AS report, m.kind FROM merits m JOIN clocks k ON k.case_id = m.case_id AND k.name = 'report_in_clock'
        WHERE m.kind IN ('report_in', 'report_in_late') AND (m.kind = 'report_in_late') <> k.late""",
    "a card of the rules stands on a rung that fired": """
        SELECT k.id AS card, k.rule FROM cards k WHERE k.rule IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fires f
        JOIN clocks c ON c.id = f.clock_id, jsonb_array_elements(c.rungs) r(rung) WHERE c.root_id = k.root_id AND r.rung->>'key' = f.rung
        AND r.rung->'rows' ? split_part(k.rule, '/', 3))""",
}
