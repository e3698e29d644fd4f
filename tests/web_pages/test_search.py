"""The list of tickets leaves as a file: of one's own tickets, masked, of a size that is answered at once, and the auditor reads of it."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from app.hotline import exporting
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words

PHONE = "13812345678"
TAKEN = "SELECT u.username, l.detail FROM people_log l JOIN users u ON u.id = l.user_id WHERE l.action = 'export_tickets' ORDER BY l.id"


def test_what_a_list_shows_is_taken_away_masked_and_written_down(desk: Desk) -> None:
    citizen = {"name": "张小明", "phone": PHONE}
    own, other = desk.a_ticket("dispatched", citizen=citizen, title="=1+1 路灯不亮"), desk.a_ticket("accepted")
    desk.do("dispatcher", other, "dispatch", lead_unit="swj", instructions="请核查。")
    eyes = Eyes(desk, "clerk.cgj")
    page = eyes.open("/tickets?state=dispatched")
    assert 'formaction="/tickets/export"' in page
    file = eyes.browser.get("/tickets/export?state=dispatched&format=csv")
    assert file.status_code == 200 and file.headers["Content-Disposition"].startswith("attachment; ")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [row["工单编号"] for row in rows] == [desk.get("agent", f"/tickets/{own}")["number"]]
    assert rows[0]["标题"].startswith("'=") and rows[0]["联系电话"] == "138****5678"
    book = openpyxl.load_workbook(io.BytesIO(Eyes(desk, "dispatcher").browser.get("/tickets/export?state=dispatched").data))
    assert len(list(book.active.iter_rows())) == 1 + len((own, other))
    assert desk.rows(TAKEN) == [
        {"username": "clerk.cgj", "detail": {"rows": 1, "filters": ["state=dispatched"]}},
        {"username": "dispatcher", "detail": {"rows": 2, "filters": ["state=dispatched"]}},
    ]
    assert "导出工单" in words(Eyes(desk, "auditor").open("/audit"))


def test_a_unit_and_a_matter_are_picked_by_words_and_days_of_the_end_narrow_the_list(desk: Desk) -> None:
    ended, handled = desk.a_ticket("closed", title="已经结案的一件"), desk.a_ticket("handling", title="还在办理的一件")
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open("/tickets?unit=cgj+试验区城市管理局&category=010101+垃圾清运")
    assert 'data-combo="/pick/units"' in page and 'data-combo="/pick/categories"' in page and 'value="cgj 试验区城市管理局"' in page
    assert f'href="/tickets/{ended}"' in page and f'href="/tickets/{handled}"' in page
    page = eyes.open("/tickets?closed_from=2025-09-01&closed_to=2025-09-02")
    assert f'href="/tickets/{ended}"' in page and f'href="/tickets/{handled}"' not in page and 'name="closed_to" type="date"' in page
    assert f'href="/tickets/{ended}"' not in eyes.open("/tickets?closed_from=2025-09-02")


def test_who_finds_nothing_is_sent_only_where_he_may_go(desk: Desk) -> None:
    assert "受理台查询" in words(Eyes(desk, "agent").open("/tickets?q=没有这样的词"))
    told = words(Eyes(desk, "clerk.cgj").open("/tickets?q=没有这样的词"))
    assert "没有符合条件的工单" in told and "受理台" not in told and "您可见的工单" in told


def test_a_name_that_was_looked_for_is_not_written_down(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    assert Eyes(desk, "dispatcher").browser.get("/tickets/export?q=张小明").status_code == 200
    assert [row["detail"] for row in desk.rows(TAKEN)] == [{"rows": 0, "filters": ["q=…"]}]


def test_too_much_and_wrong_filters_are_refused_on_the_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    eyes = Eyes(desk, "dispatcher")
    desk.a_ticket("dispatched")
    assert eyes.browser.get("/tickets/export").status_code == 200
    desk.a_ticket("dispatched")
    answer = eyes.browser.get("/tickets/export")
    assert answer.status_code == 422 and "请缩小范围" in words(answer.text)
    wrong = eyes.browser.get("/tickets/export?state=nowhere&format=pdf")
    assert wrong.status_code == 400 and "Traceback" not in wrong.text
