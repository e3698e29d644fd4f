"""What waits for whom: for each role the lists that it works through, each by the filters of the very list behind its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.hotline.callbacks.queries import QUEUED
from app.supervision.dissatisfied import STANDS

# Values that are known only when somebody asks.
ME, MY_ID, UNIT, MIDNIGHT, SOON = "me", "{my id}", "{my unit}", "{midnight}", "{in a day}"
DISPATCH, UNIT_DESK, HANDLING, REVIEW, CALLBACK = "/desk/dispatch", "/desk/unit", "/handling", "/desk/review", "/desk/callback"
ASKED = "/desk/unit/asked"
ADJUDICATION, SUPERVISION, TICKETS, ALARMS = "/desk/adjudication", "/desk/supervision", "/tickets", "/alarms"
SUPERVISIONS, MEETINGS, PAPERS = "/supervisions", "/conferences", "/instructions"


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is the kind of case, `asked` the filters of its list. `where` is what a list with an address of its own (`listing`) asks
    beside them. `verdict` says that all of it is late, or due soon, by what the list is."""

    code: str
    zh: str
    en: str
    kind: str
    page: str
    asked: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    listing: str = ""
    verdict: str = ""


TO_ACCEPT: Final = Line("to_accept", "待受理", "To accept", "ticket", DISPATCH, {"state": "registered"})
CONFERENCES: Final = Line("conferences", "会商进行中", "Conferences under way", "conference", MEETINGS, {"open": "true"})
PROPOSED: Final = Line("supervisions_proposed", "督办待立项", "Supervisions proposed", "supervision", SUPERVISIONS, {"state": "proposed"})
ALARMS_RAISED: Final = Line("alarms_raised", "险情待确认", "Alarms to acknowledge", "alarm", ALARMS, {"state": "raised"})
ALARMS_OPEN: Final = Line("alarms_open", "险情处置中", "Alarms in hand", "alarm", ALARMS, {"state": "acknowledged,acting"})
DISSATISFIED: Final = Line(
    "dissatisfied", "不满意待决定", "Dissatisfied, to be decided", "ticket", CALLBACK, {"state": "completed", "waits": "dissatisfaction"}
)
# What other units ask of mine.
REPORT_INS: Final = Line("report_ins", "吹哨待报到", "Whistles to report in for", "report-in", ASKED, {"unit": UNIT, "state": "called"})
ASIDE: Final = (
    Line("positions", "退单待陈述意见", "Returns awaiting our statement", "return-request", ASKED, {"position_of": UNIT}),
    REPORT_INS,
    Line("report_ins_made", "报到待确认成效", "Report-ins to confirm", "report-in", ASKED, {"caller": UNIT, "state": "reported_in"}),
)
MINE: Final = {"person": ME, "state": "assigned,handling"}
OVERDUE: Final = Line("overdue", "超期工单", "Overdue", "ticket", SUPERVISION, {"overdue": "true"}, verdict="late")
LINES: Final[Mapping[str, tuple[Line, ...]]] = {
    "agent": (replace(TO_ACCEPT, page=TICKETS),),
    "dispatcher": (
        TO_ACCEPT,
        Line("to_dispatch", "待派单", "To dispatch", "ticket", DISPATCH, {"state": "accepted"}),
        Line("recalled", "收回、退回待再派", "Back on the desk", "ticket", DISPATCH, {"state": "accepted", "badge": "recalled"}),
        Line("co_requests", "请求协办待答复", "Co-units asked for", "co-request", f"{DISPATCH}/asked", {"state": "requested"}),
        Line("returns", "退单待裁定", "Return requests to decide", "return-request", ADJUDICATION, {"state": "requested,negotiating"}),
    ),
    "unit_clerk": (
        Line("to_sign", "待签收", "To sign", "assignment", UNIT_DESK, {"unit": UNIT, "state": "assigned"}),
        Line("to_give", "待交承办人", "To give to a person", "assignment", UNIT_DESK,
             {"unit": UNIT, "state": "assigned,handling", "badge": "unassigned"}),
        Line("window_closing", "退单期限今日届满", "Window for returning ends today", "assignment", UNIT_DESK,
             {"unit": UNIT, "state": "assigned,handling", "window_before": MIDNIGHT}),
        Line("unit_late", "本单位超期", "My unit's, late", "assignment", UNIT_DESK,
             {"unit": UNIT, "open": "true", "overdue": "true"}, verdict="late"),
        *ASIDE,
        Line("supervisions_to_sign", "督办件待签收", "Supervisions to sign", "supervision", SUPERVISIONS,
             {"unit": UNIT, "state": "issued"}),
    ),
    "handler": (
        Line("mine", "我在办", "Mine in hand", "assignment", HANDLING, MINE),
        Line("mine_today", "今日到期", "Mine due today", "assignment", HANDLING,
             {**MINE, "due_before": MIDNIGHT, "overdue": "false"}, verdict="due_soon"),
        Line("mine_late", "我的超期件", "Mine, late", "assignment", HANDLING, {**MINE, "overdue": "true"}, verdict="late"),
        Line("mine_sent_back", "退回重办", "Sent back to me", "assignment", HANDLING, {"person": ME, "badge": "sent_back"}),
        REPORT_INS,
    ),
    "unit_lead": (
        Line("to_sign_off", "待审签", "To sign off", "assignment", UNIT_DESK, {"unit": UNIT, "state": "submitted"}),
        Line("unit_late", "本单位超期", "My unit's, late", "assignment", UNIT_DESK,
             {"unit": UNIT, "open": "true", "overdue": "true"}, verdict="late"),
        *ASIDE,
        Line("supervisions_to_report", "督办件待反馈", "Supervisions to report", "supervision", SUPERVISIONS,
             {"unit": UNIT, "state": "signed,handling"}),
    ),
    "reviewer": (
        Line("replies", "答复待审核", "Replies to check", "ticket", REVIEW, {"state": "replied"}),
        Line("extensions", "延期待审批", "Extensions to decide", "extension", REVIEW, {"state": "requested"}),
        Line("pauses", "中止计时待审批", "Pauses to decide", "assignment", REVIEW, {"open": "true", "waits": "pause"}),
        Line("suspensions", "挂账待审批", "Suspensions to decide", "ticket", REVIEW, {"open": "true", "waits": "suspension"}),
        Line("terminations", "终止待审批", "Terminations to decide", "ticket", REVIEW, {"open": "true", "waits": "termination"}),
        DISSATISFIED,
    ),
    "callback_agent": (
        Line("callbacks", "待回访", "Callbacks to make", "callback", CALLBACK, {"order": "queue"}, where=QUEUED),
        Line("callbacks_mine", "我领取的回访", "Claimed by me", "callback", CALLBACK, {"state": "claimed", "claimed_by": MY_ID}),
        DISSATISFIED,
    ),
    "supervisor": (
        OVERDUE,
        Line("due_soon", "一日内到期", "Due within a day", "ticket", SUPERVISION,
             {"open": "true", "overdue": "false", "due_before": SOON}, verdict="due_soon"),
        Line("twice_dissatisfied", "两次以上不满意", "Dissatisfied twice or more", "ticket", SUPERVISION, {"least": "2"},
             where=STANDS, listing="/ladder"),
        PROPOSED,
        Line("supervisions_reported", "督办反馈待核查", "Supervisions to verify", "supervision", SUPERVISIONS,
             {"state": "reported,verifying"}),
        Line("key_tickets", "提级工单", "Key tickets", "ticket", SUPERVISION, {"open": "true", "badge": "elevated"}),
        CONFERENCES, ALARMS_RAISED, ALARMS_OPEN,
    ),
    "leader": (
        OVERDUE,
        Line("instructions", "批示待转办", "Instructions not yet sent", "instruction", PAPERS, {"state": "recorded"}),
        PROPOSED, CONFERENCES,
        Line("elevated_replies", "提级件待审核", "Key tickets' replies to review", "ticket", REVIEW,
             {"state": "replied", "badge": "elevated"}),
        ALARMS_RAISED,
    ),
    "secretary": (
        Line("instructions", "批示待转办", "Instructions to send", "instruction", PAPERS, {"state": "recorded"}),
        Line("instructions_sent", "批示待反馈", "Instructions awaiting reports", "instruction", PAPERS, {"state": "sent"}),
        Line("instructions_reported", "批示待办结", "Instructions to close", "instruction", PAPERS, {"state": "reported"}),
        PROPOSED,
    ),
    "duty_officer": (ALARMS_RAISED, ALARMS_OPEN),
}  # fmt: skip
# The tiles of the supervision desk, the same for each role that opens it.
BOARD: Final[tuple[Line, ...]] = (
    *LINES["supervisor"], Line("key", "重点工单", "Key tickets by label", "ticket", SUPERVISION, {"open": "true", "label": "key"}),
)  # fmt: skip
