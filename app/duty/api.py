"""The duty room's doors: the queue of alarms, what may be done with each, and how fast they were answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.values import Body, Choice, When
from app.core.root import Case
from app.core.system import System
from app.duty.statistics import alarm_statistics
from app.hotline.cases import CaseDoors, CaseFilters, Showing, case_doors
from workflows.alarm_fields import DANGERS

REPORTS: Final = "reports:read"


class AlarmFilters(CaseFilters):
    """What the queue may be narrowed by."""

    danger = Choice(*DANGERS, metadata={"description": "险情种类 / kind of danger"})
    responsible = Choice("duty_officer", "supervisor", "leader", metadata={"description": "当前责任岗位 / who answers for it now"})


class Period(Body):
    """Alarms raised from `since` (included) to `until` (excluded); both may be left out."""

    since = When(metadata={"description": "起 / raised since"})
    until = When(metadata={"description": "止（不含）/ raised before"})


class AnswerTimes(Body):
    """How long, in seconds; None where nothing was answered."""

    median = fields.Float(allow_none=True)
    p90 = fields.Float(allow_none=True)
    longest = fields.Float(allow_none=True)


class AlarmCount(Body):
    """One kind of danger."""

    danger = fields.String()
    raised = fields.Integer()
    open = fields.Integer()
    unacknowledged = fields.Integer()
    false_alarms = fields.Integer()
    by_hand = fields.Integer()
    escalated = fields.Integer()
    late = fields.Integer(metadata={"description": "超过确认时限 / acknowledged late, or not yet though due"})
    to_acknowledge = fields.Nested(AnswerTimes)
    to_act = fields.Nested(AnswerTimes)
    to_close = fields.Nested(AnswerTimes)


class Statistics(Body):
    """All alarms of the period, by kind of danger and together."""

    items = fields.List(fields.Nested(AlarmCount))
    total = fields.Nested(AlarmCount)


def late_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    """Whether its present limit is over."""
    return {"overdue": any(c.due_at is not None and c.due_at <= showing.root.now for c in showing.root.running(case))}


def statistics(ask: Ask) -> Mapping[str, Any]:
    return alarm_statistics(ask.system, ask.actor, ask.query.get("since"), ask.query.get("until"))


def doors(system: System) -> list[Door]:
    narrowed = {"danger": "x.danger = %(danger)s", "responsible": "x.responsible = %(responsible)s"}
    alarms = CaseDoors("alarm", "险情告警", "alarm", late_more, AlarmFilters(), narrowed, told={"level": fields.Integer()})
    return [
        *case_doors(system.registry, alarms),
        Door(
            "GET", "/statistics/alarms", statistics, "险情告警的响应时间", "How fast alarms were answered",
            response_schema=Statistics(), scope=REPORTS, query_schema=Period(), tag="alarms",
        ),
    ]  # fmt: skip
