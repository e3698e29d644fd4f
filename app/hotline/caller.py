"""What a caller has asked before: the tickets of one number that the actor may see, newest first, and what is decided of the number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.values import Body, Text, When, Whole, shown, shown_due
from app.core.masking import normalise_phone
from app.core.visibility import CENTRE
from app.errors import Forbidden
from app.hotline.asking import Asked
from app.hotline.filters import TICKET_FILTERS as KNOWN
from app.hotline.filters import choose, is_tail
from app.hotline.items import label_of
from app.hotline.queries import now_of, read_case, reading, run
from app.hotline.reference import reference
from app.hotline.restrictions.queries import of_number
from app.hotline.shapes import CategoryShown, RestrictedShown, UnitShown
from app.hotline.shown import category_of, unit_of

# No further than this is counted: from a number that a whole street rings, there are "200 and more".
COUNTED = 200
COLUMNS = (
    "id", "number", "title", "type", "urgency", "category_id", "lead_unit_id", "round", "rating", "solved", "registered_at", "closed_at",
)  # fmt: skip
EARLIER = f"""WITH found AS MATERIALIZED (
    SELECT t.id FROM tickets t JOIN cases c ON c.id = t.id WHERE {{where}} ORDER BY t.id DESC LIMIT {COUNTED})
SELECT (SELECT count(*) FROM found), c.state, c.open, c.due_at, (SELECT k.id FROM clocks k
    WHERE k.root_id = c.id AND k.state = 'running' AND k.due_at = c.due_at ORDER BY k.id LIMIT 1),
    {", ".join("t." + name for name in COLUMNS)}
FROM (SELECT id FROM found ORDER BY id DESC LIMIT %(rows)s) p JOIN tickets t ON t.id = p.id JOIN cases c ON c.id = p.id
ORDER BY t.id DESC"""

SAME_NUMBER = """t.id <> %(this)s AND t.citizen_id IN (SELECT z.id FROM citizens z JOIN citizens me ON z.phone_hash = me.phone_hash
    WHERE me.id = %(citizen)s)"""


class CallerIn(Body):
    """`POST /citizens/history`: a number has no place in an address, since addresses are kept in logs."""

    phone = Text(most=40, required=True, metadata={"description": "完整号码或后四位 / the whole number or its last four digits"})
    limit = Whole(least=1, most=50, load_default=20)


class EarlierShown(Body):
    """One earlier ticket of the caller."""

    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    type = fields.String()
    urgency = fields.String()
    category = fields.Nested(CategoryShown, allow_none=True)
    state = fields.String()
    state_label = fields.String()
    open = fields.Boolean()
    lead_unit = fields.Nested(UnitShown, allow_none=True)
    round = fields.Integer()
    rating = fields.String(allow_none=True)
    solved = fields.Boolean(allow_none=True)
    registered_at = When()
    closed_at = When(allow_none=True)
    due_at = When(due=True, allow_none=True)
    clock = fields.Integer(allow_none=True, metadata={"description": "此期限的时限编号 / the limit that says by when"})


class CallerShown(Body):
    """`count` goes no further than 200. What is decided of a number is told of a whole one only."""

    items = fields.List(fields.Nested(EarlierShown))
    next = fields.String(allow_none=True)
    count = fields.Integer()
    restricted_caller = fields.List(fields.Nested(RestrictedShown))


def caller_doors() -> tuple[Door, ...]:
    return (
        Door(
            "POST", "/citizens/history", history, "诉求人的历史工单", "What a caller has asked before", CallerIn(), CallerShown(),
            scope="tickets:read", tag="tickets",
        ),
        Door(
            "GET", "/tickets/{id}/earlier", earlier, "同一诉求人的其他工单", "Other tickets of the same citizen",
            response_schema=CallerShown(), scope="tickets:read", tag="tickets",
        ),
    )  # fmt: skip


def history(ask: Ask) -> Mapping[str, Any]:
    phone = ask.body["phone"]
    told = found(ask, {"phone": phone}, "true", {}, ask.body["limit"])
    return told | {"restricted_caller": [] if is_tail(phone) else of_number(ask.system, normalise_phone(phone))}


def earlier(ask: Ask, id: int) -> Mapping[str, Any]:
    """The same by a ticket: other tickets of the number that it was spoken from; the number itself need not be known."""
    ticket = read_case(ask.system, ask.actor, "ticket", id).top()
    return found(ask, {}, SAME_NUMBER, {"citizen": ticket.data["citizen_id"], "this": id}, 10) | {"restricted_caller": []}


def found(ask: Ask, filters: Mapping[str, Any], more: str, params: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """Whether a number has spoken before is told to the centre only."""
    if ask.actor.roles.isdisjoint(CENTRE):
        raise Forbidden("诉求人的历史工单只向热线中心开放。", "What a caller has asked before is open to the centre only.")
    with reading(ask.system) as connection:
        now, epoch = now_of(ask.system, connection)
        asked = Asked(ask.system, ask.actor, reference(ask.system.engine, epoch), now)
        chosen = choose(asked, filters, KNOWN)
        rows = run(connection, EARLIER.format(where=f"{chosen.where} AND {more}"), {**chosen.params, **params, "rows": limit})
    return {"items": [line(ask, asked, row) for row in rows], "next": None, "count": rows[0][0] if rows else 0}


def line(ask: Ask, asked: Asked, row: tuple[Any, ...]) -> dict[str, Any]:
    _, state, open_, due_at, clock, *rest = row
    told = dict(zip(COLUMNS, rest, strict=True))
    return {
        **{name: told[name] for name in ("id", "number", "title", "type", "urgency", "round", "rating", "solved")},
        "category": category_of(asked.named, told["category_id"]),
        "lead_unit": unit_of(asked.named, told["lead_unit_id"]),
        "state": state, "state_label": label_of(ask.system, "ticket", state, ask.lang), "open": open_,
        "registered_at": shown(told["registered_at"]), "closed_at": shown(told["closed_at"]), "due_at": shown_due(due_at),
        "clock": clock,
    }  # fmt: skip
