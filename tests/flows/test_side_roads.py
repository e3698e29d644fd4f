"""The daily side roads of a ticket: declined, transferred, answered, recalled, reassigned, sent back, handled again, ended early."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from rules.packs import shipped_packs
from tests.factories.hotline import REPLY, STRAIGHT, Desk
from tests.fixtures.living import MovedClock


def shares(shown: Any) -> list[tuple[str, str, str]]:
    return [(share["unit"]["code"], share["role"], share["state"]) for share in shown["assignments"]]


def test_declined_on_a_statutory_ground_only(desk: Desk) -> None:
    ticket = desk.a_ticket()
    refused = desk.act("agent", ticket, "decline", {"ground": "too_busy", "reply_text": "不受理"})
    assert refused.status_code == 422 and "petition_pending" in refused.json["detail"]
    shown = desk.do("agent", ticket, "decline", ground="litigation", reply_text="请向法院提出", public_reply="请依法诉讼")
    assert shown["state"] == "declined" and all(clock["state"] == "stopped" for clock in shown["clocks"])
    public = desk.get("", f"/public/tickets/{shown['tracking_code']}")
    assert (public["state"], public["public_reply"]) == ("declined", "请依法诉讼")


def test_a_pack_that_names_no_grounds_lets_nothing_be_declined_nor_undone(desk: Desk) -> None:
    """The pack `sh` has limits only."""
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    ticket = desk.a_ticket("accepted")
    for trigger, fields in (("decline", {"ground": "litigation", "reply_text": "不受理"}), ("transfer_emergency", {"transfer_to": "fire"})):
        refused = desk.act("agent", ticket, trigger, fields)
        assert refused.status_code == 422 and "规则包没有列明" in refused.json["detail"]
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    shown = next(each for each in desk.get("dispatcher", f"/tickets/{ticket}")["actions"] if each["trigger"] == "recall")
    assert shown["needs"] == ["reason"]
    assert desk.act("dispatcher", ticket, "recall").status_code == 422


def test_an_emergency_is_transferred_at_once_to_one_whom_the_pack_names(desk: Desk) -> None:
    ticket = desk.register(urgency="critical")["id"]
    refused = desk.act("agent", ticket, "transfer_emergency", {"transfer_to": "taxi"})
    assert refused.status_code == 422 and "ambulance, fire, police, traffic" in refused.json["detail"]
    shown = desk.do("agent", ticket, "transfer_emergency", transfer_to="fire")
    assert shown["state"] == "transferred" and {action["trigger"] for action in shown["actions"]} == {"annotate", "raise_alarm"}


def test_answered_at_once_goes_straight_to_the_callback(desk: Desk) -> None:
    ticket = desk.register(type="consult")["id"]
    shown = desk.do("agent", ticket, "answer", reply_text="办事大厅周一至周五开放。", public_reply="周一至周五开放。")
    assert shown["state"] == "completed" and shown["assignments"] == []
    assert desk.rows("SELECT stage, reply_text FROM replies") == [{"stage": "answered", "reply_text": "办事大厅周一至周五开放。"}]


def test_recalled_within_ten_minutes_the_dispatch_never_happened(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("dispatched")
    clock.advance(timedelta(minutes=9))
    shown = desk.do("dispatcher", ticket, "recall")
    assert (shown["state"], shown["lead_unit"], shares(shown)) == ("accepted", None, [("cgj", "lead", "recalled")])
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404, "the unit has lost sight of it"
    again = desk.do("dispatcher", ticket, "dispatch", lead_unit="swj")
    assert [share["attempt"] for share in again["assignments"]] == [1, 1], "a dispatch undone at once is no attempt"


def test_recalled_later_it_needs_a_reason_and_counts(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    clock.advance(timedelta(minutes=11))
    assert desk.act("dispatcher", ticket, "recall").status_code == 400
    assert desk.do("dispatcher", ticket, "recall", reason="派错单位")["state"] == "accepted"
    again = desk.do("dispatcher", ticket, "dispatch", lead_unit="swj")
    assert again["assignments"][-1]["attempt"] == 2


def test_reassigned_the_old_lead_is_out_and_the_new_one_in(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    same = desk.act("dispatcher", ticket, "reassign", {"lead_unit": "cgj", "reason": "重派"})
    assert same.status_code == 422 and "相同" in same.json["detail"]
    shown = desk.do("dispatcher", ticket, "reassign", lead_unit="swj", reason="属水务职责")
    assert (shown["state"], shown["lead_unit"]["code"]) == ("dispatched", "swj")
    assert shares(shown) == [("cgj", "lead", "recalled"), ("swj", "lead", "assigned")]
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404
    assert desk.do("clerk.swj", ticket, "sign")["state"] == "handling"


def test_sent_back_a_half_reply_wins_no_fresh_limit(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("replied")
    generations = "SELECT generation, state, consumed FROM clocks WHERE root_id = %s AND name = 'handle_clock'"
    assert [row["state"] for row in desk.rows(generations, ticket)] == ["held"]
    due = "SELECT due_at FROM clocks WHERE root_id = %s AND name = 'handle_clock'"
    before = desk.rows(due, ticket)[0]["due_at"]
    clock.advance(timedelta(hours=3))
    shown = desk.do("reviewer", ticket, "send_back", reason="未写明处理结果", gates=["quality"])
    assert shown["state"] == "handling" and "sent_back" in shown["badges"]
    resumed = desk.rows(generations, ticket)
    assert [(row["generation"], row["state"]) for row in resumed] == [(1, "running")], "the same generation goes on"
    assert desk.rows(due, ticket)[0]["due_at"] - before <= timedelta(days=1), "only the review's own time is given back"
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    assert desk.do("lead.cgj", ticket, "reply")["state"] == "replied"


def test_handled_again_is_round_two_with_fresh_clocks(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("callback", ticket, "record_callback", contacted=True, solved=False, rating="dissatisfied")
    unhappy = desk.act("callback", ticket, "close")
    assert unhappy.status_code == 422 and "结案须说明理由" in unhappy.json["detail"] and "within_policy" in unhappy.json["detail"]
    clock.advance(timedelta(days=2))
    shown = desk.do("callback", ticket, "rehandle", reason="垃圾又堆满了")
    assert (shown["state"], shown["round"], shown["lead_unit"]["code"]) == ("dispatched", 2, "cgj")
    assert "round 2" in shown["badges"] and shares(shown)[-1] == ("cgj", "lead", "assigned")
    fresh = desk.rows("SELECT generation, state FROM clocks WHERE root_id = %s AND name = 'total_clock' ORDER BY generation", ticket)
    assert fresh == [{"generation": 1, "state": "stopped"}, {"generation": 2, "state": "running"}]
    for _, who, trigger, fields in STRAIGHT[2:8]:
        desk.do(who, ticket, trigger, **fields)
    rounds = desk.rows("SELECT round, rating FROM evaluations WHERE root_id = %s ORDER BY id", ticket)
    assert rounds == [{"round": 1, "rating": "dissatisfied"}, {"round": 2, "rating": "satisfied"}]


def test_who_handles_replies_alone_only_under_a_pack_that_says_so(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    answer = {**REPLY, "reply_text": "垃圾已清运。"}
    assert desk.act("handler.cgj", ticket, "reply", answer).status_code == 422
    text = shipped_packs()["demo-district"].replace("direct_reply_allowed = false", "direct_reply_allowed = true")
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "承办人可直接答复"))
    execute(desk.system, Choose(SYSTEM, "demo-district@2"))
    assert desk.act("handler.cgj", ticket, "reply", answer).status_code == 422, "a ticket in progress stays on its pack"
    shown = desk.get("handler.cgj", f"/tickets/{desk.a_ticket('handling')}")
    assert "reply" in [action["trigger"] for action in shown["actions"]]
    assert "reply" not in [action["trigger"] for action in desk.get("handler.cgj", f"/tickets/{ticket}")["actions"]]
    assert desk.do("handler.cgj", shown["id"], "reply", **answer)["state"] == "replied"


def test_lead_and_co_units_each_have_their_share(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    shown = desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj", "hbj"])
    assert shares(shown) == [("cgj", "lead", "assigned"), ("swj", "co", "assigned"), ("hbj", "co", "assigned")]
    assert desk.do("clerk.swj", ticket, "sign")["state"] == "dispatched", "a co-unit's signature does not move the ticket"
    assert desk.do("clerk.cgj", ticket, "sign")["state"] == "handling"
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    early = desk.act("lead.cgj", ticket, "reply")
    assert early.status_code == 422 and "协办单位尚未答复" in early.json["detail"]
    assert desk.do("lead.cgj", ticket, "reply", co_open_reason="协办部分已电话确认")["state"] == "replied"
    done = desk.do("reviewer", ticket, "approve")
    assert shares(done) == [("cgj", "lead", "done"), ("swj", "co", "recalled"), ("hbj", "co", "recalled")]


@pytest.mark.parametrize("state", ["registered", "accepted", "handling"])
def test_withdrawn_by_the_citizen_nothing_keeps_running(desk: Desk, state: str) -> None:
    ticket = desk.a_ticket(state)
    shown = desk.do("agent", ticket, "withdraw", reason="诉求人来电撤诉")
    assert shown["state"] == "withdrawn"
    assert desk.rows("SELECT 1 AS n FROM clocks WHERE root_id = %s AND state <> 'stopped'", ticket) == []
    assert desk.rows("SELECT 1 AS n FROM cases WHERE root_id = %s AND open", ticket) == []


def test_terminated_only_with_somebody_elses_approval(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    asked = desk.do("dispatcher", ticket, "terminate", reason="诉求人阻挠办理", termination_ground="citizen_blocks")
    assert asked["state"] == "handling" and "termination_requested" in asked["badges"]
    twice = desk.act("dispatcher", ticket, "terminate", {"reason": "再次申请", "termination_ground": "citizen_blocks"})
    assert twice.status_code == 422
    assert desk.do("reviewer", ticket, "refuse_termination", reason="可以继续办理")["badges"] == []
    desk.do("dispatcher", ticket, "terminate", reason="诉求人阻挠办理", termination_ground="citizen_blocks")
    shown = desk.do("supervisor", ticket, "terminate", reason="同意终止")
    assert (shown["state"], shares(shown)) == ("terminated", [("cgj", "lead", "recalled")])


def test_void_then_reopened_it_waits_for_dispatch_again(desk: Desk) -> None:
    ticket = desk.a_ticket()
    assert desk.do("agent", ticket, "void", reason="骚扰电话")["state"] == "void"
    assert desk.act("dispatcher", ticket, "reopen", {"reason": "误判"}).status_code == 403
    shown = desk.do("supervisor", ticket, "reopen", reason="经核实为有效诉求")
    assert (shown["state"], shown["round"]) == ("accepted", 1)
    assert sorted(clock["name"] for clock in shown["clocks"] if clock["state"] == "running") == ["dispatch_clock", "total_clock"]


def test_reopened_after_closing_it_is_the_next_round(desk: Desk) -> None:
    ticket = desk.a_ticket("closed")
    assert desk.do("reviewer", ticket, "reopen", reason="问题反复")["round"] == 2


def test_reopened_only_within_the_days_that_the_pack_names(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("closed")
    clock.advance(timedelta(days=30))
    assert "reopen" in [action["trigger"] for action in desk.get("supervisor", f"/tickets/{ticket}")["actions"]]
    clock.advance(timedelta(days=1))
    assert "reopen" not in [action["trigger"] for action in desk.get("supervisor", f"/tickets/{ticket}")["actions"]]
    refused = desk.act("supervisor", ticket, "reopen", {"reason": "问题反复"})
    assert refused.status_code == 422 and "恢复办理期限" in refused.json["detail"]


def test_reclassified_a_running_limit_keeps_what_is_consumed(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("accepted")
    clock.advance(timedelta(days=2))
    shown = desk.do("dispatcher", ticket, "reclassify", type="consult", category="0402")
    assert (shown["type"], shown["category"]["code"]) == ("consult", "0402")
    total = next(clock for clock in shown["clocks"] if clock["name"] == "total_clock")
    assert total["due_at"] == "2025-09-03T23:59:59+08:00", "two working days for a question, counted from when it was accepted"


def test_amended_the_texts_and_what_is_spoken_in_them_change_together(desk: Desk) -> None:
    ticket = desk.a_ticket()
    spoken = "SELECT spoken FROM tickets WHERE id = %s"
    assert desk.rows(spoken, ticket)[0]["spoken"] == {}
    shown = desk.do("agent", ticket, "amend", content="垃圾堆了五天，请拨打13812345678。")
    assert shown["content"].startswith("垃圾堆了五天")
    assert desk.rows(spoken, ticket)[0]["spoken"] == {"content": [[10, 21, "phone"]]}
    nothing = desk.act("agent", ticket, "amend", {"note": "无修改"})
    assert nothing.status_code == 422 and "至少填写一项" in nothing.json["detail"]


def test_supplements_and_urging_are_counted(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("agent", ticket, "supplement", kind="addition", text="还有建筑垃圾")
    for _ in range(2):
        shown = desk.do("agent", ticket, "supplement", kind="urge", text="请快一点")
    assert "urged" in shown["badges"]
    assert desk.rows("SELECT urges FROM tickets WHERE id = %s", ticket) == [{"urges": 2}]
    kinds = [row["kind"] for row in desk.rows("SELECT kind FROM supplements WHERE root_id = %s ORDER BY id", ticket)]
    assert kinds == ["addition", "urge", "urge"]


def test_an_interim_reply_counts_as_first_contact(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    shown = desk.do(
        "handler.cgj", ticket, "interim_reply", reply_text="已联系清运公司，三日内清理。", contacted=True,
        contact_at="2025-09-01T09:20:00+08:00", contact_way="phone",
    )  # fmt: skip
    assert shown["state"] == "handling" and shown["assignments"][0]["contacted_at"] == "2025-09-01T09:20:00+08:00"
    assert {clock["name"]: clock["state"] for clock in shown["clocks"]}["first_contact_clock"] == "stopped"


def test_a_claim_keeps_others_off_until_it_is_put_back(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    before = desk.get("dispatcher", f"/tickets/{ticket}")["version"]
    assert desk.do("dispatcher", ticket, "claim")["claimed_by"]["id"] == desk.user_ids["dispatcher"]
    taken = desk.act("agent", ticket, "claim")
    assert taken.status_code == 422 and "正由他人处理" in taken.json["detail"]
    assert desk.do("dispatcher", ticket, "release")["version"] == before, "claiming is quiet: it raises no version"
    assert desk.do("agent", ticket, "claim")["claimed_by"]["id"] == desk.user_ids["agent"]


def test_missed_callbacks_are_attempts_and_three_of_them_settle(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    for _ in range(3):
        early = desk.act("callback", ticket, "close")
        assert early.status_code == 422 and "尚未完成回访" in early.json["detail"]
        desk.do("callback", ticket, "record_callback", reached=False)
        clock.advance(timedelta(days=1))
    assert desk.do("callback", ticket, "close")["state"] == "closed"
