"""What a page costs: however many rows it lists, it asks the database as often, and no oftener than is said here for each page."""

from __future__ import annotations

import re
from typing import Any

from app.main import PAGES
from app.simulation.crew import drain
from tests.factories.hotline import Desk
from tests.factories.shares import ASKED
from tests.supervision.office import begin, step
from tests.web_pages.eyes import Eyes, cost
from tests.web_pages.waiting import behind_tabs

# Address, who opens it, and how many trips it may take at most. What stands in braces is filled in from what there is.
COSTS: tuple[tuple[str, str, int], ...] = (
    ("/", "supervisor", 30),
    ("/", "dispatcher", 30),
    # Where no day is folded yet, each span of the days that today is compared with is counted by itself.
    ("/", "clerk.cgj", 14),
    ("/", "handler.cgj", 14),
    ("/home/numbers", "lead.cgj", 30),
    ("/wall", "leader", 30),
    ("/wall/numbers", "leader", 30),
    ("/desk/dispatch", "dispatcher", 30),
    ("/desk/dispatch/queue", "dispatcher", 9),
    ("/desk/dispatch/asked", "dispatcher", 15),
    ("/desk/dispatch/asked/queue", "dispatcher", 6),
    ("/desk/adjudication", "dispatcher", 30),
    ("/desk/adjudication/queue", "dispatcher", 6),
    ("/desk/unit", "clerk.cgj", 9),
    ("/desk/unit?tab=asked", "clerk.cgj", 20),
    ("/desk/unit/queue", "clerk.cgj", 9),
    ("/desk/unit/asked?unit=cgj&state=called", "clerk.cgj", 14),
    ("/handling", "handler.cgj", 6),
    ("/handling/{handled}", "handler.cgj", 14),
    ("/desk/review", "reviewer", 16),
    ("/desk/review?tab=extensions", "reviewer", 14),
    ("/desk/review/queue", "reviewer", 6),
    ("/desk/callback", "callback", 15),
    ("/desk/callback/queue", "callback", 6),
    ("/alarms", "duty", 9),
    ("/alarms/rows", "duty", 9),
    ("/desk/supervision", "supervisor", 9),
    ("/desk/supervision/rows", "supervisor", 9),
    ("/desk/supervision?tab=soon", "supervisor", 10),
    ("/supervisions", "supervisor", 7),
    ("/supervisions/rows", "supervisor", 6),
    ("/instructions", "secretary", 5),
    ("/instructions/rows", "secretary", 5),
    ("/conferences", "secretary", 5),
    ("/statistics", "supervisor", 5),
    ("/cards", "supervisor", 6),
    ("/hot-issues", "supervisor", 4),
    ("/collective-complaints", "supervisor", 5),
    ("/collective-complaints/brief", "supervisor", 5),
    ("/knowledge", "agent", 5),
    ("/knowledge/found?q=公积金", "agent", 5),
    ("/tickets", "dispatcher", 5),
    ("/tickets?q=垃圾", "clerk.cgj", 6),
    ("/tickets/export?format=csv", "clerk.cgj", 12),
    ("/tickets/{ticket}", "dispatcher", 10),
    ("/tickets/{ticket}/sheet", "dispatcher", 10),
    ("/inbox", "clerk.cgj", 8),
    ("/inbox/rows", "clerk.cgj", 8),
    ("/inbox/count", "clerk.cgj", 4),
    ("/portal/questions", "agent", 4),
    ("/admin/units", "admin", 5),
    ("/admin/people", "admin", 3),
    ("/admin/tokens", "admin", 4),
    ("/intake", "agent", 12),
    ("/audit", "auditor", 12),
    ("/admin", "admin", 12),
    ("/admin/failures", "admin", 12),
    ("/admin/categories", "admin", 12),
    ("/admin/reorganisations", "admin", 4),
    ("/alarms/{alarm}", "duty", 10),
    ("/supervisions/{supervision}", "supervisor", 14),
    ("/instructions/{instruction}", "secretary", 14),
    ("/conferences/{conference}", "supervisor", 12),
    ("/knowledge/{entry}", "clerk.cgj", 12),
    ("/tickets/{ticket}/forecast", "supervisor", 8),
    ("/clocks/{clock}", "dispatcher", 6),
    ("/handling/{handled}/head", "handler.cgj", 14),
    ("/desk/dispatch?state=registered", "dispatcher", 30),
    ("/desk/review?tab=pauses", "reviewer", 18),
    ("/desk/review?tab=suspensions", "reviewer", 15),
    ("/desk/review?tab=terminations", "reviewer", 16),
    ("/desk/review?tab=submitted", "lead.cgj", 18),
    ("/desk/review?tab=submitted&id={submitted}", "lead.cgj", 18),
    ("/desk/callback?tab=mine", "callback", 12),
    ("/desk/callback?tab=later", "callback", 15),
    ("/desk/callback?id={call}", "callback", 12),
    ("/desk/callback?tab=decide", "supervisor", 12),
    ("/desk/callback?tab=decide&id={decide}", "supervisor", 12),
    ("/desk/adjudication?tab=whistles", "dispatcher", 8),
    ("/desk/adjudication?tab=decided", "dispatcher", 22),
    ("/desk/adjudication?tab=decided&id={ruled}", "dispatcher", 22),
    ("/desk/adjudication?tab=directory", "dispatcher", 5),
    ("/desk/supervision?tab=dissatisfied&least=1", "supervisor", 9),
    ("/desk/supervision?tab=elevated", "supervisor", 10),
    ("/desk/supervision?tab=key", "supervisor", 11),
    ("/audit?tab=unmasking", "auditor", 4),
    ("/audit?tab=files", "auditor", 5),
    ("/admin/units/{unit}", "admin", 9),
    ("/admin/people/{person}", "admin", 9),
    ("/t/{code}", "agent", 11),
    ("/hot-issues/{subject}", "supervisor", 22),
    ("/collective-complaints/{group}", "supervisor", 11),
)  # fmt: skip
# Pages of one thing: they list nothing that grows with the number of tickets.
OF_ONE = frozenset({
    "/handling/{id}/actions", "/handling/{id}/version", "/supervisions/new", "/instructions/new", "/conferences/new",
    "/knowledge/new", "/knowledge/{id}/revise", "/tickets/{id}/unmask", "/files/{id}",
    "/account/notices", "/map/boundaries", "/map/outline", "/portal", "/portal/demand",
    "/portal/questions/{id}", "/portal/privacy", "/admin/policy",
    "/intake/earlier/{id}", "/pick/categories", "/pick/units", "/pick/streets", "/portal/demand/send", "/definitions",
    "/return-requests/{id}", "/report-ins/{id}", "/co-requests/{id}", "/handling/{id}/co-unit",
    "/desk/unit/results", "/desk/dispatch/results",
    "/definitions/{name}", "/audit/chain", "/audit/chain/runs", "/admin/keys", "/admin/calendar", "/admin/packs", "/admin/boundaries",
})  # fmt: skip
# Lists that stay empty here, for nobody is late, misses a message or reorganises: only the page itself is counted.
BARE = frozenset({
    "/desk/unit/asked?unit=cgj&state=called", "/handling", "/desk/supervision", "/desk/supervision/rows", "/statistics", "/cards",
    "/admin/failures", "/admin/reorganisations",
})  # fmt: skip
EMPTY = 'class="empty"'
STATES = ("registered", "accepted", "dispatched", "handling", "submitted", "replied", "completed", "closed")
ROUNDS = 3
ENTRY = {
    "title": "住房公积金提取条件", "content": "购买自住住房的，可以提取住房公积金。", "unit": "cgj", "keywords": ["公积金"],
    "sources": "《住房公积金管理条例》第二十四条", "open_to_public": True,
}  # fmt: skip
REVIEW_BY = "2025-10-15T00:00:00+08:00"


