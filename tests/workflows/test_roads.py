"""The roads a ticket takes through its own definition and that of its assignments, told as stories without a database."""

import pytest

from tests.workflows.district import BUREAU, CENTRE, STREET, UTILITY, District, Person, person
from workflows.effects import Put
from workflows.machine import Denied, Impossible, Missing, NotYours, Refused

REPLY = {"contacted": True, "outcome": "solved", "reply_text": "已修复", "contact_way": "phone"}


@pytest.fixture
def district() -> District:
    return District()


def dispatched(district: District, **fields: object) -> District:
    district.register()
    district.do(district.ticket, "accept", person("agent"))
    district.do(district.ticket, "dispatch", person("dispatcher"), **{"lead_unit": STREET, **fields})
    return district


def replied(district: District, **fields: object) -> District:
    dispatched(district, **fields)
    district.do(district.share(STREET), "sign", person("unit_clerk", STREET))
    district.do(district.share(STREET), "submit", person("handler", STREET), contact_at=district.now, **REPLY)
    district.do(district.share(STREET), "reply", person("unit_lead", STREET), co_open_reason="主办先行答复")
    return district


def completed(district: District) -> District:
    replied(district).do(district.ticket, "approve", person("reviewer"))
    return district


def test_the_straight_road(district: District) -> None:
    completed(district)
    district.do(district.ticket, "record_callback", person("callback_agent"), contacted=True, solved=True, rating="satisfied")
    district.do(district.ticket, "close", person("callback_agent"))
    district.do(district.ticket, "archive", person("system"))
    assert [step.split()[1] for step in district.ticket.trail] == (
        ["register", "accept", "dispatch", "sign", "reply", "approve", "record_callback", "close", "archive"]
    )
    assert [step.split()[1] for step in district.share(STREET, is_open=False).trail] == ["assign", "sign", "submit", "reply", "finish"]
    assert not district.ticket.clocks and not district.share(STREET, is_open=False).clocks
    assert district.ticket.row["evaluated_round"] == 1 and district.ticket.row["rating"] == "satisfied"
    assert [(put.table, put.values.get("stage")) for put in district.records] == [("replies", "submitted"), ("evaluations", None)]


def test_a_dispatch_opens_a_share_for_each_unit_and_lets_it_in(district: District) -> None:
    dispatched(district, co_units=[BUREAU, UTILITY], instructions="限期修复")
    assert {(case.row["unit_id"], case.row["role"], case.row["attempt"]) for case in district.open_shares()} == {
        (STREET, "lead", 1), (BUREAU, "co", 1), (UTILITY, "co", 1),
    }  # fmt: skip
    assert district.access == {(STREET, "lead"), (BUREAU, "co"), (UTILITY, "co")}
    assert district.share(BUREAU).row["instructions"] == "限期修复"
    assert district.share(STREET).clocks.keys() == {"sign_clock", "first_contact_clock", "handle_clock"}
    assert district.ticket.clocks == {"total_clock": "running"}


def test_the_signature_of_a_co_unit_does_not_move_the_ticket(district: District) -> None:
    dispatched(district, co_units=[BUREAU])
    district.do(district.share(BUREAU), "sign", person("unit_clerk", BUREAU))
    assert district.ticket.state == "dispatched"
    district.do(district.share(STREET), "sign", person("unit_clerk", STREET))
    assert district.ticket.state == "handling"


def test_a_second_signature_is_not_possible(district: District) -> None:
    dispatched(district).do(district.share(STREET), "sign", person("unit_clerk", STREET))
    with pytest.raises(Impossible, match="sign is not possible from handling"):
        district.do(district.share(STREET), "sign", person("unit_clerk", STREET))


def test_another_unit_may_not_sign(district: District) -> None:
    dispatched(district, co_units=[BUREAU])
    with pytest.raises(NotYours):
        district.do(district.share(STREET), "sign", person("unit_clerk", BUREAU))


def test_nobody_moves_a_ticket_in_the_name_of_its_assignment(district: District) -> None:
    dispatched(district)
    for role in ("dispatcher", "supervisor", "importer", "system"):
        with pytest.raises(NotYours):
            district.do(district.ticket, "sign", person(role))


