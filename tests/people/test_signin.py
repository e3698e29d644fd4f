"""The door: passwords, sessions, tokens; every refusal has its sentence and changes nothing but the count of wrong guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.system import System
from app.errors import Forbidden, IllFormed, Refused, Unauthenticated, Unseen
from app.people.accounts import actor_of
from app.people.commands import DeactivateUser, GrantRole
from app.people.credentials import BarUser, ChangePassword, ResetPassword, RevokeToken, UnlockUser
from app.people.passwords import check_policy, hash_password, needs_rehash, verify_password
from app.people.policy import Policy, SetPolicy
from app.people.queries import unmaskings
from app.people.sessions import SwitchUnit
from app.people.signin import authenticate_token, issue_token, sign_in, sign_out
from app.people.tokens import token_digest
from app.people.unmasking import RecordUnmasking
from tests.factories.hotline import a_desk
from tests.factories.people import PASSWORD, a_unit, a_user, an_actor
from tests.fixtures.living import MovedClock
from tests.fixtures.servers import Database

START = datetime(2025, 3, 3, 1, tzinfo=UTC)
NEW = "Another-horse-8"


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


def test_a_session_opens_is_used_and_ends(system: System, bureau: int) -> None:
    user = a_user(system, bureau, "handler", username="zhang")
    signed_in = sign_in(system, " ZHANG ", PASSWORD, "192.0.2.1")
    assert signed_in.token.startswith("cs_")
    assert not signed_in.must_change_password
    actor = authenticate_token(system, signed_in.token)
    assert (actor.id, actor.roles, actor.unit_id, actor.scopes) == (user, {"handler"}, bureau, None)
    sign_out(system, signed_in.token)
    with pytest.raises(Unauthenticated, match="撤销"):
        authenticate_token(system, signed_in.token)
    logged = rows(system, "SELECT action, success FROM people_log WHERE user_id = %s ORDER BY id", user)
    assert [row["action"] for row in logged] == ["add_user", "sign_in", "sign_out"]


def test_a_wrong_name_and_a_wrong_password_are_one_refusal(system: System, bureau: int) -> None:
    a_user(system, bureau, username="zhang")
    said = set()
    for username, password in (("zhang", "wrong"), ("nobody", PASSWORD), ("zhang", ""), ("zhang", PASSWORD + " ")):
        with pytest.raises(Unauthenticated) as refusal:
            sign_in(system, username, password)
        said.add(str(refusal.value))
    assert len(said) == 1
    assert rows(system, "SELECT count(*) AS n FROM access_tokens") == [{"n": 0}]
    assert rows(system, "SELECT count(*) AS n FROM people_log WHERE action = 'sign_in' AND NOT success") == [{"n": 4}]


def test_five_wrong_passwords_lock_the_sign_in_for_a_while_but_not_the_api(system: System, clock: MovedClock, bureau: int) -> None:
    a_user(system, bureau, "handler", username="zhang")
    token = issue_token(system, SYSTEM, "zhang", "integration")
    for _ in range(5):
        with pytest.raises(Unauthenticated, match="不正确"):
            sign_in(system, "zhang", "wrong")
    with pytest.raises(Unauthenticated, match="暂时锁定"):
        sign_in(system, "zhang", PASSWORD)
    assert authenticate_token(system, token).roles == {"handler"}
    clock.advance(timedelta(minutes=15))
    with pytest.raises(Unauthenticated, match="不正确"):  # counting begins anew after the lock
        sign_in(system, "zhang", "wrong")
    sign_in(system, "zhang", PASSWORD)
    assert rows(system, "SELECT failed_sign_ins, locked_until FROM users") == [{"failed_sign_ins": 0, "locked_until": None}]


def test_guesses_side_by_side_are_all_counted(system: System, bureau: int) -> None:
    a_user(system, bureau, username="zhang")

    def guess(number: int) -> str:
        with pytest.raises(Unauthenticated) as refusal:
            sign_in(system, "zhang", f"wrong {number}")
        return str(refusal.value)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(guess, range(6)))
    user = rows(system, "SELECT failed_sign_ins, locked_until FROM users")[0]
    assert user["failed_sign_ins"] >= 5
    assert user["locked_until"] is not None


def test_the_administrator_unlocks(system: System, centre: int, bureau: int) -> None:
    user = a_user(system, bureau, username="zhang")
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sign_in(system, "zhang", "wrong")
    execute(system, UnlockUser(an_actor(system, centre, "admin"), user))
    assert sign_in(system, "zhang", PASSWORD).actor.id == user


def test_a_barred_account_opens_nothing(system: System, centre: int, bureau: int) -> None:
    user = a_user(system, bureau, username="zhang")
    token = issue_token(system, SYSTEM, "zhang", "t")
    execute(system, BarUser(SYSTEM, user, "查明情况"))
    with pytest.raises(Unauthenticated, match="已被锁定"):
        authenticate_token(system, token)
    with pytest.raises(Unauthenticated, match="已被锁定"):
        sign_in(system, "zhang", PASSWORD)
    execute(system, UnlockUser(SYSTEM, user))
    assert authenticate_token(system, token).id == user


def test_sessions_end_when_idle_and_when_old(system: System, clock: MovedClock, bureau: int) -> None:
    a_user(system, bureau, username="zhang")
    token = sign_in(system, "zhang", PASSWORD).token
    for _ in range(20):
        clock.advance(timedelta(minutes=29))
        authenticate_token(system, token)
    clock.advance(timedelta(minutes=31))
    with pytest.raises(Unauthenticated, match="闲置"):
        authenticate_token(system, token)
    token = sign_in(system, "zhang", PASSWORD).token
    for _ in range(24):
        clock.advance(timedelta(minutes=29))
        authenticate_token(system, token)
    clock.advance(timedelta(minutes=25))
    with pytest.raises(Unauthenticated, match="过期"):
        authenticate_token(system, token)


def test_an_old_password_opens_only_its_own_change(system: System, clock: MovedClock, bureau: int) -> None:
    a_user(system, bureau, "handler", username="zhang")
    clock.advance(timedelta(days=90))
    signed_in = sign_in(system, "zhang", PASSWORD)
    assert signed_in.must_change_password
    assert (signed_in.actor.roles, signed_in.actor.scopes) == (frozenset(), {"password"})
    with pytest.raises(Refused, match="原密码不正确"):
        execute(system, ChangePassword(signed_in.actor, "wrong", NEW))
    with pytest.raises(Refused, match="相同"):
        execute(system, ChangePassword(signed_in.actor, PASSWORD, PASSWORD))
    execute(system, ChangePassword(signed_in.actor, PASSWORD, NEW))
    with pytest.raises(Unauthenticated, match="撤销"):
        authenticate_token(system, signed_in.token)
    assert sign_in(system, "zhang", NEW).actor.roles == {"handler"}


def test_a_password_set_by_another_must_be_changed(system: System, centre: int, bureau: int) -> None:
    user = a_user(system, bureau, "handler", username="zhang")
    token = issue_token(system, SYSTEM, "zhang", "t")
    execute(system, ResetPassword(an_actor(system, centre, "admin"), user, NEW))
    assert sign_in(system, "zhang", NEW).must_change_password
    with pytest.raises(Unauthenticated, match="撤销"):
        authenticate_token(system, token)


def test_the_administrator_cannot_become_the_auditor_by_a_password(system: System, centre: int) -> None:
    admin, officer = an_actor(system, centre, "admin"), an_actor(system, centre, "security_officer")
    for role in ("auditor", "security_officer"):
        user = a_user(system, centre, role)
        for command in (ResetPassword(admin, user, NEW), BarUser(admin, user, "试试看吧")):
            with pytest.raises(Forbidden, match="安全管理员"):
                execute(system, command)
        execute(system, ResetPassword(officer, user, NEW))


@pytest.mark.parametrize(
    ("password", "rule"),
    [("Short-1", "长度"), ("x" * 129, "长度"), ("alllowercase", "至少 3 类"), ("lower12345", "至少 3 类"), ("Zhang.san-2025", "用户名")],
)
def test_a_weak_password_is_refused_with_its_rule(password: str, rule: str) -> None:
    with pytest.raises(Refused, match=rule):
        check_policy(Policy(), password, "zhang.san")


@pytest.mark.parametrize("password", ["Correct-horse-7", "正确的马Abc12345", "ＡＢＣ-full-width"])
def test_a_good_password_passes(password: str) -> None:
    check_policy(Policy(), password, "zhang.san")


def test_passwords_are_argon2id_and_grow_with_their_parameters(system: System) -> None:
    stored = hash_password(system.config, PASSWORD)
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert verify_password(system.config, stored, PASSWORD)
    assert verify_password(system.config, stored, "Ｃｏｒｒｅｃｔ－horse－７")  # one spelling for one key press
    assert not verify_password(system.config, stored, PASSWORD.lower())
    assert not verify_password(system.config, None, "nobody has this password")
    assert not verify_password(system.config, "damaged", PASSWORD)
    assert not needs_rehash(system.config, stored)


def test_the_policy_is_the_security_officers_within_bounds(system: System, centre: int, bureau: int) -> None:
    officer = an_actor(system, centre, "security_officer")
    for numbers in ({}, {"min_length": 4}, {"failures": 0}, {"length": 12}, {"idle_minutes": True}):
        with pytest.raises(IllFormed):
            execute(system, SetPolicy(officer, numbers, "年度调整"))
    with pytest.raises(Forbidden):
        execute(system, SetPolicy(an_actor(system, centre, "admin"), {"failures": 3}, "年度调整"))
    execute(system, SetPolicy(officer, {"min_length": 20}, "年度调整"))
    execute(system, SetPolicy(officer, {"failures": 3}, "年度调整"))
    with pytest.raises(Refused, match="20 至"):
        a_user(system, bureau)
    assert rows(system, "SELECT version FROM installed WHERE kind = 'policy' ORDER BY 1") == [{"version": 1}, {"version": 2}]


def test_a_token_is_kept_as_a_digest_only(system: System, bureau: int) -> None:
    a_user(system, bureau, username="zhang")
    token = issue_token(system, SYSTEM, "zhang", "脚本", days=3)
    assert token.startswith("cd_")
    assert len(token) == 3 + 43  # 256 bits
    kept = rows(system, "SELECT * FROM access_tokens")[0]
    assert kept["digest"] == token_digest(token)
    assert token not in str(kept) + str(rows(system, "SELECT * FROM people_log"))


def test_each_refusal_of_a_token_says_why(system: System, clock: MovedClock, bureau: int) -> None:
    user = a_user(system, bureau, username="zhang")
    for nonsense in ("", "cd_", "x" * 46, "cd_" + "A" * 43, "cd_" + "é" * 43, "cd_" + "A" * 5000):
        with pytest.raises(Unauthenticated, match="无效"):
            authenticate_token(system, nonsense)
    revoked, expiring = issue_token(system, SYSTEM, "zhang", "a"), issue_token(system, SYSTEM, "zhang", "b", days=1)
    number = rows(system, "SELECT id FROM access_tokens WHERE label = 'a'")[0]["id"]
    execute(system, RevokeToken(actor_of(system, "zhang"), number))
    with pytest.raises(Unauthenticated, match="撤销"):
        authenticate_token(system, revoked)
    assert authenticate_token(system, expiring).id == user
    clock.advance(timedelta(days=1))
    with pytest.raises(Unauthenticated, match="过期"):
        authenticate_token(system, expiring)


def test_the_use_of_a_token_is_noted_by_the_hour(system: System, clock: MovedClock, bureau: int) -> None:
    a_user(system, bureau, username="zhang")
    token = issue_token(system, SYSTEM, "zhang", "t")
    noted = []
    for minutes in (0, 30, 29, 1, 30):
        clock.advance(timedelta(minutes=minutes))
        authenticate_token(system, token)
        noted.append(rows(system, "SELECT last_used_at FROM access_tokens")[0]["last_used_at"] - START)
    assert noted == [timedelta(), timedelta(), timedelta(), timedelta(hours=1), timedelta(hours=1)]


def test_a_token_never_carries_more_than_its_maker(system: System, bureau: int) -> None:
    a_user(system, bureau, "unit_lead", username="zhang")
    other = a_user(system, bureau, username="li")
    reader = authenticate_token(system, issue_token(system, SYSTEM, "zhang", "t", scopes=frozenset({"tickets:read"})))
    assert reader.scopes == {"tickets:read"}
    with pytest.raises(Forbidden):
        issue_token(system, reader, "zhang", "more")
    with pytest.raises(Forbidden):
        issue_token(system, actor_of(system, "zhang"), "li", "for another")
    for scopes, days in (({"everything"}, 9), (set[str](), 9), ({"tickets:read"}, 0), ({"tickets:read"}, 367)):
        with pytest.raises(IllFormed):
            issue_token(system, SYSTEM, "li", "t", days, frozenset(scopes))
    number = rows(system, "SELECT id FROM access_tokens")[0]["id"]
    with pytest.raises(Forbidden):
        execute(system, RevokeToken(actor_of(system, "li"), number))
    assert other


def test_an_administrators_token_without_the_scope_administers_nothing(system: System, centre: int, bureau: int) -> None:
    a_user(system, centre, "admin", username="boss")
    user = a_user(system, bureau)
    narrow = authenticate_token(system, issue_token(system, SYSTEM, "boss", "t", scopes=frozenset({"tickets:read"})))
    with pytest.raises(Forbidden, match="权限范围"):
        execute(system, DeactivateUser(narrow, user))


def test_a_session_goes_on_for_another_unit(system: System, centre: int, bureau: int) -> None:
    user = a_user(system, bureau, "handler", username="zhang")
    execute(system, GrantRole(SYSTEM, user, "agent", centre))
    signed_in = sign_in(system, "zhang", PASSWORD)
    execute(system, SwitchUnit(signed_in.actor, token_digest(signed_in.token), centre))
    assert authenticate_token(system, signed_in.token).roles == {"agent"}
    with pytest.raises(Refused, match="没有角色"):
        execute(system, SwitchUnit(signed_in.actor, token_digest(signed_in.token), a_unit(system)))
    with pytest.raises(Refused, match="自己"):
        execute(system, SwitchUnit(an_actor(system, bureau), token_digest(signed_in.token), centre))


def test_looking_at_a_hidden_value_needs_a_reason_and_the_right_to_see(system: System, client: Any, database: Database) -> None:
    desk = a_desk(system, client, database.owner_url)
    ticket = desk.a_ticket("dispatched", citizen={"name": "王小明", "phone": "13812345678"})
    clerk, stranger, auditor = (actor_of(system, name) for name in ("clerk.cgj", "clerk.swj", "auditor"))
    for reason in ("", "  看  ", "要看看"):
        with pytest.raises(Refused, match="理由"):
            execute(system, RecordUnmasking(clerk, ticket, "phone", reason))
    with pytest.raises(Unseen):
        execute(system, RecordUnmasking(stranger, ticket, "phone", "联系诉求人核实"))
    with pytest.raises(Forbidden):
        execute(system, RecordUnmasking(SYSTEM, ticket, "phone", "联系诉求人核实"))
    assert unmaskings(system, auditor) == []
    execute(system, RecordUnmasking(clerk, ticket, "phone", "联系诉求人核实"))
    (seen,) = unmaskings(system, auditor)
    assert (seen["username"], seen["root_id"], seen["field"], seen["reason"]) == ("clerk.cgj", ticket, "phone", "联系诉求人核实")
    with pytest.raises(Forbidden):
        unmaskings(system, clerk)
