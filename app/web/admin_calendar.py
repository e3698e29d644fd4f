"""The calendar: a year as twelve months, a new text tried before it is published, and a limit reckoned day by day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.clock import local
from app.errors import Refusal
from app.web.admin_text import against, compared, text_of
from app.web.forms import typed, zoned
from app.web.look import Done, Look, Page, Shown

ADMIN = frozenset({"admin"})
READERS = frozenset({"admin", "auditor", "supervisor", "dispatcher"})
HOME, EDIT, LIMIT = "/admin/calendar", "/admin/calendar/publish", "/admin/calendar/limit"
KINDS: Mapping[str, tuple[str, str]] = {
    "workday": ("工作日", "Working day"), "makeup": ("调休上班", "Make-up workday"), "short": ("部分工作", "Worked in part"),
    "holiday": ("放假", "Holiday"), "rest": ("休息日", "Day off"),
}  # fmt: skip
MARKS: Mapping[str, tuple[str, str]] = {"makeup": ("班", "W"), "short": ("半", "P"), "holiday": ("假", "H")}
WEEK = (("一", "M"), ("二", "T"), ("三", "W"), ("四", "T"), ("五", "F"), ("六", "S"), ("日", "S"))


def asked_year(look: Look) -> str:
    given = look.args.get("year", "")
    return given if given.isdecimal() and len(given) == 4 else str(local(look.now).year)


def drawn(look: Look, **more: Any) -> Shown:
    name = asked_year(look)
    listed = look.get("/calendars")
    status = more.pop("status", 200)
    values = {
        "year": look.get("/calendars/{name}", name=name), "years": [item["year"] for item in listed["items"]], "works": listed["works"],
        "versions": next((item["versions"] for item in listed["items"] if str(item["year"]) == name), []), "kinds": KINDS,
        "marks": MARKS, "week": WEEK, "walk": None, **more,
    }  # fmt: skip
    return Shown("admin/calendar.html", values, status=status)


def calendar(look: Look) -> Shown:
    return drawn(look)


def under_way(look: Look) -> Shown:
    return Shown("admin/works.html", {"works": look.get("/calendars")["works"]})


def limit(look: Look) -> Shown:
    """Nothing is changed, but a start and an amount are asked for: so it is a form that is sent."""
    body = {"start": zoned(look.form.get("start", "").strip()), "amount": look.form.get("amount", "").strip()}
    return drawn(look, walk=look.post("/deadlines", body), typed=typed(look.form))


def limit_again(look: Look, refusal: Refusal) -> Shown:
    return drawn(look, problem=look.problem(refusal), typed=typed(look.form), status=refusal.status)


def edit(look: Look) -> Shown:
    """Begins with the text in force, or with that of the last published year to be written over."""
    name = asked_year(look)
    text = look.get("/calendars/{name}", name=name)["text"]
    known = [item["versions"][0]["version"] for item in look.get("/calendars")["items"] if str(item["year"]) == name]
    return editing(look, text or "", against=max(known, default=0))


def editing(look: Look, text: str, **more: Any) -> Shown:
    status = more.pop("status", 200)
    values = {"text": text, "tried": None, "since": None, "kinds": KINDS, "year": asked_year(look), **more}
    return Shown("admin/calendar-edit.html", values, status=status)


def send(look: Look) -> Shown | Done:
    """First tried, then published: both with the same text."""
    text = text_of(look)
    tried = look.post("/calendars/check", {"text": text})
    if look.form.get("do") != "publish":
        return editing(look, text, tried=tried, typed=typed(look.form), **compared(look, tried))
    done = look.post("/calendars", {"text": text, "reason": look.form.get("reason", ""), **against(look)})
    zh = f"{done['name']} 第 {done['version']} 版已公布，相关时限正在重新推算。"
    return Done(f"{HOME}?year={tried['year']}", zh, f"{done['name']}@{done['version']} is published; limits are being reckoned anew.")


def send_again(look: Look, refusal: Refusal) -> Shown:
    """What was typed stays, and what it would change as well where that can be told."""
    text = look.form.get("text", "")
    try:
        tried = look.post("/calendars/check", {"text": text})
    except Refusal:
        tried = None
    more = {"problem": look.problem(refusal), "typed": typed(look.form), "status": refusal.status, **compared(look, tried)}
    return editing(look, text, tried=tried, **more)


PAGES = (
    Page(HOME, calendar, "工作日历", "Calendar", READERS, nav="admin", icon="calendar"),
    Page(f"{HOME}/works", under_way, "重新推算", "Reckoned anew", READERS),
    Page(LIMIT, limit, "推算时限", "Reckon a limit", READERS, method="POST", again=limit_again),
    Page(EDIT, edit, "公布日历年", "Publish a year", ADMIN),
    Page(EDIT, send, "公布日历年", "Publish a year", ADMIN, method="POST", again=send_again),
)
