"""Several imports at once: whoever changes several tickets takes them in one order, and one bad row stays alone whatever came first."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.tx import Tx
from app.errors import Conflict, Refused
from app.imports.chunk import Replayer


def test_tickets_are_locked_in_the_order_of_their_ids(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"no": str(n), "state": "办", "closed": "-"} for n in range(5)]
    bring(rows)
    locked: list[int] = []
    root_of = Tx.root_of

    def noted(tx: Tx, kind: str, case_id: int) -> Any:
        locked.append(case_id)
        return root_of(tx, kind, case_id)

    monkeypatch.setattr(Tx, "root_of", noted)
    assert bring([{**row, "title": "路灯全灭"} for row in reversed(rows)]).counts["updated"] == 5
    assert len(locked) == 5 and locked == sorted(locked)


def test_a_bad_row_after_a_twin_is_rejected_alone(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    replay, calls = Replayer.replay, []

    def unlucky(replayer: Replayer, system: Any, rows: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 1:
            raise Conflict("已有相同的记录。", "The same record exists already.")
        if any(row.plan.external_key == "1" for row in rows):
            raise Refused("不行。", "No.")
        return replay(replayer, system, rows)

    monkeypatch.setattr(Replayer, "replay", unlucky)
    report = bring([{"no": str(n), "state": "办", "closed": "-"} for n in range(3)])
    assert (report.counts["imported"], report.counts["rejected"]) == (2, 1)
