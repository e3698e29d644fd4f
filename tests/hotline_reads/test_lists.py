"""Lists show the newest first, each filter finds what it names, and nobody finds what he may not see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.errors import IllFormed
from app.hotline.commands import Register
from app.hotline.lists import list_assignments, list_tickets
from app.hotline.queries import get_ticket
from tests.hotline_reads.desk import NOW, Desk

LEFT_OUT = {
    "tracking_code", "actions", "purpose", "subject", "occurred_at", "reply_by", "first_unit", "elevation_proposed", "ladder",
    "suspension", "no_further_ground", "dissatisfactions", "callback",
}  # fmt: skip


def ids(desk: Desk, who: str = "agent", limit: int = 50, **filters: Any) -> list[int]:
    return [item["id"] for item in list_tickets(desk.system, desk.who(who), filters, None, limit)[0]]


def shares(desk: Desk, who: str = "agent", **filters: Any) -> list[Mapping[str, Any]]:
    return list_assignments(desk.system, desk.who(who), filters)[0]


def test_an_item_is_the_ticket_itself_but_what_a_list_leaves_out(desk: Desk) -> None:
    fields = {"labels": ["夜间"], "category": desk.district.categories["02"], "urgency": "urgent"}
    ticket_id = desk.dispatched(co=("JT",), citizen={"name": "张小明", "phone": "13812345678"}, location={"street": "湖滨街道"}, **fields)
    desk.act(ticket_id, "clerk.CG", "sign")
    for who in ("agent", "clerk.JT"):
        whole = get_ticket(desk.system, desk.who(who), ticket_id)
        (item,), last = list_tickets(desk.system, desk.who(who), {})
        assert last is None and whole.keys() - item.keys() == LEFT_OUT and item.keys() <= whole.keys()
        different = {name for name in item if item[name] != whole[name]}
        assert different == {"assignments", "clocks"}
        running = [{name: value for name, value in clock.items() if name != "remaining"} for clock in whole["clocks"]]
        assert item["clocks"] == [clock for clock in running if clock["state"] != "stopped"]
        for short, full in zip(item["assignments"], whole["assignments"], strict=True):
            assert short == {name: full[name] for name in short}


def test_pages_hang_together(desk: Desk) -> None:
    made = [desk.register() for _ in range(7)]
    first, key = list_tickets(desk.system, desk.who("agent"), {}, None, 3)
    second, again = list_tickets(desk.system, desk.who("agent"), {}, key, 3)
    third, end = list_tickets(desk.system, desk.who("agent"), {}, again, 3)
    assert [item["id"] for item in (*first, *second, *third)] == made[::-1]
    assert key == (made[4],) and end is None


def test_states_kinds_and_places_of_a_ticket(desk: Desk) -> None:
    waiting = desk.register(type="complaint", channel="web", urgency="critical", labels=["夜间", "噪音"])
    with_unit = desk.dispatched(category=desk.district.categories["0101"])
    done = desk.completed()
    again = desk.completed("JT")
    desk.act(again, "reviewer", "rehandle", reason="仍未解决")
    desk.act(done, "callback", "record_callback", contacted=True, solved=True, rating="satisfied")
    desk.act(done, "callback", "close")
    assert ids(desk, state="registered") == [waiting]
    assert ids(desk, state="closed") == [done]
    assert ids(desk, state="dispatched,closed") == [again, done, with_unit]
    assert ids(desk, unit="JT") == [again] and ids(desk, unit=str(desk.unit("JT"))) == [again] and ids(desk, unit="没有") == []
    assert ids(desk, type="complaint") == [waiting] == ids(desk, channel="web") == ids(desk, urgency="critical")
    assert ids(desk, urgency="normal,critical") == [again, done, with_unit, waiting]
    assert ids(desk, label="噪音") == [waiting] == ids(desk, label="噪音,夜间") and ids(desk, label="噪") == []
    assert ids(desk, round=2) == [again] and ids(desk, round=1) == [done, with_unit, waiting]
    assert ids(desk, category="01") == [with_unit] == ids(desk, category="0101") and ids(desk, category="02") == []
    assert ids(desk, source="own") == [again, done, with_unit, waiting] and ids(desk, source="city") == []
    assert ids(desk, closed_from=NOW) == [done] and ids(desk, closed_to=NOW) == []
    with pytest.raises(IllFormed):
        ids(desk, state="lost")


def test_sent_out_by_whom_and_since_when(desk: Desk) -> None:
    early = desk.dispatched()
    desk.clock.advance(timedelta(minutes=20))
    since, late = NOW + timedelta(minutes=10), desk.dispatched()
    desk.register()
    dispatcher = desk.who("dispatcher")
    assert ids(desk, "dispatcher", dispatched_by="me") == [late, early] == ids(desk, dispatched_by=dispatcher.name)
    assert ids(desk, dispatched_by=str(dispatcher.id), dispatched_from=since) == [late] == ids(desk, dispatched_from=since)
    assert ids(desk, "agent", dispatched_by="me") == [] == ids(desk, dispatched_by="无此人")
    desk.act(late, "dispatcher", "recall")
    assert ids(desk, dispatched_from=since) == []


def test_in_whose_hands(desk: Desk) -> None:
    ticket, other = desk.dispatched(), desk.register()
    desk.act(ticket, "clerk.CG", "assign_person", person=desk.who("handler.CG").id)
    desk.act(other, "agent", "claim")
    assert ids(desk, person=str(desk.who("handler.CG").id)) == [ticket] == ids(desk, "handler.CG", person="me")
    assert ids(desk, person=desk.who("agent").name) == [other] and ids(desk, person="无此人") == []


def test_times(desk: Desk) -> None:
    early = desk.dispatched()
    desk.clock.advance(timedelta(days=40))
    late = desk.register()
    cut = NOW + timedelta(days=1)
    assert ids(desk, created_from=cut) == [late] and ids(desk, created_to=cut) == [early]
    assert ids(desk, mine=True) == [late, early] and ids(desk, mine=False) == []
    assert ids(desk, "dispatcher", mine=True) == [] and ids(desk, "dispatcher", mine=False) == [late, early]
    assert ids(desk, overdue=True) == [early] and ids(desk, overdue=False) == [late]
    assert ids(desk, due_before=NOW + timedelta(days=40)) == [early]
    soon = NOW + timedelta(days=90)
    assert ids(desk, due_before=soon) == [late, early] and ids(desk, due_before=soon, overdue=False) == [late]
    assert ids(desk, due_before=soon, overdue=True) == [early]
    assert "overdue" in list_tickets(desk.system, desk.who("agent"), {"overdue": True})[0][0]["badges"]


def test_numbers_from_above(desk: Desk) -> None:
    born = {"type": "help", "channel": "phone", "title": "t", "content": "c", "upstream_number": "S-1", "upstream_due_at": NOW}
    order = execute(desk.system, Register(SYSTEM, born)).case_id
    desk.register()
    assert ids(desk, upstream_number="S-1") == [order] and ids(desk, upstream_number="S-2") == []
    assert list_tickets(desk.system, desk.who("agent"), {"upstream_number": "S-1"})[0][0]["upstream"]["number"] == "S-1"


def test_by_phone_whole_or_its_last_four(desk: Desk) -> None:
    calls = desk.dispatched(citizen={"phone": "138 1234 5678"})
    line = desk.dispatched(citizen={"calling_number": "0755-26001234"})
    secret = desk.dispatched(citizen={"phone": "13812345678", "confidential": True})
    assert ids(desk, phone="+86 13812345678") == [secret, calls] and ids(desk, phone="5678") == [secret, calls]
    assert ids(desk, phone="1234") == [line] == ids(desk, phone="075526001234") and ids(desk, phone="13812345670") == []
    assert ids(desk, "clerk.CG", phone="5678") == [calls], "a unit could learn who spoke by guessing"
    with pytest.raises(IllFormed):
        ids(desk, phone="一二三")


def test_nobody_finds_what_he_may_not_see(desk: Desk) -> None:
    mine, theirs = desk.dispatched("CG"), desk.dispatched("JT")
    both = desk.dispatched("CG", co=("JT",))
    assert ids(desk, "clerk.CG") == [both, mine] and ids(desk, "handler.JT") == [both, theirs] and ids(desk, "clerk.HB") == []
    assert ids(desk, "clerk.CG", unit="JT") == [both]
    assert {share["unit"]["code"] for share in shares(desk, "clerk.CG")} == {"CG", "JT"} and len(shares(desk, "clerk.CG")) == 3
    assert shares(desk, "clerk.HB") == []


def test_shares_of_units(desk: Desk) -> None:
    ticket = desk.dispatched("CG", co=("JT",), title="路灯不亮")
    desk.act(ticket, "clerk.CG", "sign")
    desk.act(ticket, "clerk.CG", "assign_person", person=desk.who("handler.CG").id)
    (mine,) = shares(desk, unit="CG")
    assert mine["state"] == "handling" and mine["ticket"]["title"] == "路灯不亮" and mine["ticket"]["id"] == ticket
    assert [share["id"] for share in shares(desk, "handler.CG", person="me")] == [mine["id"]]
    assert [share["unit"]["code"] for share in shares(desk, state="assigned", role="co", ticket=ticket)] == ["JT"]
    assert shares(desk, overdue=True) == [] and len(shares(desk, overdue=False)) == 2
    desk.clock.advance(timedelta(days=60))
    assert len(shares(desk, overdue=True)) == 2 and len(shares(desk, due_before=NOW + timedelta(days=60))) == 2
    assert (
        shares(desk, assigned_from=NOW + timedelta(days=1)) == [] and len(shares(desk, assigned_to=NOW + timedelta(days=1), round=1)) == 2
    )
