"""Reads of the hotline by one case: one trip, no lock, and what may not be seen is absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import ClientCursor
from psycopg import errors as pg

from app.core.actors import Actor
from app.core.bus import transaction
from app.core.load import bundle_for, bundle_many, read_root, read_roots
from app.core.root import Root
from app.core.system import System
from app.core.visibility import predicate, sees
from app.errors import Unavailable, Unseen
from app.hotline.serialize import ticket_view

# Instants leave the database as they are shown, which spares turning each one over.
# Statements sent together are one transaction, which ends with them, also when one of them fails.
# A page's statement is short: starting helpers for it costs the server more than they save.
READ_ONLY = """SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '5s'; SET LOCAL TimeZone = 'Asia/Shanghai';
SET LOCAL max_parallel_workers_per_gather = 0"""
NUMBERS = "SELECT t.id, t.number FROM tickets t WHERE t.id = ANY(%(ids)s) AND {seen}"
NOW = "SELECT coalesce(frozen_at, clock_timestamp() + shift), epoch FROM installation"


@contextmanager
def reading(system: System) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the pool without a transaction of its own. What takes longer than its statement may is refused in words."""
    fairy = system.engine.raw_connection()
    try:
        connection = fairy.driver_connection
        assert isinstance(connection, psycopg.Connection)
        try:
            yield connection
        except pg.QueryCanceled as error:
            raise Unavailable("查询耗时过长，请缩小范围后再试。", "The query took too long; narrow it and try again.") from error
        except psycopg.OperationalError as error:
            fairy.invalidate()
            raise Unavailable("数据库连接中断，请稍后再试。", "The database connection was lost; try again.") from error
    finally:
        fairy.close()


def run(connection: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """One statement that may take five seconds, in one trip, and planned for the values it is asked with."""
    with ClientCursor(connection) as cursor:
        cursor.execute(f"{READ_ONLY}; {sql}", params)
        rows: list[tuple[Any, ...]] = []
        while True:
            if cursor.description is not None:
                rows = cursor.fetchall()
            if not cursor.nextset():
                return rows


def now_of(system: System, connection: psycopg.Connection[Any]) -> tuple[datetime, int]:
    """The legal time and the epoch of reference data; what another process has published is counted by from here on."""
    row = connection.execute(NOW).fetchone()
    assert row is not None  # an installation always has its one row
    system.settings.seen(row[1])
    return row[0], row[1]


def numbers_of(system: System, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """By which numbers people know these tickets; those that the actor may not see are absent."""
    if not ids:
        return {}
    seen, params = predicate(actor, "t.id")
    with reading(system) as connection:
        return dict(run(connection, NUMBERS.format(seen=seen), {**params, "ids": list(ids)}))


def read_case(system: System, actor: Actor, kind: str, case_id: int) -> Root:
    """The root of this case and all under it, if the actor may see it; anything else is unseen."""
    with transaction(system, actor) as tx:
        tx.wire.say(bundle_for(system.registry, kind), "(bigint)", (case_id,))
        rows = tx.wire.go()
    root = read_root(system.registry, rows)
    system.settings.seen(root.epoch)
    if case_id not in root.cases or root.cases[case_id].kind != kind or not sees(actor, root):
        raise Unseen()
    return root


def read_many(system: System, actor: Actor, kind: str, ids: Iterable[int]) -> dict[int, Root]:
    """Those of these roots of a kind that the actor may see, in one trip; what he may not is absent."""
    with transaction(system, actor) as tx:
        tx.wire.say(bundle_many(system.registry, kind), "(bigint[])", ("{" + ",".join(map(str, ids)) + "}",))
        rows = tx.wire.go()
    found = read_roots(system.registry, rows)
    return {case_id: root for case_id, root in found.items() if root.cases[case_id].kind == kind and sees(actor, root)}


def get_ticket(system: System, actor: Actor, ticket_id: int, lang: str = "zh") -> dict[str, Any]:
    return ticket_view(system, actor, read_case(system, actor, "ticket", ticket_id), lang)
