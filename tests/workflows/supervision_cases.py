"""Guards of supervision, instructions, conferences and the four measures, saying yes and no."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MATTER: dict[str, Any] = {"unit_id": 2, "co_unit_ids": [3], "level": "key", "report_due_at": NOW + DAY, "supervision_source": "other"}
STEPS = [{"number": 1, "done_at": None, "unit_id": 2}, {"number": 2, "done_at": "2025-10-01T00:00:00+00:00", "unit_id": 3}]


def by(*roles: str, unit: int = 1, person: int = 7, **row: Any) -> dict[str, Any]:
    return {"row": MATTER | row, "now": NOW, "actor_id": person, "actor_unit_id": unit, "actor_roles": frozenset(roles)}


def raised(*measures: str, role: str = "reviewer", **row: Any) -> dict[str, Any]:
    ticket = {"elevations": list(measures), **row}
    return {"row": ticket, "ticket_row": ticket, "actor_id": 7, "actor_roles": frozenset({role})}


def beside(kind: str, state_open: bool) -> dict[str, Any]:
    return {"children": ({"kind": kind, "open": state_open}, {"kind": "assignment", "open": True})}


ACTIVE = {"active_unit_ids": frozenset({2, 3})}
KNOWN = {"known_person_ids": frozenset({7}), "known_ticket_ids": frozenset({5})}
STUDY = {"row": {"chair_person_id": 8}, "study_is_elevated": True, "leader_ids": frozenset({9})}
SUPERVISION_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("supervision_is_complete", by(), {}, True),
    ("supervision_is_complete", by(unit_id=None), {}, False),
    ("supervision_is_complete", by(unit_id=None), {"unit": 2}, True),
    ("supervision_is_complete", by(report_due_at=None), {}, False),
    ("level_is_approved", by("supervisor"), {}, True),
    ("level_is_approved", by("supervisor"), {"level": "listed"}, False),
    ("level_is_approved", by("leader"), {"level": "listed"}, True),
    ("level_is_approved", by("secretary", level="leader", supervision_source="instruction"), {}, True),
    ("level_stays_with_leader", by("supervisor", level="leader"), {}, False),
    ("level_stays_with_leader", by("supervisor"), {}, True),
    ("named_unit_is_active", ACTIVE, {"unit": 2}, True),
    ("named_unit_is_active", ACTIVE, {"unit": 4}, False),
    ("named_unit_is_active", ACTIVE, {}, True),
    ("another_unit_is_named", by(), {"unit": 4}, True),
    ("another_unit_is_named", by(), {"unit": 2}, False),
    ("another_unit_is_named", by(), {"unit": 3}, False),
    ("assisting_units_are_active", ACTIVE, {"co_units": [2, 3]}, True),
    ("assisting_units_are_active", ACTIVE, {"co_units": [4]}, False),
    ("named_units_are_active", ACTIVE, {"units": [2]}, True),
    ("named_units_are_active", ACTIVE, {"units": [2, 4]}, False),
    ("supervised_units_are_distinct", by(), {}, True),
    ("supervised_units_are_distinct", by(), {"unit": 3}, False),
    ("supervised_units_are_distinct", by(), {"co_units": [2]}, False),
    ("report_due_is_ahead", by(), {}, True),
    ("report_due_is_ahead", by(), {"report_due_at": NOW}, False),
    ("report_due_is_later", by(), {"report_due_at": NOW + 2 * DAY}, True),
    ("report_due_is_later", by(), {"report_due_at": NOW + DAY}, False),
    ("verifier_is_not_handler", by("supervisor"), {}, True),
    ("verifier_is_not_handler", by("supervisor", unit=2), {}, False),
    ("verifier_is_not_handler", by("supervisor", unit=3), {}, False),
    ("verifier_is_not_handler", by("supervisor", handled_by=7), {}, False),
    ("verifier_is_not_handler", by("supervisor", reported_by=7), {}, False),
    ("clearing_has_evidence", {"attachment_count": 1}, {}, True),
    ("clearing_has_evidence", {"attachment_count": 0}, {"evidence": "现场"}, False),
    ("clearing_has_evidence", {"attachment_count": 0}, {"on_site": True}, False),
    ("clearing_has_evidence", {"attachment_count": 0}, {"evidence": "现场", "on_site": True}, True),
    ("milestones_are_reached", by(milestones=STEPS), {}, False),
    ("milestones_are_reached", by(milestones=STEPS[1:]), {}, True),
    ("milestone_is_open", by(milestones=STEPS), {"milestone_number": 1}, True),
    ("milestone_is_open", by(milestones=STEPS), {"milestone_number": 2}, False),
    ("milestone_is_open", by(milestones=None), {"milestone_number": 1}, False),
    ("level_is_raised", by(), {"level": "listed"}, True),
    ("level_is_raised", by(), {"level": "key"}, False),
    ("not_yet_supervised", beside("supervision", False), {}, True),
    ("not_yet_supervised", beside("supervision", True), {}, False),
    ("any_elevation_named", {"elevation_proposed": frozenset()}, {"measures": ["elevated_review"]}, True),
    ("any_elevation_named", {"elevation_proposed": frozenset({"elevated_review"})}, {}, True),
    ("any_elevation_named", {"elevation_proposed": frozenset()}, {}, False),
    ("review_level_met", raised("elevated_review"), {}, False),
    ("review_level_met", raised("elevated_review", role="leader"), {}, True),
    ("review_level_met", raised("elevated_study"), {}, True),
    ("leader_reviews_elevated_only", raised(role="leader"), {}, False),
    ("leader_reviews_elevated_only", raised("elevated_review", role="leader"), {}, True),
    ("callback_level_met", raised("elevated_callback", role="callback_agent"), {}, False),
    ("callback_level_met", raised("elevated_callback", role="callback_agent", callback_person_id=7), {}, True),
    ("callback_level_met", raised("elevated_callback", role="supervisor"), {}, True),
    ("callback_level_met", raised("elevated_callback", role="citizen") | {"actor_id": 0}, {}, True),
    ("endorsed_by_a_leader", by(endorsements=1), {}, True),
    ("endorsed_by_a_leader", by(endorsements=0), {}, False),
    ("endorser_is_named", {"actor_roles": {"secretary"}}, {"endorser": "区长"}, True),
    ("endorser_is_named", {"actor_roles": {"secretary"}}, {"endorser_person": 7}, True),
    ("endorser_is_named", {"actor_roles": {"secretary"}}, {}, False),
    ("endorser_is_named", {"actor_roles": {"leader"}}, {}, True),
    ("endorser_is_known", KNOWN, {"endorser_person": 7}, True),
    ("endorser_is_known", KNOWN, {"endorser_person": 8}, False),
    ("people_are_known", KNOWN, {"people": [7]}, True),
    ("people_are_known", KNOWN, {"people": [7, 8]}, False),
    ("chair_is_known", KNOWN, {}, True),
    ("chair_is_known", KNOWN, {"chair": 8}, False),
    ("tickets_are_known", KNOWN, {"tickets": [5]}, True),
    ("tickets_are_known", KNOWN, {"tickets": [5, 6]}, False),
    ("endorsed_not_in_future", by(), {"endorsed_at": NOW}, True),
    ("endorsed_not_in_future", by(), {"endorsed_at": NOW + DAY}, False),
    ("supervisions_reported_or_reason", {"open_supervisions": frozenset()}, {}, True),
    ("supervisions_reported_or_reason", {"open_supervisions": frozenset({3})}, {}, False),
    ("supervisions_reported_or_reason", {"open_supervisions": frozenset({3})}, {"reason": "先报"}, True),
    ("no_open_conference", beside("conference", False), {}, True),
    ("no_open_conference", beside("conference", True), {}, False),
    ("conference_not_in_future", by(), {"held_at": NOW}, True),
    ("conference_not_in_future", by(), {"held_at": NOW + DAY}, False),
    ("chaired_as_high_as_raised", STUDY, {}, False),
    ("chaired_as_high_as_raised", STUDY, {"chair": 9}, True),
    ("chaired_as_high_as_raised", STUDY | {"study_is_elevated": False}, {}, True),
    ("task_is_open", by(tasks=STEPS), {"task_number": 1}, True),
    ("task_is_open", by(tasks=STEPS), {"task_number": 2}, False),
    ("task_is_own", by("unit_lead", unit=2, tasks=STEPS), {"task_number": 1}, True),
    ("task_is_own", by("unit_lead", unit=3, tasks=STEPS), {"task_number": 1}, False),
    ("task_is_own", by("supervisor", tasks=STEPS), {"task_number": 1}, True),
]
