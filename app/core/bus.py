"""The one door for every change: one transaction, one `now`, one receipt, one retry. Only here does a transaction begin or end."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any, Protocol

import orjson
import psycopg
from psycopg import errors as pg
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from app.core.actors import Actor
from app.core.flush import flush
from app.core.root import Root
from app.core.system import System
from app.core.tx import Tx
from app.core.wire import MOST_PLANS, Wire
from app.errors import Conflict, KeyReused, Refusal, Unavailable

IDLE = TransactionStatus.IDLE
AGAIN = (pg.SerializationFailure, pg.DeadlockDetected)
logger = logging.getLogger(__name__)
KEY_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
RECEIPT = "SELECT body_digest, result FROM receipts WHERE actor = $1 AND key = $2"


class Command(Protocol):
    """A frozen verb: who wants it, under which idempotency key, and what."""

    @property
    def actor(self) -> Actor: ...
    @property
    def key(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Result:
    """What a command brought about. `root` is the case in memory as it was committed, absent when the answer is a replay."""

    case_id: int
    kind: str
    root_id: int
    state: str
    version: int
    replayed: bool = False
    detail: dict[str, Any] | None = None
    root: Root | None = None


def execute(system: System, command: Command) -> Any:
    """Runs the handler of the command's class and commits once; a deadlock or a connection lost before the commit is tried once more.

    Raises the words of `app.errors`; after a refusal nothing has changed.
    """
    with suppress(*AGAIN, ConnectionLost):
        return attempt(system, command)
    try:
        return attempt(system, command)
    except AGAIN as error:
        raise Unavailable("系统繁忙，请稍后再试。", "Too much is going on at once; try again in a moment.") from error


class ConnectionLost(Unavailable):
    """The database went away before the commit was sent: nothing has happened yet."""


def attempt(system: System, command: Command) -> Any:
    with transaction(system, command.actor) as tx:
        result = receipt(tx, command)
        if result is not None:
            return result
        result = system.registry.handlers[type(command)](tx, command)
        keep_receipt(tx, command, result)
        finish(tx)
    if tx.after:
        system.nudge()
    return result


@contextmanager
def transaction(system: System, actor: Actor) -> Iterator[Tx]:
    """A connection of the pool with its transaction; whatever was not finished is rolled back."""
    fairy = connected(system)
    connection = fairy.driver_connection
    assert isinstance(connection, psycopg.Connection)
    tx = Tx(system, Wire(connection, fairy.info.setdefault("plans", {})), actor)
    try:
        yield tx
    except AGAIN:
        raise
    except pg.UniqueViolation as error:
        raise Conflict("已有相同的记录。", f"The same record exists already ({rule_of(error)}).") from error
    except psycopg.OperationalError as error:
        if not connection.closed:
            raise Unavailable("数据库未能及时完成，请稍后再试。", "The database could not do this in time; nothing was changed.") from error
        lost = Unavailable if tx.committing else ConnectionLost
        raise lost("数据库连接中断，请稍后核对结果。", "The database connection was lost; check the result before trying again.") from error
    finally:
        give_back(fairy, tx.wire)


def connected(system: System) -> PoolProxiedConnection:
    try:
        return system.engine.raw_connection()
    except (OperationalError, psycopg.OperationalError) as error:
        raise ConnectionLost("数据库暂时无法连接，请稍后再试。", "The database cannot be reached now; try again later.") from error
    except PoolTimeout as error:
        raise Unavailable("系统繁忙，请稍后再试。", "Too much is going on at once; try again in a moment.") from error


def rule_of(error: pg.UniqueViolation) -> str:
    return error.diag.constraint_name or ", ".join(getattr(error, "__notes__", ()))


def give_back(fairy: PoolProxiedConnection, wire: Wire) -> None:
    """Ends what is open and returns the connection; one that is not there any more does not go back."""
    try:
        if wire.connection.info.transaction_status != IDLE:
            wire.connection.rollback()
        if wire.spoilt or len(wire.plans) > MOST_PLANS:
            wire.connection.execute("DEALLOCATE ALL")
            wire.plans.clear()
    except psycopg.Error:
        fairy.invalidate()
    finally:
        fairy.close()


def finish(tx: Tx) -> None:
    """The one write and the one commit, sent together."""
    flush(tx)
    if not tx.writes and not tx.direct:
        return
    tx.committing = True
    if tx.writes:
        sql, params = tx.writes.render()
        tx.wire.say(sql, f"({', '.join(['jsonb'] * len(params))})", params)
    tx.wire.go(commit=True)
    if tx.epoch is not None:
        tx.system.settings.seen(tx.epoch)


def receipt(tx: Tx, command: Command) -> Result | None:
    """The result that this actor's key already brought about; the lock makes a twin wait instead of doing the work twice."""
    if command.key is None:
        return None
    tx.wire.say(KEY_LOCK, "(text)", (f"{command.actor.label} {command.key}",))
    tx.wire.say(RECEIPT, "(text, text)", (command.actor.label, command.key))
    rows = tx.wire.go()
    if not rows:
        return None
    digest, kept = rows[0]
    if digest is None or kept is None or digest.decode() != body_digest(command):
        raise KeyReused("此幂等键已用于另一个请求。", "This idempotency key was used for another request.")
    return replace(Result(**orjson.loads(kept)), replayed=True)


