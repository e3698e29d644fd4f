"""What may not be seen is absent on every door; who a citizen is stays masked until a reason for looking is given."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest

from tests.factories.hotline import DEMAND, Desk

PERSON = {"name": "王小明", "phone": "13812345678", "id_number": "440103199003071234"}
SECRETS = ("王小明", "13812345678", "440103199003071234")


def test_a_foreign_unit_finds_nothing_on_any_door(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    share = desk.get("clerk.cgj", f"/tickets/{ticket}")["assignments"][0]["id"]
    clock = desk.rows("SELECT id FROM clocks WHERE root_id = %s LIMIT 1", ticket)[0]["id"]
    before = desk.everything()
    for method, path, body in (
        ("GET", f"/tickets/{ticket}", None),
        ("GET", f"/tickets/{ticket}/history", None),
        ("POST", f"/tickets/{ticket}/transitions", {"trigger": "sign"}),
        ("POST", f"/tickets/{ticket}/transitions", {"trigger": "annotate", "fields": {"note": "x"}}),
        ("POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "想知道是谁"}),
        ("GET", f"/assignments/{share}", None),
        ("GET", f"/assignments/{share}/history", None),
        ("POST", f"/assignments/{share}/transitions", {"trigger": "assign_person", "fields": {"person": 1}}),
        ("GET", f"/clocks/{clock}/explanation", None),
        ("GET", f"/directory?ticket={ticket}", None),
    ):
        answer = desk.call("clerk.swj", method, path, body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert desk.get("clerk.swj", "/tickets")["items"] == [] and desk.get("clerk.swj", "/assignments")["items"] == []
    assert desk.everything() == before


def test_an_attachment_is_reached_only_through_its_ticket(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    token = desk.token("handler.cgj")
    upload = {"kind": "site", "file": (io.BytesIO("现场已清理。\n".encode()), "记录.txt")}
    answer = desk.client.post(f"/api/v1/tickets/{ticket}/attachments", data=upload, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text
    path = f"/attachments/{answer.json['id']}"
    assert desk.call("agent", "GET", path).data.decode() == "现场已清理。\n"
    assert desk.call("clerk.swj", "GET", path).status_code == 404


def test_a_unit_sees_its_own_and_nothing_else_in_lists(desk: Desk) -> None:
    ours, theirs = desk.a_ticket("dispatched"), desk.a_ticket("accepted")
    desk.do("dispatcher", theirs, "dispatch", lead_unit="swj")
    assert [item["id"] for item in desk.get("clerk.cgj", "/tickets")["items"]] == [ours]
    assert [item["id"] for item in desk.get("clerk.swj", "/tickets")["items"]] == [theirs]
    assert [item["id"] for item in desk.get("dispatcher", "/tickets")["items"]] == [theirs, ours]


def test_a_unit_that_registers_keeps_seeing_its_ticket(desk: Desk) -> None:
    # A hall of a department that takes demands for the hotline.
    desk.change("UPDATE user_roles SET role = 'agent' WHERE user_id = %s", desk.user_ids["clerk.hbj"])
    ticket = desk.register(who="clerk.hbj")["id"]
    assert desk.rows("SELECT unit_id, relation FROM case_access") == [{"unit_id": desk.unit_ids["hbj"], "relation": "own"}]
    desk.a_ticket()
    assert desk.rows("SELECT count(*) AS n FROM case_access") == [{"n": 1}], "the centre needs no grant"
    assert desk.call("handler.hbj", "GET", f"/tickets/{ticket}").status_code == 200
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404


def test_no_value_of_a_citizen_lies_readable_in_the_database(desk: Desk) -> None:
    ticket = desk.register(citizen=PERSON)["id"]
    for table in ("citizens", "tickets", "history", "texts", "outbox", "receipts"):
        for row in desk.rows(f"SELECT * FROM {table}"):
            shown = str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})
            assert not any(secret in shown for secret in SECRETS), (table, ticket)


def test_masked_by_default_and_opened_with_a_reason_that_is_kept(desk: Desk) -> None:
    ticket = desk.register(citizen=PERSON)["id"]
    shown = desk.get("agent", f"/tickets/{ticket}")["citizen"]
    assert (shown["name"], shown["phone"], shown["id_number"]) == ("王**", "138****5678", "440103********1234")
    short = desk.call("callback", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "看"})
    assert short.status_code == 400 and desk.rows("SELECT 1 AS n FROM unmaskings") == []
    opened = desk.call("callback", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone", "name"], "reason": "电话回访"})
    assert opened.json == {"citizen": {"phone": "13812345678", "name": "王小明"}}
    kept = desk.rows("SELECT user_id, field, reason FROM unmaskings ORDER BY field")
    assert kept == [{"user_id": desk.user_ids["callback"], "field": name, "reason": "电话回访"} for name in ("name", "phone")]


@pytest.mark.parametrize("who", ["auditor", "admin"])
def test_who_does_not_work_on_tickets_unmasks_nobody(desk: Desk, who: str) -> None:
    ticket = desk.register(citizen=PERSON)["id"]
    answer = desk.call(who, "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "例行检查"})
    assert answer.status_code in (403, 404) and desk.rows("SELECT 1 AS n FROM unmaskings") == []


def test_a_confidential_ticket_tells_units_nothing_of_its_citizen(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={**PERSON, "confidential": True}, content="我叫王小明，电话13812345678，有人偷排污水。")
    inside = desk.get("dispatcher", f"/tickets/{ticket}")
    assert inside["citizen"]["phone"] == "138****5678" and "confidential" in inside["badges"]
    answer = desk.call("handler.cgj", "GET", f"/tickets/{ticket}")
    assert answer.json["citizen"] is None
    everywhere = [answer, desk.call("handler.cgj", "GET", "/tickets"), desk.call("handler.cgj", "GET", f"/tickets/{ticket}/history")]
    for answer in everywhere:
        assert not any(secret in answer.text for secret in (*SECRETS, "138****5678", "王**")), answer.text
    assert desk.call("handler.cgj", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "联系诉求人"}).status_code == 403
    assert desk.call("dispatcher", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "核实情况"}).status_code == 200


def test_found_by_exact_phone_or_its_last_four_digits(desk: Desk) -> None:
    ticket = desk.register(citizen={"phone": "138 1234-5678"})["id"]
    desk.register(citizen={"phone": "13900001111"})
    for asked in ("13812345678", "+86 13812345678", "5678"):
        assert [item["id"] for item in desk.get("agent", f"/tickets?phone={quote(asked)}")["items"]] == [ticket], asked


def test_no_complaint_goes_to_the_unit_or_person_complained_of(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted", subject="试验区城市管理局执法人员")
    suggested = desk.get("dispatcher", f"/directory?ticket={ticket}")
    assert suggested["suggestion"] is None, "the directory's unit is the one complained of"
    refused = desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"})
    assert refused.status_code == 422 and refused.json["detail"] == "投诉举报不得派给被反映的单位办理。"
    assert desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")["state"] == "dispatched"
    desk.do("clerk.qshj", ticket, "sign")
    # 青石街道 itself is not accused, but one of its people is.
    person = desk.rows("SELECT name FROM users WHERE username = 'handler.qshj'")[0]["name"]
    desk.do("agent", ticket, "amend", subject=f"{person}态度恶劣")
    refused = desk.act("clerk.qshj", ticket, "assign_person", {"person": desk.user_ids["handler.qshj"]})
    assert (refused.status_code, refused.json["detail"]) == (422, "投诉举报不得交给被反映的人办理。")


def test_the_directory_suggests_a_unit_with_its_reason(desk: Desk) -> None:
    ticket = desk.register(location={"street": "青石街道办事处"})["id"]
    first = desk.get("dispatcher", f"/directory?ticket={ticket}")["suggestion"]
    assert first["unit"]["code"] == "qshj" and first["row"] == "0101-qshj" and "履职事项清单" in first["basis"]
    typed = desk.get("agent", "/directory?category=0101&type=help")["suggestion"]
    assert typed["unit"]["code"] == "cgj"


def test_a_citizen_follows_and_rates_by_code_alone(desk: Desk) -> None:
    answer = desk.call("", "POST", "/public/tickets", {**DEMAND, "channel": "wechat", "citizen": PERSON})
    assert answer.status_code == 201, answer.text
    code = answer.json["tracking_code"]
    ticket = desk.rows("SELECT id FROM tickets")[0]["id"]
    for who, trigger, fields in (
        ("agent", "accept", {}), ("agent", "answer", {"reply_text": "内部措辞", "public_reply": "已答复，联系人13812345678"}),
    ):  # fmt: skip
        desk.do(who, ticket, trigger, **fields)
    typed = code.lower().replace("-", " ").replace("0", "o")
    shown = desk.client.get(f"/api/v1/public/tickets/{typed}").json
    assert (shown["state"], shown["public_reply"], shown["may_rate"]) == ("completed", "已答复，联系人【电话】", True)
    assert not any(secret in str(shown) for secret in (*SECRETS, "内部措辞"))
    rated = desk.call("", "POST", f"/public/tickets/{code}/rating", {"rating": "very_satisfied", "solved": True})
    assert rated.status_code == 200 and rated.json["may_rate"] is False
    twice = desk.call("", "POST", f"/public/tickets/{code}/rating", {"rating": "dissatisfied"})
    assert twice.status_code == 422 and twice.json["detail"] == "本轮办理已有评价，不能重复评价。"
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert desk.call("", "GET", f"/public/tickets/{wrong}").status_code == 404
