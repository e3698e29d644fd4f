"""What stands beside a ticket on the dispatch desk, each in its card; and a form that is sent once more from the browser's memory."""

from __future__ import annotations

import re
from datetime import timedelta

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.hotline.commands import Register
from tests.factories.hotline import MONDAY, Desk
from tests.links.told import moment_later
from tests.web_pages.eyes import Eyes, words

HOME = "/desk/dispatch"
PERSON = {"name": "王小明", "phone": "13812345678"}
CALL = {"call_outcome": "reached", "contacted": "true", "solved": "true", "rating": "satisfied", "close": "1"}


def card(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    assert page.count(f">{heading}<") == 1, heading
    return " ".join(words(page.partition(f">{heading}<")[2].partition("<h2")[0]).split())


def a_ruling(desk: Desk) -> None:
    """One of the same matter went back from one unit and to another."""
    ticket = desk.a_ticket("handling", title="河道边的垃圾")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    request = desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    fields = {"lead_unit": desk.unit_ids["swj"], "reason": "河道由水务管护"}
    answer = desk.call("dispatcher", "POST", f"/return-requests/{request}/transitions", {"trigger": "uphold", "fields": fields})
    assert answer.status_code == 200, answer.text


def test_all_that_helps_to_decide_stands_in_its_card(desk: Desk) -> None:
    a_ruling(desk)
    twin = desk.a_ticket("accepted", title="东门垃圾成堆", content="小区东门垃圾堆了三天，臭味很大。")
    before = desk.a_ticket("closed", title="路灯不亮", content="小区西侧路灯坏了。", category="0102", citizen=PERSON)
    born = {
        "type": "complaint", "channel": "phone", "title": "东门垃圾无人清", "content": "小区东门垃圾堆了三天，臭味很大。",
        "category": desk.rows("SELECT id FROM categories WHERE code = '010101'")[0]["id"], "upstream_number": "SZ-2025-1",
        "upstream_due_at": MONDAY + timedelta(days=2, hours=3),
    }  # fmt: skip
    order = execute(desk.system, Register(SYSTEM, born)).case_id
    same = """UPDATE citizens SET phone_hash = (SELECT z.phone_hash FROM citizens z JOIN tickets b ON b.citizen_id = z.id WHERE b.id = %s)
        WHERE id = (SELECT o.citizen_id FROM tickets o WHERE o.id = %s)"""
    desk.change(same, before, order)
    desk.do("agent", order, "accept")
    moment_later(desk)
    page = Eyes(desk, "dispatcher").open(f"{HOME}?ticket={order}")
    same = card(page, "同一事实的工单")
    likeliest_first = [same.index(each) for each in ("东门垃圾成堆", "并单（同一事实）", "河道边的垃圾", "路灯不亮")]
    assert likeliest_first == sorted(likeliest_first)
    assert f'href="/act/tickets/{order}/link?main={twin}"' in page
    earlier = card(page, "该诉求人的其他工单")
    assert "路灯不亮" in earlier and "已结案" in earlier and "试验区城市管理局" in earlier and "东门" not in earlier
    assert "试验区城市管理局 → 试验区水务局" in card(page, "相似工单的退单与裁定")
    limits = page.partition('<ul class="deadlines">')[2].partition("</ul>")[0]
    levels = [" ".join(words(line).split()) for line in limits.split("<li>")[1:]]
    assert "总时限 · 市级 剩 1 工作日 4 小时" in levels and "总时限 剩 15 工作日" in levels, "the city's time beside the district's"
    assert "SZ-2025-1" in words(page)


def test_a_dispatch_sent_again_with_other_words_is_done_once_and_loses_none(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.a_ticket("accepted")
    eyes, form = Eyes(desk, "dispatcher"), f"{HOME}/{ticket}"
    page = eyes.open(f"{HOME}?ticket={ticket}")
    first = {"lead_unit": str(desk.unit_ids["cgj"]), "instructions": "先联系"}
    assert [eyes.send(page, form, **first).status_code for _ in range(2)] == [303, 303]
    changed = eyes.send(page, form, other_unit="swj", instructions="改派水务局")
    assert changed.status_code == 422 and "改派水务局</textarea>" in changed.text and "不能提交" in words(changed.text)
    assert "您打开后，又发生了" in words(changed.text) and "派单" in words(changed.text).partition("您打开后，又发生了")[2]
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert [(share["unit"]["code"], share["instructions"]) for share in shown["assignments"]] == [("cgj", "先联系")]


def test_a_callback_sent_again_with_other_answers_is_recorded_once_and_loses_none(desk: Desk) -> None:
    desk.a_ticket("completed")
    eyes = Eyes(desk, "callback")
    page = eyes.done(eyes.open("/desk/callback"), "/desk/callback/next")
    found = re.search(r'action="(/desk/callback/record/\d+)"', page)
    assert found
    assert [eyes.send(page, found[1], **CALL, note="谢谢").status_code for _ in range(2)] == [303, 303]
    changed = eyes.send(page, found[1], **{**CALL, "rating": "dissatisfied", "reasons": "slow", "note": "其实不满意"})
    assert changed.status_code == 422 and "其实不满意</textarea>" in changed.text
    assert "您打开后，又发生了" in words(changed.text)
    assert [(row["rating"], row["note"]) for row in desk.rows("SELECT rating, note FROM evaluations")] == [("satisfied", "谢谢")]
