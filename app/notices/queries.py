"""Reads of notices: one's own inbox, what was given up, and who was told what of a ticket; words are made here, from ids and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.values import shown
from app.core.actors import Actor
from app.core.bus import transaction
from app.core.system import System
from app.core.tx import Tx
from app.core.visibility import CENTRE
from app.errors import Forbidden
from app.hotline.citizens import shown as picture
from app.hotline.queries import read_case
from app.hotline.reference import reference
from app.hotline.shown import person_of
from app.notices.addresses import masked, unseal
from app.notices.rulebook import word
from app.notices.wording import sentence
from app.people.roles import require
from rules.notice_rows import CHANNELS, KINDS

Page = tuple[list[dict[str, Any]], tuple[int, int] | None]
INBOX = """
SELECT d.id, d.via, d.created_at, d.read_at, n.kind, n.event, n.case_id, n.critical, n.params, n.pack, n.rule_row,
  c.kind AS case_kind, CASE r.kind WHEN 'ticket' THEN r.id END AS ticket
FROM deliveries d JOIN notices n ON n.id = d.notice_id JOIN cases c ON c.id = n.case_id JOIN cases r ON r.id = n.root_id
WHERE d.user_id = %(user)s AND d.channel = 'inbox' AND d.read_at IS {read} AND d.id < %(before)s
AND (%(kind)s::text IS NULL OR n.kind = %(kind)s) ORDER BY d.id DESC LIMIT %(rows)s
"""
UNREAD = """
SELECT n.kind, count(*) AS unread, count(*) FILTER (WHERE n.critical) AS critical, max(d.id) AS newest
FROM (SELECT id, notice_id FROM deliveries WHERE user_id = %(user)s AND channel = 'inbox' AND read_at IS NULL
    ORDER BY id DESC LIMIT %(most)s) d JOIN notices n ON n.id = d.notice_id GROUP BY n.kind ORDER BY n.kind
"""
FAILURES = """
SELECT d.id, d.channel, d.user_id, d.status, d.why, d.attempts, d.created_at, n.kind, n.critical
FROM deliveries d JOIN notices n ON n.id = d.notice_id WHERE d.status = 'given_up' AND d.id < %(before)s ORDER BY d.id DESC LIMIT %(rows)s
"""
OF_TICKET = """
SELECT d.id, d.channel, d.user_id, d.via, d.status, d.why, d.attempts, d.created_at, d.next_try_at, d.sent_at, d.read_at, d.segments,
  n.event, n.kind, n.critical, n.params, n.pack, n.rule_row
