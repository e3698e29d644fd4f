"""What the forecast says is what then really fires: told beforehand, told again afterwards, and told to each only of its own limits."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from app.core.sweep import sweep
from app.errors import Unseen
from cli import foretold
from tests.factories.hotline import REPLY, Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

FIRED = "SELECT clock_id, rung, due_at FROM fires WHERE root_id = %s"


def rungs(told: Any) -> list[tuple[int, str, datetime]]:
    """The rungs that are still to come, as clock, key and instant."""
    found = [(clock["id"], rung) for clock in told["clocks"] for rung in clock["rungs"] if rung["fired_at"] is None and rung["at"]]
    return sorted((clock, rung["rung"], datetime.fromisoformat(rung["at"])) for clock, rung in found)


def of(told: Any, clock: str) -> dict[str, Any]:
    return {rung["rung"]: rung for one in told["clocks"] if one["name"] == clock and one["level"] != "upstream" for rung in one["rungs"]}


def test_what_was_foretold_is_what_fires(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    told = desk.get("supervisor", f"/tickets/{ticket}/forecast")
    until = datetime.fromisoformat("2025-09-29T12:00:00+08:00")
    coming = [one for one in rungs(told) if one[2] <= until]
    assert len(coming) > 12 and any(action["action"] == "fire:escalate" for action in of(told, "handle_clock")["+5wd"]["actions"])
    clock.freeze(until)
    sweep(desk.system)
    assert sorted((row["clock_id"], row["rung"], row["due_at"]) for row in desk.rows(FIRED, ticket)) == coming
    after = desk.get("supervisor", f"/tickets/{ticket}/forecast")
    assert after["clocks"] and [one for one in rungs(told) if one[2] > until] == rungs(after), "what is left stands where it stood"
    done = of(after, "handle_clock")["50%"]
    assert done["fired_at"] and done["late"] is True and done["actions"][0]["text"] == "标记"


def test_it_says_who_is_reached_and_by_which_row(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    handle = of(desk.get("supervisor", f"/tickets/{ticket}/forecast"), "handle_clock")
    assert handle["due"]["rules"] == ["demo-district@1/escalation/handle-due"]
    by_action = {action["action"]: action for action in handle["due"]["actions"]}
    lead = by_action["notify:unit_lead@lead"]
    assert (lead["units"], lead["people"], lead["fallback"]) == (["试验区城市管理局"], 1, False)
    holder = by_action["notify:handler@holder"]
    assert (holder["role"], holder["fallback"]) == ("unit_clerk", True) and "现无此人" in holder["text"]
    fifth = {action["action"]: action for action in handle["+5wd"]["actions"]}
    assert (fifth["fire:yellow_card"]["kind"], fifth["fire:yellow_card"]["possible"]) == ("assignment", True)
    assert (fifth["fire:escalate"]["kind"], fifth["fire:escalate"]["text"]) == ("ticket", "自动：提级")


def test_nobody_holds_it_and_the_centre_is_told(desk: Desk) -> None:
    ticket = desk.a_ticket()
    front = of(desk.get("supervisor", f"/tickets/{ticket}/forecast"), "acceptance_clock")
    assert {action["action"] for action in front["+1wd"]["actions"]} >= {"notify:supervisor@centre", "fire:escalate"}
    assert all(action.get("possible", True) for rung in front.values() for action in rung["actions"])


def test_a_held_limit_has_no_instants_and_a_unit_sees_its_own_only(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    assert all(rung["at"] is None for rung in of(desk.get("lead.cgj", f"/tickets/{ticket}/forecast"), "handle_clock").values())
    units = {one["unit"] for one in desk.get("clerk.swj", f"/tickets/{ticket}/forecast")["clocks"]}
    assert units == {None, "试验区水务局"}
    whole = desk.get("supervisor", f"/tickets/{ticket}/forecast")
    assert {one["unit"] for one in whole["clocks"]} == {None, "试验区水务局", "试验区城市管理局"}
    assert desk.call("clerk.hbj", "GET", f"/tickets/{ticket}/forecast").status_code == 404


def test_the_command_prints_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = desk.get("supervisor", f"/tickets/{desk.a_ticket('handling')}")
    monkeypatch.setattr(foretold.stores, "system", lambda by: nullcontext(desk.system))
    foretold.foretold(shown["number"])
    printed = capsys.readouterr().out
    assert "handle_clock (unit, running)  试验区城市管理局  due 2025-09-17T23:59:59+08:00" in printed
    assert "demo-district@1/escalation/handle-5wd + demo-district@1/escalation/handle-5wd-card" in printed
    assert "自动：亮黄牌 / By itself: Show a yellow card" in printed
    with pytest.raises(Unseen):
        foretold.foretold("no such number")
