"""What people do with notices: read them, choose how to be told, and, for the administrator, send once more what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.core.actors import Actor
from app.core.bus import Result
from app.core.masking import MOBILE, NotAPhone, normalise_phone
from app.core.secrets import key_id_of
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, Refused, Unseen
from app.notices.addresses import ADDRESSES, masked, seal, unseal
from app.people.common import done
from app.people.roles import require

READ = """UPDATE deliveries SET read_at = coalesce(read_at, %(now)s)
WHERE id = %(id)s AND user_id = %(user)s AND channel = 'inbox' RETURNING id"""
READ_ALL = """UPDATE deliveries SET read_at = %(now)s WHERE user_id = %(user)s AND channel = 'inbox' AND read_at IS NULL
AND id <= %(up_to)s RETURNING id"""
LOCK = "SELECT status FROM deliveries WHERE id = %s AND channel <> 'inbox' FOR UPDATE"
# Its reason stays until it is sent: so it goes alone and under its own reference, as before.
AGAIN = """UPDATE deliveries SET status = CASE WHEN id = %(id)s THEN 'waiting' ELSE 'sending' END, attempts = 0,
next_try_at = CASE WHEN id = %(id)s THEN %(now)s::timestamptz END WHERE id = %(id)s OR digest_of = %(id)s"""
SETTING = "SELECT channels, addresses_sealed FROM notice_settings WHERE user_id = %s FOR UPDATE"
SAVE = """INSERT INTO notice_settings (user_id, channels, addresses_sealed, updated_at)
VALUES (%(user)s, %(channels)s::jsonb, %(sealed)s, %(now)s)
ON CONFLICT (user_id) DO UPDATE SET channels = EXCLUDED.channels, addresses_sealed = EXCLUDED.addresses_sealed,
updated_at = EXCLUDED.updated_at"""
TO_RESEAL = """SELECT user_id, addresses_sealed FROM notice_settings WHERE user_id > %s AND addresses_sealed IS NOT NULL
ORDER BY user_id LIMIT 200 FOR UPDATE"""
RESEAL = "UPDATE notice_settings SET addresses_sealed = %(sealed)s WHERE user_id = %(user)s"
RESEAL_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class MarkRead:
    actor: Actor
    delivery_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MarkAllRead:
    """Up to the newest that the reader has seen, so that what came meanwhile stays unread."""

    actor: Actor
    up_to: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Try a delivery that was given up once more, under the same reference."""

    actor: Actor
    delivery_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SaveSettings:
    """`channels` by kind replace those of before. An address that is not named stays; an empty one is forgotten."""

    actor: Actor
    channels: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, str | None] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ResealAddresses:
    """A rotation of keys: the next few people's addresses after an id."""

    actor: Actor
    after: int
    key: str | None = None


def handle_mark_read(tx: Tx, command: MarkRead) -> Result:
    if not tx.execute(READ, {"now": tx.now, "id": command.delivery_id, "user": command.actor.id}):
        raise Unseen()
    return done("delivery", command.delivery_id, "read")


def handle_mark_all_read(tx: Tx, command: MarkAllRead) -> Result:
    rows = tx.execute(READ_ALL, {"now": tx.now, "user": command.actor.id, "up_to": command.up_to})
    return done("delivery", 0, "read", count=len(rows))


def handle_retry(tx: Tx, command: Retry) -> Result:
    require(command.actor, "admin")
    rows = tx.execute(LOCK, (command.delivery_id,))
    if not rows:
        raise Unseen()
    if rows[0]["status"] != "given_up":
        raise Refused("只有已放弃的发送可以重试。", "Only a delivery that was given up is tried again.")
    tx.execute(AGAIN, {"id": command.delivery_id, "now": tx.now})
    return done("delivery", command.delivery_id, "waiting")


def handle_save_settings(tx: Tx, command: SaveSettings) -> Result:
    if command.actor.kind != "user":
        raise Forbidden("只有登录人员可以设置通知方式。", "Only a person who is signed in has settings.")
    user, keyring = command.actor.id, tx.system.keyring
    rows = tx.execute(SETTING, (user,))
    known = unseal(keyring, user, rows[0]["addresses_sealed"]) if rows else {}
    wanted = {name: command.addresses.get(name, known.get(name)) for name in ADDRESSES}
    kept = {name: checked(name, value) for name, value in wanted.items() if value}
    channels = {kind: sorted(set(chosen) - {"inbox"}) for kind, chosen in command.channels.items()}
    tx.execute(SAVE, {"user": user, "channels": orjson.dumps(channels).decode(), "sealed": seal(keyring, user, kept), "now": tx.now})
    return done("notice_settings", user, channels=channels, addresses=masked(kept))


def checked(name: str, value: str) -> str:
    if name != "phone":
        return value
    try:
        phone = normalise_phone(value)
    except NotAPhone:
        phone = ""
    if not MOBILE.fullmatch(phone):
        raise IllFormed("短信须发往手机号码。", "An SMS goes to a mobile number.", {"phone": ["须为手机号码 / a mobile number"]})
    return phone


def handle_reseal(tx: Tx, command: ResealAddresses) -> int | None:
    """The id to go on after, None when there is nothing left."""
    rows, keyring = tx.execute(TO_RESEAL, (command.after,)), tx.system.keyring
    for row in rows:
        if key_id_of(row["addresses_sealed"]) != keyring.current_id():
            found = unseal(keyring, row["user_id"], row["addresses_sealed"])
            tx.execute(RESEAL, {"sealed": seal(keyring, row["user_id"], found), "user": row["user_id"]})
    return rows[-1]["user_id"] if len(rows) == RESEAL_AT_ONCE else None


HANDLERS: Mapping[type, Any] = {
    MarkRead: handle_mark_read,
    MarkAllRead: handle_mark_all_read,
    Retry: handle_retry,
    SaveSettings: handle_save_settings,
    ResealAddresses: handle_reseal,
}
