"""The callback desk: claimed by the rules, answered, closed or decided; nothing typed is lost, no number stands in an address."""

from __future__ import annotations

import re

import pytest

from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost, words

HOME = "/desk/callback"
GOOD = {"call_outcome": "reached", "contacted": "true", "solved": "true", "rating": "satisfied", "close": "1"}
BAD = {"call_outcome": "reached", "contacted": "true", "solved": "false", "rating": "dissatisfied", "reasons": ["not_solved", "slow"]}


def callback_of(desk: Desk, ticket: int) -> int:
    found: int = desk.get("callback", f"/callbacks?ticket={ticket}")["items"][0]["id"]
    return found


def claimed(eyes: Eyes) -> tuple[str, str]:
    """The page after the next one was claimed, and the address of its form."""
    page = eyes.done(eyes.open(HOME), f"{HOME}/next")
    found = re.search(rf'action="({HOME}/record/\d+)"', page)
    assert found
    return page, found[1]


def test_the_next_is_claimed_answered_closed_and_the_one_after_opens(desk: Desk) -> None:
    first, second = desk.a_ticket("completed", urgency="critical", title="井盖缺失"), desk.a_ticket("completed", title="路灯不亮")
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    assert "井盖缺失" in page and "12345热线回访" in page and "垃圾已清运。" in words(page) and "承办单位联系过您吗" in page
    page = eyes.done(page, form, **GOOD, manner_rating="very_satisfied", recording="REC-1", note="谢谢")
    assert "已登记并结案" in page and "路灯不亮" in page and f"{HOME}/record/{callback_of(desk, second)}" in page
    assert desk.get("callback", f"/tickets/{first}")["state"] == "closed"
    told = desk.rows("SELECT rating, manner_rating, recording, note FROM evaluations WHERE root_id = %s", first)
    assert told == [{"rating": "satisfied", "manner_rating": "very_satisfied", "recording": "REC-1", "note": "谢谢"}]
    page = eyes.done(page, f"{HOME}/record/{callback_of(desk, second)}", **GOOD)
    assert "没有可拨打的回访件了" in page and "还没有领取回访件" in page


def test_sent_twice_it_is_recorded_once(desk: Desk) -> None:
    desk.a_ticket("completed")
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    assert [eyes.send(page, form, **GOOD).status_code for _ in range(2)] == [303, 303]
    assert len(desk.rows("SELECT id FROM evaluations")) == 1 and len(desk.rows("SELECT id FROM callback_attempts")) == 1


def test_what_was_typed_stays_beside_what_is_wrong(desk: Desk) -> None:
    desk.a_ticket("completed")
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    refused = eyes.send(page, form, call_outcome="reached", contacted="true", note="说到一半 <b>")
    assert refused.status_code == 400 and "说到一半 &lt;b&gt;" in refused.text
    assert re.search(r'name="contacted" value="true" checked', refused.text) and 'id="rating-wrong"' in refused.text
    wrong = eyes.send(page, form, call_outcome="call_later", call_at="2025-08-01T10:00", note="下周")
    assert wrong.status_code == 422 and "约定回访时间须晚于现在" in wrong.text and 'value="2025-08-01T10:00"' in wrong.text
    stale = eyes.send(page, form, **{**GOOD, "version": "1", "note": "还在"})
    assert stale.status_code == 412 and "还在" in stale.text


@pytest.mark.parametrize(
    ("outcome", "more", "state"),
    [
        ("no_answer", {}, "queued"),
        ("dead_number", {}, "unreachable"),
        ("refused", {}, "unreachable"),
        ("call_later", {"call_at": "2025-09-02T15:00"}, "queued"),
    ],
)
def test_a_call_that_was_not_answered(desk: Desk, outcome: str, more: dict[str, str], state: str) -> None:
    ticket = desk.a_ticket("completed")
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    eyes.done(page, form, call_outcome=outcome, rating="satisfied", note="无人", **more)
    shown = desk.get("callback", f"/callbacks/{callback_of(desk, ticket)}")
    assert (shown["state"], shown["rating"], shown["attempts_made"][0]["call_outcome"]) == (state, None, outcome)
    later = eyes.open(f"{HOME}?tab=later")
    assert ("垃圾无人清理" in later) == (state == "queued"), "not to be called again at once"


