"""What notices need done once in a while: messages sent every few seconds, and once an hour what was read long ago forgotten."""

from __future__ import annotations

from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.registry import Chore
from app.core.system import System
from app.notices.sending import send_due

SOME = 5_000
# Of an inbox what was read a quarter of a year ago, or never read for a year; of the rest what ended a year ago. What is given up stays.
FORGET = """DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE
  (channel = 'inbox' AND (read_at < %(now)s - interval '90 days' OR created_at < %(now)s - interval '1 year'))
  OR (channel <> 'inbox' AND status IN ('sent', 'suppressed') AND created_at < %(now)s - interval '1 year')
  LIMIT %(some)s) RETURNING id"""
EMPTY = """DELETE FROM notices WHERE id IN (SELECT n.id FROM notices n WHERE n.created_at < %(now)s - interval '90 days'
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notice_id = n.id) LIMIT %(some)s) RETURNING id"""


def forget(system: System) -> int:
    """How many deliveries were forgotten; the history of the ticket itself is not touched."""
    forgotten = 0
    while True:
        with transaction(system, SYSTEM) as tx:
            gone = len(tx.execute(FORGET, {"now": tx.now, "some": SOME}))
            empty = len(tx.execute(EMPTY, {"now": tx.now, "some": SOME}))
            finish(tx)
        forgotten += gone
        if max(gone, empty) < SOME:
            return forgotten


CHORES = (Chore("send_notices", 2.0, send_due), Chore("forget_notices", 3600.0, forget))
GAUGES = {
    "notices_given_up": "SELECT count(*) FROM deliveries WHERE status = 'given_up'",
    "notices_overdue": """SELECT count(*) FROM deliveries WHERE status IN ('waiting', 'sending', 'failed')
   AND next_try_at < (SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM installation) - interval '10 minutes'""",
}
