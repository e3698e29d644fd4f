"""The index of a table is only a short cut: it answers what reading every row would, and fast enough for ten thousand rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amounts import Amount
from rules.conditions import OneOf, Prefix, Range, covers, meets, read_condition
from rules.derived import FACTS, fact_of, with_derived
from rules.errors import PackError
from rules.tables import Policy, Row, Table, choose, collect, make_table, since

ON = date(2026, 3, 2)


def row(row_id: str, when: Mapping[str, object], begins: date | None = None, ends: date | None = None, **give: Any) -> Row:
    conditions = {}
    for column, value in when.items():
        fact = fact_of(column)
        assert fact is not None
        conditions[column] = read_condition(fact, value)
    return Row(row_id, conditions, give, "a basis", begins, ends, "a pack")


def table(policy: Policy, rows: Sequence[Row], by: str | None = None) -> Table:
    return make_table("a table", policy, by, rows)


def chosen(found: Table, on: date = ON, **facts: object) -> str | None:
    choice = choose(found, facts, on)
    return choice.row_id if choice else None


def test_first_is_the_first_row_in_order_that_matches() -> None:
    found = table("first", [
        row("narrow", {"category": {"prefix": "0101"}, "street": "qshj"}), row("wide", {"category": {"prefix": "01"}}), row("rest", {}),
    ])  # fmt: skip
    assert chosen(found, category="010102", street="qshj") == "narrow"
    assert chosen(found, category="010102", street="ltj") == "wide"
    assert chosen(found, category="01") == "wide"
    assert chosen(found, category="0") == "rest"
    assert chosen(found) == "rest"


def test_min_is_the_least_of_all_that_match_and_unlimited_comes_last() -> None:
    rows = [row("fifteen", {}, amount=Amount(15, "wd")), row("none", {"type": "help"}, amount=None),
            row("seven", {"labels": "statute"}, amount=Amount(7, "wd"))]  # fmt: skip
    found = table("min", rows, "amount")
    assert chosen(found, type="help") == "fifteen"
    assert chosen(found, type="help", labels={"statute", "other"}) == "seven"
    assert chosen(table("min", rows[1:2], "amount"), type="help") == "none"


def test_collect_is_every_row_that_matches_in_order() -> None:
    found = table("collect", [row("a", {"type": ["help", "consult"]}), row("b", {"type": "consult"}), row("c", {})])
    assert [choice.row_id for choice in collect(found, {"type": "help"}, ON)] == ["a", "c"]
    assert [choice.row_id for choice in collect(found, {"type": "consult"}, ON)] == ["a", "b", "c"]


def test_a_row_holds_from_its_first_day_until_the_day_it_ends() -> None:
    old = row("old", {}, ends=date(2026, 1, 1))
    new = row("new", {}, begins=date(2026, 1, 1), ends=date(2026, 6, 1))
    found = table("first", [old, new])
    assert [chosen(found, day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1))] == [
        "old", "new", "new", None,
    ]  # fmt: skip


def test_ranges_are_half_open_and_ask_numbers_dates_and_instants() -> None:
    found = table("first", [
        row("many", {"repeat_count": {"from": 3}}), row("some", {"repeat_count": {"from": 1, "to": 3}}),
        row("old", {"occurred_on": {"to": date(2026, 1, 1)}}),
    ])  # fmt: skip
    assert [chosen(found, repeat_count=number) for number in (0, 1, 2, 3, 99)] == [None, "some", "some", "many", "many"]
    assert [chosen(found, occurred_on=day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == ["old", None]


def test_a_fact_that_is_not_given_satisfies_no_condition() -> None:
    found = table("first", [row("a", {"enterprise": False}), row("b", {"round": {"to": 5}})])
    assert chosen(found) is None
    assert chosen(found, enterprise=None, round=None) is None
    assert chosen(found, enterprise=False) == "a"


def test_derived_facts_are_made_of_given_ones() -> None:
    found = table("first", [row("again", {"rehandled": True}), row("named", {"named": True})])
    assert chosen(found, round=2) == "again"
    assert chosen(found, round=1, anonymous=False) == "named"
    assert chosen(found, round=1, anonymous=True) is None
    assert with_derived({}, ["rehandled", "named"]) == {}
    assert with_derived({"repeat_count": 2, "attempt": 2}, ["repeated", "redispatched"]) | {} == {
        "repeat_count": 2, "attempt": 2, "repeated": True, "redispatched": True,
    }  # fmt: skip


categories = st.text("01", min_size=1, max_size=4)
streets = st.sampled_from(["a", "b", "c"])
whens: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {},
    optional={
        "category": st.one_of(categories, st.lists(categories, min_size=1, max_size=3), st.builds(dict, prefix=categories),
                              st.builds(dict, prefix=st.lists(categories, min_size=1, max_size=3))),
        "street": st.one_of(streets, st.lists(streets, min_size=1, max_size=3)),
        "labels": streets,
        "round": st.builds(dict, **{"from": st.integers(0, 2), "to": st.integers(3, 5)}),
        "type": st.sampled_from(FACTS["type"].values or ()),
    },
)  # fmt: skip
given_facts: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {},
    optional={"category": categories, "street": streets, "labels": st.sets(streets), "round": st.integers(0, 6),
              "type": st.sampled_from(FACTS["type"].values or ())},
)  # fmt: skip
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))


@given(st.lists(st.tuples(whens, DAYS, st.integers(1, 9)), max_size=12), given_facts, DAYS)
def test_the_index_answers_what_reading_every_row_would(
    rows: list[tuple[dict[str, object], date, int]], facts: dict[str, object], on: date
) -> None:
    made = [row(str(number), when, begins, begins + timedelta(days=days), value=days) for number, (when, begins, days) in enumerate(rows)]
    matching = [one for one in made if one.in_force(on) and one.matches(facts)]
    assert chosen(table("first", made), on, **facts) == (matching[0].id if matching else None)
    assert [choice.row_id for choice in collect(table("collect", made), facts, on)] == [one.id for one in matching]
    least = min(matching, key=lambda one: (one.give["value"], int(one.id)), default=None)
    assert chosen(table("min", made, "value"), on, **facts) == (least.id if least else None)


@given(st.lists(st.tuples(whens, DAYS, st.integers(1, 9)), max_size=12), given_facts, DAYS)
def test_until_the_next_turn_every_day_is_answered_alike(
    rows: list[tuple[dict[str, object], date, int]], facts: dict[str, object], on: date
) -> None:
    made = [row(str(number), when, begins, begins + timedelta(days=days), value=days) for number, (when, begins, days) in enumerate(rows)]
    found = table("collect", made)
    earlier = since(found, on)
    assert earlier <= on
    assert [choice.row_id for choice in collect(found, facts, earlier)] == [choice.row_id for choice in collect(found, facts, on)]


def test_a_row_of_many_combinations_is_still_found() -> None:
    wide = {"category": [f"{number:02d}" for number in range(60)], "street": [f"s{number}" for number in range(40)]}
    found = table("first", [row("wide", wide)])
    assert chosen(found, category="59", street="s39") == "wide"
    assert chosen(found, category="59", street="s40") is None


def test_ten_thousand_rows_of_a_directory_lie_in_few_buckets() -> None:
    rows = [row(f"{number}", {"category": {"prefix": f"{number // 100:04d}"}, "street": f"s{number % 100}"}) for number in range(10_000)]
    found = table("first", [*rows, row("rest", {"category": {"prefix": "0"}})])
    assert chosen(found, category="004207", street="s7") == "4207"
    assert chosen(found, category="004207", street="s100") == "rest"
    assert len(found.index) == 2
    assert max(len(bucket) for _, buckets in found.index for bucket in buckets.values()) == 1


values = st.sampled_from(["0", "01", "010", "011", "1", "10"])
conditions = st.one_of(
    st.frozensets(values, min_size=1, max_size=3).map(OneOf),
    st.lists(values, min_size=1, max_size=2).map(lambda given: Prefix(tuple(given))),
)


@given(conditions, conditions)
def test_covering_and_meeting_agree_with_the_values(one: OneOf | Prefix, other: OneOf | Prefix) -> None:
    longer = [a + b for a in ("0", "01", "010", "011", "1", "10", "2") for b in ("", "0", "1", "zz")]
    inside = [value for value in longer if other.holds(value)]
    if covers(one, other):
        assert all(one.holds(value) for value in inside)
    if any(one.holds(value) for value in inside):
        assert meets(FACTS["category"], one, other)


@given(*(st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)) for _ in range(2)))
def test_ranges_cover_and_meet_as_their_numbers_do(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> None:
    ranges = [Range(low, high) for low, high in (one, other)]
    numbers = [{number for number in range(-3, 13) if found.holds(number)} for found in ranges]
    if all(numbers):
        assert covers(ranges[0], ranges[1]) == (numbers[1] <= numbers[0])
        assert meets(FACTS["round"], ranges[0], ranges[1]) == bool(numbers[0] & numbers[1])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("type", "complain", "is never 'complain'"),
        ("type", ["help", "complain"], "is never 'complain'"),
        ("type", [], "is empty"),
        ("type", {"prefix": "z"}, "is never 'z'"),
        ("type", 3, "is a text"),
        ("category", {"prefix": ""}, "must be text that is not empty"),
        ("category", {"prefix": ["01", 2]}, "must be text that is not empty"),
        ("category", {"from": "01", "to": "02"}, "cannot be read"),
        ("category", {"not": "01"}, "cannot be read"),
        ("round", {"from": 3, "to": 3}, "is empty"),
        ("round", {"from": 4, "to": 3}, "is empty"),
        ("round", {}, "cannot be read"),
        ("round", "3", "is a number"),
        ("round", True, "is a number"),
        ("enterprise", "yes", "is a flag"),
        ("occurred_on", datetime(2026, 1, 1), "is a date"),  # noqa: DTZ001
        ("registered_at", datetime(2026, 1, 1), "is a datetime"),  # noqa: DTZ001
    ],
)
def test_a_condition_that_can_never_hold_is_refused(column: str, value: object, said: str) -> None:
    fact = fact_of(column)
    assert fact is not None
    with pytest.raises(PackError, match=said):
        read_condition(fact, value)
