"""Doors for who watches: the histories verified on demand, the keys that seal, and what needs an administrator's attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.doors import Ask, Door
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.api.values import Choice
from app.api.verbs import ADMIN, verb
from app.api.watch_shapes import ATTENTION, FILE_LOG, KEYS, VERIFICATIONS
from app.core import works
from app.core.bus import transaction
from app.core.health import probe
from app.core.key_use import in_use_of
from app.core.verifying import VERIFYING, AskVerification
from app.people.roles import SEPARATE, require
from app.people.who import actor_name

TAG = "audit"
EVENTS = ("attached", "downloaded", "detached", "destroyed")
MOST = 10_000
ANCHORS = "SELECT id, at, heads, cases, encode(digest, 'hex') AS digest FROM anchors ORDER BY id DESC LIMIT 20"
FILES = f"""SELECT e.id, e.at, e.actor, {actor_name("e.actor")} AS actor_name, e.event, e.reason, e.root_id,
  c.kind AS root_kind, t.number, a.kind
FROM attachment_events e JOIN cases c ON c.id = e.root_id LEFT JOIN tickets t ON t.id = e.root_id
LEFT JOIN attachments a ON a.id = e.attachment_id
WHERE e.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(event)s::text IS NULL OR e.event = %(event)s)
ORDER BY e.id DESC LIMIT %(rows)s"""
NAMES = f"SELECT l.label, {actor_name('l.label')} AS name FROM unnest(%s::text[]) l(label)"
PROVISIONAL = f"""SELECT (SELECT count(*) FROM units WHERE provisional AND closed_at IS NULL) AS units,
 (SELECT count(*) FROM (SELECT 1 FROM clocks WHERE provisional AND state <> 'stopped' LIMIT {MOST}) p) AS clocks,
 (SELECT count(*) FROM reorganisations WHERE applied_at IS NULL AND cancelled_at IS NULL) AS reorganisations"""


class FilesAsked(Paged):
    event = Choice(*EVENTS, load_default=None)


def verifications(ask: Ask) -> Mapping[str, Any]:
    """The last ones with how far they are and what came of them, and the last anchors."""
    require(ask.actor, "auditor", "admin")
    with transaction(ask.system, ask.actor) as tx:
        anchors = tx.query(ANCHORS)
        items = works.listed(ask.system, ask.actor, VERIFYING)
        askers = sorted({item["counts"]["by"] for item in items})
        names = {row["label"]: row["name"] for row in tx.query(NAMES, (askers,))}
    return {"items": [{**item, "by_name": names[item["counts"]["by"]]} for item in items], "anchors": anchors, "next": None}


def files(ask: Ask) -> Mapping[str, Any]:
    """What was done with the files that citizens and units gave: who took a copy, what was taken away and why. Their names are sealed."""
    require(ask.actor, "auditor")
    asked, limit = ask.query, ask.query["limit"]
    mark = fingerprint("file-log", asked)
    before = (read_cursor(mark, asked["cursor"], (int,)) or (None,))[0]
    with transaction(ask.system, ask.actor) as tx:
        rows = tx.query(FILES, {"before": before, "event": asked["event"], "rows": limit + 1})
    return envelope(rows[:limit], mark, (rows[limit - 1]["id"],) if len(rows) > limit else None)


def keys(ask: Ask) -> Mapping[str, Any]:
    """Every key in the key folder. Looking takes long where there are many files, or for a key that nothing names any more."""
    require(ask.actor, *SEPARATE)
    ring = ask.system.keyring
    current, used = ring.current_id(), in_use_of(ask.system, ring.key_ids())
    items = [{"id": key, "seals": key == current, "named": key in used} for key in ring.key_ids()]
    return {"items": items, "next": None}


def attention(ask: Ask) -> Mapping[str, Any]:
    """What waits for somebody to look at it, in numbers, and what is in force."""
    require(ask.actor, *SEPARATE)
    with transaction(ask.system, ask.actor) as tx:
        provisional = tx.query(PROVISIONAL)[0]
    settings = ask.system.settings
    return {
        "health": probe(ask.system), "provisional": provisional, "pack": settings.current_pack,
        "years": sorted(year.year for year in settings.years()), "key": ask.system.keyring.current_id(),
        "keys": len(ask.system.keyring.key_ids()),
    }  # fmt: skip


DOORS = (
    Door("GET", "/administration", attention, "需要处理的事项", "What needs attention", None, ATTENTION, scope=ADMIN, tag=TAG),
    Door("GET", "/audit/verifications", verifications, "历史校验", "Verifications of the histories", None, VERIFICATIONS, scope=ADMIN,
         tag=TAG),
    verb("/audit/verifications", AskVerification, None, "校验全部历史", "Verify all histories", status=201),
    Door("GET", "/file-log", files, "附件记录", "What was done with files", None, FILE_LOG, scope=ADMIN, query_schema=FilesAsked(),
         tag=TAG),
    Door("GET", "/keys", keys, "密钥", "Keys", None, KEYS, scope=ADMIN, tag=TAG),
)  # fmt: skip