def keep_receipt(tx: Tx, command: Command, result: Result) -> None:
    if command.key is not None:
        kept = {f.name: getattr(result, f.name) for f in fields(Result) if f.name not in ("root", "replayed")}
        row = {"actor": command.actor.label, "key": command.key, "body_digest": body_digest(command), "result": kept, "at": tx.now}
        tx.insert("receipts", row)


def body_digest(command: Any) -> str:
    """A digest of what was asked, so that one key cannot stand for two requests."""
    body = {f.name: plain(getattr(command, f.name)) for f in fields(command) if f.name not in ("actor", "key")}
    packed = orjson.dumps([type(command).__name__, body], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=plain)
    return hashlib.sha256(packed).hexdigest()


def plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value


@dataclass(frozen=True)
class Batch:
    """A long piece of work: `chunk(start, stop)` gives the commands of that part. `name` finds it again after an interruption."""

    name: str
    total: int
    chunk: Callable[[int, int], Sequence[Command]]
    size: int = 200


def batch(system: System, actor: Actor, work: Batch, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Runs the commands chunk by chunk, one transaction a chunk, and resumes where an earlier run of this name ended.

    A chunk with a refused command is run again command by command, so that one bad row stops nobody else.
    Returns the counts `done` and `refused`; each refusal is logged in its own words.
    """
    position, counts = opened(system, actor, work)
    while position < work.total:
        stop = min(position + work.size, work.total)
        commands = work.chunk(position, stop)
        try:
            counts = together(system, actor, work, commands, stop, counts)
        except Unavailable:
            # Nothing is wrong with the rows: the work stops here and can be resumed.
            raise
        except (Refusal, *AGAIN):
            counts = one_by_one(system, actor, work, commands, stop, counts)
        position = stop
        if progress:
            progress(position, work.total)
    return counts


def opened(system: System, actor: Actor, work: Batch) -> tuple[int, dict[str, int]]:
    with transaction(system, actor) as tx:
        rows = tx.query("SELECT position, counts FROM batches WHERE name = %s AND total = %s", (work.name, work.total))
        if rows:
            return rows[0]["position"], rows[0]["counts"]
        counts = {"done": 0, "refused": 0}
        row = {"name": work.name, "total": work.total, "position": 0, "counts": counts, "started_at": tx.now, "updated_at": tx.now}
        tx.insert("batches", row)
        finish(tx)
        return 0, counts


def together(
    system: System, actor: Actor, work: Batch, commands: Sequence[Command], stop: int, counts: dict[str, int]
) -> dict[str, int]:
    with transaction(system, actor) as tx:
        for command in commands:
            system.registry.handlers[type(command)](tx, command)
        counts = {**counts, "done": counts["done"] + len(commands)}
        advance(tx, work, stop, counts)
    return counts


def one_by_one(
    system: System, actor: Actor, work: Batch, commands: Sequence[Command], stop: int, counts: dict[str, int]
) -> dict[str, int]:
    for command in commands:
        try:
            execute(system, command)
            counts = {**counts, "done": counts["done"] + 1}
        except Unavailable:
            raise
        except Refusal as refusal:
            counts = {**counts, "refused": counts["refused"] + 1}
            logger.warning("batch %s: %s", work.name, refusal)
    with transaction(system, actor) as tx:
        advance(tx, work, stop, counts)
    return counts


def advance(tx: Tx, work: Batch, stop: int, counts: dict[str, int]) -> None:
    done_at = tx.now if stop >= work.total else None
    tx.writes.add("progress", "batches", {"name": work.name, "position": stop, "counts": counts, "updated_at": tx.now, "done_at": done_at})
    finish(tx)
