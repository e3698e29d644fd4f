"""The doors of notices: one's inbox and settings, a ticket's deliveries for the centre, failures for the administrator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from app.api.doors import Ask, Door
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.api.values import Body, Choice, Ref, Text, Whole
from app.api.verbs import DONE, told
from app.api.words import Words
from app.core.bus import execute
from app.core.system import System
from app.errors import IllFormed
from app.notices import queries
from app.notices.commands import MarkAllRead, MarkRead, Retry, SaveSettings
from app.notices.shapes import DELIVERIES, FAILURES, INBOX, SETTINGS, UNREAD
from rules.notice_rows import CHANNELS, KINDS

READ, WRITE, ADMIN, TAG = "tickets:read", "tickets:write", "admin", "notices"
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
NOT_MAIL = Words("须为邮件地址。", "Must be a mail address.")
OWN = tuple(kind for kind in KINDS if kind != "citizen")


class Inbox(Paged):
    kind = Choice(*OWN, load_default=None)


class Counted(Body):
    most = Whole(least=1, most=1000, text=True, load_default=None, metadata={"description": "最多数到几条 / count no further than this"})


class Mail(Text):
    """One mail address, without a name beside it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if not ADDRESS.fullmatch(text):
            raise ValidationError(NOT_MAIL)
        return text


class UpTo(Body):
    up_to = Ref(required=True, metadata={"description": "`newest` 的值 / the newest that was seen"})


class Settings(Body):
    """`channels` by kind replace those of before; an address that is not named stays, null forgets it."""

    channels = fields.Dict(keys=Choice(*OWN), values=fields.List(Choice(*CHANNELS)), required=True)
    phone = Text(most=30, allow_none=True)
    mail = Mail(most=200, allow_none=True)
    chat = Text(most=64, allow_none=True)



def inbox(ask: Ask) -> Mapping[str, Any]:
    mark = fingerprint("inbox", {**ask.query, "user": ask.actor.id})
    after = read_cursor(mark, ask.query["cursor"], (int, int))
    items, last = queries.inbox(ask.system, ask.actor, ask.query["kind"], after, ask.query["limit"], ask.lang)
    return envelope(items, mark, last)


def count(ask: Ask) -> Mapping[str, Any]:
    return queries.counts(ask.system, ask.actor, ask.query["most"], ask.lang)


def read(ask: Ask, id: int) -> Mapping[str, Any]:
    return told(execute(ask.system, MarkRead(ask.actor, id, ask.key)))


def read_all(ask: Ask) -> Mapping[str, Any]:
    return told(execute(ask.system, MarkAllRead(ask.actor, ask.body["up_to"], ask.key)))


def failures(ask: Ask) -> Mapping[str, Any]:
    mark, limit = fingerprint("failures", ask.query), ask.query["limit"]
    before = (read_cursor(mark, ask.query["cursor"], (int,)) or (None,))[0]
    rows = queries.failures(ask.system, ask.actor, before, limit + 1, ask.lang)
    return envelope(rows[:limit], mark, (rows[limit - 1]["id"],) if len(rows) > limit else None)


def retry(ask: Ask, id: int) -> Mapping[str, Any]:
    return told(execute(ask.system, Retry(ask.actor, id, ask.key)))


def deliveries(ask: Ask, id: int) -> Mapping[str, Any]:
    mark, limit = fingerprint(f"tickets/{id}/deliveries", ask.query), ask.query["limit"]
    before = (read_cursor(mark, ask.query["cursor"], (int,)) or (None,))[0]
    rows = queries.of_ticket(ask.system, ask.actor, id, before, limit + 1, ask.lang)
    return envelope(rows[:limit], mark, (rows[limit - 1]["id"],) if len(rows) > limit else None)


def settings(ask: Ask) -> Mapping[str, Any]:
    return queries.settings(ask.system, ask.actor, ask.lang)


def save(ask: Ask) -> Mapping[str, Any]:
    # A receipt keeps a digest of what was sent, by which a telephone number could be tried out; and to save twice changes nothing.
    if ask.key is not None:
        raise IllFormed("此操作不接受幂等键。", "This operation takes no idempotency key.")
    channels = {kind: tuple(chosen) for kind, chosen in ask.body["channels"].items()}
    given = {name: value for name, value in ask.body.items() if name != "channels"}
    execute(ask.system, SaveSettings(ask.actor, channels, given))
    return settings(ask)


def doors(system: System) -> list[Door]:
    return [
        Door("GET", "/inbox", inbox, "我的消息", "My inbox", response_schema=INBOX, query_schema=Inbox(), scope=READ, tag=TAG),
        Door("GET", "/inbox/count", count, "未读消息数", "How much is unread", response_schema=UNREAD, query_schema=Counted(),
             scope=READ, tag=TAG),
        Door("POST", "/inbox/{id}/read", read, "标为已读", "Mark as read", response_schema=DONE, scope=WRITE, tag=TAG),
        Door("POST", "/inbox/read-all", read_all, "全部标为已读", "Mark all as read", UpTo(), DONE, scope=WRITE, tag=TAG),
        Door("GET", "/me/notice-settings", settings, "我的通知设置", "How I wish to be told", None, SETTINGS, scope=READ, tag=TAG),
        Door("PUT", "/me/notice-settings", save, "修改通知设置", "Choose how to be told", Settings(), SETTINGS, scope=WRITE, tag=TAG),
        Door("GET", "/tickets/{id}/deliveries", deliveries, "通知记录", "Who was told", None, DELIVERIES, query_schema=Paged(), scope=READ,
             tag=TAG),
        Door("GET", "/notices/failures", failures, "发送失败", "Deliveries given up", None, FAILURES, query_schema=Paged(), scope=ADMIN,
             tag=TAG),
        Door("POST", "/deliveries/{id}/retry", retry, "重新发送", "Send once more", response_schema=DONE, scope=ADMIN, tag=TAG),
    ]
