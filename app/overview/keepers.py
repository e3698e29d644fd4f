"""What waits for those who keep the system: what failed, what cannot be told for certain, what was looked at; no demand is among it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import psycopg

from app.api.values import shown
from app.clock import local
from app.hotline.asking import Asked
from app.hotline.queries import run
from app.overview.counting import midnight

ADMIN, AUDIT = "/admin", "/audit"
Said = tuple[str, str, str, str, str]
# Code, words, page, and the number as SQL.
NUMBERS: Final[Mapping[str, tuple[Said, ...]]] = {
    "admin": (
        ("deliveries_given_up", "发送失败", "Deliveries given up", f"{ADMIN}/failures",
         "SELECT 1 FROM deliveries WHERE status = 'given_up'"),
        ("clocks_set_aside", "搁置的计时", "Clocks set aside", ADMIN,
         "SELECT 1 FROM clocks WHERE set_aside_at IS NOT NULL AND state <> 'stopped'"),
        ("reactions_given_up", "放弃的后续处理", "Reactions given up", ADMIN,
         "SELECT 1 FROM outbox WHERE gave_up_at IS NOT NULL AND done_at IS NULL"),
        ("provisional", "暂定时限（日历未公布）", "Provisional deadlines", f"{ADMIN}/calendar",
         "SELECT 1 FROM clocks WHERE provisional AND state <> 'stopped'"),
    ),
    "auditor": (
        ("unmaskings_today", "今日查看隐藏信息", "Unmaskings today", f"{AUDIT}?tab=unmasking",
         "SELECT 1 FROM unmaskings WHERE at >= %(today)s"),
        ("failed_sign_ins_today", "今日登录失败", "Failed sign-ins today", f"{AUDIT}?action=sign_in&success=false",
         "SELECT 1 FROM people_log WHERE at >= %(today)s AND NOT success"),
    ),
    "security_officer": (
        ("locked_accounts", "被锁定的账号", "Locked accounts", f"{ADMIN}/people?locked=true",
         "SELECT 1 FROM users WHERE locked_until > %(now)s"),
        ("failed_sign_ins_today", "今日登录失败", "Failed sign-ins today", f"{ADMIN}/people",
         "SELECT 1 FROM people_log WHERE at >= %(today)s AND NOT success"),
    ),
}  # fmt: skip
ANCHORED = "SELECT at FROM anchors ORDER BY id DESC LIMIT 1"


def kept_for(asked: Asked, connection: psycopg.Connection[Any], role: str, cap: int) -> list[dict[str, Any]]:
    lines = NUMBERS.get(role, ())
    params = {"now": asked.now, "today": midnight(local(asked.now).date()), "cap": cap}
    numbers = ", ".join(f"(SELECT count(*) FROM ({sql} LIMIT %(cap)s) n)" for *_, sql in lines)
    counts = run(connection, f"SELECT {numbers}", params)[0] if lines else ()
    items = [item_of(code, zh, en, page, count, cap) for (code, zh, en, page, _), count in zip(lines, counts, strict=True)]
    if role == "admin":
        items.append(old_keys(asked, cap))
    if role == "auditor":
        items.append(anchored(connection, cap))
    return items


def item_of(code: str, zh: str, en: str, page: str, count: int, cap: int) -> dict[str, Any]:
    return {
        "code": code, "zh": zh, "en": en, "count": count, "more": count >= cap, "late": 0, "due_soon": 0, "href": page,
        "list": None, "at": None,
    }  # fmt: skip


def old_keys(asked: Asked, cap: int) -> dict[str, Any]:
    """Keys beside the current one: each waits until nothing is sealed with it any more."""
    keyring = asked.system.keyring
    old = [key for key in keyring.key_ids() if key != keyring.current_id()]
    return item_of("old_keys", "待退役的旧密钥", "Old keys to retire", f"{ADMIN}/keys", len(old), cap)


def anchored(connection: psycopg.Connection[Any], cap: int) -> dict[str, Any]:
    """The last anchor of the chain of histories; `audit verify` is an operator's command and leaves no mark."""
    rows = run(connection, ANCHORED, {})
    item = item_of("last_anchor", "最近一次锚定", "Last anchor", f"{AUDIT}/chain", len(rows), cap)
    return {**item, "at": shown(rows[0][0]) if rows else None}
