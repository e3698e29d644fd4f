"""The first page of each role and the wall screen: what waits, what is late, today against usual; numbers of the overview, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.hotline.groups.pages import READERS
from app.overview.scope import scope_of
from app.web.look import Done, Look, Page, Shown
from app.web.times import instant

OVERSEES = ("leader", "supervisor", "secretary", "admin", "reviewer", "dispatcher", "duty_officer", "unit_lead")
WALL = frozenset({"leader", "supervisor", "duty_officer", "admin"})
EVERY = 60


def home(look: Look) -> Shown:
    return Shown("overview/home.html", told(look))


def numbers(look: Look) -> Shown:
    """What the page fetches anew by itself."""
    return Shown("overview/home-numbers.html", told(look))


def told(look: Look) -> dict[str, Any]:
    waiting = look.get("/overview/waiting")
    values: dict[str, Any] = {"waiting": waiting, "today": None, "rates": None, "rising": None, "every": EVERY}
    # Whoever keeps accounts only has no numbers of his own to compare.
    if scope_of(look.actor).units:
        today = look.get("/overview/today")
        values |= {"today": today, "charts": [(measure, chart(look, measure)) for measure in today["measures"][:2]]}
    if look.has(*OVERSEES):
        values |= {"rates": look.get("/overview/rates"), "rising": look.get("/overview/rising"), "opens_groups": look.has(*READERS)}
    return values


def chart(look: Look, measure: Mapping[str, Any]) -> str:
    """What the script draws: today's hours as bars, the usual hours as a line within their range."""
    usual = measure["usual"]["hours"]
    drawn = {
        "hours": [f"{hour}:00" for hour in range(24)],
        "today": measure["hours"],
        "usual": [each["mean"] if each else None for each in usual],
        "names": {"today": look.t("今日", "today"), "usual": look.t("往常", "usual")},
    }
    return orjson.dumps(drawn).decode()


def wall(look: Look) -> Shown:
    return Shown("overview/wall.html", on_wall(look))


def stay(look: Look) -> Done:
    look.post("/overview/wall/stay")
    return Done("/wall")


def wall_numbers(look: Look) -> Shown:
    return Shown("overview/wall-numbers.html", on_wall(look))


def on_wall(look: Look) -> dict[str, Any]:
    shown = look.get("/overview/wall")
    measures = shown["today"]["measures"]
    return {
        "wall": shown, "measures": measures, "hours": chart(look, measures[0]),
        "streets": street_data(look, shown["streets"]), "every": EVERY, "at": instant(shown["today"]["as_of"]),
    }  # fmt: skip


def street_data(look: Look, streets: Mapping[str, Any]) -> str:
    """By code of the street, for the map: how many are open, how many of them late; and today's points."""
    counts = ("open", "late", "today")
    found = {row["unit"]["code"]: {name: row[name] for name in counts} for row in streets["streets"] if row["unit"]}
    words = {"open": look.t("在办", "open"), "late": look.t("超期", "late"), "today": look.t("今日", "today")}
    points = [[point["lat"], point["lon"]] for point in streets["points"]]
    return orjson.dumps({"streets": found, "points": points, "words": words}).decode()


PAGES = (
    Page("/", home, "首页", "Home", nav="desk", icon="home"),
    Page("/home/numbers", numbers, "首页数字", "Numbers of the home page"),
    Page("/wall", wall, "大屏", "Wall screen", WALL, nav="lead", icon="device-tv", wall=True),
    Page("/wall/numbers", wall_numbers, "大屏数字", "Numbers of the wall screen", WALL, wall=True),
    Page("/wall/stay", stay, "留作大屏", "Leave it on the wall", WALL, method="POST"),
)
