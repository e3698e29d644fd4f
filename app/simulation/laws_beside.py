"""The laws of what stands beside the work: joined tickets, alarms, supervised matters, the knowledge base and notices."""

from __future__ import annotations

from collections.abc import Mapping

LAWS_BESIDE: Mapping[str, str] = {
    "a joined ticket follows its main one: not before it, and with a callback of its own": """
        SELECT l.other_id AS ticket, l.main_id AS main FROM links l JOIN tickets o ON o.id = l.other_id JOIN tickets m ON m.id = l.main_id
        WHERE l.kind = 'same_fact' AND l.followed_at IS NOT NULL AND (l.followed_at < l.since
        OR NOT EXISTS (SELECT 1 FROM history h WHERE h.case_id = m.id AND h.at <= l.followed_at AND h.to_state IN ('completed', 'closed'))
        OR NOT EXISTS (SELECT 1 FROM history h WHERE h.case_id = o.id AND h.trigger = 'follow_main' AND h.at = l.followed_at)
        OR NOT EXISTS (SELECT 1 FROM callbacks x WHERE x.root_id = o.id))""",
    "nothing stays joined to what has come to its end": """
        SELECT t.id AS ticket, c.state FROM tickets t JOIN cases c ON c.id = t.merged_into
        WHERE c.state IN ('completed', 'closed', 'archived', 'terminated', 'withdrawn', 'void', 'declined', 'transferred')""",
    "a ticket is joined to one other, and a link stands for it": """
        SELECT t.id AS ticket, t.merged_into FROM tickets t WHERE t.merged_into IS NOT NULL AND 1 <> (SELECT count(*) FROM links l
        WHERE l.other_id = t.id AND l.kind = 'same_fact' AND l.ended_at IS NULL AND l.followed_at IS NULL AND l.main_id = t.merged_into)""",
    "an alarm is acknowledged in its time, or has climbed": """
        SELECT a.id AS alarm, a.escalations FROM alarms a JOIN clocks k ON k.case_id = a.id AND k.name = 'alarm_clock' AND k.generation = 1
        WHERE (a.acknowledged_at IS NULL OR a.acknowledged_at > k.due_at) AND k.state <> 'running' AND k.due_at <= k.stopped_at
        AND a.escalations = 0""",
    "an alarm climbed as often as its history tells": """
        SELECT a.id AS alarm, a.escalations FROM alarms a WHERE a.escalations <>
        (SELECT count(*) FROM history h WHERE h.case_id = a.id AND h.trigger = 'escalate_alarm')""",
    "what is cleared has evidence, and was verified by somebody of another unit": """
        SELECT s.id AS supervision FROM supervisions s LEFT JOIN users u ON u.id = s.cleared_by WHERE s.cleared_at IS NOT NULL
        AND (s.cleared_by IS NULL OR u.unit_id = s.unit_id OR (s.evidence IS NULL
        AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.case_id = s.id)))""",
    "a ticket says that it is supervised while a matter of it is open": """
        SELECT t.id AS ticket, t.supervised FROM tickets t WHERE coalesce(t.supervised, false) <> EXISTS
        (SELECT 1 FROM cases s WHERE s.parent_id = t.id AND s.kind = 'supervision' AND s.open)""",
    "nobody is told one thing twice by one way": """
        SELECT notice_id AS notice, user_id, channel FROM deliveries GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "every rung that names somebody to tell has told": """
        SELECT o.id AS outbox FROM outbox o WHERE o.event = 'ClockRung' AND o.done_at IS NOT NULL
        AND jsonb_path_exists(o.payload, '$.actions[*] ? (@ starts with "notify:")')
        AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.source = o.case_id || ':' || (o.payload->>'seq'))""",
    "what is published in the knowledge base was published by another than its writer": """
        SELECT e.case_id AS entry, e.edition FROM knowledge_editions e WHERE e.actor_id = e.written_by""",
}
