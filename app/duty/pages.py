"""The duty queue: what nobody has acknowledged yet stands first with its minutes, one key acknowledges, and the page renews itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal
from app.hotline.desks.casefile import case_file, wanted
from app.web.acts import transition
from app.web.look import Done, Look, Page, Shown

HERE = "/alarms"
PLURAL = "alarms"
DUTY = frozenset({"duty_officer", "supervisor", "leader"})
MOST = "50"
ENDED = "closed,false_alarm"
# What may be done in each state; the definition decides, and refuses what has changed meanwhile.
OPEN = {
    "raised": ("act", "mark_false"), "acknowledged": ("act", "mark_false"), "acting": ("act", "close", "mark_false"),
}  # fmt: skip


def queue(look: Look) -> Shown:
    return Shown("alarms/queue.html", told(look))


def part(look: Look) -> Shown:
    return Shown("alarms/queue-rows.html", told(look))


def told(look: Look) -> dict[str, Any]:
    """Both halves the first to be due first; `state` of the address may ask for what has ended."""
    if look.args.get("state") == ENDED:
        found = look.get("/alarms", wanted(look, ("state", "danger"), "30"))
        return {"raised": [], "answered": [], "ended": found["items"], "next": found["next"], "open": OPEN}
    return {"raised": waiting(look, "raised"), "answered": waiting(look, "acknowledged,acting"), "ended": None, "next": None, "open": OPEN}


def waiting(look: Look, state: str) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = look.get("/alarms", {"state": state, "order": "due", "limit": MOST})["items"]
    return items


def acknowledge(look: Look, id: int) -> Done:
    transition(look, PLURAL, id, "acknowledge", {})
    return Done("" if look.partial else HERE, "已确认。", "Acknowledged.")


def acknowledge_again(look: Look, refusal: Refusal, id: int) -> Shown:
    if look.partial:
        raise refusal
    return Shown("alarms/queue.html", {**told(look), "problem": look.problem(refusal)}, status=refusal.status)


def one(look: Look, id: int) -> Shown:
    found = case_file(look, PLURAL, id)
    return Shown("alarms/one.html", {**found, "ticket": look.get("/tickets/{id}", id=found["case"]["ticket"]["id"])})


PAGES = (
    Page(HERE, queue, "险情告警", "Duty alarms", DUTY, nav="desk", icon="alert-triangle"),
    Page(f"{HERE}/rows", part, "险情告警", "Duty alarms", DUTY),
    Page(f"{HERE}/{{id}}/acknowledge", acknowledge, "确认告警", "Acknowledge", DUTY, method="POST", again=acknowledge_again),
    Page(f"{HERE}/{{id}}", one, "险情告警", "Alarm"),
)
