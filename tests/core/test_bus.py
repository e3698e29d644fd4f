"""One transaction, one receipt, one retry: whatever happens on the way, a command has happened once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from app.core.actors import SYSTEM
from app.core.bus import Batch, Result, batch, execute
from app.core.housekeeping import forget
from app.core.system import System
from app.core.tx import Tx
from app.core.wire import Wire
from app.errors import Conflict, KeyReused, Refused, Unavailable
from tests.core.probe import COLLEAGUE, Note, asked, noted, teach, together, write
from tests.fixtures.living import MovedClock
from tests.fixtures.servers import Database

A, B = 4_001, 4_002
LOCK = "SELECT pg_advisory_xact_lock(%s)"


def test_the_same_key_is_the_same_command(system: System) -> None:
    teach(system)
    first = execute(system, Note(1, key="k"))
    again = execute(system, Note(1, key="k"))
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.case_id, again.state, again.version) == (first.case_id, first.state, first.version)
    assert noted(system) == [(1, "x")]


def test_a_key_used_for_something_else_is_refused_and_does_nothing(system: System) -> None:
    teach(system)
    execute(system, Note(1, key="k"))
    for other in (Note(2, key="k"), Note(1, words="y", key="k")):
        with pytest.raises(KeyReused):
            execute(system, other)
    assert noted(system) == [(1, "x")]


def test_a_key_belongs_to_one_actor(system: System) -> None:
    teach(system)
    assert not execute(system, Note(1, key="k")).replayed
    assert not execute(system, Note(2, key="k", actor=COLLEAGUE)).replayed
    assert noted(system) == [(1, "x"), (2, "x")]


def test_a_refused_command_leaves_nothing_not_even_its_key(system: System) -> None:
    open_, closed = [False], Refused("尚未开放", "not yet")

    def handler(tx: Tx, command: Note) -> Result:
        result = write(tx, command)
        if not open_[0]:
            raise closed
        return result

    teach(system, handler)
    with pytest.raises(Refused, match="尚未开放"):
        execute(system, Note(1, key="k"))
    assert noted(system) == [] and asked(system, "SELECT 1 FROM receipts") == []
    open_[0] = True
    assert not execute(system, Note(1, key="k")).replayed


def test_twins_do_the_work_once(system: System) -> None:
    teach(system)
    results = together(8, lambda _: execute(system, Note(1, key="k")))
    assert sorted(result.replayed for result in results) == [False] + [True] * 7
    assert noted(system) == [(1, "x")]


def test_twins_of_different_bodies_one_wins_and_the_other_is_told(system: System) -> None:
    teach(system)
    results = together(6, lambda place: execute(system, Note(1, words=str(place), key="k")))
    assert sorted(type(result).__name__ for result in results) == ["KeyReused"] * 5 + ["Result"]
    assert len(noted(system)) == 1


def test_a_receipt_is_kept_for_two_days(system: System, clock: MovedClock) -> None:
    teach(system)
    execute(system, Note(1, key="k"))
    clock.advance(timedelta(hours=47))
    forget(system)
    assert execute(system, Note(1, key="k")).replayed
    clock.advance(timedelta(hours=2))
    forget(system)
    with pytest.raises(Conflict, match="pk_texts"):
        execute(system, Note(1, key="k"))


def test_a_broken_rule_of_uniqueness_is_a_conflict(system: System) -> None:
    teach(system)
    execute(system, Note(1))
    with pytest.raises(Conflict, match="pk_texts"):
        execute(system, Note(1, words="y"))
    assert noted(system) == [(1, "x")]


def test_two_who_wait_for_each_other_both_come_through(system: System) -> None:
    """A real deadlock: the database ends one of the two, whose second attempt finds the way free."""
    both, tries = Barrier(2), []

    def handler(tx: Tx, command: Note) -> Result:
        first, second = (A, B) if command.number == 1 else (B, A)
        tx.query(LOCK, (first,))
        tries.append(command.number)
        if len(tries) <= 2:
            both.wait(20)
        tx.query(LOCK, (second,))
        return write(tx, command)

    teach(system, handler)
    results = together(2, lambda place: execute(system, Note(place + 1)))
    assert [type(result).__name__ for result in results] == ["Result", "Result"]
    assert len(tries) == 3 and noted(system) == [(1, "x"), (2, "x")]


def test_a_second_deadlock_is_told_in_words(system: System) -> None:
    tries = []

    def handler(tx: Tx, command: Note) -> Result:
        tries.append(1)
        raise psycopg.errors.DeadlockDetected("once more")

    teach(system, handler)
    with pytest.raises(Unavailable):
        execute(system, Note(1))
    assert len(tries) == 2


def cut(database: Database, tx: Tx) -> None:
    """The connection that this command stands on is ended from outside."""
    address = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    (row,) = tx.query("SELECT pg_backend_pid() AS pid")
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [row["pid"]])


def test_a_connection_lost_before_the_commit_is_tried_once_more(system: System, database: Database) -> None:
    tries = []

    def handler(tx: Tx, command: Note) -> Result:
        tries.append(1)
        if len(tries) == 1:
            cut(database, tx)
        return write(tx, command)

    def and_asks(tx: Tx, command: Note) -> Result:
        result = handler(tx, command)
        tx.query("SELECT 1")
        return result

    teach(system, and_asks)
    assert execute(system, Note(1, key="k")).state == "noted"
    assert len(tries) == 2 and noted(system) == [(1, "x")]


def test_a_connection_that_is_lost_again_is_told_and_nothing_has_happened(system: System, database: Database) -> None:
    def handler(tx: Tx, command: Note) -> Result:
        cut(database, tx)
        tx.query("SELECT 1")
        return write(tx, command)

    teach(system, handler)
    with pytest.raises(Unavailable):
        execute(system, Note(1))
    assert noted(system) == []


def test_an_answer_lost_after_the_commit_is_never_done_twice(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit may have arrived: the caller is told to look, and the same key then tells what happened."""
    teach(system)
    real, sent = Wire.go, []

    def go(self: Wire, commit: bool = False) -> Any:
        answer = real(self, commit)
        if commit and not sent:
            sent.append(1)
            self.connection.close()
            raise psycopg.OperationalError("the server closed the connection unexpectedly")
        return answer

    monkeypatch.setattr(Wire, "go", go)
    with pytest.raises(Unavailable, match="核对"):
        execute(system, Note(1, key="k"))
    assert noted(system) == [(1, "x")]
    assert execute(system, Note(1, key="k")).replayed


