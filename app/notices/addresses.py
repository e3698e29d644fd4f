"""Where a person or a citizen can be reached: sealed at rest, opened only by the step that sends, never kept beside what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.masking import MOBILE, mask_phone
from app.core.secrets import Keyring, place
from app.hotline.citizens import opened, raw, tracking_code
from app.notices.models import NoticeSetting

ADDRESSES = ("phone", "mail", "chat")
TABLE = NoticeSetting.__tablename__
OF_CHANNEL = {"sms": "phone", "mail": "mail", "chat": "chat"}


def seal(keyring: Keyring, user_id: int, found: Mapping[str, str]) -> bytes | None:
    return keyring.seal(orjson.dumps(dict(found)), place(TABLE, "addresses_sealed", user_id)) if found else None


def unseal(keyring: Keyring, user_id: int, blob: Any) -> dict[str, str]:
    """The addresses of one person; nothing for one who has given none."""
    if blob is None:
        return {}
    found: dict[str, str] = orjson.loads(keyring.open(raw(blob), place(TABLE, "addresses_sealed", user_id)))
    return found


def masked(found: Mapping[str, str]) -> dict[str, str | None]:
    mail = found.get("mail")
    return {
        "phone": mask_phone(found["phone"]) if "phone" in found else None,
        "mail": f"{mail[:1]}***@{mail.rpartition('@')[2]}" if mail else None,
        "chat": found.get("chat"),
    }


def of_citizen(keyring: Keyring, row: Mapping[str, Any]) -> str | None:
    """A mobile number that can take an SMS: `row` has the citizen's id and sealed phone."""
    phone = opened(keyring, row, ("phone",))["phone"]
    return phone if phone is not None and MOBILE.fullmatch(phone) else None


def link_of(keyring: Keyring, public_url: str, row: Mapping[str, Any]) -> str:
    """The citizen's own page; without a public address, the code that opens it at the counter."""
    code = tracking_code(keyring, row)
    return f"{public_url}/t/{code}" if public_url else f"查询码{code}"
