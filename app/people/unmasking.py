"""Whoever looks at a citizen's hidden value says why, and the saying is kept before the value is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.core.visibility import predicate
from app.errors import Forbidden, Unseen
from app.people.common import clean, done, reason_of


@dataclass(frozen=True, slots=True)
class RecordUnmasking:
    """Run before the value is opened: if this is refused, nothing is shown."""

    actor: Actor
    root_id: int
    field: str
    reason: str
    key: str | None = None


def handle_record_unmasking(tx: Tx, command: RecordUnmasking) -> Result:
    if command.actor.kind != "user":
        raise Forbidden("只有登录人员可以查看隐藏信息。", "Only a person who is signed in may unmask.")
    condition, params = predicate(command.actor, "c.id")
    asked = f"SELECT 1 FROM cases c WHERE c.id = %(case)s AND c.root_id = c.id AND {condition}"
    if not tx.query(asked, params | {"case": command.root_id}):
        raise Unseen()
    field, reason = clean("field", command.field, most=40), reason_of(command.reason)
    row = {"user_id": command.actor.id, "root_id": command.root_id, "field": field, "reason": reason, "at": tx.now}
    tx.insert("unmaskings", row)
    return done("unmasking", command.root_id, field=field)


HANDLERS: Mapping[type, Any] = {RecordUnmasking: handle_record_unmasking}