def test_the_undo_lasts_ten_minutes_and_does_not_count_as_an_attempt(district: District) -> None:
    dispatched(district).later(minutes=9, seconds=59)
    outcome = district.do(district.ticket, "recall", person("dispatcher"))
    assert outcome.transition.emits == "DispatchUndone"
    assert district.ticket.state == "accepted" and district.ticket.row["attempt"] == 0
    assert district.access == set() and not district.open_shares()
    district.do(district.ticket, "dispatch", person("dispatcher"), lead_unit=BUREAU)
    assert district.ticket.row["attempt"] == 1


def test_after_ten_minutes_a_recall_needs_a_reason(district: District) -> None:
    dispatched(district).later(minutes=10)
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "recall", person("dispatcher"))
    assert refused.value.guard == "within_undo_window" and "须说明理由" in refused.value.zh
    outcome = district.do(district.ticket, "recall", person("dispatcher"), reason="派错单位")
    assert outcome.transition.emits == "TicketRecalled" and district.ticket.row["attempt"] == 1
    assert district.ticket.clocks.keys() == {"total_clock", "dispatch_clock"}


def test_a_reassignment_takes_the_lead_away_and_keeps_the_co_units(district: District) -> None:
    dispatched(district, co_units=[BUREAU]).do(district.share(STREET), "sign", person("unit_clerk", STREET))
    district.do(district.ticket, "reassign", person("dispatcher"), lead_unit=UTILITY, reason="属水务集团职责")
    assert {(case.row["unit_id"], case.row["role"]) for case in district.open_shares()} == {(UTILITY, "lead"), (BUREAU, "co")}
    assert district.access == {(UTILITY, "lead"), (BUREAU, "co")} and district.ticket.state == "dispatched"
    assert district.share(STREET, is_open=False).state == "recalled" and not district.share(STREET, is_open=False).clocks


def test_a_co_unit_that_becomes_the_lead_gives_up_its_share(district: District) -> None:
    dispatched(district, co_units=[BUREAU])
    district.do(district.ticket, "reassign", person("supervisor"), lead_unit=BUREAU, co_units=[STREET], reason="主办协办对调")
    assert {(case.row["unit_id"], case.row["role"]) for case in district.open_shares()} == {(BUREAU, "lead"), (STREET, "co")}
    assert district.access == {(BUREAU, "lead"), (STREET, "co")}


def test_a_half_reply_wins_no_fresh_limit(district: District) -> None:
    replied(district)
    assert district.share(STREET).clocks == {"handle_clock": "held"}
    outcome = district.do(district.ticket, "send_back", person("reviewer"), reason="未答复关键问题", gates=["quality"])
    assert outcome.to == "handling" and district.ticket.clocks == {"total_clock": "running"}
    assert district.share(STREET).clocks == {"handle_clock": "running"}
    assert district.share(STREET).trail[-1] == "replied send_back handling"


def test_a_rehandling_is_a_new_round_with_new_shares(district: District) -> None:
    completed(district)
    first = district.share(STREET, is_open=False)
    district.do(district.ticket, "record_callback", person("callback_agent"), contacted=True, solved=False, rating="dissatisfied")
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "close", person("callback_agent"))
    assert refused.value.guard == "dissatisfaction_answered"
    district.do(district.ticket, "rehandle", person("callback_agent"), reason="诉求人不满意")
    assert district.ticket.state == "dispatched" and district.ticket.row["round"] == 2
    assert district.share(STREET).id != first.id and district.share(STREET).row["round"] == 2
    assert district.share(STREET).row["attempt"] == district.ticket.row["attempt"] == 1
    assert district.ticket.clocks == {"total_clock": "running"} and district.ticket.row["rating"] is None


def test_one_evaluation_a_round(district: District) -> None:
    completed(district)
    district.do(district.ticket, "record_callback", person("citizen"), rating="satisfied")
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "record_callback", person("callback_agent"), contacted=True, solved=True, rating="satisfied")
    assert refused.value.guard == "one_evaluation_per_round"


def test_three_missed_calls_are_enough_to_close(district: District) -> None:
    completed(district)
    for missed in range(3):
        with pytest.raises(Refused) as refused:
            district.do(district.ticket, "close", person("callback_agent"))
        assert refused.value.guard == "callback_settled"
        district.do(district.ticket, "record_callback", person("callback_agent"), reached=False)
        assert district.ticket.row["callback_attempts"] == missed + 1
        assert district.ticket.clocks == {"callback_clock": "running"}
    assert district.do(district.ticket, "close", person("callback_agent")).to == "closed"
    assert [put.values["reached"] for put in district.records if put.table == "evaluations"] == [False] * 3


