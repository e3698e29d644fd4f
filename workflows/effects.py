"""The closed vocabulary of changes: a released effect never changes its meaning; the columns and tables it writes are its promise."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.alarm_effects import ALARM_EFFECTS
from workflows.callback_effects import CALLBACK_EFFECTS
from workflows.card_effects import CARD_EFFECTS
from workflows.co_request_effects import CO_REQUEST_EFFECTS
from workflows.conference_effects import CONFERENCE_EFFECTS
from workflows.handling_effects import HANDLING_EFFECTS
from workflows.knowledge_effects import KNOWLEDGE_EFFECTS
from workflows.link_effects import LINK_EFFECTS
from workflows.return_effects import RETURN_EFFECTS
from workflows.review_effects import REVIEW_EFFECTS
from workflows.supervision_effects import SUPERVISION_EFFECTS
from workflows.ticket_effects import TICKET_EFFECTS
from workflows.unit_effects import UNIT_EFFECTS
from workflows.vocabulary import Change, Effect, Fire, Grant, Open, Put, Revoke, Set

__all__ = ["EFFECTS", "Change", "Effect", "Fire", "Grant", "Open", "Put", "Revoke", "Set"]

# Columns of tickets: type channel source title content purpose urgency category_id occurred_at subject enterprise labels
# reply_by upstream_number upstream_due_at registered_at round attempt urges send_backs callback_attempts escalations
# accepted_at decline_ground transfer_to lead_unit_id dispatched_at dispatched_by replied_at completed_at closed_at
# answered_by evaluated_round rating solved last_urged_at claimed_by claimed_at termination_requested_by termination_ground.
# Columns of assignments: role unit_id person_id round attempt instructions reply_by assigned_at signed_at signed_by contacted_at
# submitted_at outcome replied_at send_backs.
# dissatisfactions dissatisfied_round studied_round no_further_ground (tickets, by callbacks).
# Columns of callbacks: round priority priority_rule attempts next_call_at expires_at claimed_by claimed_at contacted solved rating
# manner_rating way rated_at invited_at ended_at. Record table of theirs: callback_attempts.
# Columns of alarms: danger origin rule_pack rule_table rule_row hits last_hit_at level escalations responsible raised_at raised_by
# acknowledged_at acknowledged_by acted_at acted_by measures_taken alarm_result closed_at closed_by.
# supervised elevations elevated_at callback_person_id (tickets, by supervision). Columns of supervisions: title matter
# supervision_source level unit_id co_unit_ids report_due_at plan year urges last_urged_at summons send_backs milestones
# next_milestone_at issued_at signed_at signed_by handled_by reported_at reported_by verified_by cleared_at cleared_by evidence
# on_site. Of instructions: title matter reference_number received_at urgency classified ticket_ids proposal report_due_at tell_units
# unit_ids instructions endorsements sent_at sent_by reported_at closed_at. Of conferences: title form matter place scheduled_at
# unit_ids people_ids chair_person_id tasks held_at conclusion concluded_at. Record tables of theirs: supervision_reports summons
# endorsements conference_minutes.
# first_unit_id (tickets) and designated (assignments), by returns. Columns of return requests: unit_id role round return_ground
# suggested_unit_id requested_at negotiated_at invited volunteers org_opinion_at justice_opinion_at decided_at decided_by lead_unit_id
# improper. Of report-ins: unit_id caller_unit_id reason called_at reported_at reported_by helpful confirmed_at. Record tables of
# theirs: return_words merits directory_proposals.
# Columns of co-requests: unit_id person_id round wished_unit_id helping_unit_id reason refusal requested_at decided_at decided_by.
# Record tables: replies evaluations supplements cards card_revocations knowledge_editions knowledge_corrections
# knowledge_settlements knowledge_citations. Core adds to each row its id, case, actor, unit and time, and keeps the free words of
# every step beside history: an effect only stores what is asked for by itself later.
GROUPS = (
    TICKET_EFFECTS,
    UNIT_EFFECTS,
    CALLBACK_EFFECTS,
    CARD_EFFECTS,
    CO_REQUEST_EFFECTS,
    HANDLING_EFFECTS,
    KNOWLEDGE_EFFECTS,
    LINK_EFFECTS,
    RETURN_EFFECTS,
    REVIEW_EFFECTS,
    ALARM_EFFECTS,
    CONFERENCE_EFFECTS,
    SUPERVISION_EFFECTS,
)
EFFECTS: Mapping[str, Effect] = MappingProxyType({each.name: each for group in GROUPS for each in group})
