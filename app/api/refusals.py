"""Doors that explain every kind of refusal: the `type` of a problem is the address of its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import PREFIX, Ask, Door
from app.api.paging import page_of
from app.api.problems import kinds_of_refusal
from app.api.values import Body
from app.errors import Refusal, Unseen


class Title(Body):
    zh = fields.String()
    en = fields.String()


class ProblemKind(Body):
    type = fields.String()
    status = fields.Integer()
    title = fields.Nested(Title)


def explained(kind: type[Refusal]) -> dict[str, Any]:
    return {"type": f"{PREFIX}/problems/{kind.code}", "status": kind.status, "title": {"zh": kind.title_zh, "en": kind.title_en}}


def listed(ask: Ask) -> Mapping[str, Any]:
    return {"items": [explained(kind) for kind in sorted(kinds_of_refusal(), key=lambda kind: (kind.status, kind.code))], "next": None}


def one(ask: Ask, code: str) -> Mapping[str, Any]:
    for kind in kinds_of_refusal():
        if kind.code == code:
            return explained(kind)
    raise Unseen()


DOORS = (
    Door("GET", "/problems", listed, "拒绝理由一览", "All kinds of refusal", None, page_of(ProblemKind), public=True, tag="reference"),
    Door("GET", "/problems/{code}", one, "一种拒绝理由", "One kind of refusal", None, ProblemKind(), public=True, tag="reference"),
)
