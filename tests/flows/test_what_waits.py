"""What waits for a decision, first due first; and all that was answered, for those who may read it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.factories.hotline import REPLY, Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

BAD = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["not_solved"]}


def ids(desk: Desk, path: str, who: str = "supervisor") -> list[int]:
    return [item["id"] for item in desk.get(who, path)["items"]]


def test_the_first_due_comes_first_page_by_page(desk: Desk, clock: MovedClock) -> None:
    first = desk.a_ticket("accepted")
    clock.advance(timedelta(hours=2))
    second, urgent = desk.a_ticket("accepted"), desk.a_ticket("accepted", urgency="critical")
    closed = desk.register()["id"]
    desk.do("agent", closed, "void", reason="误拨")
    order = ids(desk, "/tickets?order=due")
    assert order[-2:] == [first, second] and order[0] == urgent, "what has ended waits for nobody"
    page = desk.get("supervisor", "/tickets?order=due&state=accepted&limit=1")
    rest = desk.get("supervisor", f"/tickets?order=due&state=accepted&limit=5&cursor={page['next']}")
    assert [item["id"] for item in page["items"] + rest["items"]] == order and rest["next"] is None
    assert desk.call("supervisor", "GET", f"/tickets?limit=1&cursor={page['next']}").status_code == 400, "a cursor of another list"
    assert desk.call("supervisor", "GET", "/tickets?order=due&q=垃圾").status_code == 400
    assert ids(desk, "/tickets?order=due", "clerk.cgj") == []


def test_shares_and_requests_in_the_same_order(desk: Desk, clock: MovedClock) -> None:
    early = desk.a_ticket("handling")
    clock.advance(timedelta(days=1))
    late = desk.a_ticket("handling")
    assert [item["ticket"]["id"] for item in desk.get("lead.cgj", "/assignments?order=due&state=handling")["items"]] == [early, late]
    for ticket in (early, late):
        desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="不属于城管职责")
        clock.advance(timedelta(hours=1))
    page = desk.get("dispatcher", "/return-requests?order=due&limit=1")
    rest = desk.get("dispatcher", f"/return-requests?order=due&cursor={page['next']}")
    assert [item["ticket"]["id"] for item in page["items"] + rest["items"]] == [early, late] and rest["next"] is None
    desk.call("dispatcher", "POST", f"/return-requests/{page['items'][0]['id']}/transitions", {"trigger": "uphold", "fields": {}})
    assert [item["ticket"]["id"] for item in desk.get("dispatcher", "/return-requests?order=due")["items"]] == [late]


def test_what_waits_for_which_decision(desk: Desk) -> None:
    bad, good = desk.a_ticket("completed"), desk.a_ticket("rated")
    desk.do("callback", bad, "record_callback", **BAD)
    ending, held, plain = desk.a_ticket("handling"), desk.a_ticket("handling"), desk.a_ticket("handling")
    desk.do("lead.cgj", ending, "terminate", reason="诉求人拒不配合", termination_ground="citizen_blocks")
    asked = {"plan": "列入明年计划", "approval_level": "district", "review_at": "2025-10-01T12:00:00+08:00", "public_explanation": "已列入"}
    desk.do("lead.cgj", held, "suspend", **asked)
    assert ids(desk, "/tickets?waits=dissatisfaction") == [bad] and good not in ids(desk, "/tickets?waits=dissatisfaction")
    assert ids(desk, "/tickets?waits=termination") == [ending] and ids(desk, "/tickets?waits=suspension&order=due") == [held]
    assert ids(desk, "/tickets?waits=earlier_reply") == [] and plain
    desk.do("leader", held, "approve_suspension")
    desk.do("reviewer", ending, "refuse_termination", reason="请继续联系")
    desk.do("supervisor", bad, "rehandle", reason="市民反映未清理")
    for waits in ("dissatisfaction", "termination", "suspension"):
        assert ids(desk, f"/tickets?waits={waits}") == [], waits
    assert desk.call("supervisor", "GET", "/tickets?waits=anything").status_code == 400


def test_a_pause_that_waits(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    share = desk.get("lead.cgj", f"/tickets/{ticket}")["assignments"][0]["id"]
    grounds = {"pause_ground": "negotiation", "reason": "委托检测机构取样", "pause_until": "2025-09-03T12:00:00+08:00"}
    answer = desk.call("lead.cgj", "POST", f"/assignments/{share}/transitions", {"trigger": "pause", "fields": grounds})
    assert answer.status_code == 200, answer.text
    assert ids(desk, "/assignments?waits=pause&order=due") == [share]


def test_who_may_be_called_now_and_who_later(desk: Desk, clock: MovedClock) -> None:
    now, later = desk.a_ticket("completed"), desk.a_ticket("completed")
    desk.do("callback", later, "record_callback", call_outcome="call_later", call_at="2025-09-02T15:00:00+08:00")

    def tickets(path: str) -> list[int]:
        return [item["ticket"]["id"] for item in desk.get("callback", path)["items"]]

    assert tickets("/callbacks?order=queue&later=false") == [now] and tickets("/callbacks?order=queue&later=true") == [later]
    assert sorted(tickets("/callbacks?order=queue")) == [now, later] and tickets("/callbacks?later=true&state=queued") == [later]
    clock.advance(timedelta(days=2))
    assert tickets("/callbacks?order=queue&later=true") == []


def test_all_that_was_answered_round_by_round(desk: Desk) -> None:
    ticket = desk.a_ticket("completed", citizen={"name": "王小明"})
    desk.do("callback", ticket, "record_callback", **BAD)
    desk.do("supervisor", ticket, "rehandle", reason="未清理", lead_unit="cgj", co_units=["hbj"])
    desk.do("clerk.cgj", ticket, "sign")
    second = {"reply_text": "二次清运已完成。", "outcome": "partly", "unsolved_reason": "须更换垃圾桶"}
    desk.do("handler.cgj", ticket, "submit", **{**REPLY, **second})
    told = desk.get("reviewer", f"/tickets/{ticket}/replies")["items"]
    assert [(row["round"], row["reply_text"]) for row in told] == [(2, "二次清运已完成。"), (1, "垃圾已清运。")]
    assert told[0]["unsolved_reason"] == "须更换垃圾桶" and told[0]["by"]["name"]
    assert (told[0]["unit"]["code"], told[0]["stage"]) == ("cgj", "submitted")
    assert len(desk.get("lead.cgj", f"/tickets/{ticket}/replies")["items"]) == 2
    assert desk.get("clerk.hbj", f"/tickets/{ticket}/replies")["items"] == [], "another unit's words are not its own"
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}/replies").status_code == 404