def test_who_answered_at_once_does_not_call_back(district: District) -> None:
    district.register(type="consult")
    district.do(district.ticket, "answer", person("agent"), reply_text="办事指南见官网")
    assert district.ticket.state == "completed" and district.ticket.clocks == {"callback_clock": "running"}
    assert Put("replies", {"stage": "answered", "round": 1, "reply_text": "办事指南见官网"}) in district.records
    same = Person(person("agent").id, "callback_agent", CENTRE)
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "record_callback", same, contacted=True, solved=True, rating="satisfied")
    assert refused.value.guard == "callback_not_by_handler"


def test_an_answer_evaluated_and_reopened_can_be_evaluated_again(district: District) -> None:
    district.register(type="consult")
    district.do(district.ticket, "answer", person("agent"), reply_text="见官网")
    district.do(district.ticket, "record_callback", person("citizen"), rating="dissatisfied")
    district.do(district.ticket, "close", person("reviewer"), reason="已说明")
    district.do(district.ticket, "reopen", person("supervisor"), reason="答复有误")
    assert district.ticket.row["round"] == 2 and district.ticket.clocks.keys() == {"dispatch_clock", "total_clock"}
    district.do(district.ticket, "answer", person("dispatcher"), reply_text="更正答复")
    district.do(district.ticket, "record_callback", person("citizen"), rating="satisfied")


def test_the_lead_waits_for_its_co_units_or_says_why(district: District) -> None:
    dispatched(district, co_units=[BUREAU]).do(district.share(STREET), "sign", person("unit_clerk", STREET))
    district.do(district.share(STREET), "submit", person("handler", STREET), contact_at=district.now, **REPLY)
    with pytest.raises(Refused) as refused:
        district.do(district.share(STREET), "reply", person("unit_lead", STREET))
    assert refused.value.guard == "co_units_closed_or_reason"
    district.do(district.share(STREET), "reply", person("unit_lead", STREET), co_open_reason="协办事项另行答复")
    district.do(district.ticket, "approve", person("reviewer"))
    assert district.share(BUREAU, is_open=False).state == "recalled"
    assert district.share(STREET, is_open=False).state == "done"


def test_a_handler_replies_directly_only_where_the_pack_says_so(district: District) -> None:
    dispatched(district).do(district.share(STREET), "sign", person("unit_clerk", STREET))
    with pytest.raises(Refused) as refused:
        district.do(district.share(STREET), "reply", person("handler", STREET), contact_at=district.now, **REPLY)
    assert refused.value.guard == "direct_reply_allowed"
    district.direct_reply = True
    district.do(district.share(STREET), "reply", person("handler", STREET), contact_at=district.now, **REPLY)
    assert district.ticket.state == "replied" and district.share(STREET).row["outcome"] == "solved"


def test_the_first_contact_stops_its_clock_and_counts_once(district: District) -> None:
    dispatched(district).later(hours=1)
    called = district.now
    district.do(district.share(STREET), "record_contact", person("unit_clerk", STREET), contact_way="phone")
    assert "first_contact_clock" not in district.share(STREET).clocks
    district.do(district.share(STREET), "sign", person("unit_clerk", STREET))
    district.later(hours=5)
    interim = {"reply_text": "正在采购灯具", "contacted": True, "contact_at": district.now, "contact_way": "sms"}
    district.do(district.share(STREET), "interim_reply", person("handler", STREET), **interim)
    assert district.share(STREET).row["contacted_at"] == called
    assert district.share(STREET).clocks == {"handle_clock": "running"}


def test_no_complaint_goes_to_the_unit_complained_of(district: District) -> None:
    district.register(type="complaint", subject="某街道办")
    district.do(district.ticket, "accept", person("agent"))
    district.complained_units = frozenset({STREET})
    for units in ({"lead_unit": STREET}, {"lead_unit": BUREAU, "co_units": [STREET]}):
        with pytest.raises(Refused) as refused:
            district.do(district.ticket, "dispatch", person("dispatcher"), **units)
        assert refused.value.guard == "unit_not_complained_of"
    assert district.do(district.ticket, "dispatch", person("importer"), lead_unit=STREET).to == "dispatched"


