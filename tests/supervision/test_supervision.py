"""Supervised matters (督办件): from a ticket to clearing, the lights on the way, and what is refused."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.fire import Fire
from app.core.settings import Choose
from app.core.sweep import sweep
from app.people.reorganise import MergeUnits
from tests.factories.hotline import MONDAY, STRAIGHT, Desk
from tests.factories.people import a_user
from tests.fixtures.living import MovedClock
from tests.flows.test_at_once import together
from tests.supervision.office import attach, begin, react_all, refused, step

FRIDAY = "2025-09-05T18:00:00+08:00"
KIND = "supervisions"


def supervised(desk: Desk, state: str = "handling", **fields: Any) -> tuple[int, int]:
    """A ticket under supervision, and the matter."""
    ticket = desk.a_ticket(state)
    desk.do("supervisor", ticket, "supervise", **{"report_due_at": FRIDAY, "reason": "群众反复反映", **fields})
    return ticket, desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"][0]["id"]


def reported(desk: Desk, matter: int) -> None:
    step(desk, "clerk.cgj", KIND, matter, "sign")
    step(desk, "handler.cgj", KIND, matter, "handle")
    step(desk, "lead.cgj", KIND, matter, "report", report_text="已整改。")


def light(desk: Desk, matter: int) -> str:
    found: str = desk.get("supervisor", f"/supervisions/{matter}")["light"]["light"]
    return found


def test_a_supervised_ticket_from_proposal_to_clearing(desk: Desk, clock: MovedClock) -> None:
    ticket, matter = supervised(desk)
    shown = desk.get("supervisor", f"/tickets/{ticket}")
    assert "supervised" in shown["badges"] and shown["ladder"]["stands"]["supervised"]
    assert "supervised" in desk.get("supervisor", "/tickets")["items"][0]["badges"]
    one = desk.get("clerk.cgj", f"/supervisions/{matter}")
    assert (one["state"], one["level"], one["supervision_source"], one["unit"]["code"]) == ("issued", "general", "ticket", "cgj")
    assert one["matter"] == "群众反复反映" and one["report_due_at"] == FRIDAY and one["light"]["light"] == "green"
    assert {limit["name"]: limit["due_at"] for limit in one["clocks"]}["supervision_clock"] == FRIDAY
    clock.freeze(MONDAY + timedelta(days=3, hours=20))
    assert light(desk, matter) == "yellow"
    assert [item["light"]["row"] for item in desk.get("leader", "/supervisions?light=yellow")["items"]] == ["light-near"]
    clock.freeze(MONDAY + timedelta(days=5))
    assert desk.get("supervisor", f"/supervisions/{matter}")["light"] == {
        "light": "red", "zh": "红灯：已超期", "en": "Red: late", "pack": "demo-district", "row": "light-late",
    }  # fmt: skip
    assert [item["id"] for item in desk.get("supervisor", "/supervisions?light=red")["items"]] == [matter]
    assert desk.get("supervisor", "/supervisions?light=green")["items"] == []
    step(desk, "supervisor", KIND, matter, "urge", note="请抓紧")
    met = step(
        desk, "leader", KIND, matter, "summon", summoned="城管局分管副局长", held_at="2025-09-06T09:00:00+08:00", minutes="限三日整改。"
    )
    assert (met["urges"], met["summons"], met["summonses"][0]["summoned"]) == (1, 1, "城管局分管副局长")
    reported(desk, matter)
    step(desk, "supervisor", KIND, matter, "verify")
    back = step(desk, "supervisor", KIND, matter, "send_back", reason="现场仍有垃圾")
    assert (back["state"], back["reported_at"], back["send_backs"]) == ("handling", None, 1)
    step(desk, "lead.cgj", KIND, matter, "report", report_text="已再次整改。")
    refused(desk, "supervisor", KIND, matter, "clear", 422, "没有依据不得销号")
    refused(desk, "supervisor", KIND, matter, "clear", 422, "没有依据不得销号", evidence="听单位说已清理")
    cleared = step(desk, "supervisor", KIND, matter, "clear", evidence="9月6日现场核查，垃圾已清。", on_site=True)
    assert (cleared["state"], cleared["light"]) == ("cleared", None)
    assert [report["report_text"] for report in cleared["reports"]] == ["已整改。", "已再次整改。"]
    clocks = {limit["name"]: (limit["state"], limit["overdue"]) for limit in cleared["clocks"]}
    assert clocks["supervision_clock"] == ("stopped", True), "late is late, cleared or not"
    assert "supervised" not in desk.get("supervisor", f"/tickets/{ticket}")["badges"]
    assert step(desk, "secretary", KIND, matter, "archive")["state"] == "archived"
    figures = desk.get("supervisor", "/statistics/supervisions")["items"]
    assert figures == [
        {"unit": one["unit"], "issued": 1, "reported": 1, "on_time": 0, "late": 1, "cleared": 1, "red": 0, "urges": 1, "summons": 1}
    ]


def test_closing_the_ticket_does_not_clear_it_and_a_file_is_evidence(desk: Desk) -> None:
    ticket, matter = supervised(desk)
    for _, who, trigger, fields in STRAIGHT[3:8]:
        desk.do(who, ticket, trigger, **fields)
    shown = desk.get("supervisor", f"/tickets/{ticket}")
    assert shown["state"] == "closed" and "supervised" in shown["badges"]
    reported(desk, matter)
    file = attach(desk, "supervisor", KIND, matter)
    cleared = step(desk, "leader", KIND, matter, "clear")
    assert cleared["state"] == "cleared" and [each["id"] for each in cleared["attachments"]] == [file]
    assert "supervised" not in desk.get("supervisor", f"/tickets/{ticket}")["badges"]


def test_no_second_matter_while_one_is_open(desk: Desk) -> None:
    ticket, matter = supervised(desk)
    refused(desk, "supervisor", "tickets", ticket, "supervise", 422, "不重复立项")
    assert step(desk, "supervisor", KIND, matter, "withdraw", reason="已由部门先行解决")["state"] == "archived"
    assert "supervised" in desk.do("leader", ticket, "supervise", level="listed")["badges"]
    refused(desk, "dispatcher", "tickets", ticket, "supervise", 403)


def test_listed_supervision_and_that_by_a_leader_need_a_leader(desk: Desk) -> None:
    _, matter = supervised(desk, level="listed")
    assert desk.get("supervisor", f"/supervisions/{matter}")["state"] == "proposed", "it waits for a leader"
    refused(desk, "supervisor", KIND, matter, "issue", 422, "须由领导批准")
    assert step(desk, "leader", KIND, matter, "issue")["state"] == "issued"
    refused(desk, "supervisor", KIND, matter, "withdraw", 422, "须由领导批准", reason="不再督办")
    refused(desk, "supervisor", KIND, matter, "raise_level", 422, "须由领导批准", level="leader", reason="影响扩大")
    refused(desk, "leader", KIND, matter, "raise_level", 422, "只能提高", level="key", reason="降低")
    assert step(desk, "leader", KIND, matter, "raise_level", level="leader", reason="影响扩大")["level"] == "leader"


def test_who_verifies_is_neither_the_handler_nor_of_the_responsible_unit(desk: Desk) -> None:
    centre = desk.unit_ids["centre"]
    a_user(desk.system, centre, "supervisor", "unit_lead", "unit_clerk", username="both")
    matter = begin(
        desk, "supervisor", KIND, title="政府工作报告：新增口袋公园", supervision_source="work_report", unit="centre", report_due_at=FRIDAY
    )
    step(desk, "supervisor", KIND, matter, "issue")
    for trigger, fields in (("sign", {}), ("handle", {"plan": "分三步"}), ("report", {"report_text": "已完成。"})):
        step(desk, "both", KIND, matter, trigger, **fields)
    refused(desk, "both", KIND, matter, "verify", 422, "不得是承办人")
    refused(desk, "both", KIND, matter, "clear", 422, "不得是承办人", evidence="已看过", on_site=True)


def test_a_unit_neither_clears_nor_sees_what_is_not_its_own(desk: Desk) -> None:
    matter = begin(
        desk, "supervisor", KIND, title="常务会议：河道清淤", supervision_source="executive_meeting", unit="swj", report_due_at=FRIDAY
    )
    assert desk.call("clerk.swj", "GET", f"/supervisions/{matter}").status_code == 404, "not before it is handed out"
    step(desk, "secretary", KIND, matter, "issue", co_units=["hbj"])
    assert desk.get("clerk.hbj", f"/supervisions/{matter}")["co_units"][0]["code"] == "hbj"
    assert desk.call("clerk.cgj", "GET", f"/supervisions/{matter}").status_code == 404
    assert desk.call("clerk.cgj", "POST", f"/supervisions/{matter}/transitions", {"trigger": "sign", "fields": {}}).status_code == 404
    refused(desk, "clerk.hbj", KIND, matter, "sign", 403)
    for who, trigger in (("clerk.swj", "sign"), ("handler.swj", "handle")):
        step(desk, who, KIND, matter, trigger)
    step(desk, "lead.swj", KIND, matter, "report", report_text="已清淤。")
    refused(desk, "lead.swj", KIND, matter, "clear", 403, evidence="已清", on_site=True)
    assert [item["id"] for item in desk.get("clerk.swj", "/supervisions")["items"]] == [matter]
    assert desk.get("clerk.cgj", "/supervisions")["items"] == []


def test_a_yearly_matter_with_milestones(desk: Desk, clock: MovedClock) -> None:
    matter = begin(
        desk, "secretary", KIND, title="建成五个口袋公园", supervision_source="work_report", year=2025, level="key", unit="cgj",
        report_due_at="2025-12-20T18:00:00+08:00",
    )  # fmt: skip
    for title, day in (("完成选址", "2025-09-10"), ("完成施工", "2025-11-30")):
        step(desk, "supervisor", KIND, matter, "set_milestone", milestone=title, milestone_due_at=f"{day}T18:00:00+08:00")
    step(desk, "supervisor", KIND, matter, "issue")
    step(desk, "clerk.cgj", KIND, matter, "sign")
    assert light(desk, matter) == "green"
    clock.advance(timedelta(days=10))
    assert light(desk, matter) == "red", "the first milestone was missed"
    refused(desk, "lead.cgj", KIND, matter, "reach_milestone", 422, "没有此节点", milestone_number=3, evidence="无")
    done = step(desk, "lead.cgj", KIND, matter, "reach_milestone", milestone_number=1, evidence="选址批复")
    assert done["light"]["light"] == "green" and done["milestones"][0]["evidence"] == "选址批复"
    assert desk.get("leader", "/supervisions?year=2025&level=key")["items"][0]["next_milestone_at"] == "2025-11-30T18:00:00+08:00"
    step(desk, "lead.cgj", KIND, matter, "report", report_text="提前完成。")
    refused(desk, "supervisor", KIND, matter, "clear", 422, "还有未完成的节点", evidence="现场", on_site=True)


def test_extended_the_limit_ends_later_and_its_rungs_go_on(desk: Desk, clock: MovedClock) -> None:
    _, matter = supervised(desk)
    later = "2025-09-12T18:00:00+08:00"
    refused(desk, "supervisor", KIND, matter, "extend", 422, "须晚于原定时限", report_due_at=MONDAY.isoformat(), reason="缩短")
    extended = step(desk, "supervisor", KIND, matter, "extend", report_due_at=later, reason="等待鉴定")
    assert {limit["name"]: limit["due_at"] for limit in extended["clocks"]}["supervision_clock"] == later
    clock.freeze(MONDAY + timedelta(days=12))
    sweep(desk.system, 100)
    fired = """SELECT f.rung FROM fires f JOIN clocks k ON k.id = f.clock_id
               WHERE k.case_id = %s AND k.name = 'supervision_clock' ORDER BY f.due_at"""
    assert [row["rung"] for row in desk.rows(fired, matter)] == ["50%", "80%", "due"]


def test_a_rule_opens_it_by_itself_within_the_pack_s_time(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    execute(desk.system, Fire(SYSTEM, "ticket", ticket, "supervise"))
    [matter] = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"]
    assert (matter["state"], matter["supervision_source"], matter["report_due_at"]) == ("issued", "rule", "2025-09-08T23:59:59+08:00")


def test_under_a_pack_that_says_nothing_it_waits_for_a_person_and_lights_are_plain(desk: Desk, clock: MovedClock) -> None:
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    ticket = desk.a_ticket("handling")
    execute(desk.system, Fire(SYSTEM, "ticket", ticket, "supervise"))
    [matter] = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"]
    assert (matter["state"], matter["light"]) == ("proposed", None)
    refused(desk, "supervisor", KIND, matter["id"], "issue", 422, "须明确责任单位")
    shown = step(desk, "supervisor", KIND, matter["id"], "issue", report_due_at=FRIDAY)
    assert shown["light"]["light"] == "green" and shown["light"]["row"] is None
    clock.advance(timedelta(days=4))
    assert light(desk, matter["id"]) == "yellow"
    clock.advance(timedelta(days=4))
    assert light(desk, matter["id"]) == "red"
    assert desk.get("supervisor", f"/tickets/{ticket}")["ladder"]["next"] is None


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"unit": "swj", "co_units": ["swj"]}, "不得相同"), ({"report_due_at": "2025-08-01T09:00:00+08:00"}, "须晚于现在"),
])  # fmt: skip
def test_a_birth_that_makes_no_sense_is_refused(desk: Desk, fields: dict[str, Any], sentence: str) -> None:
    desk.token("supervisor")
    answer = desk.call("supervisor", "POST", "/supervisions", {"title": "清淤", "supervision_source": "other", **fields})
    assert answer.status_code == 422 and sentence in answer.json["detail"]
    assert desk.rows("SELECT 1 AS n FROM supervisions") == []


def test_what_only_a_paper_or_a_ticket_sets_off_cannot_be_claimed(desk: Desk) -> None:
    answer = desk.call("supervisor", "POST", "/supervisions", {"title": "清淤", "supervision_source": "instruction"})
    assert answer.status_code == 400 and "supervision_source" in answer.json["errors"]
    assert desk.call("agent", "POST", "/supervisions", {"title": "清淤", "supervision_source": "other"}).status_code == 403


def test_reassigned_the_old_unit_is_out_and_the_new_one_signs_anew(desk: Desk) -> None:
    matter = begin(desk, "supervisor", KIND, title="河道清淤", supervision_source="other", unit="swj", report_due_at=FRIDAY)
    step(desk, "supervisor", KIND, matter, "issue")
    step(desk, "clerk.swj", KIND, matter, "sign")
    refused(desk, "supervisor", KIND, matter, "reassign", 422, "须不同于", unit="swj", reason="职责调整")
    shown = step(desk, "supervisor", KIND, matter, "reassign", unit="hbj", reason="职责调整")
    assert (shown["state"], shown["unit"]["code"], shown["signed_at"]) == ("issued", "hbj", None)
    assert desk.call("clerk.swj", "GET", f"/supervisions/{matter}").status_code == 404
    assert step(desk, "clerk.hbj", KIND, matter, "sign")["state"] == "signed"


def test_of_many_who_supervise_at_once_one_opens_the_matter(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    people = ("supervisor", "leader")
    for who in people:
        desk.token(who)
    answers = together(6, lambda place: desk.act(people[place % 2], ticket, "supervise", {"report_due_at": FRIDAY}))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 5}
    assert len(desk.rows("SELECT id FROM supervisions")) == 1


def test_another_unit_of_the_ticket_does_not_read_what_was_said(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("supervisor", ticket, "supervise", report_due_at=FRIDAY)
    matter = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"][0]["id"]
    step(desk, "leader", KIND, matter, "summon", summoned="分管副局长", held_at=MONDAY.isoformat(), minutes="措辞严厉。")
    assert desk.get("lead.cgj", f"/supervisions/{matter}")["summonses"][0]["minutes"] == "措辞严厉。"
    assert desk.get("lead.swj", f"/supervisions/{matter}")["summonses"] == []
    assert "措辞严厉" not in desk.call("lead.swj", "GET", f"/tickets/{ticket}/history").text


def test_a_matter_follows_the_unit_that_takes_another_s_place(desk: Desk) -> None:
    matter = begin(desk, "supervisor", KIND, title="河道清淤", supervision_source="other", unit="swj", report_due_at=FRIDAY)
    step(desk, "supervisor", KIND, matter, "issue", co_units=["hbj"])
    units = desk.unit_ids
    execute(desk.system, MergeUnits(SYSTEM, (units["swj"],), units["cgj"], "机构改革"))
    execute(desk.system, MergeUnits(SYSTEM, (units["hbj"],), units["qshj"], "机构改革"))
    react_all(desk)
    shown = desk.get("clerk.cgj", f"/supervisions/{matter}")
    assert (shown["unit"]["code"], shown["co_units"][0]["code"]) == ("cgj", "qshj")
    notes = [item["note"] for item in desk.get("supervisor", f"/supervisions/{matter}/history")["items"] if item["trigger"] == "annotate"]
    assert notes[0] == "机构调整：试验区水务局的在办事项由试验区城市管理局继续办理。"
    assert step(desk, "clerk.cgj", KIND, matter, "sign")["state"] == "signed"
