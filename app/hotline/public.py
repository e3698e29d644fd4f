"""What a citizen may do without an account: write, follow by tracking code, rate. The code is the only key, and it opens very little."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from app.api.doors import PREFIX, Answer, Ask, Door
from app.core.actors import CITIZEN
from app.core.bus import Result, execute, transaction
from app.errors import Refused, Unseen
from app.hotline.citizens import tracking_code
from app.hotline.commands import ActOn, Register
from app.hotline.naming import named_fields
from app.hotline.numbers import parse_tracking_code
from app.hotline.redaction import for_public
from app.hotline.schemas import PUBLIC_TICKET_IN, RATING_IN
from app.hotline.shapes import PUBLIC_SHOWN

BESIDE = ("citizen", "location")
FOUND = "SELECT id FROM tickets WHERE tracking_hash = ANY(%s)"
STATE = """
SELECT t.number, t.tracking_sealed, t.citizen_id, t.round, t.evaluated_round, c.state, c.workflow, c.workflow_version, c.created_at,
  c.last_at,
  (SELECT k.state <> 'expired' AND (x.expires_at IS NULL OR x.expires_at > %(now)s) FROM callbacks x JOIN cases k ON k.id = x.id
   WHERE x.root_id = t.id AND x.round = t.round) AS in_time,
  (SELECT r.public_reply FROM replies r LEFT JOIN assignments a ON a.id = r.case_id
   WHERE r.root_id = t.id AND r.public_reply IS NOT NULL AND r.stage <> 'interim' AND (r.case_id = r.root_id OR a.role = 'lead')
   ORDER BY r.id DESC LIMIT 1) AS public_reply,
  (SELECT s.public_explanation FROM suspensions s JOIN cases k ON k.id = s.root_id
   WHERE s.root_id = coalesce(t.merged_into, t.id) AND k.state = 'suspended' AND s.public_explanation IS NOT NULL
   ORDER BY s.id DESC LIMIT 1) AS public_explanation
FROM tickets t JOIN cases c ON c.id = t.id WHERE t.id = %(ticket)s
"""
# What units wrote is public only when it has been approved, which is the lead's last reply, or the centre itself has said it.
TOLD = frozenset({"completed", "closed", "archived", "declined"})


def public_doors() -> list[Door]:
    tag, code = "public", "/public/tickets/{tracking_code}"
    return [
        Door(
            "POST", "/public/tickets", register, "市民登记诉求", "A citizen registers", PUBLIC_TICKET_IN, public=True, tag=tag, status=201
        ),
        Door("GET", code, follow, "市民查询进度", "A citizen follows a ticket", response_schema=PUBLIC_SHOWN, public=True, tag=tag),
        Door("POST", f"{code}/rating", rate, "市民评价", "A citizen rates", RATING_IN, PUBLIC_SHOWN, public=True, tag=tag),
    ]


def register(ask: Ask) -> Answer:
    fields = named_fields(ask.system, {name: value for name, value in ask.body.items() if name not in BESIDE})
    result: Result = execute(ask.system, Register(CITIZEN, fields, ask.body["citizen"], ask.body["location"], own_key(ask)))
    body = shown(ask, result.case_id)
    return Answer(body, 201, headers={"Location": f"{PREFIX}/public/tickets/{body['tracking_code']}"})


def own_key(ask: Ask) -> str | None:
    """All citizens are one actor: the address keeps two of them apart who happen to choose the same key."""
    return None if ask.key is None else hashlib.sha256(f"{ask.request.remote_addr} {ask.key}".encode()).hexdigest()


def follow(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    return shown(ask, found(ask, tracking_code))


def rate(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    ticket, given = found(ask, tracking_code), dict(ask.body)
    if not given.pop("confirm", True):
        raise Refused("请确认后再提交评价。", "Confirm the rating to send it.")
    way = {"rating_way": given.pop("way")} if "way" in given else {}
    execute(ask.system, ActOn(CITIZEN, ticket, "record_callback", {**given, **way}))
    return shown(ask, ticket)


def found(ask: Ask, given: str) -> int:
    """The ticket of a code as a person typed it. What cannot be a code is not looked up; both are the same answer."""
    code = parse_tracking_code(given)
    if code is None:
        raise Unseen("没有这个查询码。", "There is no such tracking code.")
    with transaction(ask.system, CITIZEN) as tx:
        rows = tx.query(FOUND, (ask.system.keyring.lookups("tracking", code),))
    if not rows:
        raise Unseen("没有这个查询码。", "There is no such tracking code.")
    return int(rows[0]["id"])


def shown(ask: Ask, ticket: int) -> dict[str, Any]:
    """State and public reply only; what somebody spoke in it is blackened once more."""
    with transaction(ask.system, CITIZEN) as tx:
        row = tx.query(STATE, {"ticket": ticket, "now": tx.now})[0]
    state = ask.system.registry.workflows[row["workflow"], row["workflow_version"]].states[row["state"]]
    reply = row["public_reply"] if row["state"] in TOLD else None
    # Who asked about the same fact is told the same of it: the main ticket's suspension is his own.
    why = row["public_explanation"]
    return {
        "number": row["number"],
        "tracking_code": tracking_code(ask.system.keyring, row),
        "state": row["state"],
        "label": state.label_en if ask.lang == "en" else state.label_zh,
        "public_reply": for_public(reply) if reply else None,
        "public_explanation": for_public(why) if why else None,
        "may_rate": may_rate(row),
        "created_at": row["created_at"],
        "updated_at": row["last_at"],
    }


def may_rate(row: Mapping[str, Any]) -> bool:
    """Once a round, until the evaluation expires; a ticket of the first definition knows no expiry."""
    return row["state"] in ("completed", "closed") and row["evaluated_round"] != row["round"] and row["in_time"] is not False
