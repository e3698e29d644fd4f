"""A street whistles, departments report in, both are scored; who was called sees the ticket for as long as it helps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock
from tests.returns.conftest import Returns


def of_street(desk: Desk, **changes: Any) -> int:
    ticket: int = desk.register(type="help", **changes)["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    return ticket


def called(desk: Desk, ticket: int) -> dict[str, int]:
    return {item["unit"]["code"]: item["id"] for item in desk.get("dispatcher", f"/report-ins?ticket={ticket}")["items"]}


def test_two_departments_are_called_one_comes_late_and_both_are_scored(desk: Desk, returns: Returns, clock: MovedClock) -> None:
    ticket = of_street(desk)
    desk.do("clerk.qshj", ticket, "whistle", departments=["hbj", "swj"], reason="占道又堵塞排水口")
    reports = called(desk, ticket)
    assert desk.get("clerk.hbj", f"/tickets/{ticket}")["state"] == "handling", "who is called sees the ticket"
    returns.do("clerk.hbj", reports["hbj"], "report_in", "report-ins")
    clock.advance(timedelta(days=2))
    shown = returns.do("lead.swj", reports["swj"], "report_in", "report-ins", note="已到现场")
    assert shown["state"] == "reported_in" and shown["caller_unit"]["code"] == "qshj"
    assert returns.act("clerk.hbj", reports["hbj"], "confirm", "report-ins", helpful=True).status_code == 403
    returns.do("clerk.qshj", reports["hbj"], "confirm", "report-ins", helpful=True)
    done = returns.do("lead.qshj", reports["swj"], "confirm", "report-ins", helpful=False)
    assert (done["state"], done["helpful"]) == ("finished", False)
    assert desk.call("clerk.hbj", "GET", f"/tickets/{ticket}").status_code == 404, "its part is done"
    kinds = {(row["code"], row["kind"]) for row in desk.rows("SELECT u.code, m.kind FROM merits m JOIN units u ON u.id = m.unit_id")}
    assert kinds == {("qshj", "whistle"), ("hbj", "report_in"), ("swj", "report_in_late")}
    figures = {one["unit"]["code"]: one for one in desk.get("leader", "/statistics/returns")["items"]}
    assert (figures["qshj"]["whistles"], figures["hbj"]["reported_in"], figures["hbj"]["late"], figures["hbj"]["helpful"]) == (1, 1, 0, 1)
    assert (figures["swj"]["called"], figures["swj"]["reported_in"], figures["swj"]["late"], figures["swj"]["helpful"]) == (1, 1, 1, 0)


def test_who_may_whistle_and_for_whom(desk: Desk) -> None:
    ticket = of_street(desk)
    asked = {"departments": ["cgj"], "reason": "需要联合处置"}
    for departments in (["qshj"], ["centre"], ["cgj", "cgj"], [987654321]):
        answer = desk.act("clerk.qshj", ticket, "whistle", {**asked, "departments": departments})
        assert answer.status_code == 422 and "吹哨对象须为" in answer.json["detail"]
    assert desk.act("clerk.qshj", ticket, "whistle", {"departments": ["cgj"]}).status_code == 400
    desk.do("clerk.qshj", ticket, "whistle", **asked)
    again = desk.act("clerk.qshj", ticket, "whistle", asked)
    assert again.status_code == 422, "it has been called already"
    department = desk.a_ticket("handling")
    assert "whistle" not in [action["trigger"] for action in desk.get("clerk.cgj", f"/tickets/{department}")["actions"]]
    refused = desk.act("clerk.cgj", department, "whistle", {**asked, "departments": ["swj"]})
    assert refused.status_code == 422 and "须由镇街发起" in refused.json["detail"]


def test_a_department_complained_of_is_not_called_to_its_own_complaint(desk: Desk) -> None:
    ticket = desk.register(subject="试验区水务局")["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    answer = desk.act("clerk.qshj", ticket, "whistle", {"departments": ["swj"], "reason": "请到场"})
    assert answer.status_code == 422 and called(desk, ticket) == {}


def test_who_has_not_come_when_the_call_is_off_has_missed_it(desk: Desk, returns: Returns, clock: MovedClock) -> None:
    ticket = of_street(desk)
    desk.do("clerk.qshj", ticket, "whistle", departments=["swj"], reason="联合处置")
    report = called(desk, ticket)["swj"]
    clock.advance(timedelta(days=1))
    assert desk.get("clerk.swj", f"/report-ins/{report}")["clocks"][0]["overdue"]
    returns.do("clerk.qshj", report, "cancel", "report-ins", reason="已自行解决")
    figures = {one["unit"]["code"]: one for one in desk.get("supervisor", "/statistics/returns")["items"]}
    assert (figures["swj"]["called"], figures["swj"]["reported_in"], figures["swj"]["missed"]) == (1, 0, 1)


def test_when_the_share_ends_the_call_is_off(desk: Desk, returns: Returns, clock: MovedClock) -> None:
    ticket = of_street(desk)
    desk.do("clerk.qshj", ticket, "whistle", departments=["cgj", "swj"], reason="联合处置")
    reports = called(desk, ticket)
    returns.do("clerk.qshj", reports["swj"], "cancel", "report-ins", reason="已自行解决")
    clock.advance(timedelta(minutes=30))
    desk.do("dispatcher", ticket, "recall", reason="派错")
    assert {item["state"] for item in desk.get("dispatcher", f"/report-ins?ticket={ticket}")["items"]} == {"cancelled"}
    assert desk.rows("SELECT 1 AS n FROM case_access WHERE root_id = %s", ticket) == []
    assert desk.rows("SELECT kind FROM merits") == [{"kind": "whistle"}]
