"""How much one telephone number has registered by itself, and whether it has just said the same: read from the tickets themselves."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.core.actors import CITIZEN
from app.core.bus import transaction
from app.core.system import System
from app.hotline.citizens import tracking_code

# By the citizen himself: what an agent wrote down for him is no sign of a machine.
RECENT = """
SELECT t.id, t.number, t.content, t.citizen_id, t.tracking_sealed, c.created_at > %(now)s - interval '1 hour' AS in_hour,
  c.created_at > %(now)s - interval '30 minutes' AS just_now
FROM citizens z JOIN tickets t ON t.citizen_id = z.id JOIN cases c ON c.id = t.id
WHERE z.phone_hash = ANY(%(phone)s) AND t.created_by = %(citizen)s AND c.created_at > %(now)s - interval '1 day'
ORDER BY t.id DESC LIMIT 50
"""
NO_MATTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Recent:
    """Registered by this number within the hour and the day; `same` is the code of a ticket that said the same just now."""

    hour: int
    day: int
    same: str | None


def recent(system: System, phone: str, content: str) -> Recent:
    """`phone` in its one spelling."""
    with transaction(system, CITIZEN) as tx:
        hashes = system.keyring.lookups("phone", phone)
        rows = tx.query(RECENT, {"now": tx.now, "phone": hashes, "citizen": CITIZEN.label})
    wanted = bare(content)
    same = next((row for row in rows if row["just_now"] and bare(row["content"]) == wanted), None)
    return Recent(sum(row["in_hour"] for row in rows), len(rows), tracking_code(system.keyring, same) if same else None)


def bare(text: str) -> str:
    """What is left of words when blanks, punctuation, width and case do not count; all of it when nothing would be left."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return NO_MATTER.sub("", folded) or folded