FROM notices n JOIN deliveries d ON d.notice_id = n.id WHERE n.root_id = %(root)s AND d.id < %(before)s ORDER BY d.id DESC LIMIT %(rows)s
"""
SETTING = "SELECT channels, addresses_sealed FROM notice_settings WHERE user_id = %s"
LAST = 2**62


def inbox(system: System, actor: Actor, kind: str | None, after: Sequence[int] | None, limit: int, lang: str) -> Page:
    """Unread ones first, each half newest first; the key is which half, and the id in it."""
    half, before = after if after else (0, LAST)
    found: list[tuple[int, dict[str, Any]]] = []
    with transaction(system, actor) as tx:
        while half < 2 and len(found) <= limit:
            found += [(half, row) for row in half_of(tx, actor, half, kind, before, limit + 1 - len(found))]
            half, before = half + 1, LAST
    last = (found[limit - 1][0], found[limit - 1][1]["id"]) if len(found) > limit else None
    return [item(system, row, lang) for _, row in found[:limit]], last


def half_of(tx: Tx, actor: Actor, half: int, kind: str | None, before: int, rows: int) -> list[dict[str, Any]]:
    sql = INBOX.format(read="NOT NULL" if half else "NULL")
    return tx.query(sql, {"user": actor.id, "kind": kind, "before": before, "rows": rows})


def item(system: System, row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {
        "id": row["id"], "kind": row["kind"], "kind_label": word("kind", row["kind"], lang), "text": sentence(system, row, lang),
        "critical": row["critical"], "via": row["via"], "via_label": word("via", row["via"], lang), "ticket": row["ticket"],
        "case": row["case_id"], "case_kind": row["case_kind"], "event": row["event"],
        "created_at": shown(row["created_at"]),
        "read_at": shown(row["read_at"]),
    }  # fmt: skip


def counts(system: System, actor: Actor, most: int | None, lang: str) -> dict[str, Any]:
    """How much is unread, grouped by kind: a storm is one line. With `most` no more than so many, the newest, are looked at."""
    with transaction(system, actor) as tx:
        rows = tx.query(UNREAD, {"user": actor.id, "most": most})
    groups = [{name: row[name] for name in ("kind", "unread", "critical")} | {"label": word("kind", row["kind"], lang)} for row in rows]
    return {
        "unread": sum(row["unread"] for row in rows),
        "critical": sum(row["critical"] for row in rows),
        "newest": max((row["newest"] for row in rows), default=None),
        "groups": groups,
    }


def failures(system: System, actor: Actor, before: int | None, limit: int, lang: str) -> list[dict[str, Any]]:
    """What was given up, for the administrator, who sees no ticket by that."""
    require(actor, "admin")
    with transaction(system, actor) as tx:
        rows = tx.query(FAILURES, {"before": before or LAST, "rows": limit})
    named = reference(system.engine, system.settings.epoch)
    return [
        {
            "id": row["id"], "kind": row["kind"], "kind_label": word("kind", row["kind"], lang), "channel": row["channel"],
            "channel_label": word("channel", row["channel"], lang), "recipient": person_of(named, row["user_id"]),
            "critical": row["critical"], "status": row["status"], "why": row["why"], "why_label": word("why", row["why"], lang),
            "attempts": row["attempts"], "created_at": shown(row["created_at"]),
        }
        for row in rows
    ]  # fmt: skip


def of_ticket(system: System, actor: Actor, ticket: int, before: int | None, limit: int, lang: str) -> list[dict[str, Any]]:
    """Who was told what, when and with which result: for the centre. The citizen's number is shown masked."""
    root = read_case(system, actor, "ticket", ticket)
    if actor.roles.isdisjoint(CENTRE | {"auditor"}):
        raise Forbidden("通知记录由指挥中心查看。", "Who was told is for the centre to see.")
    phone = picture(system.keyring, root.top().data).get("phone")
    with transaction(system, actor) as tx:
        rows = tx.query(OF_TICKET, {"root": ticket, "before": before or LAST, "rows": limit})
    named = reference(system.engine, root.epoch)
    return [
        {
            "id": row["id"], "event": row["event"], "kind": row["kind"], "text": sentence(system, row, lang), "critical": row["critical"],
            "channel": row["channel"], "channel_label": word("channel", row["channel"], lang),
            "recipient": person_of(named, row["user_id"]) or {"id": None, "name": None, "phone": phone},
            "via": row["via"], "via_label": word("via", row["via"], lang), "status": row["status"], "why": row["why"],
            "why_label": word("why", row["why"], lang), "attempts": row["attempts"], "segments": row["segments"],
            "rule": {"pack": row["pack"], "table": "notices", "row": row["rule_row"]},
            **{name: shown(row[name]) for name in ("created_at", "next_try_at", "sent_at", "read_at")},
        }
        for row in rows
    ]  # fmt: skip


def settings(system: System, actor: Actor, lang: str) -> dict[str, Any]:
    with transaction(system, actor) as tx:
        rows = tx.query(SETTING, (actor.id,))
    chosen = rows[0]["channels"] if rows else {}
    found = unseal(system.keyring, actor.id, rows[0]["addresses_sealed"]) if rows else {}
    here = {name: bool(name == "inbox" or getattr(system.config.channels, f"{name}_url")) for name in CHANNELS}
    return {
        "channels": chosen,
        "addresses": masked(found),
        "kinds": [{"kind": kind, "label": word("kind", kind, lang)} for kind in KINDS if kind != "citizen"],
        "configured": here,
    }
