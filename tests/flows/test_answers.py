"""What figures, people, keys, rules and notices answer looks as the document says, each with something in it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from app.api import people_shapes, rule_shapes, watch_shapes
from app.api.definitions import WorkflowShown
from app.api.refusals import ProblemKind
from app.api.verbs import DONE
from app.hotline import figure_shapes
from app.hotline.callbacks.schemas import NOTED
from app.hotline.public_shapes import PUBLIC_SHOWN
from app.notices import shapes as notices
from app.simulation.crew import drain
from app.supervision import shapes as supervision
from app.supervision.api import ATTACHED_TO
from rules.calendars import shipped_calendars
from rules.packs import shipped_packs
from tests.factories.hotline import DEMAND, Desk
from tests.flows.test_shapes import differences
from tests.links.test_groups import THRESHOLD, a_group
from tests.supervision.office import attach, begin

FRIDAY = "2025-09-05T18:00:00+08:00"
LATER = "2025-12-01T00:00:00+08:00"
PASSWORD = "Correct-horse-7"
PLAN = {"plan": "等待专项资金", "approval_level": "department", "public_explanation": "正在落实"}


def alike(desk: Desk, who: str, shapes: dict[str, Schema]) -> None:
    """Each of these answers has the names of its shape and, where it is a list, something in it."""
    for path, shape in shapes.items():
        answer = desk.get(who, path)
        assert answer.get("items", True), path
        assert (differences(shape, answer), path) == ([], path)


def posted(desk: Desk, who: str, path: str, body: Any = None) -> Any:
    answer = desk.call(who, "POST", path, body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def test_figures(desk: Desk) -> None:
    desk.a_ticket("closed")
    unhappy = desk.a_ticket("completed")
    desk.do("callback", unhappy, "record_callback", contacted=True, solved=False, rating="dissatisfied", reasons=["not_solved"])
    asked = desk.a_ticket("handling")
    desk.do("clerk.cgj", asked, "request_return", return_ground="not_our_duty", reason="不属本局")
    desk.do("supervisor", asked, "supervise", level="general", reason="久拖不决", unit="cgj", report_due_at=FRIDAY)
    desk.do("supervisor", asked, "elevate", measures=["elevated_review"], reason="重点工单")
    desk.do("supervisor", desk.a_ticket("handling"), "suspend", **PLAN, review_at="2025-10-15T09:00:00+08:00")
    alike(desk, "supervisor", {
        "/statistics/callbacks?from=2025-09-01&to=2025-09-30": figure_shapes.CALLBACK_FIGURES,
        "/statistics/returns": figure_shapes.RETURN_FIGURES, "/statistics/suspensions": figure_shapes.SUSPENSION_FIGURES,
        "/statistics/supervisions": supervision.SUPERVISION_FIGURES, "/statistics/elevations": supervision.ELEVATION_FIGURES,
        "/ladder?least=1": supervision.LADDER,
    })  # fmt: skip
    assert desk.get("supervisor", "/statistics/suspensions")["by_unit"] and desk.get("supervisor", "/statistics/elevations")["items"]


def test_groups(desk: Desk) -> None:
    a_group(desk, THRESHOLD)
    (complaint,) = desk.get("supervisor", "/collective-complaints")["items"]
    alike(desk, "supervisor", {
        f"/collective-complaints/{complaint['id']}/tickets": figure_shapes.MEMBERS,
        "/collective-complaints/brief?month=2025-09": figure_shapes.BRIEF,
    })  # fmt: skip
    assert differences(figure_shapes.SEARCHED, posted(desk, "supervisor", "/hot-issues/find")) == []


def test_notices(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched", citizen={"phone": "13812345678"})
    drain(desk.system)
    alike(desk, "supervisor", {f"/tickets/{ticket}/deliveries": notices.DELIVERIES, "/me/notice-settings": notices.SETTINGS})
    desk.change("UPDATE deliveries SET status = 'given_up', why = 'http_500' WHERE channel <> 'inbox' AND user_id IS NOT NULL")
    alike(desk, "admin", {"/notices/failures": notices.FAILURES})
    newest = desk.get("clerk.cgj", "/inbox")["items"][0]["id"]
    assert posted(desk, "clerk.cgj", f"/inbox/{newest}/read").keys() == DONE.fields.keys()


def test_people_and_units(desk: Desk) -> None:
    clerk, unit, other = desk.user_ids["clerk.cgj"], desk.unit_ids["swj"], desk.unit_ids["hbj"]
    lead = desk.user_ids["lead.cgj"]
    posted(desk, "admin", f"/users/{clerk}/leaves", {"since": FRIDAY, "until": LATER, "substitute_id": lead})
    posted(desk, "security", "/policy", {"reason": "加强口令要求", "numbers": {"min_length": 12}})
    posted(desk, "admin", f"/units/{unit}/rename", {"name": "水务和水利局", "reason": "机构改革", "effective_at": LATER})
    posted(desk, "admin", "/units/merge", {"unit_ids": [other], "into": unit, "reason": "机构改革"})
    ticket = desk.a_ticket("handling", citizen={"phone": "13812345678"})
    posted(desk, "dispatcher", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "回电核实"})
    shapes = people_shapes
    alike(desk, "admin", {
        "/users": shapes.USERS, f"/users/{clerk}": shapes.USER, "/tokens": shapes.TOKENS, "/policy": shapes.POLICY,
        f"/units/{unit}": shapes.UNIT_STORY, f"/units/{unit}/then?at=2025-09-01T00:00:00%2B08:00": shapes.UNIT_THEN,
        "/reorganisations": shapes.REORGANISATIONS, "/me/stations": shapes.STATIONS,
    })  # fmt: skip
    alike(desk, "auditor", {"/unmaskings": shapes.UNMASKINGS, "/people-log": shapes.LOG})
    assert desk.get("admin", f"/users/{clerk}")["leaves"] and desk.get("admin", f"/units/{unit}")["successions"]
    assert desk.get("admin", "/policy")["versions"]


def test_a_session(desk: Desk) -> None:
    posted(desk, "admin", f"/users/{desk.user_ids['agent']}/password", {"new": PASSWORD})
    opened = posted(desk, "", "/sessions", {"username": "agent", "password": PASSWORD})
    assert differences(people_shapes.OPENED, opened) == []
    posted(desk, "", "/password", {"username": "agent", "old": PASSWORD, "new": "Another-horse-8"})
    desk.tokens["agent"] = posted(desk, "", "/sessions", {"username": "agent", "password": "Another-horse-8"})["token"]
    alike(desk, "agent", {"/sessions": people_shapes.SESSION})
    ended = desk.call("agent", "DELETE", "/sessions").json
    assert differences(people_shapes.ENDED, ended) == []


def test_who_watches(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    attach(desk, "clerk.cgj", "tickets", ticket, "现场.pdf")
    posted(desk, "auditor", "/audit/verifications")
    alike(desk, "auditor", {
        "/file-log": watch_shapes.FILE_LOG, "/keys": watch_shapes.KEYS, "/administration": watch_shapes.ATTENTION,
        "/audit/verifications": watch_shapes.VERIFICATIONS,
    })  # fmt: skip


def test_rules_and_refusals(desk: Desk) -> None:
    shapes = rule_shapes
    alike(desk, "admin", {
        "/packs": shapes.PACKS, "/packs/demo-district": shapes.PACK, "/calendars": shapes.YEARS, "/calendars/2025": shapes.YEAR,
        "/workflows/extension": WorkflowShown(), "/problems/stale": ProblemKind(),
    })  # fmt: skip
    tried = posted(desk, "admin", "/packs/check", {"text": shipped_packs()["demo-district"].replace('"4wh"', '"5wh"')})
    assert tried["differences"] and differences(shapes.PACK_TRIED, tried) == []
    year = posted(desk, "admin", "/calendars/check", {"text": shipped_calendars()[2025] + "\n# x\n"})
    assert differences(shapes.YEAR_TRIED, year) == []
    explained = posted(desk, "agent", "/packs/explain", {"table": "limits", "facts": {"clock": "handle_clock", "type": "help"}})
    assert explained["rows"] and differences(shapes.EXPLAINED, explained) == []
    limit = posted(desk, "agent", "/deadlines", {"start": "2025-09-30T10:00:00+08:00", "amount": "15wd"})
    assert limit["steps"] and differences(shapes.LIMIT, limit) == []


def test_what_is_told_at_the_public_door_and_by_others(desk: Desk) -> None:
    said = {**DEMAND, "citizen": {"name": "王小明", "phone": "13812345678"}}
    given = {name: value for name, value in said.items() if name not in ("channel", "category")}
    assert differences(PUBLIC_SHOWN, posted(desk, "", "/public/tickets", given)) == []
    event = {"source": "city", "reference": "GZ-77", "at": "2025-09-01T09:00:00+08:00", "rating": "satisfied"}
    noted = posted(desk, "supervisor", "/callback-events", {"ticket": desk.a_ticket("completed"), **event})
    assert differences(NOTED, noted) == []
    matter = begin(desk, "supervisor", "supervisions", title="清淤", supervision_source="other")
    assert attach(desk, "supervisor", "supervisions", matter) and ATTACHED_TO["supervision"].fields.keys() == {"id", "supervision"}