def test_a_termination_is_requested_by_one_and_approved_by_another(district: District) -> None:
    dispatched(district).do(district.share(STREET), "sign", person("unit_clerk", STREET))
    wanted = {"reason": "诉求人阻挠", "termination_ground": "citizen_blocks"}
    outcome = district.do(district.ticket, "terminate", person("unit_lead", STREET), **wanted)
    assert outcome.transition.emits == "TerminationRequested" and district.ticket.state == "handling"
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "terminate", person("dispatcher"), **wanted)
    assert refused.value.guard == "termination_not_pending"
    district.do(district.ticket, "refuse_termination", person("reviewer"), reason="应继续办理")
    district.do(district.ticket, "terminate", person("dispatcher"), **wanted)
    itself = Person(person("dispatcher").id, "reviewer", CENTRE)
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "terminate", itself, reason="同意")
    assert refused.value.guard == "termination_not_requested_by_actor"
    assert district.do(district.ticket, "terminate", person("supervisor"), reason="同意").to == "terminated"
    assert district.ticket.row["termination_ground"] == "citizen_blocks"
    assert not district.open_shares() and not district.ticket.clocks


def test_a_claim_keeps_others_off_for_half_an_hour_and_raises_no_version(district: District) -> None:
    district.register()
    assert district.do(district.ticket, "claim", person("dispatcher")).transition.quiet
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "claim", person("reviewer"))
    assert refused.value.guard == "not_already_claimed"
    with pytest.raises(Refused):
        district.do(district.ticket, "release", person("agent"))
    district.later(minutes=30)
    district.do(district.ticket, "claim", person("agent"))
    district.do(district.ticket, "release", person("supervisor"))
    assert district.ticket.row["claimed_by"] is None


def test_urging_is_counted(district: District) -> None:
    dispatched(district)
    district.do(district.ticket, "supplement", person("citizen"), kind="addition", text="两盏都不亮")
    assert district.ticket.row["urges"] == 0
    district.do(district.ticket, "supplement", person("citizen"), kind="urge")
    assert district.do(district.ticket, "urge", person("supervisor")).transition.quiet
    assert district.ticket.row["urges"] == 2 and district.ticket.row["last_urged_at"] == district.now
    assert [put.values["kind"] for put in district.records if put.table == "supplements"] == ["addition", "urge"]


def test_escalating_raises_the_urgency_and_never_lowers_it(district: District) -> None:
    district.register(urgency="urgent")
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "escalate", person("supervisor"), urgency="normal")
    assert refused.value.guard == "urgency_not_lowered"
    for expected in ("critical", "critical"):
        assert district.do(district.ticket, "escalate", person("system")).transition.rebudgets
        assert district.ticket.row["urgency"] == expected
    assert district.ticket.row["escalations"] == 2


@pytest.mark.parametrize("trigger", ["submit", "reply", "interim_reply", "record_contact"])
def test_nothing_is_handled_after_the_end(district: District, trigger: str) -> None:
    completed(district)
    with pytest.raises(Impossible):
        district.do(district.share(STREET, is_open=False), trigger, person("unit_lead", STREET), contact_at=district.now, **REPLY)


def test_where_the_pack_names_no_window_a_dispatch_is_not_undone_without_a_reason(district: District) -> None:
    district.undo_within = None
    dispatched(district)
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "recall", person("dispatcher"))
    assert refused.value.guard == "within_undo_window"
    assert district.do(district.ticket, "recall", person("dispatcher"), reason="派错单位").to == "accepted"


def test_after_the_window_of_the_pack_a_person_reopens_no_more_but_a_file_does(district: District) -> None:
    district.register()
    district.do(district.ticket, "void", person("agent"), reason="骚扰电话")
    district.later(days=29, hours=23)
    assert "reopen" in [action.trigger for action in district.actions(district.ticket, person("supervisor"))]
    district.later(hours=1)
    assert "reopen" not in [action.trigger for action in district.actions(district.ticket, person("supervisor"))]
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "reopen", person("supervisor"), reason="误判")
    assert refused.value.guard == "within_reopen_window" and "另行登记" in refused.value.zh
    assert district.do(district.ticket, "reopen", person("importer")).to == "accepted"


