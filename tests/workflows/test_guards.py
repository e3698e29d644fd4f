"""Every guard saying yes and no, with only the facts and fields that it names."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.workflows.callback_cases import CALLBACK_CASES
from tests.workflows.co_request_cases import CO_REQUEST_CASES
from tests.workflows.district import Strict
from tests.workflows.handling_cases import HANDLING_CASES
from tests.workflows.knowledge_cases import KNOWLEDGE_CASES
from tests.workflows.link_cases import LINK_CASES
from tests.workflows.return_cases import RETURN_CASES
from tests.workflows.review_cases import REVIEW_CASES
from tests.workflows.supervision_cases import SUPERVISION_CASES
from workflows.fields import FIELDS, TYPES
from workflows.guards import GUARDS

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)
TICK = timedelta(microseconds=1)
Case = tuple[str, dict[str, Any], dict[str, Any], bool]


def handled(**child: Any) -> dict[str, Any]:
    return {"row": {"answered_by": None}, "actor_id": 7, "actor_unit_id": 1, "children": ({"unit_id": 2, "person_id": 9, **child},)}


def ticket(**row: Any) -> dict[str, Any]:
    return {"row": row, "now": NOW, "actor_id": 7}


ACTIVE = {"row": {"lead_unit_id": 2}, "active_unit_ids": frozenset({2, 3})}
ACCUSED = {"row": {"lead_unit_id": 2}, "complained_unit_ids": frozenset({4})}
GROUNDS = {"statutory_grounds": frozenset({"litigation", "petition_pending"})}
TARGETS = {"transfer_targets": frozenset({"police", "fire"})}
THREE = {"callback_attempts_wanted": 3}
LEAD_BESIDE = {"row": {"role": "lead"}, "siblings": ({"state": "handling"},)}
CASES: list[Case] = [
    ("unit_is_active", ACTIVE, {"lead_unit": 3}, True),
    ("unit_is_active", ACTIVE, {"lead_unit": 4}, False),
    ("unit_is_active", ACTIVE, {}, True),
    ("co_units_are_active", ACTIVE, {"co_units": [2, 3]}, True),
    ("co_units_are_active", ACTIVE, {"co_units": [3, 4]}, False),
    ("co_units_are_active", ACTIVE, {}, True),
    ("units_are_distinct", ACTIVE, {"lead_unit": 3, "co_units": [2, 4]}, True),
    ("units_are_distinct", ACTIVE, {"lead_unit": 3, "co_units": [4, 3]}, False),
    ("units_are_distinct", ACTIVE, {"lead_unit": 3, "co_units": [4, 4]}, False),
    ("units_are_distinct", ACTIVE, {"co_units": [2]}, False),
    ("unit_not_complained_of", ACCUSED, {"lead_unit": 3, "co_units": [2]}, True),
    ("unit_not_complained_of", ACCUSED, {"lead_unit": 4}, False),
    ("unit_not_complained_of", ACCUSED, {"lead_unit": 3, "co_units": [4]}, False),
    ("unit_not_complained_of", ACCUSED | {"row": {"lead_unit_id": 4}}, {}, False),
    ("lead_unit_known", ACTIVE, {}, True),
    ("lead_unit_known", ticket(lead_unit_id=None), {}, False),
    ("lead_unit_known", ticket(lead_unit_id=None), {"lead_unit": 2}, True),
    ("lead_unit_differs", ACTIVE, {"lead_unit": 3}, True),
    ("lead_unit_differs", ACTIVE, {"lead_unit": 2}, False),
    ("within_undo_window", ticket() | {"undo_until": NOW + TICK}, {}, True),
    ("within_undo_window", ticket() | {"undo_until": NOW}, {}, False),
    ("within_undo_window", ticket() | {"undo_until": None}, {}, False),
    ("within_reopen_window", ticket() | {"reopen_until": NOW + TICK}, {}, True),
    ("within_reopen_window", ticket() | {"reopen_until": NOW}, {}, False),
    ("within_reopen_window", ticket() | {"reopen_until": None}, {}, True),
    ("is_own_dispatch", ticket(dispatched_by=7), {}, True),
    ("is_own_dispatch", ticket(dispatched_by=8), {}, False),
    ("pack_names_grounds", GROUNDS, {}, True),
    ("pack_names_grounds", {"statutory_grounds": frozenset()}, {}, False),
    ("ground_is_statutory", GROUNDS, {"ground": "petition_pending"}, True),
    ("ground_is_statutory", GROUNDS, {"ground": "boring"}, False),
    ("pack_names_targets", TARGETS, {}, True),
    ("pack_names_targets", {"transfer_targets": frozenset()}, {}, False),
    ("transfer_target_is_named", TARGETS, {"transfer_to": "fire"}, True),
    ("transfer_target_is_named", TARGETS, {"transfer_to": "taxi"}, False),
    ("not_already_claimed", ticket(claimed_by=None), {}, True),
    ("not_already_claimed", ticket(claimed_by=7, claimed_at=NOW), {}, True),
    ("not_already_claimed", ticket(claimed_by=8, claimed_at=NOW - 3 * TEN + TICK), {}, False),
    ("not_already_claimed", ticket(claimed_by=8, claimed_at=NOW - 3 * TEN), {}, True),
    ("claimed_by_actor", ticket(claimed_by=7), {}, True),
    ("claimed_by_actor", ticket(claimed_by=None), {}, False),
    ("any_classification_given", {}, {"urgency": "urgent"}, True),
    ("any_classification_given", {}, {"labels": []}, True),
    ("any_classification_given", {}, {"note": "x"}, False),
    ("any_amendment_given", {}, {"title": "新标题"}, True),
    ("any_amendment_given", {}, {"enterprise": False}, True),
    ("any_amendment_given", {}, {"note": "x"}, False),
    ("urgency_not_lowered", ticket(urgency="urgent"), {"urgency": "urgent"}, True),
    ("urgency_not_lowered", ticket(urgency="urgent"), {"urgency": "normal"}, False),
    ("urgency_not_lowered", ticket(urgency="critical"), {}, True),
    ("occurred_not_in_future", ticket(), {"occurred_at": NOW}, True),
    ("occurred_not_in_future", ticket(), {"occurred_at": NOW + TICK}, False),
    ("occurred_not_in_future", ticket(), {}, True),
    ("termination_not_pending", ticket(termination_requested_by=None), {}, True),
    ("termination_not_pending", ticket(termination_requested_by=8), {}, False),
    ("termination_pending", ticket(termination_requested_by=8), {}, True),
    ("termination_pending", ticket(termination_requested_by=None), {}, False),
    ("termination_not_requested_by_actor", ticket(termination_requested_by=8), {}, True),
    ("termination_not_requested_by_actor", ticket(termination_requested_by=7), {}, False),
    ("review_not_by_handler", handled(), {}, True),
    ("review_not_by_handler", handled(unit_id=1), {}, False),
    ("review_not_by_handler", handled(person_id=7), {}, False),
    ("review_not_by_handler", handled() | {"actor_id": None, "actor_unit_id": None}, {}, True),
    ("callback_not_by_handler", handled(person_id=None), {}, True),
    ("callback_not_by_handler", handled(person_id=None) | {"actor_id": None}, {}, True),
    ("callback_not_by_handler", handled() | {"row": {"answered_by": 7}}, {}, False),
    ("one_evaluation_per_round", ticket(round=2, evaluated_round=1), {}, True),
    ("one_evaluation_per_round", ticket(round=2, evaluated_round=2), {}, False),
    ("callback_reached", {}, {"reached": True}, True),
    ("callback_reached", {}, {}, True),
    ("callback_reached", {}, {"reached": False}, False),
    ("callback_not_reached", {}, {"reached": False}, True),
    ("callback_not_reached", {}, {"reached": True}, False),
    ("callback_settled", ticket(round=1, evaluated_round=1) | THREE, {}, True),
    ("callback_settled", ticket(round=1, callback_attempts=3) | THREE, {}, True),
    ("callback_settled", ticket(round=1, callback_attempts=2) | THREE, {}, False),
    ("callback_settled", ticket(round=1, callback_attempts=0) | THREE, {"reason": "无需回访"}, True),
    ("callback_settled", ticket(round=1, callback_attempts=9) | {"callback_attempts_wanted": None}, {}, False),
    ("dissatisfaction_answered", ticket(round=1, evaluated_round=1, rating="satisfied", solved=True), {}, True),
    ("dissatisfaction_answered", ticket(round=1, evaluated_round=1, rating="dissatisfied", solved=True), {}, False),
    ("dissatisfaction_answered", ticket(round=1, evaluated_round=1, rating="satisfied", solved=False), {}, False),
    ("dissatisfaction_answered", ticket(round=1, evaluated_round=1, rating="very_dissatisfied"), {"reason": "无理诉求"}, True),
    ("dissatisfaction_answered", ticket(round=2, evaluated_round=1, rating="dissatisfied"), {}, True),
    ("is_own_assignment", {"row": {"unit_id": 2}, "actor_unit_id": 2}, {}, True),
    ("is_own_assignment", {"row": {"unit_id": 2}, "actor_unit_id": 3}, {}, False),
    ("is_own_assignment", {"row": {"unit_id": 2}, "actor_unit_id": None}, {}, True),
    ("person_is_of_unit", {"unit_person_ids": frozenset({9})}, {"person": 9}, True),
    ("person_is_of_unit", {"unit_person_ids": frozenset({9})}, {"person": 8}, False),
    ("person_not_complained_of", {"complained_person_ids": frozenset({8})}, {"person": 9}, True),
    ("person_not_complained_of", {"complained_person_ids": frozenset({8})}, {"person": 8}, False),
    ("contact_details_given", {}, {"contacted": True, "contact_at": NOW, "contact_way": "phone"}, True),
    ("contact_details_given", {}, {"contacted": True, "contact_at": NOW}, False),
    ("contact_details_given", {}, {"contacted": True, "contact_way": "phone"}, False),
    ("contact_details_given", {}, {"contacted": False}, True),
    ("no_contact_explained", {}, {"contacted": True}, True),
    ("no_contact_explained", {}, {"contacted": False}, False),
    ("no_contact_explained", {}, {"contacted": False, "not_contacted_reason": "空号"}, True),
    ("contact_not_in_future", ticket(), {"contact_at": NOW}, True),
    ("contact_not_in_future", ticket(), {"contact_at": NOW + TICK}, False),
    ("unsolved_explained", {}, {"outcome": "explained"}, True),
    ("unsolved_explained", {}, {"outcome": "partly"}, False),
    ("unsolved_explained", {}, {"outcome": "unsolved"}, False),
    ("unsolved_explained", {}, {"outcome": "unsolved", "unsolved_reason": "资金"}, True),
    ("co_units_closed_or_reason", LEAD_BESIDE, {}, False),
    ("co_units_closed_or_reason", LEAD_BESIDE, {"co_open_reason": "先答"}, True),
    ("co_units_closed_or_reason", LEAD_BESIDE | {"siblings": ({"state": "replied"}, {"state": "recalled"})}, {}, True),
    ("co_units_closed_or_reason", LEAD_BESIDE | {"row": {"role": "co"}}, {}, True),
    ("direct_reply_allowed", {"direct_reply_allowed": True}, {}, True),
    ("direct_reply_allowed", {"direct_reply_allowed": False}, {}, False),
    *CALLBACK_CASES,
    *CO_REQUEST_CASES,
    *HANDLING_CASES,
    *KNOWLEDGE_CASES,
    *LINK_CASES,
    *RETURN_CASES,
    *REVIEW_CASES,
    *SUPERVISION_CASES,
]


@pytest.mark.parametrize(("name", "facts", "fields", "holds"), CASES, ids=[f"{n}-{case[0]}-{case[3]}" for n, case in enumerate(CASES)])
def test_a_guard_says(name: str, facts: dict[str, Any], fields: dict[str, Any], holds: bool) -> None:
    guard = GUARDS[name]
    # The state needs no naming: every decision knows it.
    named = Strict({fact: facts[fact] for fact in guard.facts} | ({"state": facts["state"]} if "state" in facts else {}))
    assert guard.test(named, {field: value for field, value in fields.items() if field in guard.fields}) is holds


def test_every_guard_is_seen_saying_yes_and_no() -> None:
    assert {(case[0], case[3]) for case in CASES} == {(name, holds) for name in GUARDS for holds in (True, False)}


def test_every_guard_has_a_sentence_in_both_languages() -> None:
    for guard in GUARDS.values():
        assert guard.zh.endswith("。") and any("\u4e00" <= letter <= "\u9fff" for letter in guard.zh), guard.name
        assert guard.en.endswith(".") and guard.en.isascii(), guard.name


# Their sentences are about the whole form: one of several fields is wanted, and which one is the person's choice.
OF_THE_WHOLE_FORM = {"a_failed_gate_is_named", "any_amendment_given", "any_classification_given", "any_revision_given"}
# A field that only another branch of the trigger takes, and that opens it.
OF_ANOTHER_BRANCH = {"is_own_dispatch": {"reason"}, "within_undo_window": {"reason"}}


def test_a_sentence_stands_at_a_field_that_the_guard_looks_at() -> None:
    told: dict[str, set[str]] = {name: set() for name in GUARDS}
    for name, facts, fields, holds in CASES:
        if not holds:
            told[name].update(GUARDS[name].beside(facts, fields))
    for name, guard in GUARDS.items():
        assert told[name] <= guard.fields | OF_ANOTHER_BRANCH.get(name, set()) and told[name] <= FIELDS.keys(), name
        speaks = bool(guard.fields) or name in OF_ANOTHER_BRANCH
        assert bool(told[name]) == (speaks and name not in OF_THE_WHOLE_FORM), name


@pytest.mark.parametrize(
    ("name", "facts", "fields", "at"),
    [
        ("contact_details_given", {}, {"contacted": True}, ("contact_at", "contact_way")),
        ("contact_details_given", {}, {"contacted": True, "contact_at": NOW}, ("contact_way",)),
        ("units_are_distinct", ACTIVE, {"lead_unit": 3, "co_units": [3]}, ("co_units",)),
        ("unit_not_complained_of", ACCUSED, {"lead_unit": 3, "co_units": [4]}, ("co_units",)),
        ("unit_not_complained_of", ACCUSED, {"lead_unit": 4, "co_units": [4]}, ("lead_unit", "co_units")),
        ("no_gate_fails", {}, {"gate_time": "pass", "gate_reply": "fail"}, ("gate_reply",)),
        ("failed_gates_have_reasons", {}, {"gate_time": "fail", "gate_reply": "fail", "gate_time_reason": "晚"}, ("gate_reply_reason",)),
        ("supervision_is_complete", {"row": {"unit_id": 2}}, {"level": "key"}, ("report_due_at",)),
        ("clearing_has_evidence", {"attachment_count": 0}, {"evidence": "话"}, ("on_site",)),
    ],
)
def test_of_several_fields_the_sentence_stands_at_those_that_are_wrong(
    name: str, facts: dict[str, Any], fields: dict[str, Any], at: tuple[str, ...]
) -> None:
    assert GUARDS[name].beside(facts, fields) == at


def test_a_sentence_names_what_the_pack_names() -> None:
    zh, en = GUARDS["ground_is_statutory"].said(GROUNDS)
    assert zh == "不予受理须有法定情形，规则包列明的是：litigation, petition_pending。"
    assert en == "Declining needs a statutory ground; the pack names: litigation, petition_pending."
    for guard in GUARDS.values():
        plain = {name: frozenset({"x"}) for name in guard.facts}
        assert not any(brace in sentence for sentence in guard.said(plain) for brace in "{}"), guard.name


def test_every_field_has_a_type_and_only_choices_have_choices() -> None:
    for field in FIELDS.values():
        assert field.type in TYPES, field.name
        assert bool(field.choices) == (field.type in ("choice", "choices")), field.name
        assert (field.type != "text") or (field.private and field.max_length), field.name
