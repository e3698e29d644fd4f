"""Doors that tell who is asking and which units there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from psycopg.rows import dict_row

from app.api.doors import Ask, Door
from app.api.paging import Paged, envelope, fingerprint, page_of, read_cursor
from app.api.people_shapes import STATIONS
from app.api.values import Body, Choice, Flag, Ref, Text, When
from app.people import queries
from app.people.finding import SHOWN
from app.people.signin import reading
from app.people.unit_names import find_units
from app.people.units import KINDS

ME = """SELECT u.id, u.username, u.name, n.id AS unit_id, n.code, n.name AS unit_name
FROM users u LEFT JOIN units n ON n.id = %(unit)s WHERE u.id = %(id)s"""
UNITS = """SELECT u.id, u.code, u.name, u.kind, u.parent_id AS parent, u.provisional, u.opened_at, u.closed_at
FROM units u CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE u.id > %(after)s AND (%(code)s::text IS NULL OR u.code = %(code)s) AND (%(kind)s::text IS NULL OR u.kind = %(kind)s)
AND (%(parent)s::bigint IS NULL OR u.parent_id = %(parent)s)
AND (%(provisional)s::boolean IS NULL OR u.provisional = %(provisional)s)
AND (%(open)s::boolean IS NULL OR (u.closed_at IS NULL OR u.closed_at > i.now) = %(open)s)
AND (%(found)s::bigint[] IS NULL OR u.id = ANY(%(found)s))
ORDER BY array_position(%(found)s::bigint[], u.id), u.id LIMIT %(rows)s"""

# Of so many found by name the other filters leave the few that are shown.
MOST_FOUND = 500


class UnitFilters(Paged):
    """Which units; all of them, the closed ones too, when nothing is said."""

    q = Text(most=64, load_default=None, metadata={"description": "名称、代码或拼音，最多 20 条 / name, code or pinyin; 20 at most"})
    code = Text(most=40, load_default=None)
    kind = Choice(*KINDS, load_default=None)
    parent = Ref(text=True, load_default=None)
    open = Flag(text=True, load_default=None)
    provisional = Flag(text=True, load_default=None)


class UnitItem(Body):
    """`provisional` came with a file and waits to be confirmed; a closed unit keeps its row."""

    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    parent = fields.Integer(allow_none=True)
    provisional = fields.Boolean()
    opened_at = When()
    closed_at = When(allow_none=True)


class UnitOfMine(Body):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()


class MeShown(Body):
    """`scopes` is null for a token that may do all that its roles may."""

    id = fields.Integer()
    username = fields.String()
    name = fields.String()
    unit = fields.Nested(UnitOfMine)
    roles = fields.List(fields.String())
    scopes = fields.List(fields.String(), allow_none=True)


def me(ask: Ask) -> Mapping[str, Any]:
    """The account behind the token, its unit, its roles there, and what the token may be used for."""
    actor = ask.actor
    with reading(ask.system) as cursor:
        row = cursor.connection.cursor(row_factory=dict_row).execute(ME, {"id": actor.id, "unit": actor.unit_id}).fetchone()
    assert row is not None  # a token belongs to an account
    unit = {"id": row["unit_id"], "code": row["code"], "name": row["unit_name"]}
    return {
        "id": row["id"], "username": row["username"], "name": row["name"], "unit": unit, "roles": sorted(actor.roles),
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }  # fmt: skip


def stations(ask: Ask) -> Mapping[str, Any]:
    """Between which units, with which roles, one's session may be switched."""
    return {"items": queries.stations(ask.system, ask.actor)}


def units(ask: Ask) -> Mapping[str, Any]:
    """Units in the order in which they were entered, or the few that `q` finds, the best first: names are public, who belongs to them is
    not told here."""
    asked, limit = ask.query, ask.query["limit"]
    mark = fingerprint("units", asked)
    after = read_cursor(mark, asked["cursor"], (int,)) or (0,)
    found = None if asked["q"] is None else find_units(ask.system, asked["q"], MOST_FOUND)
    limit = limit if found is None else min(limit, SHOWN)
    parameters = {**asked, "found": found, "after": after[0], "rows": limit + 1}
    with reading(ask.system) as cursor:
        rows = cursor.connection.cursor(row_factory=dict_row).execute(UNITS, parameters).fetchall()
    more = len(rows) > limit and found is None
    return envelope(rows[:limit], mark, (rows[limit - 1]["id"],) if more else None)


DOORS = (
    Door("GET", "/me", me, "我是谁", "Who am I", response_schema=MeShown(), tag="reference"),
    Door("GET", "/me/stations", stations, "我的单位与角色", "One's units and roles", response_schema=STATIONS, tag="reference"),
    Door("GET", "/units", units, "单位", "Units", response_schema=page_of(UnitItem), query_schema=UnitFilters(), tag="reference"),
)
