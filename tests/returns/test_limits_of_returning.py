"""When a unit may not return: too late, too often, without a ground or evidence of the pack, twice at once; each refusal names its rule."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.core.sweep import sweep
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock
from tests.returns.conftest import ASKED, Returns


def refused(desk: Desk, ticket: int, sentence: str, who: str = "clerk.cgj", **fields: Any) -> None:
    """422 with the rule's own sentence, and nothing has changed."""
    before = desk.everything()
    answer = desk.act(who, ticket, "request_return", {**ASKED, **fields})
    assert answer.status_code == 422 and sentence in answer.json["detail"], answer.text
    assert desk.everything() == before


def under_pack(desk: Desk, **changes: str) -> None:
    """New tickets are pinned to the demonstration pack with these words replaced."""
    text = shipped_packs()["demo-district"]
    for old, new in changes.items():
        assert f"{old} = " in text
        text = "\n".join(f"{old} = {new}" if line.startswith(f"{old} = ") else line for line in text.splitlines())
    made = execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "for this story"))
    execute(desk.system, Choose(SYSTEM, f"demo-district@{made['version']}"))


def test_beyond_the_window_it_is_refused_and_the_share_is_not_overdue(desk: Desk, returns: Returns, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "record_contact", contact_way="phone")
    (_, ends), = returns.clocks(ticket, "return_window_clock")
    clock.freeze(ends - timedelta(seconds=1))
    offered = [action["trigger"] for action in desk.get("clerk.cgj", f"/tickets/{ticket}")["actions"]]
    assert "request_return" in offered, "signing does not end the window"
    clock.freeze(ends)
    sweep(desk.system)
    shown = desk.get("clerk.cgj", f"/tickets/{ticket}")
    assert "request_return" not in [action["trigger"] for action in shown["actions"]]
    refused(desk, ticket, "已超过规则包规定的退单期限")
    window = next(one for one in shown["clocks"] if one["name"] == "return_window_clock")
    assert window["overdue"] and window["due_at"] < shown["due_at"], "the end of a window makes nothing due"
    assert desk.rows("SELECT count(*) AS n FROM clocks WHERE root_id = %s AND name = 'return_window_clock'", ticket) == [{"n": 1}]


def test_beyond_the_count_it_is_refused(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("dispatched")
    returns.do("clerk.cgj", returns.ask(ticket), "cancel")
    request = returns.ask(ticket)
    refused(desk, ticket, "正等待裁定")
    returns.do("dispatcher", request, "reject", reason="属本单位职责")
    refused(desk, ticket, "return_count")
    other = desk.a_ticket("dispatched")
    returns.ask(other)


def test_the_count_is_the_units_not_the_tickets(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("dispatched")
    returns.do("dispatcher", returns.ask(ticket), "uphold", lead_unit="swj")
    second = returns.ask(ticket, who="clerk.swj")
    assert len(returns.of(ticket)) == 2
    returns.do("dispatcher", second, "uphold", lead_unit="hbj")
    assert desk.get("dispatcher", f"/tickets/{ticket}")["assignments"][-1]["attempt"] == 3


def test_the_ground_and_the_unit_suggested_must_make_sense(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    refused(desk, ticket, "not_our_duty", return_ground="too_busy")
    refused(desk, ticket, "在用的其他单位", suggested_unit="cgj")
    refused(desk, ticket, "在用的其他单位", suggested_unit=987654321)
    assert desk.act("clerk.cgj", ticket, "request_return", {"return_ground": "not_our_duty"}).status_code == 400
    assert desk.act("clerk.swj", ticket, "request_return", ASKED).status_code == 404
    assert desk.act("handler.cgj", ticket, "request_return", ASKED).status_code == 403
    assert desk.act("dispatcher", ticket, "request_return", ASKED).status_code == 403


def test_where_the_pack_wants_evidence_a_file_of_the_unit_must_be_there(desk: Desk, returns: Returns) -> None:
    under_pack(desk, return_needs_evidence="true")
    ticket = desk.a_ticket("handling")
    attach(desk, "agent", ticket)
    refused(desk, ticket, "return_needs_evidence")
    attach(desk, "handler.cgj", ticket)
    assert returns.one(returns.ask(ticket))["state"] == "requested"


def attach(desk: Desk, who: str, ticket: int) -> None:
    answer = desk.client.post(
        f"/api/v1/tickets/{ticket}/attachments", data={"kind": "other", "file": (BytesIO(f"权责清单 {who}".encode()), "duty.txt")},
        headers={"Authorization": f"Bearer {desk.token(who)}"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text


def test_a_pack_that_says_nothing_lets_a_unit_return_with_any_ground(desk: Desk, returns: Returns) -> None:
    execute(desk.system, Choose(SYSTEM, "gd-2022@1"))
    ticket = desk.a_ticket("handling")
    assert returns.clocks(ticket, "return_window_clock") == []
    for _ in range(2):
        request = returns.ask(ticket, return_ground="whatever")
        assert returns.one(request)["ground"] == {"code": "whatever", "zh": "whatever", "en": "whatever"}
        returns.do("dispatcher", request, "reject", reason="属本单位职责")


def test_only_the_centre_decides_and_words_are_asked_for(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    request = returns.ask(ticket)
    for who in ("clerk.cgj", "lead.cgj", "agent", "reviewer"):
        assert returns.act(who, request, "reject", reason="不").status_code == 403
    assert returns.act("clerk.swj", request, "cancel").status_code == 404
    assert returns.act("dispatcher", request, "designate", lead_unit="swj").status_code == 400
    alone = returns.act("dispatcher", request, "uphold", co_units=["swj"])
    assert alone.status_code == 422 and "哪个单位接手" in alone.json["detail"]
    assert returns.one(request)["state"] == "requested"


@pytest.mark.parametrize("second", ["uphold", "reject"])
def test_of_two_who_decide_at_once_one_decides(desk: Desk, returns: Returns, second: str) -> None:
    ticket = desk.a_ticket("handling")
    request, gate, answers = returns.ask(ticket), Barrier(2), list[int]()
    fields = {"uphold": {"lead_unit": "swj"}, "reject": {"reason": "属城管职责"}}

    def decide(who: str, trigger: str) -> None:
        desk.token(who)
        gate.wait()
        body = {"trigger": trigger, "fields": fields[trigger]}
        client = desk.client.application.test_client()
        header = {"Authorization": f"Bearer {desk.token(who)}"}
        answers.append(client.post(f"/api/v1/return-requests/{request}/transitions", json=body, headers=header).status_code)

    threads = [Thread(target=decide, args=pair) for pair in (("dispatcher", "uphold"), ("supervisor", second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    assert len(desk.rows("SELECT 1 AS n FROM history WHERE case_id = %s AND to_state IN ('upheld', 'rejected')", request)) == 1
