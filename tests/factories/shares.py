"""Short ways of telling stories about shares, their limits and their extensions."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from app.core.sweep import sweep
from tests.factories.hotline import Desk

ASKED = {"reason": "需要委托检测机构取样", "legal_basis": "《云岭区热线工单办理规则》第十二条"}


def share_of(desk: Desk, ticket: int, unit: str) -> Any:
    """The newest share of a unit, as the dispatcher sees it."""
    shares = desk.get("dispatcher", f"/tickets/{ticket}")["assignments"]
    return [share for share in shares if share["unit"]["code"] == unit][-1]


def act_on_share(desk: Desk, who: str, share: int, trigger: str, fields: dict[str, Any] | None = None) -> TestResponse:
    return desk.call(who, "POST", f"/assignments/{share}/transitions", {"trigger": trigger, "fields": fields or {}})


def do_to_share(desk: Desk, who: str, share: int, trigger: str, **fields: Any) -> Any:
    answer = act_on_share(desk, who, share, trigger, fields)
    assert answer.status_code == 200, answer.text
    return answer.json


def limit(desk: Desk, case: int, name: str, level: str | None = None) -> dict[str, Any]:
    """The newest generation of one limit of one case."""
    sql = """SELECT id, level, state, budget, consumed, due_at, late FROM clocks
             WHERE case_id = %s AND name = %s AND (%s::text IS NULL OR level = %s) ORDER BY generation DESC LIMIT 1"""
    return desk.rows(sql, case, name, level, level)[0]


def refused(answer: TestResponse, words: str) -> None:
    """A guard's own sentence."""
    assert answer.status_code == 422 and words in answer.json["detail"], answer.text


def time_passes(desk: Desk) -> None:
    """What the ticking heart does: everything that is due fires."""
    sweep(desk.system)
