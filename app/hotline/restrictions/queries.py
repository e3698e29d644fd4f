"""What is decided of a number that is just calling, in the words of the pack."""

from __future__ import annotations

from typing import Any

from app.core.system import System
from app.hotline.queries import now_of, reading, run
from app.hotline.restrictions.words import spelt

OF_NUMBER = """SELECT DISTINCT r.effect FROM caller_restrictions r JOIN cases c ON c.id = r.id
WHERE r.phone_hash = ANY(%(hashes)s::bytea[]) AND r.ended_at IS NULL AND c.state = 'active' AND r.restricted_until > %(now)s ORDER BY 1"""


def of_number(system: System, number: str) -> list[dict[str, Any]]:
    """The demand is registered whatever this says."""
    with reading(system) as connection:
        now, _ = now_of(system, connection)
        rows = run(connection, OF_NUMBER, {"hashes": system.keyring.lookups("phone", number), "now": now})
    return spelt(system, system.settings.current_pack, "restriction_effects", [row[0] for row in rows])
