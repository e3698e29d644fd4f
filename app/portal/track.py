"""The page behind a tracking code: how it stands, and what the citizen may still do. To look is never to do."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal, TooMany, Unseen
from app.hotline.numbers import parse_tracking_code
from app.portal import guard
from app.portal.plain import past, said_day
from app.web.forms import typed
from app.web.look import Done, Look, Shown

MOST_WRONG = 30
HIDDEN = {"X-Robots-Tag": "noindex, nofollow, noarchive"}
OFFERED = {"rate": "may_rate", "add": "may_supplement", "photos": "may_attach", "withdraw": "may_withdraw"}
ANSWERS = ("contacted", "solved")


def find(look: Look) -> Done | Shown:
    """From the box on the first page: the code is sent in the body, and stands in the address afterwards as in every message."""
    code = parse_tracking_code(look.form.get("code", ""))
    return Done(f"/t/{code}") if code else unknown(look)


def follow(look: Look, code: str) -> Done | Shown:
    try:
        told = asked(look, code)
    except Unseen:
        return unknown(look)
    return Done(f"/t/{told['tracking_code']}") if told["tracking_code"] != code else page(look, told)


def asked(look: Look, code: str) -> dict[str, Any]:
    """Whoever has been wrong too often waits until the minute turns, also with a code that is right."""
    if look.limiter.seen(guard.bucket(look, "code")) >= MOST_WRONG:
        raise TooMany("查询太频繁，请一分钟后再试。", "Too many look-ups; try again in a minute.", retry_after=60)
    try:
        told: dict[str, Any] = look.get("/public/tickets/{tracking_code}", tracking_code=code)
    except Unseen:
        look.limiter.hit(guard.bucket(look, "code"), MOST_WRONG)
        raise
    return told


def unknown(look: Look) -> Shown:
    return Shown("portal/unknown.html", {"typed": typed(look.form)}, status=404, headers=HIDDEN)


def page(look: Look, told: dict[str, Any], refusal: Refusal | None = None, at: str = "") -> Shown:
    choices = look.get("/public/choices") if told["may_rate"] or told["may_attach"] else {}
    # What the page offers no more has no form beside which a refusal could stand.
    at = at if at in OFFERED and told[OFFERED[at]] else ""
    due = told["due"]["at"] if told["due"] else None
    values = {
        "fresh": "new" in look.args, "due_day": said_day(look, due) if due else None,
        "due_past": past(look, due) if due else False, "case": told, "choices": choices, "at": at,
        "problem": look.problem(refusal) if refusal else None, "typed": typed(look.form),
    }  # fmt: skip
    return Shown("portal/track.html", values, status=refusal.status if refusal else 200, headers=HIDDEN)


def again(look: Look, refusal: Refusal, code: str) -> Shown:
    """The same page with what was typed and why it was refused, beside the form that was sent."""
    if isinstance(refusal, Unseen):
        return unknown(look)
    return page(look, asked(look, code), refusal, look.request.path.rpartition("/")[2])


def add(look: Look, code: str) -> Done:
    kind, text = look.form.get("kind", ""), look.form.get("text", "").strip()
    look.post("/public/tickets/{tracking_code}/supplements", {"kind": kind, **({"text": text} if text else {})}, tracking_code=code)
    if kind == "urge":
        return Done(f"/t/{code}", "已催办，承办单位会看到。", "Your urging has been passed on.")
    return Done(f"/t/{code}", "补充已收到。", "What you added has arrived.")


def withdraw(look: Look, code: str) -> Done:
    reason = look.form.get("reason", "").strip()
    given = {"confirm": look.form.get("confirm") == "yes", **({"reason": reason} if reason else {})}
    look.post("/public/tickets/{tracking_code}/withdrawal", given, tracking_code=code)
    return Done(f"/t/{code}", "已撤回。", "Withdrawn.")


def photograph(look: Look, code: str) -> Done:
    look.upload("/public/tickets/{tracking_code}/photos", {}, tracking_code=code)
    return Done(f"/t/{code}", "照片已收到。", "The photographs have arrived.")


def rate(look: Look, code: str) -> Done:
    """Pressing the button is the confirming; a link can only be looked at."""
    form = look.form
    given: dict[str, Any] = {"way": "web", "confirm": True}
    given |= {name: form[name] == "yes" for name in ANSWERS if form.get(name)}
    given |= {name: form[name].strip() for name in ("rating", "note") if form.get(name, "").strip()}
    given |= {"reasons": form.getlist("reasons")} if form.getlist("reasons") else {}
    look.post("/public/tickets/{tracking_code}/rating", given, tracking_code=code)
    return Done(f"/t/{code}", "谢谢，您的评价已收到。", "Thank you, your rating has arrived.")
