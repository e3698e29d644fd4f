"""The knowledge base on screen: found, written, published by another, said to be wrong, settled, revised, reviewed."""

from __future__ import annotations

from datetime import timedelta

from app.core import sweep
from app.simulation.crew import drain
from tests.factories.hotline import MONDAY, Desk
from tests.fixtures.living import MovedClock
from tests.knowledge.test_knowledge import ENTRY, published
from tests.web_pages.eyes import Eyes, cost, words

HERE = "/knowledge"
TEXT = {
    "title": "夜间施工", "content": "晚十点后不得施工。", "sources": "噪声法", "keywords": "噪声，施工", "unit": "cgj",
    "review_by": "2025-12-01T09:00",
}  # fmt: skip


def test_written_by_one_published_by_another_found_by_all(desk: Desk) -> None:
    clerk = Eyes(desk, "clerk.cgj")
    page = clerk.open(f"{HERE}/new")
    refused = clerk.send(page, HERE, **{**TEXT, "title": ""})
    assert refused.status_code == 400 and "晚十点后不得施工。" in refused.text and 'id="title-wrong"' in refused.text
    page = clerk.done(page, HERE, **TEXT)
    assert "待发布" in page and "晚十点后不得施工" in page
    entry = desk.get("clerk.cgj", "/knowledge-entries")["items"][0]["id"]
    assert Eyes(desk, "handler.swj").status(f"{HERE}/{entry}") == 404
    lead = Eyes(desk, "lead.cgj")
    act = f"/act/knowledge-entries/{entry}/publish"
    lead.done(lead.open(f"{act}?review_by=2025-12-01T09:00&to={HERE}/{entry}"), act, review_by="2025-12-01T09:00")
    drain(desk.system)
    assert "夜间施工" in Eyes(desk, "agent").open(f"{HERE}?q=施工") and "晚十点后" in Eyes(desk, "handler.swj").open(f"{HERE}/{entry}")


def test_what_is_wrong_is_said_settled_and_revised(desk: Desk) -> None:
    entry = published(desk)
    agent, clerk = Eyes(desk, "agent"), Eyes(desk, "clerk.cgj")
    page = agent.done(agent.open(f"{HERE}/{entry}"), f"{HERE}/{entry}/corrections", text="条文号写错了")
    assert "条文号写错了" in page and "待处理" in page
    assert "settle_correction" in clerk.open(f"{HERE}/{entry}")
    revise = f"{HERE}/{entry}/revise"
    told = words(clerk.open(f"{HERE}/{entry}"))
    assert "正文" in told and "诉求内容" not in told
    assert 'data-combo="/pick/categories"' in clerk.open(f"{HERE}/new")
    form = clerk.open(revise)
    assert ENTRY["content"] in words(form)
    same = clerk.send(form, revise, title=ENTRY["title"], content=ENTRY["content"])
    assert same.status_code == 422
    page = clerk.done(form, revise, title=ENTRY["title"], content="改正后的内容。", sources=ENTRY["sources"])
    assert "改正后的内容" in page and ENTRY["content"] in words(page), "what is published stays until the revision is"
    assert Eyes(desk, "handler.cgj").status(revise) == 403


def test_an_overdue_review_is_marked_and_put_on_its_shelf(desk: Desk, clock: MovedClock) -> None:
    entry = published(desk)
    clock.freeze(MONDAY + timedelta(days=60))
    sweep.sweep(desk.system)
    drain(desk.system)
    eyes = Eyes(desk, "reviewer")
    assert "复核逾期" in eyes.open(f"{HERE}/{entry}") and ENTRY["title"] in eyes.open(f"{HERE}?shelf=overdue")
    assert eyes.status(f"{HERE}?shelf=none") == 404


def test_more_entries_cost_no_more_trips(desk: Desk) -> None:
    published(desk)
    eyes = Eyes(desk, "agent")
    one = cost(eyes, HERE)
    for number in range(3):
        published(desk, title=f"条目{number}")
    assert cost(eyes, HERE) == one
