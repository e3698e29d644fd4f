"""Days are folded into figures, today as far as it is over, again and again with the same result; late news opens a day again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from app.clock import local
from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.registry import Chore
from app.core.system import System
from app.core.tx import Tx
from app.overview.counting import CATEGORIES, HOURS, RATES, ZONE, Counted, window

# A transaction ends within a minute: what was recorded before this long ago is there, or will never be.
SETTLED: Final = timedelta(minutes=5)
# So many days in one round of the chore, so that a long past is folded over some rounds and keeps nobody waiting.
SOME: Final = 40
TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('folding of days', 0)) AS mine"
FIRST = "SELECT min(registered_at) AS first FROM tickets"
FOLDED = "SELECT day FROM folded_days WHERE counted_until IS NULL"
# What is counted takes the place of what was kept; a figure that has not changed is not written again.
FILL = """WITH fresh AS MATERIALIZED ({counted}), gone AS (DELETE FROM {table} f WHERE f.day = %(day)s {own}
    AND NOT EXISTS (SELECT 1 FROM fresh n WHERE ({fresh_keys}) = ({kept_keys})))
INSERT INTO {table} ({keys}, count) SELECT * FROM fresh ON CONFLICT ({keys}) DO UPDATE SET count = EXCLUDED.count
WHERE {table}.count <> EXCLUDED.count"""
OF_MEASURES = "AND f.measure = ANY(%(measures)s)"
MARK = """INSERT INTO folded_days (day, folded_at, counted_until) VALUES (%(day)s, %(now)s, %(counted_until)s)
ON CONFLICT (day) DO UPDATE SET folded_at = EXCLUDED.folded_at, counted_until = EXCLUDED.counted_until"""
LOOKED = "SELECT looked_until FROM folding"
# A day of which something was recorded after it was folded, or so shortly before that the fold may not have seen it. Today is counted
# anew in each round.
OPEN_AGAIN = f"""DELETE FROM folded_days d USING (SELECT (h.at {ZONE})::date AS day, max(h.recorded_at) AS told FROM history h
    WHERE h.recorded_at >= %(since)s GROUP BY 1) n
WHERE n.day = d.day AND d.counted_until IS NULL AND n.told >= d.folded_at - %(settled)s"""
LOOK = "INSERT INTO folding (id, looked_until) VALUES (1, %(until)s) ON CONFLICT (id) DO UPDATE SET looked_until = EXCLUDED.looked_until"


def fold(system: System) -> int:
    """One round: opens days of which late news came, then folds the newest that are over and open, and of the present one what is
    settled. How many were folded as a whole."""
    if not reopened(system):
        return 0
    with transaction(system, SYSTEM) as tx:
        days, until = waiting(tx)[:SOME], tx.now - SETTLED
    folded = sum(fold_day(system, day) for day in days)
    fold_day(system, local(until).date(), until)
    return folded


def reopened(system: System) -> bool:
    """False when another process has its turn."""
    with transaction(system, SYSTEM) as tx:
        if not tx.query(TURN)[0]["mine"]:
            return False
        for row in tx.query(LOOKED):
            tx.execute(OPEN_AGAIN, {"since": row["looked_until"], "settled": SETTLED})
        tx.execute(LOOK, {"until": tx.wall - SETTLED})
        finish(tx)
    return True


def waiting(tx: Tx) -> list[date]:
    """The days that are over and not folded, the newest first, back to that of the first demand."""
    found = tx.query(FIRST)[0]["first"]
    if found is None:
        return []
    folded = {row["day"] for row in tx.query(FOLDED)}
    last = local(tx.now - SETTLED).date() - timedelta(days=1)
    span = (last - local(found).date()).days + 1
    days = (last - timedelta(days=back) for back in range(span))
    return [day for day in days if day not in folded]


def fold_day(system: System, day: date, until: datetime | None = None) -> int:
    """All figures of one day, up to an instant of it or whole, in one transaction: whoever reads meanwhile sees the old ones."""
    with transaction(system, SYSTEM) as tx:
        if not tx.query(TURN)[0]["mine"]:
            return 0
        asked = {**window(system, day, day + timedelta(days=1), end=until), "day": day, "now": tx.wall, "counted_until": until}
        for counted in (HOURS, RATES, CATEGORIES):
            tx.execute(filled(counted), {**asked, "measures": list(counted.measures)})
        tx.execute(MARK, asked)
        finish(tx)
    return 1


def filled(counted: Counted) -> str:
    kept, fresh = (", ".join(f"{row}.{key}" for key in counted.keys) for row in "fn")
    return FILL.format(
        counted=counted.sql, table=counted.table, own=OF_MEASURES if counted.measures else "", keys=", ".join(counted.keys),
        kept_keys=kept, fresh_keys=fresh,
    )  # fmt: skip


CHORES = (Chore("fold days", 60.0, fold),)
