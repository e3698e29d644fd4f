"""The hotline's JSON doors: thin views that make a command or ask a read, and show what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response

from app.api.doors import PREFIX, Answer, Ask, Door
from app.api.fields import Triggers
from app.api.histories import root_of
from app.api.kinds import KindDoors, Page, doors_of
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.core.bus import Result, execute
from app.core.file_transfer import download, upload
from app.core.registry import Registry
from app.core.system import System
from app.core.visibility import sees
from app.errors import IllFormed
from app.hotline import explanations, forecast, histories, lists, queries
from app.hotline.apart import files_of, may_open
from app.hotline.caller import caller_doors
from app.hotline.cards.api import card_doors
from app.hotline.commands import ActOn, Register, Unmask
from app.hotline.due_order import by_due
from app.hotline.handling.queries import below_view
from app.hotline.links.queries import beside
from app.hotline.list_shapes import ASSIGNMENT_PAGE, ASSIGNMENT_SHOWN, ATTACHMENT_PAGE, HISTORY_PAGE, TICKET_PAGE
from app.hotline.naming import named_fields
from app.hotline.public import public_doors
from app.hotline.read_shapes import ATTACHED, EXPLANATION, FORECAST, UNMASKED
from app.hotline.referring import reference_doors
from app.hotline.review.api import review_doors
from app.hotline.schemas import ASSIGNMENT_FILTERS, ATTACH_IN, TICKET_FILTERS, TICKET_IN, UNMASK_IN
from app.hotline.serialize import answer, assignment_view, ticket_view
from app.hotline.shapes import TICKET_SHOWN
from app.hotline.shares import OF_CALLBACK, OWN
from workflows.definition import Workflow

READ, WRITE, TAG = "tickets:read", "tickets:write", "tickets"
# A multipart body is the file and what wraps it: field names, file name, boundaries.
ENVELOPE = 1024 * 1024
BESIDE = ("citizen", "location")
# Lists are walked from the newest id down.
ORDER: tuple[type, ...] = (int,)


def doors(system: System) -> list[Door]:
    """All doors of the feature, for the composition root."""
    triggers = triggers_on_ticket(list(system.registry.workflows.values()))
    return [
        Door("POST", "/tickets", register, "登记工单", "Register a ticket", TICKET_IN, TICKET_SHOWN, scope=WRITE, tag=TAG, status=201),
        by_due(
            Door(
                "GET", "/tickets", listed, "工单列表", "List of tickets", response_schema=TICKET_PAGE, scope=READ,
                query_schema=TICKET_FILTERS, tag=TAG,
            ),
            lambda ask, after, limit: lists.due_tickets(ask.system, ask.actor, ask.query, after, limit, ask.lang),
        ),
        Door("GET", "/tickets/{id}", one, "查看工单", "One ticket", response_schema=TICKET_SHOWN, scope=READ, tag=TAG),
        act_door(triggers),
        Door(
            "GET", "/tickets/{id}/history", history_view("ticket"), "工单的经过", "History of a ticket",
            response_schema=HISTORY_PAGE, scope=READ, query_schema=Paged(), tag=TAG,
        ),
        Door("POST", "/tickets/{id}/unmask", unmask, "查看诉求人信息", "See who the citizen is", UNMASK_IN, UNMASKED, scope=WRITE, tag=TAG),
        Door(
            "POST", "/tickets/{id}/attachments", attach, "上传附件", "Attach a file", ATTACH_IN, ATTACHED,
            scope=WRITE, tag=TAG, upload=system.config.upload_limit + ENVELOPE, status=201,
        ),
        Door(
            "GET", "/tickets/{id}/attachments", attached, "工单的附件", "Attachments of a ticket",
            response_schema=ATTACHMENT_PAGE, scope=READ, tag=TAG,
        ),
        Door("GET", "/attachments/{id}", fetch, "下载附件", "Download an attachment", scope=READ, tag=TAG),
        Door(
            "GET", "/tickets/{id}/forecast", foresee, "升级预告", "What the clocks of a ticket will do", response_schema=FORECAST,
            scope=READ, tag=TAG,
        ),
        Door(
            "GET", "/clocks/{id}/explanation", explain, "时限说明", "How a deadline came about", response_schema=EXPLANATION,
            scope=READ, tag=TAG,
        ),
        *share_doors(system.registry),
        *review_doors(),
        *reference_doors(),
        *caller_doors(),
        *public_doors(),
        *card_doors(),
    ]  # fmt: skip


def share_doors(registry: Registry) -> list[Door]:
    """A token that may read tickets may read their shares: the scopes know tickets only."""
    ours: Mapping[str, dict[str, Any]] = {
        "GET /assignments/{id}/history": {"view": history_view("assignment"), "response_schema": HISTORY_PAGE},
        "GET /assignments": {"response_schema": ASSIGNMENT_PAGE},
    }
    made = [
        replace(door, scope=READ if door.method == "GET" else WRITE, **ours.get(door.name, {}))
        for door in doors_of(registry, ASSIGNMENTS)
    ]
    return [by_due(door, due_shares) if door.name == "GET /assignments" else door for door in made]


def triggers_on_ticket(flows: Sequence[Workflow]) -> Triggers:
    """A ticket's own triggers, and those of an assignment or a callback that may be said of the ticket. What only other cases set off is
    left out."""
    tickets = [flow for flow in flows if flow.kind == "ticket"]
    shares = [flow for flow in flows if flow.kind == "assignment"]
    said = [replace(flow, transitions=tuple(edge for edge in flow.transitions if edge.who != ("system@cause",))) for flow in tickets]
    through = [replace(flow, transitions=tuple(edge for edge in flow.transitions if edge.trigger in OWN)) for flow in shares]
    asked = [flow for flow in flows if flow.kind == "callback"]
    back = [replace(flow, transitions=tuple(edge for edge in flow.transitions if edge.trigger in OF_CALLBACK)) for flow in asked]
    return Triggers("ticket", [*said, *through, *back])


def after(ask: Ask, result: Result) -> Answer:
    """The ticket as the command left it, from memory; a replayed answer is read. Who has just lost sight of it sees only what he did."""
    root, case = result.root, result.case_id
    root = root or queries.read_case(ask.system, ask.actor, "ticket", case)
    body = answer(ask.system, ask.actor, root, case, ask.lang)
    if sees(ask.actor, root):
        body |= beside(ask.system, ask.actor, root.top())
    headers = {"Idempotency-Replayed": "true"} if result.replayed else {}
    return Answer(body, version=body["version"], headers=headers)


def register(ask: Ask) -> Answer:
    fields = named_fields(ask.system, {name: value for name, value in ask.body.items() if name not in BESIDE})
    result: Result = execute(ask.system, Register(ask.actor, fields, ask.body["citizen"], ask.body["location"], ask.key))
    made = after(ask, result)
    return replace(made, status=201, headers={**made.headers, "Location": f"{PREFIX}/tickets/{result.case_id}"})


def listed(ask: Ask) -> Mapping[str, Any]:
    mark = fingerprint("tickets", ask.query)
    after_key = read_cursor(mark, ask.query["cursor"], ORDER)
    items, last = lists.list_tickets(ask.system, ask.actor, ask.query, after_key, ask.query["limit"], ask.lang)
    return envelope(items, mark, last)


def one(ask: Ask, id: int) -> Answer:
    root = queries.read_case(ask.system, ask.actor, "ticket", id)
    body = ticket_view(ask.system, ask.actor, root, ask.lang) | beside(ask.system, ask.actor, root.top())
    return Answer(body, version=body["version"])


def act_door(triggers: Triggers) -> Door:
    def act(ask: Ask, id: int) -> Answer:
        given = ask.body.get("fields")
        body = {**ask.body, "fields": named_fields(ask.system, given, "fields.")} if isinstance(given, dict) else ask.body
        trigger, fields = triggers.read(body)
        expected = ask.expected(lambda: root_of(ask.system, ask.actor, "ticket", id)[1])
        result: Result = execute(ask.system, ActOn(ask.actor, id, trigger, fields, expected, ask.key))
        return after(ask, result)

    return Door(
        "POST", "/tickets/{id}/transitions", act, "工单：执行操作", "Do something with a ticket",
        response_schema=TICKET_SHOWN, scope=WRITE, tag=TAG, triggers=triggers,
    )  # fmt: skip


def history_view(kind: str) -> Callable[..., Mapping[str, Any]]:
    """What happened, with the words for those who may read them. A ticket's history holds that of its shares."""

    def history(ask: Ask, id: int) -> Mapping[str, Any]:
        mark = fingerprint(f"{kind}/{id}/history", {})
        after_key = read_cursor(mark, ask.query["cursor"], histories.ORDER)
        items, last = histories.history_page(ask.system, ask.actor, kind, id, after_key, ask.query["limit"], ask.lang)
        return envelope(items, mark, last)

    return history


