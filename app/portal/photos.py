"""Photographs of a form that is not finished: they lie in the store, and the form itself carries the sealed slip that claims them."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import astuple

import orjson
from werkzeug.datastructures import FileStorage

from app.core.secrets import Keyring
from app.core.system import System
from app.errors import Refusal, Refused
from app.hotline.public_photos import MOST, Kept, attach, keep

SLIP = "portal_photo"


def slip(keyring: Keyring, key: str, kept: Kept) -> str:
    """Good for the form of this key only."""
    packed = urlsafe_b64encode(orjson.dumps(astuple(kept))).decode()
    return f"{packed}.{keyring.lookup(SLIP, f'{key} {packed}').hex()}"


def claimed(keyring: Keyring, key: str, slips: Iterable[str]) -> list[Kept]:
    """The photographs that a form brings back, each once. A slip that is not ours claims nothing."""
    found: dict[str, Kept] = {}
    for text in slips:
        packed, _, mac = text.rpartition(".")
        if any(hmac.compare_digest(mac.encode(), known.hex().encode()) for known in keyring.lookups(SLIP, f"{key} {packed}")):
            kept = Kept(*orjson.loads(urlsafe_b64decode(packed)))
            found[kept.content] = kept
    return list(found.values())[:MOST]


def taken(system: System, before: list[Kept], files: Iterable[FileStorage]) -> tuple[list[Kept], list[Refusal]]:
    """All photographs of the form, those that have just come looked at and stored, and why each of the others was refused."""
    found, refused = {kept.content: kept for kept in before}, list[Refusal]()
    for file in files:
        try:
            if len(found) >= MOST:
                zh = f"最多 {MOST} 张照片，“{file.filename}”未收。"
                raise Refused(zh, f"At most {MOST} photographs; “{file.filename}” was left out.")
            kept = keep(system, file.filename or "", file.stream)
            found[kept.content] = kept
        except Refusal as refusal:
            refused.append(refusal)
    return list(found.values()), refused


def attached(system: System, ticket: int, photos: Iterable[Kept]) -> list[str]:
    """Names of those that could not be attached after all: the demand is registered without them, and they can be sent again."""
    lost = []
    for kept in photos:
        try:
            attach(system, ticket, kept)
        except Refusal:
            lost.append(kept.name)
    return lost
