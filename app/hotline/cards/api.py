"""The doors of cards: the list, and the figures by unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.doors import Ask, Door
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.api.values import Body, Choice, Flag, Ref, Text, When
from app.hotline.cards.queries import card_figures, card_page
from app.hotline.read_shapes import CARD_FIGURES, CARDS

READ, TAG = "tickets:read", "cards"


def wanted() -> dict[str, Any]:
    """What both doors may be narrowed by; made from a mapping, since a class cannot have a field that is called `from`."""
    return {
        "unit": Text(most=64, metadata={"description": "单位代码或编号 / unit, by code or id"}),
        "colour": Choice("yellow", metadata={"description": "颜色 / colour"}),
        "from": When(metadata={"description": "亮牌时间起（含） / given from, included"}),
        "to": When(metadata={"description": "亮牌时间止（不含） / given before"}),
    }


NARROWED: dict[str, Any] = {
    "ticket": Ref(text=True, metadata={"description": "工单 / of this ticket"}),
    "standing": Flag(text=True, metadata={"description": "是否仍有效 / not taken back"}),
}
CARD_FILTERS = Paged.from_dict({**wanted(), **NARROWED}, name="CardFilters")()
FIGURES_ASKED = Body.from_dict(wanted(), name="CardFiguresAsked")()


def card_doors() -> list[Door]:
    return [
        Door(
            "GET", "/cards", listed, "黄牌列表", "List of cards", response_schema=CARDS, scope=READ, query_schema=CARD_FILTERS, tag=TAG
        ),
        Door(
            "GET", "/statistics/cards", figures, "黄牌统计", "Cards by unit", response_schema=CARD_FIGURES, scope=READ,
            query_schema=FIGURES_ASKED, tag=TAG,
        ),
    ]  # fmt: skip


def listed(ask: Ask) -> Mapping[str, Any]:
    mark = fingerprint("cards", ask.query)
    after = read_cursor(mark, ask.query["cursor"], (int,))
    items, last = card_page(ask.system, ask.actor, ask.query, after, ask.query["limit"])
    return envelope(items, mark, last)


def figures(ask: Ask) -> Mapping[str, Any]:
    return card_figures(ask.system, ask.actor, ask.query)
