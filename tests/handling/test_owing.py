"""What a unit owes a reply is known by one column, in every released definition; the desk counts by it and by nothing else."""

from __future__ import annotations

from app.hotline.badge_filters import OWING
from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import do_to_share, share_of
from workflows.definition import load_released


def test_every_definition_marks_a_reply_and_takes_the_mark_away() -> None:
    """Nothing but these edges leads into or out of `replied`, so that an open share without the mark is one that owes its reply."""
    flows = [flow for flow in load_released().values() if flow.kind == "assignment"]
    assert flows
    for flow in flows:
        assert {name for name, state in flow.states.items() if not state.final} == OWING | {"replied"}
        for edge in flow.transitions:
            marks, clears = "mark_unit_replied" in edge.effects, "count_send_back" in edge.effects
            assert marks == (edge.to == "replied"), (flow.version, edge.trigger)
            assert clears or edge.to not in OWING or "replied" not in edge.sources, (flow.version, edge.trigger)


def counted(desk: Desk, unit: str) -> dict[str, int]:
    return {name: count for name, count in desk.get(f"clerk.{unit}", "/unit-desk")["counts"].items() if count}


def by_state(desk: Desk, unit: str, state: str) -> list[int]:
    of_unit = desk.unit_ids[unit]
    found: list[list[int]] = [
        [item["id"] for item in desk.get(f"clerk.{unit}", f"/assignments?state={state}&unit={of_unit}{order}")["items"]]
        for order in ("", "&order=due")
    ]
    assert sorted(found[0]) == sorted(found[1])
    return sorted(found[0])


def test_the_desk_counts_shares_in_each_state(desk: Desk) -> None:
    assigned, handling, replied, sent_back = (desk.a_ticket(state) for state in ("dispatched", "handling", "replied", "replied"))
    recalled = desk.a_ticket("dispatched")
    desk.do("dispatcher", recalled, "recall")
    desk.do("reviewer", sent_back, "send_back", gate_quality="fail", gate_quality_reason="没有答复何时清运")
    told = {"a": assigned, "h": handling, "r": replied, "s": sent_back}
    shares = {name: share_of(desk, ticket, "cgj")["id"] for name, ticket in told.items()}
    assert by_state(desk, "cgj", "assigned") == [shares["a"]] and by_state(desk, "cgj", "replied") == [shares["r"]]
    assert by_state(desk, "cgj", "handling") == [shares["h"], shares["s"]]
    assert by_state(desk, "cgj", "handling,replied") == [shares["h"], shares["r"], shares["s"]]
    counts = counted(desk, "cgj")
    assert (counts["to_sign"], counts["handling"], counts["sent_back"]) == (1, 2, 1)
    person = desk.user_ids["handler.cgj"]
    do_to_share(desk, "clerk.cgj", shares["s"], "assign_person", person=person)
    load = {each["id"]: each["open"] for each in desk.get("clerk.cgj", "/unit-desk")["people"]}
    assert load[person] == 1 and counted(desk, "cgj")["to_give"] == counts["to_give"] - 1


def test_what_was_handed_down_is_counted_above(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1", "qshj.2"], instructions="请两社区核实")
    assert counted(desk, "qshj")["below"] == 2
    desk.do("clerk.qshj.1", ticket, "sign")
    desk.do("handler.qshj.1", ticket, "submit", **REPLY)
    desk.do("lead.qshj.1", ticket, "reply")
    assert counted(desk, "qshj")["below"] == 2, "a reply is open until it is finished"
    above = desk.unit_ids["qshj"]
    assert len(desk.get("clerk.qshj", f"/assignments?above={above}&open=true")["items"]) == 2