def unmask(ask: Ask, id: int) -> Mapping[str, Any]:
    result: Result = execute(ask.system, Unmask(ask.actor, id, tuple(ask.body["fields"]), ask.body["reason"]))
    return result.detail or {}


def attach(ask: Ask, id: int) -> Answer:
    file = ask.request.files.get("file")
    if file is None:
        raise IllFormed("缺少文件（字段名 file）。", "The file is missing (field “file”).", {"file": ["必须填写。 / Missing."]})
    result = upload(ask.system, ask.actor, "ticket", id, ask.body["kind"], file.filename or "", file.stream, ask.key)
    attachment = (result.detail or {})["attachment_id"]
    return Answer({"id": attachment, "ticket": id}, 201, headers={"Location": f"{PREFIX}/attachments/{attachment}"})


def attached(ask: Ask, id: int) -> Mapping[str, Any]:
    """What may be known of the files without taking them; a unit does not see those of a case that is kept from it."""
    root = queries.read_case(ask.system, ask.actor, "ticket", id)
    return envelope(files_of(ask.system, ask.actor, root), fingerprint(f"tickets/{id}/attachments", {}), None)


def fetch(ask: Ask, id: int) -> Response:
    may_open(ask.system, ask.actor, id)
    data, headers = download(ask.system, ask.actor, id)
    return Response(data, headers=headers)


