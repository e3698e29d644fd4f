"""The doors of callbacks: the queue and one callback, the next one to call, what others have asked, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import fields

from app.api.doors import Answer, Ask, Door
from app.api.paging import envelope, fingerprint, read_cursor
from app.api.values import Body
from app.core.bus import Result, execute
from app.core.system import System
from app.errors import Forbidden
from app.hotline.callbacks.commands import ClaimNext, NoteEvent
from app.hotline.callbacks.queries import NARROWED, QUEUE_ORDER, for_the_call, queue_page
from app.hotline.callbacks.schemas import CALLBACK_FILTERS, EVENT_IN, NOTED, STATISTICS_ASKED
from app.hotline.callbacks.statistics import callback_figures
from app.hotline.cases import READ, WRITE, CaseDoors, case_doors, case_view
from app.hotline.figure_shapes import CALLBACK_FIGURES
from app.hotline.queries import get_ticket, read_case

TAG = "callbacks"
TELLS_OF_OTHERS = frozenset({"importer", "system", "supervisor"})
# Fields of the body and the names that the trigger has for them.
OF_EVENT = {"source": "evaluation_source", "reference": "evaluation_reference", "at": "evaluated_at"}


def doors(system: System) -> list[Door]:
    """All doors of the feature, for the composition root."""
    ours = [queued(door) if door.name == "GET /callbacks" else door for door in case_doors(system.registry, CALLBACKS)]
    one = next(door.response_schema for door in ours if door.name == "GET /callbacks/{id}")
    assert one is not None
    claimed = Body.from_dict({"callback": fields.Nested(one, allow_none=True)}, name="ClaimedCallback")()
    return [
        *ours,
        Door(
            "POST", "/callbacks/next", claim_next, "领取下一件回访", "Claim the next callback", response_schema=claimed, scope=WRITE,
            tag=TAG,
        ),
        Door(
            "POST", "/callback-events", note_event, "登记市或第三方回访结果", "Note an evaluation that others have asked", EVENT_IN,
            NOTED,
            scope=WRITE, tag=TAG, status=201,
        ),
        Door(
            "GET", "/statistics/callbacks", statistics, "回访统计", "Figures of callbacks", None, CALLBACK_FIGURES, scope=READ,
            tag=TAG,
            query_schema=STATISTICS_ASKED,
        ),
    ]  # fmt: skip


def queued(door: Door) -> Door:
    """The list, which may also be asked for in the order of calling."""
    plain: Callable[[Ask], Any] = door.view

    def view(ask: Ask) -> Any:
        if ask.query.get("order") != "queue":
            return plain(ask)
        mark = fingerprint("callbacks", ask.query)
        after = read_cursor(mark, ask.query["cursor"], QUEUE_ORDER)
        items, last = queue_page(ask.system, ask.actor, after, ask.query["limit"], ask.lang, ask.query.get("later"))
        return envelope(items, mark, last)

    return replace(door, view=view)


def claim_next(ask: Ask) -> Mapping[str, Any]:
    result: Result | None = execute(ask.system, ClaimNext(ask.actor))
    if result is None:
        return {"callback": None}
    root = result.root or read_case(ask.system, ask.actor, "callback", result.case_id)
    return {"callback": case_view(ask.system, ask.actor, root, result.case_id, ask.lang, for_the_call)}


def note_event(ask: Ask) -> Answer:
    """201 when it is new, 200 when this reference has been told before."""
    if ask.actor.roles.isdisjoint(TELLS_OF_OTHERS):
        raise Forbidden("您的角色不能登记外部回访结果。", "Your role does not note what others have asked.")
    given = dict(ask.body)
    ticket, number = given.pop("ticket", None), given.pop("upstream_number", None)
    fields = {OF_EVENT.get(name, name): value for name, value in given.items()}
    result: Result = execute(ask.system, NoteEvent(ask.actor, fields, ticket, number, ask.key))
    new = bool((result.detail or {}).get("noted")) and not result.replayed
    return Answer(get_ticket(ask.system, ask.actor, result.case_id, ask.lang), 201 if new else 200, result.version)


def statistics(ask: Ask) -> Mapping[str, Any]:
    return callback_figures(ask.system, ask.actor, ask.query["from_"], ask.query["to"])


CALLBACKS = CaseDoors(
    kind="callback", zh="回访", en="callback", more=for_the_call, asked=CALLBACK_FILTERS,
    filters=NARROWED,
)  # fmt: skip
