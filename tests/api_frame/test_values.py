"""Values on the wire: what is read, what is refused and in which words, and that what is shown can be read again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from app.api.fields import Triggers, reader
from app.api.values import BIGGEST, Body, Choice, Day, Flag, Real, Ref, Text, When, Whole, read_instant, shown, shown_due
from app.errors import IllFormed
from workflows.definition import load_released
from workflows.fields import FIELDS

# 1993 to 2198: before 1992 the district knew summer time.
INSTANTS = st.integers(725_846_400, 7_226_582_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def refused(field: fields.Field[Any], value: Any) -> str:
    with pytest.raises(ValidationError) as error:
        field.deserialize(value)
    return str(error.value.messages[0])


@given(INSTANTS)
def test_an_instant_survives_the_way_out_and_in(instant: datetime) -> None:
    written = shown(instant)
    assert written is not None
    assert written.endswith("+08:00")
    assert read_instant(written) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-09-30T10:00:00+08:00", datetime(2025, 9, 30, 2, tzinfo=UTC)),
        ("2025-09-30t02:00:00z", datetime(2025, 9, 30, 2, tzinfo=UTC)),
        ("2025-09-30 02:00:00.123456789Z", datetime(2025, 9, 30, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2025-09-29T21:30:00-04:30", datetime(2025, 9, 30, 2, tzinfo=UTC)),
    ],
)
def test_rfc_3339(text: str, instant: datetime) -> None:
    assert read_instant(text) == instant


@pytest.mark.parametrize("text", ["2025-09-30T10:00:00", "2025-09-30 10:00:00.5"])
def test_a_time_without_zone_is_told_so(text: str) -> None:
    assert refused(When(), text).startswith("时间必须带时区")


@pytest.mark.parametrize(
    "text",
    ["2025-09-30", "20250930T100000Z", "2025-02-30T10:00:00Z", "2025-09-30T24:00:00Z", "2025-09-30T10:00Z", "2025-W40-2", "", 5, None,
     "２０２５-09-30T10:00:00Z", "2025-09-30T10:00:60Z", "2025-09-30T10:00:00+25:00"],
)  # fmt: skip
def test_what_is_no_instant(text: object) -> None:
    with pytest.raises(ValidationError):
        read_instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31T00:00:00Z"])
def test_years_that_no_case_has(text: str) -> None:
    assert refused(When(), text) == "年份必须在 1900 到 2200 之间。"


def test_the_end_of_a_day_is_shown_as_the_day_that_ends() -> None:
    midnight = datetime(2025, 10, 28, 16, tzinfo=UTC)
    assert shown_due(midnight) == "2025-10-28T23:59:59+08:00"
    assert When(due=True)._serialize(midnight, None, None) == "2025-10-28T23:59:59+08:00"
    assert shown(midnight) == "2025-10-29T00:00:00+08:00"
    assert shown_due(midnight - timedelta(hours=1)) == "2025-10-28T23:00:00+08:00"
    assert shown(None) is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (Text(most=3), 7, "必须是文字。"), (Text(most=3), "  \t", "不能为空。"), (Text(most=3), "四个汉字", "最多 3 个字，现有 4 个。"),
        (Text(most=9), "一\n二", "不能换行。"), (Text(most=9, least=3), "ab", "至少 3 个字。"), (Text(), None, "Field may not be null."),
        (Choice("a", "b"), "c", "Must be one of: a, b."), (Choice("a"), 1, "必须是文字。"), (Whole(), "5", "必须是整数。"),
        (Whole(), True, "必须是整数。"), (Whole(), 1.0, "必须是整数。"), (Whole(text=True), "1_0", "必须是整数。"),
        (Whole(text=True), "５", "必须是整数。"), (Flag(), 1, "必须是 true 或 false。"), (Flag(), "true", "必须是 true 或 false。"),
        (Flag(text=True), "yes", "必须是 true 或 false。"), (Real(least=-1, most=1), "0.5", "必须是数字。"),
        (Real(least=-1, most=1), True, "必须是数字。"), (Day(), "2025-02-29", "必须是日期，例如 2025-09-30。"),
        (Day(), "1066-10-14", "年份必须在 1900 到 2200 之间。"),
    ],
)  # fmt: skip
def test_what_is_refused(field: fields.Field[Any], value: object, sentence: str) -> None:
    assert refused(field, value) == sentence


@pytest.mark.parametrize("value", [0, -1, BIGGEST + 1])
def test_an_id_fits_the_database(value: int) -> None:
    with pytest.raises(ValidationError):
        Ref().deserialize(value)


def test_what_is_read() -> None:
    assert Text(most=3).deserialize("  好 的 \n") == "好 的"
    assert Text(most=9, lines=True).deserialize("一\n二") == "一\n二"
    assert Text(blank=True).deserialize(" ") == ""
    assert Whole(text=True).deserialize("-12") == -12
    assert Flag(text=True).deserialize("false") is False
    assert Real(least=-180, most=180).deserialize(113) == 113.0
    assert Day().deserialize("2024-02-29") == date(2024, 2, 29)


def test_a_body_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        Body().load({"x": 1})


def test_every_type_of_the_vocabulary_has_a_reader() -> None:
    assert {reader(name).metadata["description"] for name in FIELDS} == {f"{field.zh} / {field.en}" for field in FIELDS.values()}


def tickets() -> Triggers:
    return Triggers("ticket", [flow for flow in load_released().values() if flow.kind == "ticket"])


def test_a_trigger_is_read_with_its_fields() -> None:
    body = {"trigger": "dispatch", "fields": {"lead_unit": 7, "instructions": " 请尽快 "}}
    assert tickets().read(body) == ("dispatch", {"lead_unit": 7, "instructions": "请尽快"})
    assert tickets().read({"trigger": "accept"}) == ("accept", {})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "trigger"), ({"trigger": "fly"}, "trigger"), ({"trigger": 5}, "trigger"), ({"trigger": "accept", "fields": []}, "fields"),
        ({"trigger": "accept", "feilds": {}}, "feilds"), ({"trigger": "dispatch", "fields": {"lead_unit": "7"}}, "fields.lead_unit"),
        ({"trigger": "dispatch", "fields": {"co_units": []}}, "fields.co_units"),
        ({"trigger": "dispatch", "fields": {"co_units": [0]}}, "fields.co_units.0"),
        ({"trigger": "dispatch", "fields": {"rating": "satisfied"}}, "fields.rating"),
    ],
)  # fmt: skip
def test_a_trigger_that_is_ill_formed_names_its_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(IllFormed) as refusal:
        tickets().read(body)
    assert list(refusal.value.extra["errors"]) == [field]
    assert refusal.value.zh.startswith(f"{field}：")
    assert refusal.value.en.startswith(f"{field}: ")


def test_what_is_needed_is_left_to_the_definition() -> None:
    """So that "not possible from here" is said before "you forgot a field"."""
    dispatch = tickets().known["dispatch"]
    assert dispatch.needs == ("lead_unit",)
    assert tickets().read({"trigger": "dispatch"}) == ("dispatch", {})
