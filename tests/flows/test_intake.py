"""What an agent looks up while the citizen speaks: the matter by pinyin, the unit by its short name, what the number asked before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock

CALLER = {"citizen": {"name": "张小明", "phone": "13812345678"}}


def named(desk: Desk, path: str) -> list[str]:
    return [each["name"] for each in desk.get("agent", path)["items"]]


def history(desk: Desk, phone: str, who: str = "agent", **more: Any) -> dict[str, Any]:
    answer = desk.call(who, "POST", "/citizens/history", {"phone": phone, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def test_a_matter_is_found_by_pinyin_with_its_path(desk: Desk) -> None:
    (first,) = desk.get("agent", "/categories?q=ljqy")["items"]
    assert first["name"] == "垃圾清运" and first["path"] == ["城市管理", "市容环境卫生", "垃圾清运"] and first["selectable"] is True
    for asked in ("lajiqingyun", "垃圾", "010101", "清运", "市容 清运"):
        assert named(desk, f"/categories?q={asked}") == ["垃圾清运"], asked
    assert named(desk, "/categories?q=0101") == ["市容环境卫生", "垃圾清运"] and named(desk, "/categories?q=zzzzzz") == []
    assert named(desk, "/categories") == ["城市管理", "市容环境卫生", "垃圾清运", "违法建设", "生态环境", "大气与水"], "the whole tree"


def test_a_changed_tree_is_found_at_once_and_what_is_retired_comes_last(desk: Desk, clock: MovedClock) -> None:
    made = desk.call("admin", "POST", "/categories", {"code": "0403", "name": "噪声自动监测"})
    assert desk.call("admin", "POST", "/categories", {"code": "0404", "name": "社会生活噪声与自动监测"}).status_code == 201
    assert named(desk, "/categories?q=zszdjc") [:1] == ["噪声自动监测"]
    assert desk.call("admin", "POST", f"/categories/{made.json['id']}/retire", {}).status_code == 200
    again = desk.get("agent", "/categories?q=zs")["items"]
    assert [(each["name"], each["selectable"]) for each in again] == [("社会生活噪声与自动监测", True), ("噪声自动监测", False)]


def test_a_unit_is_found_by_any_of_its_names(desk: Desk) -> None:
    whole = next(each for each in desk.get("agent", "/units?code=cgj")["items"])
    for asked in ("城市管理", "城管", "csgl", "chengshiguanli", "cgj"):
        assert whole["name"] in named(desk, f"/units?q={asked}"), asked
    assert named(desk, "/units?q=cgj")[0] == whole["name"] and named(desk, "/units?q=nnnnnn") == []
    assert all(each["kind"] == "street" for each in desk.get("agent", "/units?q=jd&kind=street")["items"])
    answer = desk.get("agent", "/units?q=j")
    assert len(answer["items"]) <= 20 and answer["next"] is None


def test_a_renamed_unit_is_found_by_its_former_name_too(desk: Desk, clock: MovedClock) -> None:
    unit = desk.get("agent", "/units?code=cgj")["items"][0]
    clock.advance(timedelta(days=1))
    renamed = desk.call("admin", "POST", f"/units/{unit['id']}/rename", {"name": "云岭区综合执法局", "reason": "机构改革"})
    assert renamed.status_code == 200, renamed.text
    assert named(desk, "/units?q=综合执法") == ["云岭区综合执法局"]
    assert "云岭区综合执法局" in named(desk, f"/units?q={unit['name']}")


def test_a_caller_is_known_by_the_number(desk: Desk) -> None:
    first = desk.register(**CALLER)["id"]
    second = desk.register(citizen={"calling_number": "+86 138-1234-5678"})["id"]
    desk.register(citizen={"phone": "13900005678"})
    told = history(desk, "138 1234 5678")
    assert [each["id"] for each in told["items"]] == [second, first] and told["count"] == 2 and told["restricted_caller"] == []
    assert {"number", "title", "state_label", "lead_unit", "rating", "registered_at"} <= told["items"][0].keys()
    assert history(desk, "5678")["count"] == 3 and history(desk, "678x"[:3] + "0")["count"] == 0
    assert len(history(desk, "5678", limit=1)["items"]) == 1 and history(desk, "5678", limit=1)["count"] == 3
    assert "13812345678" not in desk.call("agent", "POST", "/citizens/history", {"phone": "13812345678"}).text


def test_who_called_before_is_the_centres_to_know(desk: Desk) -> None:
    desk.register(**CALLER)
    refused = desk.call("clerk.cgj", "POST", "/citizens/history", {"phone": "13812345678"})
    assert refused.status_code == 403 and "热线中心" in refused.json["detail"]


@pytest.mark.parametrize("phone", ["", "一二三", "12", 13812345678, None])
def test_what_is_no_number_is_refused_at_its_field(desk: Desk, phone: Any) -> None:
    refused = desk.call("agent", "POST", "/citizens/history", {"phone": phone})
    assert refused.status_code == 400 and list(refused.json["errors"]) == ["phone"]


def test_a_number_has_no_place_in_an_address(desk: Desk) -> None:
    assert desk.call("agent", "GET", "/citizens/history?phone=13812345678").status_code == 405


def test_an_earlier_ticket_tells_how_it_went(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed", **CALLER)
    clock.advance(timedelta(hours=1))
    (line,) = history(desk, "13812345678")["items"]
    assert line["id"] == ticket and line["state"] == "completed" and line["lead_unit"]["code"] == "cgj" and line["open"] is True


def test_other_tickets_of_the_same_number_are_found_by_a_ticket_and_by_the_centre_only(desk: Desk) -> None:
    citizen = {"name": "王某", "phone": "13800138000"}
    first, second, other = desk.a_ticket(citizen=citizen), desk.a_ticket("dispatched", citizen=citizen), desk.a_ticket()
    told = desk.get("dispatcher", f"/tickets/{second}/earlier")
    assert [row["id"] for row in told["items"]] == [first] and told["count"] == 1
    assert desk.get("dispatcher", f"/tickets/{other}/earlier")["items"] == []
    assert desk.call("clerk.cgj", "GET", f"/tickets/{second}/earlier").status_code == 403
    assert desk.call("clerk.swj", "GET", f"/tickets/{second}/earlier").status_code == 404
