"""Messages leave between transactions: claimed and committed, then sent, then the result written; who dies in between loses the lease."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from app.clock import wall
from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.secrets import KeyUnknown, SealBroken
from app.core.sweep import NOW
from app.core.system import System
from app.errors import trail_of
from app.notices import addresses, rulebook, wording
from app.notices.gateways import SEND
from app.notices.posting import Message, Outcome
from app.notices.timing import LEASE, TRIES, next_try, segments

logger = logging.getLogger(__name__)
AT_ONCE, THREADS = 64, 8
# One claim at a time, so that two workers do not make two digests of one storm. Held for the length of a short transaction.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('notices', 0))"
CLAIM = f"""
SELECT d.id, d.user_id, d.channel, d.attempts, d.held, d.why, d.digest_of, n.root_id, n.kind, n.params, n.critical, n.pack, n.rule_row
FROM deliveries d JOIN notices n ON n.id = d.notice_id
WHERE d.status IN ('waiting', 'sending', 'failed') AND d.next_try_at <= {NOW} AND (d.digest_of IS NULL OR d.digest_of = d.id)
ORDER BY n.critical DESC, d.next_try_at, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
"""
MEMBERS = """SELECT n.kind FROM deliveries d JOIN notices n ON n.id = d.notice_id WHERE d.digest_of = %s"""
TAKE = """UPDATE deliveries SET status = 'sending', attempts = attempts + 1, next_try_at = %(until)s, digest_of = %(digest)s
WHERE id = %(id)s"""
JOIN = "UPDATE deliveries SET status = 'sending', digest_of = %(digest)s, next_try_at = NULL WHERE id = ANY(%(ids)s)"
OF_USER = "SELECT addresses_sealed FROM notice_settings WHERE user_id = %s"
OF_TICKET = """SELECT c.id, c.phone_sealed, t.citizen_id, t.tracking_sealed FROM tickets t JOIN citizens c ON c.id = t.citizen_id
WHERE t.id = %s"""
# What was taken is sent, whatever a slower twin says afterwards; a failure counts only for the try that it belongs to.
SENT = f"""UPDATE deliveries SET status = 'sent', why = NULL, sent_at = {NOW}, next_try_at = NULL, reference = %(reference)s,
segments = %(segments)s WHERE (id = %(id)s OR digest_of = %(id)s) AND status <> 'sent'"""
FAILED = """UPDATE deliveries SET status = %(status)s, why = %(why)s, next_try_at = CASE WHEN id = %(id)s THEN %(at)s::timestamptz END
WHERE (id = %(id)s OR digest_of = %(id)s) AND status = 'sending'
AND (SELECT attempts FROM deliveries WHERE id = %(id)s) = %(attempts)s"""


@dataclass(frozen=True)
class Task:
    """One message to be sent: the delivery that carries it, the words' makings, and the sealed address."""

    row: Mapping[str, Any]
    attempts: int
    digest: Sequence[Mapping[str, Any]]
    address: Mapping[str, Any]


def send_due(system: System) -> int:
    """Sends everything that is due, and returns how many messages were tried."""
    tried = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="notices") as pool:
        while tasks := claim(system):
            for _ in pool.map(lambda task: one(system, task), tasks):
                tried += 1
    return tried


def claim(system: System) -> list[Task]:
    with transaction(system, SYSTEM) as tx:
        tx.execute(TURN)
        rows = tx.query(CLAIM, {"limit": AT_ONCE})
        tasks = []
        for group in grouped(system, rows):
            row = group[0]
            digest = row["id"] if len(group) > 1 else row["digest_of"]
            tx.execute(TAKE, {"id": row["id"], "until": tx.now + LEASE, "digest": digest})
            if len(group) > 1:
                tx.execute(JOIN, {"digest": digest, "ids": [each["id"] for each in group[1:]]})
            asked = (OF_TICKET, row["root_id"]) if row["user_id"] is None else (OF_USER, row["user_id"])
            found = tx.query(asked[0], (asked[1],))
            members = tx.query(MEMBERS, (digest,)) if digest else []
            tasks.append(Task(row, row["attempts"] + 1, members, found[0] if found else {}))
        if rows:
            finish(tx)
    return tasks


def grouped(system: System, rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Each alone, except what becomes a digest: fresh messages to one person by one channel that waited for it, or are too many."""
    fresh: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    alone = []
    for row in rows:
        if row["critical"] or row["user_id"] is None or row["attempts"] or row["digest_of"] or row["why"]:
            alone.append([row])
        else:
            fresh[row["user_id"], row["channel"]].append(row)
    for group in fresh.values():
        most, _ = rulebook.digest_after(system.settings.pack(group[0]["pack"]))
        together = len(group) > 1 and (len(group) > most or any(row["held"] for row in group))
        alone += [group] if together else [[row] for row in group]
    return alone


def one(system: System, task: Task) -> None:
    """Nothing that one message meets may stop the others, and nothing of it is written to the log but its number."""
    try:
        outcome, length = tried(system, task)
    except (KeyUnknown, SealBroken) as error:
        logger.error("delivery %s: %s", task.row["id"], type(error).__name__)
        outcome, length = Outcome("unopened", final=True), None
    except Exception as error:  # noqa: BLE001 - a mistake of our own is a failed try like any other, and given up like any other.
        logger.error("delivery %s could not be sent: %s", task.row["id"], trail_of(error))
        outcome, length = Outcome("broken"), None
    write(system, task, outcome, length)


def tried(system: System, task: Task) -> tuple[Outcome, int | None]:
    """How it went, and how many SMS it was. What was interrupted again and again without a result is not sent once more."""
    if task.attempts > TRIES:
        return Outcome("withheld", final=True), None
    message = message_of(system, task)
    if message is None:
        return Outcome("no_address", final=True), None
    outcome = SEND[message.channel](system.config.channels, message)
    return outcome, segments(message.text) if message.channel == "sms" else None


def message_of(system: System, task: Task) -> Message | None:
    row, keyring, public = task.row, system.keyring, system.config.channels.public_url
    if row["user_id"] is None:
        to, link = addresses.of_citizen(keyring, task.address), addresses.link_of(keyring, public, task.address)
    else:
        found = addresses.unseal(keyring, row["user_id"], task.address.get("addresses_sealed"))
        to, link = found.get(addresses.OF_CHANNEL[row["channel"]]), f"{public}/tickets/{row['root_id']}" if public else ""
    if to is None:
        return None
    text = wording.digest(task.digest) if task.digest else wording.sentence(system, row, "zh", link)
    subject = f"【12345热线】{rulebook.word('kind', row['kind'], 'zh')}"
    return Message(f"citydesk-{row['id']}", row["channel"], to, subject, text, int(wall().timestamp()))


def write(system: System, task: Task, outcome: Outcome, length: int | None) -> None:
    row = task.row
    with transaction(system, SYSTEM) as tx:
        if outcome.why is None:
            tx.execute(SENT, {"id": row["id"], "reference": outcome.reference, "segments": length})
        else:
            over = outcome.final or task.attempts >= TRIES
            quiet = None if row["critical"] else rulebook.quiet_hours(system.settings.pack(row["pack"]))
            at = None if over else next_try(tx.now, task.attempts, quiet)
            ended = "suppressed" if outcome.why == "no_address" else "given_up"
            asked = {"id": row["id"], "attempts": task.attempts, "why": outcome.why, "at": at}
            tx.execute(FAILED, asked | {"status": ended if over else "failed"})
        finish(tx)
    if outcome.why is not None:
        logger.warning("delivery %s by %s: %s at try %s", row["id"], row["channel"], outcome.why, task.attempts)
