"""When the outbox tells, notices and their deliveries are written, once however often it tells; nothing leaves the house here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.clock import local
from app.core.load import bundle_for, read_root
from app.core.registry import Reaction
from app.core.root import Case, Root
from app.core.tx import Tx
from app.core.writes import encode
from app.hotline.audience import People, Recipient
from app.notices import rulebook
from app.notices.timing import after_quiet, end_of_window
from rules.derived import EVENTS
from rules.notice_rows import CITIZEN as TO_CITIZEN
from rules.notice_rows import RUNG as BY_RUNG
from rules.packs import Pack
from rules.tables import Choice

NOTIFY = "notify:"
CITIZEN = Recipient(None, "citizen")
WORK = ("handle_clock", "supervision_clock", "instruction_clock")
KINDS_OF = "SELECT id, kind, pack FROM cases WHERE id = ANY(%s)"
SETTINGS = "SELECT user_id, channels FROM notice_settings WHERE user_id = ANY(%s)"
REAL = "SELECT purpose NOT IN ('demo', 'simulation') AS real FROM installation"
PHONE = "SELECT phone_sealed IS NOT NULL AS given FROM citizens WHERE id = %s"
RECENT = """SELECT count(*) AS n FROM deliveries d JOIN notices n ON n.id = d.notice_id
WHERE d.user_id = %(user)s AND d.channel = %(channel)s AND d.channel <> 'inbox' AND d.created_at > %(since)s AND NOT n.critical
AND d.status <> 'suppressed'"""
KEEP = """INSERT INTO notices SELECT * FROM jsonb_populate_recordset(NULL::notices, %s::jsonb)
ON CONFLICT (source, rule_row) DO NOTHING RETURNING id"""
KEEP_DELIVERIES = "INSERT INTO deliveries SELECT * FROM jsonb_populate_recordset(NULL::deliveries, %s::jsonb) ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class Told:
    """One event with the case that it happened to, read anew: what is told is what holds when it is told."""

    row: Mapping[str, Any]
    root: Root
    case: Case
    pack: Pack

    @property
    def source(self) -> str:
        """What happened, however often it is said: the history row, or the outbox row of what has no case history."""
        seq = self.row["payload"].get("seq")
        return f"{self.row['case_id']}:{seq}" if seq else f"outbox:{self.row['id']}"


@dataclass(frozen=True)
class Notice:
    """One event told to some people by one row of the rules; `row` is what is kept of it."""

    told: Told
    choice: Choice
    recipients: Sequence[Recipient]
    row: dict[str, Any]


@dataclass
class Post:
    """What leaves together. `sent` counts what goes to one person by one way, with what went before, so that a storm ends in a digest."""

    tx: Tx
    real: bool
    sent: dict[tuple[int, str, int], int] = field(default_factory=dict)

    def sent_before(self, user: int, channel: str, minutes: int) -> int:
        """How many have gone within so many minutes; the one asked for is counted with the next."""
        way = (user, channel, minutes)
        if way not in self.sent:
            since = self.tx.now - timedelta(minutes=minutes)
            self.sent[way] = self.tx.query(RECENT, {"user": user, "channel": channel, "since": since})[0]["n"]
        self.sent[way] += 1
        return self.sent[way] - 1


def tell(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    people = People(tx.query, tx.now)
    keep(tx, [notice for told in read(tx, rows) for notice in notices_of(tx, people, told)])


def read(tx: Tx, rows: Sequence[dict[str, Any]]) -> Iterable[Told]:
    """The cases as they stand, each tree read once and not locked: a notice changes nothing."""
    cases = {row["id"]: row for row in tx.query(KINDS_OF, ([row["case_id"] for row in rows],))}
    roots: dict[int, Root] = {}
    for row in rows:
        case_id = row["case_id"]
        pack = tx.system.settings.pack(cases[case_id]["pack"]) if case_id in cases else None
        if pack is None or not concerns(row, pack):
            continue
        if row["root_id"] not in roots:
            tx.wire.say(bundle_for(tx.system.registry, cases[case_id]["kind"]), "(bigint)", (case_id,))
            roots[row["root_id"]] = read_root(tx.system.registry, tx.wire.go())
        root = roots[row["root_id"]]
        yield Told(row, root, root.cases[case_id], pack)


def concerns(row: Mapping[str, Any], pack: Pack) -> bool:
    """Most rungs only mark: where the pack leaves it to the rung whom to tell, such a one is nobody's news, and its case is not read."""
    if row["event"] != "ClockRung" or any(action.startswith(NOTIFY) for action in row["payload"].get("actions", ())):
        return True
    return not rulebook.rungs_decide(pack)


