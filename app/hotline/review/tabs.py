"""What a reviewer decides, one list each: which cases wait, and by which two triggers they are decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CENTRE = frozenset({"reviewer", "supervisor", "leader"})
UNIT = frozenset({"unit_lead"})


@dataclass(frozen=True, slots=True)
class Tab:
    """`plural` is the kind of case, `query` what of it waits; `yes` and `no` decide it. `asked` is the trigger by which it was asked for,
    where the request stands in the history only."""

    name: str
    zh: str
    en: str
    roles: frozenset[str]
    plural: str
    query: Mapping[str, str]
    yes: str
    no: str
    asked: str = ""
    prefilled: tuple[str, ...] = field(default=())


TABS = (
    Tab("replied", "待审核", "Replies", CENTRE, "tickets", {"state": "replied"}, "approve", "send_back"),
    Tab("submitted", "待审签", "To sign off", UNIT, "assignments", {"state": "submitted"}, "reply", "send_back"),
    Tab("extensions", "延期", "Extensions", CENTRE, "extensions", {"state": "requested"}, "grant", "refuse", prefilled=("new_due_at",)),
    Tab(
        "pauses", "中止计时", "Pauses", CENTRE, "assignments", {"waits": "pause"}, "approve_pause", "refuse_pause", "pause",
        ("pause_until",),
    ),
    Tab(
        "suspensions", "挂账", "Suspensions", CENTRE, "tickets", {"waits": "suspension"}, "approve_suspension", "refuse_suspension",
        "suspend", ("review_at",),
    ),
    Tab(
        "terminations", "终止", "Terminations", CENTRE, "tickets", {"waits": "termination"}, "terminate", "refuse_termination",
        "terminate",
    ),
    Tab(
        "earlier", "以前次答复作答", "Earlier replies", CENTRE, "tickets", {"waits": "earlier_reply"}, "approve_earlier_reply",
        "refuse_earlier_reply", "propose_earlier_reply",
    ),
)  # fmt: skip
