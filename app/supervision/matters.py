"""Pages of supervised matters: by their lights, one with its reports and milestones, and a matter that is opened on its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal
from app.hotline import codes
from app.hotline.desks.casefile import MOST_BYTES, attached, case_file, refused, wanted
from app.web.forms import read_fields, typed
from app.web.look import Done, Look, Page, Shown
from workflows.fields import FIELDS
from workflows.supervision_fields import ORIGINS

HERE = "/supervisions"
PLURAL = "supervisions"
OPENERS = frozenset({"supervisor", "secretary", "leader"})
READERS = OPENERS | {"unit_clerk", "handler", "unit_lead", "auditor"}
FILTERS = ("state", "level", "supervision_source", "unit", "light", "open", "year", "instruction", "overdue")
FIELDS_OF_NEW = ("title", "supervision_source", "matter", "level", "unit", "co_units", "report_due_at", "plan", "year", "note")
LIGHTS = ("red", "yellow", "green")
# What a ticket, a paper or a rule sets off comes about by itself.
BY_HAND = tuple(origin for origin in ORIGINS if origin not in ("ticket", "instruction", "rule"))


def listed(look: Look) -> Shown:
    return Shown("supervision/matters.html", {**rows_of(look), **choices(look)})


def part(look: Look) -> Shown:
    return Shown("supervision/matters-rows.html", rows_of(look))


def rows_of(look: Look) -> dict[str, Any]:
    """Those under way unless the address asks for others; of a page those with the most pressing light first."""
    query = wanted(look, FILTERS, "30")
    asked = query if any(name in query for name in ("state", "open", "light")) else {**query, "open": "true"}
    try:
        found = look.get("/supervisions", asked)
    except Refusal as refusal:
        return {"rows": [], "next": None, "given": look.args.to_dict(), "problem": look.problem(refusal), "typed": typed(look.args)}
    rows = sorted(found["items"], key=lambda row: LIGHTS.index(row["light"]["light"]) if lit(row) else len(LIGHTS))
    return {"rows": rows, "next": found["next"], "given": look.args.to_dict()}


def lit(row: Mapping[str, Any]) -> bool:
    return bool(row["light"]) and row["light"]["light"] in LIGHTS


def choices(look: Look) -> dict[str, Any]:
    return {
        "states": codes.states(look.system, "supervision", look.lang), "levels": codes.options("level", look.system, lang=look.lang),
        "origins": codes.options("supervision_source", look.system, lang=look.lang), "lights": LIGHTS,
    }  # fmt: skip


def one(look: Look, id: int) -> Shown:
    return Shown("supervision/matter.html", case_file(look, PLURAL, id))


def new(look: Look) -> Shown:
    return Shown("supervision/matter-new.html", {"units": look.get("/units", {"limit": "200"})["items"], **choices_by_hand(look)})


def choices_by_hand(look: Look) -> dict[str, Any]:
    found = choices(look)
    return found | {"origins": [(code, words) for code, words in found["origins"] or () if code in BY_HAND]}


def begin(look: Look) -> Done:
    body = {name: value for name, value in read_fields(look.form, FIELDS).items() if name in FIELDS_OF_NEW}
    made = look.post("/supervisions", body)
    return Done(f"{HERE}/{made['id']}", "已立项。", "The matter is proposed.")


def begin_again(look: Look, refusal: Refusal) -> Shown:
    return Shown("supervision/matter-new.html", {**new(look).values, **refused(look, refusal)}, status=refusal.status)


def attach(look: Look, id: int) -> Done:
    return attached(look, PLURAL, id)


def attach_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return Shown("supervision/matter.html", {**case_file(look, PLURAL, id), **refused(look, refusal)}, status=refusal.status)



PAGES = (
    Page(HERE, listed, "督办件", "Supervised matters", READERS, nav="desk", icon="flag"),
    Page(f"{HERE}/rows", part, "督办件", "Supervised matters", READERS),
    Page(f"{HERE}/new", new, "新督办件", "A new matter", OPENERS),
    Page(HERE, begin, "新督办件", "A new matter", OPENERS, method="POST", again=begin_again, form=f"{HERE}/new"),
    Page(f"{HERE}/{{id}}", one, "督办件", "Supervised matter"),
    Page(f"{HERE}/{{id}}/attachments", attach, "上传附件", "Attach a file", method="POST", again=attach_again, upload=MOST_BYTES),
)  # fmt: skip
