"""The tree of matters in the administrator's hands: added, retired by date, confirmed; and what tickets may then carry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.hotline import DEMAND, Desk
from tests.fixtures.living import MovedClock


def category(desk: Desk, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in desk.get("agent", "/categories")["items"] if each["code"] == code)
    return found


def test_an_added_category_is_carried_by_the_next_ticket(desk: Desk) -> None:
    above = category(desk, "01")["id"]
    made = desk.call("admin", "POST", "/categories", {"code": "0103", "name": "共享单车", "parent_id": above}, Idempotency_Key="k")
    assert (made.status_code, made.json["kind"], made.json["code"]) == (201, "category", "0103"), made.text
    again = desk.call("admin", "POST", "/categories", {"code": "0103", "name": "共享单车", "parent_id": above}, Idempotency_Key="k")
    assert again.json["id"] == made.json["id"]
    assert desk.register(category="0103")["category"]["path"] == ["城市管理", "共享单车"]
    (line,) = desk.rows("SELECT detail FROM people_log WHERE action = 'add_category'")
    assert line["detail"]["code"] == "0103"


def test_one_of_tomorrow_is_not_yet_to_be_had(desk: Desk, clock: MovedClock) -> None:
    made = desk.call("admin", "POST", "/categories", {"code": "05", "name": "低空经济", "valid_from": "2025-09-02"})
    assert made.status_code == 201
    assert desk.call("agent", "POST", "/tickets", {**DEMAND, "category": "05"}).status_code == 400
    clock.advance(timedelta(days=1))
    assert desk.register(category="05")["category"]["code"] == "05"


@pytest.mark.parametrize(("body", "status", "said"), [
    ({"code": "0102", "name": "别的"}, 409, "已被使用"), ({"code": "0199", "name": "城市管理"}, 409, "同级已有"),
    ({"code": "有空格", "name": "别的"}, 400, "分类代码"), ({"code": "0199", "name": "别的", "parent_id": 424242}, 400, "没有此事项分类"),
    ({"name": "别的"}, 400, "必须填写"), ({"code": "0199", "name": "别的", "colour": "red"}, 400, "没有这个字段"),
])  # fmt: skip
def test_a_bad_category_is_refused_with_its_own_sentence(desk: Desk, body: dict[str, Any], status: int, said: str) -> None:
    before = desk.rows("SELECT count(*) AS n FROM categories")
    refused = desk.call("admin", "POST", "/categories", body)
    assert refused.status_code == status and said in refused.text, refused.text
    assert desk.rows("SELECT count(*) AS n FROM categories") == before


def test_a_retired_category_stays_with_old_tickets_only(desk: Desk) -> None:
    ticket, leaf, middle = desk.a_ticket(), category(desk, "010101")["id"], category(desk, "0101")["id"]
    early = desk.call("admin", "POST", f"/categories/{middle}/retire", {})
    assert early.status_code == 422 and "先停用下级" in early.json["detail"]
    past = desk.call("admin", "POST", f"/categories/{leaf}/retire", {"valid_to": "2025-08-31"})
    assert past.status_code == 422 and "不能早于今天" in past.json["detail"]
    assert desk.call("admin", "POST", f"/categories/{leaf}/retire", {}).json["valid_to"] == "2025-09-01"
    assert desk.call("admin", "POST", f"/categories/{leaf}/retire", {}).status_code == 422
    assert desk.call("admin", "POST", f"/categories/{middle}/retire", {}).status_code == 200
    assert desk.call("agent", "POST", "/tickets", DEMAND).status_code == 400
    assert desk.get("agent", f"/tickets/{ticket}")["category"]["code"] == "010101"
    under = desk.call("admin", "POST", "/categories", {"code": "010102", "name": "垃圾分类", "parent_id": middle})
    assert under.status_code == 422 and "上级分类已停用" in under.json["detail"]
    back = desk.call("admin", "POST", "/categories", {"code": "0103", "name": "市容环境卫生", "parent_id": category(desk, "01")["id"]})
    assert back.status_code == 201, "a matter may come back under its old name"


def test_a_category_of_an_import_is_confirmed_once(desk: Desk) -> None:
    desk.change("INSERT INTO categories (id, code, name, provisional) VALUES (99, 'P99', '路灯', true)")
    taken = desk.call("admin", "POST", "/categories/99/confirm", {"code": "01"})
    assert taken.status_code == 409
    confirmed = desk.call("admin", "POST", "/categories/99/confirm", {"code": "0199", "name": "路灯照明"})
    assert confirmed.status_code == 200, confirmed.text
    shown = category(desk, "0199")
    assert (shown["id"], shown["name"], shown["provisional"]) == (99, "路灯照明", False)
    assert desk.call("admin", "POST", "/categories/99/confirm", {}).status_code == 422


def test_nobody_but_the_administrator_keeps_the_tree(desk: Desk) -> None:
    leaf = category(desk, "010101")["id"]
    for path, body in (("", {"code": "05", "name": "别的"}), (f"/{leaf}/retire", {}), (f"/{leaf}/confirm", {})):
        assert desk.call("supervisor", "POST", f"/categories{path}", body).status_code == 403
