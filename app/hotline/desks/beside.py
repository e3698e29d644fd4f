"""What stands beside intake while somebody speaks: the caller's history, similar tickets, knowledge, the unit it will go to, the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import IllFormed, Refusal, Unseen
from app.hotline.desks.telling import Form, headline, known_category, place, said
from app.web.look import Look

Rows = Sequence[Mapping[str, Any]]
TAIL, SHORTEST = 4, 7
SIMILAR, OFFERS, EARLIER = 6, 4, 8
TITLE, CONTENT = 200, 20_000


def caller(look: Look, form: Form) -> dict[str, Any]:
    """As soon as what is typed can be a number or the last four digits of one."""
    phone = form.get("phone", "").strip()
    digits = sum(sign.isdecimal() for sign in phone)
    if digits != TAIL and digits < SHORTEST:
        return {"caller": None, "not_a_number": None}
    try:
        return {"caller": look.post("/citizens/history", {"phone": phone, "limit": EARLIER}), "not_a_number": None}
    except IllFormed as refusal:
        return {"caller": None, "not_a_number": look.problem(refusal)}


def demand(look: Look, form: Form) -> dict[str, Any]:
    """What the words told so far call up."""
    # What is too long is refused when it is sent, not while it is looked up.
    content, title, category = form.get("content", "").strip()[:CONTENT], form.get("title", "").strip()[:TITLE], known_category(look, form)
    named = {"category": category} if category else {}
    told = {**({"title": title} if title else {}), **({"content": content} if content else {}), **named}
    return {
        "similar": with_chosen(look, form, similar(look, form, told) if told else []), "linked": form.get("link", ""),
        "offers": look.post("/knowledge/offers", {"text": content, "limit": OFFERS, **named})["items"] if content else [],
        "unit": unit_for(look, form, category) if category else None, "headline": headline(content), "begun": bool(told),
    }  # fmt: skip


def similar(look: Look, form: Form, told: Mapping[str, Any]) -> Rows:
    """Open ones first. A number or a point that is not one yet does not hide what the words find."""
    more = {**place(form), **said(form, "phone"), **({"confidential": True} if form.get("confidential") else {})}
    more.pop("address", None)
    try:
        found = look.post("/tickets/candidates", {**told, **more})["items"]
    except IllFormed:
        found = look.post("/tickets/candidates", told)["items"]
    return sorted(found, key=lambda row: not row["open"])[:SIMILAR]


def with_chosen(look: Look, form: Form, rows: Rows) -> Rows:
    """One that was chosen stays, though what was typed since has led elsewhere."""
    kind, _, chosen = form.get("link", "").partition(":")
    if not chosen.isdecimal() or len(chosen) > 18 or any(str(row["id"]) == chosen for row in rows):
        return rows
    try:
        ticket = look.get("/tickets/{id}", id=int(chosen))
    except Unseen:
        return rows
    return [{**ticket, "kind": kind, "open": True, "reasons": [], "registered_at": ticket["created_at"]}, *rows]


def unit_for(look: Look, form: Form, category: str) -> Mapping[str, Any] | None:
    """Where the directory will send it."""
    asked = {"category": category, **said(form, "street", "type", "subject")}
    try:
        found: Mapping[str, Any] | None = look.get("/directory", asked)["suggestion"]
    except IllFormed:
        return None
    return found


def where(look: Look, form: Form) -> dict[str, Any]:
    """What the point of the map lies in."""
    if not (form.get("lon") and form.get("lat")):
        return {"areas": None, "outside": None}
    try:
        found = look.get("/boundaries/at", {"longitude": form["lon"], "latitude": form["lat"]})
    except Refusal as refusal:
        return {"areas": None, "outside": look.problem(refusal)}
    return {"areas": {kind: found[kind] for kind in ("street", "community")}, "outside": None}


def all_of(look: Look, form: Form) -> dict[str, Any]:
    return {**caller(look, form), **demand(look, form), **where(look, form)}
