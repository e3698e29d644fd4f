"""A day at the supervision desk, at the secretary's and in the duty room, from the first page to done, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from app.people.signin import sign_in
from tests.factories.hotline import DEMAND
from tests.web.looks import overflow, settled
from tests.web.site import Site

Person = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [1440, 360])


def panel(page: Page) -> None:
    expect(page.locator("dialog#act[open] form")).to_be_visible()


def done(page: Page) -> None:
    """The step is taken: its panel closes by itself, and what was said stays for a while."""
    expect(page.locator("dialog#act")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("已完成")


def urged_by_one_click(page: Page, site: Site, row: Locator, ticket: str) -> None:
    """No form opens; once the board has come anew, the same button urges once more."""
    sql = text("SELECT count(*) FROM history WHERE case_id = :ticket AND trigger = 'urge'")
    for times in (1, 2):
        with page.expect_response("**/desk/supervision/rows*"):
            row.locator("[data-row-key=u]").click()
        expect(page.locator("#said")).to_contain_text("已催办")
        expect(page.locator("dialog#act")).to_be_hidden()
        settled(page).locator("#said").evaluate("said => said.replaceChildren()")
        with site.system.engine.connect() as connection:
            assert connection.execute(sql, {"ticket": int(ticket)}).scalar_one() == times


def summoned_and_called(page: Page, row: Locator) -> None:
    """Who answers is summoned, and the units concerned are called to a conference, from the same row."""
    row.locator("[data-row-key=s]").click()
    panel(page)
    page.fill("dialog#act [name=summoned]", "城管局分管负责人")
    page.fill("dialog#act [name=held_at]", "2026-01-05T09:00")
    page.fill("dialog#act [name=minutes]", "三日内拿出整改方案。")
    page.keyboard.press("Control+Enter")
    done(page)
    row.locator("[data-row-key=h]").click()
    panel(page)
    expect(page.locator("dialog#act [name=units]")).not_to_have_value("")
    page.fill("dialog#act [name=matter]", "多次反映未解决，会商责任分工。")
    page.locator("dialog#act button[type=submit]").click()
    done(page)


@WIDTHS
def test_a_supervisors_day(demo: Site, arrive: Person, width: int) -> None:
    page = arrive("supervisor", width, "/desk/supervision")
    row = page.locator("tr[data-item]").filter(has=page.locator("[data-row-key=u]")).filter(has=page.locator("[data-row-key=d]")).first
    address = row.locator("a.title-link").get_attribute("href")
    title = row.locator("a.title-link").inner_text()
    row = page.locator("tr[data-item]").filter(has=page.locator(f'a[href="{address}"]'))
    urged_by_one_click(page, demo, row, str(address).rpartition("/")[2])
    row.locator("[data-row-key=d]").click()
    panel(page)
    expect(page.locator("dialog#act input[name=unit]")).not_to_have_value("")
    page.locator("dialog#act button[type=submit]").click()
    expect(row.get_by_role("link", name="督办件")).to_be_visible()
    assert overflow(page) == 0
    matter = row.get_by_role("link", name="督办件").get_attribute("href")
    if width > 500:
        summoned_and_called(page, row)
    page.goto(str(matter))
    expect(page.locator(".lit")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    assert overflow(page) == 0
    if width > 500:
        expect(page.locator("main")).to_contain_text("三日内拿出整改方案。")
        page.goto("/conferences")
        expect(page.locator("table.list")).to_contain_text(title)


def test_keys_move_on_the_board_and_open_a_measure(demo: Site, person: Person) -> None:
    page = person("supervisor")
    page.goto("/desk/supervision")
    page.keyboard.press("j")
    expect(page.locator("tr[data-here]")).to_have_count(1)
    page.keyboard.press("h")
    panel(page)
    expect(page.locator("dialog#act input[name=form_][value=meeting]")).to_be_checked()


def register(page: Page, site: Site, **changes: object) -> str:
    """A ticket that an agent registers meanwhile, elsewhere; its number."""
    token = sign_in(site.system, "agent", site.password).token
    given = {**{name: DEMAND[name] for name in ("type", "channel", "content")}, **changes}
    answer = page.request.post("/api/v1/tickets", data=given, headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 201, answer.text()
    return str(answer.json()["number"])


def test_a_board_that_refreshes_keeps_the_chosen_row_the_place_and_the_focus(demo: Site, person: Person) -> None:
    page = person("supervisor")
    page.clock.install()
    page.set_viewport_size({"width": 1440, "height": 320})
    for number in range(5):
        register(page, demo, labels=["key"], title=f"路灯不亮{number}")
    page.goto("/desk/supervision?tab=key")
    for _ in range(4):
        page.keyboard.press("j")
    chosen = page.locator("tr[data-here] a.title-link")
    address = chosen.get_attribute("href")
    place = page.evaluate("() => scrollY")
    assert place > 0, "low enough that the rows are scrolled to"
    with page.expect_response("**/desk/supervision/rows*"):
        page.evaluate("() => document.body.dispatchEvent(new CustomEvent('citydesk:changed'))")
    settled(page)
    assert chosen.get_attribute("href") == address
    number = register(page, demo, labels=["key"], urgency="critical", title="路灯倾斜")
    expect(page.locator("#board")).not_to_contain_text(number)
    page.clock.fast_forward(16_000)
    expect(page.locator("#board")).to_contain_text(number)
    settled(page)
    assert chosen.get_attribute("href") == address == page.evaluate("() => document.activeElement.getAttribute('href')")
    assert page.evaluate("() => scrollY") == place
    page.keyboard.press("d")
    panel(page)
    expect(page.locator("dialog#act form")).to_have_attribute("action", f"/act{address}/supervise")


def refreshed(page: Page, address: str) -> None:
    with page.expect_response(lambda answer: answer.url.endswith(address) and "x-refresh" in answer.request.headers):
        page.evaluate("() => document.body.dispatchEvent(new CustomEvent('citydesk:changed'))")
    settled(page)


def test_a_case_that_refreshes_keeps_what_was_typed_and_folded(demo: Site, person: Person) -> None:
    page = person("secretary")
    page.goto("/instructions/new")
    page.fill("[name=title]", "关于路灯的来信")
    page.fill("[name=proposal]", "拟请城管局阅办。")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#paper")).to_be_visible()
    page.fill("[name=endorsement]", "请速办")
    page.fill("[name=endorser]", "区长")
    page.locator("[name=endorser]").blur()
    refreshed(page, page.url)
    expect(page.locator("[name=endorsement]")).to_have_value("请速办")
    expect(page.locator(".count-left").first).to_have_text("3 / 5000")
    page.goto("/tickets")
    page.locator("a.title-link").first.click()
    fold = page.locator("#ticket-body details").last
    fold.locator("summary").click()
    expect(fold).not_to_have_attribute("open", "")
    refreshed(page, page.url)
    expect(fold).not_to_have_attribute("open", "")


@WIDTHS
def test_a_secretary_enters_a_paper_with_its_scan_and_sends_it_on(demo: Site, arrive: Person, width: int) -> None:
    page = arrive("secretary", width, "/instructions")
    page.keyboard.press("n")
    page.fill("[name=title]", "关于积水问题的来信")
    page.fill("[name=proposal]", "拟请水务局阅办。")
    page.set_input_files("[name=file]", {"name": "来文.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(64)})
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#said")).to_contain_text("扫描件已登记")
    for leader in ("区长", "分管副区长"):
        page.fill("[name=endorsement]", f"请速办。{leader}")
        page.fill("[name=endorser]", leader)
        page.get_by_role("button", name="登记批示").click()
        expect(page.locator("blockquote").filter(has_text=f"请速办。{leader}")).to_be_visible()
    page.fill("[name=units]", "swj")
    page.fill("[name=report_due_at]", "2099-01-05T18:00")
    page.get_by_role("button", name=re.compile("^转办")).click()
    expect(page.locator(".state").first).to_have_text("已转办")
    expect(page.locator("main")).to_contain_text("云岭区水务局")
    assert overflow(page) == 0


@WIDTHS
def test_the_duty_room_answers_by_one_key_acts_and_closes(demo: Site, arrive: Person, width: int) -> None:
    page = arrive("duty", width, "/alarms")
    raised = page.locator(".alarm-raised")
    before = raised.count()
    assert before, "the demonstration has an alarm that nobody has answered"
    expect(page).to_have_title(re.compile(rf"^\({before}\)"))
    address = raised.first.locator("a.title-link").get_attribute("href")
    page.keyboard.press("a")
    expect(raised).to_have_count(before - 1)
    row = page.locator("li.alarm").filter(has=page.locator(f'a[href="{address}"]'))
    for key, field, words, state in (("d", "measures_taken", "已派员到场", "处置中"), ("g", "alarm_result", "人员平安", "")):
        row.locator(f"[data-row-key={key}]").click()
        panel(page)
        page.fill(f"dialog#act [name={field}]", words)
        page.locator("dialog#act button[type=submit]").click()
        expect(row.locator(".state")).to_have_text(state) if state else expect(row).to_have_count(0)
    assert overflow(page) == 0
    page.goto("/alarms?state=closed,false_alarm")
    expect(page.locator("main")).to_contain_text("人员平安")
