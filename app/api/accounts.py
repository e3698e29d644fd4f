"""Doors for people: accounts and their roles, leave and loans, tokens, and what the auditor reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Answer, Ask, Door
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.api.people_shapes import LOG, POLICY, TOKEN, TOKENS, UNMASKINGS, USER, USERS
from app.api.values import Body, Choice, Flag, Ref, Text, When, Whole
from app.api.verbs import ADMIN, TAG, verb
from app.people import commands, credentials, governing, leave, queries
from app.people.policy import BOUNDS, SetPolicy
from app.people.roles import ROLES, SCOPES
from app.people.second_factor import ResetSecondFactor
from app.people.signin import issue_token


class NewPassword(Body):
    new = Text(most=128, required=True, load_only=True)


class NewUser(Body):
    username = Text(most=64, required=True)
    name = Text(most=40, required=True)
    unit_id = Ref(required=True)
    roles = fields.List(Choice(*ROLES))


class Role(Body):
    role = Choice(*ROLES, required=True)
    unit_id = Ref()


class Successor(Body):
    successor_id = Ref()


class NewUnit(Successor):
    unit_id = Ref(required=True)


class Reason(Body):
    reason = Text(most=500, required=True)


class Leave(Body):
    since = When(required=True)
    until = When(required=True)
    substitute_id = Ref()


class Loan(Body):
    to_user_id = Ref(required=True)
    role = Choice(*ROLES, required=True)
    unit_id = Ref()
    since = When(required=True)
    until = When(required=True)


class NewToken(Body):
    username = Text(most=64, required=True)
    label = Text(most=100, required=True)
    days = Whole(least=1, most=credentials.LONGEST, load_default=90)
    scopes = fields.List(Choice(*sorted(SCOPES)), load_default=lambda: ["tickets:read"])
    unit_id = Ref(load_default=None)


class Users(Paged):
    unit = Ref(text=True, load_default=None)
    q = Text(most=64, load_default=None, metadata={"description": "用户名或姓名的开头 / how the user name or the name begins"})
    role = Choice(*ROLES, load_default=None)
    active = Flag(text=True, load_default=None)
    locked = Flag(text=True, load_default=None, metadata={"description": "因连续输错暂时锁定 / locked for a while by wrong passwords"})


class Logged(Paged):
    user = Ref(text=True, load_default=None)


class PeopleLogged(Logged):
    action = Text(most=40, load_default=None, metadata={"description": "操作代码 / code of what was done"})
    success = Flag(text=True, load_default=None)


class Policies(Body):
    """The numbers to change, each within its bounds, and the roles that must have a second factor."""

    reason = Text(most=500, required=True)
    numbers = fields.Dict(keys=Choice(*BOUNDS), values=Whole(), load_default=dict)
    second_factor_roles = fields.List(Choice(*ROLES))


def new_token(ask: Ask) -> Answer:
    """Shown now and never again."""
    asked = ask.body
    token = issue_token(
        ask.system, ask.actor, asked["username"], asked["label"], asked["days"], frozenset(asked["scopes"]), asked["unit_id"]
    )
    return Answer({"token": token}, 201)


def listed(name: str, read: Callable[..., list[dict[str, Any]]], *filters: str) -> Callable[[Ask], Mapping[str, Any]]:
    """A list of rows by id, newest first, walked by `before`."""

    def view(ask: Ask) -> Mapping[str, Any]:
        asked, limit = ask.query, ask.query["limit"]
        mark = fingerprint(name, asked)
        before = (read_cursor(mark, asked["cursor"], (int,)) or (None,))[0]
        rows = read(ask.system, ask.actor, *(asked[filter] for filter in filters), before=before, rows=limit + 1)
        return envelope(rows[:limit], mark, (rows[limit - 1]["id"],) if len(rows) > limit else None)

    return view


def user(ask: Ask, id: int) -> Mapping[str, Any]:
    return queries.user(ask.system, ask.actor, id)


def policy(ask: Ask) -> Mapping[str, Any]:
    return governing.policy(ask.system, ask.actor)


DOORS = (
    Door("GET", "/users", listed("users", queries.users, "unit", "role", "active", "q", "locked"), "人员", "People", scope=ADMIN,
         response_schema=USERS, query_schema=Users(), tag=TAG),
    Door("GET", "/users/{id}", user, "人员详情", "One person", response_schema=USER, scope=ADMIN, tag=TAG),
    verb("/users", commands.AddUser, NewUser(), "新增人员", "Add a person", status=201),
    verb("/users/{id}/roles", commands.GrantRole, Role(), "授予角色", "Grant a role", at="user_id"),
    verb("/users/{id}/roles/end", commands.RevokeRole, Role(), "收回角色", "Take a role away", at="user_id"),
    verb("/users/{id}/move", commands.MoveUser, NewUnit(), "调动", "Move to another unit", at="user_id"),
    verb("/users/{id}/deactivate", commands.DeactivateUser, Successor(), "离岗停用", "Deactivate a leaver", at="user_id"),
    verb("/users/{id}/password", credentials.ResetPassword, NewPassword(), "重置密码", "Reset a password", at="user_id"),
    verb("/users/{id}/second-factor/reset", ResetSecondFactor, Reason(), "重置动态验证码", "Reset a second factor", at="user_id"),
    verb("/users/{id}/bar", credentials.BarUser, Reason(), "锁定账号", "Lock an account", at="user_id"),
    verb("/users/{id}/unlock", credentials.UnlockUser, None, "解锁账号", "Unlock an account", at="user_id"),
    verb("/users/{id}/leaves", leave.TakeLeave, Leave(), "请假", "Take leave", at="user_id", status=201),
    verb("/leaves/{id}/end", leave.EndLeave, None, "销假", "End a leave", at="absence_id"),
    verb("/loans", leave.LendRole, Loan(), "转借角色", "Lend a role", status=201),
    verb("/loans/{id}/end", leave.TakeBackRole, None, "收回转借", "Take a lent role back", at="delegation_id"),
    Door("POST", "/tokens", new_token, "签发令牌", "Issue a token", request_schema=NewToken(), response_schema=TOKEN, scope=ADMIN,
         tag=TAG, status=201),
    Door("GET", "/tokens", listed("tokens", queries.tokens, "user"), "令牌", "Tokens", response_schema=TOKENS, scope=ADMIN,
         query_schema=Logged(), tag=TAG),
    verb("/tokens/{id}", credentials.RevokeToken, None, "撤销令牌", "Revoke a token", at="token_id", method="DELETE"),
    Door("GET", "/unmaskings", listed("unmaskings", queries.unmaskings, "user"), "查看隐藏信息记录", "Who unmasked what", scope=ADMIN,
         response_schema=UNMASKINGS, query_schema=Logged(), tag=TAG),
    Door("GET", "/people-log", listed("log", queries.people_log, "user", "action", "success"), "账号与机构日志",
         "Log of accounts and units", response_schema=LOG, scope=ADMIN, query_schema=PeopleLogged(), tag=TAG),
    Door("GET", "/policy", policy, "现行密码与会话策略", "The policy in force", response_schema=POLICY, scope=ADMIN, tag=TAG),
    verb("/policy", SetPolicy, Policies(), "密码与会话策略", "Policy of passwords and sessions"),
)  # fmt: skip
