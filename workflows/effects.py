"""The closed vocabulary of changes: a released effect never changes its meaning; the columns and tables it writes are its promise."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.card_effects import CARD_EFFECTS
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
# Record tables: replies evaluations supplements cards card_revocations. Core adds to each row its id, case, actor, unit and time, and keeps the
# free words of every step beside history: an effect only stores what is asked for by itself later.
EFFECTS: Mapping[str, Effect] = MappingProxyType({each.name: each for each in TICKET_EFFECTS + UNIT_EFFECTS + CARD_EFFECTS})
