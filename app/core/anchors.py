"""Anchors: a Merkle root over the chain heads touched since the last anchor, the case count and the anchor before, kept off the machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.history import BIRTH, CHAINED, link, merkle
from app.core.system import System
from app.core.tx import Tx

DAILY = timedelta(days=1)
# A statement is ended by the server after half a minute, and so is an idle transaction: what was recorded ten minutes ago is there, or
# will never be.
SETTLED = timedelta(minutes=10)
TOLD_EVERY = 5000
EVER = datetime(2000, 1, 1, tzinfo=UTC)
FIRST: dict[str, Any] = {"at": EVER, "digest": BIRTH, "cases": 0}
COLUMNS = ("at", "heads", "cases", "merkle_root", "previous", "digest")
ALL = f"SELECT id, {', '.join(COLUMNS)} FROM anchors ORDER BY id"
LAST = "SELECT at, digest, cases FROM anchors ORDER BY id DESC LIMIT 1"
HEADS = """SELECT DISTINCT ON (case_id) sha256(int8send(case_id) || hash) FROM history
WHERE recorded_at > %(since)s AND recorded_at <= %(until)s ORDER BY case_id, seq DESC"""
BIRTHS = "SELECT count(*) AS n FROM history WHERE seq = 1 AND recorded_at > %(since)s AND recorded_at <= %(until)s"
CHAIN = f"""SELECT {", ".join(f"h.{name}" for name in CHAINED)}, h.hash, c.seq, c.head_hash
FROM history h LEFT JOIN cases c ON c.id = h.case_id ORDER BY h.case_id, h.seq"""
READ = (*CHAINED, "hash", "last_seq", "head_hash")
BARE = "SELECT min(id) AS id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.case_id = c.id)"


class Broken(Exception):
    """The first place where a chain or an anchor does not hold, in words."""


def anchor_if_due(system: System) -> None:
    with transaction(system, SYSTEM) as tx:
        last = tx.query(LAST)
        due = not last or tx.wall - SETTLED - last[0]["at"] >= DAILY
    if due:
        anchor(system)


def anchor(system: System) -> dict[str, Any]:
    """Writes one anchor and exports it as a JSON line; the file is meant for a medium that this machine cannot change."""
    with transaction(system, SYSTEM) as tx:
        tx.execute("SET LOCAL statement_timeout = 0")
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('anchors', 0))")
        last = tx.query(LAST)
        row = make(tx, last[0] if last else FIRST, tx.wall - SETTLED)
        tx.insert("anchors", row)
        finish(tx)
    export(system)
    return told(row)


def make(tx: Tx, last: dict[str, Any], until: datetime) -> dict[str, Any]:
    """The anchor over what was recorded after the last one and up to `until`; the same input always gives the same anchor."""
    window = {"since": last["at"], "until": until}
    heads = [leaf for (leaf,) in stream(tx, HEADS, window)]
    cases = last["cases"] + tx.query(BIRTHS, window)[0]["n"]
    root = merkle(heads)
    said = last["digest"] + root + len(heads).to_bytes(8) + cases.to_bytes(8) + until.astimezone(UTC).isoformat().encode()
    digest = hashlib.sha256(said).digest()
    return {"at": until, "heads": len(heads), "cases": cases, "merkle_root": root, "previous": last["digest"], "digest": digest}


def told(row: dict[str, Any]) -> dict[str, Any]:
    """An anchor as it is exported: bytes in hexadecimal."""
    return {name: row[name].hex() if isinstance(row[name], bytes) else row[name] for name in COLUMNS}


def file_of(system: System) -> Path:
    return system.config.anchors_dir / "anchors.jsonl"


def export(system: System) -> None:
    """Appends every anchor that the file lacks: also those that other machines made, and one whose writing failed."""
    file_of(system).parent.mkdir(parents=True, exist_ok=True)
    with open(file_of(system), "ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        held = file.read()
        # A line without its end is one that a power cut interrupted; it is written anew.
        whole = held[: held.rfind(b"\n") + 1]
        file.truncate(len(whole))
        known = digests(whole)
        with transaction(system, SYSTEM) as tx:
            rows = tx.query(ALL)
        file.writelines(orjson.dumps(told(row)) + b"\n" for row in rows if row["digest"].hex() not in known)
        file.flush()
        os.fsync(file.fileno())


def digests(lines: bytes) -> dict[str, str]:
    """The digests of exported anchors, each with the instant that its line names."""
    try:
        read = [orjson.loads(line) for line in lines.splitlines()]
        return {row["digest"]: row["at"] for row in read}
    except (ValueError, TypeError, KeyError) as error:
        raise Broken("the exported anchors cannot be read") from error


def verify(system: System, exported: Path | None = None, progress: Callable[[int], None] | None = None) -> tuple[int, int, int]:
    """Number of histories, rows and anchors, all as of one instant. Raises `Broken` with the first broken row.

    `exported` is a copy of the exported anchors: each of them must still be there, whatever was made of the database. `progress` is told
    now and then how many histories hold so far.
    """
    with transaction(system, SYSTEM) as tx:
        tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tx.query("SET LOCAL statement_timeout = 0")
        histories = rows = 0
        # History is read through a server-side cursor: a million rows never stand in memory together.
        read = (dict(zip(READ, values, strict=True)) for values in stream(tx, CHAIN))
        for case_id, chain in groupby(read, key=itemgetter("case_id")):
            rows += follow(case_id, chain)
            histories += 1
            if progress and histories % TOLD_EVERY == 0:
                progress(histories)
        bare = tx.query(BARE)[0]["id"]
        if bare is not None:
            raise Broken(f"case {bare}: its history is gone")
        return histories, rows, verify_anchors(tx, digests(exported.read_bytes()) if exported else {})


def follow(case_id: int, chain: Iterator[dict[str, Any]]) -> int:
    """Walks one history and returns how many rows it has."""
    seq, head = 0, BIRTH
    case: tuple[int | None, bytes | None] = (None, None)
    for row in chain:
        if row["seq"] != seq + 1:
            raise Broken(f"case {case_id}: row {seq + 1} is missing")
        if link(head, row) != row["hash"]:
            raise Broken(f"case {case_id}: row {row['seq']} was changed")
        seq, head, case = row["seq"], row["hash"], (row["last_seq"], row["head_hash"])
    if case == (None, None):
        raise Broken(f"case {case_id}: history without a case")
    if case != (seq, head):
        raise Broken(f"case {case_id}: the chain ends with row {seq}, the case says row {case[0]}")
    return seq


def stream(tx: Tx, sql: str, params: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    with tx.wire.connection.cursor(name="anchors") as cursor:
        cursor.itersize = 5000
        cursor.execute(sql, params)
        yield from cursor


def verify_anchors(tx: Tx, exported: dict[str, str]) -> int:
    """Makes every anchor again from the history it covers, then looks for each that was exported."""
    last, rows = FIRST, tx.query(ALL)
    for row in rows:
        if make(tx, last, row["at"]) != {name: row[name] for name in COLUMNS}:
            raise Broken(f"anchor {row['id']} of {row['at'].isoformat()} does not follow from the history it covers")
        last = row
    lost = exported.keys() - {row["digest"].hex() for row in rows}
    if lost:
        raise Broken(f"the exported anchor of {min(exported[digest] for digest in lost)} is not in the database")
    return len(rows)
