"""The supervision desk: what is late or soon will be, twice dissatisfied, or key; where each stands, what comes next, one click to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.errors import Unseen
from app.supervision import figures, matters, meetings, papers
from app.web.look import Look, Page, Shown
from workflows.vocabulary import WINDOWS

HOME = "/desk/supervision"
ROLES = frozenset({"supervisor", "leader"})
LIMIT = 25
SOON = timedelta(hours=24)
# The tabs of the board: code, words, and the line of what waits that counts the same.
TABS = (
    ("overdue", "超期", "Overdue", "overdue"),
    ("soon", "24 小时内到期", "Due within 24 hours", "due_soon"),
    ("dissatisfied", "两次以上不满意", "Dissatisfied twice or more", "twice_dissatisfied"),
    ("elevated", "提级", "Raised a level", "key_tickets"),
    ("key", "重点", "Key", "key"),
)
BESIDE = ("supervisions_proposed", "supervisions_reported", "light_red", "light_yellow", "light_green", "conferences", "alarms_raised")


def board(look: Look) -> Shown:
    return Shown("supervision/board.html", told(look))


def part(look: Look) -> Shown:
    return Shown("supervision/board-rows.html", told(look))


def told(look: Look) -> dict[str, Any]:
    tab = tab_of(look)
    rows, following = dissatisfied(look) if tab == "dissatisfied" else tickets(look, tab)
    steps = steps_of(look, rows)
    counts = counted(look)
    return {
        "tab": tab, "next": following, "rows": [row | {"step": steps.get(row["id"])} for row in rows],
        "tabs": [(code, look.t(zh, en), counts[line]) for code, zh, en, line in TABS],
        "beside": [counts[code] for code in BESIDE if code in counts],
    }  # fmt: skip


def tab_of(look: Look) -> str:
    """By its name, or by the filters with which a first page leads here."""
    named = look.args.get("tab", "")
    if named:
        if named not in {code for code, *_ in TABS}:
            raise Unseen
        return named
    by_filter = {"least": "dissatisfied", "badge": "elevated", "label": "key", "due_before": "soon"}
    return next((tab for name, tab in by_filter.items() if name in look.args), "overdue")


def counted(look: Look) -> dict[str, Mapping[str, Any]]:
    return {item["code"]: item for item in look.get("/overview/board")["items"]}


def tickets(look: Look, tab: str) -> tuple[list[dict[str, Any]], str | None]:
    asked = {
        "overdue": {"overdue": "true"},
        "soon": {"open": "true", "overdue": "false", "due_before": (look.now + SOON).isoformat()},
        "elevated": {"open": "true", "badge": "elevated"},
        "key": {"open": "true", "label": "key"},
    }[tab]
    more = {"cursor": look.args["cursor"]} if tab != "soon" and look.args.get("cursor") else {}
    found = look.get("/tickets", {**asked, **more, "order": "due", "limit": str(LIMIT)})
    return [row | {"clock": nearest(row)} for row in found["items"]], found["next"]


def nearest(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The running limit that binds: the first to be due, but no window in which somebody merely may do something."""
    running = [clock for clock in row["clocks"] if clock["state"] == "running" and clock["due_at"] and clock["name"] not in WINDOWS]
    return min(running, key=lambda clock: str(clock["due_at"]), default=None)


def dissatisfied(look: Look) -> tuple[list[dict[str, Any]], str | None]:
    asked = {"least": look.args.get("least", "2"), "limit": str(LIMIT)}
    found = look.get("/ladder", asked | ({"cursor": look.args["cursor"]} if look.args.get("cursor") else {}))
    return [row | {"clock": None, "due_at": None, "badges": []} for row in found["items"]], found["next"]


def steps_of(look: Look, rows: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    if not rows:
        return {}
    found = look.get("/ladder/steps", {"tickets": ",".join(str(row["id"]) for row in rows)})
    return {step["ticket"]: step for step in found["items"]}


def cards(look: Look) -> Shown:
    query = {name: look.args[name] for name in ("unit", "ticket", "standing", "cursor") if look.args.get(name)}
    query |= {"unit": query["unit"].split(maxsplit=1)[0]} if "unit" in query else {}
    found = look.get("/cards", {**query, "limit": "50"})
    return Shown("supervision/cards.html", {"rows": found["items"], "next": found["next"], "figures": look.get("/statistics/cards")})


PAGES = (
    Page(HOME, board, "督办台", "Supervision desk", ROLES, nav="desk", icon="traffic-lights"),
    Page(f"{HOME}/rows", part, "督办台", "Supervision desk", ROLES),
    *matters.PAGES, *papers.PAGES, *meetings.PAGES, *figures.PAGES,
    Page("/cards", cards, "黄牌", "Yellow cards"),
)  # fmt: skip
