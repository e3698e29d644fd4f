"""The shipped packs prove themselves, and a pack with a row that could never decide does not come into force."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest
from click.testing import CliRunner

from app.errors import Refused
from cli.rules import command
from rules.derived import CLOCKS, TYPES, UNIT_KINDS, URGENCIES
from rules.errors import PackError
from rules.packs import (
    BASE,
    Pack,
    header,
    in_force,
    lint,
    load_packs,
    parse_pack,
    shipped_districts,
    shipped_packs,
)
from rules.shapes import PARAMETERS
from rules.tables import choose, collect
from tests.rules.made import packs

ON = date(2026, 3, 2)
HEAD = 'name = "p"\nversion = 1\ntitle = "p"\nofficial = false\n'
CALENDAR = '[calendar]\nseries = "cn"\nzone = "Asia/Shanghai"\nhours = ["08:30-12:00", "14:00-17:30"]\n'
ALL = "[" + ", ".join(f'"{clock}"' for clock in CLOCKS) + "]"
LIMITS = '[tables.limits]\npolicy = "min"\nby = "amount"\n'
NONE = f'{{ clock = {ALL}, level = "unit" }}'
UNLIMITED = f'[[tables.limits.row]]\nid = "none"\nwhen = {NONE}\ngive = {{ amount = "unlimited" }}\nbasis = "b"\n'
LEAST = HEAD + CALENDAR + LIMITS + UNLIMITED


def limit(row_id: str, clock: str, level: str, amount: str, more: str = "") -> str:
    when = f'clock = "{clock}", level = "{level}"{more}'
    return f'[[tables.limits.row]]\nid = "{row_id}"\nwhen = {{ {when} }}\ngive = {{ amount = "{amount}" }}\nbasis = "b"\n'


def rung(row_id: str, clock: str, level: str, key: str, action: str = "mark") -> str:
    when, give = f'clock = "{clock}", level = "{level}"', f'rung = "{key}", actions = ["{action}"]'
    return f'[[tables.escalation.row]]\nid = "{row_id}"\nwhen = {{ {when} }}\ngive = {{ {give} }}\nbasis = "b"\n'


def route(row_id: str, when: str, unit: str = "u", more: str = "") -> str:
    return f'[[tables.directory.row]]\nid = "{row_id}"\nwhen = {{ {when} }}\ngive = {{ unit = "{unit}" }}\nbasis = "b"\n{more}'


DIRECTORY = '[tables.directory]\npolicy = "first"\n'
ESCALATION = '[tables.escalation]\npolicy = "collect"\n'
CHILD = HEAD.replace('"p"', '"child"') + 'inherits = "p"\n'


def test_the_shipped_packs_come_into_force() -> None:
    assert set(packs()) == {"gd-2022", "sh", "demo-district"}
    for pack in packs().values():
        assert [finding for finding in pack.findings if finding.severity == "error"] == []
        assert header(shipped_packs()[pack.name]).name == pack.name


@pytest.mark.parametrize("name", sorted(shipped_packs()))
def test_every_clock_of_every_ticket_is_limited_or_declared_unlimited(name: str) -> None:
    table = packs()[name].tables["limits"]
    for clock, kind, urgency in product(CLOCKS, TYPES, URGENCIES):
        facts = {"clock": clock, "type": kind, "urgency": urgency}
        assert any(choose(table, {**facts, "level": level}, ON) for level in ("district", "unit")), facts


def test_what_demonstrates_says_so_and_what_is_law_says_whose() -> None:
    demo, law = packs()["demo-district"], packs()["gd-2022"]
    assert not demo.official
    assert "示范" in demo.title
    assert all("示范" in row.basis for table in demo.tables.values() for row in table.rows if row.pack == "demo-district")
    assert law.official
    assert set(demo.parameters) == set(PARAMETERS)
    assert {row.pack for table in law.tables.values() for row in table.rows} == {"gd-2022", "base"}
    own = {row.id for row in law.tables["limits"].rows if row.pack == "base"} ^ {row.id for row in BASE["limits"].rows}
    assert own == set() and law.tables["alarm_words"].rows == BASE["alarm_words"].rows


def test_every_pack_stands_on_the_base_and_may_replace_or_drop_what_it_lends() -> None:
    assert all({"life", "hazard"} <= {row.give["danger"] for row in pack.tables["alarm_words"].rows} for pack in packs().values())
    words = '[tables.alarm_words]\npolicy = "collect"\ndrop = ["gathering"]\n'
    own = '[[tables.alarm_words.row]]\nid = "threat"\ngive = { danger = "threat", words = ["要你好看"] }\nbasis = "b"\n'
    pack = parse_pack(LEAST + words + own)
    told = {row.id: row.pack for row in pack.tables["alarm_words"].rows}
    assert told == {"self-harm": "base", "life-in-danger": "base", "threat": "p", "hazard": "base"}
    facts = {"clock": "alarm_clock", "level": "district", "alarm_state": "raised", "alarm_climbs": 0, "danger": "life"}
    found = choose(pack.tables["limits"], facts, ON)
    assert found is not None and (found.pack, found.row_id) == ("base", "alarm-raised-life")


def test_the_statutory_grounds_and_the_emergency_numbers() -> None:
    demo = packs()["demo-district"]
    grounds = [choice.row_id for choice in collect(demo.tables["decline_grounds"], {}, ON)]
    assert grounds[:6] == ["litigation", "arbitration", "discipline", "administrative_review", "information_disclosure", "petition_pending"]
    assert [choice.result["phone"] for choice in collect(demo.tables["transfer_targets"], {}, ON)] == ["110", "119", "120", "122"]


def test_the_district_of_the_demonstration_is_whole() -> None:
    district = shipped_districts()["demo-district"]
    units, categories = ({one["code"]: one for one in district[kind]} for kind in ("unit", "category"))
    assert len(units) == len(district["unit"])
    assert len(categories) == len(district["category"])
    for one in [*units.values(), *categories.values()]:
        assert one.get("parent") is None or one["parent"] in units or one["parent"] in categories
    kinds = Counter(unit["kind"] for unit in units.values())
    assert kinds.keys() <= set(UNIT_KINDS)
    assert (kinds["department"], kinds["vertical"], kinds["utility"], kinds["street"] + kinds["town"]) == (12, 2, 3, 8)
    assert kinds["community"] + kinds["village"] >= 20


def test_every_row_of_the_directory_leads_to_a_unit_from_a_category_and_a_street() -> None:
    district = shipped_districts()["demo-district"]
    units = {one["code"]: one for one in district["unit"]}
    categories = {one["code"] for one in district["category"]}
    for row in packs()["demo-district"].tables["directory"].rows:
        assert {row.give["unit"], *row.give.get("co", ())} <= units.keys()
        assert set(row.when["category"].prefixes) <= categories  # type: ignore[union-attr]
        streets = row.when["street"].values if "street" in row.when else frozenset()  # type: ignore[union-attr]
        assert all(units[str(street)]["kind"] in ("street", "town") for street in streets)


def test_every_category_of_the_demonstration_has_a_unit_in_every_street() -> None:
    district = shipped_districts()["demo-district"]
    table = packs()["demo-district"].tables["directory"]
    leaves = [one["code"] for one in district["category"] if len(one["code"]) == 6]
    streets = [one["code"] for one in district["unit"] if one["kind"] in ("street", "town")]
    lost = [(leaf, street) for leaf, street in product(leaves, streets) if not choose(table, {"category": leaf, "street": street}, ON)]
    assert lost == []
    assert choose(table, {"category": "010101", "street": "bhz"}, date(2023, 12, 31)) is None


def test_the_least_pack_is_one_and_answers_for_itself() -> None:
    pack = parse_pack(LEAST)
    assert lint(pack) == []
    assert in_force([pack], "p", ON) is pack
    assert in_force([pack], "q", ON) is None


def test_the_newest_version_in_force_on_a_day_is_taken() -> None:
    versions = [
        parse_pack(LEAST.replace("version = 1", "version = 1\nvalid_from = 2022-09-01")),
        parse_pack(LEAST.replace("version = 1", "version = 2\nvalid_from = 2026-01-01")),
        parse_pack(LEAST.replace("version = 1", "version = 3\nvalid_from = 2026-02-01\nvalid_to = 2026-03-01")),
    ]
    days = [date(2022, 8, 31), date(2022, 9, 1), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)]
    assert [found.version if (found := in_force(versions, "p", day)) else None for day in days] == [None, 1, 2, 3, 2]


def test_a_child_replaces_drops_and_puts_its_own_rows_first() -> None:
    parent = parse_pack(LEAST + DIRECTORY + route("a", 'category = "1"') + route("b", 'category = "2"') + route("c", 'category = "3"'))
    own = '[tables.directory]\ndrop = ["b"]\n' + route("new", 'category = "4"') + route("a", 'category = "1"', "v")
    child = parse_pack(CHILD + own, parent)
    rows = child.tables["directory"].rows
    assert [(row.id, row.pack, row.give["unit"]) for row in rows] == [("new", "child", "u"), ("a", "child", "v"), ("c", "p", "u")]
    assert child.hours is parent.hours
    assert child.digest != parse_pack(CHILD + own + "\n", parent).digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAST + "]", "not valid TOML"),
        (LEAST.replace("official", "offical"), "Unknown keys in the pack"),
        (LEAST.replace("version = 1", 'version = "1"'), "lacks 'version'"),
        (LEAST.replace("version = 1", "version = 1\nvalid_from = 2026-01-01\nvalid_to = 2026-01-01"), "dates of the pack are wrong"),
        (LEAST.replace("version = 1", 'version = 1\ninherits = "q"'), "must be read with 'q'"),
        (HEAD + LIMITS + UNLIMITED, "lacks \\[calendar\\]"),
        (LEAST.replace("Asia/Shanghai", "Asia/Yunling"), "no time zone"),
        (LEAST + '[parameters]\ncallback_atempts = 3\n', "no parameter 'callback_atempts'"),
        (LEAST + '[parameters]\ncallback_attempts = "3"\n', "Parameter 'callback_attempts'"),
        (LEAST + '[parameters]\ncallback_gap = "0wh"\n', "cannot be nothing"),
        (LEAST + "[tables.limit]\n", "no such tables"),
        (LEAST + '[tables.directory]\npolicy = "min"\n', "policy of 'directory' must be one of"),
        (LEAST.replace('by = "amount"\n', ""), "'by' must say of what"),
        (LEAST + UNLIMITED, "has \\['none'\\] twice"),
        (LEAST + '[tables.directory]\npolicy = "first"\ndrop = ["x"]\n', "which does not exist"),
        (LEAST + limit("x", "handle_clok", "unit", "1wd"), "is never 'handle_clok'"),
        (LEAST + limit("x", "handle_clock", "unit", "1wd", ', typ = "help"'), "no column 'typ'"),
        (LEAST + limit("x", "handle_clock", "unit", "1 day"), "not an amount"),
        (LEAST + limit("x", "handle_clock", "unit", "0wd"), "cannot be nothing"),
        (LEAST + limit("x", "handle_clock", "unit", "1wd") + "valid_from = 2026-02-01\nvalid_to = 2026-01-01\n", "never in force"),
        (LEAST + limit("x", "handle_clock", "unit", "1wd").replace('basis = "b"', 'basis = " "'), "lacks its basis"),
        (LEAST + limit("x", "handle_clock", "unit", "1wd").replace("amount", "amout"), "lacks or has too much"),
        (LEAST + limit("x", "handle_clock", "unit", "1wd").replace('level = "unit"', 'type = "help"'), "must ask \\['level'\\]"),
        (LEAST + DIRECTORY + route("x", 'category = "1"', "a unit"), "is not a code"),
        (LEAST + ESCALATION + rung("x", "handle_clock", "unit", "100%"), "is no rung"),
        (LEAST + ESCALATION + rung("x", "handle_clock", "unit", "0%"), "is no rung"),
        (LEAST + ESCALATION + rung("x", "handle_clock", "unit", "due", "shout"), "is no action"),
        (LEAST + ESCALATION + rung("x", "handle_clock", "unit", "due", "notify:handler@moon"), "is no action"),
        (LEAST + ESCALATION + rung("x", "handle_clock", "unit", "due", "fire:close"), "is no action"),
    ],
)
def test_a_pack_that_is_ill_written_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(text)
    assert re.search(said, refused.value.en), refused.value.en
    assert refused.value.zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DIRECTORY + route("wide", 'category = { prefix = "01" }') + route("dead", 'category = "0101"'), "dead: The row can never match"),
        (DIRECTORY + route("all", "") + route("dead", 'category = "0101"'), "dead: The row can never match: all"),
        (
            DIRECTORY + route("one", 'type = "help"') + route("two", 'type = "consult"') + route("dead", 'type = ["help", "consult"]'),
            "dead: The row can never match: one、two",
        ),
        (DIRECTORY + route("wide", 'round = { from = 1 }') + route("dead", "round = { from = 2, to = 4 }"), "dead: The row can nev"),
        (DIRECTORY + route("wide", 'labels = ["a", "b"]') + route("dead", 'labels = "a"'), "dead: The row can never match"),
        (DIRECTORY + route("wide", "", more="valid_from = 2026-01-01\n") + route("dead", "", more="valid_from = 2026-02-01\n"),
         "dead: The row can never match"),
        (DIRECTORY + route("dead", "", more="valid_to = 2020-01-01\n"), "dead: Never in force"),
        (limit("days", "handle_clock", "unit", "7nd") + limit("odd", "handle_clock", "unit", "3wd"), "odd: 3wd and 7nd of days may both"),
        (limit("long", "handle_clock", "unit", "8wd") + limit("city", "total_clock", "district", "7wd"), "long: The unit's window 8wd"),
        (
            limit("u", "handle_clock", "unit", "8wd") + limit("a", "total_clock", "district", "9wd")
            + limit("b", "total_clock", "district", "7wd", ', labels = "urgent"'),
            "u: The unit's window 8wd outlasts 7wd of b",
        ),
        (limit("u", "sign_clock", "unit", "8wh") + limit("d", "sign_clock", "district", "1wd"), "u: The unit's window 8wh outlasts 1wd"),
        (
            limit("upper", "handle_clock", "unit", "3wd", ', role = "lead"')
            + limit("low", "handle_clock", "unit", "5wd", ', role = "sub"'),
            "low: The window 5wd of a unit below outlasts 3wd of the unit above",
        ),
        (ESCALATION + rung("dead", "handle_clock", "unit", "50%"), "dead: The rung 50% can never fire on \\['handle_clock'\\]"),
        (limit("h", "handle_clock", "unit", "5wd") + ESCALATION + rung("dead", "handle_clock", "unit", "-5wd"), "dead: The rung -5wd"),
        (limit("h", "handle_clock", "unit", "5wd") + ESCALATION + rung("dead", "handle_clock", "district", "due"), "dead: The rung due"),
        (ESCALATION + rung("dead", "sign_clock", "upstream", "due"), "dead: The rung due can never fire"),
    ],
)  # fmt: skip
def test_what_could_never_happen_is_an_error(text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(LEAST.replace("version = 1", "version = 1\nvalid_from = 2022-01-01") + text)
    assert re.search(said, refused.value.en), refused.value.en


@pytest.mark.parametrize(
    "text",
    [
        DIRECTORY + route("narrow", 'category = "0101"') + route("wide", 'category = { prefix = "01" }'),
        DIRECTORY + route("one", 'type = "help"') + route("both", 'type = ["help", "consult"]'),
        DIRECTORY + route("now", "", more="valid_to = 2026-01-01\n") + route("then", "", more="valid_from = 2026-01-01\n"),
        limit("h", "handle_clock", "unit", "6wd") + ESCALATION + rung("fine", "handle_clock", "unit", "-5wd"),
        ESCALATION + rung("fine", "total_clock", "upstream", "-1wd"),
        limit("a", "sign_clock", "unit", "60min", ', urgency = "urgent"') + limit("b", "sign_clock", "unit", "4wh", ', urgency = "normal"'),
        limit("u", "sign_clock", "unit", "7wh") + limit("d", "sign_clock", "district", "1wd"),
    ],
)
def test_what_can_happen_is_no_error(text: str) -> None:
    assert parse_pack(LEAST + text).name == "p"


def test_no_clock_may_be_forgotten() -> None:
    with pytest.raises(PackError, match="18 cases have no limit"):
        parse_pack(LEAST.replace('level = "unit" }', 'level = "unit", type = ["help", "consult", "complaint", "tipoff", "suggestion"] }')
                   .replace('"acceptance_clock", ', "") + limit("a", "acceptance_clock", "district", "1wh")
                   + "".join(limit(clock, clock, "unit", "unlimited") for clock in CLOCKS[4:]))  # fmt: skip
    with pytest.raises(PackError, match="no table of limits"):
        parse_pack(HEAD + CALENDAR)


CITY = LEAST + limit("city", "sign_clock", "district", "2wd") + limit("unit", "sign_clock", "unit", "1wd")


@pytest.mark.parametrize(
    ("own", "allowed"),
    [
        (limit("city", "sign_clock", "district", "1wd"), True),
        (limit("city", "sign_clock", "district", "3wd"), False),
        (limit("city", "sign_clock", "district", "unlimited"), False),
        (limit("city", "sign_clock", "district", "1wd", ', type = "help"'), False),
        ('[tables.limits]\ndrop = ["city"]\n', False),
        ('[tables.limits]\ndrop = ["none"]\n' + "".join(limit(clock, clock, "unit", "1wd") for clock in CLOCKS), True),
    ],
)
def test_a_limit_from_above_may_be_tightened_never_loosened(own: str, allowed: bool) -> None:
    parent = parse_pack(CITY)
    if allowed:
        assert parse_pack(CHILD + own, parent).tables["limits"].policy == "min"
    else:
        with pytest.raises(PackError, match="may be tightened, not loosened"):
            parse_pack(CHILD + own, parent)


def test_gaps_are_told_and_keep_nothing_out() -> None:
    pack = parse_pack(LEAST + DIRECTORY + route("x", 'type = ["help", "consult"]'))
    assert [(finding.severity, finding.table) for finding in pack.findings] == [("note", "directory")]
    assert "5 combinations" in pack.findings[0].en


def test_packs_that_inherit_what_is_missing_or_each_other_are_refused() -> None:
    circle: Mapping[str, str] = {"p": LEAST.replace("version = 1", 'version = 1\ninherits = "child"'), "child": CHILD}
    with pytest.raises(PackError, match="missing or circular"):
        load_packs(circle)
    with pytest.raises(PackError, match="missing or circular"):
        load_packs({"child": CHILD})
    loaded: Mapping[str, Pack] = load_packs({"child": CHILD, "p": LEAST})
    assert list(loaded) == ["p", "child"]


def test_the_commands_tell_which_row_decides_and_why() -> None:
    facts = ["clock=handle_clock", "level=unit", "type=complaint", "urgency=normal", "labels=statute.market_complaint"]
    told = CliRunner().invoke(command, ["explain", "limits", *facts, "--on", "2026-03-02"]).output
    assert "=> demo-handle-market  [demo-district]  decides" in told
    assert "matches, but a smaller one decides" in told
    assert "type is complaint, asked consult" in told
    assert told.splitlines()[-1].startswith("demo-district/limits/demo-handle-market: amount = 5wd")
    told = CliRunner().invoke(command, ["explain", "directory", "category=010102", "street=bhz", "--on", "2026-03-02"]).output
    assert "demo-district/directory/0101-bhz: unit = bhz" in told
    assert CliRunner().invoke(command, ["explain", "directory", "category=99", "--on", "2026-03-02"]).output.endswith("no row decides\n")
    assert "3 packs, " in CliRunner().invoke(command, ["check"]).output
    assert "demo-district@3" in CliRunner().invoke(command, ["list"]).output


UNASKABLE = [["limit"], ["limits", "tipe=help"], ["limits", "type"], ["limits", "round=two"], ["limits", "--pack", "x"]]


@pytest.mark.parametrize("arguments", UNASKABLE)
def test_a_question_that_cannot_be_asked_is_refused(arguments: list[str]) -> None:
    told = CliRunner().invoke(command, ["explain", *arguments])
    assert isinstance(told.exception, Refused)
