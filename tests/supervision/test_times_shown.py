"""A deadline at midnight is read as the end of the day before, wherever it stands; a page and its list say the same."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import Desk
from tests.supervision.office import begin, step

MIDNIGHT, END = "2025-10-01T00:00:00+08:00", "2025-09-30T23:59:59+08:00"


def both(desk: Desk, kind: str, case: int) -> list[Any]:
    """The case on its page and in the list of its kind."""
    return [desk.get("supervisor", f"/{kind}/{case}"), desk.get("supervisor", f"/{kind}?limit=1")["items"][0]]


def test_milestones_and_limits_of_a_supervision(desk: Desk) -> None:
    case = begin(desk, "supervisor", "supervisions", title="年度实事", supervision_source="work_report", unit="cgj", report_due_at=MIDNIGHT)
    step(desk, "supervisor", "supervisions", case, "set_milestone", milestone="完成招标", milestone_due_at=MIDNIGHT)
    for shown in both(desk, "supervisions", case):
        assert (shown["report_due_at"], shown["next_milestone_at"], shown["milestones"][0]["due_at"]) == (END, END, END)


def test_tasks_of_a_conference(desk: Desk) -> None:
    case = begin(desk, "supervisor", "conferences", title="排水会商", form="meeting")
    held = step(desk, "supervisor", "conferences", case, "hold", held_at="2025-09-01T00:00:00+08:00")
    assert held["held_at"] == "2025-09-01T00:00:00+08:00", "what happened at midnight happened then"
    step(desk, "supervisor", "conferences", case, "set_task", unit="cgj", task="清淤", task_due_at=MIDNIGHT)
    step(desk, "lead.cgj", "conferences", case, "finish_task", task_number=1)
    for shown in both(desk, "conferences", case):
        assert shown["tasks"][0]["due_at"] == END and shown["tasks"][0]["done_at"].endswith("+08:00")
        assert shown["held_at"] == "2025-09-01T00:00:00+08:00"


def test_the_time_for_rating(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    line = desk.get("callback", f"/tickets/{ticket}")["callback"]
    shown = {each["expires_at"] for each in both(desk, "callbacks", line["id"])}
    assert shown == {line["expires_at"]} and line["expires_at"].endswith("T23:59:59+08:00")


def test_when_an_entry_is_to_be_looked_at_again_is_no_person(desk: Desk) -> None:
    case = begin(desk, "clerk.cgj", "knowledge-entries", title="垃圾分类", content="按四类投放。", unit="cgj", review_by=MIDNIGHT)
    assert {shown["review_by"] for shown in both(desk, "knowledge-entries", case)} == {END}
