"""From registration to archive: every state, every clock, every history row, and what each reader sees on the way."""

from __future__ import annotations

from datetime import timedelta

from tests.factories.hotline import REPLY, Desk
from tests.fixtures.living import MovedClock


def test_from_registration_to_archive(desk: Desk, clock: MovedClock) -> None:
    answer = desk.call("agent", "POST", "/tickets", {"type": "complaint", "channel": "phone", "title": "垃圾", "content": "三天没人清。"})
    assert answer.status_code == 201
    ticket = answer.json["id"]
    assert answer.headers["Location"] == f"/api/v1/tickets/{ticket}" and answer.headers["ETag"] == '"1"'
    states = [answer.json["state"]]
    for who, trigger, fields in (
        ("agent", "accept", {"category": "010101"}),
        ("dispatcher", "dispatch", {"lead_unit": "cgj"}),
        ("clerk.cgj", "sign", {}),
        ("clerk.cgj", "assign_person", {"person": desk.user_ids["handler.cgj"]}),
        ("handler.cgj", "submit", REPLY),
        ("lead.cgj", "reply", {}),
        ("reviewer", "approve", {}),
        ("callback", "record_callback", {"contacted": True, "solved": True, "rating": "satisfied"}),
        ("callback", "close", {}),
        ("reviewer", "archive", {}),
    ):
        clock.advance(timedelta(minutes=5))
        states.append(desk.do(who, ticket, trigger, **fields)["state"])
    assert states == [
        "registered", "accepted", "dispatched", "handling", "handling", "handling", "replied", "completed", "completed", "closed",
        "archived",
    ]  # fmt: skip
    assert desk.triggers(ticket) == [
        ("ticket", "register"), ("ticket", "accept"), ("ticket", "dispatch"), ("assignment", "assign"), ("ticket", "sign"),
        ("assignment", "sign"), ("assignment", "assign_person"), ("assignment", "submit"), ("ticket", "reply"), ("assignment", "reply"),
        ("ticket", "approve"), ("assignment", "finish"), ("callback", "open"), ("ticket", "note_evaluation"),
        ("callback", "record_callback"), ("ticket", "close"), ("ticket", "archive"),
    ]  # fmt: skip


def test_clocks_run_where_the_ticket_stands_and_stop_with_it(desk: Desk) -> None:
    def running(shown: dict) -> list[tuple[str, str]]:
        return sorted((clock["name"], clock["level"]) for clock in shown["clocks"] if clock["state"] == "running")

    shown = desk.register()
    ticket = shown["id"]
    assert running(shown) == [("acceptance_clock", "district")]
    assert running(desk.do("agent", ticket, "accept")) == [("dispatch_clock", "district"), ("total_clock", "district")]
    units = [("first_contact_clock", "unit"), ("handle_clock", "unit"), ("return_window_clock", "unit"), ("sign_clock", "unit")]
    assert running(desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")) == sorted([("total_clock", "district"), *units])
    signed = {*units, ("interim_reply_clock", "unit"), ("total_clock", "district")} - {("sign_clock", "unit")}
    assert running(desk.do("clerk.cgj", ticket, "sign")) == sorted(signed)
    submitted = desk.do("handler.cgj", ticket, "submit", **REPLY)
    assert running(submitted) == [("return_window_clock", "unit"), ("total_clock", "district")]
    assert [c["state"] for c in submitted["clocks"] if c["name"] == "handle_clock"] == ["held"], "signing off is not the unit's time"
    assert running(desk.do("lead.cgj", ticket, "reply"))[-1] == ("total_clock", "district")
    assert running(desk.do("reviewer", ticket, "approve")) == [("callback_clock", "district"), ("rating_clock", "district")]
    desk.do("callback", ticket, "record_callback", contacted=True, solved=True, rating="satisfied")
    assert running(desk.do("callback", ticket, "close")) == []
    assert desk.rows("SELECT 1 AS n FROM clocks WHERE root_id = %s AND state <> 'stopped'", ticket) == []


def test_a_complaint_is_due_after_fifteen_working_days_at_the_end_of_the_day(desk: Desk) -> None:
    """2025-09-01 plus 15 working days of gd-2022 is 2025-09-22; no holiday lies between."""
    ticket = desk.a_ticket("accepted")
    total = next(clock for clock in desk.get("agent", f"/tickets/{ticket}")["clocks"] if clock["name"] == "total_clock")
    assert (total["due_at"], total["overdue"], total["provisional"]) == ("2025-09-22T23:59:59+08:00", False, False)


def test_the_answer_after_a_step_is_what_a_reader_then_reads(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    answer = desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj", "co_units": ["swj"]})
    read = desk.call("dispatcher", "GET", f"/tickets/{ticket}")
    assert answer.json == read.json and answer.headers["ETag"] == read.headers["ETag"]
    assert [(share["unit"]["code"], share["role"], share["state"]) for share in read.json["assignments"]] == [
        ("cgj", "lead", "assigned"),
        ("swj", "co", "assigned"),
    ]


def test_the_history_tells_who_did_what_with_which_words(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", note="请尽快")
    items = desk.get("agent", f"/tickets/{ticket}/history")["items"]
    assert [item["trigger"] for item in items] == ["register", "accept", "dispatch", "assign"]
    told = items[2]
    assert told["actor"]["id"] == f"user:{desk.user_ids['dispatcher']}" and (told["from"], told["to"]) == ("accepted", "dispatched")
    assert told["note"] == "请尽快" and len(told["hash"]) == 64 and told["at"] == "2025-09-01T09:30:00+08:00"
    kept = desk.rows("SELECT fields FROM history WHERE root_id = %s AND trigger = 'dispatch'", ticket)[0]["fields"]
    assert "请尽快" not in str(kept), "the chain holds digests, never words"
