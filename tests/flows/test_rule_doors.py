"""Packs, years and limits over HTTP: read by everybody, tried and put in force by the administrator with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.publishing import publish_asked
from app.core.verifying import verify_asked
from rules.calendars import shipped_calendars
from rules.packs import shipped_packs
from tests.factories.hotline import Desk

REASON = "依据区政府会议纪要"
NEXT_YEAR = 2026


def post(desk: Desk, who: str, path: str, status: int, **body: Any) -> Any:
    answer = desk.call(who, "POST", path, body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_packs_are_read_with_their_tables(desk: Desk) -> None:
    told = desk.get("agent", "/packs")
    name, _, version = told["current"].rpartition("@")
    found = next(item for item in told["items"] if item["name"] == name)
    assert str(found["versions"][0]["version"]) == version and found["versions"][0]["reason"]
    pack = desk.get("agent", f"/packs/{name}?table=directory&q=qshj")
    rows = pack["table"]["rows"]
    assert rows and all("qshj" in str(row) for row in rows) and "street" in pack["table"]["columns"]
    assert "text" not in pack and shipped_packs()[name] == desk.get("agent", f"/packs/{name}?text=true")["text"]
    assert desk.call("agent", "GET", "/packs/none").status_code == 404
    assert desk.call("agent", "GET", f"/packs/{name}?table=none").status_code == 400


def test_a_text_is_tried_before_it_is_installed_and_chosen(desk: Desk) -> None:
    name = "demo-district"
    text = shipped_packs()[name]
    changed = text.replace('give = { unit = "qshj" }', 'give = { unit = "cgj" }', 1)
    tried = post(desk, "admin", "/packs/check", 200, text=changed)
    assert tried["fine"] and [line["sign"] for line in tried["differences"]].count("+") == 1
    assert post(desk, "admin", "/packs", 409, text=text, reason=REASON)["detail"]
    done = post(desk, "admin", "/packs", 201, text=changed, reason=REASON)
    chosen = f"{name}@{done['version']}"
    assert desk.get("agent", "/packs")["current"] != chosen, "new cases follow it only when it is chosen"
    post(desk, "admin", "/packs/choose", 200, pack=chosen)
    assert desk.get("agent", "/packs")["current"] == chosen
    assert desk.rows("SELECT reason FROM installed WHERE kind = 'pack' ORDER BY id DESC LIMIT 1") == [{"reason": REASON}]


def test_what_is_wrong_with_a_text_is_told_with_its_line(desk: Desk) -> None:
    text = shipped_packs()["demo-district"]
    torn = post(desk, "admin", "/packs/check", 200, text=text.replace("[tables.directory]", "[tables.directory", 1))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if each == "[tables.directory]")
    assert not torn["fine"] and torn["findings"][0]["line"] == line
    wrong = text.replace('when = { category = { prefix = "0101" }, street = "qshj" }', 'when = { wetter = "schön" }', 1)
    found = post(desk, "admin", "/packs/check", 200, text=wrong)["findings"][0]
    assert "wetter" in found["said"] and 'id = "0101-qshj"' in wrong.splitlines()[found["line"] - 1]
    assert post(desk, "admin", "/packs", 400, text=wrong, reason=REASON)["detail"]


def test_a_table_says_which_row_decides_and_why_the_others_do_not(desk: Desk) -> None:
    told = post(desk, "agent", "/packs/explain", 200, table="directory", facts={"category": "010101", "street": "qshj"})
    first = told["rows"][0]
    assert first["decides"] and first["give"]["unit"] == "qshj"
    assert any(row["failed"] and row["failed"][0]["column"] in ("street", "category") for row in told["rows"][1:])
    assert post(desk, "agent", "/packs/explain", 400, table="directory", facts={"wetter": "gut"})["errors"]["facts"]
    assert post(desk, "agent", "/packs/explain", 400, table="directory", facts={"round": "zwei"})["errors"]["facts"]


def test_a_year_is_drawn_tried_and_published_and_running_limits_follow(desk: Desk) -> None:
    year = desk.get("agent", f"/calendars/{NEXT_YEAR}")
    assert len(year["months"]) == 12 and sum(map(len, year["months"])) == 365
    assert year["months"][0][0] == {"day": "2026-01-01", "weekday": 3, "kind": "holiday", "name": "元旦"}
    text = shipped_calendars()[2025]
    last = '[[holiday]]\nname = "区运动会"\nfrom = 2025-09-03\nto = 2025-09-03\n'
    ticket = desk.a_ticket("dispatched")
    before = desk.get("dispatcher", f"/tickets/{ticket}")["clocks"]
    tried = post(desk, "admin", "/calendars/check", 200, text=f"{text}\n{last}")
    assert tried["running"] == 1 and [each["day"] for each in tried["changes"]] == ["2025-09-03"]
    assert post(desk, "admin", "/calendars/check", 200, text=text)["same"]
    done = post(desk, "admin", "/calendars", 201, text=f"{text}\n{last}", reason=REASON)
    assert desk.get("agent", "/calendars")["works"][0]["done_at"] is None
    publish_asked(desk.system)
    work = desk.get("agent", "/calendars")["works"][0]
    assert work["name"] == f"publish cn-2025@{done['version']}" and work["counts"]["reprojected"] == 1 and work["done_at"]
    after = desk.get("dispatcher", f"/tickets/{ticket}")["clocks"]
    moved = [one["name"] for one, other in zip(before, after, strict=True) if one["due_at"] != other["due_at"]]
    assert moved, "limits that run across the new holiday end later"
    assert post(desk, "admin", "/calendars", 409, text=f"{text}\n{last}", reason=REASON)["detail"]
    publish_asked(desk.system)  # nothing is left to do


def test_a_limit_is_reckoned_day_by_day(desk: Desk) -> None:
    told = post(desk, "agent", "/deadlines", 200, start="2025-09-30T10:00:00+08:00", amount="2wd")
    holidays = [step for step in told["steps"] if step["kind"] == "holiday"]
    assert len(holidays) == 8 and told["due_at"].startswith("2025-10-10T23:59:59") and not told["provisional"]
    assert "amount" in post(desk, "agent", "/deadlines", 400, start="2025-09-30T10:00:00+08:00", amount="two days")["errors"]


@pytest.mark.parametrize("who", ["agent", "auditor", "security"])
def test_only_the_administrator_puts_rules_in_force(desk: Desk, who: str) -> None:
    text, year = shipped_packs()["demo-district"] + "\n# x\n", shipped_calendars()[2025] + "\n# x\n"
    for path, body in (
        ("/packs", {"text": text, "reason": REASON}), ("/packs/check", {"text": text}), ("/packs/choose", {"pack": "gd-2022@1"}),
        ("/calendars", {"text": year, "reason": REASON}), ("/calendars/check", {"text": year}),
    ):  # fmt: skip
        assert desk.call(who, "POST", path, body).status_code == 403, path
    assert desk.call("admin", "POST", "/packs", {"text": text, "reason": "无"}).status_code == 422


def test_the_auditor_has_every_history_verified_and_finds_the_result_later(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    assert desk.call("agent", "POST", "/audit/verifications", {}).status_code == 403
    post(desk, "auditor", "/audit/verifications", 201)
    assert "正在进行" in post(desk, "auditor", "/audit/verifications", 409)["detail"]
    assert desk.get("auditor", "/audit/verifications")["items"][0]["done_at"] is None
    verify_asked(desk.system)
    fine = desk.get("auditor", "/audit/verifications")["items"][0]
    assert fine["done_at"] and fine["counts"]["histories"] >= 1 and "broken" not in fine["counts"]
    desk.change("ALTER TABLE history DISABLE TRIGGER ALL")
    desk.change("UPDATE history SET actor = 'somebody' WHERE case_id = %s AND seq = 1", ticket)
    post(desk, "auditor", "/audit/verifications", 201)
    verify_asked(desk.system)
    broken = desk.get("auditor", "/audit/verifications")["items"][0]
    assert f"case {ticket}: row 1 was changed" in broken["counts"]["broken"]


def test_what_needs_attention_is_told_to_those_who_govern(desk: Desk) -> None:
    desk.call("admin", "POST", "/units", {"name": "导入的局", "kind": "department", "provisional": True})
    told = desk.get("admin", "/administration")
    assert told["provisional"]["units"] == 1 and told["health"]["database"] and told["pack"].startswith("demo-district@")
    assert desk.get("security", "/keys")["items"][-1]["seals"] is True
    assert desk.call("agent", "GET", "/administration").status_code == 403 and desk.call("agent", "GET", "/keys").status_code == 403
