"""No code stands on a screen without its word, in either language; grounds are called what the pack in force calls them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import CheckConstraint

from app.core import file_models, models
from app.core.base import Base
from app.core.system import System
from app.hotline import codes, pack_words
from app.hotline.review import findings
from app.hotline.serialize import OPEN_BADGES, open_badges, share_badges
from app.hotline.shown import badges_of
from app.notices import models as notice_models
from app.people import models as people_models
from app.people.policy import BOUNDS
from app.people.roles import SCOPES
from app.people.units import KINDS
from app.web import admin_audit
from rules.derived import DERIVED, EVENTS, FACTS, LEVELS
from rules.explaining import written
from rules.notice_rows import CHANNELS
from rules.notice_rows import KINDS as NOTICE_KINDS
from rules.packs import load_shipped_packs
from rules.shapes import FIRED_TRIGGERS, SHAPES
from rules.shapes import ROLES as TOLD_ROLES
from rules.tables import make_table
from workflows.definition import load_released
from workflows.fields import FIELDS
from workflows.vocabulary import CLOCKS, RELATIONS, ROLES
from workflows.words import SET_OF_FIELD, choices_of

PACKS = load_shipped_packs()
HAN = re.compile(r"[\u4e00-\u9fff]|APP")


class Settings(SimpleNamespace):
    """What is installed: the shipped packs, the demonstration's in force."""

    current_pack = "demo-district@1"

    def pack(self, reference: str) -> Any:
        return PACKS[reference.partition("@")[0]]


NEWEST = {flow.kind: flow for _, flow in sorted(load_released().items())}
INSTALLED = cast(System, SimpleNamespace(settings=Settings(), registry=SimpleNamespace(latest=NEWEST)))


def every_badge() -> set[str]:
    """The badges of a row of which everything is true."""
    row: dict[str, Any] = defaultdict(lambda: True, round=2, joined=3, dissatisfied_round=2)
    share = {"state": "handling", "round": 2, "extended_until": 1, "paused_at": 1, "pause_requested_by": 1}
    centre = cast(Any, SimpleNamespace(roles=frozenset({"dispatcher"}), units=()))
    return {*badges_of(row, centre, "handling", True, True), *open_badges(OPEN_BADGES), *share_badges(row, [share])}


def every_finding() -> set[str]:
    calls = (node for node in ast.walk(ast.parse(Path(findings.__file__).read_text("utf-8"))) if isinstance(node, ast.Call))
    named = {str(call.args[1].value) for call in calls if ast.unparse(call.func) == "Finding" and isinstance(call.args[1], ast.Constant)}
    return named | {words[0] for words in findings.CLOCK_WORDS.values()}


def checked(*tables: str) -> Iterator[tuple[str, set[str]]]:
    """The lists of codes that the database itself holds a column to."""
    for table in tables:
        for check in Base.metadata.tables[table].constraints:
            found = re.fullmatch(r"(\w+) IN \((.*)\)", str(check.sqltext)) if isinstance(check, CheckConstraint) else None
            if found:
                yield found[1], set(re.findall(r"'(\w+)'", found[2]))


OWED: dict[str, set[str]] = {
    "badge": every_badge(),
    "role": {*ROLES, *TOLD_ROLES},
    "relation": set(RELATIONS),
    "clock": set(CLOCKS),
    "clock_level": set(LEVELS),
    "kind": {flow.kind for flow in load_released().values()},
    "unit_kind": set(KINDS),
    "scope": set(SCOPES),
    "attachment_kind": set(file_models.KINDS),
    "finding": every_finding(),
    "severity": {"info", "warn", "fail"},
    "notice_kind": set(NOTICE_KINDS),
    "notice_channel": set(CHANNELS),
    "light": {row.give["light"] for row in PACKS["demo-district"].tables["supervision_lights"].rows},
    "ladder_step": {row.give["step"] for row in PACKS["demo-district"].tables["ladder"].rows},
    "pack_table": {table for pack in PACKS.values() for table in pack.tables},
    "delivery_status": dict(checked(notice_models.Delivery.__tablename__))["status"],
    "clock_state": dict(checked(models.ClockRow.__tablename__))["state"],
    "unit_change": dict(checked(people_models.Reorganisation.__tablename__))["change"],
    "pack_column": {*FACTS, *DERIVED},
    "pack_give": {name for shape in SHAPES.values() for name in (*shape.gives, *shape.optional)},
    "pack_policy": {policy for shape in SHAPES.values() for policy in shape.policies},
    "event": set(EVENTS),
    "rung_action": {"mark", "rung", "citizen", *FIRED_TRIGGERS},
}


@pytest.mark.parametrize("code_set", sorted(OWED))
def test_every_code_of_a_set_has_its_words(code_set: str) -> None:
    assert OWED[code_set], "a set without codes proves nothing"
    for code in OWED[code_set]:
        zh, en = codes.label(code_set, code, "zh"), codes.label(code_set, code, "en")
        assert HAN.search(zh) and en.isascii() and en != code and "{" not in zh + en, (code, zh, en)


