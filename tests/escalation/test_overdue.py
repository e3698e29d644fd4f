"""The report on what is late counts each ticket once, says of how many it speaks, and sets small groups apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.hotline.overdue import Overdue, overdue
from cli.report import tell
from tests.factories.hotline import REPLY, Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

NOON = datetime.fromisoformat("2025-10-01T12:00:00+08:00")


def lines(found: Overdue) -> list[tuple[str, int, int, int]]:
    return [(group.name, group.judged, group.late, group.overdue) for group in found.groups]


def test_late_when_it_ended_overdue_while_it_runs(desk: Desk, clock: MovedClock) -> None:
    late = desk.a_ticket("handling")
    desk.a_ticket("completed")
    desk.a_ticket("registered")
    clock.advance(timedelta(days=28))
    desk.do("handler.cgj", late, "submit", **REPLY)
    desk.do("lead.cgj", late, "reply")
    desk.do("reviewer", late, "approve", gate_time_reason="单位超期，已另行通报")
    running = desk.a_ticket("accepted", type="consult", category="0402")
    desk.do("dispatcher", running, "dispatch", lead_unit="hbj")
    clock.freeze(NOON)
    found = overdue(desk.system, "unit", None, None, 1, 3)
    assert lines(found) == [("试验区城市管理局", 2, 1, 0), ("试验区生态环境局", 1, 0, 0)]
    assert (found.tickets, found.whole.judged, found.at) == (4, 3, NOON), "one is not yet accepted: it has no total limit"
    clock.advance(timedelta(days=30))
    assert lines(overdue(desk.system, "type", None, None, 1, 3)) == [("consult", 1, 0, 1), ("complaint", 2, 1, 0)]
    assert lines(overdue(desk.system, "category", None, None, 1, 1)) == [("生态环境", 1, 0, 1), ("城市管理", 2, 1, 0)]
    assert lines(overdue(desk.system, "category", None, None, 1, 3))[1][0] == "城市管理／市容环境卫生／垃圾清运"


def test_only_those_registered_then_and_no_share_of_too_few(
    desk: Desk, clock: MovedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.a_ticket("handling")
    clock.advance(timedelta(days=40))
    desk.a_ticket("handling")
    since = overdue(desk.system, "unit", NOON, None, 1, 3)
    assert lines(since) == [("试验区城市管理局", 1, 0, 0)]
    before = overdue(desk.system, "unit", None, NOON, 30, 3)
    assert (before.groups, before.small.judged, before.small.overdue, before.set_apart) == ([], 1, 1, 1)
    tell(before, "unit", 20, 30)
    printed = capsys.readouterr().out
    assert "工单 tickets 1，有时限结论 judged 1" in printed and "不足 30 件" in printed and "100.0%" in printed
    nothing = overdue(desk.system, "unit", None, datetime.fromisoformat("2020-01-01T00:00:00+08:00"), 1, 3)
    assert (nothing.tickets, nothing.whole.share, nothing.first) == (0, 0.0, None)
