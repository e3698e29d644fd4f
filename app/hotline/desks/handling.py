"""The handling page: one share with its demand, its place, its limits and its reply, as the person on site needs it on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.clock import local
from app.errors import Refusal
from app.hotline.coordinates import check, convert
from app.hotline.desks.writing import Typed, blank, draft_name, form_of, offered, photos_added, reply_values
from app.web.acts import changes_since, steps_since, transition
from app.web.forms import read_fields, typed
from app.web.look import Done, Look, Page, Shown
from app.web.tabs import counts_of

ROLES = frozenset({"handler", "unit_lead", "unit_clerk"})
HOME = "/handling"
LIMIT = "50"
FILTERS = ("state", "badge", "overdue", "person", "unit", "role", "due_before", "open")
MINE = {"person": "me", "state": "assigned,handling"}
UPLOAD = 64 * 1024 * 1024
# While its unit works on a share.
OPEN = ("assigned", "handling", "submitted")
WITH_UNITS = ("dispatched", "handling")
# What is written in the form of the reply; everything else that is open is a button of its own.
WRITTEN = ("submit", "reply", "interim_reply", "sign", "send_back")


def listed(look: Look) -> Shown:
    given = {name: look.args[name] for name in FILTERS if look.args.get(name)} or MINE
    cursor = {"cursor": look.args["cursor"]} if look.args.get("cursor") else {}
    found = look.get("/assignments", {**given, **cursor, "order": "due", "limit": LIMIT})
    rows = [{**row, "window": window_of(look, row["clocks"])} for row in found["items"]]
    values = {"rows": rows, "next": found["next"], "filters": given, "tabs": tabs(look), "counts": counts_of(look, "handling")}
    return Shown("desks/handling-rows.html" if look.partial else "desks/handling-list.html", values)


def tabs(look: Look) -> Sequence[tuple[str, str, Mapping[str, str]]]:
    """(count, words, filters), in the order in which they are worked off."""
    tomorrow = local(look.now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    today = {**MINE, "due_before": tomorrow.isoformat(), "overdue": "false"}
    found = [
        ("mine", look.t("我在办", "Mine"), MINE), ("mine_today", look.t("今日到期", "Due today"), today),
        ("mine_late", look.t("超期", "Late"), {**MINE, "overdue": "true"}),
        ("mine_sent_back", look.t("退回重办", "Sent back"), {"person": "me", "badge": "sent_back"}),
    ]  # fmt: skip
    unit = {"unit": str(look.actor.unit_id)}
    if look.has("unit_lead"):
        found.append(("to_sign_off", look.t("待审签", "To sign off"), {**unit, "state": "submitted"}))
    found.append(("unit", look.t("本单位", "My unit"), {**unit, "state": "assigned,handling"}))
    return found


def window_of(look: Look, clocks: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The time in which the unit may still return it, while it runs."""
    running = (clock for clock in clocks if clock["name"] == "return_window_clock" and clock["state"] == "running" and clock["due_at"])
    return next((clock for clock in running if datetime.fromisoformat(clock["due_at"]) > look.now), None)


def one(look: Look, id: int) -> Shown:
    """With what was typed here before and not yet sent."""
    found = look.draft(draft_name(id))
    return Shown("desks/handling.html", {**told(look, id, found["fields"] if found else None), "draft": found})


def told(look: Look, id: int, given: Typed | None = None) -> dict[str, Any]:
    share = look.get("/assignments/{id}", id=id)
    ticket_id = share["ticket"]["id"]
    ticket = look.get("/tickets/{id}", id=ticket_id)
    replies = [row for row in look.get("/tickets/{id}/replies", id=ticket_id)["items"] if row["case"] == id]
    back = returned_words(look, share)
    form = form_of(look, share)
    return {
        **standing(look, share, ticket), "files": look.get("/tickets/{id}/attachments", id=ticket_id)["items"], "replies": replies,
        "back": back, "form": form, "values": reply_values(replies) if back else {}, "typed": given or {}, "place": place_of(ticket),
        "findings": look.get("/tickets/{id}/findings", id=ticket_id) if share["state"] == "submitted" else None, **blank(given),
        "known": offered(look, ticket, given) if form else None, "beside": beside_of(look, ticket_id),
        "may_attach": form is None and share["state"] in OPEN and share["unit"]["id"] == look.actor.unit_id,
    }  # fmt: skip


def beside_of(look: Look, ticket: int) -> list[Mapping[str, Any]]:
    """What was asked for beside the share, and what the others of the ticket ask of this unit."""
    return [row for row in look.get("/tickets/{id}/requests", id=ticket)["items"] if row["actions"] or ours(look, row)]


def ours(look: Look, row: Mapping[str, Any]) -> bool:
    named = [row["unit"], row.get("caller_unit")]
    return any(unit["id"] == look.actor.unit_id for unit in named if unit)


def standing(look: Look, share: Mapping[str, Any], ticket: Mapping[str, Any]) -> dict[str, Any]:
    by_trigger = {action["trigger"]: action for action in share["actions"]}
    return {
        "share": share, "ticket": ticket, "open": by_trigger, "window": window_of(look, share["clocks"]), "written": WRITTEN,
        "due": next((clock for clock in share["clocks"] if clock["name"] == "handle_clock"), None),
        "may_ask": may_ask(look, share, ticket),
    }  # fmt: skip


