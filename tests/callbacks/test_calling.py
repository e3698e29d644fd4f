"""Calling the citizen back: queued by rule, claimed by one, tried as often as the pack says, answered once, and expiring by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import Actor
from app.core.bus import execute
from app.core.sweep import sweep
from app.hotline.callbacks.commands import ClaimNext
from tests.factories.hotline import STRAIGHT, Desk
from tests.factories.packs import a_pack
from tests.fixtures.living import MovedClock
from tests.flows.test_at_once import together

GOOD = {"contacted": True, "solved": True, "rating": "satisfied"}
BAD = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["not_solved"]}


def callback_of(desk: Desk, ticket: int) -> Any:
    """The newest callback of a ticket, as the agent reads it."""
    items = desk.get("callback", f"/callbacks?ticket={ticket}")["items"]
    return desk.get("callback", f"/callbacks/{items[0]['id']}")


def call(desk: Desk, who: str, callback: int, trigger: str, **fields: Any) -> Any:
    return desk.call(who, "POST", f"/callbacks/{callback}/transitions", {"trigger": trigger, "fields": fields})


def calls(desk: Desk, ticket: int) -> list[str]:
    return [row["call_outcome"] for row in desk.rows("SELECT call_outcome FROM callback_attempts WHERE root_id = %s ORDER BY id", ticket)]


def test_every_completed_round_has_one_callback_with_its_clocks(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    shown = callback_of(desk, ticket)
    assert (shown["state"], shown["state_label"], shown["round"], shown["attempts"]) == ("queued", "待回访", 1, 0)
    assert {each["name"] for each in shown["clocks"]} == {"callback_clock", "rating_clock"}
    assert shown["priority_rule"] == "demo-district/callback-complaints" and shown["ticket"]["id"] == ticket
    assert {"claim", "record_callback", "invite"} <= {action["trigger"] for action in shown["actions"]}
    assert desk.get("callback", f"/tickets/{ticket}")["callback"]["id"] == shown["id"]
    answered = desk.register(type="consult")["id"]
    desk.do("agent", answered, "answer", reply_text="办事大厅周一至周五开放。")
    assert callback_of(desk, answered)["state"] == "queued"


def test_what_the_agent_reads_before_calling(desk: Desk) -> None:
    ticket = desk.a_ticket("completed", citizen={"name": "王小明", "phone": "13812345678"})
    shown = callback_of(desk, ticket)
    assert [line["row"] for line in shown["script"]][:2] == ["script-greeting", "script-contacted"]
    assert "12345热线回访" in shown["script"][0]["text"]
    assert [reply["reply_text"] for reply in shown["replies"]] == ["垃圾已清运。"]
    assert "13812345678" not in str(shown) and shown["citizen"]["phone"]
    opened = desk.call("callback", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "电话回访"})
    assert opened.json["citizen"] == {"phone": "13812345678"}


def test_claimed_called_and_answered(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    callback = callback_of(desk, ticket)["id"]
    claimed = call(desk, "callback", callback, "claim")
    assert (claimed.json["state"], claimed.json["claimed_by"]["id"]) == ("claimed", desk.user_ids["callback"])
    answered = call(desk, "callback", callback, "record_callback", **GOOD, manner_rating="very_satisfied", recording="REC-1", note="谢谢")
    assert (answered.json["state"], answered.json["way"], answered.json["claimed_by"]) == ("rated", "phone", None)
    told = desk.rows("SELECT source, way, rating, manner_rating, recording, note FROM evaluations WHERE root_id = %s", ticket)
    assert told == [
        {"source": "own", "way": "phone", "rating": "satisfied", "manner_rating": "very_satisfied", "recording": "REC-1", "note": "谢谢"}
    ]
    shown = desk.get("callback", f"/tickets/{ticket}")
    assert (shown["state"], shown["rating"], shown["solved"], shown["badges"]) == ("completed", "satisfied", True, [])
    assert calls(desk, ticket) == ["reached"] and desk.do("callback", ticket, "close")["state"] == "closed"
    words = [item["note"] for item in desk.get("callback", f"/tickets/{ticket}/history")["items"] if item["trigger"] == "record_callback"]
    assert words == ["谢谢"]


def test_twenty_agents_at_once_each_have_another_callback(desk: Desk) -> None:
    tickets = [desk.a_ticket("completed") for _ in range(4)]
    for n in range(16):
        ticket = desk.register(type="consult", title=f"咨询{n}")["id"]
        desk.do("agent", ticket, "answer", reply_text="见官网。")
        tickets.append(ticket)
    agents = [Actor(900_000 + n, f"a{n}", frozenset({"callback_agent"}), desk.unit_ids["centre"]) for n in range(20)]
    results = together(20, lambda n: execute(desk.system, ClaimNext(agents[n])))
    claimed = desk.rows("SELECT root_id, claimed_by FROM callbacks WHERE claimed_by IS NOT NULL")
    assert len({result.case_id for result in results}) == 20
    assert len({row["claimed_by"] for row in claimed}) == 20 and {row["root_id"] for row in claimed} == set(tickets)
    assert desk.call("callback", "POST", "/callbacks/next", {}).json == {"callback": None}, "nobody is left"
    again = execute(desk.system, ClaimNext(agents[0]))
    assert again.case_id == results[0].case_id, "who has one goes on with it"


def test_two_agents_who_claim_the_same_one(desk: Desk) -> None:
    callback = callback_of(desk, desk.a_ticket("completed"))["id"]
    desk.token("callback"), desk.token("supervisor")
    answers = together(2, lambda n: call(desk, ("callback", "supervisor")[n], callback, "claim"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = "supervisor" if answers[0].status_code == 200 else "callback"
    refused = call(desk, loser, callback, "record_callback", **GOOD)
    assert refused.status_code == 422 and "正由他人回访" in refused.json["detail"]


def test_the_queue_is_in_the_order_of_the_pack(desk: Desk) -> None:
    consult = desk.register(type="consult")["id"]
    desk.do("agent", consult, "answer", reply_text="见官网。")
    plain, urgent = desk.a_ticket("completed"), desk.a_ticket("completed", urgency="critical")
    queue = desk.get("callback", "/callbacks?order=queue")
    assert [item["ticket"]["id"] for item in queue["items"]] == [urgent, plain, consult]
    first = desk.get("callback", "/callbacks?order=queue&limit=1")
    rest = desk.get("callback", f"/callbacks?order=queue&limit=2&cursor={first['next']}")
    assert [item["ticket"]["id"] for item in first["items"] + rest["items"]] == [urgent, plain, consult] and rest["next"] is None
    taken = desk.call("callback", "POST", "/callbacks/next", {}).json["callback"]
    assert taken["ticket"]["id"] == urgent and taken["state"] == "claimed" and taken["script"]
    assert desk.call("callback", "POST", "/callbacks/next", {}).json["callback"]["id"] == taken["id"]
    assert desk.call("handler.cgj", "POST", "/callbacks/next", {}).status_code == 403


def test_three_tries_with_the_gap_between_them_and_nobody_was_reached(desk: Desk, clock: MovedClock) -> None:
    """The demonstration pack wants three tries, four working hours apart."""
    ticket = desk.a_ticket("completed")
    assert desk.do("callback", ticket, "record_callback", reached=False)["callback"]["attempts"] == 1
    before = desk.everything()
    early = desk.act("callback", ticket, "record_callback", {"call_outcome": "no_answer"})
    assert early.status_code == 422 and "最早可在 2025-09-01 1" in early.json["detail"] and desk.everything() == before
    assert desk.call("callback", "POST", "/callbacks/next", {}).json == {"callback": None}, "not callable yet"
    assert call(desk, "callback", callback_of(desk, ticket)["id"], "claim").status_code == 422
    for tries in (2, 3):
        clock.advance(timedelta(days=1))
        shown = desk.do("callback", ticket, "record_callback", call_outcome="no_answer")
        assert shown["callback"]["attempts"] == tries
    assert (shown["callback"]["state"], shown["rating"], shown["state"]) == ("unreachable", None, "completed")
    more = desk.act("callback", ticket, "record_callback", {"call_outcome": "no_answer"})
    assert more.status_code == 422 and "联系不上" in more.json["detail"]
    assert calls(desk, ticket) == ["no_answer"] * 3
    figures = desk.get("supervisor", "/statistics/callbacks?from=2025-09-01&to=2025-09-30")["summary"]
    assert (figures["valid"], figures["satisfied"], figures["unreachable"]) == (0, 0, 1)
    assert desk.do("callback", ticket, "close")["state"] == "closed"


@pytest.mark.parametrize("outcome", ["dead_number", "refused"])
def test_a_dead_number_or_a_refusal_ends_it_at_once(desk: Desk, outcome: str) -> None:
    ticket = desk.a_ticket("completed")
    assert desk.do("callback", ticket, "record_callback", call_outcome=outcome)["callback"]["state"] == "unreachable"
    # Should the citizen ring back, he is heard.
    assert desk.do("callback", ticket, "record_callback", **GOOD)["rating"] == "satisfied"


def test_a_pack_may_have_a_refusal_tried_again(desk: Desk) -> None:
    a_pack(desk.system, ("callback_refused_ends = true", "callback_refused_ends = false"))
    ticket = desk.a_ticket("completed")
    shown = desk.do("callback", ticket, "record_callback", call_outcome="refused")["callback"]
    assert (shown["state"], shown["attempts"]) == ("queued", 1)


def test_called_later_when_the_citizen_said(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    for at in ("2025-09-01T09:00:00+08:00", "2025-12-01T09:00:00+08:00"):
        refused = desk.act("callback", ticket, "record_callback", {"call_outcome": "call_later", "call_at": at})
        assert refused.status_code == 422 and "约定回访时间须晚于现在" in refused.json["detail"]
    assert desk.act("callback", ticket, "record_callback", {"call_outcome": "call_later"}).status_code == 422
    shown = desk.do("callback", ticket, "record_callback", call_outcome="call_later", call_at="2025-09-02T15:00:00+08:00")["callback"]
    assert (shown["state"], shown["attempts"], shown["next_call_at"]) == ("queued", 0, "2025-09-02T15:00:00+08:00")
    assert desk.call("callback", "POST", "/callbacks/next", {}).json == {"callback": None}
    clock.advance(timedelta(days=2))
    assert desk.call("callback", "POST", "/callbacks/next", {}).json["callback"]["ticket"]["id"] == ticket


def test_a_claim_goes_back_by_itself(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    assert desk.do("callback", ticket, "claim")["callback"]["state"] == "claimed", "claiming a ticket that waits is claiming its callback"
    clock.advance(timedelta(minutes=31))
    sweep(desk.system)
    shown = callback_of(desk, ticket)
    assert (shown["state"], shown["claimed_by"]) == ("queued", None)
    desk.do("callback", ticket, "claim")
    assert desk.do("supervisor", ticket, "release")["callback"]["state"] == "queued"


def test_nobody_who_handled_it_calls_back(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    desk.change("INSERT INTO user_roles (user_id, role, unit_id, since) VALUES (%s, 'callback_agent', %s, '2020-01-01')",
                desk.user_ids["handler.cgj"], desk.unit_ids["cgj"])  # fmt: skip
    desk.tokens.clear()  # A token that was looked at a moment ago still stands for the roles of then.
    desk.token("handler.cgj")
    before = desk.everything()
    for trigger, fields in (("record_callback", GOOD), ("claim", {})):
        refused = desk.act("handler.cgj", ticket, trigger, fields)
        assert refused.status_code == 422 and "不得回访自己的工单" in refused.json["detail"]
    assert desk.call("handler.cgj", "POST", "/callbacks/next", {}).json == {"callback": None}
    assert desk.everything() == before
    answered = desk.register(type="consult")["id"]
    desk.do("agent", answered, "answer", reply_text="见官网。")
    desk.change("INSERT INTO user_roles (user_id, role, unit_id, since) VALUES (%s, 'callback_agent', %s, '2020-01-01')",
                desk.user_ids["agent"], desk.unit_ids["centre"])  # fmt: skip
    desk.tokens.clear()
    assert desk.act("agent", answered, "record_callback", GOOD).status_code == 422


def test_a_round_is_evaluated_once(desk: Desk) -> None:
    ticket = desk.a_ticket("rated")
    before = desk.everything()
    for who, fields in (("callback", GOOD), ("callback", {"reached": False})):
        refused = desk.act(who, ticket, "record_callback", fields)
        assert refused.status_code == 422 and "本轮办理已有评价" in refused.json["detail"]
    assert desk.everything() == before
    desk.do("supervisor", ticket, "rehandle", reason="市民来电称问题反复")
    for _, who, trigger, fields in STRAIGHT[2:7]:
        desk.do(who, ticket, trigger, **fields)
    shown = callback_of(desk, ticket)
    assert (shown["round"], shown["state"], [each["rating"] for each in shown["earlier"]]) == (2, "rated", ["satisfied"])


def test_off_the_scale_or_for_no_listed_reason(desk: Desk) -> None:
    a_pack(
        desk.system,
        ("rating_scale = 5", "rating_scale = 3"),
        ("dissatisfaction_reasons_required = false", "dissatisfaction_reasons_required = true"),
    )
    ticket = desk.a_ticket("completed")
    before = desk.everything()
    for fields, told in (
        ({**GOOD, "rating": "very_satisfied"}, "basically_satisfied, dissatisfied, satisfied"),
        ({**GOOD, "manner_rating": "very_dissatisfied"}, "basically_satisfied, dissatisfied, satisfied"),
        ({**BAD, "reasons": ["weather"]}, "attitude"),
        ({"contacted": True, "solved": False, "rating": "dissatisfied"}, "须记明原因"),
        ({**GOOD, "reached": False}, "未接通诉求人"),
    ):
        refused = desk.act("callback", ticket, "record_callback", fields)
        assert refused.status_code == 422 and told in refused.json["detail"]
    assert desk.everything() == before
    assert desk.act("callback", ticket, "record_callback", {}).status_code == 400
    assert desk.do("callback", ticket, "record_callback", **BAD)["badges"] == ["dissatisfied"]


def test_the_time_for_an_evaluation_ends_and_nothing_is_counted_as_satisfied(desk: Desk, clock: MovedClock) -> None:
    """Five working days from Monday the 1st."""
    ticket = desk.a_ticket("completed")
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    assert desk.get("", f"/public/tickets/{code}")["may_rate"]
    clock.advance(timedelta(days=8))
    sweep(desk.system)
    shown = callback_of(desk, ticket)
    assert (shown["state"], shown["rating"], desk.get("callback", f"/tickets/{ticket}")["state"]) == ("expired", None, "closed")
    late = desk.call("", "POST", f"/public/tickets/{code}/rating", {"rating": "satisfied"})
    assert late.status_code == 422 and "评价期限已过" in late.json["detail"]
    assert not desk.get("", f"/public/tickets/{code}")["may_rate"]
    figures = desk.get("supervisor", "/statistics/callbacks?from=2025-09-01&to=2025-09-30")["summary"]
    assert (figures["valid"], figures["expired"]) == (0, 1)
