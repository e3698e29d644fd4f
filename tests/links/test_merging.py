"""Two tickets about one fact: joined, at rest, completed with the main one, or set free exactly as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.hotline import REPLY, Desk
from tests.fixtures.living import MovedClock
from tests.links.told import a_citizens, joined, moment_later, onward

CLOCKS = """SELECT id, name, level, state, budget, consumed, due_at FROM clocks WHERE root_id = %s AND state <> 'stopped' ORDER BY id"""


def refused(desk: Desk, ticket: int, main: int, sentence: str, status: int = 422, kind: str = "same_fact") -> None:
    before = desk.everything()
    answer = desk.act("dispatcher", ticket, "link", {"main_ticket": main, "link_kind": kind, "reason": "同一事实"})
    assert answer.status_code == status and sentence in answer.json["detail"], answer.text
    assert desk.everything() == before and desk.rows("SELECT 1 FROM links WHERE other_id = %s AND main_id = %s", ticket, main) == []


def test_joined_completed_with_the_main_one_and_each_citizen_is_called_back_and_rates(desk: Desk) -> None:
    main, first, second = a_citizens(desk, 1, "handling"), a_citizens(desk, 2), a_citizens(desk, 3, "handling")
    shown = joined(desk, first, main)
    assert "merged" in shown["badges"] and shown["state"] == "accepted"
    assert [(line["role"], line["kind"], line["ticket"]["id"]) for line in shown["links"]] == [("joined", "same_fact", main)]
    joined(desk, second, main)
    above = desk.get("dispatcher", f"/tickets/{main}")
    assert "main of 2" in above["badges"] and {line["ticket"]["id"] for line in above["links"]} == {first, second}
    onward(desk, main, "handling", "completed")
    moment_later(desk)
    for ticket in (first, second):
        after = desk.get("dispatcher", f"/tickets/{ticket}")
        assert after["state"] == "completed" and "merged" not in after["badges"]
        assert [share["state"] for share in after["assignments"]] in ([], ["recalled"])
        public = desk.get("", f"/public/tickets/{after['tracking_code']}")
        assert public["public_reply"] == "已清运。" and public["may_rate"]
        said = {"rating": "satisfied", "contacted": True, "solved": True}
        rated = desk.call("", "POST", f"/public/tickets/{after['tracking_code']}/rating", said)
        assert rated.status_code == 200, rated.text
    moment_later(desk)
    told = desk.rows("SELECT root_id, stage, reply_text FROM replies WHERE stage = 'merged' ORDER BY root_id")
    assert [(row["root_id"], row["reply_text"]) for row in told] == [(first, "垃圾已清运。"), (second, "垃圾已清运。")]
    callbacks = desk.rows("SELECT root_id FROM callbacks ORDER BY root_id")
    assert {row["root_id"] for row in callbacks} == {main, first, second}, "every citizen has a callback"
    histories = [trigger for kind, trigger in desk.triggers(main) if kind == "ticket"]
    assert histories.count("link") == 2 and ("ticket", "link") in desk.triggers(first)


def test_what_the_main_citizen_said_does_not_reach_the_others(desk: Desk) -> None:
    main, other = a_citizens(desk, 1, "handling"), a_citizens(desk, 2)
    joined(desk, other, main)
    spoken = "张先生您好，已致电13912345678核实，垃圾已清运。"
    desk.do("handler.cgj", main, "submit", **{**REPLY, "reply_text": spoken, "internal_note": "内部"})
    onward(desk, main, "submitted", "completed")
    moment_later(desk)
    told = desk.rows("SELECT reply_text, internal_note FROM replies WHERE root_id = %s", other)[0]
    assert "13912345678" not in told["reply_text"] and "垃圾已清运" in told["reply_text"] and told["internal_note"] is None


def test_at_rest_the_units_time_stands_and_the_citizens_runs(desk: Desk, clock: MovedClock) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2, "handling")
    clock.advance(timedelta(hours=2))
    joined(desk, ticket, main)
    states = {(row["name"], row["state"]) for row in desk.rows(CLOCKS, ticket)}
    assert ("total_clock", "running") in states and ("handle_clock", "held") in states
    for who, trigger, fields in (
        ("dispatcher", "reassign", {"lead_unit": "swj", "reason": "改派"}), ("dispatcher", "recall", {"reason": "收回"}),
    ):  # fmt: skip
        answer = desk.act(who, ticket, trigger, fields)
        assert answer.status_code == 422 and "已并入主单" in answer.json["detail"], answer.text
    unit = desk.act("handler.cgj", ticket, "submit", REPLY)
    assert unit.status_code == 422 and "已并入主单" in unit.json["detail"], unit.text


def test_unlinked_everything_is_as_it_was(desk: Desk, clock: MovedClock) -> None:
    main, ticket, waiting = a_citizens(desk, 1, "handling"), a_citizens(desk, 2, "handling"), a_citizens(desk, 3)
    clock.advance(timedelta(hours=2))
    for each in (ticket, waiting):
        before = {row["id"]: row for row in desk.rows(CLOCKS, each)}
        state = desk.get("dispatcher", f"/tickets/{each}")["state"]
        joined(desk, each, main)
        clock.advance(timedelta(days=1))
        assert desk.act("agent", each, "unlink", {"main_ticket": main, "reason": "不同工地"}).status_code == 403
        assert desk.act("dispatcher", each, "unlink", {"main_ticket": main}).status_code == 400, "a reason is needed"
        shown = desk.do("dispatcher", each, "unlink", main_ticket=main, reason="不同工地")
        assert shown["state"] == state and "merged" not in shown["badges"] and shown["links"] == []
        picture = desk.rows("SELECT snapshot, ended_at FROM links WHERE other_id = %s", each)[0]
        assert picture["snapshot"]["state"] == state and picture["ended_at"] is not None
        same_as(picture["snapshot"], before, {row["id"]: row for row in desk.rows(CLOCKS, each)})
    above = desk.get("dispatcher", f"/tickets/{main}")
    assert above["links"] == [] and not [badge for badge in above["badges"] if badge.startswith("main of")]
    assert desk.do("handler.cgj", ticket, "submit", **REPLY)["assignments"][0]["state"] == "submitted", "the unit goes on"
    told = desk.get("dispatcher", f"/tickets/{ticket}/links")["items"]
    assert [line["ended_at"] is not None for line in told] == [True], "the record of it stays"


def same_as(picture: dict[str, Any], before: dict[int, Any], after: dict[int, Any]) -> None:
    """The same limits run again, and those that were held have the very rest of their budget."""
    assert before.keys() == after.keys() == {clock["id"] for clock in picture["clocks"]}
    for clock in picture["clocks"]:
        now = after[clock["id"]]
        assert (now["state"], now["budget"], now["consumed"]) == (clock["state"], clock["budget"], clock["consumed"]), clock
        if clock["name"] == "total_clock":
            assert now["due_at"] == before[clock["id"]]["due_at"]


def test_what_may_not_be_joined(desk: Desk) -> None:
    main, ticket, third = a_citizens(desk, 1, "handling"), a_citizens(desk, 2), a_citizens(desk, 3)
    refused(desk, ticket, ticket, "不能与自己关联")
    hidden = a_citizens(desk, 4, citizen={"name": "李四", "phone": "13800001234", "confidential": True})
    refused(desk, hidden, main, "保密工单与非保密工单不得关联")
    refused(desk, ticket, hidden, "保密工单与非保密工单不得关联")
    refused(desk, ticket, 999_999_999, "未找到", 404)
    done = a_citizens(desk, 5, "completed")
    refused(desk, ticket, done, "主单已经办结")
    refused(desk, done, main, "只有待派单")
    refused(desk, ticket, main, "同一诉求人", kind="repeat")
    returned = a_citizens(desk, 7, "handling")
    desk.do("clerk.cgj", returned, "request_return", return_ground="not_our_duty", reason="不属于城管职责")
    refused(desk, returned, main, "退单申请尚待裁定")
    joined(desk, ticket, main)
    refused_again = desk.act("dispatcher", ticket, "link", {"main_ticket": main, "link_kind": "similar", "reason": "又"})
    assert refused_again.status_code == 422 and "已经关联" in refused_again.json["detail"]
    number = desk.get("dispatcher", f"/tickets/{main}")["number"]
    refused(desk, third, ticket, f"已并入 {number}")
    other = a_citizens(desk, 6)
    refused(desk, main, other, "本单已是其他工单的主单")
    unlinked = desk.act("dispatcher", third, "unlink", {"main_ticket": main, "reason": "没有关联"})
    assert unlinked.status_code == 422 and "没有关联" in unlinked.json["detail"]


def test_a_unit_links_nothing_and_sees_only_what_it_sees(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2)
    assert desk.act("clerk.cgj", main, "link", {"main_ticket": ticket, "link_kind": "similar", "reason": "同类"}).status_code == 404
    joined(desk, ticket, main)
    seen = desk.get("clerk.cgj", f"/tickets/{main}")
    assert seen["links"] == [] and "main of 1" in seen["badges"], "the joined ticket was never theirs to see"


def test_a_main_one_that_ends_without_a_reply_lets_the_others_go(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "accepted"), a_citizens(desk, 2, "handling")
    joined(desk, ticket, main)
    desk.do("dispatcher", main, "withdraw", reason="诉求人撤回")
    moment_later(desk)
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert "merged" not in shown["badges"] and shown["links"] == [] and shown["state"] == "handling"
    assert ("handle_clock", "running") in {(row["name"], row["state"]) for row in desk.rows(CLOCKS, ticket)}
    assert ("ticket", "unlink") in desk.triggers(ticket)


def test_a_joined_one_that_is_withdrawn_leaves_the_group(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2)
    joined(desk, ticket, main)
    desk.do("agent", ticket, "withdraw", reason="诉求人撤回")
    moment_later(desk)
    assert desk.get("dispatcher", f"/tickets/{main}")["links"] == []
    onward(desk, main, "handling", "completed")
    moment_later(desk)
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "withdrawn"


def test_followed_it_is_its_own_again_and_the_link_stays(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2, "handling")
    joined(desk, ticket, main)
    onward(desk, main, "handling", "completed")
    moment_later(desk)
    kept = desk.act("dispatcher", ticket, "unlink", {"main_ticket": main, "reason": "不同"})
    assert kept.status_code == 422 and "已随主单办结" in kept.json["detail"], kept.text
    shown = desk.do("supervisor", ticket, "rehandle", reason="诉求人不满意", lead_unit="cgj")
    assert (shown["state"], shown["round"]) == ("dispatched", 2)
    assert desk.get("dispatcher", f"/tickets/{main}")["state"] == "completed"
