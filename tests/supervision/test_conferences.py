"""Conferences (会商), surveys on site and opinions: called on a ticket or on their own, minuted, concluded, with tasks for units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.hotline import REPLY, Desk
from tests.fixtures.living import MovedClock
from tests.supervision.office import attach, begin, refused, step

KIND = "conferences"
TODAY = "2025-09-01T09:00:00+08:00"
UNHAPPY = {"contacted": True, "solved": False, "rating": "dissatisfied"}


def called(desk: Desk, ticket: int, **fields: Any) -> int:
    desk.do("supervisor", ticket, "call_conference", **{"form": "meeting", "units": ["swj"], **fields})
    found: int = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"][0]["id"]
    return found


def concluded(desk: Desk, conference: int, conclusion: str, who: str = "supervisor") -> Any:
    step(desk, who, KIND, conference, "hold", held_at=TODAY)
    return step(desk, who, KIND, conference, "conclude", minutes="三方到会。", conclusion=conclusion, conclusion_text="由城管局牵头。")


def evaluated(desk: Desk, ticket: int, answers: dict[str, Any]) -> None:
    """The citizen is called back once, in the queue of callbacks."""
    [callback] = [item["id"] for item in desk.get("callback", f"/callbacks?ticket={ticket}")["items"] if item["state"] == "queued"]
    for trigger, fields in (("claim", {}), ("record_callback", answers)):
        answer = desk.call("callback", "POST", f"/callbacks/{callback}/transitions", {"trigger": trigger, "fields": fields})
        assert answer.status_code == 200, answer.text


def once_more(desk: Desk, ticket: int, reviewer: str = "reviewer", signed: bool = False) -> None:
    steps = (("clerk.cgj", "sign", {}), ("handler.cgj", "submit", REPLY), ("lead.cgj", "reply", {}), (reviewer, "approve", {}))
    for who, trigger, fields in steps[signed:]:
        desk.do(who, ticket, trigger, **fields)


def test_a_conference_with_participants_minutes_a_conclusion_and_tasks(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404
    conference = called(desk, ticket, place="二楼会议室", scheduled_at="2025-09-01T15:00:00+08:00", chair=desk.user_ids["leader"])
    refused(desk, "supervisor", "tickets", ticket, "call_conference", 422, "不重复召集", form="site_survey")
    assert desk.get("clerk.swj", f"/tickets/{ticket}")["id"] == ticket, "who takes part sees what it is about"
    shown = step(desk, "supervisor", KIND, conference, "invite", units=["hbj"], people=[desk.user_ids["clerk.hbj"]])
    assert [unit["code"] for unit in shown["units"]] == ["swj", "hbj"] and shown["place"] == "二楼会议室"
    refused(desk, "supervisor", KIND, conference, "hold", 422, "不能晚于现在", held_at="2025-09-02T15:00:00+08:00")
    refused(desk, "supervisor", KIND, conference, "conclude", 409, "", minutes="纪要", conclusion="decide")
    step(desk, "supervisor", KIND, conference, "hold", held_at=TODAY)
    refused(desk, "supervisor", KIND, conference, "conclude", 400, "", conclusion="decide")
    due = "2025-09-03T18:00:00+08:00"
    step(desk, "supervisor", KIND, conference, "set_task", unit="swj", task="三日内清淤", task_due_at=due)
    attach(desk, "supervisor", KIND, conference, "纪要.pdf")
    done = step(desk, "supervisor", KIND, conference, "conclude", minutes="三方到会。", conclusion="explain", conclusion_text="依法解释。")
    assert (done["state"], done["minutes"][0]["minutes"], done["attachments"][0]["name"]) == ("concluded", "三方到会。", "纪要.pdf")
    assert desk.get("clerk.swj", f"/conferences/{conference}")["minutes"]
    assert desk.get("clerk.cgj", f"/conferences/{conference}")["minutes"] == [], "it did not take part"
    assert desk.rows("SELECT studied_round FROM tickets WHERE id = %s", ticket) == [{"studied_round": 1}]
    clock.advance(timedelta(days=4))
    assert desk.get("supervisor", f"/conferences/{conference}")["overdue_tasks"] == 1
    refused(desk, "lead.hbj", KIND, conference, "finish_task", 422, "其他单位", task_number=1)
    finished = step(desk, "lead.swj", KIND, conference, "finish_task", task_number=1, evidence="已清淤")
    assert finished["overdue_tasks"] == 0 and finished["tasks"][0]["unit"]["code"] == "swj"
    refused(desk, "lead.swj", KIND, conference, "finish_task", 422, "没有此议定事项", task_number=1)


def test_a_conference_of_its_own_and_one_that_is_cancelled(desk: Desk) -> None:
    clerk = desk.user_ids["clerk.swj"]
    conference = begin(desk, "secretary", KIND, title="河道整治协调会", form="site_survey", units=["swj"], people=[clerk])
    shown = desk.get("clerk.swj", f"/conferences/{conference}")
    assert shown["ticket"] is None and shown["form"] == "site_survey"
    assert desk.call("clerk.cgj", "GET", f"/conferences/{conference}").status_code == 404
    refused(desk, "supervisor", KIND, conference, "invite", 422, "不存在的账号", people=[1])
    refused(desk, "supervisor", KIND, conference, "invite", 422, "没有主持人的账号", chair=1)
    refused(desk, "clerk.swj", KIND, conference, "cancel", 403, "", reason="不去")
    assert step(desk, "supervisor", KIND, conference, "cancel", reason="改为书面征求意见")["state"] == "cancelled"
    assert concluded(desk, begin(desk, "leader", KIND, title="另一次", form="opinion"), "supervise")["state"] == "concluded"
    assert desk.rows("SELECT 1 AS n FROM supervisions") == []


def test_the_second_dissatisfaction_opens_a_conference_and_no_rung_is_skipped(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    evaluated(desk, ticket, UNHAPPY)
    first = desk.get("supervisor", f"/tickets/{ticket}")["ladder"]
    assert first["stands"] == {"round": 1, "dissatisfactions": 1, "studied": False, "supervised": False, "waiting": True}
    assert (first["next"]["step"], first["next"]["who"], first["next"]["row"]) == ("rehandle", "reviewer", "ladder-rehandle")
    assert first["next"]["by"] == "2025-09-02T23:59:59+08:00"
    assert desk.get("supervisor", "/ladder")["items"] == []
    desk.do("reviewer", ticket, "rehandle", reason="垃圾又堆满了")
    coming = desk.get("supervisor", f"/tickets/{ticket}")["ladder"]
    assert not coming["stands"]["waiting"] and coming["next"]["step"] == "study", "what a second dissatisfaction would bring"
    once_more(desk, ticket)
    evaluated(desk, ticket, UNHAPPY)
    [conference] = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"]
    assert (conference["state"], conference["form"], conference["due_at"]) == ("called", "meeting", "2025-09-04T23:59:59+08:00")
    stands = desk.get("supervisor", f"/tickets/{ticket}")["ladder"]
    assert (stands["next"]["step"], stands["next"]["by"]) == ("study", "2025-09-04T23:59:59+08:00")
    assert [(item["id"], item["dissatisfactions"]) for item in desk.get("supervisor", "/ladder")["items"]] == [(ticket, 2)]
    refused(desk, "reviewer", "tickets", ticket, "rehandle", 422, "不得跳过这一级", reason="再办一次")
    concluded(desk, conference["id"], "supervise")
    decided = desk.get("supervisor", f"/tickets/{ticket}")
    assert "supervised" in decided["badges"] and decided["ladder"]["next"]["step"] == "decide" and decided["ladder"]["stands"]["studied"]
    assert desk.do("reviewer", ticket, "rehandle", reason="依会商结论重办")["round"] == 3


def test_a_satisfied_citizen_opens_nothing(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    evaluated(desk, ticket, {"contacted": True, "solved": True, "rating": "satisfied"})
    assert desk.get("supervisor", f"/conferences?ticket={ticket}")["items"] == []
    assert desk.get("supervisor", f"/tickets/{ticket}")["ladder"]["stands"]["dissatisfactions"] == 0
