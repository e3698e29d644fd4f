"""The deadlines that were reckoned by hand from the State Council's notices, and the command that prints them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from app.errors import Refused
from cli.deadline import command
from rules.worktime import add, between, parse_amount, shown
from tests.rules.made import at, office, packs

ORACLES = [
    ("2024-02-09", "2wd", "2024-02-19", "除夕 2024 was no statutory holiday, and the Sunday after was worked"),
    ("2024-12-31", "2wd", "2025-01-03", "the boundary of a year"),
    ("2025-01-24", "2wd", "2025-01-27", "a worked Sunday before the Spring Festival"),
    ("2025-04-25", "5wd", "2025-05-06", "a worked Sunday, then five days off"),
    ("2025-09-26", "2wd", "2025-09-29", "a worked Sunday"),
    ("2025-12-31", "2wd", "2026-01-05", "a worked Sunday in the new year"),
    ("2026-02-13", "2wd", "2026-02-24", "a worked Saturday, then nine days off"),
    ("2025-09-30", "15wd", "2025-10-28", "the example of the contract"),
]


@pytest.mark.parametrize(("start", "amount", "due", "_why"), ORACLES)
@pytest.mark.parametrize("hour", ["00:00", "10:00", "23:59"])
def test_deadlines_reckoned_by_hand(start: str, amount: str, due: str, _why: str, hour: str) -> None:
    found = add(at(f"{start}T{hour}"), parse_amount(amount), office())
    assert shown(found.at, office()).isoformat() == f"{due}T23:59:59+08:00"
    assert not found.provisional
    assert between(at(f"{start}T{hour}"), found.at, office(), "wd") == parse_amount(amount)


@pytest.mark.parametrize(("start", "amount", "due", "_why"), ORACLES)
def test_the_command_prints_the_same(start: str, amount: str, due: str, _why: str) -> None:
    told = CliRunner().invoke(command, [f"{start}T10:00", amount])
    assert told.exit_code == 0
    assert told.output.splitlines()[-1] == f"due {due}T23:59:59+08:00"


def test_the_walk_names_every_day_and_why_it_does_not_count() -> None:
    lines = CliRunner().invoke(command, ["2025-09-30T10:00", "15wd"]).output.splitlines()
    assert lines[0] == "start 2025-09-30T10:00:00+08:00 15wd"
    assert len(lines) == 1 + 29 + 1
    assert "起算当日不计" in lines[1]
    assert "国庆节、中秋节放假" in lines[2]
    assert "调休上班，计 1，累计 3个工作日" in lines[12]
    assert sum("计 1，" in line for line in lines) == 15


@pytest.mark.parametrize(
    ("start", "amount", "last"),
    [
        ("2026-12-30T10:00", "5wd", "due 2027-01-06T23:59:59+08:00 provisional"),
        ("2027-03-01T10:00", "8wh", "due 2027-03-02T11:00:00+08:00 provisional"),
        ("2026-12-30T10:00", "1wd", "due 2026-12-31T23:59:59+08:00"),
        ("2026-12-30T10:00", "7nd", "due 2027-01-06T23:59:59+08:00"),
        ("2026-12-31T23:50", "30min", "due 2027-01-01T00:20:00+08:00"),
        ("2025-09-30T10:00", "8wh", "due 2025-10-09T11:00:00+08:00"),
        ("2025-09-30T10:00", "7nd", "due 2025-10-07T23:59:59+08:00"),
        ("2025-09-30T10:00", "30min", "due 2025-09-30T10:30:00+08:00"),
        ("2025-09-30T10:00+09:00", "30min", "due 2025-09-30T09:30:00+08:00"),
        ("2016-03-01T10:00", "2wd", "due 2016-03-03T23:59:59+08:00 provisional"),
    ],
)
def test_units_and_years_not_published(start: str, amount: str, last: str) -> None:
    assert CliRunner().invoke(command, [start, amount]).output.splitlines()[-1] == last


def test_another_pack_counts_by_its_own_hours() -> None:
    told = CliRunner().invoke(command, ["2025-09-30T16:30", "1wh", "--pack", "sh"])
    assert told.output.splitlines()[-1] == "due 2025-10-09T09:30:00+08:00"
    assert packs()["sh"].hours.week[0] == ((540, 720), (780, 1020))


@pytest.mark.parametrize(
    "arguments",
    [["yesterday", "15wd"], ["2025-09-30T10:00", "15"], ["2025-09-30T10:00", "15wd", "--pack", "nowhere"], ["2025-09-30T10:00", "-1wd"],
     ["2025-09-30T10:00", "999999999wd"], ["2025-09-30T10:00", "999999999nd"], ["2025-09-30T10:00", "999999999wh"], ["0001-01-01", "1wd"],
     ["2025-09-30T10:00", "1/0wd"]],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_refused_with_a_sentence(arguments: list[str]) -> None:
    told = CliRunner().invoke(command, ["--", *arguments] if "--pack" not in arguments else arguments)
    assert isinstance(told.exception, Refused)
    assert told.exception.zh
    assert told.exception.en