def test_failing_commands_use_up_no_connections(system: System) -> None:
    def handler(tx: Tx, command: Note) -> Result:
        if command.number:
            tx.query("SELECT 1 / 0")
        return write(tx, command)

    teach(system, handler)
    for _ in range(40):
        with pytest.raises(psycopg.errors.DivisionByZero):
            execute(system, Note(1))
    assert execute(system, Note(0)).state == "noted"
    open_ = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%%'"
    assert asked(system, open_) == [{"n": 0}]


def test_a_command_has_one_now(system: System) -> None:
    seen = []

    def handler(tx: Tx, command: Note) -> Result:
        seen.append(tx.now)
        tx.query("SELECT pg_sleep(0.01)")
        seen.append(tx.now)
        return write(tx, command)

    teach(system, handler)
    execute(system, Note(1))
    execute(system, Note(2))
    assert seen[0] == seen[1] < seen[2] == seen[3]


def work(numbers: Sequence[int], name: str = "notes") -> Batch:
    return Batch(name, len(numbers), lambda start, stop: [Note(number) for number in numbers[start:stop]], size=3)


def test_a_batch_goes_on_where_it_was_left(system: System) -> None:
    done = []

    def handler(tx: Tx, command: Note) -> Result:
        done.append(command.number)
        return write(tx, command)

    def progress(at: int, of: int) -> None:
        assert of == 10
        if at == 6:
            raise KeyboardInterrupt

    teach(system, handler)
    with pytest.raises(KeyboardInterrupt):
        batch(system, SYSTEM, work(range(10)), progress)
    assert [number for number, _ in noted(system)] == list(range(6))
    told: list[int] = []
    assert batch(system, SYSTEM, work(range(10)), lambda at, of: told.append(at)) == {"done": 10, "refused": 0}
    assert (done, told) == (list(range(10)), [9, 10])
    assert batch(system, SYSTEM, work(range(10))) == {"done": 10, "refused": 0} and len(done) == 10, "what is done stays done"


def test_a_chunk_that_died_in_the_middle_left_nothing_of_itself(system: System) -> None:
    died = []

    def handler(tx: Tx, command: Note) -> Result:
        if command.number == 4 and not died:
            died.append(1)
            raise RuntimeError("killed")
        return write(tx, command)

    teach(system, handler)
    with pytest.raises(RuntimeError):
        batch(system, SYSTEM, work(range(10)))
    assert [number for number, _ in noted(system)] == [0, 1, 2]
    assert batch(system, SYSTEM, work(range(10))) == {"done": 10, "refused": 0}
    assert [number for number, _ in noted(system)] == list(range(10))


def test_one_bad_command_stops_nobody_else(system: System) -> None:
    def handler(tx: Tx, command: Note) -> Result:
        if command.number == 4:
            raise Refused("不行", "no")
        return write(tx, command)

    teach(system, handler)
    assert batch(system, SYSTEM, work(range(10))) == {"done": 9, "refused": 1}
    assert [number for number, _ in noted(system)] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
