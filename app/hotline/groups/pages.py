"""Pages of what grows out of many tickets: hot issues with their days and owners, collective complaints, and the brief of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.clock import local
from app.errors import Refusal
from app.hotline import codes
from app.hotline.desks.casefile import case_file, refused, wanted
from app.web.look import Done, Look, Page, Shown

HOT, COLLECTIVE = "/hot-issues", "/collective-complaints"
READERS = frozenset({"supervisor", "leader", "secretary", "dispatcher", "reviewer", "unit_clerk", "handler", "unit_lead", "auditor"})
FINDERS = frozenset({"supervisor"})
FILTERS = ("state", "open", "unit", "overdue")
MEMBERS = 100


def hot(look: Look) -> Shown:
    return Shown("groups/hot.html", listed(look, "hot-issue", "/hot-issues"))


def collective(look: Look) -> Shown:
    return Shown("groups/collective.html", listed(look, "collective-complaint", "/collective-complaints"))


def listed(look: Look, kind: str, door: str) -> dict[str, Any]:
    query = wanted(look, FILTERS, "30")
    asked = query if "state" in query or "open" in query else {**query, "open": "true"}
    found = look.get(door, asked)
    states = codes.states(look.system, kind, look.lang)
    return {"rows": found["items"], "next": found["next"], "given": look.args.to_dict(), "states": states}


def hot_one(look: Look, id: int) -> Shown:
    found = case_file(look, "hot-issues", id)
    members = look.get("/hot-issues/{id}/tickets", id=id)["items"]
    days = found["case"]["days"]
    most = max((day["count"] for day in days), default=1)
    return Shown("groups/hot-one.html", {**found, **shown_of(look, members), "days": days, "most": most})


def collective_one(look: Look, id: int) -> Shown:
    members = look.get("/collective-complaints/{id}/tickets", id=id)["items"]
    return Shown("groups/collective-one.html", {**case_file(look, "collective-complaints", id), **shown_of(look, members)})


def shown_of(look: Look, members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The newest of many, and how many there are."""
    newest = sorted(members, key=lambda row: -row["id"])[:MEMBERS]
    return {"members": newest, "count": len(members), "states": dict(codes.states(look.system, "ticket", look.lang))}


def brief(look: Look) -> Shown:
    month = look.args.get("month", "") or f"{local(look.now):%Y-%m}"
    states = dict(codes.states(look.system, "collective-complaint", look.lang))
    return Shown("groups/brief.html", {"brief": look.get("/collective-complaints/brief", {"month": month}), "states": states})


def brief_again(look: Look, refusal: Refusal) -> Shown:
    return Shown("groups/brief.html", {"brief": None, "states": {}, **refused(look, refusal)}, status=refusal.status)


def find(look: Look) -> Done:
    count = look.post("/hot-issues/find")["found"]
    return Done(HOT, f"已重新查找热点，新发现 {count} 个。", f"Looked again: {count} new.")


PAGES = (
    Page(HOT, hot, "热点", "Hot issues", READERS, nav="lead", icon="flame"),
    Page(f"{HOT}/find", find, "查找热点", "Look for hot issues", FINDERS, method="POST"),
    Page(f"{HOT}/{{id}}", hot_one, "热点", "Hot issue", READERS),
    Page(COLLECTIVE, collective, "集体投诉", "Collective complaints", READERS, nav="lead", icon="users"),
    Page(f"{COLLECTIVE}/brief", brief, "集体投诉月度通报", "Monthly brief", READERS, again=brief_again),
    Page(f"{COLLECTIVE}/{{id}}", collective_one, "集体投诉", "Collective complaint", READERS),
)
