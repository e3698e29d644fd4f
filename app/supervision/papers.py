"""Pages of leaders' written instructions: entered by a secretary with the scan and the leaders' words, sent on, fed back, closed."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.hotline import codes
from app.hotline.desks.casefile import MOST_BYTES, attached, case_file, refused, wanted
from app.hotline.queries import numbers_of
from app.web import acts
from app.web.acts import transition
from app.web.forms import read_fields, zoned
from app.web.look import Done, Look, Page, Shown
from workflows.fields import FIELDS

HERE = "/instructions"
PLURAL = "instructions"
READERS = frozenset({"secretary", "supervisor", "leader"})
WRITERS = frozenset({"secretary"})
PLAIN = ("title", "matter", "reference_number", "urgency", "proposal", "note")
# The steps of a paper, in their order, as the head of its page shows them.
STEPS = (("recorded", "登记", "Recorded"), ("proposed", "拟办", "Proposed"), ("endorsed", "批示", "Endorsed"), ("sent", "转办", "Sent"),
         ("reported", "反馈", "Reported"), ("closed", "办结", "Closed"))  # fmt: skip


def listed(look: Look) -> Shown:
    return Shown("supervision/papers.html", rows_of(look))


def part(look: Look) -> Shown:
    return Shown("supervision/papers-rows.html", rows_of(look))


def rows_of(look: Look) -> dict[str, Any]:
    found = look.get("/instructions", wanted(look, ("state", "open", "overdue"), "30"))
    states = codes.states(look.system, "instruction", look.lang)
    return {"rows": found["items"], "next": found["next"], "given": look.args.to_dict(), "states": states}


def one(look: Look, id: int) -> Shown:
    return Shown("supervision/paper.html", told(look, id))


def told(look: Look, id: int) -> dict[str, Any]:
    found = case_file(look, PLURAL, id)
    paper = found["case"]
    units = look.get("/units", {"limit": "200"})["items"] if look.has("secretary") else []
    return {
        **found, "steps": [(look.t(zh, en), done(paper, code)) for code, zh, en in STEPS], "units": units,
        "states": dict(codes.states(look.system, "supervision", look.lang)),
        "numbers": numbers_of(look.system, look.actor, paper["ticket_ids"]),
    }  # fmt: skip


def done(paper: dict[str, Any], step: str) -> bool:
    marks = {
        "recorded": True, "proposed": bool(paper["proposal"]), "endorsed": bool(paper["endorsed"]), "sent": bool(paper["sent_at"]),
        "reported": bool(paper["reported_at"]), "closed": bool(paper["closed_at"]),
    }  # fmt: skip
    return marks[step]


def new(look: Look) -> Shown:
    return Shown("supervision/paper-new.html", {"urgencies": codes.all_of("urgency", look.lang)})


def record(look: Look) -> Done:
    """The paper first, then its scan: should the scan be refused, the paper is there and says what to do."""
    body: dict[str, Any] = {name: look.form[name].strip() for name in PLAIN if look.form.get(name, "").strip()}
    body |= {name: zoned(look.form[name]) for name in ("received_at", "report_due_at") if look.form.get(name)}
    body |= {"classified": True} if look.form.get("classified") == "true" else {}
    body |= {"tickets": numbered(look)} if look.form.get("tickets", "").strip() else {}
    made = look.post("/instructions", body)
    to = f"{HERE}/{made['id']}"
    if not (look.request.files.get("file") and look.request.files["file"].filename):
        return Done(to, "批示已登记。", "The instruction is recorded.")
    try:
        attached_scan(look, made["id"])
    except Refusal as refusal:
        return Done(to, f"批示已登记，但扫描件未上传：{refusal.zh}", f"Recorded, but the scan was not taken: {refusal.en}")
    return Done(to, "批示和扫描件已登记。", "The instruction and its scan are recorded.")


def attached_scan(look: Look, id: int) -> None:
    look.upload("/instructions/{id}/attachments", {"kind": "other"}, step="scan", id=id)


def numbered(look: Look) -> list[Any]:
    """Tickets by their numbers; what is no number of a ticket goes on as it is, and the door says so."""
    found = list[Any]()
    for text in look.form["tickets"].replace("，", ",").replace("\n", ",").split(","):
        if text.strip():
            rows = look.get("/tickets", {"q": text.strip(), "limit": "2"})["items"]
            found += [row["id"] for row in rows if row["number"] == text.strip()] or [text.strip()]
    return found


def record_again(look: Look, refusal: Refusal) -> Shown:
    return Shown("supervision/paper-new.html", {**new(look).values, **refused(look, refusal)}, status=refusal.status)


def step(look: Look, id: int, trigger: str) -> Done:
    """The next step of a paper from its own page: 拟办, 批示, 转办 and what follows."""
    transition(look, PLURAL, id, trigger, read_fields(look.form, FIELDS))
    return Done(f"{HERE}/{id}", "已完成。", "Done.")


def step_again(look: Look, refusal: Refusal, id: int, trigger: str) -> Shown:
    shown = told(look, id)
    return Shown("supervision/paper.html", {**shown, **acts.refused(look, refusal, PLURAL, shown["case"])}, status=refusal.status)


def attach(look: Look, id: int) -> Done:
    return attached(look, PLURAL, id)


def attach_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return Shown("supervision/paper.html", {**told(look, id), **refused(look, refusal)}, status=refusal.status)


PAGES = (
    Page(HERE, listed, "批示", "Instructions", READERS, nav="lead", icon="writing-sign"),
    Page(f"{HERE}/rows", part, "批示", "Instructions", READERS),
    Page(f"{HERE}/new", new, "登记批示", "Record an instruction", WRITERS),
    Page(HERE, record, "登记批示", "Record an instruction", WRITERS, "POST", again=record_again, upload=MOST_BYTES, form=f"{HERE}/new"),
    Page(f"{HERE}/{{id}}", one, "批示", "Instruction", READERS),
    Page(f"{HERE}/{{id}}/attachments", attach, "上传扫描件", "Attach the scan", READERS, "POST", again=attach_again, upload=MOST_BYTES),
    Page(f"{HERE}/{{id}}/{{trigger}}", step, "批示", "Instruction", READERS, method="POST", again=step_again),
)  # fmt: skip
