"""What somebody has typed and not yet sent: sealed, one row for each person and form, forgotten when it is sent or after thirty days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from app.core.actors import SYSTEM, Actor
from app.core.bus import Result, execute
from app.core.secrets import key_id_of
from app.core.system import System
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, Unseen
from app.people.common import done
from app.people.signin import reading

FORM = re.compile(r"[a-z][a-z0-9-]{0,79}")
MOST_BYTES = 256 * 1024
MOST_FORMS = 200
KEPT_DAYS = 30
SAVE = """INSERT INTO drafts (user_id, form, fields_sealed, saved_at) VALUES (%(user)s, %(form)s, %(sealed)s, %(now)s)
ON CONFLICT (user_id, form) DO UPDATE SET fields_sealed = EXCLUDED.fields_sealed, saved_at = EXCLUDED.saved_at"""
# Whoever begins hundreds of things loses the oldest beginnings, never the newest.
OLDEST = """DELETE FROM drafts WHERE user_id = %(user)s AND id IN
(SELECT id FROM drafts WHERE user_id = %(user)s ORDER BY saved_at DESC, id DESC OFFSET %(most)s)"""
DROP = "DELETE FROM drafts WHERE user_id = %s AND form = %s"
READ = "SELECT fields_sealed, saved_at FROM drafts WHERE user_id = %s AND form = %s"
FORGET = """DELETE FROM drafts WHERE saved_at < %(now)s - make_interval(days => %(days)s)
OR user_id IN (SELECT id FROM users WHERE deactivated_at <= %(now)s)"""
TO_RESEAL = "SELECT id, user_id, form, fields_sealed FROM drafts WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE"
RESEAL_AT_ONCE = 200
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Takes the place of what was saved of this form before. No key, here and below: saved twice is saved once."""

    actor: Actor
    form: str
    fields: Fields
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Of a form that was sent, or that its writer throws away; one that is not there is as good as dropped."""

    actor: Actor
    form: str
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class ForgetDrafts:
    actor: Actor
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class ResealDrafts:
    """A rotation of keys: the next few drafts after an id."""

    actor: Actor
    after: int
    key: str | None = None


def handle_save(tx: Tx, command: SaveDraft) -> Result:
    user = writer(command.actor)
    if not FORM.fullmatch(command.form):
        rule = "小写字母开头的字母、数字和连字符 / lower-case letters, digits and hyphens"
        raise IllFormed("表单名称不正确。", "This is no name of a form.", {"form": [rule]})
    packed = orjson.dumps({name: list(values) for name, values in command.fields.items()})
    if len(packed) > MOST_BYTES:
        rule = f"最多 {MOST_BYTES // 1024} KB / at most {MOST_BYTES // 1024} KB"
        raise IllFormed("草稿过大。", "The draft is too large.", {"fields": [rule]})
    sealed = tx.system.keyring.seal(packed, here(user, command.form))
    tx.execute(SAVE, {"user": user, "form": command.form, "sealed": sealed, "now": tx.now})
    tx.execute(OLDEST, {"user": user, "most": MOST_FORMS})
    return done("draft", 0, "saved", form=command.form, saved_at=tx.now)


def handle_drop(tx: Tx, command: DropDraft) -> Result:
    tx.execute(DROP, (writer(command.actor), command.form))
    return done("draft", 0, "dropped", form=command.form)


def handle_forget(tx: Tx, command: ForgetDrafts) -> None:
    tx.execute(FORGET, {"now": tx.now, "days": KEPT_DAYS})


def handle_reseal(tx: Tx, command: ResealDrafts) -> int | None:
    """The id to go on after, None when there is nothing left."""
    rows, keyring = tx.query(TO_RESEAL, (command.after, RESEAL_AT_ONCE)), tx.system.keyring
    for row in rows:
        if key_id_of(row["fields_sealed"]) != keyring.current_id():
            place = here(row["user_id"], row["form"])
            tx.update("drafts", row["id"], {"fields_sealed": keyring.seal(keyring.open(row["fields_sealed"], place), place)})
    return rows[-1]["id"] if len(rows) == RESEAL_AT_ONCE else None


def writer(actor: Actor) -> int:
    if actor.kind != "user":
        raise Forbidden("只有登录人员可以保存草稿。", "Only a person who is signed in keeps drafts.")
    return actor.id


def here(user_id: int, form: str) -> bytes:
    """A draft that was copied to another person or form does not open there."""
    return f"drafts.fields:{user_id}:{form}".encode()


def read_draft(system: System, actor: Actor, form: str) -> dict[str, Any]:
    """The fields as they were typed, and when. Unseen when there is nothing."""
    user = writer(actor)
    with reading(system) as cursor:
        row = cursor.execute(READ, (user, form)).fetchone()
    if row is None:
        raise Unseen("没有草稿。", "There is no draft.")
    sealed, saved_at = row
    at: datetime = saved_at
    return {"form": form, "fields": orjson.loads(system.keyring.open(bytes(sealed), here(user, form))), "saved_at": at}


def forget_drafts(system: System) -> None:
    execute(system, ForgetDrafts(SYSTEM))


HANDLERS: Mapping[type, Any] = {
    SaveDraft: handle_save,
    DropDraft: handle_drop,
    ForgetDrafts: handle_forget,
    ResealDrafts: handle_reseal,
}
