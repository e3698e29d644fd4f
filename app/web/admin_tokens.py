"""Tokens for programs: issued and shown once, listed without their text, revoked; and the policy of passwords and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal
from app.people.roles import ROLES, SCOPES
from app.web.admin_forms import unit_id
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown

READERS = frozenset({"admin", "auditor", "security_officer"})
HOME, NEW, POLICY = "/admin/tokens", "/admin/tokens/new", "/admin/policy"
SECURITY = frozenset({"security_officer"})
NUMBERS: Mapping[str, tuple[str, str]] = {
    "min_length": ("密码最短位数", "Least length of a password"),
    "classes": ("密码字符种类数", "Kinds of characters in a password"),
    "password_days": ("密码有效天数（0 为不过期）", "Days that a password lasts (0: for ever)"),
    "failures": ("连续输错几次锁定", "Wrong passwords before the lock"),
    "locked_minutes": ("锁定分钟数", "Minutes of the lock"),
    "idle_minutes": ("闲置退出分钟数", "Minutes idle before the session ends"),
    "session_hours": ("会话最长小时数", "Hours that a session lasts at most"),
}


def listed(look: Look) -> Shown:
    query = {"limit": "50"} | ({"cursor": look.args["cursor"]} if look.args.get("cursor") else {})
    page = look.get("/tokens", query)
    return Shown("admin/tokens.html", {"rows": page["items"], "next": page["next"]})


def new(look: Look) -> Shown:
    return issuing(look)


def issuing(look: Look, token: str | None = None, **more: Any) -> Shown:
    units = look.get("/units", {"open": "true", "limit": "200"})["items"]
    status = more.pop("status", 200)
    values = {"token": token, "scopes": sorted(SCOPES), "units": units, "typed": typed(look.args), **more}
    return Shown("admin/token.html", values, status=status, headers={"Cache-Control": "no-store"})


def issue(look: Look) -> Shown:
    """The token's text stands on this page and is kept nowhere."""
    days, unit = look.form.get("days", "").strip(), look.form.get("unit_id", "").strip()
    body: dict[str, Any] = {"username": look.form.get("username", "").split(" ")[0], "label": look.form.get("label", "")}
    body |= {"days": int(days)} if days.isdecimal() and len(days) < 10 else {}
    body |= {"scopes": look.form.getlist("scopes")} if look.form.getlist("scopes") else {}
    body |= {"unit_id": unit_id(look, "unit_id", unit)} if unit else {}
    return issuing(look, look.post("/tokens", body)["token"])


def issue_again(look: Look, refusal: Refusal) -> Shown:
    return issuing(look, problem=look.problem(refusal), typed=typed(look.form), status=refusal.status)


def policy(look: Look) -> Shown:
    return Shown("admin/policy.html", {"policy": look.get("/policy"), "names": NUMBERS, "roles": ROLES})


def set_policy(look: Look) -> Done:
    """Only what differs is sent, so that what was never set goes on following the defaults."""
    now = look.get("/policy")
    given = {name: look.form.get(name, "").strip() for name in NUMBERS}
    changed = {name: text for name, text in given.items() if text != str(now["numbers"][name])}
    numbers = {name: int(text) if text.isdecimal() and len(text) < 10 else -1 for name, text in changed.items()}
    chosen = sorted(look.form.getlist("second_factor_roles"))
    body: dict[str, Any] = {"reason": look.form.get("reason", ""), "numbers": numbers}
    body |= {"second_factor_roles": chosen} if chosen != sorted(now["second_factor_roles"]) else {}
    look.post("/policy", body)
    return Done(POLICY, "策略已生效。", "The policy is in force.")


def policy_again(look: Look, refusal: Refusal) -> Shown:
    told = look.problem(refusal)
    bounds = look.get("/policy")["bounds"]
    wrong = {
        name: [look.t(f"应为 {bounds[name][0]} 至 {bounds[name][1]}。", f"Must be {bounds[name][0]} to {bounds[name][1]}.")]
        for name in told["errors"] if name in bounds
    }  # fmt: skip
    values = dict(policy(look).values) | {"problem": {**told, "errors": {**told["errors"], **wrong}}, "typed": typed(look.form)}
    return Shown("admin/policy.html", values, status=refusal.status)


PAGES = (
    Page(HOME, listed, "令牌", "Tokens", READERS, nav="admin", icon="key"),
    Page(NEW, new, "签发令牌", "Issue a token"),
    Page(NEW, issue, "签发令牌", "Issue a token", method="POST", again=issue_again),
    Page(POLICY, policy, "密码与会话策略", "Passwords and sessions", READERS, nav="admin", icon="shield-lock"),
    Page(POLICY, set_policy, "密码与会话策略", "Passwords and sessions", SECURITY, method="POST", again=policy_again),
)
