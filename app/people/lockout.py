"""Wrong passwords and wrong codes are counted alike; too many of them close the sign-in, and only the sign-in, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from app.core.tx import Tx
from app.errors import Refusal, Unauthenticated
from app.people.common import log
from app.people.policy import policy_of

LOCKED = "SELECT * FROM users WHERE id = %s FOR UPDATE"


def hold(tx: Tx, user_id: int) -> dict[str, Any]:
    """The account under its lock: guesses that run side by side are looked at one after another."""
    return tx.query(LOCKED, (user_id,))[0]


def refuse_locked(until: datetime | None, now: datetime, word: type[Refusal] = Unauthenticated) -> None:
    if until is None or now >= until:
        return
    minutes = ceil((until - now).total_seconds() / 60)
    left = "one more minute" if minutes == 1 else f"{minutes} more minutes"
    raise word(f"连续输错，登录暂时锁定，还有 {minutes} 分钟。", f"Too many wrong attempts; sign-in is locked for {left}.")


def count_failure(tx: Tx, user: dict[str, Any], action: str, address: str, wrong: str) -> datetime | None:
    """Of an account that is held; `wrong` is `password`, `code` or `no code`, for the log. Gives the end of the lock if this failure
    brought it; the count begins anew after a lock."""
    policy = policy_of(tx)
    over = user["locked_until"] is not None and tx.now >= user["locked_until"]
    failed = 1 if over else user["failed_sign_ins"] + 1
    until = tx.now + timedelta(minutes=policy.locked_minutes) if failed >= policy.failures else None
    tx.update("users", user["id"], {"failed_sign_ins": failed, "locked_until": until})
    log(tx, action, user["id"], user["unit_id"], success=False, address=address, wrong=wrong, failed=failed, locked_until=until)
    return until
