"""Anchors: a Merkle root over the chain heads touched since the last anchor, the case count and the anchor before, kept off the machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.history import BIRTH, CHAINED, link, merkle
from app.core.system import System
from app.core.tx import Tx

DAILY = timedelta(days=1)
# A command's transaction is ended by the server after half a minute; what was recorded a minute ago is there or will never be.
SETTLED = timedelta(minutes=1)
LAST = "SELECT at, digest, cases FROM anchors ORDER BY id DESC LIMIT 1"
HEADS = """SELECT DISTINCT ON (case_id) case_id, hash FROM history
WHERE recorded_at > %(since)s AND recorded_at <= %(until)s ORDER BY case_id, seq DESC"""
BIRTHS = "SELECT count(*) AS n FROM history WHERE seq = 1 AND recorded_at > %(since)s AND recorded_at <= %(until)s"
CHAIN = f"SELECT {', '.join(CHAINED)}, hash FROM history ORDER BY case_id, seq"
CASES = "SELECT id, seq, head_hash FROM cases ORDER BY id"
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def anchor_if_due(system: System) -> None:
    with transaction(system, SYSTEM) as tx:
        last = tx.query(LAST)
        due = not last or tx.wall - SETTLED - last[0]["at"] >= DAILY
    if due:
        anchor(system)


def anchor(system: System) -> dict[str, Any]:
    """Writes one anchor and exports it as a JSON line; the file is meant for a medium that this machine cannot change."""
    with transaction(system, SYSTEM) as tx:
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('anchors', 0))")
        last = tx.query(LAST)
        row = make(tx, last[0] if last else {"at": EVER, "digest": BIRTH, "cases": 0}, tx.wall - SETTLED)
        tx.insert("anchors", row)
        finish(tx)
    told = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    folder = system.config.anchors_dir
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "anchors.jsonl", "ab") as file:
        file.write(orjson.dumps(told) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return told


def make(tx: Tx, last: dict[str, Any], until: datetime) -> dict[str, Any]:
    """The anchor over what was recorded after the last one and up to `until`; the same input always gives the same anchor."""
    window = {"since": last["at"], "until": until}
    heads = [leaf(row) for row in tx.query(HEADS, window)]
    cases = last["cases"] + tx.query(BIRTHS, window)[0]["n"]
    root = merkle(heads)
    told = last["digest"] + root + len(heads).to_bytes(8) + cases.to_bytes(8) + until.astimezone(UTC).isoformat().encode()
    digest = hashlib.sha256(told).digest()
    return {"at": until, "heads": len(heads), "cases": cases, "merkle_root": root, "previous": last["digest"], "digest": digest}


def leaf(row: dict[str, Any]) -> bytes:
    return hashlib.sha256(row["case_id"].to_bytes(8) + row["hash"]).digest()


class Broken(Exception):
    """The first place where a chain or an anchor does not hold, in words."""


def verify(system: System) -> tuple[int, int, int]:
    """Number of histories, rows and anchors. Raises `Broken` with the first broken row."""
    with transaction(system, SYSTEM) as tx:
        expected = {row["id"]: (row["seq"], row["head_hash"]) for row in tx.query(CASES)}
        rows = 0
        reached: dict[int, tuple[int, bytes]] = {}
        for row in stream(tx):
            seq, head = reached.get(row["case_id"], (0, BIRTH))
            if row["seq"] != seq + 1:
                raise Broken(f"case {row['case_id']}: row {seq + 1} is missing")
            if link(head, row) != row["hash"]:
                raise Broken(f"case {row['case_id']}: row {row['seq']} was changed")
            reached[row["case_id"]] = (row["seq"], row["hash"])
            rows += 1
        for case_id, head_of_case in expected.items():
            if reached.pop(case_id, (0, BIRTH)) != head_of_case:
                raise Broken(f"case {case_id}: the chain does not end where the case says (row {head_of_case[0]})")
        if reached:
            raise Broken(f"case {min(reached)}: history without a case")
        return len(expected), rows, verify_anchors(tx)


def stream(tx: Tx) -> Iterator[dict[str, Any]]:
    """History is read through a server-side cursor: a million rows never stand in memory together."""
    names = (*CHAINED, "hash")
    with tx.wire.connection.cursor(name="verify") as cursor:
        cursor.itersize = 5000
        cursor.execute(CHAIN)
        for values in cursor:
            yield dict(zip(names, values, strict=True))


def verify_anchors(tx: Tx) -> int:
    """Makes every anchor again from the history it covers."""
    last: dict[str, Any] = {"at": EVER, "digest": BIRTH, "cases": 0}
    anchors = tx.query("SELECT id, at, heads, cases, merkle_root, previous, digest FROM anchors ORDER BY id")
    for row in anchors:
        if make(tx, last, row["at"]) != {name: value for name, value in row.items() if name != "id"}:
            raise Broken(f"anchor {row['id']} does not follow from the history it covers")
        last = row
    return len(anchors)
