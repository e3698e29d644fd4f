"""四个提级: on key tickets a higher level than usual circulates, studies, reviews and calls back; and what that did to satisfaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.fire import Fire
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock
from tests.supervision.office import refused, step
from tests.supervision.test_conferences import UNHAPPY, concluded, evaluated, once_more

KEY = ["rectification"]
GLAD = {"contacted": True, "solved": True, "rating": "satisfied"}


def callback_of(desk: Desk, ticket: int) -> int:
    [found] = [item["id"] for item in desk.get("leader", f"/callbacks?ticket={ticket}")["items"] if item["state"] in ("queued", "claimed")]
    return int(found)


def test_the_pack_proposes_and_a_person_raises(desk: Desk) -> None:
    ticket = desk.a_ticket("replied", labels=KEY)
    shown = desk.get("supervisor", f"/tickets/{ticket}")
    proposed = {each["measure"]: each["row"] for each in shown["elevation_proposed"]}
    assert shown["elevations"] == [] and proposed == {
        "elevated_bulletin": "elevate-key-bulletin", "elevated_study": "elevate-rectification-study",
        "elevated_review": "elevate-key-review", "elevated_callback": "elevate-key-callback",
    }  # fmt: skip
    refused(desk, "reviewer", "tickets", ticket, "elevate", 403, "", measures=["elevated_review"])
    raised = desk.do("supervisor", ticket, "elevate", measures=["elevated_review"], reason="涉整改")
    assert raised["elevations"] == ["elevated_review"] and "elevated" in raised["badges"]
    assert "elevated_review" not in {each["measure"] for each in raised["elevation_proposed"]}
    assert desk.get("supervisor", "/tickets")["items"][0]["elevations"] == ["elevated_review"]


def test_a_review_that_is_raised_is_no_reviewer_s(desk: Desk) -> None:
    ticket = desk.a_ticket("replied", labels=KEY)
    refused(desk, "leader", "tickets", ticket, "approve", 422, "领导只审核提级审核件")
    desk.do("supervisor", ticket, "elevate", measures=["elevated_review"])
    refused(desk, "reviewer", "tickets", ticket, "approve", 422, "提级审核件须由督办员或领导审核")
    refused(desk, "reviewer", "tickets", ticket, "send_back", 422, "提级审核件", reason="未写明", gates=["quality"])
    actions = {who: {each["trigger"] for each in desk.get(who, f"/tickets/{ticket}")["actions"]} for who in ("reviewer", "leader")}
    assert "approve" not in actions["reviewer"] and "approve" in actions["leader"]
    assert desk.do("leader", ticket, "approve")["state"] == "completed"


def test_a_callback_that_is_raised_is_a_supervisor_s_or_whom_he_named(desk: Desk) -> None:
    ticket = desk.a_ticket("completed", labels=KEY)
    desk.do("supervisor", ticket, "elevate", measures=["elevated_callback"])
    callback = callback_of(desk, ticket)
    refused(desk, "callback", "callbacks", callback, "claim", 422, "提级回访件")
    desk.do("leader", ticket, "elevate", measures=["elevated_callback"], person=desk.user_ids["callback"])
    step(desk, "callback", "callbacks", callback, "claim")
    assert step(desk, "callback", "callbacks", callback, "record_callback", **GLAD)["state"] == "rated"


def test_a_supervisor_calls_back_himself(desk: Desk) -> None:
    ticket = desk.a_ticket("completed", labels=KEY)
    desk.do("supervisor", ticket, "elevate", measures=["elevated_callback"])
    callback = callback_of(desk, ticket)
    step(desk, "supervisor", "callbacks", callback, "claim")
    assert step(desk, "supervisor", "callbacks", callback, "record_callback", **GLAD)["state"] == "rated"


def test_a_study_that_is_raised_is_chaired_by_a_leader(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", labels=KEY)
    desk.do("leader", ticket, "elevate", measures=["elevated_study"])
    desk.do("supervisor", ticket, "call_conference", form="meeting", chair=desk.user_ids["supervisor"])
    conference = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"][0]["id"]
    refused(desk, "supervisor", "conferences", conference, "hold", 422, "须由领导主持")
    step(desk, "supervisor", "conferences", conference, "invite", chair=desk.user_ids["leader"])
    assert concluded(desk, conference, "explain")["chair_person"]["id"] == desk.user_ids["leader"]


def test_raised_by_rule_it_takes_what_the_pack_proposes_and_is_circulated(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", labels=["key"])
    execute(desk.system, Fire(SYSTEM, "ticket", ticket, "elevate"))
    shown = desk.get("supervisor", f"/tickets/{ticket}")
    assert shown["elevations"] == ["elevated_bulletin", "elevated_review", "elevated_callback"] and shown["elevation_proposed"] == []
    assert ("ticket", "circulate") in desk.triggers(ticket)
    plain = desk.a_ticket("handling")
    refused(desk, "supervisor", "tickets", plain, "elevate", 422, "没有可采取的提级措施")


def test_satisfaction_before_and_after(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("completed", labels=KEY)
    evaluated(desk, ticket, UNHAPPY)
    clock.advance(timedelta(hours=1))
    desk.do("supervisor", ticket, "elevate", measures=["elevated_review", "elevated_callback"])
    desk.do("reviewer", ticket, "rehandle", reason="重点件重办")
    desk.do("clerk.cgj", ticket, "sign")
    once_more_raised(desk, ticket)
    figures: Any = desk.get("leader", "/statistics/elevations?from=2025-09-01T00:00:00%2B08:00&to=2025-10-01T00:00:00%2B08:00")
    before, after = {"evaluated": 1, "satisfied": 0, "rate": "0.000"}, {"evaluated": 1, "satisfied": 1, "rate": "1.000"}
    assert figures["all"] == {"tickets": 1, "before": before, "after": after}
    assert [item["measure"] for item in figures["items"]] == ["elevated_callback", "elevated_review"]
    assert desk.get("leader", "/statistics/elevations?to=2025-09-01T00:00:00%2B08:00")["all"]["tickets"] == 0


def once_more_raised(desk: Desk, ticket: int) -> None:
    once_more(desk, ticket, "supervisor", signed=True)
    callback = callback_of(desk, ticket)
    step(desk, "supervisor", "callbacks", callback, "claim")
    step(desk, "supervisor", "callbacks", callback, "record_callback", **GLAD)
