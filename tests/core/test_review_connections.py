"""A connection goes back to the pool as the next command needs it, or not at all; what a fault took with it is found anew at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from app.core.actors import SYSTEM
from app.core.bus import MOST_PLANS, Batch, batch, execute, transaction
from app.core.fire import Fire
from app.core.system import System
from app.errors import Unavailable
from app.hotline.queries import reading
from app.main import build
from tests.factories.hotline import Desk
from tests.fixtures.servers import Database, Servers

KILL = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}"


@pytest.fixture
def kill(servers: Servers, database: Database) -> Callable[[], None]:
    """The server ends every session of this test, as a restart does."""
    return lambda: servers.execute(sql.SQL(KILL).format(sql.Literal(database.name)))


def idle_of(system: System) -> list[psycopg.Connection[Any]]:
    """Every connection that lies in the pool now."""
    fairies = [system.engine.raw_connection() for _ in range(max(system.engine.pool.checkedin(), 1))]  # type: ignore[attr-defined]
    found = [fairy.driver_connection for fairy in fairies]
    for fairy in fairies:
        fairy.close()
    return found  # type: ignore[return-value]


def annotate(desk: Desk, ticket: int) -> Any:
    return execute(desk.system, Fire(SYSTEM, "ticket", ticket, "annotate", {"note": "一"}))


def test_a_read_leaves_the_connection_as_it_was(desk: Desk) -> None:
    desk.get("agent", "/tickets")
    with reading(desk.system):
        pass
    assert {connection.autocommit for connection in idle_of(desk.system)} == {True}


def test_forgetting_plans_leaves_no_transaction_open(desk: Desk) -> None:
    desk.get("agent", "/tickets")
    with transaction(desk.system, SYSTEM) as tx:
        for number in range(MOST_PLANS + 2):
            tx.wire.say(f"SELECT {number}")
        tx.wire.go()
    assert {connection.info.transaction_status for connection in idle_of(desk.system)} == {TransactionStatus.IDLE}
    desk.get("agent", "/tickets")


def test_a_plan_that_was_never_sent_is_not_remembered(desk: Desk) -> None:
    ticket = desk.a_ticket()
    desk.system.engine.dispose()
    with pytest.raises(RuntimeError), transaction(desk.system, SYSTEM) as tx:
        tx.wire.say("SELECT id FROM cases WHERE id = $1", "(bigint)", (ticket,))
        raise RuntimeError("the handler fails before the trip")
    with transaction(desk.system, SYSTEM) as tx:
        tx.wire.say("SELECT id FROM cases WHERE id = $1", "(bigint)", (ticket,))
        assert tx.wire.go() == [(str(ticket).encode(),)]


def test_a_script_that_cannot_be_read_spoils_no_plan(desk: Desk) -> None:
    ticket = desk.a_ticket()
    desk.system.engine.dispose()
    with pytest.raises(psycopg.Error), transaction(desk.system, SYSTEM) as tx:
        tx.wire.say("SELECT id FROM cases WHERE id = $1", "(bigint)", (ticket,))
        tx.wire.say("SELEC 1")
        tx.wire.go()
    with transaction(desk.system, SYSTEM) as tx:
        tx.wire.say("SELECT id FROM cases WHERE id = $1", "(bigint)", (ticket,))
        assert tx.wire.go() == [(str(ticket).encode(),)]


def test_after_the_server_came_back_the_first_command_succeeds(desk: Desk, kill: Callable[[], None]) -> None:
    ticket = desk.a_ticket()
    held = [desk.system.engine.raw_connection() for _ in range(6)]
    for fairy in held:
        fairy.close()
    kill()
    assert annotate(desk, ticket).case_id == ticket


def test_a_connection_lost_while_a_command_thinks_is_told_as_that(desk: Desk, kill: Callable[[], None]) -> None:
    with pytest.raises(ZeroDivisionError), transaction(desk.system, SYSTEM) as tx:
        assert tx.now
        kill()
        raise ZeroDivisionError
    assert desk.system.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert all(not connection.closed for connection in idle_of(desk.system))


def test_a_database_that_is_not_there_is_a_word_of_ours(desk: Desk) -> None:
    nowhere = build(replace(desk.system.config, database_url="postgresql+psycopg://nobody@/nothing?host=/nonexistent"))
    with pytest.raises(Unavailable):
        execute(nowhere, Fire(SYSTEM, "ticket", 1, "annotate", {"note": "一"}))
    nowhere.close()


def test_a_statement_that_takes_too_long_is_not_tried_again(desk: Desk) -> None:
    tried = []
    with pytest.raises(Unavailable) as refused, transaction(desk.system, SYSTEM) as tx:
        tried.append(tx.now)
        tx.query("SET LOCAL statement_timeout = '50ms'")
        tx.query("SELECT pg_sleep(5)")
    assert type(refused.value) is Unavailable
    assert "lost" not in refused.value.en


def test_a_batch_stops_while_the_database_is_away_and_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [desk.a_ticket() for _ in range(4)]
    work = Batch("annotate", 4, lambda start, stop: [Fire(SYSTEM, "ticket", t, "annotate", {"note": "批"}) for t in tickets[start:stop]], 2)
    with monkeypatch.context() as patched:
        patched.setattr("app.core.bus.together", away)
        patched.setattr("app.core.bus.attempt", away)
        with pytest.raises(Unavailable):
            batch(desk.system, SYSTEM, work)
    assert batch(desk.system, SYSTEM, work) == {"done": 4, "refused": 0}
    assert [desk.triggers(ticket).count(("ticket", "annotate")) for ticket in tickets] == [1, 1, 1, 1]


def away(*_: object) -> Any:
    raise Unavailable("数据库不在。", "The database is away.")
