"""Pages of conferences: who takes part, the minutes, what was concluded, and the tasks that were agreed."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.hotline import codes
from app.hotline.desks.casefile import MOST_BYTES, attached, case_file, refused, wanted
from app.web.forms import read_fields
from app.web.look import Done, Look, Page, Shown
from workflows.fields import FIELDS

HERE = "/conferences"
PLURAL = "conferences"
CALLERS = frozenset({"supervisor", "reviewer", "secretary", "leader"})
READERS = CALLERS | {"unit_clerk", "handler", "unit_lead", "auditor"}
FIELDS_OF_NEW = ("title", "form", "matter", "place", "scheduled_at", "units", "note")


def listed(look: Look) -> Shown:
    found = look.get("/conferences", wanted(look, ("state", "open", "form", "conclusion", "ticket"), "30"))
    return Shown("supervision/meetings.html", {
        "rows": found["items"], "next": found["next"], "given": look.args.to_dict(),
        "states": codes.states(look.system, "conference", look.lang),
        "forms": codes.options("form", look.system, lang=look.lang),
    })  # fmt: skip


def one(look: Look, id: int) -> Shown:
    return Shown("supervision/meeting.html", case_file(look, PLURAL, id))


def new(look: Look) -> Shown:
    units = look.get("/units", {"limit": "200"})["items"]
    return Shown("supervision/meeting-new.html", {"forms": codes.options("form", look.system, lang=look.lang), "units": units})


def call(look: Look) -> Done:
    body: dict[str, Any] = {name: value for name, value in read_fields(look.form, FIELDS).items() if name in FIELDS_OF_NEW}
    made = look.post("/conferences", body)
    return Done(f"{HERE}/{made['id']}", "会商已召集。", "The conference is called.")


def call_again(look: Look, refusal: Refusal) -> Shown:
    return Shown("supervision/meeting-new.html", {**new(look).values, **refused(look, refusal)}, status=refusal.status)


def attach(look: Look, id: int) -> Done:
    return attached(look, PLURAL, id)


def attach_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return Shown("supervision/meeting.html", {**case_file(look, PLURAL, id), **refused(look, refusal)}, status=refusal.status)


PAGES = (
    Page(HERE, listed, "会商", "Conferences", READERS, nav="lead", icon="users-group"),
    Page(f"{HERE}/new", new, "召集会商", "Call a conference", CALLERS),
    Page(HERE, call, "召集会商", "Call a conference", CALLERS, method="POST", again=call_again, form=f"{HERE}/new"),
    Page(f"{HERE}/{{id}}", one, "会商", "Conference"),
    Page(f"{HERE}/{{id}}/attachments", attach, "上传附件", "Attach a file", method="POST", again=attach_again, upload=MOST_BYTES),
)
