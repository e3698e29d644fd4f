"""The supervision desk: what stands where, one form to act, the paper's way from its scan to the leader's words and on to the units."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from app.core.sweep import sweep
from tests.factories.hotline import MONDAY, Desk
from tests.fixtures.living import MovedClock
from tests.supervision.office import attach, begin, react_all, step
from tests.web_pages.eyes import Eyes, cost, hidden, pressed, words

HOME = "/desk/supervision"
PDF = b"%PDF-1.7\n" + bytes(64)


def late(desk: Desk, clock: MovedClock, **changes: str) -> int:
    ticket = desk.a_ticket("handling", **changes)
    clock.freeze(MONDAY + timedelta(days=60))
    return ticket


def test_what_is_overdue_says_where_it_stands_and_what_comes_next(desk: Desk, clock: MovedClock) -> None:
    ticket = late(desk, clock, title="河道黑臭")
    page = words(Eyes(desk, "supervisor").open(HOME))
    assert "河道黑臭" in page and "超期" in page and "试验区城市管理局" in page
    told = desk.get("supervisor", f"/ladder/steps?tickets={ticket}")["items"][0]
    assert told["next"]["words"] in page and {one["trigger"] for one in told["measures"]} >= {"urge", "supervise", "yellow_card"}
    assert "没有工单" in words(Eyes(desk, "supervisor").open(f"{HOME}?tab=dissatisfied"))
    tiles = re.findall(r'href="/desk/supervision\?tab=(\w+)"[^>]*><strong[^>]*>(\d+)</strong>', Eyes(desk, "leader").open(HOME))
    assert tiles == [("overdue", "1"), ("soon", "0"), ("dissatisfied", "0"), ("elevated", "0"), ("key", "0")]


def test_where_no_rung_is_left_the_row_still_names_who_is_to_act(desk: Desk, clock: MovedClock) -> None:
    ticket = late(desk, clock)
    for days in (60, 120):
        clock.freeze(MONDAY + timedelta(days=days))
        while sweep(desk.system):
            pass
    told = desk.get("supervisor", f"/ladder/steps?tickets={ticket}")["items"][0]
    assert told["next"] is None and told["stands"]["tells"]
    row = Eyes(desk, "supervisor").open(HOME).partition("没有后续节点，需人工处置")[2].partition("</td>")[0]
    assert "最后已通知" in row and "督办员" in words(row)


def test_one_click_urges_and_a_second_one_of_the_same_page_does_nothing_more(desk: Desk, clock: MovedClock) -> None:
    ticket = late(desk, clock)
    eyes, act = Eyes(desk, "supervisor"), f"/act/tickets/{ticket}/urge"
    page = eyes.open(HOME)
    assert "已催办" in eyes.done(page, act), "and one is on the board again"
    assert eyes.send(page, act).status_code == 303
    assert desk.triggers(ticket).count(("ticket", "urge")) == 1
    eyes.done(eyes.open(HOME), act)
    assert desk.triggers(ticket).count(("ticket", "urge")) == 2
    assert f'hx-get="{act}?' in eyes.open(f"/tickets/{ticket}"), "there words may be added"


def test_one_form_puts_a_ticket_under_supervision_with_what_the_row_knows(desk: Desk, clock: MovedClock) -> None:
    ticket = late(desk, clock)
    eyes = Eyes(desk, "supervisor")
    act = f"/act/tickets/{ticket}/supervise"
    form = eyes.open(f"{act}?unit=cgj&level=general&to={HOME}")
    assert 'value="cgj"' in form
    page = eyes.done(form, act, unit="cgj", level="general")
    assert "已完成" in page
    matter = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"][0]
    shown = words(eyes.open(f"/supervisions/{matter['id']}"))
    assert "绿灯" in shown and "试验区城市管理局" in shown
    assert eyes.status("/supervisions?light=green") == 200 and "督办件" in eyes.open(f"{HOME}/rows")


def test_the_unit_sees_its_matter_and_another_nothing_of_it(desk: Desk) -> None:
    matter = begin(desk, "supervisor", "supervisions", title="老旧小区排水", supervision_source="executive_meeting", matter="改造三处")
    step(desk, "supervisor", "supervisions", matter, "issue", unit="cgj", report_due_at="2025-09-20T18:00:00+08:00")
    assert "改造三处" in Eyes(desk, "lead.cgj").open(f"/supervisions/{matter}")
    assert Eyes(desk, "lead.swj").status(f"/supervisions/{matter}") == 404
    assert Eyes(desk, "lead.cgj").status(HOME) == 403 and Eyes(desk, "agent").status("/instructions") == 403


def test_a_matter_of_its_own_keeps_what_was_typed_when_it_is_refused(desk: Desk) -> None:
    eyes = Eyes(desk, "supervisor")
    page = eyes.open("/supervisions/new")
    refused = eyes.send(page, "/supervisions", title="年度实事", supervision_source="ticket", plan="分三步 <script>")
    assert refused.status_code == 400 and "分三步 &lt;script&gt;" in refused.text and 'id="supervision_source-wrong"' in refused.text
    page = eyes.done(refused.text, "/supervisions", title="年度实事", supervision_source="work_report", year="2025", plan="分三步")
    assert "年度实事" in page and "已立项" in page and "分三步" in page
    assert "年度实事" in eyes.open("/supervisions?year=2025")


def test_a_paper_from_its_scan_to_the_units(desk: Desk) -> None:
    eyes = Eyes(desk, "secretary")
    form = hidden(eyes.open("/instructions/new").split('action="/instructions"')[1])
    given = {**form, "title": "关于积水的来信", "urgency": "urgent", "proposal": "拟请水务局阅办", "file": (BytesIO(PDF), "来文.pdf")}
    made = eyes.browser.post("/instructions", data=given, headers=eyes.headers)
    assert made.status_code == 303, made.text
    place = made.headers["Location"]
    page = eyes.open(place)
    assert "扫描件已登记" in page and "来文.pdf" in page and "拟请水务局阅办" in page
    for leader in ("区长", "分管副区长"):
        page = eyes.done(page, f"{place}/endorse", endorsement=f"请速办。（{leader}）", endorser=leader)
    assert "请速办。（区长）" in page and "请速办。（分管副区长）" in page
    refused = eyes.send(page, f"{place}/send", units="swj，没有这个单位", report_due_at="2025-09-20T18:00", instructions="五日内报")
    assert refused.status_code in (400, 422) and "五日内报" in refused.text
    page = eyes.done(page, f"{place}/send", units="swj，hbj", report_due_at="2025-09-20T18:00", tell_units="false")
    assert "试验区水务局" in page and "试验区生态环境局" in page and "已转办" in page


def test_a_scan_of_a_wrong_kind_loses_nothing_of_the_paper(desk: Desk) -> None:
    eyes = Eyes(desk, "secretary")
    form = hidden(eyes.open("/instructions/new").split('action="/instructions"')[1])
    made = eyes.browser.post(
        "/instructions", data={**form, "title": "来信", "file": (BytesIO(b"MZ\x90\x00"), "来文.pdf")}, headers=eyes.headers
    )
    assert made.status_code == 303
    assert "扫描件未上传" in eyes.open(made.headers["Location"])


def test_a_conference_shows_its_tasks_and_takes_its_minutes_as_a_file(desk: Desk) -> None:
    eyes = Eyes(desk, "supervisor")
    page = eyes.done(eyes.open("/conferences/new"), "/conferences", title="噪声会商", form="meeting", matter="多次反映", units="cgj，hbj")
    assert "噪声会商" in page and "试验区生态环境局" in page
    meeting = desk.get("supervisor", "/conferences")["items"][0]["id"]
    step(desk, "supervisor", "conferences", meeting, "hold", held_at="2025-09-01T09:00:00+08:00")
    step(desk, "supervisor", "conferences", meeting, "set_task", unit="cgj", task="牵头整改", task_due_at="2025-09-20T18:00:00+08:00")
    attach(desk, "supervisor", "conferences", meeting, "纪要.pdf")
    page = eyes.open(f"/conferences/{meeting}")
    assert "牵头整改" in page and "纪要.pdf" in page
    assert "噪声会商" in eyes.open("/conferences?open=true")


def test_the_board_costs_no_more_trips_for_more_rows(desk: Desk, clock: MovedClock) -> None:
    late(desk, clock)
    clock.freeze(MONDAY)
    eyes = Eyes(desk, "supervisor")
    clock.freeze(MONDAY + timedelta(days=60))
    one = cost(eyes, HOME)
    clock.freeze(MONDAY)
    for _ in range(5):
        desk.a_ticket("handling")
    clock.freeze(MONDAY + timedelta(days=60))
    assert cost(eyes, HOME) == one


def test_figures_of_a_month_as_a_table_and_as_a_file(desk: Desk) -> None:
    matter = begin(desk, "supervisor", "supervisions", title="排水", supervision_source="executive_meeting", unit="cgj")
    step(desk, "supervisor", "supervisions", matter, "issue", report_due_at="2025-09-20T18:00:00+08:00")
    react_all(desk)
    eyes = Eyes(desk, "supervisor")
    for of in ("supervisions", "returns", "suspensions", "alarms", "cards", "elevations"):
        assert eyes.status(f"/statistics?of={of}&month=2025-09") == 200
    assert "试验区城市管理局" in eyes.open("/statistics?month=2025-09")
    file = eyes.browser.get("/statistics?month=2025-09&as=csv", headers=eyes.headers)
    assert file.mimetype == "text/csv" and file.text.startswith("\ufeff单位,交办") and "试验区城市管理局,1," in file.text
    assert eyes.status("/statistics?month=2025-13") == 400 and eyes.status("/statistics?of=none") == 404
    assert Eyes(desk, "agent").status("/statistics") == 403


def test_cards_are_listed_for_who_sees_them(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    share = desk.get("supervisor", f"/tickets/{ticket}")["assignments"][0]["id"]
    eyes = Eyes(desk, "supervisor")
    act = f"/act/assignments/{share}/yellow_card"
    eyes.done(eyes.open(f"{act}?to=/cards"), act, reason="超期不办")
    number = desk.get("supervisor", f"/tickets/{ticket}")["number"]
    assert number in eyes.open("/cards") and number in Eyes(desk, "lead.cgj").open("/cards")
    assert number not in Eyes(desk, "lead.swj").open("/cards")


def test_a_yearly_matter_by_its_milestones_to_its_clearing(desk: Desk) -> None:
    eyes, lead = Eyes(desk, "supervisor"), Eyes(desk, "lead.cgj")
    page = eyes.done(
        eyes.open("/supervisions/new"), "/supervisions", title="老旧小区排水改造", supervision_source="work_report", year="2025",
        unit="cgj 试验区城市管理局", co_units="swj 试验区水务局，hbj", report_due_at="2025-12-20T18:00",
    )  # fmt: skip
    at = f"/supervisions/{desk.get('supervisor', '/supervisions')['items'][0]['id']}"
    assert f'href="{at}"' in eyes.open("/supervisions?year=2025") and "试验区水务局" in page and "试验区生态环境局" in page
    for goal, due in (("完成勘查", "2025-09-30T18:00"), ("完成施工", "2025-11-30T18:00")):
        page = pressed(eyes, at, "set_milestone", milestone=goal, milestone_due_at=due)
    assert words(page).count("未完成") == 2 and "完成勘查" in page
    assert "已交办" in pressed(eyes, at, "issue")
    pressed(lead, at, "sign")
    page = pressed(lead, at, "reach_milestone", milestone_number="1", evidence="三处已勘查")
    assert "三处已勘查" in page and words(page).count("未完成") == 1
    pressed(lead, at, "reach_milestone", milestone_number="2", evidence="三处已完工")
    assert "三处均已改造" in pressed(lead, at, "report", report_text="三处均已改造")
    page = pressed(eyes, at, "clear", evidence="现场核查属实", on_site="true")
    assert "已销号" in page and "现场核查属实" in page
    assert f'href="{at}"' not in eyes.open("/supervisions?year=2025&open=true")
    assert f'href="{at}"' in eyes.open("/supervisions?state=cleared")


def test_a_refused_call_keeps_the_form_of_the_conference(desk: Desk) -> None:
    """The field is sent by a name of its own, since one called `form` would hide its form from the scripts of the panel."""
    act = f"/act/tickets/{desk.a_ticket('handling')}/call_conference"
    eyes = Eyes(desk, "supervisor")
    page = eyes.open(f"{act}?form=meeting&units=cgj")
    assert 'name="form"' not in page and 'name="form_" value="meeting" checked' in page
    refused = eyes.send(page, act, form_="site_survey", units="没有这个单位")
    assert refused.status_code == 400 and 'name="form_" value="site_survey" checked' in refused.text and "units-wrong" in refused.text
    eyes.done(refused.text, act, form_="site_survey", units="cgj")
    assert [row["form"] for row in desk.get("supervisor", "/conferences")["items"]] == ["site_survey"]