def explain(ask: Ask, id: int) -> Mapping[str, Any]:
    return explanations.explain(ask.system, ask.actor, id, ask.lang)


def foresee(ask: Ask, id: int) -> Mapping[str, Any]:
    return forecast.forecast(ask.system, ask.actor, id, ask.lang)


def one_share(ask: Ask, id: int) -> Mapping[str, Any]:
    root = queries.read_case(ask.system, ask.actor, "assignment", id)
    return {**assignment_view(ask.system, ask.actor, root, id, ask.lang), **below_view(ask.system, ask.actor, root, id, ask.lang)}


def share_after(ask: Ask, result: Result) -> Mapping[str, Any]:
    assert result.root is not None  # the frame asks only when the command has left its case in memory
    shown = answer(ask.system, ask.actor, result.root, result.case_id, ask.lang)
    if not sees(ask.actor, result.root):
        return shown
    return {**shown, **below_view(ask.system, ask.actor, result.root, result.case_id, ask.lang)}


def share_page(ask: Ask, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    return lists.list_assignments(ask.system, ask.actor, filters, after, limit, ask.lang)


def due_shares(ask: Ask, after: Sequence[Any] | None, limit: int) -> lists.DuePage:
    return lists.due_assignments(ask.system, ask.actor, ask.query, after, limit, ask.lang)


ASSIGNMENTS = KindDoors(
    kind="assignment", zh="承办", en="assignment", one=one_share, after=share_after, page=share_page, order=ORDER,
    filters=ASSIGNMENT_FILTERS, shape=ASSIGNMENT_SHOWN, named=named_fields,
)  # fmt: skip
