"""An entry of the knowledge base from its first draft to the answer that cites it, its correction, its review, and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core import sweep
from app.simulation.crew import drain
from tests.factories.hotline import MONDAY, REPLY, Desk
from tests.fixtures.living import MovedClock

ENTRY = {
    "title": "住房公积金提取条件", "content": "购买、建造自住住房的，可以提取住房公积金账户余额。", "unit": "cgj",
    "keywords": ["公积金", "提取"], "sources": "《住房公积金管理条例》第二十四条", "review_by": "2025-10-15T00:00:00+08:00",
    "open_to_public": True,
}  # fmt: skip


def written(desk: Desk, who: str = "clerk.cgj", **changes: Any) -> int:
    answer = desk.call(who, "POST", "/knowledge-entries", {**ENTRY, **changes})
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def move(desk: Desk, who: str, entry: int, trigger: str, status: int = 200, **fields: Any) -> Any:
    answer = desk.call(who, "POST", f"/knowledge-entries/{entry}/transitions", {"trigger": trigger, "fields": fields})
    assert answer.status_code == status, answer.text
    return answer.json


def published(desk: Desk, **changes: Any) -> int:
    entry = written(desk, **changes)
    move(desk, "lead.cgj", entry, "publish", review_by=changes.get("review_by", ENTRY["review_by"]))
    drain(desk.system)
    return entry


def titles(desk: Desk, q: str, who: str = "agent") -> list[str]:
    path = "/public/knowledge" if who == "" else "/knowledge"
    return [item["title"] for item in desk.get(who, f"{path}?q={q}")["items"]]


def test_an_entry_is_found_while_typing_once_it_is_published(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = written(desk)
    drain(desk.system)
    assert titles(desk, "公积") == [] and desk.call("agent", "GET", f"/knowledge/{entry}").status_code == 404
    refused = move(desk, "clerk.cgj", entry, "publish", 403, review_by=ENTRY["review_by"])
    assert "角色" in refused["detail"]
    move(desk, "lead.cgj", entry, "publish", review_by=ENTRY["review_by"])
    drain(desk.system)
    assert titles(desk, "公积") == titles(desk, "公积金 条例") == [ENTRY["title"]]
    assert titles(desk, "公积", who="") == [ENTRY["title"]]
    shown = desk.get("handler.swj", f"/knowledge/{entry}")
    assert shown["edition"] == 1 and shown["unit"]["code"] == "cgj" and shown["sources"] == ENTRY["sources"]
    assert titles(desk, "水费") == []


def offered(desk: Desk, text: str, who: str = "agent", **more: Any) -> list[str]:
    answer = desk.call(who, "POST", "/knowledge/offers", {"text": text, **more})
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]


def test_an_entry_is_offered_while_a_demand_is_being_told(desk: Desk, clock: MovedClock) -> None:
    """A whole sentence finds nothing by itself: what is told in it is compared with keywords, titles and the branch of categories."""
    clock.freeze(MONDAY)
    published(desk)
    published(desk, title="生活垃圾投放时间", content="每天六时至九时。", keywords=["垃圾分类"], category="010101")
    assert offered(desk, "市民想买房，问公积金怎么提取，需要带什么材料。") == [ENTRY["title"]]
    assert offered(desk, "问生活垃圾什么时候投放") == ["生活垃圾投放时间"]
    assert offered(desk, "有人反映楼下很脏", category="010101") == ["生活垃圾投放时间"]
    assert offered(desk, "路灯不亮") == [] and offered(desk, "x" * 4000) == []
    assert offered(desk, "公积金 生活垃圾 垃圾分类", limit=1) == ["生活垃圾投放时间"]
    assert desk.call("admin", "POST", "/knowledge/offers", {"text": "公积金"}).status_code == 403


def test_who_wrote_an_entry_does_not_publish_it(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = written(desk, who="lead.cgj")
    refused = move(desk, "lead.cgj", entry, "publish", 422, review_by=ENTRY["review_by"])
    assert refused["detail"].startswith("知识须由撰写人以外的人审核发布。")
    assert move(desk, "reviewer", entry, "publish", review_by=ENTRY["review_by"])["state"] == "published"


def test_a_revision_is_not_read_before_it_is_published_and_the_edition_before_stays(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = published(desk)
    move(desk, "clerk.cgj", entry, "revise", content="租房也可以提取。")
    assert desk.get("agent", f"/knowledge/{entry}")["content"] == ENTRY["content"]
    move(desk, "reviewer", entry, "publish", review_by=ENTRY["review_by"])
    drain(desk.system)
    shown = desk.get("agent", f"/knowledge/{entry}")
    assert shown["edition"] == 2 and shown["content"] == "租房也可以提取。"
    assert [edition["content"] for edition in shown["editions"]] == ["租房也可以提取。", ENTRY["content"]]
    assert titles(desk, "租房") == [ENTRY["title"]] and titles(desk, "建造自住") == []


def test_an_answer_and_a_reply_cite_what_is_published_and_nothing_else(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry, draft = published(desk), written(desk, title="未发布的知识")
    ticket = desk.a_ticket("accepted", type="consult", title="公积金怎么提取", content="请问公积金怎么提取？")
    before = desk.everything()
    refused = desk.act("agent", ticket, "answer", {"reply_text": "可以提取。", "cites": [entry, draft]})
    assert refused.status_code == 422 and refused.json["detail"].startswith("引用的知识不存在、未发布或已过有效期。")
    assert desk.everything() == before
    desk.do("agent", ticket, "answer", reply_text="可以提取。", cites=[entry])
    handled = desk.a_ticket("handling")
    desk.do("handler.cgj", handled, "submit", **REPLY, cites=[entry])
    assert desk.get("agent", f"/knowledge/{entry}")["cited"] == 2
    rows = desk.rows("SELECT root_id, entry_id, edition FROM knowledge_citations ORDER BY root_id")
    assert [(row["root_id"], row["entry_id"], row["edition"]) for row in rows] == [(ticket, entry, 1), (handled, entry, 1)]


def test_an_entry_that_no_longer_holds_is_neither_found_nor_cited(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = published(desk, valid_until="2025-10-01T00:00:00+08:00")
    ticket = desk.a_ticket("accepted", type="consult")
    clock.advance(timedelta(days=31))
    assert titles(desk, "公积") == [] and desk.get("agent", f"/knowledge/{entry}")["holds"] is False
    assert desk.call("", "GET", f"/public/knowledge/{entry}").status_code == 404
    assert desk.act("agent", ticket, "answer", {"reply_text": "可以提取。", "cites": [entry]}).status_code == 422


def test_whoever_works_with_an_entry_corrects_it_and_its_owner_settles_that_once(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = published(desk)
    said = desk.call("handler.swj", "POST", f"/knowledge/{entry}/corrections", {"text": "条款号已变更，应为第二十五条。"})
    assert said.status_code == 201
    correction = said.json["corrections"][0]["id"]
    move(desk, "lead.swj", entry, "settle_correction", 404, correction=correction, accepted=True, reason="属实")
    move(desk, "clerk.cgj", entry, "settle_correction", correction=correction, accepted=True, reason="属实，已修订。")
    again = move(desk, "clerk.cgj", entry, "settle_correction", 422, correction=correction, accepted=False, reason="再处理一次")
    assert again["detail"].startswith("没有此条待处理的纠错。")
    told = desk.call("clerk.cgj", "GET", f"/knowledge-entries/{entry}/history").text
    assert "应为第二十五条" in told and "属实，已修订" in told
    settled = desk.get("agent", f"/knowledge/{entry}")["corrections"][0]
    assert settled["accepted"] is True and settled["reason"] == "属实，已修订。"


def test_a_review_that_is_not_done_in_time_is_marked_again_each_time(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    entry = published(desk)
    clock.advance(timedelta(days=50))
    sweep.sweep(desk.system)
    assert [item["id"] for item in desk.get("supervisor", "/knowledge-entries?review_overdue=true")["items"]] == [entry]
    drain(desk.system)
    [proposed] = desk.get("supervisor", "/supervisions")["items"]
    assert (proposed["state"], proposed["unit"]["code"]) == ("proposed", "cgj") and ENTRY["title"] in proposed["title"]
    move(desk, "clerk.cgj", entry, "confirm_valid", review_by="2025-11-01T00:00:00+08:00")
    assert desk.get("supervisor", "/knowledge-entries?review_overdue=true")["items"] == []
    clock.advance(timedelta(days=20))
    sweep.sweep(desk.system)
    assert desk.get("agent", f"/knowledge/{entry}")["review_overdue"] is True
    late = move(desk, "clerk.cgj", entry, "confirm_valid", 422, review_by="2029-01-01T00:00:00+08:00")
    assert "最长复核周期" in late["detail"]


def test_a_unit_writes_only_what_it_answers_for(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MONDAY)
    refused = desk.call("clerk.swj", "POST", "/knowledge-entries", ENTRY)
    assert refused.status_code == 422 and refused.json["detail"].startswith("单位只能撰写本单位负责的知识。")
    assert desk.call("clerk.swj", "POST", "/knowledge-entries", {**ENTRY, "unit": "nobody"}).status_code == 400
    assert desk.call("clerk.swj", "POST", "/knowledge-entries", {"title": "无内容"}).status_code == 400
    assert desk.call("admin", "GET", "/knowledge?q=公积").status_code == 403
    assert desk.rows("SELECT count(*) AS n FROM knowledge_entries")[0]["n"] == 0