def test_every_value_that_a_row_of_a_pack_may_ask_or_give_has_its_words() -> None:
    """Whatever the shipped packs say beyond names, numbers and texts of people is said in words, in both languages."""
    for name in (*FACTS, *DERIVED):
        for lang, wanted in (("zh", HAN), ("en", re.compile(r"[A-Za-z]"))):
            assert all(wanted.search(words) for _, words in pack_words.options(name, lang) or ()), name
    look, named = cast(Any, SimpleNamespace(lang="zh")), {*pack_words.NAMES, "labels"}
    for pack in PACKS.values():
        for row in (row for table in pack.tables.values() for row in table.rows):
            told = [pack_words.asked(look, name, str(value)) for name, value in row.when.items() if name not in named]
            told += [pack_words.given(look, name, written(value)) for name, value in row.give.items() if name not in named]
            for part in (part for parts in told for part in parts if part[2]):
                assert HAN.search(part[0]) or not re.search("[A-Za-z]", part[0]), (row.id, part)


def test_whatever_the_log_of_people_and_units_may_say_has_its_words() -> None:
    """Every action, and every thing told of one, by the calls in the code itself."""
    calls = [
        node for path in (Path(people_models.__file__).parent.parent).rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "log" and len(node.args) > 1 and ast.unparse(node.args[0]) == "tx"
    ]  # fmt: skip
    actions = {str(call.args[1].value) for call in calls if isinstance(call.args[1], ast.Constant)}
    actions |= {f"{change}_unit" for change in OWED["unit_change"]}
    assert len(calls) > 30 and actions == set(admin_audit.ACTIONS) == codes.SETS["log_action"].keys()
    told = {key.arg for call in calls for key in call.keywords if key.arg} - {"user_id", "unit_id", "success"}
    assert told <= codes.SETS["log_detail"].keys() and set(admin_audit.EVENTS) == codes.SETS["file_event"].keys()
    assert {*BOUNDS, "second_factor_roles"} == codes.SETS["policy_number"].keys()


def test_all_words_are_there_in_both_languages() -> None:
    for name, words in codes.SETS.items():
        for code, (zh, en) in words.items():
            assert (name, code) == ("notice_via", "role") or (HAN.search(zh) and en and en.isascii()), (name, code)


def test_every_choice_of_every_field_has_its_words() -> None:
    assert {name for name, field in FIELDS.items() if field.choices} == SET_OF_FIELD.keys()
    for name, field in FIELDS.items():
        assert (choices_of(name) or {}).keys() == set(field.choices), name
        chosen = codes.options(name, lang="en")
        assert [code for code, _ in chosen or ()] == list(field.choices), name


def test_every_list_of_a_pack_is_offered_in_its_own_words() -> None:
    for name in codes.TABLES:
        assert name in FIELDS and FIELDS[name].type in ("code", "codes")
        for lang, wanted in (("zh", HAN), ("en", re.compile(r"[A-Za-z]"))):
            offered = codes.options(name, INSTALLED, lang=lang)
            assert offered and all(wanted.search(words) for _, words in offered), name
        assert codes.options(name) is None, "without a pack nobody knows"
    assert ("slow", "办理太慢") in (codes.options("reasons", INSTALLED) or [])
    assert codes.options("reasons", INSTALLED, "gd-2022@1") is None, "a pack that lists none takes any code"


def test_only_what_holds_on_the_day_is_offered() -> None:
    pack, day = PACKS["demo-district"], date(2025, 10, 9)
    first, *others = pack.tables["return_grounds"].rows
    ended = make_table("return_grounds", "collect", None, [replace(first, valid_to=day), *others])
    known = replace(pack, tables={**pack.tables, "return_grounds": ended})
    assert [code for code, _ in codes.of_table(known, "return_grounds", on=day) or ()] == [row.id for row in others]
    assert len(codes.of_table(known, "return_grounds") or ()) == len(others) + 1


def test_a_scale_of_three_offers_three_ratings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(codes.options("rating", INSTALLED) or ()) == 5
    monkeypatch.setitem(cast(dict[str, Any], PACKS["demo-district"].parameters), "rating_scale", 3)
    assert [code for code, _ in codes.options("rating", INSTALLED) or ()] == ["satisfied", "basically_satisfied", "dissatisfied"]
    assert codes.said("rating", "very_satisfied", "zh", INSTALLED) == "非常满意", "what was answered before keeps its words"


def test_a_field_without_a_list_has_no_options() -> None:
    assert codes.options("title") is None and codes.options("labels", INSTALLED) is None and codes.options("nonsense") is None


def test_a_set_that_is_no_field_is_offered_whole() -> None:
    assert codes.options("light") == [("green", "绿灯"), ("yellow", "黄灯"), ("red", "红灯")]
    assert len(codes.options("unit_kind", lang="en") or ()) == len(KINDS)


def test_values_are_said_in_words() -> None:
    assert codes.said("gates", ["time", "reply"]) == ["时间", "回复"]
    assert codes.said("reasons", ["slow", "gone"], "zh", INSTALLED) == ["办理太慢", "gone"]
    assert (codes.said("on_site", True), codes.said("on_site", False, "en")) == ("是", "No")
    assert codes.said("lead_unit", 7) == 7 and codes.said("title", "solved") == "solved"


def test_a_number_in_a_badge_stands_in_its_words() -> None:
    assert codes.label("badge", "round 3") == "第 3 轮"
    assert codes.label("badge", "main of 2", "en") == "Main of 2"
    assert codes.label("badge", "unheard of") == "unheard of" and codes.label("badge", None) == ""
    assert "round" not in dict(codes.all_of("badge")) and ("overdue", "超期") in codes.all_of("badge")


def test_states_and_triggers_are_called_what_the_newest_definition_calls_them() -> None:
    assert ("completed", "待回访（已办结）") in codes.states(INSTALLED, "ticket")
    assert dict(codes.triggers(INSTALLED, "ticket", "en"))["dispatch"] == "Dispatch"
