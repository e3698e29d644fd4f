"""The unit desk: signed and given in bulk by commands of their own, who is away, what was handed down; the filters stand in the address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.commands import AddUser
from app.people.units import AddUnit
from tests.factories.hotline import LONG_AGO, MONDAY, Desk
from tests.factories.shares import ASKED, share_of
from tests.web_pages.eyes import Eyes, cost, words

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

HOME = "/desk/unit"
GIVE = f"{HOME}/give"


def a_colleague(desk: Desk, username: str, name: str) -> int:
    return int(execute(desk.system, AddUser(SYSTEM, username, name, desk.unit_ids["cgj"], roles=("handler",))).case_id)


def test_ticked_ones_are_signed_each_by_itself_and_then_given(desk: Desk) -> None:
    first, second = (desk.a_ticket("dispatched", title=title) for title in ("井盖缺失", "路灯不亮"))
    shares = [share_of(desk, ticket, "cgj")["id"] for ticket in (first, second)]
    eyes = Eyes(desk, "clerk.cgj")
    page = eyes.open(HOME)
    assert "井盖缺失" in page and "未交办" in page and "待签收" in page
    desk.do("lead.cgj", first, "sign")
    signed = eyes.send(page, GIVE, f"{HOME}/sign", id=shares)
    assert signed.status_code == 303
    done = eyes.open(signed.headers["Location"])
    assert "已签收" in done and "未办成" in done and "不能执行此操作" in done
    assert words(eyes.open(signed.headers["Location"])) == words(done), "opened again it does nothing"
    assert eyes.send(page, GIVE, f"{HOME}/sign", id=shares).headers["Location"] == signed.headers["Location"], "sent twice it is done once"
    assert desk.get("clerk.cgj", f"/tickets/{second}")["state"] == "handling"
    person = a_colleague(desk, "li.cgj", "李四")
    given = eyes.done(done, GIVE, id=shares, person=person)
    assert words(given).count("→ 李四") == 2
    assert words(eyes.done(done, GIVE, id=shares, person=person)).count("→ 李四") == 2
    history = desk.get("clerk.cgj", f"/assignments/{shares[0]}/history")["items"]
    assert [row["trigger"] for row in history].count("assign_person") == 1
    late = eyes.send(page, GIVE, f"{HOME}/sign", id=shares)
    assert words(eyes.open(late.headers["Location"])).count("已签收") == 1, "also when another batch came between"
    assert "已不再保留" in eyes.open(eyes.browser.get(f"{HOME}/results?of=x", headers=eyes.headers).headers["Location"])
    again = eyes.done(given, GIVE, id=shares[:1], person=desk.user_ids["handler.cgj"])
    assert "已交办" in again
    assert desk.get("clerk.cgj", f"/assignments/{shares[0]}")["person"]["id"] == desk.user_ids["handler.cgj"], "given to another"
    mended = eyes.open(f"{HOME}?state=assigned,handling&person={person}")
    assert "路灯不亮" in mended and "井盖缺失" not in mended


def test_nobody_or_nothing_chosen_is_said(desk: Desk) -> None:
    share = share_of(desk, desk.a_ticket("dispatched"), "cgj")["id"]
    eyes = Eyes(desk, "clerk.cgj")
    page = eyes.open(HOME)
    assert "没有勾选任何件" in eyes.done(page, GIVE)
    assert "未办成" in eyes.done(page, GIVE, id=share)
    assert "已不在本单位" in eyes.done(page, GIVE, id=[99999999])


def test_who_is_away_cannot_be_picked_and_everybody_shows_what_is_in_hand(desk: Desk, clock: MovedClock) -> None:
    person, stand_in = a_colleague(desk, "li.cgj", "李四"), a_colleague(desk, "wu.cgj", "吴六")
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "assign_person", person=stand_in)
    since, until = (MONDAY - timedelta(hours=1)).isoformat(), (MONDAY + timedelta(days=3)).isoformat()
    leave = {"since": since, "until": until, "substitute_id": stand_in}
    assert desk.call("lead.cgj", "POST", f"/users/{person}/leaves", leave).status_code == 201
    people = {row["name"]: row for row in desk.get("clerk.cgj", "/unit-desk")["people"]}
    assert people["李四"]["away"]["substitute"]["name"] == "吴六" and people["李四"]["roles"] == ["handler"]
    assert (people["吴六"]["open"], people["吴六"]["late"], people["吴六"]["away"]) == (1, 0, None)
    page = Eyes(desk, "clerk.cgj").open(HOME)
    assert f'<option lang="zh" value="{person}" disabled>李四 · 请假至 2025-09-04 · 替岗 吴六' in page
    assert f'<option lang="zh" value="{stand_in}">吴六 · 在办 1' in page
    clock.advance(timedelta(days=40))
    assert {row["name"]: row["late"] for row in desk.get("clerk.cgj", "/unit-desk")["people"]}["吴六"] == 1


def test_the_last_hour_for_returning_is_amber(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("dispatched")
    eyes = Eyes(desk, "clerk.cgj")
    window = next(limit for limit in desk.get("clerk.cgj", f"/tickets/{ticket}")["clocks"] if limit["name"] == "return_window_clock")
    chip = f'href="/clocks/{window["id"]}"><span class="due due-'
    assert chip + "calm" in eyes.open(HOME)
    due = desk.rows("SELECT due_at FROM clocks WHERE id = %s", window["id"])[0]["due_at"]
    clock.freeze(due - timedelta(minutes=59))
    assert chip + "soon" in eyes.open(HOME) and desk.get("clerk.cgj", "/unit-desk")["counts"]["window_closing"] == 1
    assert "垃圾无人清理" in eyes.open(f"{HOME}?state=assigned,handling&window_before=2030-01-01T00:00:00%2B08:00")
    clock.freeze(due)
    assert f"/clocks/{window['id']}" not in eyes.open(f"{HOME}/queue?state=assigned"), "the window has closed"


def test_what_was_handed_down_and_what_was_asked(desk: Desk) -> None:
    execute(desk.system, AddUnit(SYSTEM, "城管一中队", "department", "cgj.1", desk.unit_ids["cgj"], LONG_AGO))
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "hand_down", units=["cgj.1"], instructions="请到现场")
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-09-26T18:00:00+08:00")
    counts = desk.get("clerk.cgj", "/unit-desk")["counts"]
    assert (counts["below"], counts["extensions_asked"], counts["handling"], counts["returns_asked"]) == (1, 1, 1, 0)
    eyes = Eyes(desk, "clerk.cgj")
    below = eyes.open(f"{HOME}?open=true&above={desk.unit_ids['cgj']}")
    assert "城管一中队" in below and f'href="/handling/{share_of(desk, ticket, "cgj")["id"]}"' in below
    assert "需要委托检测机构取样" in eyes.open(f"{HOME}?tab=asked")
    desk.do("clerk.cgj", desk.a_ticket("handling"), "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    asked = words(eyes.open(f"{HOME}?tab=asked"))
    assert "退单" in asked and "待裁定" in asked


def test_only_people_of_units(desk: Desk) -> None:
    assert Eyes(desk, "dispatcher").status(HOME) == 403
    assert Eyes(desk, "handler.cgj").status(HOME) == 403
    assert desk.call("dispatcher", "GET", "/unit-desk").status_code == 403


def test_the_cost_of_the_desk_does_not_grow_with_its_rows(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    eyes = Eyes(desk, "clerk.cgj")
    before = cost(eyes, HOME)
    for _ in range(5):
        desk.a_ticket("dispatched")
    assert cost(eyes, HOME) == before < 16
