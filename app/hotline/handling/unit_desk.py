"""What a unit's clerk sees before giving work out: how much waits in each list, who is there, and what each has in hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from marshmallow import fields
from psycopg.types.json import Json

from app.api.doors import Ask, Door
from app.api.values import Body, When, shown
from app.core.visibility import OF_UNITS
from app.errors import Forbidden
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import reference
from app.hotline.shapes import PersonShown, UnitShown
from app.hotline.shown import person_of, unit_of

DAY: Final = timedelta(days=1)
# A desk that has so much before it need not know the last digit.
CAP: Final = 2_000
COUNTED: Final = (
    "to_sign", "to_give", "window_closing", "handling", "sent_back", "to_check", "late", "co", "pauses_asked", "below",
    "extensions_asked", "returns_asked", "returns_invited", "report_ins",
)  # fmt: skip
# Whatever a unit once had stays its own for years. What it still owes a reply has no `replied_at`, and an index; the few that have been
# replied to and are not finished are met among all open ones of that state. What is asked within FILTER is looked up in a table made once:
# nobody can tell the planner how many are the unit's own, and it would compare each with each.
COUNTS: Final = """WITH own AS MATERIALIZED (
  SELECT c.id, c.state, c.due_at, a.person_id, a.role, a.send_backs, a.pause_requested_by FROM assignments a JOIN cases c ON c.id = a.id
  WHERE a.unit_id = %(unit)s AND a.replied_at IS NULL AND c.open
  UNION ALL
  SELECT c.id, c.state, c.due_at, a.person_id, a.role, a.send_backs, a.pause_requested_by FROM cases c JOIN assignments a ON a.id = c.id
  WHERE c.kind = 'assignment' AND c.state = 'replied' AND c.open AND a.replied_at IS NOT NULL AND a.unit_id = %(unit)s)
SELECT count(*) FILTER (WHERE state = 'assigned'),
  count(*) FILTER (WHERE state IN ('assigned', 'handling') AND person_id IS NULL),
  (SELECT count(DISTINCT w.case_id) FILTER (WHERE w.case_id IN (SELECT id FROM own WHERE state IN ('assigned', 'handling'))) FROM clocks w
    WHERE w.name = 'return_window_clock' AND w.state = 'running' AND w.due_at > %(now)s AND w.due_at <= %(soon)s),
  count(*) FILTER (WHERE state = 'handling'),
  count(*) FILTER (WHERE state = 'handling' AND send_backs > 0),
  count(*) FILTER (WHERE state = 'submitted'),
  count(*) FILTER (WHERE due_at <= %(now)s),
  count(*) FILTER (WHERE role = 'co' AND state IN ('assigned', 'handling', 'submitted')),
  count(*) FILTER (WHERE pause_requested_by IS NOT NULL),
  (SELECT count(*) FILTER (WHERE b.parent_id IN (SELECT id FROM own)) FROM cases b
    WHERE b.kind = 'assignment' AND b.open AND b.parent_id <> b.root_id),
  (SELECT count(*) FROM extensions x JOIN cases k ON k.id = x.id WHERE x.unit_id = %(unit)s AND k.open),
  (SELECT count(*) FROM return_requests x JOIN cases k ON k.id = x.id WHERE x.unit_id = %(unit)s AND k.open),
  (SELECT count(*) FROM cases k JOIN return_requests x ON x.id = k.id WHERE k.kind = 'return-request' AND k.open
    AND %(unit)s = ANY(x.invited) AND x.unit_id <> %(unit)s),
  (SELECT count(*) FROM cases k JOIN report_ins x ON x.id = k.id WHERE k.kind = 'report-in' AND k.open
    AND %(unit)s IN (x.unit_id, x.caller_unit_id)),
  (SELECT json_agg(h) FROM (SELECT person_id, count(*) AS open, count(*) FILTER (WHERE due_at <= %(now)s) AS late FROM own
    WHERE person_id IS NOT NULL AND state IN ('assigned', 'handling') GROUP BY person_id) h)
FROM own"""
PEOPLE: Final = """WITH roles AS (
  SELECT r.user_id, r.role FROM user_roles r WHERE r.unit_id = %(unit)s AND r.until IS NULL
  UNION SELECT d.to_user_id, d.role FROM delegations d
  WHERE d.unit_id = %(unit)s AND d.revoked_at IS NULL AND d.since <= %(now)s AND d.until > %(now)s)
SELECT u.id, (SELECT array_agg(DISTINCT r.role ORDER BY r.role) FROM roles r WHERE r.user_id = u.id), y.since, y.until, y.substitute_id,
  coalesce(h.open, 0), coalesce(h.late, 0)
FROM users u LEFT JOIN json_to_recordset(%(held)s) h(person_id bigint, open bigint, late bigint) ON h.person_id = u.id
LEFT JOIN LATERAL (SELECT s.since, s.until, s.substitute_id FROM absences s WHERE s.user_id = u.id AND s.cancelled_at IS NULL
  AND s.since <= %(now)s AND s.until > %(now)s ORDER BY s.until DESC LIMIT 1) y ON true
WHERE u.id IN (SELECT user_id FROM roles) AND u.deactivated_at IS NULL AND u.barred_at IS NULL
ORDER BY y.until IS NOT NULL, coalesce(h.open, 0), u.name, u.id LIMIT 200"""


class AwayShown(Body):
    since = When()
    until = When()
    substitute = fields.Nested(PersonShown, allow_none=True)


class ColleagueShown(Body):
    """`away` is nothing for who is there today; `open` and `late` count what is in hand for this unit."""

    id = fields.Integer()
    name = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    away = fields.Nested(AwayShown, allow_none=True)
    open = fields.Integer()
    late = fields.Integer()


class UnitDeskShown(Body):
    """Counts go no further than 2,000; `window_closing` within a day."""

    unit = fields.Nested(UnitShown)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    people = fields.List(fields.Nested(ColleagueShown))


def unit_desk(ask: Ask) -> Mapping[str, Any]:
    """Of the unit for which one works now."""
    actor = ask.actor
    if actor.unit_id is None or actor.roles.isdisjoint(OF_UNITS):
        raise Forbidden("只有承办单位的人员可以打开单位收单台。", "The desk of a unit is for the people of a unit.")
    with reading(ask.system) as connection:
        now, epoch = now_of(ask.system, connection)
        named = reference(ask.system.engine, epoch)
        params = {"unit": actor.unit_id, "now": now, "soon": now + DAY}
        ((*found, held),) = run(connection, COUNTS, params)
        people = run(connection, PEOPLE, {**params, "held": Json(held or [])})
    counts = dict(zip(COUNTED, (min(count, CAP) for count in found), strict=True))
    lines = []
    for person, roles, since, until, substitute, load, late in people:
        away = {"since": shown(since), "until": shown(until), "substitute": person_of(named, substitute)} if until else None
        name = named.people[person].name if person in named.people else None
        lines.append({"id": person, "name": name, "roles": roles, "away": away, "open": load, "late": late})
    return {"unit": unit_of(named, actor.unit_id), "counts": counts, "people": lines}


DOOR = Door(
    "GET", "/unit-desk", unit_desk, "单位收单台", "The desk of one's unit", response_schema=UnitDeskShown(), scope="tickets:read",
    tag="assignments",
)  # fmt: skip
