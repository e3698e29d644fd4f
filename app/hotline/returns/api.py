"""The doors of returns: requests and reports as cases, precedents, what is offered to the directory, and figures by unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Answer, Ask, Door
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.api.problems import ill_formed
from app.api.values import Body, Choice, Ref, Text, When, Whole
from app.api.words import Words
from app.core.bus import Result, execute
from app.core.system import System
from app.core.visibility import SEES_ALL
from app.errors import Forbidden
from app.hotline.acting import DOOR as REQUESTS
from app.hotline.acting import ActingFilters, acting
from app.hotline.cases import READ, WRITE, CaseDoors, case_doors, unit_asked
from app.hotline.figure_shapes import RETURN_FIGURES
from app.hotline.naming import category_of
from app.hotline.read_shapes import PRECEDENTS, PROPOSALS
from app.hotline.reference import Reference, reference
from app.hotline.returns.offering import DropProposal, TakeProposal
from app.hotline.returns.queries import OF_REPORTS, OF_REQUESTS, figures, precedents, proposals, request_more, requests_more

TAG = "return-requests"
COUNTS = frozenset({"reviewer", "supervisor", "leader", "auditor"})
LOOKS_AT_PROPOSALS = SEES_ALL | {"admin"}


PARTY = "与此单位有关 / of this unit, whichever part it has in it"


class RequestFilters(ActingFilters):
    """`GET /return-requests`."""

    party = Text(most=64, metadata={"description": f"{PARTY}：asked or invited"})
    position_of = Text(most=64, metadata={"description": "待此单位陈述意见 / this unit was invited and has not stated its position"})


class ReportFilters(ActingFilters):
    """`GET /report-ins`."""

    party = Text(most=64, metadata={"description": f"{PARTY}：called or calling"})
    caller = Text(most=64, metadata={"description": "吹哨单位 / the unit that whistled"})


class PrecedentsAsked(Body):
    """`GET /return-requests/precedents`."""

    ticket = Ref(text=True, metadata={"description": "与此工单同类 / of the same branch as this ticket"})
    category = Text(most=64, metadata={"description": "事项分类的编号或代码 / category, by id or code"})
    unit = Text(most=64, metadata={"description": "单位的编号或代码 / unit, by id or code"})
    limit = Whole(least=1, most=200, text=True, load_default=20)


class ProposalFilters(Paged):
    """`GET /directory-proposals`."""

    state = Choice("open", "taken", "dropped", metadata={"description": "状态 / state"})
    request = Ref(text=True, metadata={"description": "由此退单申请的裁定提出 / offered by the decision of this request"})


# Made from a mapping, since a class cannot have a field that is called `from`.
FIGURES_ASKED = Body.from_dict(
    {
        "from": When(metadata={"description": "自（含） / from, included"}),
        "to": When(metadata={"description": "至（不含） / before"}),
    },
    name="ReturnFiguresAsked",
)()
class DealtWith(Body):
    """`installed` is the pack that took it up, null for a proposal that was dropped."""

    id = fields.Integer()
    state = fields.String()
    installed = fields.String(allow_none=True)


DEALT_WITH = DealtWith()
PRECEDENTS_ASKED, PROPOSAL_FILTERS = PrecedentsAsked(), ProposalFilters()
RETURNS = CaseDoors("return-request", "退单申请", "return request", more=request_more, asked=RequestFilters(), filters=OF_REQUESTS)
REPORTS = CaseDoors("report-in", "吹哨报到", "report-in", asked=ReportFilters(), filters=OF_REPORTS)


def doors(system: System) -> list[Door]:
    return [
        Door(
            "GET", "/return-requests/precedents", precedent_list, "退单先例", "Decided returns of the same branch", scope=READ,
            response_schema=PRECEDENTS, query_schema=PRECEDENTS_ASKED, tag=TAG,
        ),
        *acting(case_doors(system.registry, RETURNS), "return-requests", requests_more),
        *acting(case_doors(system.registry, REPORTS), "report-ins"),
        REQUESTS,
        Door(
            "GET", "/directory-proposals", proposal_list, "派单目录调整建议", "Changes offered to the directory", response_schema=PROPOSALS,
            scope=READ, query_schema=PROPOSAL_FILTERS, tag=TAG,
        ),
        Door("POST", "/directory-proposals/{id}/take", take, "采纳目录建议", "Put it into the directory", None, DEALT_WITH, scope="admin",
             tag=TAG),
        Door("POST", "/directory-proposals/{id}/drop", drop, "放弃目录建议", "Drop the proposal", None, DEALT_WITH, scope=WRITE, tag=TAG),
        Door(
            "GET", "/statistics/returns", statistics, "退单与吹哨统计", "Returns and whistles by unit", None, RETURN_FIGURES, scope=READ,
            query_schema=FIGURES_ASKED, tag=TAG,
        ),
    ]  # fmt: skip


def precedent_list(ask: Ask) -> Mapping[str, Any]:
    named = reference(ask.system.engine, ask.system.settings.epoch)
    asked = {"ticket": ask.query.get("ticket")}
    if ask.query.get("category") is not None:
        asked["category"] = category_asked(named, ask.query["category"])
    if ask.query.get("unit") is not None:
        asked["unit"] = unit_asked(named, ask.query["unit"])
    return {"items": precedents(ask.system, ask.actor, asked, ask.query["limit"]), "next": None}


def category_asked(named: Reference, wanted: str) -> int:
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
    found = category_of(named, wanted) or (number if number in named.categories else None)
    if found is None:
        raise ill_formed({"category": [Words("没有此事项分类。", "There is no such category.")]})
    return found


def proposal_list(ask: Ask) -> Mapping[str, Any]:
    if ask.actor.roles.isdisjoint(LOOKS_AT_PROPOSALS):
        raise Forbidden("您的角色不能查看派单目录调整建议。", "Your role may not see what is offered to the directory.")
    mark, limit = fingerprint("directory-proposals", ask.query), ask.query["limit"]
    after = read_cursor(mark, ask.query["cursor"], (int,))
    asked = {"state": ask.query.get("state"), "request": ask.query.get("request")}
    items = proposals(ask.system, asked, after[0] if after else 2**63 - 1, limit)
    return envelope(items[:limit], mark, (items[limit - 1]["id"],) if len(items) > limit else None)


def take(ask: Ask, id: int) -> Answer:
    return dealt_with(execute(ask.system, TakeProposal(ask.actor, id, ask.key)))


def drop(ask: Ask, id: int) -> Answer:
    return dealt_with(execute(ask.system, DropProposal(ask.actor, id, ask.key)))


def dealt_with(result: Result) -> Answer:
    return Answer({"id": result.case_id, "state": result.state, **(result.detail or {})})


def statistics(ask: Ask) -> Mapping[str, Any]:
    if ask.actor.roles.isdisjoint(COUNTS):
        raise Forbidden("您的角色不能查看退单统计。", "Your role may not see these figures.")
    return {"items": figures(ask.system, ask.query), "next": None}
