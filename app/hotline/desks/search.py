"""Finding tickets: words or a number, filters that stay in the address, one list for everybody within his rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect

from app.errors import Refusal
from app.hotline import codes
from app.web.forms import zoned
from app.web.look import Look, Page, Shown

LIMIT = "50"
PLAIN = ("q", "state", "unit", "person", "category", "type", "channel", "source", "urgency", "label", "overdue", "upstream_number")
DAYS = ("created_from", "created_to", "closed_from", "closed_to")


def found(look: Look) -> Any:
    """A whole ticket number leads to its ticket; everything else to the list. A wrong filter is said beside it, and the others stay."""
    values = listed(look)
    try:
        page = look.get("/tickets", asked(look.args.to_dict()))
    except Refusal as refusal:
        return Shown("tickets.html", values | {"problem": look.problem(refusal)}, status=refusal.status)
    rows = page["items"]
    if len(rows) == 1 and rows[0]["number"] == look.args.get("q", "").strip():
        return redirect(f"/tickets/{rows[0]['id']}", 303)
    return Shown("tickets.html", values | {"rows": rows, "next": page["next"]})


def listed(look: Look) -> dict[str, Any]:
    """The form of the list, and nothing found yet."""
    return {"rows": [], "next": None, "given": look.args.to_dict(), "choices": choices(look)}


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """The filters of the address as the door reads them: days as instants of the district, picked things as their codes."""
    query = {name: given[name].strip() for name in PLAIN if given.get(name, "").strip()}
    query |= {name: query[name].split(maxsplit=1)[0] for name in ("unit", "category") if name in query}
    query |= {name: zoned(f"{given[name]}T00:00") for name in DAYS if given.get(name)}
    if given.get("cursor"):
        query["cursor"] = given["cursor"]
    return query | {"limit": LIMIT}


def choices(look: Look) -> dict[str, Any]:
    named = {name: codes.all_of(name, look.lang) for name in ("ticket_type", "channel", "source", "urgency")}
    return named | {"state": codes.states(look.system, "ticket", look.lang)}


def taken(look: Look) -> Any:
    """The list that is shown, as a file; what refuses it is said on the list."""
    given = {name: value for name, value in asked(look.args.to_dict()).items() if name not in ("limit", "cursor")}
    try:
        return look.get("/tickets/export", given | {"format": look.args.get("format", "xlsx")})
    except Refusal as refusal:
        return Shown("tickets.html", listed(look) | {"problem": look.problem(refusal)}, status=refusal.status)


PAGES = (
    Page("/tickets", found, "查找工单", "Find tickets", nav="find", icon="search"),
    Page("/tickets/export", taken, "导出工单", "Export tickets"),
)
