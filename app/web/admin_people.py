"""People, their roles, leave, locks and tokens; who may do what is said by the doors, and what was refused stands beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.people.roles import ROLES
from app.web.admin_forms import REASON, Field, Verb, verb_pages
from app.web.look import Look, Page, Shown

READERS = frozenset({"admin", "auditor", "security_officer", "unit_lead"})
ADMIN, SECURITY = frozenset({"admin"}), frozenset({"security_officer"})
GOVERN = ADMIN | SECURITY
ALL: frozenset[str] = frozenset()
HOME, ONE = "/admin/people", "/admin/people/{id}"
FILTERS = ("q", "unit", "role", "active", "locked", "cursor")
ROLE = Field("role", "角色", "Role", "choice", needed=True, codes=tuple(ROLES), words="role")
THERE = Field("unit_id", "在哪个单位", "For which unit", "unit", hint_zh="不填即本人所在单位", hint_en="Empty: the person's own unit")
SPAN = (Field("since", "开始", "From", "time", needed=True), Field("until", "结束", "Until", "time", needed=True))


def listed(look: Look) -> Shown:
    asked = {name: look.args[name] for name in FILTERS if look.args.get(name)}
    query = {"limit": "50", "active": "true", **asked}
    page = look.get("/users", {name: value for name, value in query.items() if value != "any"})
    return Shown("admin/people.html", {"rows": page["items"], "next": page["next"], "roles": ROLES})


def one(look: Look, id: int) -> Shown:
    tokens = look.get("/tokens", {"user": str(id)})["items"] if look.actor.id == id or look.has(*(READERS - {"unit_lead"})) else []
    return Shown("admin/person.html", {"user": look.get("/users/{id}", id=id), "tokens": [row for row in tokens if row["kind"] == "api"]})


def about(look: Look, id: int) -> Mapping[str, Any]:
    user = look.get("/users/{id}", id=id)
    return {"subject": f"{user['name']} {user['username']} · {user['unit_name']}", "unit_id": user["unit_id"]}


def mine(look: Look, id: int = 0) -> Mapping[str, Any]:
    """One lends to people of the unit that one works for."""
    return {"unit_id": look.actor.unit_id}


VERBS = (
    Verb(
        f"{HOME}/new", "/users", "新增人员", "Add a person",
        (
            Field("username", "用户名", "User name", needed=True, most=64), Field("name", "姓名", "Name", needed=True, most=40),
            Field("unit_id", "单位", "Unit", "unit", needed=True),
            Field("roles", "角色", "Roles", "choices", codes=tuple(ROLES), words="role"),
        ),
        ADMIN, f"{HOME}/{{made}}", warn_zh="新增后请设置初始密码；角色由安全管理员授予。",
        warn_en="Set a first password afterwards; roles are granted by the security officer.", blames="roles",
    ),
    Verb(f"{ONE}/grant", "/users/{id}/roles", "授予角色", "Grant a role", (ROLE, THERE), SECURITY, ONE, about, blames="role"),
    Verb(f"{ONE}/revoke", "/users/{id}/roles/end", "收回角色", "Take a role away", (ROLE, THERE), SECURITY, ONE, about, blames="role"),
    Verb(
        f"{ONE}/move", "/users/{id}/move", "调动", "Move to another unit",
        (Field("unit_id", "调往单位", "To which unit", "unit", needed=True), Field("successor_id", "接手人", "Who takes over", "person")),
        ADMIN, ONE, about, "在办件留在原单位，由接手人继续；不填接手人则由联络员重新交办。",
        "The work stays with the old unit: the successor takes it, or its clerk gives it out anew.", blames="successor_id",
    ),
    Verb(
        f"{ONE}/deactivate", "/users/{id}/deactivate", "离岗停用", "Deactivate a leaver",
        (Field("successor_id", "接手人", "Who takes over", "person"),), ADMIN, ONE, about, "停用后不能再登录，角色和令牌同时收回。",
        "Nothing opens for the account any more; roles and tokens end with it.", blames="successor_id",
    ),
    Verb(
        f"{ONE}/password", "/users/{id}/password", "重置密码", "Reset the password",
        (Field("new", "初始密码", "First password", "password", needed=True),), GOVERN, ONE, about,
        "本人下次登录须修改；现有会话和令牌全部失效。", "It must be changed at the next sign-in; all sessions and tokens end.",
        blames="new", keyed=False,
    ),
    Verb(
        f"{ONE}/second-factor", "/users/{id}/second-factor/reset", "重置动态验证码", "Reset the second factor", (REASON,), GOVERN, ONE,
        about, blames="reason",
    ),
    Verb(f"{ONE}/bar", "/users/{id}/bar", "锁定账号", "Bar the account", (REASON,), GOVERN, ONE, about, blames="reason"),
    Verb(f"{ONE}/unlock", "/users/{id}/unlock", "解锁账号", "Unlock the account", (), GOVERN, ONE, about),
    Verb(
        f"{ONE}/leave", "/users/{id}/leaves", "请假", "Take leave", (*SPAN, Field("substitute_id", "替岗人", "Substitute", "person")), ALL,
        ONE, about, "请假期间，本人的角色借给替岗人。", "For that time the roles are lent to the substitute.", blames="substitute_id",
    ),
    Verb("/admin/leaves/{id}/end", "/leaves/{id}/end", "销假", "End the leave", (), ALL, HOME),
    Verb(
        "/admin/loans/new", "/loans", "转借本人角色", "Lend a role of one's own",
        (Field("to_user_id", "借给", "To whom", "person", needed=True), ROLE, THERE, *SPAN), ALL, "/account", mine, blames="to_user_id",
    ),
    Verb("/admin/loans/{id}/end", "/loans/{id}/end", "收回转借", "Take the role back", (), ALL, "/account"),
    Verb("/admin/tokens/{id}/revoke", "/tokens/{id}", "撤销令牌", "Revoke the token", (), ALL, "/admin/tokens", method="DELETE"),
)  # fmt: skip
PAGES = (
    Page(HOME, listed, "人员", "People", READERS, nav="admin", icon="users"),
    *verb_pages(VERBS),
    Page(ONE, one, "人员详情", "A person"),
)