def may_ask(look: Look, share: Mapping[str, Any], ticket: Mapping[str, Any]) -> bool:
    """Whether a co-unit can be asked for: by the lead, while it works and the ticket does not stand still."""
    mine = share["role"] == "lead" and share["unit"]["id"] == look.actor.unit_id
    return mine and share["state"] in OPEN and not share["held_at"] and ticket["state"] in WITH_UNITS


def part(template: str) -> Any:
    """A part of the page that is fetched by itself."""

    def view(look: Look, id: int) -> Shown:
        share = look.get("/assignments/{id}", id=id)
        ticket = look.get("/tickets/{id}", id=share["ticket"]["id"])
        return Shown(template, standing(look, share, ticket))

    return view


def actions(look: Look, id: int) -> Shown:
    shown = part("desks/handling-actions.html")(look, id)
    return Shown(shown.template, {**shown.values, "beside": beside_of(look, shown.values["ticket"]["id"])})


def returned_words(look: Look, share: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Who sent the reply back and why, or why it is handled again; the newest first. Nothing while it has not come back."""
    came_back = share["state"] == "handling" and (share["submitted_at"] or share["round"] > 1)
    if not came_back:
        return []
    rows = look.get("/tickets/{id}/history", {"limit": "200"}, id=share["ticket"]["id"])["items"]
    mine = {share["id"], share["ticket"]["id"]}
    back = [row for row in rows if row["trigger"] in ("send_back", "rehandle") and row["case"] in mine and row["fields"].get("reason")]
    return [row for row in reversed(back) if isinstance(row["fields"]["reason"], str)][:3]


def place_of(ticket: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The point as maps and phones have it."""
    spot = ticket["location"]
    position = check(spot["lon"], spot["lat"], spot["crs"])
    there = convert(position, "wgs84") if position else None
    return {"lon": there.lon, "lat": there.lat, "coarse": spot["coarse"]} if there else None


def send(look: Look, id: int) -> Done | Shown:
    """Files that were picked and not yet sent go first; one that is refused keeps the reply here, with all that was typed."""
    share = look.get("/assignments/{id}", id=id)
    added = photos_added(look, share["ticket"]["id"])
    if any(why for _, why in added):
        return Shown("desks/handling.html", {**told(look, id, typed(look.form)), "added": added, "draft": None}, status=422)
    trigger = look.form.getlist("trigger")[-1] if look.form.getlist("trigger") else ""
    transition(look, "assignments", id, trigger, read_fields(look.form, taken_by(look, trigger)))
    if trigger == "interim_reply":
        return interim_kept(look, id)
    words = {"submit": ("已提交审签。", "Submitted for sign-off."), "send_back": ("已退回承办人。", "Sent back to the handler.")}
    return Done(HOME if look.has("handler") else "/desk/unit", *words.get(trigger, ("已答复。", "Replied.")))


def taken_by(look: Look, trigger: str) -> list[str]:
    """What a step of the definition may take, from wherever: the same form sent twice says the same twice."""
    edges = [edge for edge in look.system.registry.latest["assignment"].transitions if edge.trigger == trigger]
    return sorted({name for edge in edges for name in (*edge.needs, *edge.optional)})


def interim_kept(look: Look, id: int) -> Done:
    """What was typed beside the interim reply is for the final one."""
    kept = set(read_fields(look.form, look.form)) - {"reply_text"}
    fields = {name: values for name, values in typed(look.form).items() if name in kept}
    look.post("/drafts/{form}", {"fields": fields}, method="PUT", form=draft_name(id))
    return Done(f"{HOME}/{id}", "阶段性答复已发出。", "The interim reply is given.", sent=False)


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    values = {**told(look, id, typed(look.form)), "problem": look.problem(refusal), "draft": None}
    values["changes"] = changes_since(look, "assignments", values["share"])
    return Shown("desks/handling.html", values, status=refusal.status)


def version(look: Look, id: int) -> Shown:
    """The form's version after one has done something else to the same share oneself. What others have done in between is still to be told
    when the form is sent: so it keeps the version that it was opened with."""
    share, seen = look.get("/assignments/{id}", id=id), look.args.get("version", "")
    mine = all(row["actor"]["id"] == look.actor.label for row in steps_since(look, "assignments", share, seen))
    return Shown("desks/handling-version.html", {"share": share if mine else {**share, "version": int(seen)}})


ONE = f"{HOME}/{{id}}"
PAGES = (
    Page(HOME, listed, "办理", "Handling", ROLES, nav="desk", icon="tool"),
    Page(ONE, one, "办理", "Handling", ROLES),
    Page(ONE, send, "提交答复", "Send the reply", ROLES, method="POST", again=again, upload=UPLOAD),
    Page(f"{ONE}/head", part("desks/handling-head.html"), "办理现状", "Where it stands", ROLES),
    Page(f"{ONE}/actions", actions, "办理操作", "What may be done", ROLES),
    Page(f"{ONE}/version", version, "办理版本", "Version", ROLES),
)