def notices_of(tx: Tx, people: People, told: Told) -> Iterable[Notice]:
    """Every row of the rules that the event meets; by rows of one kind nobody is told twice."""
    reached: set[tuple[str, int | None]] = set()
    for choice in rulebook.rows_for(told.pack, facts_of(tx, told), local(tx.now).date()):
        kind = choice.result["kind"]
        found = {each.user_id: each for each in reversed(list(called(people, told, choice)))}
        fresh = [each for user, each in sorted(found.items(), key=lambda item: item[0] or 0) if (kind, user) not in reached]
        reached |= {(kind, each.user_id) for each in fresh}
        if fresh:
            yield Notice(told, choice, fresh, row_of(tx, told, choice))


def facts_of(tx: Tx, told: Told) -> dict[str, object]:
    kind, payload = tx.system.registry.kinds[told.case.kind], told.row["payload"]
    beside = {"clock": payload.get("name"), "level": payload.get("level")} if told.row["event"] == "ClockRung" else {}
    return {**kind.rule_facts(told.root, told.case), **beside, "event": told.row["event"]}


def called(people: People, told: Told, choice: Choice) -> Iterable[Recipient]:
    for named in choice.result["to"]:
        if named == TO_CITIZEN:
            yield CITIZEN
        elif named == BY_RUNG:
            for action in told.row["payload"].get("actions", ()):
                if action.startswith(NOTIFY):
                    yield from people.audience(told.root, told.case, action.removeprefix(NOTIFY))
        else:
            yield from people.audience(told.root, told.case, named)


def row_of(tx: Tx, told: Told, choice: Choice) -> dict[str, Any]:
    return {
        "id": tx.system.ids.next(), "source": told.source, "event": told.row["event"], "kind": choice.result["kind"],
        "root_id": told.case.root_id, "case_id": told.case.id, "params": params_of(told), "critical": bool(choice.result.get("critical")),
        "pack": told.case.pack, "rule_row": choice.row_id, "created_at": tx.now,
    }  # fmt: skip


def keep(tx: Tx, notices: Sequence[Notice]) -> None:
    """All of them by two statements, however many; only what was not kept before is delivered."""
    if not notices:
        return
    fresh = {row["id"] for row in tx.execute(KEEP, (packed([notice.row for notice in notices]),))}
    kept = [notice for notice in notices if notice.row["id"] in fresh]
    if not kept:
        return
    post = Post(tx, tx.query(REAL)[0]["real"])
    wishes = wishes_of(tx, sorted({each.user_id for notice in kept for each in notice.recipients if each.user_id}))
    deliveries = [
        delivery(post, notice, each, channel)
        for notice in kept
        for each in notice.recipients
        for channel in channels_for(each, notice.choice, wishes.get(each.user_id or 0, {}).get(notice.row["kind"]))
    ]
    tx.execute(KEEP_DELIVERIES, (packed(deliveries),))


def packed(row: Any) -> str:
    return orjson.dumps(row, default=encode).decode()


