"""The ceiling for HTTP: a bare Flask view that does the yardstick's five writes in one statement, without rights, rules or checks."""

from __future__ import annotations

import os
import threading

import orjson
import psycopg
from flask import Flask, Response

WRITE = """
WITH l AS (SELECT id, version FROM ticket WHERE id = %(id)s FOR UPDATE),
u AS (UPDATE ticket t SET state = CASE t.state WHEN 'accepted' THEN 'dispatched' ELSE 'accepted' END, version = t.version + 1
  FROM l WHERE t.id = l.id RETURNING t.id, t.version),
e AS (INSERT INTO event (ticket_id, seq, at, body) SELECT id, version, now(), '{"trigger": "dispatch"}' FROM u),
k AS (INSERT INTO timer (ticket_id, kind, due_at) SELECT id, 'handle', now() + interval '5 days' FROM u
  ON CONFLICT (ticket_id, kind) DO UPDATE SET due_at = excluded.due_at),
o AS (INSERT INTO outbox (ticket_id, body) SELECT id, '{"event": "TicketDispatched"}' FROM u)
SELECT id, version FROM u
"""
local = threading.local()


def connection() -> psycopg.Connection[tuple[int, int]]:
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True, prepare_threshold=0)
    return local.connection  # type: ignore[no-any-return]


def make_app() -> Flask:
    app = Flask("bare")

    @app.post("/<int:ticket_id>")
    def move(ticket_id: int) -> Response:
        row = connection().execute(WRITE, {"id": ticket_id}).fetchone()
        return Response(orjson.dumps(row), mimetype="application/json")

    return app


app = make_app()
