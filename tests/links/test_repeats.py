"""The same demand again without new facts is answered with the earlier reply: by rule, proposed by one, approved by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.people.commands import GrantRole
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock
from tests.links.told import SAME, a_citizens, moment_later

CITIZEN = {"name": "王小一", "phone": "13800000001"}


def again(desk: Desk, earlier: int, state: str = "accepted") -> int:
    ticket: int = desk.a_ticket(state, **SAME, citizen=CITIZEN)
    desk.do("agent", ticket, "link", main_ticket=earlier, link_kind="repeat", reason="同一诉求人同一事项")
    return ticket


def proposal(earlier: int, **changes: Any) -> dict[str, Any]:
    return {"main_ticket": earlier, "no_new_facts": True, "reason": "无新事实", **changes}


def test_answered_with_the_earlier_reply(desk: Desk) -> None:
    earlier = a_citizens(desk, 1, "closed")
    ticket = again(desk, earlier)
    proposed = desk.do("agent", ticket, "propose_earlier_reply", **proposal(earlier))
    assert proposed["state"] == "accepted" and "earlier_reply_proposed" in proposed["badges"]
    assert desk.act("agent", ticket, "approve_earlier_reply").status_code == 403
    twice = desk.act("dispatcher", ticket, "propose_earlier_reply", proposal(earlier))
    assert twice.status_code == 422 and "待审批" in twice.json["detail"]
    shown = desk.do("reviewer", ticket, "approve_earlier_reply")
    moment_later(desk)
    assert shown["state"] == "completed" and "earlier_reply_proposed" not in shown["badges"]
    told = desk.rows("SELECT stage, reply_text, public_reply FROM replies WHERE root_id = %s", ticket)
    assert told == [{"stage": "repeated", "reply_text": "垃圾已清运。", "public_reply": "已清运。"}]
    assert desk.rows("SELECT count(*) AS n FROM callbacks WHERE root_id = %s", ticket) == [{"n": 1}], "the citizen keeps his callback"


def test_where_the_pack_says_so_it_ends_without_a_callback(desk: Desk) -> None:
    text = shipped_packs()["demo-district"].replace("repeat_callback = true", "repeat_callback = false")
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "以前次答复作答的不再回访"))
    execute(desk.system, Choose(SYSTEM, "demo-district@2"))
    earlier = a_citizens(desk, 1, "closed")
    ticket = again(desk, earlier)
    desk.do("agent", ticket, "propose_earlier_reply", **proposal(earlier))
    shown = desk.do("supervisor", ticket, "approve_earlier_reply")
    assert shown["state"] == "closed" and all(clock["state"] == "stopped" for clock in shown["clocks"])
    assert desk.rows("SELECT count(*) AS n FROM callbacks WHERE root_id = %s", ticket) == [{"n": 0}]
    assert desk.get("", f"/public/tickets/{shown['tracking_code']}")["may_rate"], "his rating the citizen keeps all the same"


def test_refused_it_goes_on_as_any_other(desk: Desk) -> None:
    earlier = a_citizens(desk, 1, "closed")
    ticket = again(desk, earlier)
    desk.do("dispatcher", ticket, "propose_earlier_reply", **proposal(earlier))
    assert desk.act("reviewer", ticket, "refuse_earlier_reply").status_code == 400
    assert "earlier_reply_proposed" not in desk.do("reviewer", ticket, "refuse_earlier_reply", reason="垃圾又堆满")["badges"]
    none = desk.act("reviewer", ticket, "approve_earlier_reply")
    assert none.status_code == 422 and "没有待审批" in none.json["detail"]
    assert desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")["state"] == "dispatched"


def test_who_proposed_does_not_approve(desk: Desk) -> None:
    earlier = a_citizens(desk, 1, "closed")
    ticket = again(desk, earlier)
    desk.do("dispatcher", ticket, "propose_earlier_reply", **proposal(earlier))
    execute(desk.system, GrantRole(SYSTEM, desk.user_ids["dispatcher"], "reviewer"))
    desk.tokens.clear()
    own = desk.act("dispatcher", ticket, "approve_earlier_reply")
    assert own.status_code == 422 and "由他人审批" in own.json["detail"], own.text


@pytest.mark.parametrize(
    ("changes", "later", "sentence"),
    [
        ({"no_new_facts": False}, timedelta(), "应当重新办理"),
        ({}, timedelta(days=61), "已超过规则包规定的期限"),
    ],
)
def test_only_without_new_facts_and_in_time(desk: Desk, clock: MovedClock, changes: Any, later: timedelta, sentence: str) -> None:
    earlier = a_citizens(desk, 1, "closed")
    clock.advance(later)
    ticket = again(desk, earlier)
    before = desk.everything()
    answer = desk.act("agent", ticket, "propose_earlier_reply", proposal(earlier, **changes))
    assert answer.status_code == 422 and sentence in answer.json["detail"], answer.text
    assert desk.everything() == before


def test_only_of_a_repeat_whose_earlier_one_was_replied_to(desk: Desk) -> None:
    earlier = a_citizens(desk, 1, "handling")
    ticket = desk.a_ticket("accepted", **SAME, citizen=CITIZEN)
    unlinked = desk.act("agent", ticket, "propose_earlier_reply", proposal(earlier))
    assert unlinked.status_code == 422 and "先把本单登记为该前件的重复件" in unlinked.json["detail"]
    backwards = desk.act("agent", earlier, "link", {"main_ticket": again(desk, earlier), "link_kind": "repeat", "reason": "反了"})
    assert backwards.status_code == 422
    desk.do("agent", ticket, "link", main_ticket=earlier, link_kind="repeat", reason="重复")
    early = desk.act("agent", ticket, "propose_earlier_reply", proposal(earlier))
    assert early.status_code == 422 and "前件尚未办结答复" in early.json["detail"]


def test_a_pack_that_says_nothing_lets_no_earlier_reply_serve(desk: Desk) -> None:
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    earlier = a_citizens(desk, 1, "completed")
    ticket = again(desk, earlier)
    answer = desk.act("agent", ticket, "propose_earlier_reply", proposal(earlier))
    assert answer.status_code == 422 and "未作规定" in answer.json["detail"]
