"""The first page of every role: what waits for it, by links that open, and nothing that belongs to others."""

from __future__ import annotations

import html
import re

from app.overview.lines import LINES
from app.people.roles import ROLES
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words

ACCOUNTS = {
    "agent": "agent", "dispatcher": "dispatcher", "clerk.cgj": "unit_clerk", "handler.cgj": "handler", "lead.cgj": "unit_lead",
    "reviewer": "reviewer", "callback": "callback_agent", "supervisor": "supervisor", "leader": "leader", "secretary": "secretary",
    "duty": "duty_officer", "admin": "admin",
    "auditor": "auditor", "security": "security_officer",
}  # fmt: skip
# What a token of the API, which these eyes carry, does not open.
OF_A_SESSION = {"/account"}
HREF = re.compile(r'<a\b[^>]*href="(/[^"#]*)"')


def test_what_waits_for_a_role_is_on_its_page_and_every_link_opens(desk: Desk) -> None:
    for state in ("registered", "accepted", "dispatched", "handling", "submitted", "replied", "completed"):
        desk.a_ticket(state)
    broken, usual = dict[tuple[str, str], int](), set[str]()
    for who, role in ACCOUNTS.items():
        eyes = Eyes(desk, who)
        page = eyes.open("/")
        assert [line.zh for line in LINES.get(role, ()) if line.zh not in words(page)] == [], who
        usual |= {role} if "今日与往常" in words(page) and 'data-chart="day"' in page else set()
        links = {html.unescape(found) for found in HREF.findall(page)} - OF_A_SESSION
        assert len(links) > len(LINES.get(role, ()))
        broken |= {(who, link): status for link in sorted(links) if (status := eyes.status(link)) not in (200, 303)}
    assert broken == {}
    assert set(ACCOUNTS.values()) == ROLES.keys() and ROLES.keys() - usual == {"security_officer"}, "who keeps apart has no numbers"
