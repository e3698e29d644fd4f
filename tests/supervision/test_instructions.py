"""A leader's written instruction (批示): two leaders on one paper, proposed, sent to two units, fed back by both, closed."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import Desk
from tests.supervision.office import attach, begin, react_all, refused, step

KIND = "instructions"
FRIDAY = "2025-09-05T18:00:00+08:00"
WORDS = "请城管、水务两局即办，周五前报结果。"


def a_paper(desk: Desk, **more: Any) -> int:
    return begin(desk, "secretary", KIND, title="关于河边垃圾的来信", reference_number="云府批〔2025〕31号", urgency="urgent", **more)


def endorsed(desk: Desk) -> int:
    paper = a_paper(desk)
    step(desk, "secretary", KIND, paper, "endorse", endorser="区长 某某", endorsement=WORDS)
    return paper


def report(desk: Desk, unit: str, matter: int, text: str) -> None:
    step(desk, f"clerk.{unit}", "supervisions", matter, "sign")
    step(desk, f"lead.{unit}", "supervisions", matter, "report", report_text=text)


def test_two_leaders_on_one_paper_sent_to_two_units_and_fed_back(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    paper = a_paper(desk, tickets=[ticket], received_at="2025-08-31T15:00:00+08:00")
    scan = attach(desk, "secretary", KIND, paper, "批示件.pdf")
    step(desk, "secretary", KIND, paper, "propose_handling", proposal="拟请城管局、水务局阅办。")
    step(desk, "secretary", KIND, paper, "endorse", endorser="区长 某某", endorsement=WORDS)
    shown = step(
        desk, "secretary", KIND, paper, "endorse", endorser_person=desk.user_ids["leader"], endorsement="同意，请督办员跟踪。",
        endorsed_at="2025-09-01T09:00:00+08:00",
    )  # fmt: skip
    assert [row["endorsement"] for row in shown["endorsed"]] == [WORDS, "同意，请督办员跟踪。"]
    assert shown["attachments"][0]["id"] == scan and shown["ticket_ids"] == [ticket]
    sent = step(desk, "secretary", KIND, paper, "send", units=["cgj", "swj"], report_due_at=FRIDAY, instructions="分别办理，统一反馈。")
    assert sent["state"] == "sent" and {clock["name"]: clock["due_at"] for clock in sent["clocks"]} == {"instruction_clock": FRIDAY}
    matters = {row["unit"]["code"]: row["id"] for row in sent["supervisions"]}
    own = desk.get("clerk.cgj", f"/supervisions/{matters['cgj']}")
    assert (own["state"], own["level"], own["supervision_source"], own["report_due_at"]) == ("issued", "leader", "instruction", FRIDAY)
    assert own["instruction"] == {"id": paper, "title": "关于河边垃圾的来信", "reference_number": "云府批〔2025〕31号"}
    assert own["matter"] == "分别办理，统一反馈。", "the leader's words stay in the centre"
    assert desk.call("clerk.cgj", "GET", f"/supervisions/{matters['swj']}").status_code == 404
    assert desk.call("clerk.cgj", "GET", f"/instructions/{paper}").status_code == 404
    assert desk.call("clerk.cgj", "GET", f"/attachments/{scan}").status_code == 404
    refused(desk, "secretary", KIND, paper, "report", 422, "尚未全部反馈")
    report(desk, "cgj", matters["cgj"], "垃圾已清。")
    react_all(desk)
    assert desk.get("secretary", f"/instructions/{paper}")["state"] == "sent", "the other unit has not reported"
    report(desk, "swj", matters["swj"], "河面已清。")
    react_all(desk)
    shown = desk.get("secretary", f"/instructions/{paper}")
    assert shown["state"] == "reported"
    assert shown["reports"][0]["report_text"] == "试验区城市管理局：垃圾已清。\n试验区水务局：河面已清。"
    react_all(desk)
    closed = step(desk, "secretary", KIND, paper, "close")
    assert closed["state"] == "closed" and not closed["clocks"][0]["overdue"]
    words = [item["fields"].get("endorsement") for item in desk.get("secretary", f"/instructions/{paper}/history")["items"]]
    assert WORDS in words, "verbatim, for those who may read it"


def test_the_leader_s_words_reach_a_unit_only_when_the_secretary_says_so(desk: Desk) -> None:
    paper = endorsed(desk)
    sent = step(desk, "secretary", KIND, paper, "send", units=["cgj"], report_due_at=FRIDAY, tell_units=True)
    assert WORDS in desk.get("clerk.cgj", f"/supervisions/{sent['supervisions'][0]['id']}")["matter"]


def test_nothing_is_sent_without_a_leader_s_words_nor_without_units(desk: Desk) -> None:
    paper = a_paper(desk)
    refused(desk, "secretary", KIND, paper, "send", 422, "还没有登记领导批示", units=["cgj"], report_due_at=FRIDAY)
    refused(desk, "secretary", KIND, paper, "endorse", 422, "请写明批示领导", endorsement=WORDS)
    refused(desk, "secretary", KIND, paper, "send", 400, "", report_due_at=FRIDAY)
    refused(desk, "agent", KIND, paper, "endorse", 403, "", endorser="区长", endorsement=WORDS)
    assert desk.call("supervisor", "POST", "/instructions", {"title": "来信"}).status_code == 403
    unknown = desk.call("secretary", "POST", "/instructions", {"title": "来信", "tickets": [7]})
    assert unknown.status_code == 422 and "不存在的工单" in unknown.json["detail"]
    refused(desk, "secretary", KIND, paper, "endorse", 422, "没有此账号", endorser_person=7, endorsement=WORDS)


def test_sent_twice_with_one_key_it_is_sent_once(desk: Desk) -> None:
    paper = endorsed(desk)
    body = {"trigger": "send", "fields": {"units": ["cgj", "swj"], "report_due_at": FRIDAY}}
    answers = [desk.call("secretary", "POST", f"/instructions/{paper}/transitions", body, Idempotency_Key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(desk.rows("SELECT id FROM supervisions")) == 2
    stale = desk.call("secretary", "POST", f"/instructions/{paper}/transitions", body, If_Match='"1"')
    assert stale.status_code == 412


def test_reported_before_the_last_unit_only_with_a_reason(desk: Desk) -> None:
    paper = endorsed(desk)
    step(desk, "secretary", KIND, paper, "send", units=["cgj"], report_due_at=FRIDAY)
    shown = step(desk, "secretary", KIND, paper, "report", reason="领导要求先报进展", report_text="正在办理。")
    assert (shown["state"], shown["reports"][0]["report_text"]) == ("reported", "正在办理。")


def test_a_leader_who_writes_it_himself_need_not_name_himself(desk: Desk) -> None:
    paper = begin(desk, "secretary", KIND, title="关于排水的批示")
    refused(desk, "secretary", KIND, paper, "endorse", 422, "请写明批示领导", endorsement=WORDS)
    shown = step(desk, "leader", KIND, paper, "endorse", endorsement=WORDS)
    assert shown["endorsed"][0]["endorser_person"]["id"] == desk.user_ids["leader"]
