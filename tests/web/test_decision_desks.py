"""The days of a callback agent, a reviewer and an adjudicator, from sign-in to done: by keys at a desk, by touch on a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.core.actors import SYSTEM
from app.main import create_app
from app.people.signin import issue_token
from cli.gallery import settled
from tests.web.site import Site
from tests.web.watch import Watch

Arrive = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [1440, 360])


def replied(site: Site, many: int) -> None:
    """So many more units answer, the first whose heads may."""
    client = create_app(site.system).test_client()

    def ask(who: str, method: str, path: str, body: Any = None) -> Any:
        token = issue_token(site.system, SYSTEM, who, "tests")
        return client.open(f"/api/v1{path}", method=method, json=body, headers={"Authorization": f"Bearer {token}"})

    reply = {"contacted": False, "not_contacted_reason": "诉求人要求不联系", "outcome": "solved", "reply_text": "11月已到现场处理完毕。"}
    answered = 0
    for share in ask("supervisor", "GET", "/assignments?state=handling&role=lead&limit=200").json["items"]:
        body = {"trigger": "reply", "fields": reply}
        answered += ask(f"lead.{share['unit']['code']}", "POST", f"/assignments/{share['id']}/transitions", body).status_code == 200
        if answered == many:
            return
    raise AssertionError(f"only {answered} units could reply")


def told(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def choose(page: Page, width: int, key: str, selector: str) -> None:
    """A key before a desk's screen, a finger on a telephone's."""
    if width > 500:
        page.keyboard.press(key)
    else:
        page.locator(f"label:has({selector})").click()
    expect(page.locator(selector)).to_be_checked()


def answer(page: Page, width: int, **answers: str) -> None:
    """One question after the other, by the number that stands before the answer."""
    for name, value in answers.items():
        key = page.locator(f"label:has([name={name}][value={value}]) kbd").inner_text()
        choose(page, width, key, f"[name={name}][value={value}]")


def press(page: Page, width: int, key: str, name: str) -> None:
    if width > 500:
        page.keyboard.press(key)
    else:
        page.get_by_role("button", name=name).first.click()


def nothing_comes_back(page: Page, chosen: str, written: str) -> None:
    """One page back stands the next case, or the same one as it is now: never what was chosen and written for the last."""
    here = page.url
    page.go_back()
    settled(page)
    expect(page.locator(chosen)).to_have_count(0)
    assert [field.input_value() for field in page.locator(written).all() if field.input_value()] == []
    page.goto(here)
    settled(page)


@WIDTHS
def test_a_callback_agents_day(demo: Site, arrive: Arrive, watch: Watch, width: int) -> None:
    watch.allow(422)
    page = arrive("callback", width, "/desk/callback")
    # Somebody who had to leave goes on with the one he had claimed.
    if page.locator("[data-key=n]").count():
        press(page, width, "n", "领取下一件")
    form = page.locator("form.call-form")
    first = form.get_attribute("action")
    press(page, width, "o", "查看号码")
    expect(page.locator("#number a[href^='tel:']").or_(page.locator("#number .quiet"))).to_be_visible()
    assert not re.search(r"1\d{10}", page.url), "no number in the address"
    answer(page, width, contacted="true", solved="true", rating="satisfied", manner_rating="very_satisfied")
    expect(page.locator(".if-bad")).to_be_hidden()
    page.fill("[name=note]", "诉求人表示感谢")
    page.keyboard.press("Escape")
    press(page, width, "s", "登记，打开下一件")
    told(page, "已登记并结案")
    expect(form).not_to_have_attribute("action", str(first))
    if width > 500:
        nothing_comes_back(page, "input[name=contacted]:checked, input[name=rating]:checked", "[name=note]")
    answer(page, width, contacted="false", solved="false", rating="dissatisfied", manner_rating="dissatisfied")
    choose(page, width, "1", "[name=reasons][value=not_solved]")
    press(page, width, "s", "登记，打开下一件")
    told(page, "诉求人不满意")
    choose(page, width, "2", "[name=decision][value=close]")
    expect(page.locator(".if-rehandle")).to_be_hidden()
    page.fill("[name=reason]", "已依法办理到位")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#no_further_ground-wrong")).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("已依法办理到位")
    page.select_option("[name=no_further_ground]", "within_policy")
    press(page, width, "s", "确定")
    told(page, "已提出处理意见")


@WIDTHS
def test_a_reviewers_day(demo: Site, arrive: Arrive, watch: Watch, width: int) -> None:
    watch.allow(400)
    replied(demo, 2)
    page = arrive("reviewer", width, "/desk/review")
    form = page.locator("form.review-form")
    first = form.get_attribute("action")
    choose(page, width, "2", "[name=gate_quality][value=fail]")
    phrase = page.locator("[data-fills=f-gate_quality_reason]").nth(1)
    phrase.click()
    expect(page.locator("[name=gate_quality_reason]")).to_have_value(phrase.inner_text())
    page.keyboard.press("Escape")
    press(page, width, "b", "审核退回")
    told(page, "已退回")
    expect(form).not_to_have_attribute("action", str(first))
    if width > 500:
        nothing_comes_back(page, "input[name=gate_quality][value=fail]:checked", "[name=gate_quality_reason]")
    for gate in page.locator(".gate-fails").all():
        gate.locator("label:has([value=pass])").click()
        gate.locator("textarea").fill("经核实，情况已在答复中说明。")
        page.keyboard.press("Escape")
    second = form.get_attribute("action")
    press(page, width, "a", "审核通过")
    told(page, "已通过")
    assert second != form.get_attribute("action")
    page.get_by_role("link", name="延期").first.click()
    page.wait_for_url("**tab=extensions")
    press(page, width, "b", "不予延期")
    expect(page.locator("#reason-wrong")).to_be_visible()
    page.fill("[name=reason]", "理由不充分，请按原时限办理。")
    page.keyboard.press("Escape")
    press(page, width, "b", "不予延期")
    told(page, "已退回")


@WIDTHS
def test_an_adjudicators_day(demo: Site, arrive: Arrive, watch: Watch, width: int) -> None:
    watch.allow(400)
    page = arrive("dispatcher", width, "/desk/adjudication")
    form = page.locator("form.ruling-form")
    first = form.get_attribute("action")
    page.locator("[name=opinion]").first.fill("列入牵头单位职责")
    page.get_by_role("button", name="登记意见").first.click()
    told(page, "意见已登记")
    choose(page, width, "1", "[name=ruling][value=uphold]")
    page.fill("[name=other_unit]", "没有这个单位")
    page.fill("[name=reason]", "经核属其他单位职责")
    page.keyboard.press("Escape")
    press(page, width, "s", "作出裁定")
    expect(page.locator("#lead_unit-wrong")).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("经核属其他单位职责")
    choose(page, width, "2", "[name=ruling][value=desk]")
    expect(page.locator(".if-unit")).to_be_hidden()
    press(page, width, "s", "作出裁定")
    told(page, "已裁定")
    expect(page.locator(f"form[action='{first}']")).to_have_count(0)
    page.get_by_role("link", name="已裁定").click()
    expect(page.locator("#main")).to_contain_text("经核属其他单位职责")
