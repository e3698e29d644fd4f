"""The dispatch desk: what waits, the ticket with its suggested unit, two keys to dispatch, some minutes to take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Refusal, Unseen
from app.hotline.desks import batches, undoing
from app.web.acts import refused, transition
from app.web.drafts import resumed
from app.web.forms import picked
from app.web.look import Done, Look, Page, Shown
from app.web.tabs import counts_of

ROLES = frozenset({"dispatcher"})
HOME = "/desk/dispatch"
WAITING = {"accepted": ("待派单", "To dispatch"), "registered": ("待受理", "To accept")}
# What is due first is shown; the rest comes up as the desk is worked off.
MOST = 50
UNDO_REASON = "派单员撤销刚才的派单"


def desk(look: Look) -> Shown:
    waiting = queue_of(look)
    case = case_of(look, waiting["rows"], chosen(look))
    draft = resumed(look, draft_name(case["ticket"]["id"])) if case["ticket"] and case["may_dispatch"] else {}
    return Shown("desks/dispatch.html", {**waiting, **case, **draft})


def draft_name(id: int) -> str:
    return f"dispatch-{id}"


def queue(look: Look) -> Shown:
    return Shown("desks/dispatch-queue.html", queue_of(look))


def queue_of(look: Look) -> dict[str, Any]:
    """What waits, by what is due first; what was sent out just now and has not been signed for."""
    state = look.args.get("state", "accepted")
    if state not in WAITING:
        raise Unseen
    found = look.get("/tickets", {"state": state, "order": "due", "limit": str(MOST)})
    # A joined ticket waits for its main one.
    own = [row for row in found["items"] if "merged" not in row["badges"]]
    rows = sorted(own, key=lambda row: (row["urgency"] != "critical", row["due_at"] or "9", row["id"]))
    return {**tabs_of(look, state), "rows": rows, "chosen": chosen(look), "sent": just_sent(look)}


def tabs_of(look: Look, state: str) -> dict[str, Any]:
    """The lists of this desk, and how much waits in each: of wishes for co-units what nobody has answered yet."""
    tabs = [(name, look.t(zh, en)) for name, (zh, en) in WAITING.items()]
    return {"state": state, "tabs": tabs, "counts": counts_of(look, "dispatch")}


def just_sent(look: Look) -> list[Mapping[str, Any]]:
    """What this dispatcher sent out so lately that it may be undone, the last first."""
    since = undoing.earliest(look)
    if since is None:
        return []
    rows = look.get("/tickets", {"state": "dispatched", "dispatched_by": "me", "dispatched_from": since, "limit": "200"})["items"]
    sent = [{**row, "sent_at": last_given(row)} for row in rows if undoing.fresh(look, last_given(row))]
    return sorted(sent, key=lambda row: (row["sent_at"], row["id"]), reverse=True)


def last_given(row: Mapping[str, Any]) -> str:
    given: list[str] = [share["assigned_at"] for share in row["assignments"] if share["assigned_at"]]
    return max(given, default=row["updated_at"])


def chosen(look: Look) -> int | None:
    asked = look.args.get("ticket", "")
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None


def case_of(look: Look, rows: Sequence[Mapping[str, Any]], asked: int | None) -> dict[str, Any]:
    """The ticket on the right with all that helps to decide. Without a choice the first of the queue is opened."""
    ticket_id = asked or (rows[0]["id"] if rows else None)
    if ticket_id is None:
        return {"ticket": None, "may_dispatch": False}
    ticket = look.get("/tickets/{id}", id=ticket_id)
    told = look.get("/directory", {"ticket": str(ticket_id), "record": "true"})
    return {
        "ticket": ticket, "may_dispatch": any(action["trigger"] == "dispatch" for action in ticket["actions"]),
        "next": following(rows, ticket_id), "suggestions": suggestions(told), "precedents": told["precedents"],
        "same": look.get("/tickets/{id}/candidates", id=ticket_id)["items"],
        "earlier": look.get("/tickets/{id}/earlier", id=ticket_id)["items"],
        "units": look.get("/units", {"limit": "200"})["items"],
    }  # fmt: skip


def following(rows: Sequence[Mapping[str, Any]], ticket_id: int) -> int | None:
    """What opens by itself when this one is done."""
    ids: list[int] = [row["id"] for row in rows]
    if ticket_id not in ids:
        return ids[0] if ids else None
    at = ids.index(ticket_id)
    others = ids[at + 1 :] + ids[:at]
    return others[0] if others else None


def suggestions(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The suggested row first, then the others, no unit twice."""
    rows = ([told["suggestion"]] if told["suggestion"] else []) + list(told["others"])
    seen: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        seen.setdefault(row["unit"]["id"], row)
    return list(seen.values())[:9]


