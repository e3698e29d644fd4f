"""The tabs of a desk: each says how much is in its list, whichever is open."""

from __future__ import annotations

import html
import re

from tests.factories.hotline import Desk
from tests.factories.shares import ASKED
from tests.links.told import joined
from tests.web_pages.eyes import Eyes

TAB = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)<span class="count">(\d+)</span></a>')
# Desk, who sits at it, and the tabs that have a number.
DESKS = (
    ("/desk/dispatch", "dispatcher", 3), ("/desk/adjudication", "dispatcher", 2), ("/desk/review", "reviewer", 6),
    ("/desk/review", "lead.cgj", 1), ("/desk/callback", "callback", 4), ("/handling", "handler.cgj", 5), ("/handling", "lead.cgj", 6),
)  # fmt: skip


def numbers(page: str) -> dict[str, tuple[str, int]]:
    return {words: (html.unescape(address), int(count)) for address, words, count in TAB.findall(page)}


def filled(desk: Desk) -> None:
    for state in ("registered", "accepted", "accepted", "handling", "submitted", "replied", "replied", "completed", "completed"):
        desk.a_ticket(state)
    desk.do("clerk.cgj", desk.a_ticket("handling"), "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    later = desk.a_ticket("handling")
    desk.do("clerk.cgj", later, "request_extension", **ASKED, new_due_at="2025-09-24T18:00:00+08:00")
    wish = {"ticket": later, "wished_unit": "swj", "reason": "须水务部门"}
    assert desk.call("clerk.cgj", "POST", "/co-requests", wish).status_code == 201
    share = desk.get("clerk.cgj", f"/assignments?ticket={later}")["items"][0]["id"]
    given = {"trigger": "assign_person", "fields": {"person": desk.user_ids["handler.cgj"]}}
    assert desk.call("clerk.cgj", "POST", f"/assignments/{share}/transitions", given).status_code == 200
    main, other = desk.a_ticket("accepted"), desk.a_ticket("accepted")
    joined(desk, other, main)
    calls = desk.get("callback", "/callbacks?order=queue")["items"]
    desk.change("UPDATE callbacks SET next_call_at = '2025-09-20T00:00:00Z' WHERE id = %s", calls[0]["id"])
    desk.call("callback", "POST", "/callbacks/next")


def test_each_tab_tells_how_much_its_list_holds(desk: Desk) -> None:
    filled(desk)
    seen = set[str]()
    for at, who, known in DESKS:
        eyes = Eyes(desk, who)
        told = numbers(eyes.open(at))
        assert len(told) == known, (at, who, told)
        for words, (address, count) in told.items():
            page = eyes.open(address)
            assert page.count(" data-item") == count and numbers(page) == told, (at, who, words)
            seen |= {f"{at} {words}"} if count else set()
    assert seen >= {
        "/desk/dispatch 待派单", "/desk/dispatch 待受理", "/desk/dispatch 请求协办", "/desk/adjudication 待裁定", "/desk/review 待审核",
        "/desk/review 待审签", "/desk/review 延期", "/desk/callback 约定再拨", "/desk/callback 我领取的", "/handling 我在办",
        "/handling 本单位", "/handling 待审签",
    }, seen  # fmt: skip
