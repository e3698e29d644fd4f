"""Pages of the knowledge base: search, one entry with its editions and what was said to be wrong in it, writing, revising, reviewing."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from app.errors import Forbidden, Refusal, Unseen
from app.hotline.desks.casefile import case_file, refused, wanted
from app.web.acts import changes_since, transition
from app.web.forms import picked, read_fields, typed
from app.web.look import Done, Look, Page, Shown
from workflows.fields import FIELDS

HERE = "/knowledge"
PLURAL = "knowledge-entries"
READERS = frozenset({
    "agent", "dispatcher", "reviewer", "callback_agent", "supervisor", "leader", "secretary", "duty_officer", "unit_clerk", "handler",
    "unit_lead", "auditor",
})  # fmt: skip
WRITERS = frozenset({"unit_clerk", "unit_lead", "dispatcher", "reviewer", "supervisor"})
CORRECTORS = READERS - {"leader", "secretary", "auditor"}
WORDS = ("title", "content", "category", "keywords", "sources", "valid_until", "open_to_public")
# The tabs beside the search: the working copies by what waits for somebody.
SHELVES = {
    "waiting": ("待发布", "To publish", {"state": "draft,revising"}), "overdue": ("复核逾期", "Review overdue", {"review_overdue": "true"}),
    "retired": ("已停用", "Retired", {"state": "retired"}),
}  # fmt: skip
HALF_A_YEAR = timedelta(days=180)


def found(look: Look) -> Shown:
    return Shown("knowledge/list.html", listed(look))


def part(look: Look) -> Shown:
    """What is found while somebody is still typing; the address of the page follows, so that it leads back to this."""
    words = urlencode(asked(look))
    address = {} if look.refreshes else {"HX-Replace-Url": f"{HERE}?{words}" if words else HERE}
    return Shown("knowledge/found.html", listed(look), headers=address)


def listed(look: Look) -> dict[str, Any]:
    shelf = look.args.get("shelf", "")
    values: dict[str, Any] = {
        "shelf": shelf, "shelves": [(code, look.t(zh, en)) for code, (zh, en, _) in SHELVES.items()], "given": look.args.to_dict(),
        "rows": [], "next": None,
    }  # fmt: skip
    if shelf:
        if shelf not in SHELVES:
            raise Unseen
        page = look.get("/knowledge-entries", {**SHELVES[shelf][2], **wanted(look, ("unit",), "30")})
        return values | {"rows": page["items"], "next": page["next"]}
    query = {name: value.split(maxsplit=1)[0] if name != "q" else value for name, value in asked(look).items()}
    try:
        return values | {"rows": look.get("/knowledge", {**query, "limit": "30"})["items"]}
    except Refusal as refusal:
        return values | {"problem": look.problem(refusal), "typed": typed(look.args)}


def asked(look: Look) -> dict[str, str]:
    return {name: look.args[name].strip() for name in ("q", "category", "unit") if look.args.get(name, "").strip()}


def one(look: Look, id: int) -> Shown:
    return Shown("knowledge/one.html", told(look, id))


def told(look: Look, id: int) -> dict[str, Any]:
    """What is published, for everybody at a desk; the working copy and its history for those whose entry it is."""
    entry = seen(look, id)
    try:
        copy = case_file(look, PLURAL, id)
    except (Unseen, Forbidden):
        if entry is None:
            raise
        copy = {"case": None, "lines": [], "more_history": None, "plural": PLURAL}
    return {**copy, "entry": entry, "review_by": look.now + HALF_A_YEAR, "may_correct": entry is not None and look.has(*CORRECTORS)}


def seen(look: Look, id: int) -> Any:
    """None of what was never published, or is published no more."""
    try:
        return look.get("/knowledge/{id}", id=id)
    except Unseen:
        return None


def correct(look: Look, id: int) -> Done:
    look.post("/knowledge/{id}/corrections", {"text": look.form.get("text", "").strip()}, id=id)
    return Done(f"{HERE}/{id}", "纠错已提交，由责任单位处理。", "It is noted; the unit that answers for the entry settles it.")


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    return Shown("knowledge/one.html", {**told(look, id), **refused(look, refusal)}, status=refusal.status)


def new(look: Look) -> Shown:
    return Shown("knowledge/write.html", {"case": None, "review_by": look.now + HALF_A_YEAR, **choices(look)})


def choices(look: Look) -> dict[str, Any]:
    return {"units": look.get("/units", {"limit": "200"})["items"], "own": look.actor.unit_id}


def write(look: Look) -> Done:
    given = read_fields(look.form, FIELDS)
    body = {name: given[name] for name in (*WORDS, "review_by") if name in given}
    body |= {name: picked(look.form[name]) for name in ("unit", "category") if look.form.get(name, "").strip()}
    made = look.post("/knowledge-entries", body)
    return Done(f"{HERE}/{made['id']}", "已撰写，待他人审核发布。", "Written; somebody else publishes it.")


def write_again(look: Look, refusal: Refusal) -> Shown:
    return Shown("knowledge/write.html", {**new(look).values, **refused(look, refusal)}, status=refusal.status)


def revising(look: Look, id: int) -> Shown:
    case = look.get("/knowledge-entries/{id}", id=id)
    was = " ".join(f"{name}:{mark(case.get(name))}" for name in WORDS)
    return Shown("knowledge/write.html", {"case": case, "was": was, "review_by": None, **choices(look)})


def mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def revise(look: Look, id: int) -> Done:
    """Only what was changed is sent on: the history says what it was. It is compared with what the form began with, so that a form sent
    twice says twice the same."""
    given, was = read_fields(look.form, FIELDS), look.form.get("was", "").split()
    changed = {name: given[name] for name in (*WORDS, "note") if name in given and f"{name}:{mark(given[name])}" not in was}
    transition(look, PLURAL, id, "revise", changed)
    return Done(f"{HERE}/{id}", "修订已保存，待发布。", "The revision is kept; it waits to be published.")


def revise_again(look: Look, refusal: Refusal, id: int) -> Shown:
    values = revising(look, id).values
    changes = changes_since(look, PLURAL, values["case"])
    return Shown("knowledge/write.html", {**values, **refused(look, refusal), "changes": changes}, status=refusal.status)


PAGES = (
    Page(HERE, found, "知识库", "Knowledge base", READERS, nav="know", icon="books"),
    Page(f"{HERE}/found", part, "知识库", "Knowledge base", READERS),
    Page(f"{HERE}/new", new, "撰写知识", "Write an entry", WRITERS),
    Page(HERE, write, "撰写知识", "Write an entry", WRITERS, method="POST", again=write_again, form=f"{HERE}/new"),
    Page(f"{HERE}/{{id}}", one, "知识", "Knowledge", READERS),
    Page(f"{HERE}/{{id}}/corrections", correct, "纠错", "Say what is wrong", READERS, method="POST", again=again),
    Page(f"{HERE}/{{id}}/revise", revising, "修订知识", "Revise an entry", WRITERS),
    Page(f"{HERE}/{{id}}/revise", revise, "修订知识", "Revise an entry", WRITERS, method="POST", again=revise_again),
)
