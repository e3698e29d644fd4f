"""A file on its way in is examined, stripped, sealed and on disk before its row commits; on its way out it is only ever a download."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from app.core.actors import Actor
from app.core.bus import Result, execute, transaction
from app.core.file_images import stripped
from app.core.file_models import KINDS
from app.core.file_names import clean_name, download_headers, extension_of
from app.core.file_types import sniff
from app.core.files import Attach, Download, Vanished, store_of
from app.core.secrets import KeyUnknown, SealBroken, place
from app.core.system import System
from app.core.visibility import predicate
from app.errors import IllFormed, TooLarge, Unavailable, Unseen

logger = logging.getLogger(__name__)

CHUNK: Final = 256 * 1024
LISTED: Final = """SELECT t.id, t.case_id, t.kind, t.name_sealed, t.media_type, t.size, t.attached_by, t.attached_at
FROM attachments t JOIN cases c ON c.id = t.case_id WHERE t.root_id = %(root)s AND t.detached_at IS NULL AND """


@dataclass(frozen=True, slots=True)
class Listed:
    """What may be known of an attachment without taking it."""

    id: int
    case_id: int
    kind: str
    name: str
    media_type: str
    size: int
    attached_by: str
    attached_at: datetime


def upload(
    system: System, actor: Actor, case_kind: str, case_id: int, kind: str, name: str, stream: IO[bytes], key: str | None = None
) -> Result:
    """Reads, examines, stores and attaches a file; `detail["attachment_id"]` names it. The same file again is the same attachment.

    Raises Unseen, IllFormed, TooLarge, UnsupportedMedia or Refused; a refused file leaves at most an unused one for the sweep.
    """
    if kind not in KINDS:
        raise IllFormed("附件类别不正确。", "Unknown kind of attachment.", {"kind": [f"{' | '.join(KINDS)}"]})
    may_see(system, actor, case_id)
    data = read_limited(stream, system.config.upload_limit)
    file_type = sniff(data, extension_of(name))
    kept = stripped(data, file_type) if file_type.image else data
    shown = clean_name(name, file_type)

    def attach() -> Result:
        content = store_of(system).put(kept)
        command = Attach(actor, case_kind, case_id, kind, shown, file_type.media_type, content, len(kept), key)
        result: Result = execute(system, command)
        return result

    try:
        return attach()
    except Vanished:
        return attach()


def read_limited(stream: IO[bytes], limit: int) -> bytes:
    """All of the stream, or TooLarge as soon as it has proved too long, whatever length it claimed."""
    parts: list[bytes] = []
    left = limit
    while chunk := stream.read(min(CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            megabytes = limit // 1024**2
            raise TooLarge(f"文件超过 {megabytes} MB 的上限。", f"The file is larger than the limit of {megabytes} MB.")
        parts.append(chunk)
    if not parts:
        raise IllFormed("文件是空的。", "The file is empty.", {"file": ["空文件 / empty"]})
    return b"".join(parts)


def may_see(system: System, actor: Actor, case_id: int) -> None:
    """Asked before the work of examining a file; the command asks again under its lock."""
    if actor.kind == "citizen":
        return
    condition, named = predicate(actor)
    with transaction(system, actor) as tx:
        if not tx.query(f"SELECT 1 AS seen FROM cases c WHERE c.id = %(id)s AND {condition}", {"id": case_id, **named}):
            raise Unseen()


def download(system: System, actor: Actor, attachment_id: int) -> tuple[bytes, dict[str, str]]:
    """The content and the headers to send it with. Raises Unseen; Unavailable when the file is missing or damaged."""
    found = execute(system, Download(actor, attachment_id))
    name = name_of(system, found)
    try:
        data = store_of(system).get(found["content"])
    except (FileNotFoundError, SealBroken, KeyUnknown) as error:
        logger.error("attachment %s cannot be read: %s", attachment_id, type(error).__name__)
        raise Unavailable(
            "附件文件缺失或损坏，请联系管理员。", "The attachment's file is missing or damaged: tell an administrator."
        ) from error
    return data, download_headers(name, found["media_type"], len(data))


def listed(system: System, actor: Actor, root_id: int) -> list[Listed]:
    """The attachments of a case and of everything under it, oldest first; none where the actor may not see the case."""
    condition, named = predicate(actor)
    with transaction(system, actor) as tx:
        rows = tx.query(f"{LISTED}{condition} ORDER BY t.id", {"root": root_id, **named})
    return [Listed(name=name_of(system, row), **{key: row[key] for key in row if key != "name_sealed"}) for row in rows]


def name_of(system: System, row: dict[str, Any]) -> str:
    return system.keyring.open_text(row["name_sealed"], place("attachments", "name_sealed", row["id"]))
