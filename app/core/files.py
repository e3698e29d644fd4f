"""An attachment is reached only through its case, and the log says who attached, took and removed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from app.core.actors import Actor
from app.core.bus import Result
from app.core.file_store import FileStore
from app.core.fire import seen_root
from app.core.root import Case, Root
from app.core.secrets import key_id_of, place
from app.core.system import System
from app.core.tx import Tx
from app.core.visibility import predicate
from app.errors import Forbidden, IllFormed, NotPossible, Refused, Unavailable, Unseen

TOTAL_QUOTA: Final = 2 * 1024**4
LOOKS_ON: Final = frozenset({"auditor", "leader"})  # whoever else sees a case may add to it
REMOVES: Final = frozenset({"reviewer", "supervisor"})  # besides the one who attached it

SHARED_LOCK: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 7))"
OWN_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))"
KEEP: Final = """INSERT INTO file_contents (name, size, stored_at) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET destroyed_at = NULL RETURNING name"""
TWIN: Final = "SELECT id FROM attachments WHERE case_id = %s AND kind = %s AND content = %s AND detached_at IS NULL"
OF_ROOT: Final = "SELECT coalesce(sum(size), 0)::bigint AS used FROM attachments WHERE root_id = %s AND detached_at IS NULL"
OF_ALL: Final = "SELECT coalesce(sum(size), 0)::bigint AS used FROM file_contents WHERE destroyed_at IS NULL"
ONE: Final = """SELECT t.id, t.root_id, t.case_id, c.kind AS case_kind, t.kind, t.content, t.name_sealed, t.media_type,
    t.size, t.attached_by FROM attachments t JOIN cases c ON c.id = t.case_id WHERE t.id = %(id)s AND t.detached_at IS NULL AND """
UNUSED: Final = """SELECT name FROM file_contents f WHERE destroyed_at IS NULL AND stored_at <= %(before)s AND NOT EXISTS (
    SELECT 1 FROM attachments t WHERE t.content = f.name AND (t.detached_at IS NULL OR t.detached_at > %(before)s))"""
NEXT_NAMES: Final = "SELECT id, name_sealed FROM attachments WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE"
NAMES: Final = 500


@dataclass(frozen=True, slots=True)
class Attach:
    """A content that is already stored becomes an attachment of a case. `upload` makes this; `content` names the stored file."""

    actor: Actor
    case_kind: str
    case_id: int
    kind: str
    name: str
    media_type: str
    content: str
    size: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Detach:
    """An attachment is taken away from its case. Its content is destroyed later, by the sweep, when nothing else uses it."""

    actor: Actor
    attachment_id: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """Somebody takes a copy; that it was taken is on record before the first byte leaves."""

    actor: Actor
    attachment_id: int
    key: None = None


@dataclass(frozen=True, slots=True)
class Destroy:
    """A content that nothing has used since before the grace ceases to exist; its file goes with the same sweep or the next."""

    actor: Actor
    content: str
    grace: timedelta
    key: None = None


@dataclass(frozen=True, slots=True)
class ResealNames:
    """The names of the next attachments after an id are sealed under the current key."""

    actor: Actor
    after: int
    key: None = None


class Vanished(Unavailable):
    """The sweep removed an old unused file between its second upload and the commit: upload it once more."""


def store_of(system: System) -> FileStore:
    return FileStore(system.config.files_dir, system.keyring)


def handle_attach(tx: Tx, command: Attach) -> Result:
    root = seen_root(tx, command.case_kind, command.case_id)
    case = root.cases[command.case_id]
    if command.actor.roles <= LOOKS_ON:
        raise Forbidden("您的角色不能上传附件。", "Your role may not attach files.")
    refuse_ended(case)
    tx.query(SHARED_LOCK, (command.content,))
    if not store_of(tx.system).exists(command.content):
        raise Vanished("文件暂存已过期，请重新上传。", "The stored file has expired: upload it again.")
    twin = tx.query(TWIN, (case.id, command.kind, command.content))
    return answer(root, case, twin[0]["id"] if twin else added(tx, root, case, command))


def added(tx: Tx, root: Root, case: Case, command: Attach) -> int:
    refuse_over_quota(tx, root, command.size)
    tx.query(KEEP, (command.content, command.size, tx.now))
    attachment_id = tx.system.ids.next()
    sealed = tx.system.keyring.seal(command.name, place("attachments", "name_sealed", attachment_id))
    row = {"id": attachment_id, "root_id": case.root_id, "case_id": case.id, "kind": command.kind, "content": command.content}
    row |= {"name_sealed": sealed, "media_type": command.media_type, "size": command.size}
    tx.insert("attachments", {**row, "attached_by": command.actor.label, "attached_at": tx.now, "detached_at": None})
    record(tx, attachment_id, case.root_id, "attached")
    tx.emit("FileAttached", case.root_id, case.id, {"attachment_id": attachment_id, "kind": command.kind})
    return attachment_id


def refuse_ended(case: Case) -> None:
    if not case.open:
        raise NotPossible("事项已终结，附件不能再变动。", "The case has ended; its attachments no longer change.", case.state)


def refuse_over_quota(tx: Tx, root: Root, size: int) -> None:
    quota = tx.system.config.case_quota
    if tx.query(OF_ROOT, (root.top().id,))[0]["used"] + size > quota:
        megabytes = quota // 1024**2
        raise Refused(f"此事项的附件合计超过 {megabytes} MB。", f"The attachments of this case would exceed {megabytes} MB together.")
    if tx.query(OF_ALL)[0]["used"] + size > TOTAL_QUOTA:
        raise Unavailable("附件存储空间已满，请联系管理员。", "The space for attachments is full: tell an administrator.")


def handle_detach(tx: Tx, command: Detach) -> Result:
    if not command.reason.strip():
        raise IllFormed("请填写移除附件的理由。", "Say why the attachment is removed.", {"reason": ["必填 / required"]})
    found = one(tx, command.attachment_id)
    root = tx.root_of(found["case_kind"], found["case_id"])
    case = root.cases[found["case_id"]]
    if found["attached_by"] != command.actor.label and not command.actor.roles & REMOVES:
        raise Forbidden("只有上传人或审核人员可以移除附件。", "Only who attached it, or a reviewer, may remove it.")
    refuse_ended(case)
    one(tx, command.attachment_id)  # under the lock of the root: of two that remove it at once the second finds nothing
    tx.update("attachments", command.attachment_id, {"detached_at": tx.now})
    record(tx, command.attachment_id, case.root_id, "detached", command.reason.strip())
    tx.emit("FileDetached", case.root_id, case.id, {"attachment_id": command.attachment_id})
    return answer(root, case, command.attachment_id)


def handle_download(tx: Tx, command: Download) -> dict[str, Any]:
    found = one(tx, command.attachment_id)
    record(tx, command.attachment_id, found["root_id"], "downloaded")
    return found


def handle_destroy(tx: Tx, command: Destroy) -> int:
    """Asks again under the lock, for an upload may have taken the content into use since. Returns 1 if it was destroyed."""
    tx.query(OWN_LOCK, (command.content,))
    before = tx.now - command.grace
    if not tx.query(UNUSED + " AND name = %(name)s", {"before": before, "name": command.content}):
        return 0
    tx.writes.add("progress", "file_contents", {"name": command.content, "destroyed_at": tx.now})
    for row in tx.query("SELECT id, root_id FROM attachments WHERE content = %s", (command.content,)):
        record(tx, row["id"], row["root_id"], "destroyed")
    return 1


def handle_reseal(tx: Tx, command: ResealNames) -> int | None:
    """Returns the last id of a full batch, None when no attachment is left."""
    rows = tx.query(NEXT_NAMES, (command.after, NAMES))
    keyring = tx.system.keyring
    for row in rows:
        if key_id_of(row["name_sealed"]) != keyring.current_id():
            where = place("attachments", "name_sealed", row["id"])
            tx.update("attachments", row["id"], {"name_sealed": keyring.seal(keyring.open(row["name_sealed"], where), where)})
    return rows[-1]["id"] if len(rows) == NAMES else None


def one(tx: Tx, attachment_id: int) -> dict[str, Any]:
    condition, named = predicate(tx.actor)
    rows = tx.query(ONE + condition, {"id": attachment_id, **named})
    if not rows:
        raise Unseen()
    return rows[0]


def record(tx: Tx, attachment_id: int, root_id: int, event: str, reason: str | None = None) -> None:
    row = {"attachment_id": attachment_id, "root_id": root_id, "at": tx.now, "actor": tx.actor.label}
    tx.insert("attachment_events", {**row, "event": event, "reason": reason})


def answer(root: Root, case: Case, attachment_id: int) -> Result:
    detail = {"attachment_id": attachment_id}
    return Result(case.id, case.kind, case.root_id, case.state, case.version, detail=detail, root=root)


HANDLERS = {Attach: handle_attach, Detach: handle_detach, Download: handle_download, Destroy: handle_destroy, ResealNames: handle_reseal}
