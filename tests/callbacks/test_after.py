"""After dissatisfaction a person decides: handled again, closed with a ground, or ended; what others asked, and who rates himself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose
from app.core.sweep import sweep
from tests.callbacks.test_calling import BAD, GOOD, callback_of
from tests.factories.hotline import STRAIGHT, Desk
from tests.fixtures.living import MovedClock

EVENT = {"source": "city", "reference": "GZ-HF-1", "at": "2025-09-01T09:00:00+08:00", "contacted": True, "rating": "dissatisfied"}


def once_more(desk: Desk, ticket: int) -> None:
    for _, who, trigger, fields in STRAIGHT[2:6]:
        desk.do(who, ticket, trigger, **fields)


def running(desk: Desk, ticket: int, name: str) -> int:
    return len(desk.rows("SELECT 1 AS n FROM clocks WHERE root_id = %s AND name = %s AND state = 'running'", ticket, name))


def code_of(desk: Desk, ticket: int) -> str:
    code: str = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    return code


def rate(desk: Desk, code: str, **body: Any) -> Any:
    return desk.call("", "POST", f"/public/tickets/{code}/rating", body)


def test_a_dissatisfaction_waits_for_a_decision_with_a_clock_of_its_own(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    shown = desk.do("callback", ticket, "record_callback", **BAD)
    assert shown["badges"] == ["dissatisfied"] and shown["dissatisfactions"] == 1 and running(desk, ticket, "decision_clock") == 1
    assert desk.get("reviewer", "/tickets?state=completed")["items"][0]["badges"] == ["dissatisfied"]
    before = desk.everything()
    for fields, told in (
        ({}, "须由人作出决定"),
        ({"reason": "已解释"}, "within_policy"),
        ({"no_further_ground": "within_policy"}, "须由人作出决定"),
        ({"reason": "已解释", "no_further_ground": "tired"}, "不再办理的依据须为规则包列明的"),
    ):
        refused = desk.act("callback", ticket, "close", fields)
        assert refused.status_code == 422 and told in refused.json["detail"]
    assert desk.everything() == before
    shown = desk.do("reviewer", ticket, "close", reason="超出政策规定，已解释", no_further_ground="within_policy")
    assert (shown["state"], shown["no_further_ground"], running(desk, ticket, "decision_clock")) == ("closed", "within_policy", 0)


def test_handled_again_is_a_round_with_its_own_limit_and_its_own_callback(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("callback", ticket, "record_callback", **BAD)
    clock.advance(timedelta(days=1))
    shown = desk.do("reviewer", ticket, "rehandle", reason="问题没有解决")
    assert (shown["state"], shown["round"], shown["callback"], shown["badges"]) == ("dispatched", 2, None, ["round 2"])
    assert running(desk, ticket, "decision_clock") == 0 and running(desk, ticket, "total_clock") == 1
    once_more(desk, ticket)
    assert callback_of(desk, ticket)["earlier"][0]["rating"] == "dissatisfied"
    assert desk.do("callback", ticket, "record_callback", **GOOD)["badges"] == ["round 2"]
    assert desk.do("callback", ticket, "close")["state"] == "closed"


def test_what_is_unreached_when_it_is_handled_again_is_over(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("supervisor", ticket, "rehandle", reason="抽查发现没有办理到位")
    assert callback_of(desk, ticket)["state"] == "expired"
    refused = rate(desk, code_of(desk, ticket), rating="satisfied")
    assert refused.status_code == 409


def test_terminated_only_after_dissatisfaction(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    fields = {"reason": "诉求已穷尽办理", "termination_ground": "legal_channel"}
    early = desk.act("reviewer", ticket, "terminate", fields)
    assert early.status_code == 422 and "只有在诉求人不满意" in early.json["detail"]
    desk.do("callback", ticket, "record_callback", **BAD)
    assert desk.do("reviewer", ticket, "terminate", **fields)["state"] == "terminated"
    assert desk.rows("SELECT 1 AS n FROM cases WHERE root_id = %s AND open", ticket) == []


def test_the_second_dissatisfaction_is_studied_before_it_is_handled_again(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("callback", ticket, "record_callback", **BAD)
    desk.do("reviewer", ticket, "rehandle", reason="重办")
    once_more(desk, ticket)
    assert desk.do("callback", ticket, "record_callback", **BAD)["dissatisfactions"] == 2
    before = desk.everything()
    refused = desk.act("reviewer", ticket, "rehandle", {"reason": "再办一次"})
    assert refused.status_code == 422 and "不得跳过这一级" in refused.json["detail"] and desk.everything() == before
    assert "rehandle" not in [action["trigger"] for action in desk.get("reviewer", f"/tickets/{ticket}")["actions"]]
    conference = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"][0]["id"]
    for trigger, fields in (("hold", {"held_at": EVENT["at"]}), ("conclude", {"minutes": "已踏勘。", "conclusion": "rehandle"})):
        answer = desk.call("supervisor", "POST", f"/conferences/{conference}/transitions", {"trigger": trigger, "fields": fields})
        assert answer.status_code == 200, answer.text
    assert desk.do("reviewer", ticket, "rehandle", reason="按踏勘结论重办")["round"] == 3


def test_a_silent_pack_asks_for_no_study_and_no_ground(desk: Desk) -> None:
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    ticket = desk.a_ticket("completed")
    assert callback_of(desk, ticket)["expires_at"] is None and callback_of(desk, ticket)["script"] == []
    for _ in range(3):
        desk.do("callback", ticket, "record_callback", **{**BAD, "reasons": ["anything"]})
        desk.do("reviewer", ticket, "rehandle", reason="重办")
        once_more(desk, ticket)
    for _ in range(4):
        assert desk.do("callback", ticket, "record_callback", reached=False)["callback"]["state"] == "queued"
    desk.do("callback", ticket, "record_callback", **BAD)
    assert desk.act("reviewer", ticket, "close").status_code == 422
    assert desk.do("reviewer", ticket, "close", reason="已解释")["state"] == "closed"


def test_a_citizen_rates_with_the_code_once_and_confirms(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    code = code_of(desk, ticket)
    before = desk.everything()
    assert desk.get("", f"/public/tickets/{code}")["may_rate"] and desk.everything() == before, "to look is not to rate"
    unsure = rate(desk, code, rating="satisfied", confirm=False)
    assert unsure.status_code == 422 and "请确认" in unsure.json["detail"] and desk.everything() == before
    rated = rate(desk, code, rating="dissatisfied", solved=False, manner_rating="satisfied", reasons=["slow"], way="sms", confirm=True)
    assert rated.status_code == 200 and not rated.json["may_rate"]
    shown = callback_of(desk, ticket)
    assert (shown["state"], shown["rating"], shown["way"], shown["manner_rating"]) == ("rated", "dissatisfied", "sms", "satisfied")
    assert desk.get("reviewer", f"/tickets/{ticket}")["badges"] == ["dissatisfied"]
    twice = rate(desk, code, rating="satisfied")
    assert twice.status_code == 422 and "本轮办理已有评价" in twice.json["detail"]
    assert [row["rating"] for row in desk.rows("SELECT rating FROM evaluations")] == ["dissatisfied"]


def test_a_citizen_is_heard_after_nobody_reached_him_and_after_the_ticket_was_closed(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("callback", ticket, "record_callback", call_outcome="dead_number")
    desk.do("callback", ticket, "close")
    assert rate(desk, code_of(desk, ticket), rating="basically_satisfied").status_code == 200
    shown = desk.get("reviewer", f"/tickets/{ticket}")
    assert (shown["state"], shown["rating"], shown["callback"]["state"]) == ("closed", "basically_satisfied", "rated")
    other = desk.a_ticket("completed")
    desk.do("reviewer", other, "close", reason="诉求人要求不回访")
    shown = callback_of(desk, other)
    assert (shown["state"], [each["name"] for each in shown["clocks"] if each["state"] == "running"]) == ("queued", ["rating_clock"])
    called = desk.act("callback", other, "record_callback", GOOD)
    assert called.status_code == 422 and "不再回访" in called.json["detail"]
    assert desk.call("callback", "POST", "/callbacks/next", {}).json == {"callback": None}
    assert rate(desk, code_of(desk, other), rating="very_dissatisfied").status_code == 200
    assert desk.get("reviewer", f"/tickets/{other}")["badges"] == ["dissatisfied"]
    assert desk.do("supervisor", other, "rehandle", reason="结案后不满意")["round"] == 2


def test_an_invitation_is_an_event_and_answers_nothing(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    version = desk.get("callback", f"/tickets/{ticket}")["version"]
    assert desk.do("callback", ticket, "invite")["version"] == version
    assert callback_of(desk, ticket)["invited_at"] == "2025-09-01T09:30:00+08:00"
    assert desk.rows("SELECT 1 AS n FROM evaluations") == []
    assert desk.act("agent", ticket, "invite").status_code == 403


def test_what_the_city_has_asked_stands_beside_ours(desk: Desk) -> None:
    ticket = desk.a_ticket("rated")
    desk.change("UPDATE tickets SET upstream_number = 'GZ-7' WHERE id = %s", ticket)
    told = desk.call("supervisor", "POST", "/callback-events", {**EVENT, "upstream_number": "GZ-7", "reasons": ["not_solved"]})
    assert told.status_code == 201, told.text
    assert (told.json["rating"], told.json["badges"], told.json["dissatisfactions"]) == ("satisfied", ["dissatisfied"], 1)
    assert running(desk, ticket, "decision_clock") == 1
    before = desk.everything()
    again = desk.call("supervisor", "POST", "/callback-events", {**EVENT, "ticket": ticket})
    assert again.status_code == 200 and desk.everything() == before, "one reference is told once"
    third = {**EVENT, "ticket": ticket, "source": "third_party", "rating": "satisfied"}
    assert desk.call("supervisor", "POST", "/callback-events", third).status_code == 201
    sides = [(each["source"], each["rating"]) for each in callback_of(desk, ticket)["evaluations"]]
    assert sides == [("own", "satisfied"), ("city", "dissatisfied"), ("third_party", "satisfied")]
    assert desk.act("callback", ticket, "close").status_code == 422, "a person decides what becomes of it"
    shown = desk.do("reviewer", ticket, "rehandle", reason="市回访不满意")
    late = desk.call("supervisor", "POST", "/callback-events", {**EVENT, "ticket": ticket, "reference": "GZ-HF-9"})
    assert late.status_code == 201 and late.json["badges"] == shown["badges"], "of the round before: kept, and decided already"
    assert desk.rows("SELECT round FROM evaluations WHERE reference = 'GZ-HF-9'") == [{"round": 1}]


@pytest.mark.parametrize(
    ("who", "body", "status", "told"),
    [
        ("callback", {}, 403, "不能登记外部回访"),
        ("supervisor", {"at": "2025-09-02T09:00:00+08:00"}, 422, "评价时间不能晚于现在"),
        ("supervisor", {"rating": "wonderful"}, 400, ""),
        ("supervisor", {"upstream_number": "GZ-7"}, 400, ""),
        ("supervisor", {"ticket": 999}, 404, ""),
    ],
)
def test_an_event_that_cannot_be(desk: Desk, who: str, body: dict[str, Any], status: int, told: str) -> None:
    ticket = desk.a_ticket("completed")
    desk.token(who)
    before = desk.everything()
    refused = desk.call(who, "POST", "/callback-events", {**EVENT, "ticket": ticket, **body})
    assert refused.status_code == status and told in refused.json["detail"] and desk.everything() == before


def test_an_event_about_what_was_never_completed(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    refused = desk.call("supervisor", "POST", "/callback-events", {**EVENT, "ticket": ticket})
    assert refused.status_code == 422 and "尚未办结过" in refused.json["detail"]


def test_the_figures_by_unit_have_valid_callbacks_as_their_denominator(desk: Desk, clock: MovedClock) -> None:
    for answers in (GOOD, {**GOOD, "rating": "basically_satisfied"}, BAD, {**GOOD, "contacted": False}):
        desk.do("callback", desk.a_ticket("completed"), "record_callback", **answers)
    desk.do("callback", desk.a_ticket("completed"), "record_callback", call_outcome="refused")
    other = desk.a_ticket("accepted")
    desk.do("dispatcher", other, "dispatch", lead_unit="swj")
    for _, who, trigger, fields in STRAIGHT[2:7]:
        desk.do(who.replace("cgj", "swj"), other, trigger, **fields)
    desk.call("supervisor", "POST", "/callback-events", {**EVENT, "ticket": other})
    told = desk.get("supervisor", "/statistics/callbacks?from=2025-09-01&to=2025-09-01")
    first = next(line for line in told["units"] if line["unit"]["code"] == "cgj")
    counts = ("valid", "contacted", "solved", "satisfied", "basically_satisfied", "dissatisfied", "unreachable", "elsewhere")
    assert [first[name] for name in counts] == [4, 3, 3, 2, 1, 1, 1, 0]
    assert (first["contact_rate"], first["solve_rate"], first["satisfaction_rate"]) == ("0.7500", "0.7500", "0.7250")
    assert told["summary"]["valid"] == 5 and told["summary"]["satisfaction_rate"] == "0.8625", "the mean of both units, not of all calls"
    own = desk.get("lead.swj", "/statistics/callbacks?from=2025-09-01&to=2025-09-01")
    assert [line["unit"]["code"] for line in own["units"]] == ["swj"]
    assert desk.get("supervisor", "/statistics/callbacks?from=2025-09-02&to=2025-09-30")["units"] == []
    assert desk.call("supervisor", "GET", "/statistics/callbacks?from=2025-09-02&to=2025-09-01").status_code == 400


def test_an_expired_evaluation_leaves_a_dissatisfied_ticket_to_a_person(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed")
    desk.call("supervisor", "POST", "/callback-events", {**EVENT, "ticket": ticket})
    clock.advance(timedelta(days=10))
    sweep(desk.system)
    shown = desk.get("reviewer", f"/tickets/{ticket}")
    assert (shown["state"], shown["callback"]["state"]) == ("completed", "expired")
    assert [each["overdue"] for each in shown["clocks"] if each["name"] == "decision_clock"] == [True]
