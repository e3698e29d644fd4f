"""Doors for coming in and going out: the session and what it is narrowed to, one's password, one's second factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.api.doors import Answer, Ask, Door
from app.api.people_shapes import BEGUN, CONFIRMED, ENDED, OPENED, SECOND_FACTOR
from app.api.people_shapes import SESSION as SESSION_SHOWN
from app.api.values import Body, Choice, Ref, Text
from app.api.verbs import DONE, TAG, told
from app.core.bus import execute
from app.people import queries
from app.people.credentials import ChangePassword
from app.people.roles import ENROL_ONLY, ROLES, SESSION
from app.people.second_factor import BeginSecondFactor, ConfirmSecondFactor, EndSecondFactor, wrong_code
from app.people.sessions import SwitchRole, SwitchUnit
from app.people.signin import session_state, sign_in, sign_out
from app.people.tokens import token_digest
from app.people.totp import qr_svg

(SECOND,) = ENROL_ONLY


class Credentials(Body):
    """`code` where a second factor is on: six digits, or a recovery code."""

    username = Text(most=64, required=True)
    password = Text(most=128, required=True, load_only=True)
    code = Text(most=40, load_default=None, load_only=True)


class PasswordChange(Body):
    username = Text(most=64, required=True)
    old = Text(most=128, required=True, load_only=True)
    new = Text(most=128, required=True, load_only=True)
    code = Text(most=40, load_default=None, load_only=True)


class Unit(Body):
    unit_id = Ref(required=True)


class OneRole(Body):
    """null for all roles again."""

    role = Choice(*ROLES, required=True, allow_none=True)


class Code(Body):
    code = Text(most=40, required=True, load_only=True)


def come_in(ask: Ask) -> Answer:
    """A session; its token is sent as any other bearer token."""
    body = ask.body
    opened = sign_in(ask.system, body["username"], body["password"], ask.request.remote_addr or "", body["code"])
    told = {"token": opened.token, "must_change_password": opened.must_change_password, "must_enrol": opened.must_enrol}
    return Answer(told, 201)


def go_out(ask: Ask) -> Mapping[str, Any]:
    sign_out(ask.system, bearer(ask))
    return {"state": "ended"}


def state(ask: Ask) -> Mapping[str, Any]:
    """When the session ends and what it may become. Asking does not prolong it."""
    return asdict(session_state(ask.system, bearer(ask)))


def switch_unit(ask: Ask) -> Mapping[str, Any]:
    return told(execute(ask.system, SwitchUnit(ask.actor, digest(ask), ask.body["unit_id"])))


def switch_role(ask: Ask) -> Mapping[str, Any]:
    return told(execute(ask.system, SwitchRole(ask.actor, digest(ask), ask.body["role"])))


def bearer(ask: Ask) -> str:
    return ask.request.headers["Authorization"].split()[-1]


def digest(ask: Ask) -> bytes:
    return token_digest(bearer(ask))


def change_password(ask: Ask) -> Mapping[str, Any]:
    """Asked for by name and old password, since an expired one opens nothing else. Every session ends."""
    body = ask.body
    opened = sign_in(ask.system, body["username"], body["old"], ask.request.remote_addr or "", body["code"])
    return told(execute(ask.system, ChangePassword(opened.actor, body["old"], body["new"])))


def second_factor(ask: Ask) -> Mapping[str, Any]:
    return queries.second_factor(ask.system, ask.actor)


def begin(ask: Ask) -> Answer:
    """The secret, once: as an address, as text to be typed, and as a drawing to be scanned."""
    begun = told(execute(ask.system, BeginSecondFactor(ask.actor)))
    return Answer({**begun, "qr": qr_svg(begun["uri"])}, 201)


def confirm(ask: Ask) -> Mapping[str, Any]:
    """The first code; the answer holds the recovery codes, once. All other sessions end."""
    return told(execute(ask.system, ConfirmSecondFactor(ask.actor, digest(ask), ask.body["code"])))


def end(ask: Ask) -> Mapping[str, Any]:
    """By a code or a recovery code."""
    ended = execute(ask.system, EndSecondFactor(ask.actor, digest(ask), ask.body["code"], ask.request.remote_addr or ""))
    if ended.state == "refused":
        raise wrong_code()
    return told(ended)


DOORS = (
    Door("POST", "/sessions", come_in, "登录", "Sign in", Credentials(), OPENED, public=True, tag=TAG, status=201),
    Door("GET", "/sessions", state, "会话状态", "State of the session", None, SESSION_SHOWN, scope=SESSION, tag=TAG, idle_counts=False),
    Door("DELETE", "/sessions", go_out, "退出", "Sign out", None, ENDED, scope=SESSION, tag=TAG),
    Door("POST", "/sessions/unit", switch_unit, "切换单位", "Go on for another unit", Unit(), DONE, tag=TAG),
    Door("POST", "/sessions/role", switch_role, "切换角色", "Go on in one role", OneRole(), DONE, tag=TAG),
    Door("POST", "/password", change_password, "修改密码", "Change a password", PasswordChange(), DONE, public=True, tag=TAG),
    Door("GET", "/me/second-factor", second_factor, "我的动态验证码", "One's second factor", None, SECOND_FACTOR, scope=SECOND, tag=TAG),
    Door("POST", "/me/second-factor", begin, "开始绑定动态验证码", "Begin a second factor", None, BEGUN, scope=SECOND, tag=TAG, status=201),
    Door("POST", "/me/second-factor/confirm", confirm, "确认动态验证码", "Confirm a second factor", Code(), CONFIRMED, scope=SECOND,
         tag=TAG),
    Door("DELETE", "/me/second-factor", end, "停用动态验证码", "Turn a second factor off", Code(), DONE, scope=SECOND, tag=TAG),
)  # fmt: skip
