"""The doors of the overview: what waits for me, today against usual, the rates of a month, the streets, what rises, and the wall screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import Schema

from app.api.doors import NO_QUERY, Ask, Door
from app.api.sessions import digest
from app.api.verbs import DONE, told
from app.core.bus import execute
from app.core.system import System
from app.overview import rates, rising, streets, tabs, today, waiting, wall
from app.overview.scope import may_open_wall
from app.overview.shapes import DESK_ASKED, MONTH_ASKED, RATES, RISING, STREETS, TILES, TODAY, WAITING, WALL
from app.people.sessions import KeepOnWall

READ, REPORTS, TAG = "tickets:read", "reports:read", "overview"
View = Callable[[Ask], Mapping[str, Any]]


def month_rates(ask: Ask) -> Mapping[str, Any]:
    return rates.rates(ask.system, ask.actor, ask.query.get("month"))


def wall_screen(ask: Ask) -> Mapping[str, Any]:
    may_open_wall(ask.actor)
    return wall.wall(ask.system)


def keep_on_wall(ask: Ask) -> Mapping[str, Any]:
    """The session that asks becomes that of a screen nobody sits at: the wall, no end by idleness, nothing else."""
    may_open_wall(ask.actor)
    return told(execute(ask.system, KeepOnWall(ask.actor, digest(ask))))


DOORS: Final[tuple[tuple[str, View, str, str, Schema, str, Schema], ...]] = (
    ("waiting", lambda ask: waiting.waiting(ask.system, ask.actor), "等我处理的", "What waits for me", WAITING, READ, NO_QUERY),
    ("board", lambda ask: waiting.board(ask.system, ask.actor), "督办台看板", "The tiles of the supervision desk", TILES, READ, NO_QUERY),
    ("tabs", lambda ask: tabs.tabs(ask.system, ask.actor, ask.query["desk"]), "各台待办数", "The tabs of a desk", TILES, READ, DESK_ASKED),
    ("today", lambda ask: today.today(ask.system, ask.actor), "今日与往常", "Today against usual", TODAY, REPORTS, NO_QUERY),
    ("rates", month_rates, "本月各率", "The rates of a month", RATES, REPORTS, MONTH_ASKED),
    ("streets", lambda ask: streets.streets(ask.system, ask.actor), "各镇街与点位", "Streets and points", STREETS, REPORTS, NO_QUERY),
    ("rising", lambda ask: rising.rising(ask.system, ask.actor), "正在上升的", "What rises", RISING, REPORTS, NO_QUERY),
    ("wall", wall_screen, "大屏", "The wall screen", WALL, REPORTS, NO_QUERY),
)


def doors(system: System) -> list[Door]:
    """All doors of the feature, for the composition root."""
    return [
        *(
            Door("GET", f"/overview/{name}", view, zh, en, response_schema=shape, scope=scope, query_schema=asked, tag=TAG,
                 wall=name == "wall")
            for name, view, zh, en, shape, scope, asked in DOORS
        ),
        Door("POST", "/overview/wall/stay", keep_on_wall, "留作大屏", "Leave the session on a wall screen", None, DONE, tag=TAG),
    ]
