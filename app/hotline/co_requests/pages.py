"""Asking for a co-unit from the handling page, and the dispatch desk's list of what was asked: one key adds the unit that is wished for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Refusal
from app.hotline.desks.dispatch import HOME as DISPATCH
from app.hotline.desks.dispatch import MOST, ROLES, tabs_of
from app.hotline.desks.handling import HOME as HANDLING
from app.hotline.desks.handling import ROLES as OF_UNITS
from app.hotline.vocabulary import VOCABULARY
from app.web.acts import given_fields, refused, transition
from app.web.forms import typed, widgets
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

HOME = f"{DISPATCH}/asked"
DOOR, PLURAL, ASKED = "/co-requests", "co-requests", ("wished_unit", "reason")


def form(look: Look, id: int) -> Shown:
    return form_of(look, id)


def form_of(look: Look, id: int, refusal: Refusal | None = None) -> Shown:
    """Opened in a panel beside the reply, or as a page of its own."""
    share = look.get("/assignments/{id}", id=id)
    values = {
        "ids": "a-", "share": share, "fields": widgets(look, VOCABULARY, ASKED, ()), "things": {"unit": VOCABULARY.things(look, "unit")},
        "problem": look.problem(refusal) if refusal else None, "typed": typed(look.form) if refusal else {},
        "to": look.form.get("to", "") if refusal else look.args.get("to", ""),
    }  # fmt: skip
    return Shown("desks/co-request.html", values, status=refusal.status if refusal else 200)


def ask(look: Look, id: int) -> Done:
    ticket = look.get("/assignments/{id}", id=id)["ticket"]["id"]
    given = given_fields(look, VOCABULARY)
    look.post(DOOR, {"ticket": ticket, **{name: given[name] for name in ASKED if name in given}})
    to = look.form.get("to", "")
    return Done(inner_path(to) if to else "", "已向中心请求，派单员会答复。", "The centre is asked; a dispatcher will answer.")


def ask_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return form_of(look, id, refusal)


def desk(look: Look) -> Shown:
    chosen = look.args.get("id", "")
    return Shown("desks/dispatch-asked.html", told(look, int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None))


def queue(look: Look) -> Shown:
    chosen = look.args.get("id", "")
    return Shown("desks/dispatch-asked-queue.html", {**queue_of(look), "here": int(chosen) if chosen.isdecimal() else None})


def queue_of(look: Look) -> dict[str, Any]:
    found = look.get(DOOR, {"state": "requested", "order": "due", "limit": str(MOST)})
    return {**tabs_of(look, "asked"), "rows": found["items"]}


def told(look: Look, asked: int | None) -> dict[str, Any]:
    """What was asked for, with the ticket and the units that are on it already."""
    left = queue_of(look)
    here = asked or (left["rows"][0]["id"] if left["rows"] else None)
    if here is None:
        return {**left, "here": None, "case": None}
    case = look.get(f"{DOOR}/{{id}}", id=here)
    return {
        **left, "here": here, "case": case, "next": following(left["rows"], here),
        "ticket": look.get("/tickets/{id}", id=case["ticket"]["id"]),
        "open": {action["trigger"] for action in case["actions"]}, "things": {"unit": VOCABULARY.things(look, "unit")},
    }  # fmt: skip


def following(rows: Sequence[Mapping[str, Any]], here: int) -> int | None:
    """What opens by itself when this one is answered."""
    ids: list[int] = [row["id"] for row in rows]
    at = ids.index(here) if here in ids else -1
    return next((each for each in ids[at + 1 :] + ids[:at] if each != here), None)


def grant(look: Look, id: int) -> Done:
    answer(look, id, "grant", ("helping_unit", "instructions"))
    return Done(onward(look), "已加派。", "The unit is added.")


def decline(look: Look, id: int) -> Done:
    answer(look, id, "decline", ("refusal",))
    return Done(onward(look), "已答复不予加派。", "Declined.")


def answer(look: Look, id: int, trigger: str, names: Sequence[str]) -> None:
    given = given_fields(look, VOCABULARY)
    transition(look, PLURAL, id, trigger, {name: given[name] for name in names if name in given})


def onward(look: Look) -> str:
    to = look.form.get("next", "")
    return f"{HOME}?id={to}" if to.isdecimal() else HOME


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    shown = told(look, id)
    return Shown("desks/dispatch-asked.html", {**shown, **refused(look, refusal, PLURAL, shown["case"])}, status=refusal.status)


def one(look: Look, id: int) -> Done:
    """Where a request is worked on: at the desk that answers, by the share of the unit that asks, else with the ticket."""
    if look.has(*ROLES):
        return Done(f"{HOME}?id={id}")
    case = look.get(f"{DOOR}/{{id}}", id=id)
    mine = look.has(*OF_UNITS) and case["unit"]["id"] == look.actor.unit_id
    return Done(f"{HANDLING}/{case['parent']}" if mine else f"/tickets/{case['ticket']['id']}")


PAGES = (
    Page(HOME, desk, "请求协办", "Co-units asked for", ROLES),
    Page(f"{HOME}/queue", queue, "请求协办队列", "Queue of co-units asked for", ROLES),
    Page(f"{HOME}/{{id}}", grant, "加派协办单位", "Add the co-unit", ROLES, method="POST", again=again),
    Page(f"{HOME}/{{id}}/decline", decline, "不予加派", "Decline", ROLES, method="POST", again=again),
    Page(f"{HANDLING}/{{id}}/co-unit", form, "请求协办", "Ask for a co-unit", OF_UNITS),
    Page(f"{HANDLING}/{{id}}/co-unit", ask, "请求协办", "Ask for a co-unit", OF_UNITS, method="POST", again=ask_again),
    Page("/co-requests/{id}", one, "协办请求", "Request for a co-unit"),
)