def more(desk: Desk, number: int, named: dict[str, Any]) -> dict[str, Any]:
    """One more row for every list; the ids that addresses name."""
    citizen = {"name": f"王小{number}", "phone": f"138{number:08d}"}
    tickets = {state: desk.a_ticket(state, citizen=citizen) for state in STATES}
    asked = desk.a_ticket("handling")
    desk.do("clerk.cgj", asked, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    later = desk.a_ticket("handling")
    desk.do("clerk.cgj", later, "request_extension", **ASKED, new_due_at="2025-09-24T18:00:00+08:00")
    wish = {"ticket": later, "wished_unit": "swj", "reason": "须水务部门疏通排水口"}
    assert desk.call("clerk.cgj", "POST", "/co-requests", wish).status_code == 201
    desk.register(title="工地欠薪", content="十几名工人在工地要跳楼，现有人站在楼顶。")
    matter = begin(desk, "supervisor", "supervisions", title=f"清淤{number}", supervision_source="other")
    paper = begin(desk, "secretary", "instructions", title=f"来信{number}", urgency="urgent")
    step(desk, "secretary", "instructions", paper, "endorse", endorser="区长 某某", endorsement="请即办。")
    desk.do("supervisor", tickets["handling"], "call_conference", form="meeting", units=["swj"])
    entry = begin(desk, "clerk.cgj", "knowledge-entries", **ENTRY, review_by=REVIEW_BY)
    step(desk, "lead.cgj", "knowledge-entries", entry, "publish", review_by=REVIEW_BY)
    drain(desk.system)
    share = desk.get("clerk.cgj", f"/assignments?ticket={tickets['handling']}")["items"][0]["id"]
    alarm, conference = (desk.get("duty", "/alarms"), desk.get("supervisor", "/conferences"))
    return behind_tabs(desk, number, named) | {
        "ticket": tickets["handling"], "handled": share, "supervision": matter, "instruction": paper, "entry": entry,
        "alarm": alarm["items"][0]["id"], "conference": conference["items"][0]["id"],
        "clock": desk.get("dispatcher", f"/tickets/{tickets['handling']}")["clocks"][0]["id"],
    }  # fmt: skip


def costs(desk: Desk, named: dict[str, Any]) -> dict[str, int]:
    eyes = {who: Eyes(desk, who) for who in {who for _, who, _ in COSTS}}
    return {f"{path} {who}": cost(eyes[who], path.format_map(named)) for path, who, _ in COSTS}


def test_no_page_asks_oftener_because_there_is_more(desk: Desk) -> None:
    named = more(desk, 0, {})
    few = costs(desk, named)
    for number in range(1, ROUNDS):
        more(desk, number, named)
    many = costs(desk, named)
    assert {path for path, who, _ in COSTS if path not in BARE and EMPTY in Eyes(desk, who).open(path.format_map(named))} == set()
    # Once in a while a request also notes that its session is alive.
    assert {page: (few[page], trips) for page, trips in many.items() if trips > few[page] + 1} == {}
    assert {page: few[page] for page in few for path, who, most in COSTS if page == f"{path} {who}" and few[page] > most} == {}


def test_every_page_is_named_here() -> None:
    known = {re.sub(r"\{(?!code)\w+\}", "{id}", path.partition("?")[0]) for path, _, _ in COSTS} | OF_ONE
    pages = {page.path for page in PAGES if page.method == "GET" and not (page.path.startswith("/admin/") and page.path.count("/") > 2)}
    assert pages - known == set(), "a new page says here what it may cost, or that it lists nothing"
