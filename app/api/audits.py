"""Doors for who watches: the histories verified on demand, the keys that seal, and what needs an administrator's attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.doors import Ask, Door
from app.api.verbs import ADMIN, verb
from app.core import works
from app.core.bus import transaction
from app.core.health import probe
from app.core.key_use import keys_in_use
from app.core.verifying import VERIFYING, AskVerification
from app.people.roles import SEPARATE, require

TAG = "audit"
MOST = 10_000
ANCHORS = "SELECT id, at, heads, cases, encode(digest, 'hex') AS digest FROM anchors ORDER BY id DESC LIMIT 20"
PROVISIONAL = f"""SELECT (SELECT count(*) FROM units WHERE provisional AND closed_at IS NULL) AS units,
 (SELECT count(*) FROM (SELECT 1 FROM clocks WHERE provisional AND state <> 'stopped' LIMIT {MOST}) p) AS clocks,
 (SELECT count(*) FROM reorganisations WHERE applied_at IS NULL AND cancelled_at IS NULL) AS reorganisations"""


def verifications(ask: Ask) -> Mapping[str, Any]:
    """The last ones with how far they are and what came of them, and the last anchors."""
    require(ask.actor, "auditor", "admin")
    with transaction(ask.system, ask.actor) as tx:
        anchors = tx.query(ANCHORS)
    return {"items": works.listed(ask.system, ask.actor, VERIFYING), "anchors": anchors, "next": None}


def keys(ask: Ask) -> Mapping[str, Any]:
    """Every key in the key folder. Looking takes long where there are many files."""
    require(ask.actor, *SEPARATE)
    ring, used = ask.system.keyring, keys_in_use(ask.system)
    current = ring.current_id()
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
    Door("GET", "/administration", attention, "需要处理的事项", "What needs attention", scope=ADMIN, tag=TAG),
    Door("GET", "/audit/verifications", verifications, "历史校验", "Verifications of the histories", scope=ADMIN, tag=TAG),
    verb("/audit/verifications", AskVerification, None, "校验全部历史", "Verify all histories", status=201),
    Door("GET", "/keys", keys, "密钥", "Keys", scope=ADMIN, tag=TAG),
)
