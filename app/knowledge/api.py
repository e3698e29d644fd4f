"""The doors of the knowledge base: search while typing, one entry, corrections, and the life of an entry as a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from app.api.doors import PREFIX, Answer, Ask, Door
from app.api.fields import reader
from app.api.values import Body, Flag, Text, When, Whole
from app.core.bus import Result, execute
from app.core.system import System
from app.core.visibility import CENTRE, OF_UNITS
from app.errors import Forbidden
from app.hotline.cases import CaseDoors, CaseFilters, case_doors
from app.hotline.naming import Named, named_fields
from app.knowledge import queries
from app.knowledge.commands import KIND, CorrectEntry, WriteEntry

READ, WRITE, TAG = "tickets:read", "tickets:write", "knowledge"


class SearchAsked(Body):
    """`GET /knowledge`."""

    q = Text(most=200, metadata={"description": "边输入边查 / as it is typed"})
    category = Text(most=40, metadata={"description": "事项分类代码或其前缀 / code of a category, or its beginning"})
    unit = Text(most=40, metadata={"description": "责任单位代码 / code of the unit that answers for it"})
    limit = Whole(least=1, most=50, text=True, load_default=10)


class OfferIn(Body):
    """`POST /knowledge/offers`: what somebody says has no place in an address, since addresses are kept in logs."""

    text = Text(most=20_000, lines=True, required=True)
    category = Named(metadata={"description": "事项分类的编号或代码 / id or code of a category"})
    limit = Whole(least=1, most=20, load_default=5)


class PublicAsked(Body):
    """`GET /public/knowledge`."""

    q = Text(most=200)
    limit = Whole(least=1, most=50, text=True, load_default=10)


class EntryIn(Body):
    """`POST /knowledge-entries`."""

    title = reader("title")
    content = reader("content")
    unit = fields.Raw(metadata={"description": "责任单位代码或编号 / the unit that answers for it, by code or id"})
    category = fields.Raw(metadata={"description": "事项分类代码或编号 / category, by code or id"})
    keywords = fields.List(Text(most=40), validate=validate.Length(min=1, max=50))
    sources = reader("sources")
    valid_until = When()
    review_by = When(metadata={"description": "复核期限 / to be looked at again by"})
    open_to_public = Flag()


class CorrectionIn(Body):
    """`POST /knowledge/{id}/corrections`."""

    text = Text(most=2000, least=4, lines=True, required=True)


class EntryFilters(CaseFilters):
    """`GET /knowledge-entries`."""

    unit = Text(most=64)
    review_overdue = Flag(text=True)


FILTERS = {"review_overdue": "(x.review_overdue_since IS NOT NULL) = %(review_overdue)s"}
FOUND = Body.from_dict({"items": fields.List(fields.Dict()), "next": fields.String(allow_none=True)}, name="KnowledgeFound")()
SHOWN = Body.from_dict({"id": fields.Integer(), "edition": fields.Integer(), "title": fields.String()}, name="KnowledgeShown")()


def doors(system: System) -> Sequence[Door]:
    public = {"public": True, "tag": "public"}
    return [
        Door("GET", "/knowledge", find, "检索知识库", "Search the knowledge base", None, FOUND, READ, query_schema=SearchAsked(), tag=TAG),
        Door(
            "POST", "/knowledge/offers", offers, "边听边查知识库", "What may answer a demand being told", OfferIn(), FOUND, READ, tag=TAG,
        ),
        Door("GET", "/knowledge/{id}", one, "查看知识", "One entry", response_schema=SHOWN, scope=READ, tag=TAG),
        Door(
            "POST", "/knowledge/{id}/corrections", correct, "知识纠错", "Say what is wrong in an entry", CorrectionIn(), SHOWN, scope=WRITE,
            tag=TAG, status=201,
        ),
        Door("GET", "/public/knowledge", public_find, "公众检索知识库", "Search what is open to all", None, FOUND,
             query_schema=PublicAsked(), **public),  # type: ignore[arg-type]
        Door("GET", "/public/knowledge/{id}", public_one, "公众查看知识", "One open entry", None, SHOWN, **public),  # type: ignore[arg-type]
        *case_doors(
            system.registry,
            CaseDoors(KIND, "知识条目", "knowledge entry", asked=EntryFilters(), filters=FILTERS, birth=EntryIn(), born=write),
        ),
    ]  # fmt: skip


def working(ask: Ask) -> Ask:
    """Everybody at a desk reads the whole base; who keeps the system running does not."""
    if ask.actor.roles.isdisjoint(CENTRE | OF_UNITS | {"auditor", "system"}):
        raise Forbidden("您的角色不能查阅知识库。", "Your role does not read the knowledge base.")
    return ask


def find(ask: Ask) -> Mapping[str, Any]:
    return {"items": queries.search(working(ask).system, ask.query), "next": None}


def offers(ask: Ask) -> Mapping[str, Any]:
    asked = named_fields(working(ask).system, ask.body)
    return {"items": queries.offered(ask.system, asked), "next": None}


def one(ask: Ask, id: int) -> Mapping[str, Any]:
    return queries.entry(working(ask).system, id)


def public_find(ask: Ask) -> Mapping[str, Any]:
    return {"items": queries.search(ask.system, ask.query, public=True), "next": None}


def public_one(ask: Ask, id: int) -> Mapping[str, Any]:
    return queries.entry(ask.system, id, public=True)


def correct(ask: Ask, id: int) -> Answer:
    execute(ask.system, CorrectEntry(ask.actor, id, ask.body["text"], ask.key))
    return Answer(queries.entry(ask.system, id), 201, headers={"Location": f"{PREFIX}/knowledge/{id}"})


def write(ask: Ask) -> Result:
    result: Result = execute(ask.system, WriteEntry(ask.actor, named_fields(ask.system, ask.body), ask.key))
    return result
