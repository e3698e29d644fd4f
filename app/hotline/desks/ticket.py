"""The ticket's own page: the demand, its limits, who has it, what happened, what may be done; and the sheet that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.errors import Refusal
from app.hotline.desks.story import story
from app.hotline.rung_words import rung_of, spoken
from app.web.drawing import drawn
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

PART = 200
UNMASKED = ("name", "phone", "calling_number", "id_number")


def one(look: Look, id: int) -> Shown:
    return Shown("ticket/page.html", told(look, id))


def told(look: Look, id: int) -> dict[str, Any]:
    ticket = look.get("/tickets/{id}", id=id)
    rows, more = history(look, id)
    flow = look.system.registry.latest["ticket"]
    been = {(row["from"], row["to"]) for row in rows if row["case"] == id}
    return {
        "ticket": ticket, "lines": story(look, rows, id), "more_history": more,
        "files": look.get("/tickets/{id}/attachments", id=id)["items"],
        "drawing": drawn(flow, ticket["state"], been, look.lang), "replies": replies_of(rows), "within": within(look, ticket),
        "beside": look.get("/tickets/{id}/requests", id=id)["items"],
    }  # fmt: skip


def history(look: Look, id: int) -> tuple[list[Mapping[str, Any]], str | None]:
    """A page of it from where the address says; a long life is read on by the cursor."""
    query = {"limit": str(PART)} | ({"cursor": look.args["cursor"]} if look.args.get("cursor") else {})
    page = look.get("/tickets/{id}/history", query, id=id)
    return page["items"], page["next"]


def within(look: Look, ticket: Mapping[str, Any]) -> str:
    """How long the next step of the ladder may take, in words."""
    step = (ticket["ladder"] or {}).get("next") or {}
    return spoken(step["within"], look.lang) if step.get("within") else ""


def replies_of(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What units have answered, newest first, as far as this reader may read it."""
    return [row for row in reversed(rows) if row["kind"] == "assignment" and isinstance(row["fields"].get("reply_text"), str)]


def sheet(look: Look, id: int) -> Shown:
    """工作流转单: the whole life of a ticket on paper."""
    return Shown("ticket/sheet.html", told(look, id))


def clock(look: Look, id: int) -> Shown:
    walk = look.get("/clocks/{id}/explanation", id=id)
    return Shown("ticket/clock.html", {"walk": walk})


def forecast(look: Look, id: int) -> Shown:
    told_ahead = look.get("/tickets/{id}/forecast", id=id)
    rungs = {rung["rung"] for clock in told_ahead["clocks"] for rung in clock["rungs"]}
    return Shown("ticket/forecast.html", {"told_ahead": told_ahead, "rungs": {code: rung_of(code, look.lang) for code in rungs}})


def unmask_form(look: Look, id: int) -> Shown:
    return Shown("ticket/unmask.html", {"ticket": look.get("/tickets/{id}", id=id), "seen": None})


def unmask(look: Look, id: int) -> Shown:
    """Shown once, on a page that is kept nowhere; the reason and who looked are in the log."""
    wanted = [name for name in UNMASKED if name in look.form.getlist("fields")]
    seen = look.post("/tickets/{id}/unmask", {"fields": wanted, "reason": look.form.get("reason", "")}, id=id)["citizen"]
    return Shown("ticket/unmask.html", {"ticket": look.get("/tickets/{id}", id=id), "seen": seen})


def unmask_again(look: Look, refusal: Refusal, id: int) -> Shown:
    values = {"ticket": look.get("/tickets/{id}", id=id), "seen": None, "problem": look.problem(refusal), "typed": typed(look.form)}
    return Shown("ticket/unmask.html", values, status=refusal.status)


def attach(look: Look, id: int) -> Done:
    look.upload("/tickets/{id}/attachments", {"kind": look.form.get("kind", "")}, id=id)
    return Done(inner_path(look.form.get("to") or f"/tickets/{id}"), "附件已上传。", "The file is attached.")


def attach_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return Shown("ticket/page.html", {**told(look, id), "problem": look.problem(refusal), "typed": typed(look.form)}, status=refusal.status)


def file(look: Look, id: int) -> Response:
    found: Response = look.get("/attachments/{id}", id=id)
    return found


PAGES = (
    Page("/tickets/{id}", one, "工单", "Ticket"),
    Page("/tickets/{id}/sheet", sheet, "工作流转单", "Ticket sheet"),
    Page("/tickets/{id}/forecast", forecast, "升级预告", "What its limits will do"),
    Page("/tickets/{id}/unmask", unmask_form, "查看诉求人信息", "See who the citizen is"),
    Page("/tickets/{id}/unmask", unmask, "查看诉求人信息", "See who the citizen is", method="POST", again=unmask_again),
    Page("/tickets/{id}/attachments", attach, "上传附件", "Attach a file", method="POST", again=attach_again, upload=32 * 1024 * 1024),
    Page("/files/{id}", file, "附件", "Attachment"),
    Page("/clocks/{id}", clock, "时限说明", "A deadline explained"),
)
