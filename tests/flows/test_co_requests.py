"""A lead unit asks the centre for a co-unit: the dispatcher adds one or says why not, and nobody has to ask twice."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import share_of
from tests.links.told import moment_later
from tests.notices.telling import inbox, told
from tests.supervision.office import refused, step

WHY = "垃圾堵住了排水口，须水务部门疏通"
KIND = "co-requests"


def ask(desk: Desk, ticket: int, unit: str = "swj", who: str = "handler.cgj", **headers: str) -> TestResponse:
    return desk.call(who, "POST", f"/{KIND}", {"ticket": ticket, "wished_unit": unit, "reason": WHY}, **headers)


def asked(desk: Desk, ticket: int, unit: str = "swj", who: str = "handler.cgj") -> Any:
    answer = ask(desk, ticket, unit, who)
    assert answer.status_code == 201, answer.text
    return answer.json


def one(desk: Desk, request: int, who: str = "dispatcher") -> Any:
    return desk.get(who, f"/{KIND}/{request}")


def story(desk: Desk, ticket: int, who: str) -> str:
    return str([row for row in desk.get(who, f"/tickets/{ticket}/history?limit=200")["items"] if row["kind"] == "co-request"])


def test_the_wish_reaches_the_centre_and_one_step_adds_the_unit(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404
    wish = asked(desk, ticket)
    assert (wish["state"], wish["unit"]["code"], wish["wished_unit"]["code"], wish["reason"]) == ("requested", "cgj", "swj", WHY)
    assert wish["due_at"] == "2025-09-01T15:30:00+08:00", "four working hours of the demonstration's pack"
    assert wish["person"]["id"] == desk.user_ids["handler.cgj"]
    told(desk)
    assert any("请求为工单" in text and "加派协办单位" in text for text in inbox(desk, "dispatcher"))
    assert not any("加派协办单位" in text for text in inbox(desk, "clerk.swj"))
    assert [row["id"] for row in desk.get("dispatcher", f"/{KIND}?state=requested")["items"]] == [wish["id"]]
    counted = [desk.get(who, f"/{KIND}/count") for who in ("dispatcher", "clerk.cgj", "clerk.swj")]
    assert [found["count"] for found in counted] == [1, 1, 0]
    granted = step(desk, "dispatcher", KIND, wish["id"], "grant", instructions="请两日内疏通排水口")
    assert (granted["state"], granted["helping_unit"]["code"]) == ("granted", "swj")
    assert granted["decided_by"]["id"] == desk.user_ids["dispatcher"]
    share = share_of(desk, ticket, "swj")
    assert (share["role"], share["state"], share["instructions"]) == ("co", "assigned", "请两日内疏通排水口")
    limits = {clock["name"] for clock in desk.get("clerk.swj", f"/assignments/{share['id']}")["clocks"] if clock["due_at"]}
    assert {"sign_clock", "handle_clock"} <= limits
    told(desk)
    for who in ("handler.cgj", "clerk.cgj", "lead.cgj"):
        assert any("协办请求：已加派" in text for text in inbox(desk, who)), who
    assert any("派至试验区水务局" in text for text in inbox(desk, "clerk.swj"))
    done = desk.triggers(ticket)
    assert done.count(("ticket", "add_units")) == done.count(("co-request", "grant")) == done.count(("co-request", "ask")) == 1
    assert WHY in story(desk, ticket, "handler.cgj") and "加派协办单位" in story(desk, ticket, "dispatcher")


def test_a_wish_is_declined_with_a_reason_that_the_asking_unit_reads_and_no_other(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["hbj"])
    desk.do("clerk.cgj", ticket, "sign")
    wish = asked(desk, ticket, who="clerk.cgj")["id"]
    assert desk.call("dispatcher", "POST", f"/{KIND}/{wish}/transitions", {"trigger": "decline", "fields": {}}).status_code == 400
    step(desk, "dispatcher", KIND, wish, "decline", refusal="排水口属你局管养范围")
    told(desk)
    assert any("不予加派" in text for text in inbox(desk, "clerk.cgj"))
    beside = desk.get("handler.cgj", f"/tickets/{ticket}/requests")["items"]
    assert [(row["state"], row["refusal"]) for row in beside] == [("declined", "排水口属你局管养范围")], "the answer stands by the work"
    for who in ("handler.cgj", "supervisor"):
        assert WHY in story(desk, ticket, who) and "管养范围" in story(desk, ticket, who) and "不予加派" in story(desk, ticket, who)
    other = one(desk, wish, "clerk.hbj")
    assert (other["state"], other["reason"], other["refusal"]) == ("declined", None, None)
    assert WHY not in story(desk, ticket, "clerk.hbj") and "管养范围" not in story(desk, ticket, "clerk.hbj")
    for path in (f"/{KIND}/{wish}", f"/{KIND}/{wish}/history"):
        assert desk.call("clerk.swj", "GET", path).status_code == 404
    assert desk.get("clerk.swj", f"/{KIND}")["items"] == []
    assert asked(desk, ticket)["id"] != wish, "with a better reason it may be asked again"


def test_another_unit_than_was_wished_for_may_be_added(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    wish = asked(desk, ticket)["id"]
    granted = step(desk, "supervisor", KIND, wish, "grant", helping_unit="hbj")
    assert (granted["wished_unit"]["code"], granted["helping_unit"]["code"]) == ("swj", "hbj")
    assert desk.call("clerk.hbj", "GET", f"/tickets/{ticket}").status_code == 200
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404


@pytest.mark.parametrize(
    ("who", "unit", "status", "sentence"),
    [
        ("handler.cgj", "cgj", 422, "不能请求本单位协办"),
        ("handler.cgj", "hbj", 422, "已在承办本单"),
        ("handler.cgj", "nowhere", 400, ""),
        ("clerk.hbj", "swj", 422, "只有主办单位可以请求协办"),
        ("dispatcher", "swj", 403, ""),
        ("clerk.swj", "swj", 404, ""),
    ],
)
def test_what_may_not_be_asked(desk: Desk, who: str, unit: str, status: int, sentence: str) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["hbj"])
    desk.do("clerk.cgj", ticket, "sign")
    desk.token(who)
    before = desk.everything()
    answer = ask(desk, ticket, unit, who)
    assert answer.status_code == status and sentence in answer.json["detail"], answer.text
    if "主办" not in sentence and sentence:
        assert list(answer.json["errors"]) == ["wished_unit"]
    assert desk.everything() == before


def test_a_wish_stands_once_and_only_while_the_units_work(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    first = ask(desk, ticket, Idempotency_Key="wish-1")
    again = ask(desk, ticket, Idempotency_Key="wish-1")
    assert first.json["id"] == again.json["id"], "sent twice it is one wish"
    second = ask(desk, ticket)
    assert second.status_code == 422 and "正等待派单员答复" in second.json["detail"]
    assert asked(desk, ticket, "hbj")["state"] == "requested", "of another unit it is another wish"
    done = desk.a_ticket("closed")
    answer = ask(desk, done)
    assert answer.status_code == 422 and "不在单位办理环节" in answer.json["detail"], answer.text
    accused = desk.a_ticket("handling", subject="试验区水务局")
    answer = ask(desk, accused)
    assert answer.status_code == 422 and "被反映的单位" in answer.json["detail"], answer.text


def test_who_may_answer_and_what_has_been_answered(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    wish = asked(desk, ticket)["id"]
    for who in ("clerk.cgj", "reviewer"):
        refused(desk, who, KIND, wish, "grant", 403)
        refused(desk, who, KIND, wish, "decline", 403, refusal="不行")
    refused(desk, "dispatcher", KIND, wish, "grant", 422, "已在承办本单", helping_unit="cgj")
    stale = desk.call("dispatcher", "POST", f"/{KIND}/{wish}/transitions", {"trigger": "grant", "fields": {}}, If_Match='"9"')
    assert stale.status_code == 412
    step(desk, "lead.cgj", KIND, wish, "cancel")
    refused(desk, "dispatcher", KIND, wish, "grant", 409)
    refused(desk, "dispatcher", KIND, wish, "decline", 409, refusal="不行")
    assert all(share["unit"]["code"] == "cgj" for share in desk.get("dispatcher", f"/tickets/{ticket}")["assignments"])


def test_a_wish_that_came_true_without_it_is_answered_by_that(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    wish, other = (asked(desk, ticket, unit)["id"] for unit in ("swj", "hbj"))
    desk.do("dispatcher", ticket, "add_units", co_units=["swj"])
    moment_later(desk)
    assert (one(desk, wish)["state"], one(desk, wish)["helping_unit"]["code"]) == ("granted", "swj")
    assert one(desk, other)["state"] == "requested"


def test_a_wish_ends_with_the_work_that_it_was_for(desk: Desk) -> None:
    replied, recalled = (desk.a_ticket("handling") for _ in range(2))
    wishes = [asked(desk, ticket)["id"] for ticket in (replied, recalled)]
    desk.do("handler.cgj", replied, "submit", **REPLY)
    moment_later(desk)
    assert one(desk, wishes[0])["state"] == "requested", "until it is signed off the unit may still be given help"
    desk.do("lead.cgj", replied, "reply")
    desk.do("dispatcher", recalled, "recall", reason="派错单位")
    moment_later(desk)
    assert [one(desk, wish)["state"] for wish in wishes] == ["cancelled", "cancelled"]
    assert desk.get("dispatcher", f"/{KIND}?open=true")["items"] == []


def test_while_the_ticket_stands_still_nobody_is_added(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    wish = asked(desk, ticket)["id"]
    plan = {"plan": "等待专项资金", "approval_level": "department", "public_explanation": "正在落实"}
    desk.do("supervisor", ticket, "suspend", **plan, review_at="2025-10-15T09:00:00+08:00")
    refused(desk, "dispatcher", KIND, wish, "grant", 409)
    assert one(desk, wish)["state"] == "requested"