def test_the_number_is_shown_for_a_reason_and_the_answers_stay(desk: Desk) -> None:
    desk.a_ticket("completed", citizen={"name": "王小明", "phone": "13812345678"})
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    assert "13812345678" not in page and "138****5678" in words(page)
    number = form.replace("record", "number")
    opened = eyes.send(page, form, to=number, reason="电话回访", note="先记着", contacted="false")
    assert opened.status_code == 200 and 'href="tel:13812345678"' in opened.text and "先记着" in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    refused = eyes.send(page, form, to=number, reason="看", note="先记着")
    assert refused.status_code == 400 and 'id="reason-wrong"' in refused.text and "先记着" in refused.text
    part = Eyes(desk, "callback", **{"HX-Request": "true"}).send(page, form, to=number, reason="电话回访")
    assert part.status_code == 200 and "13812345678" in part.text and "<html" not in part.text
    assert "13812345678" not in str(desk.rows("SELECT * FROM history"))


def test_a_dissatisfaction_is_decided_before_the_next_call(desk: Desk) -> None:
    ticket, other = desk.a_ticket("completed", urgency="critical"), desk.a_ticket("completed", title="路灯不亮")
    eyes = Eyes(desk, "callback")
    page, form = claimed(eyes)
    page = eyes.done(page, form, **BAD, note="没有清理")
    action = f"{HOME}/decide/{ticket}"
    assert "诉求人不满意，怎么办" in page and "问题没有解决" in page and "没有清理" in page
    undecided = eyes.send(page, action, reason="请再核实")
    assert undecided.status_code == 400 and "请选择重办、不再办理或终止" in undecided.text and "请再核实" in undecided.text
    groundless = eyes.send(page, action, decision="close", reason="已办到位")
    assert groundless.status_code == 422 and "须说明理由并写明依据" in groundless.text and 'value="close" checked' in groundless.text
    assert 'value="terminate"' not in page, "an agent does not terminate"
    page = eyes.done(page, action, decision="rehandle", reason="现场仍有垃圾", no_further_ground="within_policy")
    assert f"{HOME}/record/{callback_of(desk, other)}" in page, "the next call opens"
    shown = desk.get("callback", f"/tickets/{ticket}")
    assert (shown["state"], shown["round"], shown["no_further_ground"]) == ("dispatched", 2, None)


def test_a_reviewer_decides_without_calling(desk: Desk) -> None:
    tickets = [desk.a_ticket("completed") for _ in range(2)]
    for ticket in tickets:
        desk.do("callback", ticket, "record_callback", contacted=True, solved=False, rating="very_dissatisfied", reasons=["slow"])
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(HOME)
    assert "领取下一件" not in page and f"{HOME}/decide/{tickets[0]}" in page
    page = eyes.done(page, f"{HOME}/decide/{tickets[0]}", decision="terminate", reason="无法核实", termination_ground="cannot_be_verified")
    assert f"{HOME}/decide/{tickets[1]}" in page
    page = eyes.done(page, f"{HOME}/decide/{tickets[1]}", decision="close", reason="已解释", no_further_ground="within_policy")
    assert "没有等待决定的不满意件" in page
    assert [desk.get("reviewer", f"/tickets/{ticket}")["state"] for ticket in tickets] == ["terminated", "closed"]
    assert eyes.send(page, "/sign-out", to=f"{HOME}/next").status_code == 403


def test_who_may_open_it(desk: Desk) -> None:
    assert [Eyes(desk, who).status(HOME) for who in ("supervisor", "leader", "agent", "clerk.cgj")] == [200, 200, 403, 403]
    assert Eyes(desk, "callback").status(f"{HOME}?tab=nothing") == 404
    assert Eyes(desk, "callback").status(f"{HOME}?id=999999") == 404


def test_in_english_and_as_a_part(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    page = Eyes(desk, "callback", **{"Accept-Language": "en"}).open(f"{HOME}?id={callback_of(desk, ticket)}")
    assert "Did the unit contact you" in page and "Not called yet." in page
    part = Eyes(desk, "callback", **{"HX-Request": "true"}).open(f"{HOME}/queue?tab=queue")
    assert "<html" not in part and "垃圾无人清理" in part


def test_trips_to_the_database_do_not_grow_with_the_queue(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    eyes, address = Eyes(desk, "callback"), f"{HOME}?id={callback_of(desk, ticket)}"
    before = cost(eyes, address)
    for n in range(5):
        answered = desk.register(type="consult", title=f"咨询{n}")["id"]
        desk.do("agent", answered, "answer", reply_text="见官网。")
    assert cost(eyes, address) == before <= 20
