"""The page behind a code: what it tells, what it keeps to itself, and that looking at it does nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.portal import track
from tests.factories.hotline import REPLY, STRAIGHT, Desk
from tests.portal.conftest import FILLED, Citizen, fields_of, photo


def on_to(desk: Desk, ticket: int, state: str, after: int = 0) -> None:
    """Along the straight road, with an answer in which a number stands that the reviewer has let pass."""
    more = {"submit": {"public_reply": "已修好，联系人 13900001111。"}, "approve": {"gate_reply_reason": "诉求人要求写明"}}
    for reached, who, trigger, fields in STRAIGHT[after:]:
        desk.do(who, ticket, trigger, **{**fields, **more.get(trigger, {})})
        if reached == state:
            break


def test_a_story_from_the_first_word_to_the_rating(citizen: Citizen) -> None:
    code = citizen.register()
    ticket = citizen.ticket()["id"]
    page = citizen.get(f"/t/{code}").text
    assert "正在核对是否属于受理范围" in page and "告诉您是否受理" in page and "确认评价" not in page
    on_to(citizen.desk, ticket, "handling")
    page = citizen.get(f"/t/{code}").text
    assert "承办单位正在办理" in page and "试验区城市管理局" in page and "答复您" in page and "撤回这件诉求" in page
    on_to(citizen.desk, ticket, "completed", after=3)
    before = citizen.desk.everything()
    page = citizen.get(f"/t/{code}").text
    assert "已修好，联系人 【电话】。" in page and "确认评价" in page and citizen.desk.everything() == before, "to look is not to rate"
    given = {"rating": "dissatisfied", "solved": "no", "contacted": "yes", "reasons": ["slow"], "note": "太慢"}
    answer = citizen.post(f"/t/{code}/rate", given)
    assert answer.status_code == 303
    shown = citizen.desk.get("agent", f"/tickets/{ticket}")["callback"]
    assert citizen.desk.rows("SELECT rating, solved, contacted, way FROM callbacks WHERE root_id = %s", ticket) == [
        {"rating": "dissatisfied", "solved": False, "contacted": True, "way": "web"}
    ] and shown  # fmt: skip
    page = citizen.get(f"/t/{code}").text
    assert "确认评价" not in page and "评价已收到" in page
    twice = citizen.post(f"/t/{code}/rate", {"rating": "satisfied"})
    assert twice.status_code == 422 and "已有评价" in twice.text


def test_a_rating_without_an_answer_comes_back(citizen: Citizen) -> None:
    code = citizen.register()
    on_to(citizen.desk, citizen.ticket()["id"], "completed")
    answer = citizen.post(f"/t/{code}/rate", {"note": "还可以"})
    assert answer.status_code == 400 and "还可以" in answer.text and "确认评价" in answer.text
    assert citizen.get(f"/t/{code}/rate").status_code == 405, "a link rates nothing"


def test_nothing_of_a_person_stands_on_the_page(citizen: Citizen) -> None:
    code = citizen.register(title="王小明家门口的路灯")
    ticket = citizen.ticket()["id"]
    citizen.desk.do("agent", ticket, "annotate", note="内部备注")
    on_to(citizen.desk, ticket, "completed")
    page = citizen.get(f"/t/{code}").text
    for secret in ("王", "13812345678", "5678", FILLED["address"], FILLED["content"][:8], "内部", REPLY["reply_text"]):
        assert secret not in page, secret


def test_the_page_is_kept_by_nobody(citizen: Citizen) -> None:
    code = citizen.register()
    for path in (f"/t/{code}", "/t/ABCD"):
        headers = citizen.get(path).headers
        assert "noindex" in headers["X-Robots-Tag"] and headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert '<meta name="robots" content="noindex' in citizen.get(path).text


def test_adding_urging_withdrawing(citizen: Citizen) -> None:
    code = citizen.register()
    form = fields_of(citizen.get(f"/t/{code}").text)
    empty = citizen.post(f"/t/{code}/add", {**form, "kind": "addition", "text": " "})
    assert empty.status_code == 400 and "请写下要补充的内容" in empty.text
    for _ in range(2):
        answer = citizen.post(f"/t/{code}/add", {"key": form["key"][0], "kind": "addition", "text": "在\n东门 <b>边</b>"})
        assert (answer.status_code, answer.location) == (303, f"/t/{code}")
    assert "补充已收到" in citizen.get(f"/t/{code}").text
    assert citizen.post(f"/t/{code}/add", {"kind": "urge", "text": ""}).status_code == 303
    kinds = [(row["kind"], row["text"]) for row in citizen.desk.rows("SELECT kind, text FROM supplements ORDER BY id")]
    assert kinds == [("addition", "在\n东门 <b>边</b>"), ("urge", None)]
    unsure = citizen.post(f"/t/{code}/withdraw", {"reason": "已经修好"})
    assert unsure.status_code == 400 and "请勾选确认撤回" in unsure.text and "已经修好" in unsure.text
    assert citizen.post(f"/t/{code}/withdraw", {"reason": "已经修好", "confirm": "yes"}).status_code == 303
    page = citizen.get(f"/t/{code}").text
    assert "您已撤回" in page and "催一下" not in page and "补充照片" not in page
    late = citizen.post(f"/t/{code}/add", {"kind": "addition", "text": "等一下"})
    assert late.status_code == 409


def test_photographs_afterwards(citizen: Citizen) -> None:
    code = citizen.register()
    files: dict[str, Any] = {"file": [(photo(), "a.jpg"), (photo("blue"), "b.jpg")]}
    assert citizen.post(f"/t/{code}/photos", files).status_code == 303
    assert "2 / 6" in citizen.get(f"/t/{code}").text
    answer = citizen.post(f"/t/{code}/photos", {"file": [(io.BytesIO(b"MZ"), "c.exe")]})
    assert answer.status_code == 415 and "“c.exe”" in answer.text and "2 / 6" in answer.text
    nothing = citizen.post(f"/t/{code}/photos", {})
    assert nothing.status_code == 400 and "请选择照片" in nothing.text


def test_a_code_as_it_was_typed(citizen: Citizen) -> None:
    code = citizen.register()
    typed = f" {code.lower().replace('-', ' ').replace('0', 'o')} "
    answer = citizen.post("/t", {"code": typed})
    assert (answer.status_code, answer.location) == (303, f"/t/{code}")
    assert citizen.get(f"/t/{typed.strip()}").location == f"/t/{code}"


def test_what_is_unknown_is_all_the_same(citizen: Citizen) -> None:
    code = citizen.register()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    pages = [citizen.get(f"/t/{wrong}"), citizen.get("/t/x"), citizen.get("/t/%F0%9F%91%A9"), citizen.get("/t/0000-0000-0000-0000-0000")]
    pages += [citizen.post(f"/t/{wrong}/rate", {"rating": "satisfied"}), citizen.post(f"/t/{wrong}/add", {"kind": "urge"})]
    assert {page.status_code for page in pages} == {404} and all("没有这个查询码" in page.text for page in pages)
    asked = citizen.post("/t", {"code": "<b>ab</b>"})
    assert asked.status_code == 404 and "<b>ab" not in asked.text and "&lt;b&gt;ab" in asked.text, "what was typed is there to be mended"


def test_guessing_is_slow(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track, "MOST_WRONG", 3)
    code = citizen.register()
    assert [citizen.get("/t/0000-0000-0000-0000-0000").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert citizen.get(f"/t/{code}").status_code == 429, "whether a code is right is not told either"
    assert Citizen(citizen.desk, citizen.clock, "172.16.0.2").get(f"/t/{code}").status_code == 200


def test_the_link_of_a_message_opens_the_page(citizen: Citizen) -> None:
    """`PUBLIC_URL/t/{tracking_code}` is what notices send."""
    code = citizen.register()
    assert citizen.desk.get("agent", f"/tickets/{citizen.ticket()['id']}")["tracking_code"] == code
    assert citizen.get(f"/t/{code}").status_code == 200
