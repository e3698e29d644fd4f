"""Units change at an instant; what they were stays answerable, and what they had goes to whoever takes their place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.actors import IMPORTER, SYSTEM
from app.core.bus import Result, execute, transaction
from app.core.system import System
from app.errors import Conflict, Forbidden, IllFormed, Refused
from app.people.accounts import actor_of
from app.people.commands import GrantRole
from app.people.queries import name_at, successor_of, waiting_reorganisations
from app.people.reorganise import (
    ApplyReorganisation,
    CancelReorganisation,
    CloseUnit,
    MergeUnits,
    MoveUnit,
    RenameUnit,
    SplitUnit,
)
from app.people.units import AddUnit, ConfirmUnit
from tests.factories.people import a_unit, a_user, an_actor
from tests.fixtures.living import MovedClock

DAY = timedelta(days=1)
WHY = "机构改革"


@pytest.fixture
def begun(clock: MovedClock, system: System) -> datetime:
    """The district's first day; every test moves on from there."""
    start = datetime.fromisoformat("2025-03-03T01:00:00+00:00")
    clock.freeze(start)
    return start


def rows(system: System, sql: str, *params: Any) -> list[dict[str, Any]]:
    with transaction(system, SYSTEM) as tx:
        return tx.query(sql, params)


def do(system: System, command: Any) -> Result:
    result = execute(system, command)
    assert isinstance(result, Result)
    return result


def test_a_renamed_unit_answers_to_the_name_of_each_time(system: System, clock: MovedClock, begun: datetime) -> None:
    unit = a_unit(system, "市容局")
    clock.advance(10 * DAY)
    do(system, RenameUnit(SYSTEM, unit, "城市管理局", WHY))
    clock.advance(10 * DAY)
    do(system, RenameUnit(SYSTEM, unit, "城管执法局", WHY, effective_at=begun + 15 * DAY))
    for days, name in ((0, "市容局"), (9, "市容局"), (10, "城市管理局"), (14, "城市管理局"), (15, "城管执法局"), (900, "城管执法局")):
        assert name_at(system, unit, begun + days * DAY) == name
    assert name_at(system, unit, begun - DAY) is None
    assert rows(system, "SELECT name FROM units WHERE id = %s", unit) == [{"name": "城管执法局"}]


def test_a_change_cannot_begin_before_what_it_changes(system: System, clock: MovedClock, begun: datetime) -> None:
    unit = a_unit(system, "市容局")
    clock.advance(DAY)
    for change in (RenameUnit(SYSTEM, unit, "新局", WHY, begun - DAY), CloseUnit(SYSTEM, unit, WHY, effective_at=begun - DAY)):
        with pytest.raises(Refused, match="早于"):
            execute(system, change)
    assert name_at(system, unit, begun) == "市容局"


def test_a_merge_hands_over_people_roles_subordinates_and_sight(system: System, clock: MovedClock, begun: datetime) -> None:
    old, into = a_unit(system, "旧街道", "street"), a_unit(system, "新街道", "street")
    community = a_unit(system, "甲社区", "community", parent_id=old)
    a_user(system, old, "unit_clerk", "handler", username="moved")
    a_user(system, into, "unit_lead", username="stayed")
    clock.advance(DAY)
    result = do(system, MergeUnits(SYSTEM, (old,), into, WHY))
    assert result.state == "applied"
    assert result.detail == {"moves": [{"from": old, "to": into}]}
    moved, stayed = actor_of(system, "moved"), actor_of(system, "stayed")
    assert (moved.unit_id, moved.roles) == (into, {"unit_clerk", "handler"})
    assert stayed.units == moved.units == {into, old, community}  # the old unit's files stay with whoever is answerable now
    assert rows(system, "SELECT parent_id FROM units WHERE id = %s", community) == [{"parent_id": into}]
    assert successor_of(system, old, begun + DAY) == into
    assert successor_of(system, old, begun) == old  # on the day before, it was itself


