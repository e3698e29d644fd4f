"""A reaction is done when it has committed that it is done: lost, doubled or failing ones lose nothing and double nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest

from app.core import health, outbox
from app.core.actors import SYSTEM
from app.core.bus import Result, execute, finish, transaction
from app.core.housekeeping import forget
from app.core.registry import Reaction
from app.core.system import System
from app.core.tx import Tx
from tests.core.probe import Note, asked, noted, teach, together

ROWS = "SELECT id, case_id, attempts, done_at, gave_up_at, failure, extract(epoch FROM lease_until - clock_timestamp())::float AS wait"
ROWS += " FROM outbox ORDER BY id"
RIPE = "UPDATE outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE done_at IS NULL"
React = Callable[[Tx, Sequence[dict[str, Any]]], None]


def owe(system: System, react: React, *numbers: int) -> list[int]:
    """One event for each number, to which one reaction is owed; the ids of the rows, leased to nobody."""

    def handler(tx: Tx, command: Note) -> Result:
        tx.emit("Noted", command.number, command.number, {"words": command.words})
        return Result(command.number, "note", command.number, "noted", 1)

    teach(system, handler, [Reaction("copy_note", frozenset({"Noted"}), react)])
    for number in numbers:
        execute(system, Note(number))
    return [row["id"] for row in asked(system, ROWS)]


def copy(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        tx.insert("texts", {"case_id": row["case_id"], "seq": 1, "field": "note", "body": row["payload"]["words"]})


def change(system: System, sql: str) -> None:
    with transaction(system, SYSTEM) as tx:
        tx.execute(sql)
        finish(tx)


def leased(system: System) -> dict[tuple[str, int], list[int]]:
    return {who: ids for who, ids in outbox.lease(system).items() if who[0] == "copy_note"}


def test_owed_leased_done(system: System) -> None:
    ids = owe(system, copy, 1, 2, 3)
    assert leased(system) == {("copy_note", 1): ids}
    assert leased(system) == {}, "what somebody has leased nobody else takes"
    assert outbox.react(system, "copy_note", ids) == 3
    assert noted(system) == [(1, "x"), (2, "x"), (3, "x")]
    assert all(row["done_at"] for row in asked(system, ROWS))
    assert outbox.react(system, "copy_note", ids) == 0, "a doubled message doubles nothing"
    change(system, RIPE)
    assert leased(system) == {}


def test_a_refused_command_owes_nothing(system: System) -> None:
    def handler(tx: Tx, command: Note) -> Result:
        tx.emit("Noted", 1, 1, {})
        raise RuntimeError

    teach(system, handler, [Reaction("copy_note", frozenset({"Noted"}), copy)])
    with pytest.raises(RuntimeError):
        execute(system, Note(1))
    assert asked(system, ROWS) == []


def test_who_dies_with_a_lease_loses_it(system: System) -> None:
    ids = owe(system, copy, 1)
    leased(system)
    (row,) = asked(system, ROWS)
    assert 50 < row["wait"] <= outbox.LEASE.total_seconds()
    change(system, RIPE)
    assert leased(system) == {("copy_note", 2): ids}, "the attempt is counted, so that the second job has another name"


def test_the_reaction_and_its_mark_commit_together(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = owe(system, copy, 1)
    monkeypatch.setattr(outbox, "DONE", "SELECT 1 / 0")
    assert outbox.react(system, "copy_note", ids) == 0
    assert noted(system) == [], "what the reaction wrote went with its mark"
    monkeypatch.undo()
    assert outbox.react(system, "copy_note", ids) == 1
    assert noted(system) == [(1, "x")]


def test_one_bad_row_is_set_back_alone(system: System) -> None:
    def react(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
        if any(row["case_id"] == 2 for row in rows):
            raise ValueError("张三 13812345678")
        copy(tx, rows)

    ids = owe(system, react, 1, 2, 3)
    leased(system)
    assert outbox.react(system, "copy_note", ids) == 2
    assert noted(system) == [(1, "x"), (3, "x")]
    (bad,) = [row for row in asked(system, ROWS) if row["done_at"] is None]
    assert (bad["case_id"], bad["failure"]) == (2, "ValueError"), "the words of an error may quote a citizen"


def test_a_failing_row_waits_longer_each_time_and_is_given_up_and_told(system: System) -> None:
    def react(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
        raise ValueError

    ids = owe(system, react, 1)
    waits = []
    for attempt in range(1, outbox.TRIES + 1):
        change(system, RIPE)
        assert leased(system) == {("copy_note", attempt): ids}
        outbox.react(system, "copy_note", ids)
        waits.append(round(asked(system, ROWS)[0]["wait"]))
    assert waits == [2**attempt for attempt in range(1, outbox.TRIES + 1)]
    change(system, RIPE)
    assert leased(system) == {}
    (row,) = asked(system, ROWS)
    assert row["gave_up_at"] and not row["done_at"]
    assert health.probe(system)["outbox_given_up"] == 1


def test_the_wait_ends_at_an_hour(system: System) -> None:
    def react(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
        raise ValueError

    ids = owe(system, react, 1)
    change(system, "UPDATE outbox SET attempts = 40")
    outbox.react(system, "copy_note", ids)
    assert 3590 < asked(system, ROWS)[0]["wait"] <= 3600


def test_two_workers_with_the_same_rows_react_once(system: System) -> None:
    inside, calls = Event(), count()

    def react(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
        next(calls)
        inside.wait(1)
        copy(tx, rows)

    ids = owe(system, react, *range(1, 6))
    assert sorted(together(3, lambda _: outbox.react(system, "copy_note", ids))) == [0, 0, 5]
    assert next(calls) == 1 and len(noted(system)) == 5


def test_the_oldest_is_told_by_its_age(system: System) -> None:
    assert health.probe(system)["oldest_unfinished_outbox_seconds"] is None
    ids = owe(system, copy, 1, 2)
    change(system, "UPDATE outbox SET at = at - interval '90 seconds' WHERE case_id = 1")
    found = health.probe(system)
    assert 90 <= found["oldest_unfinished_outbox_seconds"] < 120 and found["outbox_owed"] == 2
    outbox.react(system, "copy_note", ids)
    found = health.probe(system)
    assert (found["oldest_unfinished_outbox_seconds"], found["outbox_owed"]) == (None, 0)


def test_what_was_done_a_month_ago_is_forgotten_and_what_is_owed_never(system: System) -> None:
    ids = owe(system, copy, 1, 2)
    outbox.react(system, "copy_note", ids[:1])
    month = timedelta(days=31).total_seconds()
    change(system, f"UPDATE outbox SET at = at - interval '{month} s', done_at = done_at - interval '{month} s'")
    forget(system)
    assert [row["case_id"] for row in asked(system, ROWS)] == [2]
