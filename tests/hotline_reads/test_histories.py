"""What happened reads as one story; who may not know a name or a word gets neither it nor a salt to guess it with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.errors import Unseen
from app.hotline.histories import history_page
from tests.hotline_reads.desk import Desk


def story(desk: Desk, ticket: int, who: str = "agent", lang: str = "zh") -> list[dict[str, Any]]:
    return history_page(desk.system, desk.who(who), "ticket", ticket, None, 200, lang)[0]


def step(desk: Desk, ticket: int, trigger: str, who: str = "agent") -> dict[str, Any]:
    return next(item for item in story(desk, ticket, who) if item["trigger"] == trigger)


def test_the_whole_road_with_its_words(desk: Desk) -> None:
    ticket = desk.completed(content="湖滨路的路灯三天没有亮了。")
    desk.act(ticket, "callback", "record_callback", contacted=True, solved=True, rating="satisfied", note="市民表示满意")
    items = story(desk, ticket)
    own = [item["trigger"] for item in items if item["case"] == ticket]
    assert own == ["register", "accept", "dispatch", "sign", "reply", "approve", "note_evaluation"]
    assert {item["kind"] for item in items} == {"ticket", "assignment", "callback"}
    assert step(desk, ticket, "register")["fields"]["content"] == "湖滨路的路灯三天没有亮了。"
    submitted = step(desk, ticket, "submit")
    assert submitted["fields"]["reply_text"] == "已要求施工方夜间停工。" and submitted["fields"]["outcome"] == "solved"
    assert submitted["actor"]["name"] == desk.who("handler.CG").name and submitted["unit"]["code"] == "CG"
    called = step(desk, ticket, "record_callback")
    assert called["note"] == "市民表示满意" and called["label"] == "登记回访" and (called["from"], called["to"]) == ("queued", "rated")
    assert len(called["hash"]) == 64 and called["at"].endswith("+08:00")
    assert story(desk, ticket, lang="en")[0]["label"] == "Register"


def test_pages_of_a_history_hang_together(desk: Desk) -> None:
    ticket = desk.completed()
    whole, seen, key = story(desk, ticket), [], None
    while True:
        items, key = history_page(desk.system, desk.who("agent"), "ticket", ticket, key, 3)
        seen += items
        if key is None:
            break
    assert seen == whole and len(whole) > 9


def test_a_share_has_its_own_history(desk: Desk) -> None:
    ticket = desk.completed()
    share = next(item["case"] for item in story(desk, ticket) if item["kind"] == "assignment")
    items, _ = history_page(desk.system, desk.who("handler.CG"), "assignment", share)
    assert {item["case"] for item in items} == {share} and items[0]["trigger"] == "assign"
    with pytest.raises(Unseen):
        history_page(desk.system, desk.who("agent"), "ticket", share)
    with pytest.raises(Unseen):
        history_page(desk.system, desk.who("clerk.JT"), "ticket", ticket)


def test_a_unit_reads_no_names_of_the_centre_and_no_inner_notes_of_another_unit(desk: Desk) -> None:
    ticket = desk.dispatched("CG", co=("JT",))
    desk.act(ticket, "clerk.CG", "sign")
    desk.act(ticket, "handler.CG", "interim_reply", reply_text="正在处理", internal_note="只给自己人看")
    mine, theirs = step(desk, ticket, "interim_reply", "clerk.CG"), step(desk, ticket, "interim_reply", "clerk.JT")
    assert mine["fields"]["internal_note"] == "只给自己人看" and mine["actor"]["name"]
    assert theirs["fields"]["internal_note"].keys() == {"digest"} and theirs["fields"]["reply_text"] == "正在处理"
    assert theirs["actor"] == {"id": f"user:{desk.who('handler.CG').id}", "name": None}
    assert step(desk, ticket, "accept", "clerk.CG")["actor"]["name"] is None
    assert "只给自己人看" not in str(story(desk, ticket, "clerk.JT"))


def test_a_confidential_story_is_masked_for_units(desk: Desk) -> None:
    ticket = desk.dispatched(citizen={"confidential": True}, content="我叫王小明，电话13812345678，反映噪音。")
    assert "13812345678" in str(story(desk, ticket))
    seen = str(story(desk, ticket, "clerk.CG"))
    assert "13812345678" not in seen and "王小明" not in seen and "噪音" in seen


def test_destroyed_words_leave_a_commitment_without_its_salt(desk: Desk) -> None:
    ticket = desk.register()
    desk.clock.advance(timedelta(minutes=1))
    owner = create_engine(desk.system.config.owner_url)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM texts"))
    owner.dispose()
    assert step(desk, ticket, "register")["fields"]["title"].keys() == {"digest"}
