"""Lists and cases refresh by themselves: the part's own address answers the part, for no more than the page, and typed text stays."""

from __future__ import annotations

import html
import re

from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost, words
from tests.web_pages.test_cost import COSTS, more

LIVE = re.compile(r' id="([\w-]+)" hx-get="([^"]+)" hx-trigger="every \d+s, citydesk:changed from:body"')
# What static/citydesk.js moves on: rows within a list.
ROWS = re.compile(r"<[^>]* data-list[ >].*?<[^>]* data-item[ >]", re.DOTALL)
# Address, and whose eyes; what stands in braces is filled in.
PARTS = (
    ("/tickets?q=垃圾", "clerk.cgj"), ("/tickets?state=handling", "dispatcher"), ("/tickets/{ticket}", "dispatcher"),
    ("/conferences", "supervisor"), ("/conferences/{conference}", "supervisor"), ("/cards", "supervisor"), ("/hot-issues", "supervisor"),
    ("/collective-complaints", "supervisor"), ("/knowledge", "agent"), ("/knowledge?shelf=waiting", "clerk.cgj"),
    ("/knowledge/{entry}", "clerk.cgj"), ("/desk/unit?tab=asked", "clerk.cgj"), ("/supervisions/{supervision}", "supervisor"),
    ("/instructions/{instruction}", "secretary"), ("/alarms/{alarm}", "duty"),
    ("/admin", "admin"), ("/admin/failures", "admin"), ("/tickets/{ticket}/forecast", "supervisor"),
)  # fmt: skip


def plain(page: str) -> str:
    return " ".join(words(page).split())


def test_each_part_answers_itself_for_no_more_than_its_page(desk: Desk) -> None:
    named = more(desk, 0, {})
    bounds = {path: most for path, _, most in COSTS}
    for path, who in PARTS:
        asked = path.format_map(named)
        page = Eyes(desk, who).open(asked)
        part, address = next((part, html.unescape(address)) for part, address in LIVE.findall(page) if part != "inbox-count")
        eyes = Eyes(desk, who, **{"HX-Request": "true", "X-Refresh": "1"})
        told = eyes.open(address)
        assert "<html" not in told and f'id="{part}"' not in told, path
        assert plain(told) and plain(told) in plain(page), path
        assert cost(eyes, address) <= bounds.get(path, bounds.get(path.partition("?")[0], 12)), path


def test_the_directory_of_the_adjudication_desk_refreshes_beside_its_queue(desk: Desk) -> None:
    more(desk, 0, {})
    address = "/desk/adjudication?tab=directory"
    page = Eyes(desk, "dispatcher").open(address)
    assert ("directory", address) in [(part, html.unescape(at)) for part, at in LIVE.findall(page)]
    told = Eyes(desk, "dispatcher", **{"HX-Request": "true", "X-Refresh": "1"}).open(address)
    assert "<html" not in told and 'id="queue"' not in told and plain(told) and plain(told) in plain(page)


def test_what_was_typed_and_refused_is_not_refreshed_away(desk: Desk) -> None:
    named = more(desk, 0, {})
    eyes = Eyes(desk, "secretary")
    address = f"/instructions/{named['instruction']}"
    page = eyes.open(address)
    assert 'id="paper" hx-get' in page
    refused = eyes.send(page, f"{address}/endorse", endorsement="请速办。", endorser="", endorsed_at="不是时间")
    assert refused.status_code in (400, 422) and "请速办。" in refused.text
    assert 'id="paper">' in refused.text


def test_j_and_k_find_the_rows_of_every_list(desk: Desk) -> None:
    named = more(desk, 0, {})
    for path, who in (
        ("/desk/unit?tab=asked", "clerk.cgj"), ("/desk/adjudication?tab=directory", "dispatcher"), ("/hot-issues/{subject}", "supervisor"),
        ("/collective-complaints/{group}", "supervisor"), ("/tickets?state=handling", "dispatcher"), ("/audit", "auditor"),
    ):  # fmt: skip
        assert ROWS.search(Eyes(desk, who).open(path.format_map(named))), path
