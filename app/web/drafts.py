"""Drafts as forms keep them: what was typed in a form goes to its owner's draft, and comes back when the form is opened again."""

from __future__ import annotations

from typing import Any

from app.clock import local
from app.errors import Refusal
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

# What a form carries beside what was typed, and what must never be kept.
NOT_TYPED = frozenset({"csrf", "key", "version", "to", "draft", "password", "old", "new", "code"})


def save(look: Look, form: str) -> Done:
    """By the page's script while somebody types, or by the form's own button."""
    typed = {name: values for name, values in look.form.lists() if name not in NOT_TYPED}
    look.post("/drafts/{form}", {"fields": typed}, method="PUT", form=form)
    at = f"{local(look.now):%H:%M}"
    return Done("" if look.partial else back(look), f"草稿已保存 {at}", f"Draft saved at {at}", sent=False)


def discard(look: Look, form: str) -> Done:
    look.drop_draft(form)
    return Done(back(look), "草稿已丢弃。", "The draft is thrown away.")


def resumed(look: Look, form: str) -> dict[str, Any]:
    """What a page shows in the form that was left half written."""
    found = look.draft(form)
    return {"draft": found, "typed": found["fields"] if found else {}}


def back(look: Look) -> str:
    """Where the form stands."""
    return inner_path(look.args.get("back", "/"))


def again(look: Look, refusal: Refusal, form: str) -> Shown:
    """A session that ended meanwhile: what was typed is shown once more, to be kept with the new one."""
    kept = [(name, value) for name, values in look.form.lists() for value in values if name not in ("csrf", "key")]
    values = {"to": f"/drafts/{form}", "kept": kept, "problem": look.problem(refusal)}
    return Shown("kept.html", values, status=refusal.status)


PAGES = (
    Page("/drafts/{form}", save, "存为草稿", "Keep as a draft", method="POST", again=again),
    Page("/drafts/{form}/discard", discard, "丢弃草稿", "Throw the draft away", method="POST"),
)
