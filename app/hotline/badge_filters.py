"""What a ticket or a share is beside its state, as conditions of a list: back on the desk, given to nobody, waiting for a word."""

from __future__ import annotations

from collections.abc import Mapping

TICKET_BADGES: Mapping[str, str] = {
    # Handed out before and on the desk again: recalled, or a return was granted.
    "recalled": "c.open AND c.state = 'accepted' AND t.attempt > 0",
    "elevated": "t.elevated_at IS NOT NULL AND cardinality(t.elevations) > 0",
}
SHARE_BADGES: Mapping[str, str] = {
    "unassigned": "c.open AND a.person_id IS NULL",
    "sent_back": "c.open AND c.state = 'handling' AND a.send_backs > 0",
}
# The window in which a unit may say that a demand is not its own: it still runs, and closes before the instant asked for.
WINDOW = """c.open AND EXISTS (SELECT 1 FROM clocks w WHERE w.case_id = c.id AND w.name = 'return_window_clock' AND w.state = 'running'
AND w.due_at > %(at)s AND w.due_at <= %(window_before)s)"""
# What was handed down stands under an open share.
BELOW = """c.parent_id <> c.root_id AND c.parent_id IN (SELECT p.id FROM assignments p JOIN cases q ON q.id = p.id
WHERE p.unit_id = %(above)s AND q.kind = 'assignment' AND q.open)"""
TICKET_WAITS: Mapping[str, str] = {
    "dissatisfaction": "c.state = 'completed' AND t.dissatisfied_round = t.round",
    "termination": "t.termination_requested_by IS NOT NULL",
    "suspension": "t.suspension_requested_by IS NOT NULL",
    "earlier_reply": "t.earlier_reply_by IS NOT NULL",
}
SHARE_WAITS: Mapping[str, str] = {"pause": "a.pause_requested_by IS NOT NULL"}
# The states of a share that owes its reply: entering `replied` writes `replied_at`, being sent back takes it away.
OWING = frozenset({"assigned", "handling", "submitted"})
