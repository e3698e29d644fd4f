"""The closed list of roles and scopes, which of them must be kept apart, and the one question that guards these commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.core.actors import Actor
from app.core.visibility import CENTRE
from app.errors import Forbidden, IllFormed, Refused

ROLES: Mapping[str, tuple[str, str]] = {
    "agent": ("话务员", "Agent"),
    "dispatcher": ("派单员", "Dispatcher"),
    "reviewer": ("审核员", "Reviewer"),
    "callback_agent": ("回访员", "Callback agent"),
    "supervisor": ("督办员", "Supervisor"),
    "leader": ("领导", "Leader"),
    "secretary": ("秘书", "Secretary"),
    "duty_officer": ("值班员", "Duty officer"),
    "unit_clerk": ("热线联络员", "Unit clerk"),
    "handler": ("承办人", "Handler"),
    "unit_lead": ("单位审核人", "Unit lead"),
    "admin": ("系统管理员", "Administrator"),
    "auditor": ("安全审计员", "Auditor"),
    "security_officer": ("安全管理员", "Security officer"),
}

# The three roles of separated duty: whoever manages accounts grants himself nothing and cannot audit himself.
SEPARATE = frozenset({"admin", "auditor", "security_officer"})
# Only these roles belong to the centre: granted for another unit they would still see every case.
CENTRE_ONLY = CENTRE | SEPARATE

SCOPES = frozenset({"tickets:read", "tickets:write", "reports:read", "admin"})
# A session opened with a password that must be changed may do nothing but change it.
PASSWORD_ONLY = frozenset({"password"})
# One of a person whose role demands a second factor, and who has none yet, may do nothing but enrol.
ENROL_ONLY = frozenset({"second-factor"})
LIMITED = (PASSWORD_ONLY, ENROL_ONLY)
# One that was left with a screen nobody sits at: it shows the wall, ends by no idleness, and opens nothing else.
WALL_ONLY = frozenset({"wall"})
# What only a session opens, an API token never: also a limited one tells its state and ends.
SESSION = "session"


def has(actor: Actor, *roles: str) -> bool:
    return actor.kind == "system" or not actor.roles.isdisjoint(roles)


def require(actor: Actor, *roles: str) -> None:
    """One of the roles, and, for a token with scopes, the scope `admin`."""
    if not has(actor, *roles):
        names = "、".join(ROLES[role][0] for role in roles)
        raise Forbidden(f"此操作须由{names}执行。", f"This is for: {', '.join(ROLES[role][1] for role in roles)}.")
    if actor.scopes is not None and "admin" not in actor.scopes:
        raise Forbidden("此令牌没有管理权限范围。", "This token does not carry the scope 'admin'.")


def known(roles: Collection[str]) -> None:
    unknown = sorted(set(roles) - ROLES.keys())
    if unknown:
        names = ", ".join(unknown)
        raise IllFormed(f"没有此角色：{names}。", f"No such role: {names}.", {"role": [f"unknown: {name}" for name in unknown]})


def keep_apart(roles: Collection[str]) -> None:
    """At most one of administrator, auditor and security officer in one account."""
    together = sorted(SEPARATE & set(roles))
    if len(together) > 1:
        zh = "、".join(ROLES[role][0] for role in together)
        en = ", ".join(ROLES[role][1] for role in together)
        raise Refused(f"三员分立：{zh}不得由同一账号兼任。", f"Separation of duties: one account may not be {en} at once.")