def send(look: Look, id: int) -> Done:
    """Dispatches the ticket to the chosen unit, or to one that was typed. Its id stands in the form's address, by which a browser that
    goes back knows whose words it kept."""
    unit = look.form.get("other_unit", "").strip() or look.form.get("lead_unit", "")
    fields: dict[str, Any] = {"lead_unit": picked(unit)} if unit else {}
    helpers = [picked(each) for text in look.form.getlist("co_units") for each in text.replace("，", ",").split(",") if each.strip()]
    fields |= {"co_units": helpers} if helpers else {}
    words = look.form.get("instructions", "").strip()
    fields |= {"instructions": words} if words else {}
    transition(look, "tickets", id, "dispatch", fields)
    return Done(at(look.form.get("next", "")), *undoing.told(look, "已派单", "Dispatched"))


def at(ticket: str) -> str:
    return f"{HOME}?ticket={ticket}" if ticket else HOME


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    """The same ticket with the unit that was chosen, the words that were typed, why it was refused, and what has changed meanwhile."""
    waiting = queue_of(look)
    case = case_of(look, waiting["rows"], id)
    values = {**waiting, **case, **refused(look, refusal, "tickets", case["ticket"])}
    return Shown("desks/dispatch.html", values, status=refusal.status)


def undo(look: Look, id: int) -> Done:
    transition(look, "tickets", id, "recall", {"reason": UNDO_REASON})
    return Done(f"{HOME}?ticket={id}", "派单已撤销。", "The dispatch is undone.")


def batch(look: Look) -> Done:
    """Each ticket goes to the unit that the directory suggests; one that cannot go stays where it is and says why."""
    return batches.done(look, HOME, "dispatch", lambda id, step: sent_by_directory(look, id, step))


def results(look: Look) -> Shown | Done:
    found = batches.results(look, HOME, look.args.get("of", ""))
    return batches.gone(HOME) if found is None else Shown("desks/dispatch-batch.html", {"results": found[0]})


def sent_by_directory(look: Look, ticket_id: int, step: str) -> dict[str, Any]:
    ticket = batches.part(look.get("/tickets/{id}", id=ticket_id), ("id", "number", "title"))
    try:
        told = look.get("/directory", {"ticket": str(ticket_id)})["suggestion"]
        if told is None:
            return {"ticket": ticket, "unit": None, "why": look.t("派单目录没有唯一建议。", "The directory suggests no unit.")}
        fields: dict[str, Any] = {"lead_unit": told["unit"]["id"]}
        fields |= {"co_units": [unit["id"] for unit in told["co_units"]]} if told["co_units"] else {}
        transition(look, "tickets", ticket_id, "dispatch", fields, step)
    except Refusal as refusal:
        return {"ticket": ticket, "unit": None, "why": look.t(refusal.zh, refusal.en)}
    return {"ticket": ticket, "unit": batches.part(told["unit"], ("name",)), "why": None}


PAGES = (
    Page(HOME, desk, "派单台", "Dispatch desk", ROLES, nav="desk", icon="arrows-split-2"),
    Page(f"{HOME}/queue", queue, "派单队列", "Dispatch queue", ROLES),
    Page(f"{HOME}/{{id}}", send, "派单", "Dispatch", ROLES, method="POST", again=again, form=f"{HOME}?ticket={{id}}"),
    Page(f"{HOME}/results", results, "批量派单的结果", "What came of it", ROLES),
    Page(f"{HOME}/batch", batch, "批量派单", "Dispatch many", ROLES, method="POST"),
    Page(f"{HOME}/undo/{{id}}", undo, "撤销派单", "Undo a dispatch", ROLES, method="POST"),
)