def test_a_role_held_in_both_units_is_held_once_after_the_merge(system: System, clock: MovedClock, begun: datetime) -> None:
    one, two, into = a_unit(system), a_unit(system), a_unit(system)
    user = a_user(system, one, "handler")
    execute(system, GrantRole(SYSTEM, user, "handler", two))
    execute(system, GrantRole(SYSTEM, user, "handler", into))
    clock.advance(DAY)
    do(system, MergeUnits(SYSTEM, (one, two), into, WHY))
    held = rows(system, "SELECT unit_id, role FROM user_roles WHERE user_id = %s AND until IS NULL", user)
    assert held == [{"unit_id": into, "role": "handler"}]


def test_a_split_names_who_gets_the_open_work(system: System, clock: MovedClock, begun: datetime) -> None:
    old, east, west = a_unit(system, "大镇", "town"), a_unit(system, "东镇", "town"), a_unit(system, "西镇", "town")
    clock.advance(DAY)
    with pytest.raises(IllFormed):
        execute(system, SplitUnit(SYSTEM, old, (east, west), old, WHY))
    result = do(system, SplitUnit(SYSTEM, old, (east, west), west, WHY))
    assert result.detail == {"moves": [{"from": old, "to": west}]}
    clock.advance(DAY)
    do(system, MergeUnits(SYSTEM, (west,), east, WHY))
    assert successor_of(system, old, begun + DAY) == west
    assert successor_of(system, old, begun + 2 * DAY) == east  # succession is followed to the end


def test_a_unit_with_something_left_closes_only_into_another(system: System, clock: MovedClock, begun: datetime) -> None:
    unit, other = a_unit(system), a_unit(system)
    a_user(system, unit, "handler", username="somebody")
    clock.advance(DAY)
    with pytest.raises(Refused, match="人员 1 人"):
        execute(system, CloseUnit(SYSTEM, unit, WHY))
    do(system, CloseUnit(SYSTEM, unit, WHY, successor_id=other))
    assert actor_of(system, "somebody").unit_id == other
    with pytest.raises(Refused, match="已撤并"):
        execute(system, RenameUnit(SYSTEM, unit, "还魂局", WHY))


def test_an_empty_unit_closes_and_has_no_successor(system: System, clock: MovedClock, begun: datetime) -> None:
    unit = a_unit(system)
    clock.advance(DAY)
    do(system, CloseUnit(SYSTEM, unit, WHY))
    assert successor_of(system, unit, begun + DAY) is None


def test_what_is_decided_for_later_waits_until_it_is_due(system: System, clock: MovedClock, begun: datetime) -> None:
    unit = a_unit(system, "旧名局")
    later = do(system, RenameUnit(SYSTEM, unit, "新名局", WHY, effective_at=begun + 5 * DAY))
    assert later.state == "waiting"
    with pytest.raises(Refused, match="尚未"):
        execute(system, ApplyReorganisation(SYSTEM, later.case_id))
    assert waiting_reorganisations(system) == []
    clock.advance(6 * DAY)
    assert waiting_reorganisations(system) == [later.case_id]
    assert name_at(system, unit, begun + 6 * DAY) == "旧名局"
    do(system, ApplyReorganisation(SYSTEM, later.case_id))
    assert name_at(system, unit, begun + 5 * DAY) == "新名局"
    assert name_at(system, unit, begun + 4 * DAY) == "旧名局"
    with pytest.raises(Refused):
        execute(system, ApplyReorganisation(SYSTEM, later.case_id))


def test_a_decision_can_be_taken_back_before_it_is_due(system: System, clock: MovedClock, begun: datetime) -> None:
    unit = a_unit(system, "旧名局")
    later = do(system, RenameUnit(SYSTEM, unit, "新名局", WHY, effective_at=begun + 5 * DAY))
    do(system, CancelReorganisation(SYSTEM, later.case_id, "决定撤回"))
    clock.advance(6 * DAY)
    assert waiting_reorganisations(system) == []
    with pytest.raises(Refused):
        execute(system, ApplyReorganisation(SYSTEM, later.case_id))


def test_the_tree_stays_a_tree(system: System, clock: MovedClock, begun: datetime) -> None:
    top = a_unit(system)
    middle = a_unit(system, parent_id=top)
    bottom = a_unit(system, kind="community", parent_id=middle)
    clock.advance(DAY)
    for change in (MoveUnit(SYSTEM, top, bottom, WHY), MoveUnit(SYSTEM, top, top, WHY), MergeUnits(SYSTEM, (top,), bottom, WHY)):
        with pytest.raises(Refused, match="下级"):
            execute(system, change)
    do(system, MoveUnit(SYSTEM, middle, None, WHY))
    a_user(system, middle, "unit_clerk", username="middle")
    assert actor_of(system, "middle").units == {middle, bottom}


