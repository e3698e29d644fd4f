"""Saying it on one page, without scripts and without an account: what is registered, and that nothing typed is ever lost."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.living import MovedClock
from tests.portal.conftest import FILLED, Citizen, code_in, photo

LONG = "长" * 4000
ODD = {
    "script": "<script>alert(1)</script>", "emoji": "👩‍👩‍👧‍👦🏳️‍🌈王", "long": LONG, "right to left": "مرحبا بالعالم שלום",
}  # fmt: skip


def test_a_demand_is_registered_through_the_same_command(citizen: Citizen) -> None:
    citizen.open_form(category="0102", street="青石街道办事处", occurred_at="2025-08-31T20:00")
    answer = citizen.send()
    assert answer.status_code == 303 and "no-store" in answer.headers.get("Cache-Control", "no-store")
    row, code = citizen.ticket(), code_in(answer)
    assert (row["channel"], row["source"], row["type"], row["created_by"]) == ("web", "own", "help", "citizen")
    assert (row["title"], row["address"], row["street"]) == ("小区东门的路灯坏了一个星期", "人民路 8 号东门", "青石街道办事处")
    assert row["occurred_at"].isoformat() == "2025-08-31T12:00:00+00:00" and not row["anonymous"] and not row["confidential"]
    shown = citizen.desk.get("agent", f"/tickets/{row['id']}")
    assert (shown["category"]["code"], shown["citizen"]["phone"], shown["tracking_code"]) == ("0102", "138****5678", code)
    page = citizen.get(answer.location)
    assert page.status_code == 200 and row["number"] in page.text and code in page.text and "请现在就保存" in page.text


@pytest.mark.parametrize(("who", "anonymous", "confidential"), [("anonymous", True, False), ("confidential", False, True)])
def test_who_one_is_stays_where_one_wants(citizen: Citizen, who: str, anonymous: bool, confidential: bool) -> None:
    citizen.register(who=who)
    row = citizen.ticket()
    assert (row["anonymous"], row["confidential"]) == (anonymous, confidential)
    sealed = citizen.desk.rows("SELECT name_sealed IS NULL AS unnamed FROM citizens")[0]
    assert sealed["unnamed"] is anonymous


def test_no_number_only_for_who_stays_unnamed(citizen: Citizen) -> None:
    citizen.open_form(phone="")
    answer = citizen.send()
    assert answer.status_code == 400 and "请填写手机号码" in answer.text and citizen.tickets() == []
    citizen.form["who"] = "anonymous"
    assert citizen.send().status_code == 303


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"content": "  "}, "content", "请写下发生了什么"),
    ({"agree": ""}, "agree", "请阅读并同意"),
    ({"phone": "没有"}, "phone", "电话号码只能由数字组成"),
    ({"type": "riot"}, "type", ""),
    ({"title": "长" * 201}, "title", "最多 200 个字"),
    ({"address": "长" * 301}, "address", "最多 300 个字"),
    ({"category": "9999"}, "category", "没有"),
    ({"occurred_at": "gestern"}, "occurred_at", "RFC 3339"),
    ({"lon": "0", "lat": "0"}, "lon", "没有定位成功"),
    ({"content": "第一行\x07"}, "content", "控制字符"),
]


@pytest.mark.parametrize(("typed", "name", "told"), WRONG, ids=[wrong[1] for wrong in WRONG])
def test_what_is_wrong_is_said_beside_it_and_all_else_stays(citizen: Citizen, typed: dict[str, str], name: str, told: str) -> None:
    citizen.open_form(**typed)
    sent = dict(citizen.form)
    answer = citizen.send()
    assert answer.status_code in (400, 422) and told in answer.text and citizen.tickets() == []
    assert f'id="{name}-wrong"' in answer.text and f'href="#f-{name}"' in answer.text
    kept = {each: value for each, value in citizen.form.items() if each not in ("key", "stamp", "content", name)}
    assert kept == {each: sent[each] for each in kept} and citizen.form["key"] == sent["key"]
    citizen.form |= {**FILLED, "category": "", "occurred_at": "", "lon": "", "lat": "", "title": ""}
    assert citizen.send().status_code == 303, "mended, it goes"


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_words_break_nothing(citizen: Citizen, text: str) -> None:
    citizen.open_form(content=text, title=text[:150], name=text[:60], address=text[:200], agree="")
    page = citizen.send().text
    assert "<script>alert" not in page and citizen.form["content"] == text and citizen.form["name"] == text[:60]
    citizen.form["agree"] = "yes"
    answer = citizen.send()
    assert answer.status_code == 303
    row = citizen.ticket()
    assert row["content"] == text and row["title"] == text[:150]
    assert "<script>alert" not in citizen.get(answer.location).text


def test_photographs_come_along(citizen: Citizen) -> None:
    citizen.open_form()
    assert citizen.send((photo(), "东门.jpg"), (photo("blue", "PNG"), "灯.png"), (photo("green", "WEBP"), "路.webp")).status_code == 303
    rows = citizen.desk.rows("SELECT kind, media_type, attached_by FROM attachments ORDER BY id")
    assert [row["media_type"] for row in rows] == ["image/jpeg", "image/png", "image/webp"]
    assert {(row["kind"], row["attached_by"]) for row in rows} == {("site", "citizen")}


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("a.exe", b"MZ", "只能上传"), ("b.jpg", b"%PDF-1.7", "内容不是"), ("c.png", b"", "文件是空的"), ("d.heic", b"0000ftypheic", "只能上传"),
    ("e.jpg", b"\xff\xd8\xff\xe0", "损坏"), ("<b>f</b>.gif", b"GIF89a", "只能上传"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), BAD_FILES, ids=[bad[0] for bad in BAD_FILES])
def test_a_bad_file_is_named_and_the_good_ones_are_kept(citizen: Citizen, name: str, content: bytes, told: str) -> None:
    citizen.open_form()
    answer = citizen.send((photo(), "东门.jpg"), (io.BytesIO(content), name))
    assert answer.status_code == 400 and told in answer.text and citizen.tickets() == [] and "<b>f</b>" not in answer.text
    assert "东门.jpg" in answer.text and citizen.form["content"] == FILLED["content"] and isinstance(citizen.form["photo"], str)
    assert citizen.send().status_code == 303, "sent again without choosing anything"
    assert [row["media_type"] for row in citizen.desk.rows("SELECT media_type FROM attachments")] == ["image/jpeg"]


def test_a_photograph_can_be_left_out_again_and_there_is_an_end_to_them(citizen: Citizen) -> None:
    citizen.open_form(agree="")
    colours = ("red", "blue", "green", "white", "black", "grey", "pink")
    answer = citizen.send(*((photo(colour), f"{colour}.jpg") for colour in colours))
    assert "最多 6 张照片，“pink.jpg”未收" in answer.text and len(citizen.form["photo"]) == 6
    dropped = answer.text.split('name="drop" value="')[1].split('"')[0]
    citizen.form |= {"agree": "yes", "drop": dropped}
    assert citizen.send().status_code == 303
    assert len(citizen.desk.rows("SELECT 1 AS n FROM attachments")) == 5


def test_a_slip_of_another_form_claims_nothing(citizen: Citizen) -> None:
    citizen.open_form(agree="")
    citizen.send((photo(), "东门.jpg"))
    slip = citizen.form["photo"]
    citizen.open_form(photo=[slip, "rubbish", f"x{slip}"])
    assert citizen.send().status_code == 303 and citizen.desk.rows("SELECT 1 AS n FROM attachments") == []


def test_sent_twice_it_is_registered_once(citizen: Citizen) -> None:
    citizen.open_form()
    first, second = citizen.send((photo(), "a.jpg")), citizen.send((photo(), "a.jpg"))
    assert code_in(first) == code_in(second) and citizen.ticket() and len(citizen.desk.rows("SELECT 1 AS n FROM attachments")) == 1
    citizen.clock.advance(timedelta(hours=30))
    assert code_in(citizen.send()) == code_in(first), "the back button, a day later"
    assert citizen.ticket()


def test_back_and_changed_is_asked_about(citizen: Citizen) -> None:
    citizen.open_form()
    code = code_in(citizen.send())
    citizen.form["content"] = "还有一盏灯也坏了，在西门。"
    answer = citizen.send()
    assert answer.status_code == 422 and "这一页刚才已登记过" in answer.text and f'href="/t/{code}"' in answer.text and citizen.ticket()
    assert citizen.form["content"] == "还有一盏灯也坏了，在西门。"
    citizen.clock.advance(timedelta(seconds=5))
    assert citizen.send().status_code == 303 and len(citizen.tickets()) == 2


def test_the_same_words_again_lead_to_the_first(citizen: Citizen, clock: MovedClock) -> None:
    code = citizen.register()
    citizen.open_form(content="小区东门的路灯，坏了一个星期！晚上看不见路 请尽快修", phone="+86 138-1234-5678")
    answer = citizen.send()
    assert answer.status_code == 422 and "没有重复登记" in answer.text and f'href="/t/{code}"' in answer.text and citizen.ticket()
    citizen.form["phone"] = "13900000000"
    assert citizen.send().status_code == 303, "a neighbour says the same"
    clock.advance(timedelta(minutes=31))
    citizen.open_form()
    assert citizen.send().status_code == 303, "and later it is another time"


def test_nothing_of_a_person_is_in_an_address(citizen: Citizen) -> None:
    citizen.open_form()
    answer = citizen.send()
    assert "138" not in (answer.location or "") and 'method="post"' in citizen.get("/portal/demand").text


def test_another_site_cannot_send_it(citizen: Citizen) -> None:
    citizen.open_form()
    answer = citizen.post("/portal/demand/send", citizen.form, Origin="https://elsewhere.example")
    assert answer.status_code == 403 and citizen.tickets() == []


def test_the_page_speaks_english_as_a_whole(citizen: Citizen) -> None:
    citizen.open_form(agree="")
    answer = citizen.post("/portal/demand/send", citizen.form, Accept_Language="en")
    assert "Read the notice on personal data" in answer.text and "Send it" in answer.text


def test_too_many_requests_lose_nothing(citizen: Citizen) -> None:
    citizen.open_form()
    told: Any = None
    for _ in range(130):
        told = citizen.get("/portal/privacy")
        if told.status_code == 429:
            break
    assert told.status_code == 429
    answer = citizen.send()
    assert answer.status_code == 429 and citizen.form["content"] == FILLED["content"] and citizen.tickets() == []


def test_a_form_that_came_back_can_be_loaded_by_its_address(citizen: Citizen) -> None:
    assert citizen.get("/portal/demand/send").location == "/portal/demand"


def test_the_front_door_of_who_never_signed_in(citizen: Citizen) -> None:
    """Somebody whose session has ended is asked to sign in; a citizen is not."""
    assert citizen.get("/").location == "/portal"
    citizen.desk.client.set_cookie("citydesk_session", "ended")
    assert (citizen.get("/").location or "").startswith("/sign-in")


def test_questions_and_answers(citizen: Citizen) -> None:
    assert "没有找到" in citizen.get("/portal/questions?q=路灯").text and citizen.get("/portal/questions/999").status_code == 404
    assert "个人信息保护法" in citizen.get("/portal/privacy").text and "tel:12345" in citizen.get("/portal").text
