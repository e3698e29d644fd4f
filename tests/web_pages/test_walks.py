"""Wherever a deadline is shown, one click prints the walk: in every list and beside every case, of the limit that is meant."""

from __future__ import annotations

import re

from tests.factories.hotline import Desk
from tests.factories.shares import ASKED
from tests.supervision.office import begin, step
from tests.web_pages.eyes import Eyes

CHIP = re.compile(r'(<a class="due-link" href="/clocks/(\d+)">)?<span class="due due-\w+" title=')
LINK = re.compile(r"<a\b[^>]*>(?:(?!</a>).)*<a\b", re.DOTALL)


def places(desk: Desk) -> dict[str, tuple[str, int]]:
    """Address: who opens it, and how many deadlines stand there at least."""
    waiting, given = desk.a_ticket("accepted"), desk.a_ticket("handling")
    replied = desk.a_ticket("replied")
    desk.a_ticket("completed")
    asked = desk.a_ticket("handling")
    desk.do("clerk.cgj", asked, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    later = desk.a_ticket("handling")
    desk.do("clerk.cgj", later, "request_extension", **ASKED, new_due_at="2025-09-24T18:00:00+08:00")
    desk.register(title="工地欠薪", content="十几名工人在工地要跳楼，现有人站在楼顶。")
    matter = begin(desk, "supervisor", "supervisions", title="清淤", supervision_source="other", unit="swj")
    step(desk, "supervisor", "supervisions", matter, "issue", report_due_at="2025-09-20T18:00:00+08:00")
    paper = begin(desk, "secretary", "instructions", title="来信", urgency="urgent", report_due_at="2025-09-22T18:00:00+08:00")
    desk.do("supervisor", given, "call_conference", form="meeting", units=["swj"])
    share = desk.get("clerk.cgj", f"/assignments?ticket={given}")["items"][0]["id"]
    return {
        "/tickets": ("dispatcher", 4), "/desk/dispatch": ("dispatcher", 2), "/desk/review": ("reviewer", 1),
        "/desk/review?tab=extensions": ("reviewer", 1), "/desk/callback": ("callback", 1), "/desk/adjudication": ("dispatcher", 1),
        "/handling?state=assigned,handling": ("handler.cgj", 2), f"/handling/{share}": ("handler.cgj", 2),
        "/desk/unit?state=handling": ("clerk.cgj", 2),
        f"/tickets/{waiting}": ("dispatcher", 2), f"/tickets/{given}": ("dispatcher", 2), f"/tickets/{replied}/forecast": ("reviewer", 1),
        "/supervisions": ("supervisor", 1), f"/supervisions/{matter}": ("supervisor", 1), "/instructions": ("secretary", 1),
        f"/instructions/{paper}": ("secretary", 1), "/conferences": ("supervisor", 1), "/alarms": ("duty", 1),
        "/desk/supervision?tab=soon": ("supervisor", 1),
    }  # fmt: skip


def test_every_deadline_leads_to_its_walk_and_no_link_lies_in_a_link(desk: Desk) -> None:
    shown, eyes = places(desk), {}
    for path, (who, least) in shown.items():
        page = eyes.setdefault(who, Eyes(desk, who)).open(path)
        chips = CHIP.findall(page)
        assert len(chips) >= least, (path, len(chips))
        assert all(link for link, _ in chips), path
        assert not LINK.search(page), path
        for clock in {clock for _, clock in chips}:
            assert eyes[who].status(f"/clocks/{clock}") == 200, (path, clock)


def test_a_caller_s_earlier_tickets_name_the_limit(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={"name": "王某", "phone": "13800001111"})
    row = desk.call("agent", "POST", "/citizens/history", {"phone": "13800001111"}).json["items"][0]
    limit = next(each for each in desk.get("agent", f"/tickets/{ticket}")["clocks"] if each["id"] == row["clock"])
    assert limit["due_at"] == row["due_at"] and limit["state"] == "running"
