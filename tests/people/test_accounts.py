"""Who may be given what, who stands in for whom, and what a leaver leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.system import System
from app.errors import Conflict, Forbidden, IllFormed, Refused, Unauthenticated
from app.people.accounts import actor_of
from app.people.commands import AddUser, DeactivateUser, GrantRole, MoveUser, RevokeRole
from app.people.leave import EndLeave, LendRole, TakeBackRole, TakeLeave
from app.people.queries import people_log, stand_in_for
from app.people.signin import authenticate_token, issue_token
from tests.factories.people import PASSWORD, a_unit, a_user, an_actor
from tests.fixtures.living import MovedClock

START = datetime(2025, 3, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def centre(system: System, clock: MovedClock) -> int:
    clock.freeze(START)
    return a_unit(system, "指挥中心", "centre")


@pytest.fixture
def bureau(system: System, centre: int) -> int:
    return a_unit(system, "水务局", parent_id=centre)


def rows(system: System, sql: str, *params: Any) -> list[dict[str, Any]]:
    with transaction(system, SYSTEM) as tx:
        return tx.query(sql, params)


@pytest.mark.parametrize("pair", [("admin", "auditor"), ("auditor", "security_officer"), ("security_officer", "admin")])
def test_the_separated_duties_are_never_in_one_account(system: System, centre: int, pair: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="三员分立"):
        a_user(system, centre, *pair)
    other_centre = a_unit(system, kind="centre")
    user = a_user(system, centre, pair[0])
    with pytest.raises(Refused, match="三员分立"):
        execute(system, GrantRole(SYSTEM, user, pair[1], other_centre))
    assert rows(system, "SELECT role FROM user_roles") == [{"role": pair[0]}]


def test_the_administrator_adds_people_and_the_security_officer_gives_them_roles(system: System, centre: int, bureau: int) -> None:
    admin, officer = an_actor(system, centre, "admin"), an_actor(system, centre, "security_officer")
    with pytest.raises(Forbidden):
        execute(system, AddUser(admin, "li", "李四", bureau, roles=("handler",)))
    with pytest.raises(Forbidden):
        execute(system, AddUser(officer, "li", "李四", bureau))
    user = execute(system, AddUser(admin, "li", "李四", bureau)).case_id
    with pytest.raises(Forbidden):
        execute(system, GrantRole(admin, user, "handler"))
    execute(system, GrantRole(officer, user, "handler"))
    assert actor_of(system, "li").roles == {"handler"}
    with pytest.raises(Refused, match="自己"):
        execute(system, GrantRole(officer, officer.id, "agent", centre))
    execute(system, RevokeRole(officer, user, "handler"))
    assert actor_of(system, "li").roles == frozenset()


def test_roles_that_see_every_case_are_the_centres(system: System, bureau: int) -> None:
    user = a_user(system, bureau, "handler")
    for role in ("dispatcher", "auditor", "leader"):
        with pytest.raises(Refused, match="指挥中心"):
            execute(system, GrantRole(SYSTEM, user, role))


def test_unknown_roles_doubles_and_names_are_refused(system: System, bureau: int) -> None:
    user = a_user(system, bureau, "handler", username="Wang.Wu")
    with pytest.raises(IllFormed):
        execute(system, GrantRole(SYSTEM, user, "emperor"))
    with pytest.raises(Conflict):
        execute(system, GrantRole(SYSTEM, user, "handler"))
    with pytest.raises(Conflict):
        a_user(system, bureau, username="wang.wu")
    for username in ("", "1a", "a b", "王五", "x" * 65, "a\x00b"):
        with pytest.raises(IllFormed):
            execute(system, AddUser(SYSTEM, username, "某", bureau))
    with pytest.raises(IllFormed):
        execute(system, AddUser(SYSTEM, "nobody", "某", 999_999_999))


def test_roles_are_held_for_a_unit_and_seen_through_its_token(system: System, centre: int, bureau: int) -> None:
    community = a_unit(system, "甲社区", "community", parent_id=bureau)
    user = a_user(system, bureau, "handler", username="two")
    execute(system, GrantRole(SYSTEM, user, "unit_clerk", community))
    home = authenticate_token(system, issue_token(system, SYSTEM, "two", "home"))
    away = authenticate_token(system, issue_token(system, SYSTEM, "two", "away", unit_id=community))
    assert (home.roles, home.unit_id, home.units) == ({"handler"}, bureau, {bureau, community})
    assert (away.roles, away.unit_id, away.units) == ({"unit_clerk"}, community, {community})
    with pytest.raises(Refused, match="没有角色"):
        issue_token(system, SYSTEM, "two", "centre", unit_id=centre)


def test_leave_lends_every_role_for_its_time_and_no_longer(system: System, clock: MovedClock, bureau: int) -> None:
    away = a_user(system, bureau, "unit_lead", username="away")
    stand_in = a_user(system, bureau, "handler", username="standin")
    actor = actor_of(system, "away")
    token = issue_token(system, SYSTEM, "standin", "t")
    leave = execute(system, TakeLeave(actor, away, START + DAY, START + 3 * DAY, stand_in))
    assert authenticate_token(system, token).roles == {"handler"}
    clock.advance(DAY)
    assert authenticate_token(system, token).roles == {"handler", "unit_lead"}
    assert stand_in_for(system, away, START + DAY) == stand_in
    assert stand_in_for(system, away, START) == away
    with pytest.raises(Refused, match="已有请假"):
        execute(system, TakeLeave(actor, away, START + 2 * DAY, START + 9 * DAY))
    execute(system, EndLeave(actor, leave.case_id))
    assert authenticate_token(system, token).roles == {"handler"}
    assert stand_in_for(system, away, START + DAY) == away


def test_a_lent_role_ends_by_itself(system: System, clock: MovedClock, bureau: int) -> None:
    away, stand_in = a_user(system, bureau, "unit_lead", username="away"), a_user(system, bureau, username="standin")
    token = issue_token(system, SYSTEM, "standin", "t")
    execute(system, TakeLeave(SYSTEM, away, START, START + DAY, stand_in))
    assert authenticate_token(system, token).roles == {"unit_lead"}
    clock.advance(DAY)
    assert authenticate_token(system, token).roles == frozenset()


def test_a_substitute_who_is_away_is_substituted_and_a_ring_ends_with_nobody(system: System, bureau: int) -> None:
    one, two, three = (a_user(system, bureau) for _ in range(3))
    execute(system, TakeLeave(SYSTEM, one, START, START + DAY, two))
    execute(system, TakeLeave(SYSTEM, two, START, START + DAY, three))
    assert stand_in_for(system, one, START) == three
    with pytest.raises(Refused, match="不在岗"):
        execute(system, TakeLeave(SYSTEM, three, START, START + DAY, one))
    execute(system, TakeLeave(SYSTEM, three, START, START + DAY))
    assert stand_in_for(system, one, START) is None


def test_leave_is_ones_own_or_the_leads_or_the_administrators(system: System, centre: int, bureau: int) -> None:
    other = a_unit(system)
    user = a_user(system, bureau, "handler")
    stranger, lead = an_actor(system, other, "unit_lead"), an_actor(system, bureau, "unit_lead")
    with pytest.raises(Forbidden):
        execute(system, TakeLeave(stranger, user, START, START + DAY))
    with pytest.raises(Refused, match="同一单位"):
        execute(system, TakeLeave(lead, user, START, START + DAY, stranger.id))
    for since, until in ((START, START), (START + DAY, START), (START - 2 * DAY, START - DAY)):
        with pytest.raises(Refused):
            execute(system, TakeLeave(lead, user, since, until))
    execute(system, TakeLeave(lead, user, START, START + DAY))


def test_one_lends_only_what_one_holds_to_whom_the_unit_knows(system: System, centre: int, bureau: int) -> None:
    lender, outsider = an_actor(system, bureau, "handler"), a_user(system, centre)
    colleague = a_user(system, bureau, username="colleague")
    officer = an_actor(system, centre, "security_officer")
    for actor, to, role in ((lender, colleague, "unit_lead"), (lender, outsider, "handler"), (officer, outsider, "security_officer")):
        with pytest.raises((Forbidden, Refused)):
            execute(system, LendRole(actor, to, role, START, START + DAY))
    execute(system, LendRole(lender, colleague, "handler", START, START + DAY))
    token = issue_token(system, SYSTEM, "colleague", "t")
    assert authenticate_token(system, token).roles == {"handler"}
    loan = rows(system, "SELECT id FROM delegations")[0]["id"]
    execute(system, TakeBackRole(lender, loan))
    assert authenticate_token(system, token).roles == frozenset()


def test_a_loan_does_not_outlive_the_lenders_role(system: System, bureau: int) -> None:
    lender, colleague = an_actor(system, bureau, "handler"), a_user(system, bureau, username="colleague")
    execute(system, LendRole(lender, colleague, "handler", START, START + DAY))
    execute(system, RevokeRole(SYSTEM, lender.id, "handler"))
    assert authenticate_token(system, issue_token(system, SYSTEM, "colleague", "t")).roles == frozenset()


def test_a_leaver_loses_everything_and_the_answer_lists_it(system: System, bureau: int) -> None:
    leaver, successor = a_user(system, bureau, "unit_clerk", "handler", username="leaver"), a_user(system, bureau, "handler")
    token = issue_token(system, SYSTEM, "leaver", "t")
    execute(system, TakeLeave(SYSTEM, successor, START + DAY, START + 2 * DAY, leaver))
    left = execute(system, DeactivateUser(SYSTEM, leaver, successor)).detail
    assert left["roles"] == [{"role": "handler", "unit_id": bureau}, {"role": "unit_clerk", "unit_id": bureau}]
    assert left["posts_left_empty"] == [{"unit_id": bureau, "role": "unit_clerk"}]
    assert (left["without_substitute"], left["tokens_revoked"], left["loans_ended"]) == ([successor], 1, 1)
    with pytest.raises(Unauthenticated):
        authenticate_token(system, token)
    with pytest.raises(Refused, match="已停用"):
        execute(system, GrantRole(SYSTEM, leaver, "handler"))


def test_work_is_handed_to_somebody_of_the_same_unit(system: System, centre: int, bureau: int) -> None:
    leaver, stranger = a_user(system, bureau, "handler"), a_user(system, centre)
    for successor in (stranger, leaver):
        with pytest.raises(Refused, match="同一单位"):
            execute(system, DeactivateUser(SYSTEM, leaver, successor))
    assert rows(system, "SELECT id FROM users WHERE deactivated_at IS NOT NULL") == []


def test_moving_ends_what_was_held_there_and_nothing_else(system: System, centre: int, bureau: int) -> None:
    user = a_user(system, bureau, "handler", username="mover")
    execute(system, GrantRole(SYSTEM, user, "agent", centre))
    execute(system, MoveUser(SYSTEM, user, centre))
    actor = actor_of(system, "mover")
    assert (actor.unit_id, actor.roles) == (centre, {"agent"})


@pytest.mark.parametrize("role", ["admin", "security_officer"])
def test_the_last_of_those_who_govern_stays(system: System, centre: int, role: str) -> None:
    last = a_user(system, centre, role)
    for command in (RevokeRole(SYSTEM, last, role), DeactivateUser(SYSTEM, last)):
        with pytest.raises(Refused, match="至少"):
            execute(system, command)
    a_user(system, centre, role)
    execute(system, DeactivateUser(SYSTEM, last))


def test_nobody_deactivates_himself(system: System, centre: int) -> None:
    admin = an_actor(system, centre, "admin")
    an_actor(system, centre, "admin")
    with pytest.raises(Refused, match="自己"):
        execute(system, DeactivateUser(admin, admin.id))


def test_the_log_is_the_auditors_and_can_only_grow(system: System, centre: int) -> None:
    auditor, admin = an_actor(system, centre, "auditor"), an_actor(system, centre, "admin")
    execute(system, AddUser(admin, "newcomer", "新人", centre, password=PASSWORD))
    newest = people_log(system, auditor, rows=1)[0]
    assert (newest["actor"], newest["action"], newest["success"]) == (admin.label, "add_user", True)
    assert PASSWORD not in str(people_log(system, auditor))
    with pytest.raises(Forbidden, match="安全审计员"):
        people_log(system, admin)
    for table in ("people_log", "unmaskings"):
        for change in ("UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(Exception, match="permission denied|only added"), transaction(system, SYSTEM) as tx:
                tx.execute(change.format(table))
