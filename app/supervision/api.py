"""The doors of supervised matters, instructions and conferences: lists with lights, births, files, and the figures about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow.fields import Integer

from app.api.doors import PREFIX, Answer, Ask, Door
from app.api.histories import root_of
from app.api.kinds import Page
from app.api.paging import envelope, fingerprint, read_cursor
from app.api.values import Body
from app.core.bus import Result, execute
from app.core.file_transfer import upload
from app.core.registry import Registry
from app.core.system import System
from app.errors import IllFormed
from app.hotline.cases import EXTRA, CaseDoors, case_doors, case_page, case_view
from app.hotline.naming import named_fields
from app.hotline.queries import read_case
from app.supervision import queries
from app.supervision.commands import Begin, SendInstruction
from app.supervision.dissatisfied import dissatisfied_page
from app.supervision.schemas import (
    ATTACH_IN,
    CONFERENCE_FILTERS,
    CONFERENCE_IN,
    DISSATISFIED_FILTERS,
    INSTRUCTION_IN,
    PERIOD,
    STEPS,
    STEPS_ASKED,
    SUPERVISION_FILTERS,
    SUPERVISION_IN,
)
from app.supervision.shapes import ELEVATION_FIGURES, LADDER, SUPERVISION_FIGURES
from app.supervision.steps import steps
from app.supervision.views import conference_more, instruction_more, supervision_more

READ, WRITE, REPORTS = "tickets:read", "tickets:write", "reports:read"
ENVELOPE = 1024 * 1024


def born(kind: str) -> Callable[[Ask], Result]:
    def begin(ask: Ask) -> Result:
        result: Result = execute(ask.system, Begin(ask.actor, kind, named_fields(ask.system, ask.body), ask.key))
        return result

    return begin


SUPERVISION = CaseDoors(
    "supervision", "督办件", "supervision", supervision_more, SUPERVISION_FILTERS,
    {
        "level": "x.level = %(level)s", "supervision_source": "x.supervision_source = %(supervision_source)s",
        "instruction": "x.instruction_id = %(instruction)s", "year": "x.year = %(year)s",
    },
    SUPERVISION_IN, born("supervision"),
)  # fmt: skip
INSTRUCTION = CaseDoors("instruction", "批示", "instruction", instruction_more, birth=INSTRUCTION_IN, born=born("instruction"))
CONFERENCE = CaseDoors(
    "conference", "会商", "conference", conference_more, CONFERENCE_FILTERS,
    {"form": "x.form = %(form)s", "conclusion": "x.conclusion = %(conclusion)s"}, CONFERENCE_IN, born("conference"),
)  # fmt: skip

# What is attached, and what to.
ATTACHED_TO = {
    kind.kind: Body.from_dict({"id": Integer(), kind.kind: Integer()}, name=f"{kind.kind.capitalize()}Attached")()
    for kind in (SUPERVISION, INSTRUCTION, CONFERENCE)
}


def doors(system: System) -> list[Door]:
    """All doors of the feature, for the composition root."""
    registry, limit = system.registry, system.config.upload_limit + ENVELOPE
    of_kinds = [door for kind in (SUPERVISION, INSTRUCTION, CONFERENCE) for door in case_doors(registry, kind)]
    files = [attach_door(registry, kind, limit) for kind in (SUPERVISION, INSTRUCTION, CONFERENCE)]
    return [*(ours(door) for door in of_kinds), *files, *figures()]


def ours(door: Door) -> Door:
    """Two doors do more than those of every kind: the list that knows the lights, and the sending that opens cases."""
    if door.name == "GET /supervisions":
        return replace(door, view=listed)
    if door.name == "POST /instructions/{id}/transitions":
        return replace(door, view=sending(door))
    return door


def listed(ask: Ask) -> Mapping[str, Any]:
    """A light is told from the hour and the pack, so a list of one light is looked through page by page until it is full."""
    mark = fingerprint("supervisions", ask.query)
    after: Sequence[Any] | None = read_cursor(mark, ask.query["cursor"], (int,))
    wanted, limit = ask.query.get("light"), ask.query["limit"]
    # What has ended has no light.
    query = {**ask.query, **({"open": True} if wanted is not None and ask.query.get("open") is None else {})}
    items: list[Mapping[str, Any]] = []
    while True:
        page, after = lit_page(ask, query, after, limit)
        for place, item in enumerate(page):
            if wanted is None or (item["light"] or {}).get("light") == wanted:
                items.append(item)
            if len(items) == limit:
                more = place + 1 < len(page) or after is not None
                return envelope(items, mark, (item["id"],) if more else None)
        if after is None:
            return envelope(items, mark, None)


def lit_page(ask: Ask, query: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    items, last = case_page(ask.system, ask.actor, SUPERVISION, query, after, limit, ask.lang)
    lights = queries.lights(ask.system, [item["id"] for item in items])
    return [{**item, "light": lights[item["id"]]} for item in items], last


def sending(door: Door) -> Callable[..., Any]:
    def act(ask: Ask, id: int) -> Any:
        if ask.body.get("trigger") != "send" or door.triggers is None:
            return door.view(ask, id)
        given = ask.body.get("fields")
        named = {"fields": named_fields(ask.system, given, "fields.")} if isinstance(given, dict) else {}
        _, fields = door.triggers.read({**ask.body, **named})
        expected = ask.expected(lambda: root_of(ask.system, ask.actor, "instruction", id)[1])
        return after_command(ask, execute(ask.system, SendInstruction(ask.actor, id, fields, expected, ask.key)), instruction_more)

    return act


def after_command(ask: Ask, result: Result, more: EXTRA) -> Answer:
    root = result.root or read_case(ask.system, ask.actor, result.kind, result.case_id)
    body = case_view(ask.system, ask.actor, root, result.case_id, ask.lang, more)
    return Answer(body, version=body["version"], headers={"Idempotency-Replayed": "true"} if result.replayed else {})


def attach_door(registry: Registry, kind: CaseDoors, limit: int) -> Door:
    """The evidence of a clearing, the scan of a paper, the signed minutes."""

    def attach(ask: Ask, id: int) -> Answer:
        file = ask.request.files.get("file")
        if file is None:
            raise IllFormed("缺少文件（字段名 file）。", "The file is missing (field “file”).", {"file": ["必须填写。 / Missing."]})
        result = upload(ask.system, ask.actor, kind.kind, id, ask.body["kind"], file.filename or "", file.stream, ask.key)
        attachment = (result.detail or {})["attachment_id"]
        return Answer({"id": attachment, kind.kind: id}, 201, headers={"Location": f"{PREFIX}/attachments/{attachment}"})

    plural = registry.kinds[kind.kind].plural
    return Door(
        "POST", f"/{plural}/{{id}}/attachments", attach, f"{kind.zh}：上传附件", f"Attach a file to {kind.en}", ATTACH_IN,
        ATTACHED_TO[kind.kind], scope=WRITE, tag=plural, upload=limit, status=201,
    )  # fmt: skip


def figures() -> list[Door]:
    return [
        Door(
            "GET", "/statistics/supervisions", lambda ask: queries.by_unit(ask.system, ask.actor, ask.query), "督办统计",
            "Supervision by unit", response_schema=SUPERVISION_FIGURES, scope=REPORTS, query_schema=PERIOD, tag="supervisions",
        ),
        Door(
            "GET", "/statistics/elevations", lambda ask: queries.elevations(ask.system, ask.actor, ask.query), "提级措施前后满意率",
            "Satisfaction before and after a ticket was raised a level", None, ELEVATION_FIGURES, scope=REPORTS,
            query_schema=PERIOD, tag="supervisions",
        ),
        Door("GET", "/ladder", ladder, "多次不满意的工单", "Tickets dissatisfied more than once", None, LADDER, scope=READ,
             query_schema=DISSATISFIED_FILTERS, tag="supervisions"),
        Door(
            "GET", "/ladder/steps", next_steps, "工单所处台阶、下一步和可采取的措施", "Where tickets stand, and what comes next",
            response_schema=STEPS, scope=READ, query_schema=STEPS_ASKED, tag="supervisions",
        ),
    ]  # fmt: skip


def next_steps(ask: Ask) -> Mapping[str, Any]:
    return {"items": steps(ask.system, ask.actor, ask.query["tickets"], ask.lang), "next": None}


def ladder(ask: Ask) -> Mapping[str, Any]:
    mark = fingerprint("ladder", ask.query)
    after = read_cursor(mark, ask.query["cursor"], (int,))
    items, last = dissatisfied_page(ask.system, ask.actor, ask.query["least"], after, ask.query["limit"])
    return envelope(items, mark, last)
