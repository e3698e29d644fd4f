"""A verb that does what the test says, run through the real bus on the real database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.bus import Result, transaction
from app.core.registry import Reaction
from app.core.system import System
from app.core.tx import Tx

CLERK = Actor(7, "clerk", frozenset({"unit_clerk"}), 5, frozenset({5}))
COLLEAGUE = Actor(8, "colleague", frozenset({"unit_clerk"}), 5, frozenset({5}))
ADMIN = Actor(9, "admin", frozenset({"admin"}), 1, frozenset({1}))


@dataclass(frozen=True, slots=True)
class Note:
    """Somebody notes something under a number; the same number twice breaks a rule of uniqueness."""

    number: int
    words: str = "x"
    key: str | None = None
    actor: Actor = CLERK


def write(tx: Tx, command: Note) -> Result:
    tx.insert("texts", {"case_id": command.number, "seq": 1, "field": "note", "body": command.words})
    return Result(command.number, "note", command.number, "noted", 1)


def teach(system: System, handler: Callable[[Tx, Note], Any] = write, reactions: Sequence[Reaction] = ()) -> None:
    """From now on the system knows the verb, and these reactions beside its own."""
    known = system.registry
    system.registry = replace(known, handlers={**known.handlers, Note: handler}, reactions=[*known.reactions, *reactions])


def noted(system: System) -> list[tuple[int, str]]:
    return [(row["case_id"], row["body"]) for row in asked(system, "SELECT case_id, body FROM texts ORDER BY case_id")]


def asked(system: System, sql: str, *params: Any) -> list[dict[str, Any]]:
    with transaction(system, SYSTEM) as tx:
        return tx.query(sql, params)


def together(number: int, each: Callable[[int], Any]) -> list[Any]:
    """`each(i)` in as many threads, let go at the same moment: its value, or the exception that it raised."""
    start = Barrier(number)

    def run(place: int) -> Any:
        start.wait()
        try:
            return each(place)
        except Exception as error:  # noqa: BLE001 - what it raised is what the test looks at.
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
