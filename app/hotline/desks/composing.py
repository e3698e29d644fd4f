"""What the form of a reply asks before it is sent: findings, knowledge, the words of the units below, photos. Nothing typed is lost."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.hotline.desks.handling import ONE, ROLES, UPLOAD, told
from app.hotline.desks.writing import findings, knowledge, photos_added
from app.web.forms import typed
from app.web.look import Look, Page, Shown


def whole(look: Look, id: int, **more: Any) -> Shown:
    """The page once more with all that stands in the form."""
    return Shown("desks/handling.html", {**told(look, id, typed(look.form)), "draft": None, **more})


def check(look: Look, id: int) -> Shown:
    ticket = look.get("/assignments/{id}", id=id)["ticket"]["id"]
    found = findings(look, ticket)
    return Shown("desks/handling-findings.html", {"checked": found}) if look.partial else whole(look, id, checked=found)


def find(look: Look, id: int) -> Shown:
    known = knowledge(look)
    if not look.partial:
        return whole(look, id, known=known)
    cited = [(value.split(maxsplit=1) + [""])[:2] for value in look.form.getlist("cites") if value.strip()]
    return Shown("desks/handling-knowledge.html", {"known": known, "cited": cited, "asked": look.form.get("knowledge_q", "")})


def join(look: Look, id: int) -> Shown:
    """What the units below have signed off goes under what is written already."""
    joined = look.get("/assignments/{id}", id=id)["joined_reply"] or ""
    given = {**typed(look.form)}
    written = (list(given.get("reply_text", ())) or [""])[0].rstrip()
    given["reply_text"] = [written if joined in written else f"{written}\n\n{joined}".strip()]
    return Shown("desks/handling.html", {**told(look, id, given), "draft": None})


def photos(look: Look, id: int) -> Shown:
    ticket = look.get("/assignments/{id}", id=id)["ticket"]["id"]
    added = photos_added(look, ticket)
    if not look.partial:
        return whole(look, id, added=added)
    files = look.get("/tickets/{id}/attachments", id=ticket)["items"]
    return Shown("desks/handling-photos.html", {"files": files, "added": added, "share": {"id": id}})


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    """A part of the page says what is wrong beside it; the form stays as it stands."""
    if look.partial:
        raise refusal
    values = {**told(look, id, typed(look.form)), "draft": None, "problem": look.problem(refusal)}
    return Shown("desks/handling.html", values, status=refusal.status)


PAGES = (
    Page(f"{ONE}/findings", check, "机器核查", "Machine findings", ROLES, method="POST", again=again, upload=UPLOAD),
    Page(f"{ONE}/knowledge", find, "查知识库", "Ask the knowledge base", ROLES, method="POST", again=again, upload=UPLOAD),
    Page(f"{ONE}/join", join, "并入下级答复", "Join the replies below", ROLES, method="POST", again=again, upload=UPLOAD),
    Page(f"{ONE}/photos", photos, "上传照片", "Add photos", ROLES, method="POST", again=again, upload=UPLOAD),
)