def test_a_centre_is_succeeded_by_a_centre_only(system: System, clock: MovedClock, begun: datetime) -> None:
    centre, bureau = a_unit(system, kind="centre"), a_unit(system)
    clock.advance(DAY)
    for change in (MergeUnits(SYSTEM, (bureau,), centre, WHY), CloseUnit(SYSTEM, centre, WHY, successor_id=bureau)):
        with pytest.raises(Refused, match="指挥中心"):
            execute(system, change)


def test_a_successor_has_to_be_founded_by_then(system: System, clock: MovedClock, begun: datetime) -> None:
    old, new = a_unit(system), a_unit(system, opened_at=begun + 9 * DAY)
    clock.advance(DAY)
    with pytest.raises(Refused, match="尚未成立"):
        execute(system, MergeUnits(SYSTEM, (old,), new, WHY, effective_at=begun + 8 * DAY))
    assert do(system, MergeUnits(SYSTEM, (old,), new, WHY, effective_at=begun + 9 * DAY)).state == "waiting"


def test_an_import_adds_units_for_review_only(system: System, begun: datetime) -> None:
    with pytest.raises(Forbidden):
        execute(system, AddUnit(IMPORTER, "某局", "department"))
    added = do(system, AddUnit(IMPORTER, "某局", "department", provisional=True, opened_at=begun - 900 * DAY))
    assert rows(system, "SELECT provisional FROM units WHERE id = %s", added.case_id) == [{"provisional": True}]
    do(system, ConfirmUnit(SYSTEM, added.case_id, code="MOU", kind="vertical"))
    confirmed = rows(system, "SELECT code, kind, provisional FROM units WHERE id = %s", added.case_id)
    assert confirmed == [{"code": "MOU", "kind": "vertical", "provisional": False}]
    with pytest.raises(Refused):
        execute(system, ConfirmUnit(SYSTEM, added.case_id))


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("", "department", "A"), ("  ", "department", "A"), ("局\n局", "department", "A"), ("局\x00", "department", "A"),
        ("局" * 101, "town", "A"), ("某局", "ministry", "A"), ("某局", "town", "有 空格"), ("某局", "town", "x" * 41),
    ],
)  # fmt: skip
def test_an_ill_formed_unit_is_refused(system: System, name: str, kind: str, code: str) -> None:
    with pytest.raises(IllFormed):
        execute(system, AddUnit(SYSTEM, name, kind, code))
    assert rows(system, "SELECT count(*) AS n FROM units") == [{"n": 0}]


def test_a_code_belongs_to_one_unit(system: System) -> None:
    a_unit(system, code="A1")
    with pytest.raises(Conflict, match="A1"):
        execute(system, AddUnit(SYSTEM, "某局", "town", "A1"))


def test_only_an_administrator_reorganises_and_says_why(system: System, begun: datetime) -> None:
    centre = a_unit(system, kind="centre")
    unit = a_unit(system)
    for role in ("supervisor", "security_officer", "auditor"):
        with pytest.raises(Forbidden, match="系统管理员"):
            execute(system, RenameUnit(an_actor(system, centre, role), unit, "新名局", WHY))
    admin = an_actor(system, centre, "admin")
    with pytest.raises(Refused, match="理由"):
        execute(system, RenameUnit(admin, unit, "新名局", "改"))
    do(system, RenameUnit(admin, unit, "新名局", WHY, effective_at=begun + DAY))
    logged = rows(system, "SELECT actor, detail->>'reason' AS reason FROM people_log WHERE action = 'rename_unit'")
    assert logged == [{"actor": admin.label, "reason": WHY}]


def test_every_change_makes_caches_stale(system: System) -> None:
    before = rows(system, "SELECT epoch FROM installation")[0]["epoch"]
    a_unit(system)
    assert rows(system, "SELECT epoch FROM installation")[0]["epoch"] == before + 1