def params_of(told: Told) -> dict[str, Any]:
    """Ids and codes that words are made of later; what a citizen said, and who he is, is not among them."""
    top, case, payload = told.root.top(), told.case, told.row["payload"]
    unit = case.data.get("unit_id") or top.data.get("lead_unit_id")
    flow = case.workflow
    number = case.data.get("number") or top.data.get("number") or f"#{case.id}"
    found = {
        "number": number, "type": top.data.get("type"), "urgency": top.data.get("urgency"),
        "state": [flow.name, flow.version, case.state], "due": due_of(told), "unit": unit, "clock": payload.get("name"),
        "rung": payload.get("rung"), "late": payload.get("late"), "round": top.data.get("round"),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def due_of(told: Told) -> datetime | None:
    """The limit that rang; else by when the work is to be done, which is not the limit for signing; else the nearest of all."""
    rang = next((clock for clock in told.root.clocks if clock.id == told.row["payload"].get("clock")), None)
    if rang is not None:
        return rang.due_at
    case: Case | None = told.case
    while case is not None:
        running = {clock.name: clock.due_at for clock in told.root.running(case)}
        if found := next((running[name] for name in WORK if running.get(name)), None):
            return found
        case = told.root.cases.get(case.parent_id or 0)
    return told.case.due_at or told.root.top().due_at


def wishes_of(tx: Tx, users: list[int]) -> dict[int, dict[str, list[str]]]:
    """What each has chosen, by the kind of notice."""
    return {row["user_id"]: row["channels"] for row in tx.query(SETTINGS, (users,))} if users else {}


def channels_for(recipient: Recipient, choice: Choice, wished: list[str] | None) -> list[str]:
    """A citizen by SMS only. An inbox always; beside it what the rule says, or what the person chose; what is critical, by both."""
    ruled = choice.result["channels"]
    if recipient.user_id is None:
        return ["sms"]
    outside = set(ruled) if wished is None else set(wished) | (set(ruled) if choice.result.get("critical") else set())
    return ["inbox", *sorted(outside - {"inbox"})]


def delivery(post: Post, notice: Notice, recipient: Recipient, channel: str) -> dict[str, Any]:
    tx = post.tx
    row = {
        "id": tx.system.ids.next(), "notice_id": notice.row["id"], "user_id": recipient.user_id, "channel": channel, "via": recipient.via,
        "status": "sent", "why": None, "held": False, "attempts": 0, "created_at": tx.now, "next_try_at": None, "sent_at": None,
    }  # fmt: skip
    if channel == "inbox":
        return {**row, "sent_at": tx.now}
    why = why_not(tx, post.real, notice.told, recipient, channel)
    if why:
        return {**row, "status": "suppressed", "why": why}
    at, held = first_try(post, notice, recipient, channel)
    return {**row, "status": "waiting", "next_try_at": at, "held": held}


def why_not(tx: Tx, real: bool, told: Told, recipient: Recipient, channel: str) -> str | None:
    """Why nothing will leave the house for this delivery; said, never pretended."""
    if not real:
        return "not_real"
    if not getattr(tx.system.config.channels, f"{channel}_url"):
        return "not_configured"
    if recipient.user_id is not None:
        return None
    ticket = told.root.top().data
    if ticket.get("anonymous") or ticket.get("confidential"):
        return "anonymous" if ticket.get("anonymous") else "confidential"
    given = tx.query(PHONE, (ticket.get("citizen_id"),))
    return None if given and given[0]["given"] else "no_address"


def first_try(post: Post, notice: Notice, recipient: Recipient, channel: str) -> tuple[datetime, bool]:
    """At once; or at the end of the window when too much has gone this way already; and never in quiet hours, unless critical."""
    now, pack = post.tx.now, notice.told.pack
    if notice.row["critical"]:
        return now, False
    most, minutes = rulebook.digest_after(pack)
    held = recipient.user_id is not None and post.sent_before(recipient.user_id, channel, minutes) >= most
    return after_quiet(end_of_window(now, minutes) if held else now, rulebook.quiet_hours(pack)), held


REACTIONS = (Reaction("tell_people", frozenset(EVENTS), tell),)
