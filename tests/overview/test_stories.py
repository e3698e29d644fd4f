"""Midnight belongs to the day that it begins, late news opens a folded day, and nobody is told of what he may not see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.core.sweep import sweep
from app.overview import folding
from app.overview.days import spans, usual_days
from tests.factories.hotline import MONDAY, Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

# Monday's end in the district.
MIDNIGHT = datetime(2025, 9, 1, 16, 0, tzinfo=UTC)
PLACE = {"lon": 113.321149, "lat": 23.123451, "crs": "wgs84", "street": "青石街道办事处", "address": "青石路八号二零三室"}

# The same limit of a later round.
LATE_AGAIN = """INSERT INTO fires (clock_id, generation, rung, root_id, due_at, at, late)
SELECT clock_id, generation + 1, rung, root_id, due_at, %s, late FROM fires WHERE root_id = %s AND rung = 'due'"""


def measure(desk: Desk, who: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in desk.get(who, "/overview/today")["measures"] if each["code"] == code)
    return found


def test_midnight_belongs_to_the_day_that_it_begins(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(MIDNIGHT - timedelta(microseconds=1))
    desk.a_ticket()
    assert measure(desk, "leader", "registered")["hours"] == [0] * 23 + [1]
    clock.freeze(MIDNIGHT)
    desk.a_ticket()
    desk.a_ticket()
    assert measure(desk, "leader", "registered")["hours"] == [2]
    assert folding.fold(desk.system) == 0, "a day is folded only when nothing of it can still be under way"
    clock.advance(timedelta(minutes=10))
    assert folding.fold(desk.system) == 1
    kept = desk.rows("SELECT day, hour, count FROM day_figures WHERE unit_id = 0 AND measure = 'registered' ORDER BY 1")
    assert kept == [{"day": date(2025, 9, 1), "hour": 23, "count": 1}, {"day": date(2025, 9, 2), "hour": 0, "count": 2}]
    clock.freeze(MIDNIGHT + timedelta(days=6))
    assert measure(desk, "leader", "registered")["usual"]["days"] == 8
    assert measure(desk, "leader", "registered")["usual"]["hours"][23] == {"mean": 0.1, "least": 0, "most": 1}


def test_what_is_recorded_later_of_a_folded_day_opens_it_again(desk: Desk, clock: MovedClock) -> None:
    desk.a_ticket("dispatched")
    clock.freeze(MIDNIGHT + timedelta(hours=1))
    assert folding.fold(desk.system) == 1
    clock.freeze(MONDAY + timedelta(hours=1))
    desk.a_ticket("dispatched")
    clock.freeze(MIDNIGHT + timedelta(hours=1))
    assert folding.fold(desk.system) == 1
    kept = desk.rows("SELECT sum(count) AS n FROM day_figures WHERE unit_id = 0 AND measure = 'dispatched'")
    assert kept == [{"n": 2}]


def test_today_is_folded_as_far_as_it_is_over_and_read_as_if_it_were_not(desk: Desk, clock: MovedClock) -> None:
    def told() -> list[Any]:
        told = [desk.get(who, f"/overview/{name}") for who in ("leader", "lead.cgj") for name in ("today", "rates", "rising")]
        return [{key: value for key, value in each.items() if key != "as_of"} for each in told]

    late, satisfied = desk.a_ticket("handling"), desk.a_ticket("completed")
    desk.do("callback", satisfied, "record_callback", contacted=True, solved=True, rating="satisfied")
    ends = desk.rows("SELECT min(due_at) AS at FROM clocks WHERE root_id = %s AND name = 'handle_clock'", late)[0]["at"]
    now = ends + timedelta(minutes=1)
    clock.freeze(now)
    sweep(desk.system)
    desk.a_ticket("dispatched")
    before = told()
    assert before[0]["measures"][4]["total"] == 1
    clock.advance(timedelta(minutes=10))
    assert told()[0]["measures"][0]["total"] == 1 and folding.fold(desk.system) >= 1
    assert desk.rows("SELECT counted_until FROM folded_days WHERE counted_until IS NOT NULL") == [
        {"counted_until": now + timedelta(minutes=5)}
    ]
    assert told() == before

    # What comes later is counted beside it; what was late before is not late again when another of its limits ends.
    desk.a_ticket("completed")
    desk.do("agent", desk.a_ticket("registered"), "reclassify", category="0102")
    desk.change(LATE_AGAIN, now + timedelta(minutes=10), late)
    unfolded = told()
    desk.change("DELETE FROM folded_days")
    assert told() == unfolded and unfolded[0]["measures"][4]["total"] == 1
    clock.advance(timedelta(minutes=10))
    folding.fold(desk.system)
    assert told() == unfolded


def test_a_unit_reads_neither_points_nor_numbers_of_others(desk: Desk) -> None:
    desk.a_ticket("dispatched", location=PLACE)
    desk.a_ticket("dispatched", location={**PLACE, "lon": 113.4}, citizen={"confidential": True})
    own, other = desk.get("lead.cgj", "/overview/streets"), desk.get("lead.swj", "/overview/streets")
    assert own["points"] == [{"lon": 113.321, "lat": 23.123, "category": "市容环境卫生", "hour": 9}]
    assert other["points"] == [] and not any(line["open"] or line["today"] for line in other["streets"])
    assert sum(line["open"] for line in own["streets"]) == sum(line["today"] for line in own["streets"]) == 2
    assert desk.get("admin", "/overview/streets")["points"] == []
    assert measure(desk, "lead.cgj", "dispatched")["total"] == 2 and measure(desk, "lead.swj", "dispatched")["total"] == 0
    assert "青石路" not in desk.call("leader", "GET", "/overview/wall").text


def test_basically_satisfied_is_nine_tenths_and_who_is_not_reached_is_in_no_rate(desk: Desk) -> None:
    for rating in ("satisfied", "basically_satisfied", None):
        ticket = desk.a_ticket("completed")
        answers = {"contacted": True, "solved": True, "rating": rating} if rating else {"call_outcome": "no_answer"}
        desk.do("callback", ticket, "record_callback", **answers)
    whole = desk.get("leader", "/overview/rates")["whole"]
    assert [whole[name] for name in ("valid", "satisfied", "satisfaction_rate", "judged", "on_time_rate")] == [2, 1, "0.9500", 3, "1.0000"]


def test_a_day_is_compared_with_its_like(desk: Desk) -> None:
    calendar = desk.system.settings.calendar(desk.system.settings.current_pack)
    # 2025: 1 to 8 October are holidays; Sunday 28 September and Saturday 11 October are worked in exchange.
    assert usual_days(calendar, date(2025, 10, 15))[:3] == [date(2025, 9, 24), date(2025, 9, 17), date(2025, 9, 10)]
    assert date(2025, 9, 28) not in usual_days(calendar, date(2025, 10, 19))
    assert usual_days(calendar, date(2025, 9, 28))[:2] == [date(2025, 9, 26), date(2025, 9, 25)]
    assert date(2025, 9, 28) in usual_days(calendar, date(2025, 10, 11))


def test_days_that_follow_each_other_are_one_span() -> None:
    days = {date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 3)}
    assert list(spans(days)) == [(date(2025, 9, 30), date(2025, 10, 2)), (date(2025, 10, 3), date(2025, 10, 4))]
    assert list(spans(set())) == []
