"""Photographs that a citizen sends: few, of moderate size, really pictures, and without what a telephone writes into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Final

from app.core.actors import CITIZEN
from app.core.bus import execute, transaction
from app.core.file_images import stripped
from app.core.file_names import clean_name, extension_of
from app.core.file_transfer import read_limited
from app.core.file_types import JPG, PNG, WEBP, FileType, sniff
from app.core.files import Attach, store_of
from app.core.system import System
from app.errors import Refusal, Refused, UnsupportedMedia

MOST: Final = 6
LIMIT: Final = 10 * 1024 * 1024
TYPES: Final = (JPG, PNG, WEBP)
EXTENSIONS: Final = frozenset(name for known in TYPES for name in (known.extension, *known.also))
COUNT: Final = """SELECT count(*) AS n FROM attachments WHERE root_id = %s AND attached_by = %s AND detached_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A photograph that lies in the store and belongs to nothing yet; what nobody attaches within a day is swept away."""

    content: str
    media_type: str
    size: int
    name: str


def keep(system: System, name: str, stream: IO[bytes]) -> Kept:
    """Looks at a photograph and stores it. Every refusal names the file."""
    try:
        data, file_type = looked_at(name, stream)
        kept = stripped(data, file_type)
    except Refusal as refusal:
        raise type(refusal)(f"“{shortened(name)}”：{refusal.zh}", f"“{shortened(name)}”: {refusal.en}") from refusal
    return Kept(store_of(system).put(kept), file_type.media_type, len(kept), clean_name(name, file_type))


def looked_at(name: str, stream: IO[bytes]) -> tuple[bytes, FileType]:
    if extension_of(name) not in EXTENSIONS:
        raise UnsupportedMedia("只能上传 JPG、PNG、WEBP 照片。", "Only JPG, PNG and WEBP pictures are taken.")
    data = read_limited(stream, LIMIT)
    file_type = sniff(data, extension_of(name))
    if file_type not in TYPES:
        raise UnsupportedMedia("内容不是 JPG、PNG、WEBP 照片。", "The content is not a JPG, PNG or WEBP picture.")
    return data, file_type


def shortened(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"


def attach(system: System, ticket: int, kept: Kept) -> None:
    """The same photograph twice is one attachment."""
    with transaction(system, CITIZEN) as tx:
        if tx.query(COUNT, (ticket, CITIZEN.label))[0]["n"] >= MOST:
            raise Refused(f"每件诉求最多 {MOST} 张照片。", f"At most {MOST} photographs for one request.")
    execute(system, Attach(CITIZEN, "ticket", ticket, "site", kept.name, kept.media_type, kept.content, kept.size))
