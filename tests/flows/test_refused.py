"""What is wrong is refused with its own status and sentence, and nothing has changed afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.hotline import DEMAND, REPLY, Desk

NUL = "垃圾\x00"


@pytest.mark.parametrize(
    ("change", "status", "field", "sentence"),
    [
        ({"colour": "red"}, 400, "colour", "没有这个字段。"),
        ({"type": 7}, 400, "type", "必须是文字。"),
        ({"type": "rant"}, 400, "type", "必须是以下之一：consult, help, complaint, tipoff, suggestion, praise, other。"),
        ({"channel": None}, 400, "channel", "不能为 null。"),
        ({"title": ""}, 400, "title", "不能为空。"),
        ({"title": "长" * 201}, 400, "title", "最多 200 个字，现有 201 个。"),
        ({"content": NUL}, 400, "content", "含有 NUL 字符。"),
        ({"labels": "a"}, 400, "labels", "必须是一个列表。"),
        ({"enterprise": "yes"}, 400, "enterprise", "必须是 true 或 false。"),
        ({"category": "nope"}, 400, "category", "没有代码为“nope”的事项分类。"),
        ({"category": 999999}, 400, "category", "没有此事项分类，或已停用。"),
        ({"category": 1.5}, 400, "category", "必须是编号或代码。"),
        ({"occurred_at": "2025-08-31 10:00"}, 400, "occurred_at", "必须是 RFC 3339 时间，例如 2025-09-30T10:00:00+08:00。"),
        ({"occurred_at": "2025-08-31T10:00:00"}, 400, "occurred_at", "时间必须带时区，例如 2025-09-30T10:00:00+08:00。"),
        ({"citizen": {"phone": "call me"}}, 400, "citizen.phone", "电话号码只能由数字组成，可带区号和分机。"),
        ({"citizen": {"id_number": "一二三"}}, 400, "citizen.id_number", "证件号只能是 5 到 20 位字母、数字。"),
        ({"citizen": {"shoe_size": 42}}, 400, "citizen.shoe_size", "没有这个字段。"),
        ({"location": {"lon": 213.3, "lat": 23.1, "crs": "wgs84"}}, 400, "location.lon", "经度必须在 -180 到 180 之间。"),
        ({"location": {"lon": 113.3, "lat": 123.1, "crs": "wgs84"}}, 400, "location.lat", "纬度必须在 -90 到 90 之间。"),
        ({"location": {"lon": 23.1, "lat": 113.3, "crs": "wgs84"}}, 400, "location.lon", "经度和纬度似乎颠倒了，请对调后再试。"),
        ({"location": {"lon": 113.3}}, 400, "location.lat", "经度和纬度必须同时填写。"),
        (
            {"location": {"lon": 113.3, "lat": 23.1, "crs": "mars"}},
            400,
            "location.crs",
            "不认识的坐标系，可用：cgcs2000、wgs84、gcj02、bd09。",
        ),
        ({"occurred_at": "2025-09-02T10:00:00+08:00"}, 422, "", "发生时间不能晚于现在。"),
    ],
)
def test_a_ticket_that_cannot_be_registered(desk: Desk, change: dict[str, Any], status: int, field: str, sentence: str) -> None:
    before = desk.everything()
    answer = desk.call("agent", "POST", "/tickets", {**DEMAND, **change})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert answer.json["detail"].endswith(sentence)
    if field:
        assert answer.json["errors"] == {field: [sentence]}
    assert desk.everything() == before
    english = desk.call("agent", "POST", "/tickets", {**DEMAND, **change}, Accept_Language="en").json["detail"]
    assert english.isascii() or "”" in english, "the same refusal in English"


def test_a_missing_body_field_by_field(desk: Desk) -> None:
    answer = desk.call("agent", "POST", "/tickets", {})
    assert answer.status_code == 400
    assert answer.json["errors"] == {name: ["必须填写。"] for name in ("type", "channel", "title", "content")}


@pytest.mark.parametrize(
    ("who", "trigger", "fields", "status", "sentence"),
    [
        ("dispatcher", "launch", {}, 400, "没有这个操作。"),
        ("dispatcher", "dispatch", {}, 400, "缺少必填内容：主办单位"),
        ("dispatcher", "dispatch", {"lead_unit": "cgj", "colour": "red"}, 400, "没有这个字段。"),
        ("dispatcher", "dispatch", {"lead_unit": True}, 400, "必须是整数。"),
        ("dispatcher", "dispatch", {"lead_unit": "nowhere"}, 400, "没有代码为“nowhere”的单位。"),
        ("dispatcher", "dispatch", {"lead_unit": 987654}, 422, "主办单位不存在或已停用，不能派单。"),
        ("dispatcher", "dispatch", {"lead_unit": "cgj", "co_units": ["cgj"]}, 422, "同一单位不能重复派单：主办与协办不得相同。"),
        ("agent", "dispatch", {"lead_unit": "cgj"}, 403, "您的角色不能执行此操作。"),
        ("dispatcher", "approve", {}, 409, "当前状态为“待派单”，不能执行此操作。"),
        ("dispatcher", "sign", {}, 409, "当前状态为“待派单”，不能执行此操作。"),
        ("reviewer", "sign_off", {}, 400, "没有这个操作。"),
    ],
)
def test_a_step_that_cannot_be_taken(desk: Desk, who: str, trigger: str, fields: dict[str, Any], status: int, sentence: str) -> None:
    ticket = desk.a_ticket("accepted")
    before = desk.everything(), desk.get("agent", f"/tickets/{ticket}")
    answer = desk.act(who, ticket, trigger, fields)
    assert answer.status_code == status, answer.text
    assert answer.json["detail"].endswith(sentence), answer.json["detail"]
    if status == 409:
        assert answer.json["state"] == "accepted" and all(
            action.keys() >= {"trigger", "label", "needs"} for action in answer.json["actions"]
        )
    assert (desk.everything(), desk.get("agent", f"/tickets/{ticket}")) == before


def test_a_refusal_stands_at_its_field(desk: Desk) -> None:
    ticket, spoken = desk.a_ticket("accepted"), {"zh": "必须填写。", "en": "Must be filled in."}
    for lang, sentence in spoken.items():
        empty = desk.act("dispatcher", ticket, "dispatch", {}, Accept_Language=lang)
        assert (empty.status_code, empty.json["errors"]) == (400, {"fields.lead_unit": [sentence]})
        twice = desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj", "co_units": ["cgj"]}, Accept_Language=lang)
        assert (twice.status_code, twice.json["errors"]) == (422, {"fields.co_units": [twice.json["detail"]]})
    desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"})
    wanting = desk.act("dispatcher", ticket, "reclassify", {})
    assert wanting.status_code == 422 and "errors" not in wanting.json, "a sentence about the whole form stands at no field"
    later = {**DEMAND, "occurred_at": "2100-01-01T00:00:00+08:00"}
    assert desk.call("agent", "POST", "/tickets", later).json["errors"] == {"occurred_at": ["发生时间不能晚于现在。"]}


def test_each_missing_field_is_named(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    answer = desk.act("handler.cgj", ticket, "submit", {"reply_text": "已清理。"})
    assert answer.status_code == 400
    assert answer.json["errors"] == {f"fields.{name}": ["必须填写。"] for name in ("contacted", "outcome")}


def test_an_action_tells_what_it_takes_and_what_hangs_on_it(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    actions = {each["trigger"]: each for each in desk.get("dispatcher", f"/tickets/{ticket}")["actions"]}
    assert actions["dispatch"]["needs"] == ["lead_unit"] and "co_units" in actions["dispatch"]["takes"]
    assert actions["dispatch"]["weight"] == "plain" and actions["withdraw"]["weight"] == "end"
    assert all(set(each["needs"]).isdisjoint(each["takes"]) for each in actions.values())
    refused = desk.act("dispatcher", ticket, "approve", {}).json["actions"]
    assert {each["trigger"]: each for each in refused} == actions, "a refusal shows the same"


def test_a_stale_version_is_told_the_present_one(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    before = desk.everything()
    stale = desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"}, If_Match='"1"')
    assert (stale.status_code, stale.json["version"]) == (412, 2)
    assert desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"}, If_Match="2").status_code == 400
    assert desk.everything() == before
    assert desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"}, If_Match='"2"').status_code == 200


def test_a_second_signature_is_refused_with_the_tickets_state(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    before = desk.everything()
    twice = desk.act("clerk.cgj", ticket, "sign")
    assert (twice.status_code, twice.json["state"]) == (409, "handling")
    assert "assign_person" in [action["trigger"] for action in twice.json["actions"]]
    assert desk.everything() == before


def test_what_is_another_units_to_do_is_not_yours(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    assert desk.act("dispatcher", ticket, "sign").status_code == 403, "the centre sees it, and does not sign for a unit"
    assert desk.act("handler.cgj", ticket, "sign").status_code == 403, "the unit's clerk signs"


def test_no_reply_to_a_closed_ticket(desk: Desk) -> None:
    ticket = desk.a_ticket("closed")
    before = desk.everything()
    answer = desk.act("lead.cgj", ticket, "reply", REPLY)
    assert (answer.status_code, answer.json["state"]) == (409, "closed")
    assert desk.everything() == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"contacted": True, "not_contacted_reason": None}, "已联系诉求人的，须填写联系时间和联系方式。"),
        ({"not_contacted_reason": None}, "未联系诉求人的，须说明原因。"),
        ({"outcome": "unsolved"}, "未解决或部分解决的，须说明未解决原因。"),
        ({"contact_at": "2025-09-02T10:00:00+08:00"}, "联系时间不能晚于现在。"),
    ],
)
def test_a_reply_says_what_a_reply_must_say(desk: Desk, change: dict[str, Any], sentence: str) -> None:
    ticket = desk.a_ticket("handling")
    fields = {name: value for name, value in {**REPLY, **change}.items() if value is not None}
    answer = desk.act("handler.cgj", ticket, "submit", fields)
    assert (answer.status_code, answer.json["detail"]) == (422, sentence)


def test_a_person_outside_the_unit_gets_no_work(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    answer = desk.act("clerk.cgj", ticket, "assign_person", {"person": desk.user_ids["handler.swj"]})
    assert (answer.status_code, answer.json["detail"]) == (422, "承办人不是本单位在岗人员。")


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b'{"type": "help\x00"}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"<a/>", "text/xml", 415),
        (b" " * (2 * 1024 * 1024), "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read(desk: Desk, raw: bytes, kind: str, status: int) -> None:
    before = desk.everything()
    headers = {"Authorization": f"Bearer {desk.token('agent')}", "Content-Type": kind}
    answer = desk.client.post("/api/v1/tickets", data=raw, headers=headers)
    assert answer.status_code == status and answer.mimetype == "application/problem+json", answer.text
    assert desk.everything() == before


@pytest.mark.parametrize("path", ["/tickets/999999", "/tickets/0", "/tickets/abc", "/tickets/99999999999999999999", "/assignments/999999"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.call("agent", "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=melted", "state"), ("overdue=maybe", "overdue"), ("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"),
     ("phone=abc", "phone"), ("created_from=yesterday", "created_from"), ("colour=red", "colour"), ("round=0", "round")],
)  # fmt: skip
def test_a_list_is_asked_for_in_words_that_it_knows(desk: Desk, query: str, field: str) -> None:
    answer = desk.call("agent", "GET", f"/tickets?{query}")
    assert answer.status_code == 400 and list(answer.json["errors"]) == [field], answer.text