def test_where_the_pack_is_silent_a_ticket_may_always_be_reopened_and_missed_calls_never_settle(district: District) -> None:
    district.reopen_within = district.callback_attempts = None
    completed(district)
    for _ in range(5):
        district.do(district.ticket, "record_callback", person("callback_agent"), reached=False)
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "close", person("callback_agent"))
    assert refused.value.guard == "callback_settled"
    district.do(district.ticket, "close", person("callback_agent"), reason="号码已停用")
    district.later(days=4000)
    assert district.do(district.ticket, "reopen", person("supervisor"), reason="问题反复").to == "accepted"


def test_a_pack_without_grounds_or_targets_lets_nothing_be_turned_away(district: District) -> None:
    district.register(urgency="critical")
    district.grounds = district.targets = frozenset()
    decline = {"ground": "litigation", "reply_text": "请走诉讼"}
    for trigger, fields in (("decline", decline), ("transfer_emergency", {"transfer_to": "fire"})):
        with pytest.raises(Refused, match="The pack of this ticket names n"):
            district.do(district.ticket, trigger, person("agent"), **fields)


def test_an_emergency_goes_to_one_of_those_that_the_pack_names(district: District) -> None:
    district.register(urgency="critical")
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "transfer_emergency", person("agent"), transfer_to="taxi")
    assert refused.value.guard == "transfer_target_is_named" and "fire, police" in refused.value.zh
    assert district.do(district.ticket, "transfer_emergency", person("agent"), transfer_to="fire").to == "transferred"


def test_only_a_file_still_notes_something_beside_an_archived_ticket(district: District) -> None:
    district.register()
    district.do(district.ticket, "void", person("agent"), reason="骚扰电话")
    district.do(district.ticket, "archive", person("reviewer"))
    with pytest.raises(NotYours):
        district.do(district.ticket, "annotate", person("supervisor"), note="补记")
    assert district.do(district.ticket, "annotate", person("importer"), note="文件更新了事发地点。").to == "archived"


def test_a_ground_that_no_law_names_does_not_decline(district: District) -> None:
    district.register()
    with pytest.raises(Refused) as refused:
        district.do(district.ticket, "decline", person("agent"), ground="too_much_work", reply_text="不办")
    assert refused.value.guard == "ground_is_statutory" and "litigation" in refused.value.zh
    with pytest.raises(Missing) as missing:
        district.do(district.ticket, "decline", person("agent"), ground="litigation", reply_text="")
    assert missing.value.fields == ("reply_text",)
    assert district.do(district.ticket, "decline", person("agent"), ground="litigation", reply_text="请走诉讼").to == "declined"


def test_a_file_with_nothing_but_texts_and_states_travels_the_whole_road(district: District) -> None:
    importer = person("importer")
    district.register("importer", source="import")
    district.do(district.ticket, "accept", importer)
    district.do(district.ticket, "dispatch", importer, lead_unit=STREET)
    district.do(district.share(STREET), "sign", importer)
    district.do(district.share(STREET), "reply", importer, reply_text="已处理")
    district.do(district.ticket, "approve", importer)
    district.do(district.ticket, "record_callback", importer, reached=True, solved=True)
    district.do(district.ticket, "close", importer)
    district.do(district.ticket, "archive", importer)
    assert district.ticket.state == "archived" and district.ticket.row["source"] == "import"
    assert district.do(district.ticket, "amend", importer, title="更正标题").to == "archived"


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ("decline", "declined"), ("transfer_emergency", "transferred"), ("void", "void"), ("accept withdraw", "withdrawn"),
        ("accept terminate", "terminated"),
    ],
)  # fmt: skip
def test_a_file_may_end_a_ticket_without_saying_why(district: District, steps: str, end: str) -> None:
    district.register("importer", source="import")
    for step in steps.split():
        district.do(district.ticket, step, person("importer"))
    assert district.ticket.state == end and not district.ticket.clocks


def test_a_person_must_say_why(district: District) -> None:
    district.register()
    for trigger in ("void", "withdraw"):
        with pytest.raises(Denied, match="missing: reason"):
            district.do(district.ticket, trigger, person("dispatcher"))
