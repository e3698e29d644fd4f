"""Reads of handling together: what the units below have replied, joined into a draft; suspended tickets counted apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.api.values import shown, shown_due
from app.core.actors import Actor
from app.core.root import Case, Root
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.serialize import state_label
from app.hotline.shown import hides, told, unit_of
from workflows.handling_fields import APPROVAL_LEVELS

SIGNED_OFF = frozenset({"replied", "done"})
SOON = timedelta(days=7)
TEXTS = ("reply_text", "internal_note", "public_reply")
REPLIES = """SELECT case_id, at, stage, outcome, reply_text, internal_note, public_reply FROM replies
WHERE root_id = %(root)s AND case_id = ANY(%(cases)s) ORDER BY id DESC"""
REPLY_KEYS = ("case_id", "at", "stage", "outcome", "reply_text", "internal_note", "public_reply")
STANDING = """SELECT t.lead_unit_id, t.suspension_level, count(*), count(*) FILTER (WHERE t.suspended_until < %(soon)s),
min(t.suspended_until) FROM cases c JOIN tickets t ON t.id = c.id
WHERE c.kind = 'ticket' AND c.state = 'suspended' AND c.open AND {condition} GROUP BY 1, 2 ORDER BY 1, 2"""
STAGES = """SELECT x.stage, count(*) FROM suspensions x JOIN cases c ON c.id = x.root_id
WHERE (%(since)s::timestamptz IS NULL OR x.at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR x.at < %(until)s) AND {condition}
GROUP BY 1"""


def shares_below(root: Root, share: Case) -> list[Case]:
    return sorted((child for child in root.children(share) if child.kind == "assignment"), key=lambda child: child.id)


def below_view(system: System, actor: Actor, root: Root, case_id: int, lang: str = "zh") -> dict[str, Any]:
    """The newest reply of this share, what was handed down from it and what came back. The words are for the centre and this unit alone."""
    share, named = root.cases[case_id], reference(system.engine, root.epoch)
    below = shares_below(root, share)
    reads = sees_all(actor) or share.data["unit_id"] in actor.units
    own = share.data["unit_id"] == actor.unit_id
    replies = last_replies(system, root, below, share, own) if reads else {}
    hidden = hides(root.top().data, actor)
    lines = [line_of(named, root, child, replies.get(child.id), hidden, lang) for child in below]
    drafts = [f"【{line['unit']['name']}】{line['reply']['reply_text']}" for line in lines if line["reply"] and line["signed_off"]]
    return {"reply": words_of(replies.get(case_id), hidden), "below": lines, "joined_reply": "\n\n".join(drafts) if drafts else None}


def last_replies(system: System, root: Root, below: list[Case], share: Case, own: bool) -> dict[int, dict[str, Any]]:
    """The newest words of this unit and of each below; those not yet signed off stay with the unit that wrote them."""
    signed = {child.id: child.state in SIGNED_OFF for child in (*below, share)} | ({share.id: True} if own else {})
    with reading(system) as connection:
        rows = run(connection, REPLIES, {"root": root.top().id, "cases": list(signed)})
    found: dict[int, dict[str, Any]] = {}
    for row in (dict(zip(REPLY_KEYS, row, strict=True)) for row in rows):
        if row["stage"] == "interim" or signed[row["case_id"]]:
            found.setdefault(row["case_id"], row)
    return found


def line_of(named: Reference, root: Root, child: Case, reply: Mapping[str, Any] | None, hidden: bool, lang: str) -> dict[str, Any]:
    own = (clock.id for clock in root.clocks if clock.case_id == child.id and clock.state == "running" and clock.due_at == child.due_at)
    return {
        "id": child.id, "unit": unit_of(named, child.data["unit_id"]), "state": child.state, "state_label": state_label(child, lang),
        "instructions": child.data["instructions"], "due_at": shown_due(child.due_at), "clock": next(own, None),
        "signed_off": child.state in SIGNED_OFF, "reply": words_of(reply, hidden),
    }  # fmt: skip


def words_of(reply: Mapping[str, Any] | None, hidden: bool) -> dict[str, Any] | None:
    return None if reply is None else {
        "at": shown(reply["at"]), "stage": reply["stage"], "outcome": reply["outcome"],
        **{name: told(reply[name], hidden) for name in TEXTS},
    }  # fmt: skip


def suspension_figures(system: System, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Suspended tickets are no overdue ones: they are counted here, by lead unit and by the level that approved."""
    condition, params = predicate(actor)
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        standing = run(connection, STANDING.format(condition=condition), {**params, "soon": now + SOON})
        period = {"since": asked.get("from"), "until": asked.get("to")}
        stages = dict(run(connection, STAGES.format(condition=condition), {**params, **period}))
    units = dict.fromkeys(row[0] for row in standing)
    return {
        "suspended": sum(row[2] for row in standing),
        "review_within_7_days": sum(row[3] for row in standing),
        "by_unit": [unit_figures(named, unit, [row for row in standing if row[0] == unit]) for unit in units],
        "by_level": {level: sum(row[2] for row in standing if row[1] == level) for level in APPROVAL_LEVELS},
        "period": {"requested": stages.get("requested", 0), "begun": stages.get("suspended", 0), "ended": stages.get("ended", 0)},
    }


def unit_figures(named: Reference, unit: int | None, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "unit": unit_of(named, unit), "suspended": sum(row[2] for row in rows), "review_within_7_days": sum(row[3] for row in rows),
        "next_review_at": shown(min(row[4] for row in rows)),
    }  # fmt: skip
