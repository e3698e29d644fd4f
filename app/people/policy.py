"""What this installation asks of passwords, sessions and second factors: within safe bounds, versioned like every other setting."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import IllFormed
from app.people.common import done, log, reason_of, take_turn
from app.people.roles import known, require


@dataclass(frozen=True, slots=True)
class Policy:
    """The defaults follow level 3 of the protection scheme; `password_days` 0 means that passwords do not expire.

    Whoever holds one of `second_factor_roles`, for whatever unit, must have a second factor.
    """

    min_length: int = 10
    classes: int = 3
    password_days: int = 90
    failures: int = 5
    locked_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 12
    second_factor_roles: tuple[str, ...] = ()


BOUNDS: Mapping[str, tuple[int, int]] = {
    "min_length": (8, 64),
    "classes": (1, 4),
    "password_days": (0, 3650),
    "failures": (3, 20),
    "locked_minutes": (1, 1440),
    "idle_minutes": (5, 720),
    "session_hours": (1, 24),
}
LATEST = "SELECT version, body FROM installed WHERE kind = 'policy' AND name = 'sign-in' ORDER BY version DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Changes the numbers that are named and leaves the others; so with the roles."""

    actor: Actor
    numbers: Mapping[str, int]
    reason: str
    second_factor_roles: tuple[str, ...] | None = None
    key: str | None = None


def policy_of(tx: Tx) -> Policy:
    rows = tx.query(LATEST)
    return Policy(**{name: read(value) for name, value in tomllib.loads(rows[0]["body"]).items()}) if rows else Policy()


def read(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def handle_set_policy(tx: Tx, command: SetPolicy) -> Result:
    require(command.actor, "security_officer")
    reason = reason_of(command.reason)
    errors = {name: [rule] for name, value in command.numbers.items() if (rule := _broken(name, value))}
    if errors or (not command.numbers and command.second_factor_roles is None):
        raise IllFormed("密码与会话策略的数值不合规定。", "A number of the policy is unknown or out of bounds.", errors)
    changed: dict[str, Any] = dict(command.numbers)
    if command.second_factor_roles is not None:
        known(command.second_factor_roles)
        changed["second_factor_roles"] = sorted(set(command.second_factor_roles))
    take_turn(tx)
    rows = tx.query(LATEST)
    body = "".join(f"{name} = {json.dumps(value)}\n" for name, value in (asdict(policy_of(tx)) | changed).items())
    version = rows[0]["version"] + 1 if rows else 1
    row = {"kind": "policy", "name": "sign-in", "version": version, "body": body, "installed_at": tx.now, "reason": reason}
    tx.insert("installed", row | {"digest": hashlib.sha256(body.encode()).hexdigest(), "installed_by": command.actor.label})
    log(tx, "set_policy", version=version, numbers=changed)
    return done("policy", version, numbers=dict(command.numbers), second_factor_roles=changed.get("second_factor_roles"))


def _broken(name: str, value: int) -> str:
    if name not in BOUNDS:
        return "unknown"
    low, high = BOUNDS[name]
    return "" if type(value) is int and low <= value <= high else f"{low} to {high}"


HANDLERS: Mapping[type, Any] = {SetPolicy: handle_set_policy}
