"""The verbs of an import: begin or resume a run, learn names, replay a chunk of rows, end the run. Each is one command of the one door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.flush import flush
from app.core.root import Root
from app.core.tx import Tx
from app.hotline.registration import demand_row
from app.imports.bulk import BulkWrites, copy_inserts
from app.imports.mapping import Mapping
from app.imports.names import LearnNames, handle_learn_names
from app.imports.planned import PlannedTicket
from app.imports.replay import Ready, born
from app.imports.update import updated

UNFINISHED = "SELECT id FROM import_runs WHERE file_digest = %s AND mapping = %s AND live = %s AND done_at IS NULL"
HERE = "SELECT id, external_key, mapping, digest, root_id, run_id, did FROM import_rows WHERE namespace = %s AND external_key = ANY(%s)"


@dataclass(frozen=True, slots=True)
class BeginRun:
    """The run of this file under this mapping: the one that was interrupted, or a new one."""

    actor: Actor
    file_name: str
    file_digest: bytes
    mapping: str
    live: bool
    key: str | None = None


@dataclass(frozen=True, slots=True)
class EndRun:
    actor: Actor
    run_id: int
    counts: dict[str, int]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ReplayRows:
    """A chunk of rows, all or none of them. The answer says of each row, by its number, what became of it."""

    actor: Actor
    run_id: int
    namespace: str
    mapping: str
    rows: tuple[Ready, ...]
    key: str | None = None


def handle_begin_run(tx: Tx, command: BeginRun) -> Result:
    found = tx.query(UNFINISHED, (command.file_digest, command.mapping, command.live))
    if found:
        return _about(found[0]["id"], resumed=True)
    run_id = tx.system.ids.next()
    row = {"id": run_id, "file_name": command.file_name, "file_digest": command.file_digest, "mapping": command.mapping}
    tx.insert("import_runs", row | {"live": command.live, "started_at": tx.now, "counts": {}})
    return _about(run_id, resumed=False)


def handle_end_run(tx: Tx, command: EndRun) -> Result:
    tx.update("import_runs", command.run_id, {"done_at": tx.now, "counts": command.counts})
    return _about(command.run_id)


def _about(run_id: int, **detail: Any) -> Result:
    return Result(run_id, "import", 0, "", 0, detail=detail)


def handle_replay_rows(tx: Tx, command: ReplayRows) -> Result:
    """Rows that are here with the same content are left alone, changed ones are updates, the others are born."""
    writes = tx.writes = BulkWrites()
    head = tx.blank_root()
    tx.take_time(head)
    here = _here(tx, command)
    known = [(here.get(ready.plan.external_key, []), ready) for ready in command.rows]
    # Whoever locks several roots locks them in the order of their ids; new tickets lock none.
    known.sort(key=lambda pair: pair[0][0]["root_id"] if pair[0] else 0)
    did = {ready.plan.row_number: _one(tx, head, command, ready, rows) for rows, ready in known}
    flush(tx)
    copy_inserts(tx, writes)
    return _about(command.run_id, did=did)


def here_already(tx: Tx, mapping: Mapping, plans: Sequence[PlannedTicket]) -> Counter[str]:
    """What a replay of these rows would find, by what it would do."""
    rows = tx.query(HERE, (mapping.namespace, [plan.external_key for plan in plans]))
    known = {(row["external_key"], row["mapping"]): bytes(row["digest"]) for row in rows}
    keys = {row["external_key"] for row in rows}
    found: Counter[str] = Counter()
    for plan in plans:
        same = known.get((plan.external_key, mapping.name), b"") in tx.system.keyring.lookups("import", plan.digest.hex())
        found["already" if same else "updated" if plan.external_key in keys else "imported"] += 1
    return found


def _here(tx: Tx, command: ReplayRows) -> dict[str, list[dict[str, Any]]]:
    here: dict[str, list[dict[str, Any]]] = {}
    keys = [ready.plan.external_key for ready in command.rows]
    for row in tx.query(HERE, (command.namespace, keys)):
        here.setdefault(row["external_key"], []).append(row)
    return here


def _one(tx: Tx, head: Root, command: ReplayRows, ready: Ready, known: Sequence[dict[str, Any]]) -> str:
    keyring = tx.system.keyring
    content = ready.plan.digest.hex()
    mine = next((row for row in known if row["mapping"] == command.mapping), None)
    if mine and bytes(mine["digest"]) in keyring.lookups("import", content):
        # What an interrupted run has already done counts as done by the run that resumes it.
        return str(mine["did"]) if mine["run_id"] == command.run_id else "already"
    if known:
        root_id = known[0]["root_id"]
        did = "updated" if updated(tx, root_id, ready) else "already"
    else:
        root_id, did = born(tx, head, ready, demand_row(tx, ready.plan)).id, "imported"
    kept = {"digest": keyring.lookup("import", content), "run_id": command.run_id, "did": did}
    if mine:
        tx.update("import_rows", mine["id"], kept)
    else:
        row = {"id": tx.system.ids.next(), "namespace": command.namespace, "external_key": ready.plan.external_key}
        tx.insert("import_rows", row | {"mapping": command.mapping, "root_id": root_id} | kept)
    return did


HANDLERS = {
    BeginRun: handle_begin_run,
    EndRun: handle_end_run,
    LearnNames: handle_learn_names,
    ReplayRows: handle_replay_rows,
}
