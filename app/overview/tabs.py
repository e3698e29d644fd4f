"""How much stands behind each tab of a desk, by the very filters of its list; one statement for all tabs of a desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.core.actors import Actor
from app.core.system import System
from app.hotline.callbacks.queries import QUEUED
from app.hotline.queries import reading
from app.overview.lines import ADJUDICATION, CALLBACK, DISPATCH, DISSATISFIED, HANDLING, LINES, MY_ID, REVIEW, UNIT, Line
from app.overview.waiting import CAP, counted, item_of, reader_of

# A joined ticket waits for its main one.
OWN: Final = "c.open AND c.state = '{state}' AND t.merged_into IS NULL"
LATER: Final = "coalesce(x.next_call_at > %(at)s, false)"
QUEUE: Final = {"order": "queue"}
CLAIMED: Final = {"state": "claimed", "claimed_by": MY_ID}
AT_HAND: Final = tuple(line for line in LINES["handler"] if line.page == HANDLING)
TABS: Final[Mapping[str, tuple[Line, ...]]] = {
    "dispatch": (
        Line("accepted", "待派单", "To dispatch", "ticket", DISPATCH, {"state": "accepted"}, where=OWN.format(state="accepted")),
        Line("registered", "待受理", "To accept", "ticket", DISPATCH, {"state": "registered"}, where=OWN.format(state="registered")),
        Line("asked", "请求协办", "Co-units asked for", "co-request", f"{DISPATCH}/asked", {"open": "true"}),
    ),
    "adjudication": (
        Line("requests", "待裁定", "To decide", "return-request", ADJUDICATION, {"open": "true"}),
        Line("whistles", "吹哨报到", "Report-ins", "report-in", ADJUDICATION, {"open": "true"}),
    ),
    "review": (
        Line("replied", "待审核", "Replies", "ticket", REVIEW, {"state": "replied"}),
        Line("submitted", "待审签", "To sign off", "assignment", REVIEW, {"unit": UNIT, "state": "submitted"}),
        Line("extensions", "延期", "Extensions", "extension", REVIEW, {"state": "requested"}),
        Line("pauses", "中止计时", "Pauses", "assignment", REVIEW, {"open": "true", "waits": "pause"}),
        Line("suspensions", "挂账", "Suspensions", "ticket", REVIEW, {"open": "true", "waits": "suspension"}),
        Line("terminations", "终止", "Terminations", "ticket", REVIEW, {"open": "true", "waits": "termination"}),
        Line("earlier", "以前次答复作答", "Earlier replies", "ticket", REVIEW, {"open": "true", "waits": "earlier_reply"}),
    ),
    "callback": (
        Line("queue", "待回访", "To call", "callback", CALLBACK, {**QUEUE, "later": "false"}, where=f"{QUEUED} AND NOT {LATER}"),
        Line("mine", "我领取的", "Claimed by me", "callback", CALLBACK, CLAIMED),
        Line("later", "约定再拨", "To call later", "callback", CALLBACK, {**QUEUE, "later": "true"}, where=f"{QUEUED} AND {LATER}"),
        Line("decide", "不满意", "Dissatisfied", "ticket", CALLBACK, DISSATISFIED.asked),
    ),
    "handling": (
        *AT_HAND,
        Line("to_sign_off", "待审签", "To sign off", "assignment", HANDLING, {"unit": UNIT, "state": "submitted"}),
        Line("unit", "本单位", "My unit", "assignment", HANDLING, {"unit": UNIT, "state": "assigned,handling"}),
    ),
}  # fmt: skip


def tabs(system: System, actor: Actor, desk: str) -> dict[str, Any]:
    """Of whoever belongs to no unit no tab of a unit is counted."""
    with reading(system) as connection:
        reader = reader_of(system, actor, connection)
        lines = [line for line in TABS[desk] if UNIT not in line.asked.values() or actor.unit_id in reader.asked.named.units]
        counts = counted(reader, lines, CAP)
    return {"as_of": reader.asked.now, "items": [item_of(reader, line, counts[line.code]) for line in lines]}
