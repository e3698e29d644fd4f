"""Days that are over are folded into figures, one by one, again and again with the same result; late news opens a day again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from app.clock import local
from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.registry import Chore
from app.core.system import System
from app.core.tx import Tx
from app.overview.counting import CATEGORIES, HOURS, RATES, ZONE, window

# A transaction ends within a minute: what was recorded before this long ago is there, or will never be.
SETTLED: Final = timedelta(minutes=5)
# So many days in one round of the chore, so that a long past is folded over some rounds and keeps nobody waiting.
SOME: Final = 40
TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('folding of days', 0)) AS mine"
FIRST = "SELECT min(registered_at) AS first FROM tickets"
FOLDED = "SELECT day FROM folded_days"
FORGET = "DELETE FROM {table} WHERE day = %(day)s"
FILL = "INSERT INTO day_figures (day, unit_id, measure, hour, count) {counted}"
FILL_CATEGORIES = f"INSERT INTO category_figures (day, unit_id, category_id, count) {CATEGORIES}"
MARK = """INSERT INTO folded_days (day, folded_at) VALUES (%(day)s, %(now)s)
ON CONFLICT (day) DO UPDATE SET folded_at = EXCLUDED.folded_at"""
LOOKED = "SELECT looked_until FROM folding"
# A day of which something was recorded after it was folded, or so shortly before that the fold may not have seen it.
OPEN_AGAIN = f"""DELETE FROM folded_days d USING (SELECT (h.at {ZONE})::date AS day, max(h.recorded_at) AS told FROM history h
    WHERE h.recorded_at >= %(since)s GROUP BY 1) n WHERE n.day = d.day AND n.told >= d.folded_at - %(settled)s"""
LOOK = "INSERT INTO folding (id, looked_until) VALUES (1, %(until)s) ON CONFLICT (id) DO UPDATE SET looked_until = EXCLUDED.looked_until"


def fold(system: System) -> int:
    """One round: opens days of which late news came, then folds the newest that are over and open. How many were folded."""
    if not reopened(system):
        return 0
    with transaction(system, SYSTEM) as tx:
        days = waiting(tx)[:SOME]
    return sum(fold_day(system, day) for day in days)


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


def fold_day(system: System, day: date) -> int:
    """All figures of one day, in one transaction: whoever reads meanwhile sees the old ones or counts by himself."""
    with transaction(system, SYSTEM) as tx:
        if not tx.query(TURN)[0]["mine"]:
            return 0
        asked: dict[str, Any] = {**window(system, day, day + timedelta(days=1)), "day": day, "now": tx.wall}
        for table in ("day_figures", "category_figures"):
            tx.execute(FORGET.format(table=table), asked)
        for counted in (HOURS, RATES):
            tx.execute(FILL.format(counted=counted), asked)
        tx.execute(FILL_CATEGORIES, asked)
        tx.execute(MARK, asked)
        finish(tx)
    return 1


CHORES = (Chore("fold days", 60.0, fold),)
