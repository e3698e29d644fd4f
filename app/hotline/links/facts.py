"""What guards of a link ask: of the other ticket, of the link that stands, and of the reply that would be given again."""

from __future__ import annotations

from typing import Any

from app.core.gather import Gather
from app.core.registry import Loader
from app.hotline import pack_facts
from app.hotline.links.replies import approved_reply

STANDING = """SELECT id, kind, main_id, other_id, followed_at, snapshot FROM links WHERE ended_at IS NULL
AND (main_id, other_id) IN ((%(one)s, %(two)s), (%(two)s, %(one)s))"""
# Two people are held to be one when a number of the one is a number of the other.
SAME_CITIZEN = """SELECT 1 FROM citizens a JOIN citizens b ON b.id = %(other)s
WHERE a.id = %(one)s AND (b.phone_hash IN (a.phone_hash, a.calling_hash) OR b.calling_hash IN (a.phone_hash, a.calling_hash))"""
NUMBER = "SELECT number FROM tickets WHERE id = %s"
CALLER = """SELECT DISTINCT r.effect FROM citizens z JOIN caller_restrictions r ON r.phone_hash IN (z.phone_hash, z.calling_hash)
JOIN cases c ON c.id = r.id WHERE z.id = %(citizen)s AND r.ended_at IS NULL AND c.state = 'active' AND r.restricted_until > %(now)s"""


def link_other(gather: Gather) -> dict[str, Any] | None:
    """The ticket named as the main, or earlier, one. Whoever links has locked it already, both in the order of their ids."""
    named = gather.fields.get("main_ticket")
    if named is None:
        return None
    other = gather.tx.root_of("ticket", named).cases[named]
    asked = {"one": gather.case.data["citizen_id"], "other": other.data["citizen_id"]}
    return {
        "id": other.id,
        "state": other.state,
        **{name: other.data[name] for name in ("confidential", "merged_into", "registered_at", "completed_at")},
        "same_citizen": bool(gather.tx.query(SAME_CITIZEN, asked)),
    }


def main_of_other(gather: Gather) -> frozenset[str]:
    """The number of the main ticket that the other one is itself joined to."""
    other = link_other(gather)
    rows = gather.tx.query(NUMBER, (other["merged_into"],)) if other and other["merged_into"] else []
    return frozenset(row["number"] for row in rows)


def link_standing(gather: Gather) -> str:
    """The kind of the link between the two, `followed` once the joined one was completed with its main one, "" for none."""
    named = gather.fields.get("main_ticket")
    rows = gather.tx.query(STANDING, {"one": gather.case.id, "two": named}) if named else []
    if not rows:
        return ""
    return "followed" if rows[0]["followed_at"] else str(rows[0]["kind"])


def return_pending(gather: Gather) -> bool:
    """Whether the centre has yet to rule on a unit's return: its ruling would hand the ticket out while it should be at rest."""
    return any(case.kind == "return-request" and case.open for case in gather.root.cases.values())


def earlier_reply(gather: Gather) -> dict[str, str] | None:
    """The reply of the ticket that is named, or that was named when this one was proposed."""
    earlier = gather.fields.get("main_ticket") or gather.case.data["earlier_reply_of"]
    return approved_reply(gather.tx, earlier) if earlier else None


def repeat_until(gather: Gather) -> Any:
    """A pack that names no window lets no earlier reply serve again."""
    other = link_other(gather)
    return pack_facts.until(gather, other["completed_at"], "repeat_within") if other else None


def repeat_callback(gather: Gather) -> bool:
    """Every citizen is called back, unless the pack says that one who was answered with an earlier reply is not."""
    return bool(pack_facts.pack_of(gather).parameters.get("repeat_callback", True))


def caller_effects_now(gather: Gather) -> frozenset[str]:
    rows = gather.tx.query(CALLER, {"citizen": gather.case.data["citizen_id"], "now": gather.root.now})
    return frozenset(row["effect"] for row in rows)


TICKET_FACTS: dict[str, Loader] = {
    "link_other": link_other,
    "main_of_other": main_of_other,
    "link_standing": link_standing,
    "return_pending": return_pending,
    "earlier_reply": earlier_reply,
    "repeat_until": repeat_until,
    "repeat_callback": repeat_callback,
    "caller_effects_now": caller_effects_now,
}
ASSIGNMENT_FACTS: dict[str, Loader] = {"share_is_merged": lambda gather: gather.root.top().data["merged_into"] is not None}
TICKET_READY, ASSIGNMENT_READY = frozenset({"repeat_callback", "return_pending"}), frozenset({"share_is_merged"})
