"""Several units on one ticket: added, handed down, copied; each with its own limits, and no reply that forgets another unit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import outbox
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.reorganise import MergeUnits
from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import act_on_share, do_to_share, limit, refused, share_of
from tests.fixtures.living import MovedClock


def on_the_street(desk: Desk) -> int:
    """A ticket that the street has signed."""
    ticket = desk.a_ticket("accepted", type="help")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    return ticket


def reply_from(desk: Desk, unit: str, ticket: int, text: str) -> None:
    desk.do(f"clerk.{unit}", ticket, "sign")
    desk.do(f"handler.{unit}", ticket, "submit", **{**REPLY, "reply_text": text})
    desk.do(f"lead.{unit}", ticket, "reply")


def test_a_street_hands_down_and_joins_what_its_communities_reply(desk: Desk) -> None:
    ticket = on_the_street(desk)
    shown = desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1", "qshj.2"], instructions="请当日清理")
    street = share_of(desk, ticket, "qshj")["id"]
    assert [(s["unit"]["code"], s["role"], s["state"], s["parent"]) for s in shown["assignments"]] == [
        ("qshj", "lead", "handling", None), ("qshj.1", "sub", "assigned", street), ("qshj.2", "sub", "assigned", street),
    ]  # fmt: skip
    below = share_of(desk, ticket, "qshj.1")["id"]
    assert limit(desk, street, "handle_clock")["budget"] == "7wd" and limit(desk, below, "handle_clock")["budget"] == "5wd"
    reply_from(desk, "qshj.1", ticket, "东门已清理。")
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "handling", "a reply from below moves no ticket"
    desk.do("clerk.qshj.2", ticket, "sign")
    desk.do("handler.qshj.2", ticket, "submit", **{**REPLY, "reply_text": "西门尚未审签"})
    upper = desk.get("lead.qshj", f"/assignments/{street}")
    assert [(line["unit"]["code"], line["state"], line["signed_off"]) for line in upper["below"]] == [
        ("qshj.1", "replied", True), ("qshj.2", "submitted", False),
    ]  # fmt: skip
    assert upper["below"][0]["reply"]["reply_text"] == "东门已清理。" and upper["below"][0]["reply"]["outcome"] == "solved"
    assert upper["below"][1]["reply"] is None, "what is not signed off stays with its unit"
    assert upper["joined_reply"] == "【青石社区居民委员会】东门已清理。"
    desk.do("lead.qshj.2", ticket, "reply")
    joined = desk.get("lead.qshj", f"/assignments/{street}")["joined_reply"]
    assert joined == "【青石社区居民委员会】东门已清理。\n\n【桥头社区居民委员会】西门尚未审签"
    desk.do("lead.qshj", ticket, "reply", **{**REPLY, "reply_text": joined})
    done = desk.do("reviewer", ticket, "approve")
    assert done["state"] == "completed" and {s["state"] for s in done["assignments"]} == {"done"}
    assert desk.call("clerk.qshj.1", "GET", f"/tickets/{ticket}").status_code == 200, "who replied keeps seeing it"


def test_no_reply_while_a_unit_below_is_open_unless_it_says_why(desk: Desk) -> None:
    ticket = on_the_street(desk)
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1"])
    before = desk.everything()
    refused(desk.act("handler.qshj", ticket, "submit", REPLY), "下派的承办件尚未答复")
    refused(desk.act("lead.qshj", ticket, "reply", REPLY), "下派的承办件尚未答复")
    assert desk.everything() == before
    desk.do("handler.qshj", ticket, "submit", **REPLY, co_open_reason="社区已口头反馈")
    refused(desk.act("lead.qshj", ticket, "reply", {}), "下派的承办件尚未答复")
    desk.do("lead.qshj", ticket, "reply", co_open_reason="社区已口头反馈")
    done = desk.do("reviewer", ticket, "approve")
    assert [(s["unit"]["code"], s["state"]) for s in done["assignments"]] == [("qshj", "done"), ("qshj.1", "recalled")]
    assert desk.call("clerk.qshj.1", "GET", f"/tickets/{ticket}").status_code == 404


def test_a_share_shows_its_reply_to_its_unit_and_once_signed_off_to_the_centre(desk: Desk) -> None:
    ticket = on_the_street(desk)
    share = share_of(desk, ticket, "qshj")["id"]
    assert desk.get("lead.qshj", f"/assignments/{share}")["reply"] is None
    desk.do("handler.qshj", ticket, "submit", **REPLY)
    assert desk.get("lead.qshj", f"/assignments/{share}")["reply"]["reply_text"] == REPLY["reply_text"], "who signs off reads it first"
    assert desk.get("reviewer", f"/assignments/{share}")["reply"] is None
    desk.do("lead.qshj", ticket, "reply")
    reply = desk.get("reviewer", f"/assignments/{share}")["reply"]
    assert (reply["reply_text"], reply["public_reply"], reply["stage"]) == (REPLY["reply_text"], REPLY["public_reply"], "submitted")


def test_a_reply_from_below_is_sent_back_or_the_share_recalled(desk: Desk, clock: MovedClock) -> None:
    ticket = on_the_street(desk)
    desk.do("lead.qshj", ticket, "hand_down", units=["qshj.1", "qshj.2"])
    reply_from(desk, "qshj.1", ticket, "已处理")
    below = share_of(desk, ticket, "qshj.1")["id"]
    assert act_on_share(desk, "lead.swj", below, "send_back", {"reason": "x"}).status_code == 404
    assert act_on_share(desk, "lead.qshj.1", below, "send_back", {"reason": "x"}).status_code == 403
    clock.advance(timedelta(hours=1))
    assert do_to_share(desk, "lead.qshj", below, "send_back", reason="没有照片")["state"] == "handling"
    assert limit(desk, below, "handle_clock")["state"] == "running"
    desk.do("clerk.qshj", ticket, "recall_below", units=["qshj.2"], reason="改由街道直接办理")
    assert share_of(desk, ticket, "qshj.2")["state"] == "recalled"
    assert desk.call("clerk.qshj.2", "GET", f"/tickets/{ticket}").status_code == 404
    refused(desk.act("clerk.qshj", ticket, "recall_below", {"units": ["qshj.2"], "reason": "再次"}), "没有本单位下派的未结承办件")
    desk.do("dispatcher", ticket, "reassign", lead_unit="cgj", reason="属城管职责")
    assert share_of(desk, ticket, "qshj.1")["state"] == "recalled", "what was handed down ends with the share above"
    assert desk.call("clerk.qshj.1", "GET", f"/tickets/{ticket}").status_code == 404


@pytest.mark.parametrize(
    ("units", "words"),
    [(["cgj"], "下级单位"), (["qshj"], "下级单位"), (["qshj.1", "qshj.1"], "不得重复"), (["qshj.1", "swj"], "下级单位")],
)
def test_handed_down_only_to_units_directly_below(desk: Desk, units: list[str], words: str) -> None:
    ticket = on_the_street(desk)
    before = desk.everything()
    refused(desk.act("clerk.qshj", ticket, "hand_down", {"units": units}), words)
    assert desk.everything() == before


def test_not_handed_down_twice_nor_to_whom_it_accuses(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted", subject="桥头社区居民委员会")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    refused(desk.act("clerk.qshj", ticket, "hand_down", {"units": ["qshj.2"]}), "被反映的单位")
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1"])
    refused(desk.act("clerk.qshj", ticket, "hand_down", {"units": ["qshj.1"]}), "已在承办")
    assert desk.act("clerk.qshj.1", ticket, "hand_down", {"units": ["qshj.2"]}).status_code == 409, "not before it has signed"


def test_units_are_added_with_limits_of_their_own_and_the_lead_waits_for_them(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling", type="help")
    clock.advance(timedelta(days=1))
    for units, words in ((["cgj"], "已在承办"), (["swj", "swj"], "不得重复")):
        refused(desk.act("dispatcher", ticket, "add_units", {"co_units": units}), words)
    assert desk.act("clerk.cgj", ticket, "add_units", {"co_units": ["swj"]}).status_code == 403
    shown = desk.do("supervisor", ticket, "add_units", co_units=["swj", "hbj"], instructions="查看排水管")
    assert [(s["unit"]["code"], s["role"], s["state"]) for s in shown["assignments"]] == [
        ("cgj", "lead", "handling"), ("swj", "co", "assigned"), ("hbj", "co", "assigned"),
    ]  # fmt: skip
    lead, co = (limit(desk, share_of(desk, ticket, unit)["id"], "handle_clock") for unit in ("cgj", "swj"))
    assert co["due_at"] - lead["due_at"] == timedelta(days=1), "a share that came a day later is due a day later"
    refused(desk.act("lead.cgj", ticket, "reply", REPLY), "协办单位尚未答复")
    reply_from(desk, "swj", ticket, "管道畅通")
    shown = desk.do("lead.cgj", ticket, "reply", **REPLY, co_open_reason="环保部门另行监测")
    assert shown["state"] == "replied"


def test_a_complaint_is_not_given_to_an_added_unit_that_it_accuses(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", subject="试验区水务局")
    refused(desk.act("dispatcher", ticket, "add_units", {"co_units": ["swj"]}), "被反映的单位")


def test_dispatched_straight_to_a_street_the_pack_says_who_is_copied(desk: Desk) -> None:
    ticket = on_the_street(desk)
    seen = desk.get("clerk.cgj", f"/tickets/{ticket}")
    assert [action["trigger"] for action in seen["actions"]] == ["annotate"], "who is copied sees and annotates, nothing else"
    desk.do("clerk.cgj", ticket, "annotate", note="请注意车辆通行")
    assert desk.act("clerk.cgj", ticket, "sign").status_code in (403, 409)
    desk.do("dispatcher", ticket, "reassign", lead_unit="hbj", reason="属生态环境职责")
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404, "a department is not copied to another"
    desk.do("dispatcher", ticket, "reassign", lead_unit="qshj", reason="退回属地")
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 200
    desk.do("dispatcher", ticket, "recall", reason="重新研判")
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404


def test_what_was_handed_down_follows_a_merged_unit(desk: Desk) -> None:
    ticket = on_the_street(desk)
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1"])
    units = {row["code"]: row["id"] for row in desk.rows("SELECT id, code FROM units")}
    execute(desk.system, MergeUnits(SYSTEM, (units["qshj.1"],), units["qshj.2"], "社区调整"))
    while owed := outbox.lease(desk.system):
        for (reaction, _), ids in owed.items():
            outbox.react(desk.system, reaction, ids)
    assert (share_of(desk, ticket, "qshj.2")["role"], share_of(desk, ticket, "qshj.2")["state"]) == ("sub", "assigned")
    assert desk.do("clerk.qshj.2", ticket, "sign")["state"] == "handling"
    assert desk.rows("SELECT unit_id FROM case_access WHERE root_id = %s AND relation = 'sub'", ticket) == [{"unit_id": units["qshj.2"]}]
