"""The real files, where they are at hand: every row is planned or rejected, and the known traps are met."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from app.imports.planned import PlannedTicket


@pytest.mark.parametrize(
    ("file", "mapping", "rows", "states"),
    [
        ("leader_board/messages.xlsx", "leader-board", 4326, {"registered": 4326}),
        ("leader_board/replies.xlsx", "leader-board-replies", 2816, {"closed": 2816}),
        ("pingshan/events.csv", "pingshan", 8000, {"closed": 7998, "handling": 2}),
        ("baltimore311/requests.csv", "baltimore311", 10000, {"closed": 9792, "handling": 139, "registered": 69}),
    ],
)
def test_every_row_is_planned(real_data, planned, file, mapping, rows, states):
    plans = planned(real_data / file, mapping)
    assert len(plans) == rows and all(isinstance(plan, PlannedTicket) for plan in plans)
    assert Counter(plan.state for plan in plans) == states
    assert len({plan.external_key for plan in plans}) == rows
    for plan in plans:
        assert all(a.at <= b.at for a, b in zip(plan.steps, plan.steps[1:], strict=False))


def test_the_board_numbers_messages_and_answered_messages_apart(real_data, planned):
    messages, answered = (planned(real_data / f"leader_board/{name}.xlsx", mapping) for name, mapping in (
        ("messages", "leader-board"), ("replies", "leader-board-replies")))  # fmt: skip
    assert not {plan.external_key for plan in messages} & {plan.external_key for plan in answered}
    days = sorted((plan.steps[4].at - plan.steps[0].at).total_seconds() / 86400 for plan in answered)
    assert days[0] >= 0 and 11 < days[len(days) // 2] < 11.5


def test_pingshan_tells_late_without_times_and_renamed_units_by_one_code(real_data, planned):
    plans = planned(real_data / "pingshan/events.csv", "pingshan")
    assert Counter(plan.outcome.late for plan in plans if plan.outcome) == {False: 7204, True: 794}
    names = {plan.unit.name for plan in plans if plan.unit.code == "8484"}
    assert names == {"坪山街道综合执法队", "坪山街道综合执法队（坪山街道办事处）"}
    assert sum(plan.unit.code is None for plan in plans) == 17
    assert not any("&#" in named.name for plan in plans for named in plan.category)


def test_baltimore_is_late_as_counted_and_its_rounded_places_are_marked(real_data, planned):
    plans = planned(real_data / "baltimore311/requests.csv", "baltimore311")
    assert sum(plan.outcome is not None and plan.outcome.late is True for plan in plans) == 1567
    assert sum(plan.location.get("coarse") is True for plan in plans) == 892
    first = next(plan for plan in plans if plan.external_key == "18-00269879")
    assert first.steps[0].at == datetime(2018, 4, 12, 15, 11, 26, tzinfo=UTC)


UNKNOWN_CITY = """
name = "councilstat"
zone = "America/New_York"
time_formats = ["%Y-%m-%d"]
key = ["unique_key"]
[ticket]
type = { value = "help" }
channel = { value = "visit" }
title = { columns = ["descriptor", "complaint_type"], first = true, missing = "Constituent case" }
content = { columns = ["complaint_type", "descriptor", "city"], join = " / ", missing = "Constituent case" }
category = ["complaint_type", "descriptor"]
[location]
address = "zip"
community = "borough"
[unit]
name = "account"
[steps.register]
at = "opendate"
[steps.close]
at = "closedate"
"""


@pytest.mark.deep
def test_an_unknown_city_s_file_needs_only_a_mapping(real_data, planned):
    plans = planned(real_data / "councilstat/complaints.csv.gz", UNKNOWN_CITY)
    kinds = Counter(type(plan).__name__ for plan in plans)
    assert kinds == {"PlannedTicket": 341_194, "Rejected": 105}
    assert Counter(plan.state for plan in plans if isinstance(plan, PlannedTicket)) == {"closed": 327_055, "registered": 14_139}
