"""What people say to break a page, or without meaning to: shown whole, isolated and within its screen at every desk that it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.main import create_app
from app.simulation.crew import drain
from app.web.visits import COOKIE
from tests.factories.hotline import MONDAY, REPLY, Desk, a_desk
from tests.factories.shares import share_of
from tests.links.told import a_citizens, joined
from tests.supervision.office import begin, step
from tests.web.looks import overflow, settled
from tests.web.site import Site

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Database

PHONE = "13800001111"
# The mark that turns what follows is taken out at the door, wherever it comes in; Arabic itself stays.
TURNED = "\u202eشكوى من الشارع abc"
TITLE = "<script>alert('题')</script>" + TURNED + "W" * 60
LONG = TURNED + "x" * (4000 - len(TURNED))
NAME = "👩‍👩‍👧🐼" + TURNED
TOLD = {
    "title": TITLE, "content": LONG, "purpose": LONG[:500], "citizen": {"name": NAME, "phone": PHONE},
    "location": {"address": TURNED + "A" * 100}, "subject": TURNED + "B" * 80,
}  # fmt: skip
LATER = "2025-12-01T09:00:00+08:00"
WIDE = {"width": 1440, "height": 900}
# Words that could turn what stands beside them on the same line, and marks that were let in.
LOOSE = """() => {
  const KEPT = 'bdi, [dir=auto], textarea, datalist';
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (/\\u202e|\\p{Script=Arabic}/u.test(node.data) && (/\\u202e/.test(node.data) || !node.parentElement.closest(KEPT)))
      found.push(node.data.slice(0, 80));
  return found;
}"""


@pytest.fixture
def desk(bare: Site, clock: MovedClock, database: Database) -> Desk:
    clock.freeze(MONDAY)
    return a_desk(bare.system, create_app(bare.system).test_client(), database.owner_url)


def given(desk: Desk, state: str) -> int:
    """A ticket of such words as far as `state`, and whatever anybody said on the way is of the same kind."""
    ticket: int = desk.register(**TOLD)["id"]
    for reached, who, trigger, fields in (
        ("accepted", "agent", "accept", {}), ("dispatched", "dispatcher", "dispatch", {"lead_unit": "cgj", "instructions": LONG[:1000]}),
        ("handling", "clerk.cgj", "sign", {}),
        ("submitted", "handler.cgj", "submit", {**REPLY, "reply_text": LONG, "public_reply": LONG, "internal_note": LONG}),
        ("replied", "lead.cgj", "reply", {}), ("completed", "reviewer", "approve", {}),
    ):  # fmt: skip
        desk.do(who, ticket, trigger, **fields)
        if reached == state:
            break
    return ticket


def pages(desk: Desk) -> Iterator[tuple[str, str]]:
    """Who opens what."""
    waiting, handled, replied = given(desk, "accepted"), given(desk, "handling"), given(desk, "replied")
    share = share_of(desk, handled, "cgj")["id"]
    given(desk, "dispatched")
    given(desk, "completed")
    returned = given(desk, "handling")
    desk.do("clerk.cgj", returned, "request_return", return_ground="not_our_duty", reason=LONG[:1000])
    later = given(desk, "handling")
    desk.do("clerk.cgj", later, "request_extension", reason=LONG[:1000], legal_basis=TURNED, new_due_at="2025-09-24T18:00:00+08:00")
    yield "dispatcher", f"/desk/dispatch?ticket={waiting}"
    yield "clerk.cgj", "/desk/unit"
    yield "clerk.cgj", "/desk/unit?tab=asked"
    yield "handler.cgj", "/handling?state=assigned,handling"
    yield "handler.cgj", f"/handling/{share}"
    yield "reviewer", "/desk/review"
    yield "reviewer", "/desk/review?tab=extensions"
    yield "callback", "/desk/callback"
    yield "dispatcher", "/desk/adjudication"
    told = {"unit": "cgj", "level": "key", "note": LONG[:1000]}
    desk.do("supervisor", handled, "supervise", **told)
    matter = desk.get("supervisor", f"/supervisions?ticket={handled}")["items"][0]["id"]
    desk.do("supervisor", handled, "call_conference", form="meeting", units=["cgj"], note=LONG[:1000])
    meeting = desk.get("supervisor", f"/conferences?ticket={handled}")["items"][0]["id"]
    yield "supervisor", "/supervisions"
    yield "supervisor", f"/supervisions/{matter}"
    yield "supervisor", "/conferences"
    yield "supervisor", f"/conferences/{meeting}"
    yield "dispatcher", "/tickets"
    yield "reviewer", f"/tickets/{replied}"
    yield "reviewer", f"/tickets/{replied}/sheet"


def written(desk: Desk) -> Iterator[tuple[str, str]]:
    """What is written beside the desks: knowledge, matters, papers, alarms, groups, names, and what the citizen reads of his own."""
    told = {"title": TITLE, "content": LONG, "sources": LONG[:500], "keywords": [TURNED], "unit": "cgj", "review_by": LATER}
    entry = begin(desk, "clerk.cgj", "knowledge-entries", **told, open_to_public=True)
    step(desk, "lead.cgj", "knowledge-entries", entry, "publish", review_by=LATER)
    assert desk.call("agent", "POST", f"/knowledge/{entry}/corrections", {"text": LONG[:1000]}).status_code == 201
    yield "agent", "/knowledge"
    yield "agent", f"/knowledge/{entry}"
    yield "agent", "/portal/questions"
    yield "agent", f"/portal/questions/{entry}"
    paper = begin(desk, "secretary", "instructions", title=TITLE, urgency="urgent", proposal=LONG[:1000])
    step(desk, "secretary", "instructions", paper, "endorse", endorser=NAME, endorsement=LONG[:1000])
    yield "secretary", "/instructions"
    yield "secretary", f"/instructions/{paper}"
    alarm = given(desk, "accepted")
    desk.do("agent", alarm, "raise_alarm", danger="gathering", reason=LONG[:500])
    drain(desk.system)
    yield "duty", "/alarms"
    yield "duty", f"/alarms/{desk.get('duty', '/alarms')['items'][0]['id']}"
    main = a_citizens(desk, 1, "handling", title=TITLE, content=LONG)
    for number in range(2, 6):
        joined(desk, a_citizens(desk, number, title=TITLE, content=LONG), main)
    drain(desk.system)
    group = desk.get("supervisor", "/collective-complaints")["items"][0]["id"]
    yield "supervisor", "/collective-complaints"
    yield "supervisor", f"/collective-complaints/{group}"
    unhappy = given(desk, "completed")
    answers = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["slow"], "note": LONG[:1000]}
    desk.do("callback", unhappy, "record_callback", **answers)
    yield "reviewer", f"/desk/callback?tab=decide&id={unhappy}"
    wish = {"ticket": given(desk, "handling"), "wished_unit": "swj", "reason": LONG[:1000]}
    assert desk.call("clerk.cgj", "POST", "/co-requests", wish).status_code == 201
    yield "dispatcher", "/desk/dispatch/asked"
    unit = {"name": TURNED + "局", "kind": "department", "code": "rtl", "parent_id": desk.unit_ids["centre"]}
    assert desk.call("admin", "POST", "/units", unit).status_code == 201
    yield "admin", "/admin/units"
    yield "agent", f"/t/{desk.get('agent', f'/tickets/{unhappy}')['tracking_code']}"


def sat_down(context: BrowserContext, site: Site, desk: Desk, who: str) -> None:
    context.add_cookies([{"name": COOKIE, "value": desk.token(who), "url": site.url, "httpOnly": True, "sameSite": "Lax"}])


def fits(page: Page) -> None:
    """Opened on a telephone, then drawn wide."""
    narrow = page.viewport_size
    assert overflow(settled(page)) == 0, f"{page.url} is wider than a telephone"
    page.set_viewport_size(WIDE)
    assert overflow(page) == 0, f"{page.url} is wider than its screen"
    page.set_viewport_size(narrow)
    assert page.evaluate(LOOSE) == [], page.url
    assert "شكوى" in str(page.locator("main").text_content()), f"{page.url} shows none of it"


def test_every_desk_shows_what_people_say(bare: Site, desk: Desk, visitor: Callable[..., BrowserContext], clock: MovedClock) -> None:
    context = visitor(360)
    page = context.new_page()
    for who, path in pages(desk):
        sat_down(context, bare, desk, who)
        page.goto(path)
        fits(page)
    expect(page.locator("h1")).to_be_visible()
    clock.freeze(MONDAY + timedelta(days=60))
    sat_down(context, bare, desk, "supervisor")
    page.goto("/desk/supervision")
    assert page.locator("tr[data-item]").count() > 3
    fits(page)


def test_what_stands_beside_the_desks_shows_it_too(bare: Site, desk: Desk, visitor: Callable[..., BrowserContext]) -> None:
    context = visitor(360)
    page = context.new_page()
    for who, path in written(desk):
        sat_down(context, bare, desk, who)
        page.goto(path)
        fits(page)


def test_registered_at_intake_and_nothing_is_lost(bare: Site, desk: Desk, visitor: Callable[..., BrowserContext]) -> None:
    desk.register(**TOLD)
    context = visitor(360)
    sat_down(context, bare, desk, "agent")
    page = context.new_page()
    page.goto("/intake")
    page.fill("#f-phone", PHONE)
    typed = {"title": TITLE, "name": NAME, "address": TOLD["location"]["address"], "purpose": TOLD["purpose"], "content": LONG}
    for name, words in typed.items():
        page.fill(f"#f-{name}", words)
    page.check("[name=type][value=complaint]")
    expect(page.locator("#intake-known .candidate").first).to_be_visible()
    fits(page)
    page.get_by_role("button", name="登记", exact=True).click()
    made = page.locator(".intake-made")
    expect(made).to_be_visible()
    fits(page)
    page.goto(made.get_by_role("link").first.get_attribute("href"))
    fits(page)
    whole = LONG.removeprefix("\u202e")
    assert len(whole) == 3999 and page.locator(".demand").text_content().count(whole) == 1
    seen = desk.rows("SELECT max(id) AS id FROM tickets")[0]["id"]
    ticket = desk.get("agent", f"/tickets/{seen}")
    assert (ticket["title"], ticket["content"]) == (TITLE.replace("\u202e", ""), whole)
    sat_down(context, bare, desk, "dispatcher")
    page.goto(f"/tickets/{seen}/unmask")
    page.fill("[name=reason]", "核对诉求人姓名")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text(NAME.replace("\u202e", ""), exact=True)).to_be_visible()
    assert overflow(page) == 0
