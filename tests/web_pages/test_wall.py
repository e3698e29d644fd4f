"""A session that is left on a wall screen: it ends by no idleness, only by its hours, and opens nothing but the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.main import PAGES
from app.people.credentials import ResetPassword
from app.people.signin import sign_in
from app.web.visits import COOKIE
from tests.factories.hotline import Desk
from tests.factories.people import PASSWORD
from tests.web_pages.eyes import Eyes

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

OPEN = {"/wall", "/wall/numbers", "/map/boundaries"}


def seated(desk: Desk, who: str) -> tuple[Eyes, str]:
    execute(desk.system, ResetPassword(SYSTEM, desk.user_ids[who], PASSWORD))
    desk.change("UPDATE users SET must_change_password = false WHERE id = %s", desk.user_ids[who])
    eyes, token = Eyes(desk, who), sign_in(desk.system, who, PASSWORD).token
    eyes.browser.set_cookie(COOKIE, token)
    return eyes, token


def test_it_opens_the_wall_and_nothing_else(desk: Desk) -> None:
    eyes, token = seated(desk, "leader")
    assert "常驻大屏" in eyes.done(eyes.open("/wall"), "/wall/stay")
    assert "The 12345 hotline today" in eyes.open("/wall?lang=en") and 'href="/wall?lang=zh"' in eyes.open("/wall?lang=en")
    eyes.open("/wall?lang=zh")
    pages = {page.path for page in PAGES if page.method == "GET" and not page.public and "{" not in page.path}
    assert {path for path in pages if eyes.status(path) == 200} == OPEN
    refused = eyes.browser.get("/tickets", headers=eyes.headers)
    assert refused.status_code == 403 and "此屏只显示大屏" in refused.text and "/inbox" not in refused.text
    bearer = {"Authorization": f"Bearer {token}"}
    answers = {path: desk.client.get(f"/api/v1{path}", headers=bearer).status_code for path in (
        "/overview/wall", "/boundaries", "/sessions", "/tickets", "/overview/today", "/me", "/units", "/inbox", "/tokens",
    )}  # fmt: skip
    assert {path for path, status in answers.items() if status == 200} == {"/overview/wall", "/boundaries", "/sessions"}
    changed = desk.client.post("/api/v1/sessions/role", json={"role": "leader"}, headers=bearer)
    assert changed.status_code == 403 and "此会话只显示大屏" in changed.text


def test_it_ends_by_its_hours_and_not_by_idleness(desk: Desk, clock: MovedClock) -> None:
    (wall, _), (idle, _) = seated(desk, "leader"), seated(desk, "supervisor")
    wall.done(wall.open("/wall"), "/wall/stay")
    clock.advance(timedelta(hours=11, minutes=30))
    assert idle.status("/wall") == 303
    wall.headers |= {"HX-Request": "true", "X-Refresh": "1"}
    assert wall.status("/wall/numbers") == 200
    clock.advance(timedelta(minutes=31))
    assert wall.status("/wall/numbers") == 401


def test_only_who_may_open_the_wall_leaves_a_session_there(desk: Desk) -> None:
    refused = desk.client.post("/api/v1/overview/wall/stay", headers={"Authorization": f"Bearer {seated(desk, 'agent')[1]}"})
    assert refused.status_code == 403 and "大屏由领导" in refused.text
    assert desk.call("leader", "POST", "/overview/wall/stay").status_code in (409, 422), "an API token is no session"
    assert desk.rows("SELECT 1 FROM people_log WHERE action = 'keep_on_wall'") == []
