"""The one page on which a citizen says it. Whatever is refused, the page comes back with every word and every photograph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.bus import Result
from app.core.system import System
from app.errors import IllFormed, KeyReused, Refusal, TooMany
from app.hotline.public import placed_under, registered
from app.hotline.public_photos import MOST
from app.hotline.public_story import code_of_ticket
from app.portal import guard, photos
from app.portal.draft import Draft, body_of
from app.portal.stamp import fresh, question, written
from app.web.forms import typed
from app.web.look import Done, Look, Shown

OPEN = "open"


def ask(look: Look) -> Shown:
    """An empty form says nothing about anybody: a browser may keep it, and so gives the typed words back to who goes back to it."""
    empty = page(look, Draft(look.form, fresh(guard.now_of(look))))
    return replace(empty, headers={"Cache-Control": "private, no-cache"})


def to_form(look: Look) -> Done:
    """Where a form that came back is loaded by its address."""
    return Done("/portal/demand")


def send(look: Look) -> Done | Shown:
    """Registers through the same command as the API, under the form's own key, so that sending it twice registers once."""
    stamp = guard.stamp_of(look)
    draft = Draft(look.form, stamp or fresh(guard.now_of(look)))
    try:
        guard.tried(look)
        refused = take_photos(look, draft)
        return place(look, draft, stamp is not None, refused)
    except Refusal as refusal:
        return page(look, draft, refusal)


def again(look: Look, refusal: Refusal) -> Shown:
    """Refused at the door, before anything was read."""
    draft = Draft(look.form, guard.stamp_of(look) or fresh(guard.now_of(look)))
    draft.photos = claimed(look, draft)
    return page(look, draft, refusal)


def claimed(look: Look, draft: Draft) -> list[Any]:
    dropped = set(look.form.getlist("drop"))
    ours = photos.claimed(look.system.keyring, draft.stamp.key, look.form.getlist("photo"))
    return [kept for kept in ours if kept.content not in dropped]


def take_photos(look: Look, draft: Draft) -> list[Refusal]:
    files = [file for file in look.request.files.getlist("file") if file.filename]
    draft.photos, refused = photos.taken(look.system, claimed(look, draft), files[: MOST * 2])
    return refused


def place(look: Look, draft: Draft, ours: bool, refused: list[Refusal]) -> Done:
    body = body_beside(draft, refused)
    known = placed_under(look.system, key_of(draft)) if ours else None
    if known is None:
        before = guard.registered_before(look, body["citizen"].get("phone"), body["content"])
        guard.refuse_repeated(draft, before)
        guard.refuse_stale(look, draft, ours)
        guard.refuse_flood(look, draft, before)
    try:
        result = registered(look.system, body, key_of(draft))
    except KeyReused as reused:
        draft.earlier, draft.stamp = known, fresh(guard.now_of(look), draft.stamp.asked)
        zh = "这一页刚才已登记过。如果这是另一件事，请再提交一次。"
        raise guard.Doubt(zh, "This page was registered already. If this is another matter, send it again.") from reused
    if not result.replayed:
        guard.put(look)
    return done(look.system, result, draft)


def body_beside(draft: Draft, refused: list[Refusal]) -> dict[str, Any]:
    """What is wrong with the words and what is wrong with the photographs is told together."""
    errors: dict[str, list[Any]] = {"file": [f"{each.zh} / {each.en}" for each in refused]} if refused else {}
    try:
        body = body_of(draft)
    except Refusal as refusal:
        errors = {**refusal.extra.get("errors", {}), **errors}
    if errors:
        zh = "有几处需要修改，请看标红的地方。您填写的内容都在。"
        raise IllFormed(zh, "Some fields need a change; all you typed is still here.", errors)
    return body


def done(system: System, result: Result, draft: Draft) -> Done:
    lost = photos.attached(system, result.case_id, draft.photos)
    to = f"/t/{code_of_ticket(system, result.case_id)}?new=1"
    if not lost:
        return Done(to)
    return Done(to, f"有照片没有存上：{'、'.join(lost)}，请在本页补传。", f"Not kept: {', '.join(lost)}. Please add again here.")


def key_of(draft: Draft) -> str:
    """Apart from the keys that clients of the API choose."""
    return f"portal {draft.stamp.key}"


def page(look: Look, draft: Draft, refusal: Refusal | None = None) -> Shown:
    keyring, stamp = look.system.keyring, draft.stamp
    values = {
        "choices": look.get("/public/choices"), "stamp": stamp, "sealed": written(keyring, stamp),
        "question": question(keyring, stamp.key, look.lang) if stamp.asked else None, "earlier": draft.earlier,
        "photos": [{"name": kept.name, "size": kept.size, "content": kept.content, "slip": photos.slip(keyring, stamp.key, kept)}
                   for kept in draft.photos],
        "problem": look.problem(refusal) if refusal else None, "typed": typed(draft.form),
    }  # fmt: skip
    headers = {"Retry-After": str(refusal.extra["retry_after"])} if isinstance(refusal, TooMany) else {}
    return Shown("portal/demand.html", values, status=refusal.status if refusal else 200, headers=headers)
