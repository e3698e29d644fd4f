"""What a tracking code opens beside the answer: the public steps, what is due, adding, urging, photographs, and taking it back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.factories.hotline import DEMAND, REPLY, Desk
from tests.fixtures.living import MovedClock

PERSON = {"name": "王小明", "phone": "13812345678"}
SAID = {**DEMAND, "channel": "web", "citizen": PERSON}


def registered(desk: Desk, **changes: Any) -> tuple[int, str]:
    answer = desk.call("", "POST", "/public/tickets", {**SAID, **changes})
    assert answer.status_code == 201, answer.text
    return desk.rows("SELECT max(id) AS id FROM tickets")[0]["id"], answer.json["tracking_code"]


def followed(desk: Desk, code: str) -> Any:
    return desk.get("", f"/public/tickets/{code}")


def steps(desk: Desk, code: str) -> list[tuple[str, str | None]]:
    return [(row["step"], row["unit"]) for row in followed(desk, code)["steps"]]


def photo(colour: str = "red", form: str = "JPEG") -> io.BytesIO:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(held, form)
    held.seek(0)
    return held


def send(desk: Desk, code: str, *files: tuple[io.BytesIO, str]) -> TestResponse:
    answer: TestResponse = desk.client.post(f"/api/v1/public/tickets/{code}/photos", data={"file": list(files)})
    return answer


def test_the_public_steps_are_those_that_concern_the_citizen(desk: Desk, clock: MovedClock) -> None:
    ticket, code = registered(desk)
    assert followed(desk, code)["due"]["of"] == "accept" and followed(desk, code)["category"] == ["城市管理", "市容环境卫生", "垃圾清运"]
    desk.do("agent", ticket, "accept")
    shown = followed(desk, code)
    assert (shown["due"]["of"], shown["due"]["at"][-14:]) == ("answer", "23:59:59+08:00") and not shown["may_rate"]
    desk.do("dispatcher", ticket, "dispatch", lead_unit="swj")
    desk.do("dispatcher", ticket, "recall")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    desk.do("agent", ticket, "annotate", note="内部备注")
    for who, trigger, fields in (
        ("clerk.cgj", "sign", {}), ("handler.cgj", "submit", REPLY), ("lead.cgj", "reply", {}), ("reviewer", "approve", {}),
    ):  # fmt: skip
        desk.do(who, ticket, trigger, **fields)
    assert steps(desk, code) == [
        ("register", None), ("accept", None), ("dispatch", "试验区城市管理局"), ("sign", None), ("reply", None), ("approve", None),
    ]  # fmt: skip
    shown = followed(desk, code)
    assert shown["due"] is None and shown["may_rate"] and shown["may_supplement"] and not shown["may_withdraw"]
    for secret in ("王", "138", "内部", DEMAND["title"], DEMAND["content"]):
        assert secret not in str(shown)


def test_the_words_follow_the_language(desk: Desk) -> None:
    _, code = registered(desk)
    answer = desk.call("", "GET", f"/public/tickets/{code}", Accept_Language="en").json
    assert answer["says"].startswith("Received") and answer["steps"][0]["label"] == "Received"


def test_adding_and_urging(desk: Desk) -> None:
    ticket, code = registered(desk)
    path = f"/public/tickets/{code}/supplements"
    assert desk.call("", "POST", path, {"kind": "addition"}).json["errors"]["text"] == ["请写下要补充的内容。"]
    assert desk.call("", "POST", path, {"kind": "praise"}).status_code == 400
    for _ in range(2):
        answer = desk.call("", "POST", path, {"kind": "addition", "text": "在东门边"}, Idempotency_Key="once-only")
        assert answer.status_code == 200, answer.text
    assert desk.call("", "POST", path, {"kind": "urge"}).status_code == 200
    assert steps(desk, code)[1:] == [("addition", None), ("urge", None)]
    assert "urged" in desk.get("agent", f"/tickets/{ticket}")["badges"]


def test_a_flood_of_urging_is_stopped_for_a_day(desk: Desk, clock: MovedClock) -> None:
    _, code = registered(desk)
    path = f"/public/tickets/{code}/supplements"
    told = [desk.call("", "POST", path, {"kind": "urge"}).status_code for _ in range(11)]
    assert told == [200] * 10 + [429]
    clock.advance(timedelta(days=1, minutes=1))
    assert desk.call("", "POST", path, {"kind": "urge"}).status_code == 200


def test_taking_it_back_is_confirmed(desk: Desk) -> None:
    ticket, code = registered(desk)
    path = f"/public/tickets/{code}/withdrawal"
    unsure = desk.call("", "POST", path, {"reason": "已解决", "confirm": False})
    assert unsure.status_code == 400 and unsure.json["errors"]["confirm"] == ["请勾选确认撤回。"]
    assert desk.call("", "POST", path, {"reason": "已解决", "confirm": True}).json["state"] == "withdrawn"
    assert desk.call("", "POST", path, {"reason": "已解决", "confirm": True}).status_code == 409
    assert desk.get("agent", f"/tickets/{ticket}")["state"] == "withdrawn"
    assert not any(followed(desk, code)[name] for name in ("may_supplement", "may_withdraw", "may_attach"))


def test_photographs_reach_whoever_handles_it(desk: Desk) -> None:
    ticket, code = registered(desk)
    answer = send(desk, code, (photo(), "门口.jpg"), (photo("blue", "PNG"), "垃圾.png"), (photo(), "又一次.jpg"))
    assert answer.status_code == 200 and answer.json["photos"] == 2, "the same picture is kept once"
    rows = desk.rows("SELECT kind, media_type, attached_by FROM attachments WHERE root_id = %s ORDER BY id", ticket)
    assert [tuple(row.values()) for row in rows] == [("site", "image/jpeg", "citizen"), ("site", "image/png", "citizen")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF-1.7", "只能上传"), ("b.jpg", b"%PDF-1.7", "内容不是"), ("c.jpg", b"<script>x</script>", "不支持此类文件"),
        ("d.jpg", b"\xff\xd8\xff\xe0broken", "损坏"), ("e.png", b"", "文件是空的"),
    ],
)  # fmt: skip
def test_what_is_no_photograph_is_refused_by_name(desk: Desk, name: str, content: bytes, told: str) -> None:
    ticket, code = registered(desk)
    answer = send(desk, code, (io.BytesIO(content), name))
    assert answer.status_code in (400, 415, 422) and f"“{name}”" in answer.json["detail"] and told in answer.json["detail"]
    assert desk.rows("SELECT 1 AS n FROM attachments WHERE root_id = %s", ticket) == []


def test_there_is_an_end_to_photographs(desk: Desk) -> None:
    _, code = registered(desk)
    colours = ("red", "blue", "green", "white", "black", "grey", "pink")
    answer = send(desk, code, *((photo(colour), f"{colour}.jpg") for colour in colours))
    assert answer.status_code == 422 and "最多 6 张" in answer.json["detail"] and followed(desk, code)["photos"] == 6


def test_an_unknown_code_is_the_same_everywhere(desk: Desk) -> None:
    for code in ("nonsense", "0" * 20, "ABCD-EFGH-JKMN-PQRS-TVWX"):
        answers = [
            desk.call("", "GET", f"/public/tickets/{code}"),
            desk.call("", "POST", f"/public/tickets/{code}/supplements", {"kind": "urge"}),
            desk.call("", "POST", f"/public/tickets/{code}/withdrawal", {"reason": "x", "confirm": True}),
            send(desk, code, (photo(), "a.jpg")),
        ]
        assert {(answer.status_code, answer.json["detail"]) for answer in answers} == {(404, "没有这个查询码。")}


def test_what_there_is_to_choose_from(desk: Desk) -> None:
    offered = desk.get("", "/public/choices")
    assert [branch["label"] for branch in offered["categories"]] == ["城市管理", "生态环境"]
    assert [leaf["code"] for leaf in offered["categories"][0]["below"]] == ["0101", "0102"]
    assert offered["streets"] == ["青石街道办事处"] and {"code": "help", "label": "求助"} in offered["types"]
    assert {"code": "slow", "label": "办理太慢"} in offered["reasons"] and len(offered["ratings"]) == 5
